"""Coming back with a receipt copied by hand: what is understood, what is said, what is shown."""

import re

import pytest
from django.test import Client

from engage.participation.models import Submission
from engage.participation.rules import Reference
from tests.consultations.factories import call
from tests.consultations.test_commenting import add, body, send
from tests.journal import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_is_too_fast(settings):
    settings.FASTEST_PERSON_SECONDS = 0


def sent_comment() -> tuple[Submission, str]:
    """Send one comment and return it with the code its receipt shows."""
    client, consultation = Client(), call()
    add(client, consultation.slug)
    receipt = body(client.get(send(client, consultation.slug).url))
    return Submission.objects.get(), re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", receipt)[0]


def ask(client: Client, reference: str, code: str):
    return client.post("/zh/track/", {"reference": reference, "code": code})


def test_the_receipt_shows_the_code_in_its_own_form_however_it_was_typed():
    submission, code = sent_comment()
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l").replace("v", "u")
    elsewhere = Client()
    assert ask(elsewhere, submission.reference.lower(), f" {typed} ").status_code == 302
    assert f">{code}<" in body(elsewhere.get(f"/zh/receipt/{submission.reference}/"))


@pytest.mark.parametrize(("reference", "code"), [("", ""), ("C-2026-004217-K", ""), ("", "5ZG0-YZC2-C170")])
def test_an_empty_field_is_asked_for_and_not_called_wrong(client: Client, reference: str, code: str):
    response = ask(client, reference, code)
    assert response.status_code == 422
    assert "填上回执上的编号和查询码" in body(response)


def test_a_misread_reference_is_named_as_what_is_wrong(client: Client):
    submission, code = sent_comment()
    number = submission.reference[7:13]
    misread = submission.reference.replace(number, f"{int(number) + 1:06d}")
    response = ask(client, misread, code)
    assert response.status_code == 422
    assert "编号不对，请对照回执检查" in body(response)
    assert body(response).count('aria-invalid="true"') == 1


def test_a_wrong_code_is_answered_like_a_reference_that_does_not_exist(client: Client):
    submission, _code = sent_comment()
    wrong = ask(client, submission.reference, "AAAA-BBBB-CCCC")
    assert "编号或查询码不对" in body(wrong)
    absent = ask(client, str(Reference("C", 2026, 4217)), "AAAA-BBBB-CCCC")
    assert "编号或查询码不对" in body(absent)


def test_the_proof_is_offered_once_there_is_one(client: Client):
    submission, code = sent_comment()
    ask(client, submission.reference, code)
    page = f"/zh/track/{submission.reference}/"
    assert "proof.json" not in body(client.get(page))
    builders.seal_all()
    builders.checkpoint()
    assert "proof.json" in body(client.get(page))
    assert client.get(f"{page}proof.json").status_code == 200
