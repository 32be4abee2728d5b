"""Which words of consent a signature was given under: what the form showed, in versions, on every way."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from engage.participation.models import AboutOption, Consent, ConsentText
from mailbox.petitions.actions import consent, signing
from mailbox.petitions.models import PetitionRules, Signature, State
from mailbox.petitions.queries import consent as queries
from tests.petitions import factories
from tests.petitions.test_signing import petition, signed
from tests.petitions.test_starting import sponsor_path, written

pytestmark = pytest.mark.django_db
FIELDS = {"name": "王芳", "email": "wang.fang@example.org", "region": "east", "eligible": "yes"}


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()
    AboutOption.objects.get_or_create(kind="region", code="east", defaults={"label_zh": "东区", "label_en": "East"})
    yield
    cache.clear()


def months(number: int) -> None:
    PetitionRules.objects.update_or_create(pk=PetitionRules.objects.get().pk, defaults={"keep_months": number})
    cache.clear()


def typed_from(page: bytes) -> dict[str, str]:
    """The hidden fields of the form that was shown."""
    text = page.decode()
    return {name: re.search(rf'name="{name}" value="([^"]*)"', text)[1] for name in ("token", "consent")}


def test_a_signature_keeps_the_version_of_the_words_that_its_form_showed():
    of, browser = petition(), Client()
    path = f"/en/petitions/{of.pk}/sign/"
    for number in (6, 9, 6):
        months(number)
        page = browser.get(path).content
        assert f"deleted {number} months after" in page.decode()
        assert browser.post(path, FIELDS | typed_from(page)).status_code == 303
    kept = list(Signature.objects.order_by("pk").values_list("consent", flat=True))
    assert kept == [1, 2, 1], "the same words are the same version"
    texts = {text.version: text for text in ConsentText.objects.filter(code="petition-sign")}
    for version, number in ((1, 6), (2, 9)):
        with translation.override("en"):
            text = texts[version].text
        assert text.startswith("I live, work or study here") and f"{number} months" in text
        assert f"{number} 个月后删除" in texts[version].text_zh


def test_who_was_shown_other_words_reads_the_new_ones_before_it_counts():
    of, browser = petition(), Client()
    path = f"/en/petitions/{of.pk}/sign/"
    shown = typed_from(browser.get(path).content)
    months(12)
    answer = browser.post(path, FIELDS | shown)
    assert answer.status_code == 409
    assert "worded anew" in answer.content.decode() and "deleted 12 months after" in answer.content.decode()
    assert not Signature.objects.exists()
    assert browser.post(path, FIELDS | typed_from(answer.content)).status_code == 303
    kept = ConsentText.objects.get(code="petition-sign", version=Signature.objects.get().consent)
    assert "deleted 12 months after" in kept.text_en


def test_a_request_that_is_sent_again_after_the_words_changed_reads_as_the_first_time():
    of, browser = petition(), Client()
    path = f"/en/petitions/{of.pk}/sign/"
    given = FIELDS | typed_from(browser.get(path).content)
    first = browser.post(path, given)
    months(12)
    again = browser.post(path, given)
    assert (again.status_code, again.url, Signature.objects.count()) == (303, first.url, 1)


@pytest.mark.parametrize("typed", ["x", "-1", "0", "99999", "1.0", "９"])
def test_a_version_that_is_none_is_not_taken(typed):
    of = petition()
    consent.keep(queries.shown("signer"))
    answer = Client().post(f"/en/petitions/{of.pk}/sign/", FIELDS | {"token": str(uuid.uuid4()), "consent": typed})
    assert (answer.status_code, Signature.objects.count()) == (409, 0)


def test_a_corrected_address_keeps_what_was_agreed_to():
    row = signed(petition(), consent=3)
    ask = signing.correct_address(row.pk, "right@example.org", client="192.0.2.7")
    assert (ask.consent, Signature.objects.order_by("-pk").first().consent) == (3, 3)


def test_the_words_are_looked_up_once_in_a_while_and_not_with_every_signature(django_assert_num_queries):
    words = queries.shown("signer")
    assert consent.keep(words)[0] == consent.keep(words)[0] == 1
    with django_assert_num_queries(0):
        assert consent.keep(queries.shown("signer"))[0] == 1


def test_looking_at_a_form_and_a_form_with_faults_write_nothing():
    of = petition()
    path = f"/en/petitions/{of.pk}/sign/"
    page = Client().get(path).content
    assert Client().post(path, FIELDS | typed_from(page) | {"name": ""}).status_code == 422
    of.state, of.ended_at = State.CLOSED, of.closes_at
    of.save()
    assert Client().post(path, FIELDS | typed_from(page)).status_code == 409
    assert not ConsentText.objects.filter(code="petition-sign").exists()


def test_a_sponsor_and_a_starter_agree_to_words_of_their_own():
    browser = Client()
    of = factories.petition(State.COLLECTING, sponsor_digest="x")
    path = sponsor_path(of, "en")
    assert browser.post(path, FIELDS | typed_from(browser.get(path).content)).status_code == 302
    assert Signature.objects.get().consent == 1
    assert ConsentText.objects.get(code="petition-support").text_en.endswith("6 months after the petition has ended.")


def test_what_a_starter_agrees_to_is_worded_from_the_setting():
    browser = Client()
    months(9)
    written(browser, "en")
    page = browser.get("/en/petitions/start/check/").content
    assert "deleted 9 months after the petition has ended" in page.decode()
    months(10)
    given = typed_from(page)
    answer = browser.post("/en/petitions/start/check/", given)
    assert answer.status_code == 409 and "worded anew" in answer.content.decode()
    assert not Consent.objects.exists()
    answer = browser.post("/en/petitions/start/check/", typed_from(answer.content))
    assert answer.status_code == 302
    kept = Consent.objects.get().text
    assert kept.code == "petition-start" and "deleted 10 months after" in kept.text_en
    assert "10个月后删除" in kept.text_zh
    assert Signature.objects.get(part="starter").consent == kept.version
