"""The demo's petitions: every public state, and counts that are what the rows say."""

from __future__ import annotations

import pytest

from mailbox.petitions.models import Crossing, Petition, PetitionCount, State
from mailbox.petitions.queries import counting
from mailbox.petitions.showing import demo

pytestmark = pytest.mark.django_db


def test_the_demo_has_petitions_in_every_public_state_with_counts_that_are_right(settings):
    settings.DEMO = True
    demo.load()
    states = set(Petition.objects.values_list("state", flat=True))
    assert {State.OPEN, State.CLOSED, State.REJECTED, State.WITHDRAWN, State.WAITING} <= states
    assert Crossing.objects.filter(number=10_000, case__isnull=False).count() == 2
    assert PetitionCount.objects.filter(total__gte=10_000).count() == 2
    assert list(counting.differences()) == []
    before = Petition.objects.count()
    demo.load()
    assert Petition.objects.count() == before


def test_nothing_is_loaded_where_there_is_no_demo(settings):
    settings.DEMO = False
    demo.load()
    assert not Petition.objects.exists()
