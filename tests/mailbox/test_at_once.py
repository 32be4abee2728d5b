"""Two at the same moment: one of them wins, the other is told, nothing is there twice."""

from __future__ import annotations

import pytest

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.participation.models import OutgoingMail
from mailbox import actions, queries
from mailbox.counter.actions import Received, key_in
from mailbox.counter.models import Entry, Identity, Way
from mailbox.letterbox.actions import Beside
from mailbox.models import Case, Notice
from tests.coding.test_at_once import together
from tests.mailbox import factories
from tests.mailbox.factories import NOW, approved, handed_in, house, later, member, taken_on
from tests.participation.factories import envelope

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_clerks_route_one_case_and_the_second_is_told():
    place = house()
    other = member(place.intake, Role.OFFICER)
    made = factories.case("letter")

    def route(actor, unit):
        return lambda: actions.route_case(made.pk, to=unit.pk, actor=actor, now=NOW, revision=0)

    wrong = together(route(place.clerk, place.water), route(other, place.roads))
    assert [(type(one), one.code) for one in wrong] == [(Refused, "case_moved")]
    assert made.steps.count() == 1 and made.notices.count() == 1


def test_two_workers_send_an_answer_once():
    place = house()
    made = taken_on(place)
    approved(place, made)
    mails = OutgoingMail.objects.count()
    wrong = together(*[lambda: actions.send_due_answers(now=later(NOW))] * 3)
    assert wrong == []
    assert OutgoingMail.objects.count() == mails + 1
    assert made.notices.filter(form="answer").count() == 1


def test_two_approvers_press_at_once_and_one_approval_counts():
    place = house()
    second = member(place.water, Role.APPROVER)
    made = taken_on(place)
    draft = handed_in(place, made)

    def approve(actor):
        return lambda: actions.approve_draft(made.pk, sha256=draft.sha256, actor=actor, now=NOW)

    wrong = together(approve(place.approver), approve(second))
    assert [one.code for one in wrong] == ["transition_not_allowed"]
    assert draft.approvals.filter(decision="approved").count() == 1


def test_numbers_of_notices_have_no_gap_when_many_are_made_at_once():
    place = house()
    made = [factories.case("letter") for _ in range(8)]

    def route(case):
        return lambda: actions.route_case(case.pk, to=place.water.pk, actor=place.clerk, now=NOW)

    assert together(*[route(one) for one in made]) == []
    assert sorted(Notice.objects.values_list("number", flat=True)) == list(range(1, 9))


def test_two_merges_in_opposite_directions_do_not_wait_for_each_other():
    place = house()
    first, second = factories.case("letter"), factories.case("letter")

    def merge(one, into):
        return lambda: actions.merge_case(one.pk, into=into.pk, actor=place.clerk, now=NOW)

    wrong = together(merge(first, second), merge(second, first))
    assert [one.code for one in wrong] == ["merge_already"]
    assert Case.objects.filter(merged_into__isnull=False).count() == 1


def test_what_is_keyed_in_with_one_token_at_once_is_one_case():
    place = house()
    sent = envelope(name="李梅")
    how = Received(Way.WALK_IN, NOW.date(), Identity.SEEN)

    def key():
        key_in(actions.NewCase("letter", "水管坏了。"), Beside(), sent, how, held="", actor=place.clerk, now=NOW)

    assert together(*[key] * 4) == []
    assert Case.objects.count() == Entry.objects.count() == 1


def test_a_repeated_order_with_one_token_is_one_step_also_at_once():
    from uuid import uuid4

    place = house()
    made, token = factories.case("letter"), uuid4()
    given = actions.Given(department=place.water.pk)

    def route():
        actions.take_step(made.pk, "route", given, actor=place.clerk, now=NOW, token=token, revision=0)

    assert together(*[route] * 4) == []
    assert made.steps.count() == 1
    assert queries.view_counts(place.clerk, today=NOW.date())["new"] == 0
    assert queries.view_counts(place.officer, today=NOW.date())["new"] == 1
