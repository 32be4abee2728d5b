"""Letters of one wording at the desk: proposed, looked at, one taken out, answered together; nobody told twice."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.participation.models import OutgoingMail
from mailbox import actions as cases
from mailbox.models import Case, Notice
from mailbox.routing import actions, queries
from mailbox.routing.models import GroupMember, LetterGroup
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, approved, house, later
from tests.mailbox.test_routing_grouping import CAMPAIGN, edited

pytestmark = pytest.mark.django_db
NOON = NOW + timedelta(hours=1)


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def copies(number: int) -> list[Case]:
    chance = random.Random(3)
    return [factories.case(text=edited(n, chance), email=f"sender{n}@example.org") for n in range(number)]


def proposed(number: int = 4) -> tuple[LetterGroup, list[Case]]:
    made = copies(number)
    assert actions.propose_groups(now=NOW) == 1
    return LetterGroup.objects.get(), made


def test_the_queue_and_the_case_lead_to_the_letters_of_the_same_wording(place):
    found, made = proposed(4)
    other = factories.case(text="公园几点开门？")
    client = browser(place.clerk)
    queue, address = reverse("desk_queue", args=["cases"]), reverse("desk_group", args=[found.pk])
    client.get(queue)
    with CaptureQueriesContext(connection) as seen:
        text = client.get(queue).content.decode()
    assert len(seen) <= 15, "\n".join(query["sql"][:150] for query in seen)
    assert text.count(f'href="{address}" data-key="g"') == 4
    assert "one of 4 letters of one wording" in text
    case_page = reverse("desk_case", args=[made[1].pk])
    assert f'href="{address}" data-page-key="g"' in client.get(case_page).content.decode()
    assert address not in client.get(reverse("desk_case", args=[other.pk])).content.decode()
    # One that was taken out is by itself; of what is dismissed nobody speaks, and of what is not seen neither.
    actions.take_out(found.pk, made[1].pk, actor=place.clerk, now=NOON)
    assert address not in client.get(case_page).content.decode()
    assert "one of 3 letters of one wording" in client.get(queue).content.decode()
    cases.route_case(made[2].pk, to=place.water.pk, actor=place.clerk, now=NOON)
    assert address not in browser(place.officer).get(queue).content.decode()
    actions.dismiss_group(found.pk, actor=place.clerk, now=NOON)
    assert address not in client.get(queue).content.decode()


def press(user: User, found: LetterGroup, what: str, **given: Any) -> Any:
    return browser(user).post(reverse("desk_group_do", args=[found.pk, what]), given)


def shown(user: User, found: LetterGroup, page: int = 1) -> str:
    return browser(user).get(reverse("desk_group", args=[found.pk]), {"page": page}).content.decode()


def test_letters_of_one_wording_are_proposed_and_others_are_not(place):
    other = factories.case(text="公园的长椅坏了三张，请修一修，谢谢。")
    enquiry = factories.case("enquiry", text=CAMPAIGN)
    found, made = proposed(5)
    assert set(found.members.values_list("case", flat=True)) == {one.pk for one in made}
    assert other.pk not in found.members.values_list("case", flat=True)
    assert enquiry.pk not in found.members.values_list("case", flat=True)
    assert (found.department, found.kind, found.state) == (place.intake, "letter", "proposed")
    assert actions.propose_groups(now=NOW) == 0


def test_a_new_copy_joins_the_group_that_waits(place):
    found, _made = proposed(3)
    late = factories.case(text=CAMPAIGN)
    assert actions.propose_groups(now=NOW) == 1
    assert LetterGroup.objects.count() == 1
    assert found.members.filter(case=late).exists()


def test_the_page_shows_what_differs(place):
    found, made = proposed(5)
    text = shown(place.clerk, found)
    for one in made:
        assert one.reference in text
    assert "the others are answered with it" in text and "words of its own" in text and "<ins>" in text
    assert "5 letters" in text and "Answer them together" in text
    listed = browser(place.clerk).get(reverse("desk_groups")).content.decode()
    assert reverse("desk_group", args=[found.pk]) in listed


def test_a_group_is_for_the_desk_where_it_lies(place):
    found, _made = proposed(2)
    for user in (place.officer, place.stranger):
        assert browser(user).get(reverse("desk_group", args=[found.pk])).status_code == 404
        assert press(user, found, "confirm").status_code == 404
        assert reverse("desk_group", args=[found.pk]) not in browser(user).get(reverse("desk_groups")).content.decode()
    assert browser(person(Role.ANALYST)).get(reverse("desk_groups")).status_code == 404
    # An approver of the unit reads it at most; only who may pass letters on decides.
    assert press(place.arbiter, found, "confirm").status_code in (403, 404)
    found.refresh_from_db()
    assert found.state == "proposed"


def test_what_a_letter_accuses_keeps_its_officers_from_seeing_it_in_a_group(place):
    made = [factories.case("grievance", text=edited(n, random.Random(1))) for n in range(3)]
    hidden = factories.case("grievance", text=CAMPAIGN, barred=place.intake.pk)
    actions.propose_groups(now=NOW)
    found = LetterGroup.objects.get()
    if found.leading_id == hidden.pk:
        LetterGroup.objects.filter(pk=found.pk).update(leading=made[0])
    text = shown(place.clerk, found)
    assert hidden.reference not in text and "3 letters" in text
    assert press(place.clerk, found, "out", case=hidden.pk).status_code == 404
    press(place.clerk, found, "confirm")
    hidden.refresh_from_db()
    assert hidden.merged_into is None and hidden.is_open


def test_forty_letters_get_one_answer_and_one_that_was_taken_out_does_not(place):
    found, made = proposed(40)
    out = next(one for one in made if one.pk != found.leading_id)
    assert press(place.clerk, found, "out", case=out.pk).status_code == 302
    assert press(place.clerk, found, "out", case=out.pk).status_code == 302
    assert "39 letters" in shown(place.clerk, found)
    for _press in range(2):
        assert press(place.clerk, found, "confirm").status_code == 302
    assert Case.objects.filter(merged_into=found.leading).count() == 38
    leading = found.leading
    cases.route_case(leading.pk, to=place.water.pk, actor=place.clerk, now=NOW)
    leading = cases.accept_case(leading.pk, actor=place.officer, now=NOW)
    before = OutgoingMail.objects.count()
    draft = approved(place, leading)
    with pytest.raises(Refused):
        cases.approve_draft(leading.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    for _turn in range(2):
        cases.send_due_answers(now=later(NOW))
        while cases.answer_merged(now=later(NOW), limit=15):
            pass
    told = Notice.objects.filter(form="answer").values("case").annotate(n=Count("pk"))
    assert {row["case"] for row in told} == {one.pk for one in made} - {out.pk}
    assert {row["n"] for row in told} == {1}
    assert OutgoingMail.objects.count() == before + 39
    assert set(Case.objects.filter(answered_at=None).values_list("pk", flat=True)) == {out.pk}
    out.refresh_from_db()
    assert out.is_open and out.state == "registered"


def test_a_letter_can_be_taken_out_after_it_was_joined(place):
    found, made = proposed(4)
    press(place.clerk, found, "confirm")
    out = next(one for one in made if one.pk != found.leading_id)
    press(place.clerk, found, "out", case=out.pk)
    out.refresh_from_db()
    assert out.merged_into is None and out.at_desk
    assert "3 letters" in shown(place.clerk, found)
    # The one with which the others are answered stays.
    assert press(place.clerk, found, "out", case=found.leading_id).status_code in (400, 409, 422)
    # What a person took out is not proposed anew with a later copy.
    late = factories.case(text=CAMPAIGN)
    actions.propose_groups(now=NOW)
    assert not GroupMember.objects.filter(case=out, left_at=None).exists()
    assert late.pk


def test_taking_the_first_out_before_the_decision_lets_another_lead(place):
    found, _made = proposed(3)
    first = found.leading_id
    press(place.clerk, found, "out", case=first)
    found.refresh_from_db()
    assert found.leading_id != first
    assert "2 letters" in shown(place.clerk, found)


def test_letters_that_are_not_the_same_are_not_proposed_again(place):
    found, made = proposed(3)
    assert press(place.clerk, found, "dismiss").status_code == 302
    assert press(place.clerk, found, "confirm").status_code == 404
    late = [factories.case(text=CAMPAIGN), factories.case(text=CAMPAIGN + "盼复。")]
    actions.propose_groups(now=NOW)
    fresh = LetterGroup.objects.get(state="proposed")
    assert set(fresh.members.values_list("case", flat=True)) == {one.pk for one in late}
    assert made


def test_a_letter_that_went_on_meanwhile_is_left_by_itself_and_said(place):
    found, made = proposed(4)
    gone = next(one for one in made if one.pk != found.leading_id)
    cases.withdraw_case(gone.pk, actor=factories.sender(gone), now=NOW)
    press(place.clerk, found, "confirm")
    member = found.members.get(case=gone)
    assert (member.joined_at, member.refused) == (None, "merge_not_open")
    assert "could not be joined" in shown(place.clerk, found)
    assert Case.objects.filter(merged_into=found.leading).count() == 2


def test_the_worker_goes_on_where_the_press_stopped(place, monkeypatch):
    monkeypatch.setattr(actions, "JOINED_AT_ONCE", 2)
    found, _made = proposed(8)
    press(place.clerk, found, "confirm")
    assert Case.objects.filter(merged_into=found.leading).count() == 2
    assert "5 letters are still being joined" in shown(place.clerk, found)
    done = 0
    while joined := actions.join_members(now=NOON, limit=3):
        done += joined
    assert done == 5
    assert actions.join_members(now=NOON) == 0


def test_one_letter_is_no_group(place):
    found, made = proposed(2)
    other = next(one for one in made if one.pk != found.leading_id)
    press(place.clerk, found, "out", case=other.pk)
    assert press(place.clerk, found, "confirm").status_code >= 400
    with pytest.raises(Refused, match="group_too_small"):
        actions.confirm_group(found.pk, actor=place.clerk, now=NOW)


def test_a_page_of_many_letters_is_read_in_few_queries(place, django_assert_max_num_queries):
    found, _made = proposed(30)
    client = browser(place.clerk)
    client.get(reverse("desk_group", args=[found.pk]))
    with django_assert_max_num_queries(20):
        assert client.get(reverse("desk_group", args=[found.pk])).status_code == 200
    assert len(queries.compared(found, list(queries.members_of(found, actor=place.clerk)[:20]))) == 20
