"""Taking back: ten seconds in which nothing of a step has left the house."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from engage.errors import Refused
from engage.participation.models import OutgoingMail
from mailbox import actions, rules
from mailbox.actions import Given
from mailbox.actions.held import snapshot
from mailbox.desk.models import HeldStep
from mailbox.models import Case
from tests.accounts.people import browser
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, house, later, sender, taken_on

pytestmark = pytest.mark.django_db
OVER = NOW + timedelta(seconds=15)


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def routed(place: House, case: Case, **how: Any) -> Case:
    given = Given(department=place.water.pk)
    return actions.take_step(case.pk, "route", given, actor=place.clerk, now=NOW, undo=True, **how)


def told(case: Case) -> list[str]:
    return [entry.code for entry in case.submission.timeline.all()]


def letters(case: Case) -> int:
    return OutgoingMail.objects.filter(submission=case.submission).count()


def test_a_step_is_told_after_the_time_to_take_it_back_and_once(place):
    case = factories.case()
    before = letters(case)
    routed(place, case)
    assert "letter.route" not in told(case) and not case.notices.exists() and letters(case) == before
    assert actions.tell_held(now=OVER - timedelta(seconds=1)) == 0
    assert actions.tell_held(now=OVER) == 1
    assert actions.tell_held(now=OVER) == 0
    assert told(case).count("letter.route") == 1
    assert (case.notices.get().form, letters(case)) == ("routed", before + 1)
    # What the sender reads has the moment at which it happened.
    assert case.submission.timeline.get(code="letter.route").at == NOW
    with pytest.raises(Refused, match="undo_too_late"):
        actions.undo_step(case.pk, revision=1, actor=place.clerk, now=OVER)


def test_a_step_taken_back_leaves_the_case_as_it_was_and_stands_on_record(place):
    case = factories.case()
    before = snapshot(case)
    step = routed(place, case)
    undone = actions.undo_step(case.pk, revision=step.revision, actor=place.clerk, now=NOW)
    assert snapshot(undone) == before
    assert [row.code for row in case.steps.all()] == ["route", rules.UNDONE]
    assert case.steps.last().reason == "route"
    assert actions.tell_held(now=later(NOW)) == 0
    assert "letter.route" not in told(case)
    # Who reads the case at the desk sees both.
    page = browser(place.clerk).get(reverse("desk_case", args=[case.pk])).content.decode()
    assert "Taken back" in page


def test_a_clock_that_a_step_stopped_runs_again(place):
    case = factories.case()
    due = case.due
    given = Given(reason="NOT_OURS", words="请向街道反映。")
    step = actions.take_step(case.pk, "refuse", given, actor=place.clerk, now=NOW, undo=True)
    assert step.due is None and not case.clocks.filter(stopped_at=None).exists()
    undone = actions.undo_step(case.pk, revision=step.revision, actor=place.clerk, now=NOW)
    assert (undone.due, undone.is_open, case.clocks.get().state) == (due, True, "running")


def test_what_can_be_done_once_can_be_done_again_after_it_was_taken_back(place):
    case = factories.case()
    for _ in range(2):
        given = Given(words="哪一栋楼？")
        step = actions.take_step(case.pk, "ask_detail", given, actor=place.clerk, now=NOW, undo=True)
        actions.undo_step(case.pk, revision=step.revision, actor=place.clerk, now=NOW)
    actions.take_step(case.pk, "ask_detail", Given(words="哪一栋楼？"), actor=place.clerk, now=NOW)
    actions.give_detail(case.pk, words="三栋。", actor=sender(case), now=NOW)
    with pytest.raises(Refused, match="step_taken_already"):
        actions.take_step(case.pk, "ask_detail", Given(words="又问"), actor=place.clerk, now=NOW)


@pytest.mark.parametrize("who", ["arbiter", "officer", "stranger"])
def test_nobody_else_takes_it_back(place, who):
    case = factories.case()
    step = routed(place, case)
    with pytest.raises(Refused, match="undo_too_late"):
        actions.undo_step(case.pk, revision=step.revision, actor=getattr(place, who), now=NOW)


def test_what_others_built_upon_is_not_taken_back_and_is_told_in_order(place):
    case = factories.case()
    step = routed(place, case)
    actions.accept_case(case.pk, actor=place.officer, now=NOW + timedelta(seconds=2))
    assert told(case)[-2:] == ["letter.route", "letter.accept"]
    with pytest.raises(Refused, match="undo_too_late"):
        actions.undo_step(case.pk, revision=step.revision, actor=place.clerk, now=NOW)
    assert not HeldStep.objects.exists()


def test_what_the_units_owe_one_another_is_as_before(place):
    case = taken_on(place)
    note = "归道路处管"
    given = Given(department=place.roads.pk, note=note)
    before = list(case.handovers.values("sender", "receiver", "settled_at", "how"))
    assert before
    step = actions.take_step(case.pk, "transfer", given, actor=place.officer, now=later(NOW), undo=True)
    assert case.handovers.filter(settled_at=None, receiver=place.roads).exists()
    actions.undo_step(case.pk, revision=step.revision, actor=place.officer, now=later(NOW))
    assert list(case.handovers.values("sender", "receiver", "settled_at", "how")) == before
    routed_one = factories.case()
    actions.route_case(routed_one.pk, to=place.water.pk, actor=place.clerk, now=NOW)
    step = actions.take_step(routed_one.pk, "accept", actor=place.officer, now=later(NOW), undo=True)
    assert not routed_one.handovers.filter(settled_at=None).exists()
    actions.undo_step(routed_one.pk, revision=step.revision, actor=place.officer, now=later(NOW))
    assert routed_one.handovers.filter(settled_at=None, receiver=place.water).exists()


def test_a_word_of_the_sender_closes_the_way_back(place):
    case = factories.case()
    step = routed(place, case)
    actions.add_message(case.pk, "还有一件事。", actor=sender(case), now=NOW)
    with pytest.raises(Refused, match="undo_too_late"):
        actions.undo_step(case.pk, revision=step.revision, actor=place.clerk, now=NOW)
    assert actions.tell_held(now=OVER) == 1


def test_an_answer_does_not_leave_while_its_sender_has_just_written(place):
    case = taken_on(place)
    draft = factories.approved(place, case)
    actions.add_message(case.pk, "水管已经有人来修了。", actor=sender(case), now=NOW + timedelta(seconds=5))
    assert actions.send_due_answers(now=later(NOW)) == 0
    draft.refresh_from_db()
    assert (draft.state, draft.send_at) == ("approved", None)
    page = browser(place.officer).get(reverse("desk_case", args=[case.pk])).content.decode()
    assert "the sender wrote meanwhile" in page
    # Somebody has read it and says so.
    actions.send_answer(case.pk, actor=place.officer, now=later(NOW))
    assert actions.send_due_answers(now=later(NOW, 62)) == 1


def test_a_case_is_of_its_old_kind_again_and_its_sender_hears_nothing(place):
    case = factories.case("letter")
    before, letters_before = snapshot(case), letters(case)
    moved = actions.move_case(
        case.pk, kind="enquiry", words="这是咨询。", actor=place.clerk, now=NOW, revision=case.revision, undo=True
    )
    assert moved.kind == "enquiry" and "letter.move" not in told(case) and not case.notices.exists()
    with pytest.raises(Refused, match="undo_too_late"):
        actions.undo_step(case.pk, revision=moved.revision, actor=place.arbiter, now=NOW)
    undone = actions.undo_step(case.pk, revision=moved.revision, actor=place.clerk, now=NOW)
    assert snapshot(undone) == before and undone.kind == "letter"
    assert [(clock.target, clock.profile_id) for clock in case.clocks.all()] == [("final_reply", "cn-letter-complex")]
    assert actions.tell_held(now=OVER) == 0
    assert letters(case) == letters_before and "letter.move" not in told(case)


def test_another_kind_is_told_when_the_time_to_take_it_back_is_over_and_after_what_came_before(place):
    case = factories.case("letter")
    routed(place, case)
    actions.move_case(case.pk, kind="enquiry", words="这是咨询。", actor=place.clerk, now=NOW, undo=True)
    assert told(case)[-1] == "letter.route"
    assert actions.tell_held(now=OVER) == 1
    assert told(case)[-2:] == ["letter.route", "letter.move"]
    assert [one.form for one in case.notices.order_by("pk")] == ["routed", "moved"]


def test_a_unit_that_was_asked_is_asked_no_more_unless_it_has_spoken(place):
    case = taken_on(place)
    now = later(NOW)
    ask = {"department_id": place.roads.pk, "question": "路面？", "actor": place.officer, "now": now, "undo": True}
    before = snapshot(case)
    row = actions.consult(case.pk, **ask)
    assert "letter.consult" not in told(case)
    undone = actions.undo_step(case.pk, revision=row.case.revision, actor=place.officer, now=now)
    assert snapshot(undone) == before and not case.consultations.exists()
    row = actions.consult(case.pk, **ask)
    actions.consult(case.pk, **ask | {"department_id": place.intake.pk})
    actions.give_opinion(case.consultations.last().pk, text="同意", actor=place.clerk, now=now)
    case.refresh_from_db()
    with pytest.raises(Refused, match="undo_too_late"):
        actions.undo_step(case.pk, revision=case.revision, actor=place.officer, now=now)
    assert case.consultations.count() == 2


def test_an_answer_that_was_sent_back_lies_with_its_approver_again_unless_its_author_went_on(place):
    case = taken_on(place)
    draft = factories.handed_in(place, case, chain=[place.approver.pk, None])
    back = {"note": "请补充", "actor": place.approver, "now": later(NOW), "undo": True}
    before = list(draft.approvals.values("decision", "at", "by", "note"))
    actions.return_draft(case.pk, **back)
    draft.refresh_from_db()
    case.refresh_from_db()
    assert draft.state == "writing"
    actions.undo_step(case.pk, revision=case.revision, actor=place.approver, now=later(NOW))
    draft.refresh_from_db()
    case.refresh_from_db()
    assert (draft.state, case.state) == ("approval", "approval")
    assert list(draft.approvals.values("decision", "at", "by", "note")) == before
    actions.return_draft(case.pk, **back)
    actions.save_draft(case.pk, actions.DraftWords(text="补充了依据。"), actor=place.officer, now=later(NOW))
    case.refresh_from_db()
    with pytest.raises(Refused, match="undo_too_late"):
        actions.undo_step(case.pk, revision=case.revision, actor=place.approver, now=later(NOW))
    draft.refresh_from_db()
    assert (draft.state, draft.text, Case.objects.get(pk=case.pk).state) == ("writing", "补充了依据。", "drafting")


# --- on the pages -----------------------------------------------------------------------------------------------------


def test_the_toast_on_the_page_of_a_case_takes_its_step_back(place):
    case = taken_on(place)
    client = browser(place.officer)
    sent = {"revision": case.revision, "token": "6f1cfb4e-4f0e-4d0e-9d1a-1d2f3a4b5c6d"}
    client.post(reverse("desk_case_step", args=[case.pk, "draft"]), sent)
    page = client.get(reverse("desk_case", args=[case.pk]))
    assert "Undo (10 seconds)" in page.content.decode()
    address = reverse("desk_case", args=[case.pk])
    token = page.context["toast"]["token"]
    back = client.post(reverse("desk_undo"), {"queue": "cases", "token": token, "next": address})
    assert back.url == address
    case.refresh_from_db()
    assert case.state == "handling"
    assert "Taken back." in client.get(address).content.decode()
    assert client.post(reverse("desk_undo"), {"queue": "cases", "token": token, "next": address}).status_code == 409


def test_several_cases_are_taken_back_together_or_not_at_all(place):
    cases = [factories.case(text=f"第{n}封") for n in range(3)]
    client = browser(place.clerk)
    ids = [f"{case.pk}-{case.revision}" for case in cases]
    given = {"department": "Water", "note": "", "filled": "yes"}
    client.post(reverse("desk_act", args=["cases"]), {"act": "route", "id": ids} | given)
    assert Case.objects.filter(state="routed").count() == 3
    token = client.get(reverse("desk_queue", args=["cases"])).context["toast"]["token"]
    actions.accept_case(cases[2].pk, actor=place.officer, now=NOW)
    assert client.post(reverse("desk_undo"), {"queue": "cases", "token": token}).status_code == 409
    assert Case.objects.filter(state="registered").count() == 0


@pytest.mark.parametrize("code", ["accept", "mine", "suspect", "snooze", "tag", "refuse"])
def test_every_action_of_the_queue_is_taken_back(place, code):
    case = factories.case("enquiry") if code == "refuse" else factories.case("grievance")
    if code == "accept":
        case = factories.case()
        actions.route_case(case.pk, to=place.water.pk, actor=place.clerk, now=NOW)
        case.refresh_from_db()
    user = place.officer if code == "accept" else place.clerk
    before, client = snapshot(case), browser(user)
    given = {"filled": "yes", "days": "3", "until": "", "name": "水管", "reason": "NO_CONTENT", "words": "看不懂。"}
    client.post(reverse("desk_act", args=["cases"]), {"act": code, "id": f"{case.pk}-{case.revision}"} | given)
    token = client.get(reverse("desk_queue", args=["cases"])).context["toast"]["token"]
    assert token, code
    client.post(reverse("desk_undo"), {"queue": "cases", "token": token})
    case = Case.objects.get(pk=case.pk)
    assert snapshot(case) == before, code
    assert not case.tags.exists() and not hasattr(case, "snooze")


@pytest.mark.parametrize("code", ["move", "consult", "return_draft"])
def test_the_toast_takes_back_what_a_form_of_the_desk_did(place, code):
    case = taken_on(place)
    user = place.approver if code == "return_draft" else place.officer
    if code == "return_draft":
        factories.handed_in(place, case)
    case.refresh_from_db()
    before, client = snapshot(case), browser(user)
    given = {
        "kind": "enquiry",
        "words": "这是咨询。",
        "note": "请补充",
        "question": "路面？",
        "days": "3",
        "department": "Roads",
    }
    sent = {"revision": case.revision, "token": "6f1cfb4e-4f0e-4d0e-9d1a-1d2f3a4b5c6d"} | given
    done = client.post(reverse("desk_case_step", args=[case.pk, code]), sent)
    assert done.status_code == 302
    assert snapshot(Case.objects.get(pk=case.pk)) != before
    token = client.get(reverse("desk_queue", args=["cases"])).context["toast"]["token"]
    client.post(reverse("desk_undo"), {"queue": "cases", "token": token})
    assert snapshot(Case.objects.get(pk=case.pk)) == before
