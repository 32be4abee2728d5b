"""The demo answers one call through the same steps as an office, and a second start changes nothing."""

import pytest
from django.core.management import call_command

from consultations.coding.models import Coding, Decision
from consultations.models import Change
from consultations.outcomes import queries
from consultations.outcomes.models import Outcome
from consultations.voices.models import EmbedHost, Reply
from engage.accounts.actions import demo_user
from engage.accounts.actors import ANYONE, Role
from engage.publishing import gate
from engage.publishing.models import Release

# It builds the whole demo three times; each of its actions has tests of its own on both databases.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


def test_the_demo_has_a_published_outcome_and_stays_as_it_is(client):
    call_command("demo_site")
    outcome = queries.published("charity-fundraising", actor=ANYONE)
    assert outcome.author == demo_user(Role.EDITOR)
    assert gate.release_of("outcome", outcome).state == Release.State.RELEASED
    assert outcome.content["totals"] == outcome.content["totals"] | {
        "comments": 30, "people": 24, "points": 34, "without_point": 1,
        "adopted": 8, "in_part": 10, "covered": 7, "not_adopted": 8, "out_of_scope": 2,
    }  # fmt: skip
    assert {change.article: change.people for change in Change.objects.all()} == {"9": 8, "17": 5, "19": 5}
    assert set(Decision.objects.values_list("disposition", flat=True)) == set(Decision.Disposition.values)
    for path in ("/zh/answers/", "/en/answers/", "/zh/c/charity-fundraising/compare/"):
        assert client.get(path).status_code == 200
    counts = [model.objects.count() for model in (Outcome, Coding, Change, Reply, EmbedHost)]
    assert all(counts)
    call_command("demo_site")
    assert [model.objects.count() for model in (Outcome, Coding, Change, Reply, EmbedHost)] == counts
    # What somebody did in an older demo is left alone as well.
    Outcome.objects.update(state=Outcome.State.SUPERSEDED)
    call_command("demo_site")
    assert Outcome.objects.count() == 1
