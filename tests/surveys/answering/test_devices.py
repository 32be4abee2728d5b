"""Once on each device: the cookie says that, and nothing by which an answer or a device could be found."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from engage.publishing import gate
from surveys import actions, building
from surveys.models import Questionnaire, Response, SavedResponse
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import BRANCHED
from tests.surveys.answering.test_gate import written

pytestmark = pytest.mark.django_db
ONCE = BRANCHED | {"settings": {"one_per": "device"}}
START = "/en/surveys/parks/"
OURS = {"origin": "http://testserver"}


def sheet(device: Client, start: str = START) -> str:
    """Begin and answer everything; returns the address of the check."""
    first = device.post(start).url
    device.post(first, {"q:comes": "no", "go": "next"})
    return device.post(first, {"q:comes": "no", "q:why_not": "far", "go": "check"}).url


def marks(device: Client) -> dict[str, str]:
    return {name: kept.value for name, kept in device.cookies.items() if name.startswith("engage_answered")}


@pytest.fixture
def device():
    published(ONCE)
    return Client()


def test_a_device_that_has_answered_is_told_kindly_in_both_languages(device):
    assert "Once on each device" in device.get(START).content.decode()
    assert marks(device) == {}
    device.post(sheet(device))
    for start in (START, "/zh/surveys/parks/"):
        for response in (device.get(start), device.post(start)):
            assert response.status_code == 403 and 'href="/' in response.content.decode()
            assert "/track/" in response.content.decode()
    assert Response.objects.count() == 1 and not SavedResponse.objects.exists()
    assert device.get("/en/surveys/").status_code == 200


def test_another_device_answers_and_both_keep_the_same_words(device):
    other = Client()
    device.post(sheet(device))
    other.post(sheet(other))
    assert Response.objects.count() == 2
    assert marks(device) == marks(other)
    for kept in (value for name, value in device.cookies.items() if name.startswith("engage_answered")):
        assert kept.value.startswith("answered:") and kept["httponly"] and kept["path"].endswith("/surveys/parks/")


def test_a_second_sheet_of_the_device_is_not_sent_and_its_code_goes_on_elsewhere(device):
    second = sheet(device)
    device.post(sheet(device))
    refused = device.post(second)
    assert refused.status_code == 403 and "with the code" in refused.content.decode()
    assert Response.objects.count() == 1 and SavedResponse.objects.count() == 1
    assert Client().post(second).status_code == 302
    assert Response.objects.count() == 2


def test_pressed_twice_it_is_the_same_receipt(device):
    check = sheet(device)
    assert device.post(check).url == device.post(check).url
    assert Response.objects.count() == 1


def test_a_device_that_never_got_the_answer_to_send_is_told_when_it_tries_again(device):
    check = sheet(device)
    # The answer is lost on its way: the same browser without its cookie.
    sent = Client().post(check).url
    assert marks(device) == {}
    tried = device.post(check, headers=OURS)
    assert tried.url == sent and device.get(sent).status_code == 200
    assert len(marks(device)) == 2 and device.get(START).status_code == 403
    assert Response.objects.count() == 1


@pytest.mark.parametrize(
    ("way", "headers"),
    [("get", {}), ("get", OURS), ("head", OURS), ("post", {}), ("post", {"origin": "null"}),
     ("post", {"origin": "http://testserver.example.org"}), ("post", {"origin": "https://testserver"})],
)  # fmt: skip
def test_a_link_to_a_sent_sheet_or_a_form_elsewhere_keeps_nobody_out(device, way, headers):
    check = sheet(device)
    device.post(check)
    other = Client()
    assert getattr(other, way)(check, headers=headers).status_code == 302
    assert marks(other) == {} and other.get(START).status_code == 200


def test_who_only_looks_a_receipt_up_by_its_code_has_not_answered_there(device):
    check = sheet(device)
    receipt = device.post(check).url
    elsewhere = Client()
    elsewhere.get(receipt)
    elsewhere.post("/en/surveys/continue/", {"code": check.rstrip("/").split("/")[-2]})
    assert marks(elsewhere) == {}
    # Nor is one marked for another questionnaire.
    published(ONCE, key="other")
    elsewhere.post(check.replace("/parks/", "/other/"), headers=OURS)
    assert marks(elsewhere) == {}


@pytest.mark.parametrize("said", ["answered", "answered:forged", "", "answered:" + "a" * 5000, "ü"])
def test_what_we_did_not_sign_keeps_nobody_out(device, said):
    device.cookies["engage_answered_en"] = said
    assert device.get(START).status_code == 200


def test_the_word_of_one_questionnaire_says_nothing_of_another(device):
    device.post(sheet(device))
    published(ONCE, key="other")
    device.cookies["engage_answered_en"]["path"] = "/"
    assert device.get("/en/surveys/other/").status_code == 200


def test_shared_devices_and_frames_lead_to_its_own_page(device):
    Questionnaire.objects.update(embed_hosts=["www.example.org"])
    for way in ("kiosk", "embed"):
        for response in (device.get(f"{START}{way}/"), device.post(f"{START}{way}/")):
            text = response.content.decode()
            # On a device that others use after this person the address is read, not opened.
            assert response.status_code == 403 and START in text and (f'href="{START}"' in text) == (way == "embed")
    assert not SavedResponse.objects.exists()
    assert "www.example.org" in device.get(f"{START}embed/")["Content-Security-Policy"]


def test_after_the_close_everybody_reads_what_came_of_it(device):
    device.post(sheet(device))
    Questionnaire.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    assert device.get(START).status_code == 200


def test_without_that_rule_no_cookie_says_anything():
    published(BRANCHED)
    device = Client()
    device.post(sheet(device))
    assert marks(device) == {}
    assert device.get(START).status_code == 200


def test_the_gate_lets_it_pass():
    version = written(ONCE)
    assert building.gaps(version) == []
    gate.release_by_platform(actions.KIND, version, now=timezone.now())
    assert Questionnaire.objects.get().access == Questionnaire.Access.OPEN


def test_a_sheet_that_another_site_lets_somebody_send_keeps_nobody_from_answering(device):
    address = sheet(Client())
    sent = device.post(address, {"send": "1"}, headers={"origin": "https://elsewhere.example"})
    assert sent.status_code == 302 and Response.objects.count() == 1
    assert not marks(device)
    assert device.post(sheet(device), {"send": "1"}, headers=OURS).status_code == 302
    assert marks(device)
