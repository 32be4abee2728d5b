"""A device that many use one after the other: nothing of one person is there for the next."""

import re
import time

import pytest
from django.test import Client
from django.utils import timezone

from engage.participation import wallet
from surveys.answering import rules
from surveys.answering.posting import control
from surveys.models import Response, SavedResponse
from tests.surveys.answering.builders import published
from tests.surveys.studio.builders import PARKS

pytestmark = pytest.mark.django_db

START = "/en/surveys/parks/kiosk/"
OFTEN = control("often")


@pytest.fixture
def survey():
    return published(PARKS, key="parks").questionnaire


@pytest.fixture
def device() -> Client:
    return Client()


def answer(device: Client) -> str:
    """Answer everything; return the address of the check."""
    first = device.post(START).url
    second = device.post(first, {OFTEN: "weekly", "go": "next"}).url
    return device.post(second, {control("hours"): "12", "go": "next"}).url


def test_it_begins_without_ways_to_put_answers_aside(survey, device):
    start = device.get(START).content.decode()
    assert "Others use this device after you." in start and "Go on with a code" not in start
    page = device.get(device.post(START).url).content.decode()
    assert SavedResponse.objects.get().mode == Response.Mode.KIOSK
    assert "Stop and delete what I typed" in page and 'data-behaviour="leave-idle"' in page
    assert "savecode" not in page and "Save and leave" not in page


def test_who_stops_leaves_nothing(survey, device):
    address = device.post(START).url
    device.post(address, {OFTEN: "weekly", "go": "next"})
    leave = re.search(r'id="kiosk-leave"[^>]*action="([^"]+)"', device.get(address).content.decode())[1]
    assert device.post(leave).url == START
    assert not SavedResponse.objects.exists()
    assert "weekly" not in device.get(address, follow=True).content.decode()


def test_the_code_is_shown_for_a_moment_and_then_never_again(survey, device, monkeypatch):
    check = answer(device)
    # A moment that another page has signed opens nothing.
    opened = re.search(r'name="opened" value="([^"]+)"', device.get(check).content.decode())[1]
    sent = device.post(check).url
    response = Response.objects.get()
    reference = response.submission.reference
    assert response.mode == Response.Mode.KIOSK and response.submission.channel == "kiosk"
    shown = device.get(sent).content.decode()
    assert 'data-after="60"' in shown
    assert reference in shown and "site-head" not in shown
    longer = re.search(r'href="(\?at=[^"]+)"', shown)[1]
    bare = sent.partition("?")[0]
    assert reference in device.get(bare + longer).content.decode()
    assert wallet.COOKIE not in device.cookies

    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + rules.SHOWN_AT_KIOSK.total_seconds() + 1)
    for address in (sent, bare, bare + longer, f"{bare}?at=forged", f"{bare}?at={opened}", check):
        page = device.get(address, follow=True).content.decode()
        assert reference not in page and "Your answers are in." in page, address


def test_a_sheet_that_nobody_touches_is_gone_in_a_quarter_of_an_hour(survey, device):
    device.post(device.post(START).url, {OFTEN: "weekly", "go": "next"})
    saved = SavedResponse.objects.get()
    assert saved.expires_at - timezone.now() <= rules.KEPT_AT_KIOSK < rules.KEPT


def test_a_full_quota_leaves_nothing_either(device):
    published(PARKS | {"quotas": [{"name": "q", "when": "${often} = 'weekly'", "limit": 0}]}, key="parks")
    over = device.post(device.post(START).url, {OFTEN: "weekly", "go": "next"})
    assert over.status_code == 410 and "kiosk-leave" in over.content.decode()
    assert not SavedResponse.objects.exists()


def test_in_chinese_too(survey, device):
    start = device.get(START.replace("/en/", "/zh/")).content.decode()
    assert "Others use" not in start and "这台设备" in start


def test_without_a_kiosk_nothing_changes(survey, device):
    page = device.get(device.post("/en/surveys/parks/").url).content.decode()
    assert "savecode" in page and "leave-idle" not in page
