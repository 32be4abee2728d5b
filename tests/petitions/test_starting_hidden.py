"""What is not published is in no byte that strangers get: every public address, in every state before and beside."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from engage.search import actions as search
from mailbox.petitions.models import Petition, State
from tests.petitions import factories
from tests.security import leaks_paths

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
HIDDEN = [
    State.PENDING,
    State.COLLECTING,
    State.WAITING,
    State.FLAGGED,
    State.DORMANT,
    State.HIDDEN,
    State.STOPPED,
    State.REMOVED,
    State.WITHDRAWN,
]
MARK = "zqxhidden"


def planted() -> list[Petition]:
    """A petition in each state that nobody may read, with its mark in all its words."""
    made = []
    for state in HIDDEN:
        words = f"{MARK}{state} 为老旧小区加装无障碍坡道"
        petition = factories.petition(state, title=words, action=words, background=words, details=words)
        factories.signature(petition)
        search.index(petition)
        made.append(petition)
    return made


def addresses(petitions: list[Petition]) -> list[str]:
    """Every public address without arguments, and those of petitions with each petition's number."""
    found = [f"/zh/search/?q={MARK}", "/zh/search/?q=无障碍坡道"]
    for route in leaks_paths.routes():
        if route.is_staff or route.is_regex:
            continue
        names = [name for _converter, name in route.arguments]
        if not names:
            found.append(f"/{route.route}")
        elif "petition" in route.route:
            for petition in petitions:
                filled = route.route
                for converter, name in route.arguments:
                    value = petition.pk if converter == "int" else petition.reference if name == "reference" else "zh"
                    filled = filled.replace(f"<{converter}:{name}>", str(value)).replace(f"<{name}>", str(value))
                found.append(f"/{filled}")
    found += [f"/share/zh/petition/{petition.pk}.png" for petition in petitions]
    lists = ("petitions/", "petitions.json", "petitions.csv", "petitions/start/", "petitions/start/alike/")
    return found + [f"/zh/{path}?q={word}" for path in lists for word in (MARK, "坡道")]


def test_a_petition_that_is_not_published_is_found_nowhere():
    petitions = planted()
    asked = addresses(petitions)
    stranger = Client(raise_request_exception=False)
    leaks, statuses = [], {}
    for address in asked:
        response = stranger.get(address, headers={"accept-language": "zh"})
        statuses[address] = response.status_code
        assert response.status_code < 500, address
        content = b"".join(response.streaming_content) if response.streaming else response.content
        said = content.decode("utf-8", "replace").replace(f"?q={MARK}", "").replace(f'value="{MARK}"', "")
        if any(f"{MARK}{state}" in said for state in HIDDEN):
            leaks.append(address)
    assert not leaks, "\n".join(leaks)
    for petition in petitions:
        own = [status for address, status in statuses.items() if address.startswith(f"/zh/petitions/{petition.pk}")]
        assert own and set(own) <= {404, 405}, (petition.state, own)
    # The same words are found once the petition may be read: the test looks in the right places.
    shown = factories.petition(title=f"{MARK}open 为老旧小区加装无障碍坡道")
    search.index(shown)
    cache.clear()
    for address in ("/zh/petitions/", "/zh/search/?q=无障碍坡道", "/zh/petitions/start/alike/?q=无障碍坡道"):
        assert f"{MARK}open" in Client().get(address).content.decode().replace("<mark>", ""), address
