"""From everything that is published one link leads to a letter that says what it is about."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from django.utils import timezone

from engage.pages.context import about_path
from engage.pages.structure import ensure_structure
from engage.search import actions as search
from tests.consultations.factories import call
from tests.consultations.outcomes import builders as outcomes
from tests.mailbox.factories import house
from tests.mailbox.publications import released, reply_case, request_case
from tests.petitions import factories as petitions
from tests.press import builders as press
from tests.security.leaks_paths import routes
from tests.surveys.answering.builders import published
from tests.surveys.results import made_up

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


def _petition() -> tuple[str, str]:
    address = f"/zh/petitions/{petitions.petition().pk}/"
    return address, address


def _survey() -> tuple[str, str]:
    document = json.loads(json.dumps(made_up.document()).replace("zh-Hans", "zh-hans"))
    asked = published(document, closes_at=timezone.now() - timedelta(days=1))
    search.index(asked)
    made_up.stored(asked.questionnaire, asked, list(made_up.rows(30)))
    return "/zh/surveys/parks/", "/zh/surveys/parks/"


def _results() -> tuple[str, str]:
    _address, about = _survey()
    return "/zh/surveys/parks/results/", about


def _petition_in_the_other_language() -> tuple[str, str]:
    number = petitions.petition(language="en", title="Bicycle stands at every metro exit").pk
    return f"/zh/petitions/{number}/", f"/en/petitions/{number}/"


PUBLISHED = [_draft, _clause, _outcome, _release, _reply, _disclosure, _petition, _survey, _results]


@pytest.mark.parametrize("publish", [*PUBLISHED, _petition_in_the_other_language])
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


def test_what_stands_in_both_languages_is_cited_in_the_one_it_was_read_in(client):
    ensure_structure()
    about = call(slug="shown").slug
    for language in ("zh", "en"):
        letter = client.get(f"/{language}/write/letter/", {"about": f"/{language}/c/{about}/draft/"}).content.decode()
        assert f'name="about" value="/{language}/c/{about}/"' in letter


def test_the_figures_can_be_asked_about_too(client, settings):
    settings.PAGE_CACHE_SECONDS = 0
    ensure_structure()
    for language in ("zh", "en"):
        link = f"/{language}/write/letter/?about=/{language}/performance/"
        assert f'href="{link}"' in client.get(f"/{language}/performance/").content.decode()
        assert client.get(link).status_code == 200


def test_no_part_of_an_address_that_may_be_a_key_stands_in_the_link():
    secret, seen = "s3cretKEYs3cret", set()
    fillings = {"slug": "shown", "int": "7", "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    for route in routes():
        if route.is_staff or route.is_regex or not route.localised:
            continue
        converters = [converter for converter, _name in route.arguments]
        address = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda part: fillings.get(part[1] or "str", secret), route.route)
        request = RequestFactory().get(address)
        try:
            request.resolver_match = resolve(address)
        except Resolver404:
            continue
        if "uuid" in converters or secret in address:
            seen.add(request.resolver_match.view_name)
            if request.resolver_match.view_name not in ("clause", "compose", "follow_thing"):
                assert about_path(request) == "", address
    assert {"petition_confirm", "survey_invited", "survey_page", "submission", "follow_stop", "expert_write"} <= seen
