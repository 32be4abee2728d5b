"""The views of the desk: each lists what it says, by an index, and its count reads no case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engage.accounts.actors import ANYONE, Role
from mailbox import actions, queries, rules
from mailbox.machine import OPEN_PHASES
from mailbox.models import Case, CaseTally
from tests.accounts.people import person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, answered, handed_in, house, sender, taken_on

pytestmark = pytest.mark.django_db


def counted(actor, today):
    return {view: queries.view_rows(actor, view, today=today).count() for view in queries.VIEWS}


def test_the_counts_are_those_of_the_rows_whatever_was_done():
    place = house()
    boss = person(Role.ADMINISTRATOR)
    new, suspect = factories.case("letter"), factories.case("enquiry", flagged=True)
    waiting, work, approval = factories.case("letter"), taken_on(place), taken_on(place)
    actions.ask_detail(waiting.pk, words="？", actor=place.clerk, now=NOW)
    handed_in(place, approval)
    low = answered(place, taken_on(place))
    actions.rate_case(low.pk, score=1, actor=sender(low), now=NOW)
    grievance = answered(place, taken_on(place, "grievance"))
    actions.rate_case(grievance.pk, score=2, actor=sender(grievance), now=NOW)
    gone = factories.case("letter")
    actions.withdraw_case(gone.pk, actor=sender(gone), now=NOW)
    merged = factories.case("letter")
    actions.merge_case(merged.pk, into=new.pk, actor=place.clerk, now=NOW)
    for today in (NOW.date(), work.due, work.due + timedelta(days=1)):
        for actor in (place.clerk, place.officer, place.approver, place.head, place.stranger, boss):
            assert queries.view_counts(actor, today=today) == counted(actor, today), actor
    officer = queries.view_counts(place.officer, today=work.due)
    assert officer == {
        "new": 0,
        "mine": 3,
        "due_today": 2,
        "overdue": 1,
        "waiting": 0,
        "to_approve": 1,
        "low_rated": 2,
        "spam": 0,
        "open": 3,
    }
    clerk = queries.view_counts(place.clerk, today=NOW.date())
    assert (clerk["new"], clerk["waiting"], clerk["spam"]) == (1, 1, 1)
    while actions.fold_tallies():
        pass
    assert queries.view_counts(place.officer, today=work.due) == officer
    assert (
        CaseTally.objects.count()
        == CaseTally.objects.values("desk", "kind", "phase", "due_order", "low_rated", "suspect").distinct().count()
    )
    actions.mark_suspect(suspect.pk, suspect=False, actor=place.clerk)
    assert queries.view_counts(place.clerk, today=NOW.date())["new"] == 2
    assert queries.view_counts(ANYONE, today=NOW.date()) == {}


def test_counting_reads_the_tally_and_own_cases_in_few_queries():
    place = house()
    for _ in range(3):
        taken_on(place)
    officer = type(place.officer).objects.get(pk=place.officer.pk)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        queries.view_counts(officer, today=NOW.date())
    assert len(seen) <= 5
    on_cases = [query["sql"] for query in seen if 'FROM "mailbox_case"' in query["sql"]]
    assert len(on_cases) == 1 and "owner_id" in on_cases[0]


@pytest.mark.parametrize("view", queries.VIEWS)
def test_every_view_is_answered_by_an_index(view):
    place = house()
    made = [taken_on(place) for _ in range(3)]
    rows = queries.view_rows(place.officer, view, today=made[0].due)[:25]
    if connection.vendor == "sqlite":
        plan = rows.explain()
        assert "SCAN mailbox_case" not in plan.replace("SCAN mailbox_case USING", ""), plan
        assert "USING" in plan
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "case_" in rows.explain()


def test_the_open_phases_are_the_same_in_the_table_and_the_database():
    house()
    factories.case("letter")
    assert all(rules.is_open(phase) for phase in OPEN_PHASES)
    assert Case.objects.open().get().at_desk


def test_a_view_of_one_kind_and_the_views_of_nobody():
    place = house()
    taken_on(place, "enquiry")
    taken_on(place)
    assert queries.view_rows(place.officer, "open", today=NOW.date(), kind="enquiry").get().kind == "enquiry"
    assert not queries.view_rows(ANYONE, "open", today=NOW.date()).exists()
    assert not queries.view_rows(person(Role.CITIZEN), "mine", today=NOW.date()).exists()


def test_the_page_of_a_receipt_tells_the_story_of_a_case(client):
    place = house()
    made = taken_on(place)
    from mailbox.letterbox.story import case_story

    story = case_story(made.submission, sender(made), NOW)
    assert [step.state for step in story.steps].count("now") == 1 and len(story.steps) == 9
    assert story.links and "2026" in story.holder
    done = answered(place, made)
    assert case_story(done.submission, sender(done), NOW).is_answered
    over = factories.case("letter")
    actions.withdraw_case(over.pk, actor=sender(over), now=NOW)
    assert not case_story(over.submission, sender(over), NOW).links


def test_what_is_asked_of_a_unit_is_listed_for_it():
    from mailbox.queries.desk import open_questions_to

    place = house()
    made = taken_on(place)
    row = actions.consult(made.pk, department_id=place.roads.pk, question="？", actor=place.officer, now=NOW)
    assert list(open_questions_to(place.stranger)) == [row]
    assert not open_questions_to(place.clerk).exists()
