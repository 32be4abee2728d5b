"""From everything that is published one link leads to a letter that says what it is about."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest

from engage.pages.structure import ensure_structure
from tests.consultations.factories import call
from tests.consultations.outcomes import builders as outcomes
from tests.mailbox.factories import house
from tests.mailbox.publications import released, reply_case, request_case
from tests.press import builders as press

pytestmark = pytest.mark.django_db


def _draft() -> tuple[str, str]:
    return f"/zh/c/{call(slug='shown').slug}/draft/", "/zh/c/shown/"


def _clause() -> tuple[str, str]:
    return f"/zh/c/{call(slug='shown').slug}/art-2/", "/zh/c/shown/art-2/"


def _outcome() -> tuple[str, str]:
    about = outcomes.decided_call(people=1)
    outcomes.published(about)
    return f"/zh/c/{about.slug}/outcome/", f"/zh/c/{about.slug}/outcome/"


def _release() -> tuple[str, str]:
    press.out(press.release(slug="winter"))
    return "/zh/press/releases/winter/", "/zh/press/releases/winter/"


def _reply() -> tuple[str, str]:
    place = house()
    address = f"/zh/replies/{released(place, reply_case(place)).pk}/"
    return address, address


def _disclosure() -> tuple[str, str]:
    place = house()
    address = f"/zh/disclosures/{released(place, request_case(place)).pk}/"
    return address, address


@pytest.mark.parametrize("publish", [_draft, _clause, _outcome, _release, _reply, _disclosure])
def test_the_link_about_a_published_thing_fills_the_letter_in(client, settings, publish: Callable[[], tuple[str, str]]):
    settings.PAGE_CACHE_SECONDS = 0
    ensure_structure()
    address, about = publish()
    page = client.get(address)
    assert page.status_code == 200
    link = re.search(r'href="(/zh/write/letter/\?about=[^"]+)"', page.content.decode())
    assert link is not None
    letter = client.get(html.unescape(link[1])).content.decode()
    assert f'name="about" value="{about}"' in letter


def test_what_is_below_nothing_published_fills_nothing_in(client):
    ensure_structure()
    for address in ("/zh/c/none/draft/", "/zh/c/", "/zh/", "/", "/zh/replies/1/", f"/{'a/' * 200}"):
        assert 'name="about"' not in client.get("/zh/write/letter/", {"about": address}).content.decode()
