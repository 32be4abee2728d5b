"""What officers and senders do with cases, and what they must not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.models import PageViewRestriction

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.pages.messages import refusal_message
from engage.pages.models import ArticlePage
from engage.participation import cases as port
from engage.participation import timeline
from engage.participation.models import Attachment, Consent, ConsentText, Contact, OutgoingMail, Submission
from engage.search import registry
from engage.search.models import SearchEntry
from engage.search.registry import Source
from mailbox import actions, queries
from mailbox.letterbox.files import add_to_case
from mailbox.models import Approval, Case, CaseClock, CoConsultation, Draft, Link, Notice, Question
from mailbox.post import rules
from mailbox.queries.published import published_lines
from mailbox.rules import DRAFT_HELD_SECONDS
from tests.accounts.people import person
from tests.mailbox import factories, publications
from tests.mailbox.factories import NOW, answered, approved, handed_in, house, later, member, sender, taken_on
from tests.participation.factories import envelope

pytestmark = pytest.mark.django_db


@contextmanager
def replaced(*sources: Source) -> Iterator[None]:
    """Let sources of the search stand for those of their kinds."""
    before = dict(registry._sources)
    registry._sources.update({one.kind: one for one in sources})
    try:
        yield
    finally:
        registry._sources.clear()
        registry._sources.update(before)


def step(case: Case, code: str, actor, now=NOW, **given) -> Case:
    return actions.take_step(case.pk, code, actions.Given(**given), actor=actor, now=now)


# --- beginning -----------------------------------------------------------------------------------------------------


def test_a_letter_is_one_submission_with_a_receipt_a_clock_and_its_words():
    place = house()
    token = uuid4()
    made = factories.case("letter", token=token)
    again = factories.case("letter", token=token)
    assert again.pk == made.pk and Case.objects.count() == Submission.objects.count() == 1
    assert made.reference.startswith("L-2026-") and made.state == "registered" and made.desk == place.intake
    assert made.title == made.messages.get().text
    clock = made.clocks.get()
    assert (clock.target, clock.profile_id, made.due) == ("final_reply", "cn-letter-complex", clock.due)
    assert OutgoingMail.objects.count() == 1
    assert JournalRow.objects.filter(verb="letter.received", submission_id=made.pk).exists()


def test_without_a_receiving_unit_the_first_unit_of_the_house_receives_and_without_any_the_case_is_kept():
    kept = factories.case("letter")
    assert kept.desk is None and not kept.notices.exists()
    actions.withdraw_case(kept.pk, actor=sender(kept), now=NOW)
    from mailbox.models import Intake

    place = house()
    Intake.objects.all().delete()
    assert factories.case("letter").desk == place.root


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "nothing"}, "case_kind_unknown"),
        ({"text": "  "}, "case_text_missing"),
        ({"text": "x" * 20_001}, "case_text_too_long"),
        ({"family": "cn-foi"}, "clock_profile_unknown"),
        ({"kind": "petition_answer"}, "case_kind_closed"),
        ({"kind": "letter", "barred": 999_999}, "department_gone"),
        (
            {"kind": "letter", "representatives": [actions.Representative("甲")], "people": 2},
            "too_many_representatives",
        ),
        (
            {"kind": "grievance", "representatives": [actions.Representative("甲")] * 6, "people": 9},
            "too_many_representatives",
        ),
        ({"kind": "grievance", "representatives": [actions.Representative("甲")] * 3, "people": 2}, "people_too_few"),
    ],
)
def test_what_cannot_be_a_case_is_refused_and_leaves_nothing(values, code):
    house()
    new = actions.NewCase(**{"kind": "letter", "text": "正文"} | values)
    with pytest.raises(Refused, match=code):
        actions.register_case(new, envelope(name="李梅"), actor=ANYONE)
    assert Submission.objects.count() == 0


def test_a_grievance_needs_a_name_and_takes_up_to_five_representatives_with_sealed_contacts():
    house()
    with pytest.raises(Refused, match="case_identity_missing"):
        actions.register_case(actions.NewCase(kind="grievance", text="诉求"), envelope(), actor=ANYONE)
    five = [actions.Representative(f"代表{number}", email=f"r{number}@example.org") for number in range(5)]
    made = factories.case("grievance", representatives=five, people=40)
    assert [party.contact.name for party in made.parties.all()] == [one.name for one in five]
    assert made.people == 40 and Contact.objects.exclude(email_index="").count() == 6


def test_who_speaks_for_a_joint_petition_gets_every_notice_once_and_is_told_why(settings):
    from mailbox.post.dress import dress

    settings.MAIL_ADDRESS = "office@example.org"
    place = house()
    speakers = [
        actions.Representative("王刚", email="gang@example.org"),
        actions.Representative("赵敏"),
        actions.Representative("李梅", email="MEI@example.org"),
        actions.Representative("王刚的妻子", email="Gang@example.org"),
    ]
    made = taken_on(place, "grievance", representatives=speakers, people=12)
    notice = made.notices.latest("pk")
    about = f"{notice.title} ({made.reference})"
    first, second = [one for one in OutgoingMail.objects.order_by("pk") if one.subject == about]
    assert [one.contact.email for one in (first, second)] == ["mei@example.org", "gang@example.org"]
    assert second.body.startswith(first.body) and "代表" in second.body[len(first.body) :]
    # An answer says whose it is.
    backs = [dress(one, f"<{one.pk}@example.org>", NOW).headers["Reply-To"] for one in (first, second)]
    assert backs == [
        rules.signed_address("office@example.org", made.reference, party, settings.INDEX_KEY)
        for party in ("sender", "party-1")
    ]
    actions.resend_notice(
        made.pk, notice.pk, cause="NOT_ARRIVED", clock="keep", actor=place.officer, now=NOW + timedelta(days=1)
    )
    assert [one.subject for one in OutgoingMail.objects.filter(contact=second.contact)].count(about) == 2


def test_what_comes_from_a_channel_becomes_a_case_with_its_channel_once():
    house()
    given = envelope(channel="import:weibo")
    sent = port.open_case(given, port.Letter("路灯坏了", url="https://example.org/1"), actor=SYSTEM)
    assert port.open_case(given, port.Letter("路灯坏了"), actor=SYSTEM).pk == sent.pk
    assert port.known_words([sent.token_digest]) == {sent.token_digest: "路灯坏了"}
    assert (sent.case.kind, sent.channel, sent.case.messages.get().url) == (
        "enquiry",
        "import:weibo",
        "https://example.org/1",
    )


def test_a_table_of_a_channel_becomes_cases_once_and_other_words_under_a_known_name_are_a_fault():
    from engage.outreach.delivery import actions as delivery
    from engage.outreach.delivery import inbound

    house()
    boss = person(Role.OFFICER)

    def check(text: str) -> inbound.Checked:
        return inbound.check(f"id,text\n1,{text}\n".encode(), channel="import:weibo", now=NOW, actor=boss)

    for _turn in range(2):
        delivery.import_messages(check("路灯坏了").messages, channel="import:weibo", actor=boss)
    assert Case.objects.get().submission.channel == "import:weibo"
    assert [fault.code for fault in check("别的话").faults] == ["message_known_differs"]


# --- who sees ------------------------------------------------------------------------------------------------------


def test_a_case_is_seen_by_its_units_its_sender_and_nobody_else():
    place = house()
    made = taken_on(place)
    seen = [place.clerk, place.arbiter, place.officer, place.approver, place.openness, place.head, sender(made), SYSTEM]
    for one in seen:
        assert Case.objects.visible_to(one).filter(pk=made.pk).exists()
    other = factories.case("letter")
    for one in (place.stranger, ANYONE, person(Role.CITIZEN), person(Role.OFFICER), sender(other)):
        assert not Case.objects.visible_to(one).filter(pk=made.pk).exists()
        with pytest.raises(Case.DoesNotExist):
            step(made, "accept", one)
    actions.consult(made.pk, department_id=place.roads.pk, question="意见？", actor=place.officer, now=NOW)
    assert Case.objects.visible_to(place.stranger).get() == made
    with pytest.raises(Refused, match="transition_not_allowed"):
        step(made, "draft", place.stranger)


def test_what_accuses_a_unit_never_reaches_it():
    place = house()
    made = factories.case("grievance", barred=place.water.pk)
    assert not Case.objects.visible_to(place.officer).exists()
    with pytest.raises(Refused, match="route_barred"):
        step(made, "transfer", place.clerk, department=place.water.pk)
    step(made, "transfer", place.clerk, department=place.roads.pk)
    actions.accept_case(made.pk, actor=place.stranger, now=NOW)
    with pytest.raises(Refused, match="route_barred"):
        actions.consult(made.pk, department_id=place.water.pk, question="？", actor=place.stranger, now=NOW)


def test_files_and_submissions_of_a_case_are_seen_by_its_units_only():
    from engage.participation.models import Attachment

    place = house()
    made = taken_on(place)
    kept = Attachment.objects.create(
        submission=made.submission, name="a.txt", media_type="text/plain", size=1, sha256="0" * 64, state="clean"
    )
    chief = person(Role.ADMINISTRATOR)
    for one in (place.officer, place.clerk, chief, SYSTEM, sender(made)):
        assert Attachment.objects.visible_to(one).get() == kept
        assert Submission.objects.visible_to(one).get() == made.submission
    for one in (place.stranger, person(Role.EDITOR), ANYONE):
        assert not Attachment.objects.visible_to(one).exists()
        assert not Submission.objects.visible_to(one).exists()


def test_numbers_and_lists_have_bounds():
    place = house()
    made = taken_on(place, "information_request")
    with pytest.raises(Refused, match="clock_extension_too_long"):
        actions.extend_case(made.pk, units=10**9, reason="COMPLEX", words="大", actor=place.openness, now=NOW)
    with pytest.raises(Refused, match="too_many_cites"):
        words = actions.DraftWords(text="见", cites=tuple(f"https://example.org/{n}" for n in range(21)))
        actions.save_draft(made.pk, words, actor=place.officer, now=NOW)
    for days in (0, -1, 10**9):
        with pytest.raises(Refused, match="consult_days_wrong"):
            actions.consult(
                made.pk, department_id=place.roads.pk, question="？", days=days, actor=place.officer, now=NOW
            )


def test_rows_for_the_desk_are_hidden_from_the_sender():
    place = house()
    made = taken_on(place)
    handed_in(place, made)
    for rows in (Draft.objects, made.steps.model.objects, Question.objects, CoConsultation.objects):
        assert not rows.visible_to(sender(made)).exists()
    assert Draft.objects.visible_to(place.officer).exists()
    assert made.notices.model.objects.visible_to(sender(made)).exists()
    assert not made.notices.model.objects.visible_to(place.stranger).exists()


# --- routing -------------------------------------------------------------------------------------------------------


def test_a_unit_sends_back_within_two_working_days_and_after_two_times_an_approver_decides():
    place = house()
    made = factories.case("letter")
    for _ in range(3):
        step(made, "route", place.clerk, department=place.water.pk)
        step(made, "object", place.officer, note="不归我处")
    with pytest.raises(Refused, match="arbiter_decides"):
        step(made, "route", place.clerk, department=place.roads.pk)
    step(made, "arbitrate", place.arbiter, department=place.water.pk)
    with pytest.raises(Refused, match="arbiter_has_decided"):
        step(made, "object", place.officer, note="不归我处")
    late = factories.case("letter")
    step(late, "route", place.clerk, department=place.water.pk)
    with pytest.raises(Refused, match="objection_time_over"):
        step(late, "object", place.officer, now=NOW + timedelta(days=7), note="不归我处")
    late.refresh_from_db()
    assert late.state == "routed" and late.clocks.get().state == "running"


def test_an_objection_to_a_transfer_is_a_step_of_the_rules_of_2022_only():
    place = house()
    old = factories.case("grievance", now=NOW.replace(year=2021))
    step(old, "transfer", place.clerk, now=NOW.replace(year=2021), department=place.water.pk)
    assert {clock.profile_id for clock in old.clocks.all()} == {"cn-xinfang-2005"}
    with pytest.raises(Refused, match="step_not_under_profile"):
        step(old, "object", place.officer, now=NOW.replace(year=2021), note="不归我处")
    new = factories.case("grievance")
    step(new, "transfer", place.clerk, department=place.water.pk)
    with pytest.raises(Refused, match="time_over"):
        step(new, "object", place.officer, now=NOW + timedelta(days=10), note="不归我处")
    step(new, "object", place.officer, now=NOW + timedelta(days=2), note="不归我处")


@pytest.mark.parametrize("unit", ["water", "gone"])
def test_a_case_is_not_passed_to_where_it_lies_or_to_a_unit_out_of_service(unit):
    place = house()
    made = taken_on(place)
    place.roads.active = False
    place.roads.save()
    to = place.water.pk if unit == "water" else place.roads.pk
    with pytest.raises(Refused, match="route_to_itself" if unit == "water" else "department_gone"):
        actions.route_case(made.pk, to=to, note="转", actor=place.officer, now=NOW)


def test_a_case_is_given_to_officers_of_the_unit_where_it_lies():
    place = house()
    made = taken_on(place)
    assert made.owner == place.officer
    with pytest.raises(Refused, match="assignee_elsewhere"):
        actions.assign_case(made.pk, to=place.stranger.pk, actor=place.officer, now=NOW)
    colleague = member(place.water, Role.OFFICER)
    assert actions.assign_case(made.pk, to=colleague.pk, actor=place.officer, now=NOW).owner == colleague
    with pytest.raises(Refused, match="not_allowed"):
        actions.assign_case(made.pk, to=None, actor=sender(made), now=NOW)


# --- on an older view ----------------------------------------------------------------------------------------------


def test_who_acts_on_an_older_view_is_told_what_happened():
    place = house()
    made = factories.case("letter")
    seen = made.revision
    step(made, "route", place.clerk, department=place.water.pk)
    with pytest.raises(Refused, match="case_moved") as refusal:
        actions.take_step(
            made.pk, "refuse", actions.Given(reason="SPAM", words="广告"), actor=place.clerk, now=NOW, revision=seen
        )
    assert refusal.value.values["step"] == "route" and refusal.value.values["by"] == str(place.clerk)


def test_who_worked_on_a_case_that_went_to_another_unit_is_told_and_strangers_are_not():
    place = house()
    made = taken_on(place)
    actions.route_case(made.pk, to=place.roads.pk, note="归道路处", actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="case_moved") as refusal:
        actions.save_draft(made.pk, actions.DraftWords(text="答复"), actor=place.officer, now=NOW)
    assert refusal.value.values["department"] == place.roads.name
    with pytest.raises(Refused, match="case_moved"):
        actions.route_case(made.pk, to=place.water.pk, note="转", actor=place.officer, now=NOW)
    with pytest.raises(Case.DoesNotExist):
        actions.accept_case(taken_on(place).pk, actor=place.stranger, now=NOW)
    assert not Case.objects.visible_to(place.officer).filter(pk=made.pk).exists()


def test_the_same_order_twice_is_one_step():
    place = house()
    made = factories.case("letter")
    token = uuid4()
    for _ in range(2):
        actions.take_step(
            made.pk,
            "route",
            actions.Given(department=place.water.pk),
            actor=place.clerk,
            now=NOW,
            token=token,
            revision=0,
        )
    assert made.steps.count() == 1 and made.notices.count() == 1


def test_a_step_that_has_a_door_of_its_own_is_no_bare_step():
    place = house()
    made = taken_on(place)
    handed_in(place, made)
    with pytest.raises(ValueError, match="approve_draft"):
        step(made, "approve", place.approver)
    with pytest.raises(Refused, match="step_unknown"):
        step(made, "nothing", place.approver)


def test_a_step_without_what_it_needs_is_refused():
    place = house()
    made = factories.case("letter")
    with pytest.raises(Refused, match="step_needs"):
        step(made, "route", place.clerk)
    with pytest.raises(Refused, match="step_reason_missing"):
        step(made, "refuse", place.clerk, reason="COMPLEX", words="不收")
    with pytest.raises(Refused, match="case_text_too_long"):
        step(made, "refuse", place.clerk, reason="SPAM", words="x" * 30_000)


# --- clocks --------------------------------------------------------------------------------------------------------


def test_asking_for_details_stops_the_clock_once_and_the_answer_starts_it_again():
    place = house()
    made = factories.case("letter")
    due = made.due
    actions.ask_detail(made.pk, words="请补充地址", actor=place.clerk, now=NOW)
    made.refresh_from_db()
    assert made.due is None and made.clocks.get().state == "paused" and made.state == "returned"
    actions.give_detail(made.pk, words="中山路一号", actor=sender(made), now=NOW + timedelta(days=7))
    made.refresh_from_db()
    assert made.state == "registered" and made.due > due and made.messages.count() == 2
    with pytest.raises(Refused, match="step_taken_already"):
        actions.ask_detail(made.pk, words="再补充", actor=place.clerk, now=NOW + timedelta(days=7))


def test_a_clock_that_ran_out_stays_late_whatever_is_asked_then():
    place = house()
    made = factories.case("letter")
    late = NOW + timedelta(days=40)
    actions.ask_detail(made.pk, words="请补充地址", actor=place.clerk, now=late)
    made.refresh_from_db()
    assert made.due < late.date()
    actions.give_detail(made.pk, words="中山路", actor=sender(made), now=late + timedelta(days=1))
    step(made, "route", place.clerk, now=late + timedelta(days=1), department=place.water.pk)
    actions.accept_case(made.pk, actor=place.officer, now=late + timedelta(days=1))
    made.refresh_from_db()
    answered(place, made, now=late + timedelta(days=1))
    assert made.clocks.get().result == CaseClock.Result.LATE


def test_more_time_is_given_once_within_the_limit_by_the_right_person_with_a_notice():
    place = house()
    made = taken_on(place, "information_request")
    given = {"reason": "COMPLEX", "words": "需要检索大量档案"}
    with pytest.raises(Refused, match="transition_not_allowed"):
        actions.extend_case(made.pk, units=20, actor=place.officer, now=NOW, **given)
    with pytest.raises(Refused, match="clock_extension_too_long"):
        actions.extend_case(made.pk, units=21, actor=place.openness, now=NOW, **given)
    with pytest.raises(Refused, match="step_needs"):
        actions.extend_case(made.pk, units=0, actor=place.openness, now=NOW, **given)
    due = made.clocks.get(target="final_reply").due
    made = actions.extend_case(made.pk, units=20, actor=place.openness, now=NOW, **given)
    assert made.clocks.get(target="final_reply").due > due and made.notices.last().form == "extended"
    with pytest.raises(Refused, match="step_taken_already"):
        actions.extend_case(made.pk, units=1, actor=place.openness, now=NOW, **given)


def test_the_receipt_of_a_request_counts_from_the_day_both_sides_confirm():
    place = house()
    made = factories.case("information_request")
    due = made.clocks.get(target="final_reply").due
    step(made, "confirm_receipt", place.clerk, now=NOW + timedelta(days=2))
    clock = made.clocks.get(target="final_reply")
    assert clock.due > due and clock.start == NOW + timedelta(days=2)


# --- other units ---------------------------------------------------------------------------------------------------


def test_the_answer_waits_for_every_opinion_unless_the_file_says_why_not():
    place = house()
    made = taken_on(place)
    row = actions.consult(made.pk, department_id=place.roads.pk, question="意见？", actor=place.officer, now=NOW)
    assert row.due == date(2026, 12, 1)
    with pytest.raises(Refused, match="consult_open"):
        actions.consult(made.pk, department_id=place.roads.pk, question="意见？", actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="consult_itself"):
        actions.consult(made.pk, department_id=place.water.pk, question="意见？", actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="opinion_open"):
        handed_in(place, made)
    made.refresh_from_db()
    draft = actions.submit_draft(made.pk, note="道路处来电称无意见", actor=place.officer, now=NOW)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    assert actions.send_due_answers(now=later(NOW)) == 1


def test_the_last_opinion_lets_the_case_go_on():
    place = house()
    made = taken_on(place)
    row = actions.consult(made.pk, department_id=place.roads.pk, question="意见？", actor=place.officer, now=NOW)
    made.refresh_from_db()
    assert made.state == "consulting"
    with pytest.raises(Refused, match="not_allowed"):
        actions.give_opinion(row.pk, text="同意", actor=place.officer, now=NOW)
    actions.give_opinion(row.pk, text="同意", agrees=True, actor=place.stranger, now=NOW)
    made.refresh_from_db()
    assert made.state == "handling" and row.opinion.text == "同意"
    with pytest.raises(Refused, match="consultation_settled"):
        actions.waive_opinion(row.pk, note="不需要", actor=place.officer, now=NOW)
    other = actions.consult(made.pk, department_id=place.intake.pk, question="意见？", actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="step_needs"):
        actions.waive_opinion(other.pk, note=" ", actor=place.officer, now=NOW)
    assert actions.waive_opinion(other.pk, note="不需要", actor=place.officer, now=NOW).state == "waived"


OF_2018 = datetime(2018, 11, 26, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "family", "received", "co_author", "due", "state"),
    [
        # Art. 34 of the text of 2019: 15 working days for who made the information together, and silence agrees.
        ("information_request", "cn-foi", NOW, True, date(2026, 12, 15), "silent"),
        # Any other unit has the house's own 5 days, and agrees by no silence.
        ("information_request", "cn-foi", NOW, False, date(2026, 12, 1), "open"),
        # Neither the text of 2007 nor the United Kingdom's Act says so: the house's own 5 days, an open question.
        ("information_request", "cn-foi", OF_2018, True, date(2018, 12, 3), "open"),
        # 30 November is a day off in Scotland.
        ("information_request", "uk-foi", NOW, True, date(2026, 12, 2), "open"),
        ("letter", "", NOW, False, date(2026, 12, 1), "open"),
    ],
)
def test_silence_counts_as_agreement_where_the_law_says_so_and_nowhere_else(
    kind, family, received, co_author, due, state
):
    place = house()
    made = taken_on(place, kind, now=received, family=family)
    asked = {"department_id": place.roads.pk, "question": "？", "co_author": co_author}
    row = actions.consult(made.pk, **asked, actor=place.officer, now=received)
    assert row.due == due
    assert actions.note_silence(now=received + timedelta(days=10)) == 0
    assert actions.note_silence(now=received + timedelta(days=60)) == (state == "silent")
    assert actions.note_silence(now=received + timedelta(days=60)) == 0
    row.refresh_from_db()
    made.refresh_from_db()
    assert row.state == state
    assert made.state == ("searching" if state == "silent" else "consulting")


def test_nobody_agrees_by_silence_before_the_time_of_the_law_is_over():
    place = house()
    made = taken_on(place, "information_request")
    asked = {"department_id": place.roads.pk, "question": "？", "co_author": True, "days": 2}
    row = actions.consult(made.pk, **asked, actor=place.officer, now=NOW)
    assert row.due == date(2026, 11, 26)
    assert actions.note_silence(now=datetime(2026, 12, 15, 1, tzinfo=UTC)) == 0
    assert actions.note_silence(now=datetime(2026, 12, 16, 1, tzinfo=UTC)) == 1


# --- drafts, approval, sending -------------------------------------------------------------------------------------


def test_an_answer_goes_out_once_after_approval_and_the_time_to_undo():
    place = house()
    made = taken_on(place)
    mails = OutgoingMail.objects.count()
    draft = handed_in(place, made, text="已修好。\n谢谢。")
    assert actions.send_due_answers(now=NOW + timedelta(days=1)) == 0
    with pytest.raises(Refused, match="transition_not_allowed"):
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.officer, now=NOW)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    assert actions.send_due_answers(now=NOW + timedelta(seconds=29)) == 0
    assert OutgoingMail.objects.count() == mails
    assert actions.send_due_answers(now=later(NOW)) == 1
    assert actions.send_due_answers(now=later(NOW)) == 0
    made.refresh_from_db()
    assert (made.state, made.due, made.clocks.get().result) == ("answered", None, "met")
    notice = made.notices.last()
    assert OutgoingMail.objects.count() == mails + 1
    assert notice.form == "answer" and "<p>已修好。</p>" in notice.html
    assert notice.sha256 == hashlib.sha256(notice.html.encode()).hexdigest()
    assert "已修好。" in OutgoingMail.objects.last().body


def test_sending_is_undone_and_done_after_all():
    place = house()
    made = taken_on(place)
    approved(place, made)
    actions.hold_answer(made.pk, actor=place.officer)
    assert actions.send_due_answers(now=NOW + timedelta(days=1)) == 0
    actions.send_answer(made.pk, actor=place.officer, now=NOW)
    assert actions.send_due_answers(now=later(NOW)) == 1
    with pytest.raises(Refused, match="answer_gone"):
        actions.hold_answer(made.pk, actor=place.officer)


def test_an_approved_answer_that_is_taken_back_needs_its_approval_again():
    place = house()
    made = taken_on(place)
    old = approved(place, made)
    actions.take_back_draft(made.pk, actor=place.officer, now=NOW)
    assert actions.send_due_answers(now=later(NOW)) == 0
    made.refresh_from_db()
    new = handed_in(place, made)
    assert new.round == 2 and new.sha256 != old.sha256
    with pytest.raises(Refused, match="approval_forged"):
        actions.approve_draft(made.pk, sha256=old.sha256, actor=place.approver, now=NOW)


@pytest.mark.parametrize("sha256", ["", "0" * 64, "other case"])
def test_a_forged_approval_is_refused_and_leaves_nothing(sha256):
    place = house()
    made, other = taken_on(place), taken_on(place)
    handed_in(place, made)
    if sha256 == "other case":
        sha256 = handed_in(place, other).sha256
    with pytest.raises(Refused, match="approval_forged"):
        actions.approve_draft(made.pk, sha256=sha256, actor=place.approver, now=NOW)
    assert not Approval.objects.exclude(decision="waiting").exists()


def test_words_changed_behind_the_approval_never_leave():
    place = house()
    made = taken_on(place)
    draft = handed_in(place, made)
    Draft.objects.filter(pk=draft.pk).update(text="别的话")
    with pytest.raises(Refused, match="approval_forged"):
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    Draft.objects.filter(pk=draft.pk).update(text=draft.text)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    Draft.objects.filter(pk=draft.pk).update(text="别的话")
    assert actions.send_due_answers(now=later(NOW)) == 0
    made.refresh_from_db()
    assert made.state == "approved" and made.answered_at is None
    assert JournalRow.objects.filter(verb="case.answer_stopped").count() == 1
    with pytest.raises(Refused, match="approval_forged"):
        actions.send_answer(made.pk, actor=place.officer, now=NOW)


def test_nobody_approves_own_words_and_nobody_twice():
    place = house()
    both = member(place.water, Role.OFFICER, Role.APPROVER)
    made = taken_on(place)
    step(made, "draft", place.officer)
    actions.save_draft(made.pk, actions.DraftWords(text="一稿"), actor=both, now=NOW)
    actions.save_draft(made.pk, actions.DraftWords(text="二稿"), actor=place.officer, now=NOW, take=True)
    with pytest.raises(Refused, match="approval_own"):
        actions.submit_draft(made.pk, chain=[both.pk], actor=place.officer, now=NOW)
    draft = actions.submit_draft(made.pk, chain=[None, None], actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="approval_own"):
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=both, now=NOW)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    with pytest.raises(Refused, match="approval_twice"):
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    assert made.drafts.get().state == "approval"
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.head, now=NOW)
    assert made.drafts.get().state == "approved"


def test_a_chain_goes_by_name_with_delegates_and_deputies():
    place = house()
    second, third = member(place.water, Role.APPROVER), member(place.water, Role.APPROVER)
    made = taken_on(place)
    draft = handed_in(place, made, chain=[place.approver.pk, second.pk])
    with pytest.raises(Refused, match="approval_not_yours"):
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=second, now=NOW)
    actions.delegate_approval(made.pk, to=third.pk, actor=place.approver, now=NOW)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=third, now=NOW)
    away = {"first": date(2026, 11, 20), "last": date(2026, 11, 30)}
    actions.set_absence(second.pk, deputy=place.approver.pk, actor=second, **away)
    waiting = queries.waiting_approvals(place.approver, today=date(2026, 11, 24))
    assert [one.draft_id for one in waiting] == [draft.pk]
    assert not queries.waiting_approvals(place.approver, today=date(2026, 12, 24)).exists()
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    assert made.drafts.get().state == "approved"
    with pytest.raises(Refused, match="not_allowed"):
        actions.set_absence(second.pk, deputy=None, actor=place.officer, **away)


def test_a_chain_names_nobody_twice_and_nobody_takes_two_of_its_places():
    place = house()
    second = member(place.water, Role.APPROVER)
    made = taken_on(place)
    step(made, "draft", place.officer)
    actions.save_draft(made.pk, actions.DraftWords(text="一稿"), actor=place.officer, now=NOW)
    for chain, code in (
        ([place.approver.pk, second.pk, place.approver.pk], "chain_twice"),
        ([None] * 7, "chain_too_long"),
        ([second.pk, place.stranger.pk], "approver_elsewhere"),
    ):
        with pytest.raises(Refused, match=code):
            actions.submit_draft(made.pk, chain=chain, actor=place.officer, now=NOW)
    draft = actions.submit_draft(made.pk, chain=[None, place.approver.pk], actor=place.officer, now=NOW)
    # Who took the first place could not take the second, and nobody else may.
    with pytest.raises(Refused, match="approval_later"):
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=second, now=NOW)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    assert made.drafts.get().state == "approved"


def test_nobody_stands_in_or_is_delegated_to_whose_own_turn_comes_anyway():
    place = house()
    second, third = member(place.water, Role.APPROVER), member(place.water, Role.APPROVER)
    made = taken_on(place)
    draft = handed_in(place, made, chain=[place.approver.pk, second.pk, third.pk])
    day = {"first": NOW.date(), "last": NOW.date()}
    actions.set_absence(place.approver.pk, deputy=second.pk, actor=place.approver, **day)
    with pytest.raises(Refused, match="approval_later"):
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=second, now=NOW)
    with pytest.raises(Refused, match="chain_twice"):
        actions.delegate_approval(made.pk, to=third.pk, actor=place.approver, now=NOW)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    with pytest.raises(Refused, match="approval_twice"):
        actions.delegate_approval(made.pk, to=place.approver.pk, actor=second, now=NOW)


def test_a_returned_draft_shows_its_approver_what_changed():
    place = house()
    made = taken_on(place)
    draft = handed_in(place, made, text="一稿")
    actions.return_draft(made.pk, note="请写依据", actor=place.approver, now=NOW)
    made.refresh_from_db()
    assert made.state == "drafting"
    draft = handed_in(place, made, text="二稿")
    from mailbox.queries.case import last_look

    assert last_look(draft, approver=place.approver.pk)["text"] == "一稿"
    assert last_look(draft, approver=place.head.pk) == {}


def test_two_who_write_in_one_draft_do_not_overwrite_each_other():
    place = house()
    made = taken_on(place)
    colleague = member(place.water, Role.OFFICER)
    free = later(NOW, DRAFT_HELD_SECONDS)
    first = actions.save_draft(made.pk, actions.DraftWords(text="甲"), actor=place.officer, now=NOW)
    actions.save_draft(made.pk, actions.DraftWords(text="乙"), actor=colleague, now=free, revision=first.revision)
    with pytest.raises(Refused, match="draft_changed"):
        actions.save_draft(
            made.pk,
            actions.DraftWords(text="丙"),
            actor=place.officer,
            now=later(free, DRAFT_HELD_SECONDS),
            revision=first.revision,
        )
    private = actions.save_draft(made.pk, actions.DraftWords(text="丙"), shared=False, actor=place.officer, now=NOW)
    assert queries.draft_of(made, actor=place.officer).count() == 2
    assert queries.draft_of(made, actor=colleague).count() == 1
    with pytest.raises(Refused, match="draft_taken"):
        actions.share_draft(private.pk, actor=place.officer, now=NOW)


def test_an_answer_settles_every_question_or_says_why_not():
    place = house()
    made = taken_on(place)
    first, second = actions.set_questions(made.pk, ["何时修？", "谁负责？", " "], actor=place.officer)
    with pytest.raises(Refused, match="question_open"):
        handed_in(place, made)
    actions.settle_question(first.pk, answered=True, actor=place.officer)
    with pytest.raises(Refused, match="question_because_missing"):
        actions.settle_question(second.pk, answered=False, actor=place.officer)
    actions.settle_question(second.pk, answered=False, because="尚在调查", actor=place.officer)
    made.refresh_from_db()
    assert handed_in(place, made).state == "approval"


def test_a_decision_needs_its_result():
    place = house()
    made = taken_on(place, "information_request")
    step(made, "draft", place.officer)
    with pytest.raises(Refused, match="draft_result_unknown"):
        actions.save_draft(
            made.pk, actions.DraftWords(text="予以公开", result="SUPPORTED"), actor=place.officer, now=NOW
        )
    actions.save_draft(made.pk, actions.DraftWords(text="予以公开"), actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="draft_result_missing"):
        actions.submit_draft(made.pk, actor=place.officer, now=NOW)
    made.refresh_from_db()
    answered(place, made)
    assert made.result == "ALREADY_PUBLIC" and made.notices.last().form == "decision"


def test_an_enquiry_is_answered_from_what_is_published_without_approval():
    place = house()
    made = taken_on(place, "enquiry")
    with pytest.raises(Refused, match="step_needs"):
        actions.answer_plainly(made.pk, actions.DraftWords(text="见网页"), actor=place.officer, now=NOW)
    page = factories.published()
    words = actions.DraftWords(text="见网页", cites=(page.url,))
    draft = actions.answer_plainly(made.pk, words, actor=place.officer, now=NOW)
    made.refresh_from_db()
    assert (made.state, made.answered_at, made.notices.count()) == ("approved", None, 1)
    # A title may tell of somebody, and the journal is never forgotten.
    assert JournalRow.objects.get(verb="case.answered_plainly").content["cites"] == 1
    assert not draft.approvals.exists() and draft.cites == [f"办事指南 {settings.PUBLIC_URL}/zh/guide/"]
    assert actions.send_due_answers(now=later(NOW, 29)) == 0
    assert actions.send_due_answers(now=later(NOW)) == 1 and actions.send_due_answers(now=later(NOW)) == 0
    made.refresh_from_db()
    notice = made.notices.get(form="answer")
    assert (made.state, notice.content["words"], notice.content["cites"]) == ("answered", ["见网页"], draft.cites)
    assert made.clocks.get().result == "met"
    letter = taken_on(place)
    with pytest.raises(Refused, match="step_unknown"):
        actions.answer_plainly(letter.pk, words, actor=place.officer, now=NOW)


@pytest.mark.parametrize(
    "line",
    [
        "老年人助餐服务补贴办法第八条",
        "https://example.org/zh/guide/",
        "https://gov.example/a",
        "javascript:alert(1)",
        "//example.org/zh/guide/",
        "/zh/soon/",
        "/zh/said-by-somebody/",
        "/zh/for-some/",
        "/zh/guide",
        "办事指南",
    ],
)
def test_what_is_not_published_here_answers_no_enquiry(line):
    place = house()
    made = taken_on(place, "enquiry")
    page = factories.published()
    soon, said, some = (factories.published(slug, slug) for slug in ("soon", "said-by-somebody", "for-some"))
    SearchEntry.objects.filter(pk=soon.pk).update(published_at=later(timezone.now(), 3600))
    SearchEntry.objects.filter(pk=said.pk).update(kind="comment")
    restricted = ArticlePage.objects.get(pk=some.owner_id)
    PageViewRestriction.objects.create(page=restricted, restriction_type=PageViewRestriction.LOGIN)
    words = actions.DraftWords(text="见网页", cites=(page.url, line))
    with pytest.raises(Refused, match="cite_not_published") as refused:
        actions.answer_plainly(made.pk, words, actor=place.officer, now=NOW)
    assert refused.value.values["line"] == line
    made.refresh_from_db()
    assert made.state == "handling" and not made.drafts.exists()


def test_a_reply_beside_what_somebody_said_makes_it_no_source_and_beside_a_page_lends_it_no_title():
    place = house()
    kept = factories.published(), factories.published("评论", "said"), factories.published("第八条", "clause")
    page, said, clause = kept
    beside, own = (factories.published(f"部门回复{n}", f"reply-{n}") for n in range(2))
    SearchEntry.objects.filter(pk=said.pk).update(kind="comment")
    entries = SearchEntry.objects
    reply = Source("reply", "Replies", ArticlePage, lambda: ArticlePage.objects.live(), lambda page: ())
    others = Source("comment", "Comments", ArticlePage, lambda: ArticlePage.objects.live(), lambda page: ())
    with replaced(reply, others):
        entries.filter(pk=beside.pk).update(kind="reply", url=said.url)
        entries.filter(pk=own.pk).update(kind="reply", url=clause.url)
        with pytest.raises(Refused, match="cite_not_published"):
            published_lines([said.url], actor=place.officer)
        with CaptureQueriesContext(connection) as one:
            published_lines([page.url], actor=place.officer)
        with CaptureQueriesContext(connection) as both:
            lines = published_lines([page.url, clause.url], actor=place.officer)
    assert lines == [f"{entry.title} {settings.PUBLIC_URL}{entry.url}" for entry in (page, clause)]
    assert len(both) - len(one) <= 1  # the gate of one kind more


def test_a_published_answer_is_cited_by_its_address_or_by_the_number_of_its_case():
    place = house()
    publication = publications.prepared(place, publications.reply_case(place))
    number, hidden = publication.case.reference, factories.case().reference
    made = taken_on(place, "enquiry")
    with pytest.raises(Refused, match="cite_not_published"):
        actions.answer_plainly(made.pk, actions.DraftWords("见", cites=(number,)), actor=place.officer, now=NOW)
    publications.sign(publications.handed_in(publication, place))
    entry = SearchEntry.objects.get(kind=publication.form, language="zh-hans")
    known = {
        number: entry,
        f"上次的答复 {number.lower()}": entry,
        f"随便写的题目 {settings.PUBLIC_URL}{entry.url}": entry,
        f"{entry.url}?from=mail#answer": entry,
    }
    line = f"{entry.title} {settings.PUBLIC_URL}{entry.url}"
    assert published_lines(list(known), actor=place.officer) == [line]
    # Where somebody's answer is published is no way to learn whose it was.
    for one in (hidden, number):
        with pytest.raises(Refused, match="cite_not_published"):
            published_lines([one], actor=place.stranger)


def test_the_shared_draft_is_its_writer_s_for_two_minutes_unless_a_colleague_takes_it_over():
    place = house()
    made = taken_on(place)
    colleague = member(place.water, Role.OFFICER)
    first, second = actions.DraftWords(text="甲"), actions.DraftWords(text="乙")
    held_until = later(NOW, DRAFT_HELD_SECONDS)
    with pytest.raises(Refused, match="draft_missing"):
        actions.take_draft(made.pk, actor=colleague, now=NOW)
    draft = actions.save_draft(made.pk, first, actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="draft_held") as refused:
        actions.save_draft(made.pk, second, actor=colleague, now=later(NOW, 119), revision=draft.revision)
    assert refused.value.values == {"name": str(place.officer), "until": held_until}
    # What is one's own nobody holds.
    actions.save_draft(made.pk, second, shared=False, actor=colleague, now=NOW)
    # Who writes on holds it on.
    draft = actions.save_draft(made.pk, first, actor=place.officer, now=later(NOW, 60), revision=draft.revision)
    with pytest.raises(Refused, match="draft_held"):
        actions.save_draft(made.pk, second, actor=colleague, now=held_until, revision=draft.revision)
    for nobody in (place.approver, place.clerk):
        with pytest.raises(Refused, match="not_allowed"):
            actions.take_draft(made.pk, actor=nobody, now=NOW)
    assert not JournalRow.objects.filter(verb="case.draft_taken").exists()
    actions.take_draft(made.pk, actor=colleague, now=held_until)
    taken = JournalRow.objects.get(verb="case.draft_taken")
    assert (taken.content["case"], taken.content["held_by"]) == (made.pk, place.officer.pk)
    with pytest.raises(Refused, match="draft_held"):
        actions.save_draft(made.pk, first, actor=place.officer, now=held_until, revision=draft.revision)
    # Taking it over passes over no words that were not seen.
    newer = actions.save_draft(made.pk, second, actor=colleague, now=held_until, revision=draft.revision)
    with pytest.raises(Refused, match="draft_changed"):
        actions.save_draft(made.pk, first, actor=place.officer, now=held_until, revision=draft.revision, take=True)
    draft = actions.save_draft(made.pk, first, actor=place.officer, now=held_until, revision=newer.revision, take=True)
    assert (draft.text, draft.held_by) == ("甲", place.officer)
    actions.take_step(made.pk, "draft", actor=place.officer, now=held_until)
    actions.submit_draft(made.pk, actor=place.officer, now=held_until)
    with pytest.raises(Refused, match="draft_locked"):
        actions.take_draft(made.pk, actor=colleague, now=held_until)


def test_an_answer_from_what_is_published_passes_over_no_colleagues_draft():
    place = house()
    made = taken_on(place, "enquiry")
    seen = actions.save_draft(made.pk, actions.DraftWords(text="甲"), actor=place.officer, now=NOW)
    colleague = member(place.water, Role.OFFICER)
    theirs = actions.DraftWords(text="乙", basis="条例")
    newer = actions.save_draft(made.pk, theirs, actor=colleague, now=NOW, revision=seen.revision, take=True)
    words = actions.DraftWords(text="见网页", cites=(factories.published().url,))
    for over in (None, seen.revision):
        with pytest.raises(Refused, match="draft_changed"):
            actions.answer_plainly(made.pk, words, over=over, actor=place.officer, now=NOW)
    draft = actions.answer_plainly(made.pk, words, over=newer.revision, actor=place.officer, now=NOW)
    old, new = draft.versions.all()
    assert (old.words["text"], old.words["basis"], new.words["text"], draft.basis) == ("乙", "条例", "见网页", "")
    assert actions.send_due_answers(now=later(NOW)) == 1


def test_an_answer_that_nobody_approved_does_not_go_out_when_what_it_cites_is_not_public_any_more():
    place = house()
    made = taken_on(place, "enquiry")
    page = factories.published()
    words = actions.DraftWords(text="见网页", cites=(page.url,))
    draft = actions.answer_plainly(made.pk, words, actor=place.officer, now=NOW)
    limit = PageViewRestriction.objects.create(
        page=ArticlePage.objects.get(pk=page.owner_id), restriction_type=PageViewRestriction.LOGIN
    )
    assert actions.send_due_answers(now=later(NOW)) == 0
    draft.refresh_from_db()
    assert (draft.state, draft.send_at) == ("approved", None)
    assert JournalRow.objects.get(verb="case.answer_held").content["by"] == "cite"
    with pytest.raises(Refused, match="cite_not_published") as refused:
        actions.send_answer(made.pk, actor=place.officer, now=later(NOW))
    assert refused.value.values["line"] == draft.cites[0][:120]
    limit.delete()
    actions.send_answer(made.pk, actor=place.officer, now=later(NOW))
    assert actions.send_due_answers(now=later(NOW, 90)) == 1


def test_what_holds_an_answer_up_holds_one_from_what_is_published_too():
    place = house()
    made = taken_on(place, "enquiry")
    words = actions.DraftWords(text="见网页", cites=(factories.published().url,))
    (question,) = actions.set_questions(made.pk, ["什么时候办？"], actor=place.officer)
    with pytest.raises(Refused, match="question_open"):
        actions.answer_plainly(made.pk, words, actor=place.officer, now=NOW)
    actions.settle_question(question.pk, answered=True, actor=place.officer)
    actions.consult(made.pk, department_id=place.roads.pk, question="意见？", actor=place.officer, now=NOW)
    step(made, "consulted", place.officer, note="先办")
    with pytest.raises(Refused, match="opinion_open"):
        actions.answer_plainly(made.pk, words, actor=place.officer, now=NOW)
    actions.answer_plainly(made.pk, words, note="道路处不答也可以", actor=place.officer, now=NOW)
    assert actions.send_due_answers(now=later(NOW)) == 1


def test_what_an_approver_sent_back_does_not_go_out_past_the_approval():
    place = house()
    made = taken_on(place, "enquiry")
    words = actions.DraftWords(text="见网页", cites=(factories.published().url,))
    handed_in(place, made, text="见网页")
    actions.return_draft(made.pk, note="说清楚", actor=place.approver, now=NOW)
    with pytest.raises(Refused, match="answer_was_returned"):
        actions.answer_plainly(made.pk, words, actor=place.officer, now=NOW)


def test_an_answer_from_what_is_published_is_undone_and_taken_back_like_any_other():
    place = house()
    made = taken_on(place, "enquiry")
    kept = actions.save_draft(made.pk, actions.DraftWords(text="草稿"), actor=place.officer, now=NOW)
    words = actions.DraftWords(text="见网页", cites=(factories.published().url,))
    draft = actions.answer_plainly(made.pk, words, over=kept.revision, actor=place.officer, now=NOW)
    actions.hold_answer(made.pk, actor=place.officer)
    assert actions.send_due_answers(now=later(NOW)) == 0
    actions.take_back_draft(made.pk, actor=place.officer, now=later(NOW))
    made.refresh_from_db()
    draft.refresh_from_db()
    assert (made.state, draft.state, draft.text, made.drafts.count()) == ("drafting", "writing", "见网页", 1)
    actions.answer_plainly(made.pk, words, over=draft.revision, actor=place.officer, now=later(NOW))
    # Words behind the hand of who sent it stop it.
    Draft.objects.filter(pk=draft.pk).update(text="别的话")
    assert actions.send_due_answers(now=later(NOW, 90)) == 0


# --- notices -------------------------------------------------------------------------------------------------------


def test_notices_of_a_unit_are_numbered_within_its_year_without_a_gap_in_the_senders_language():
    place = house()
    for language in ("zh-hans", "en"):
        made = factories.case("letter", language=language)
        with pytest.raises(Refused):
            step(made, "route", place.clerk, department=place.intake.pk + 999)
        step(made, "route", place.clerk, department=place.water.pk)
    numbers = list(Notice.objects.filter(department=place.water).values_list("number", flat=True))
    assert numbers == [1, 2]
    chinese, english = (notice.html for notice in Notice.objects.order_by("pk"))
    assert "水务处" in chinese and "Water Unit" in english and "Water" not in chinese
    next_year = factories.case("letter", now=NOW + timedelta(days=60))
    step(next_year, "route", place.clerk, now=NOW + timedelta(days=60), department=place.water.pk)
    last = Notice.objects.last()
    assert (last.year, last.number) == (2027, 1)


def test_the_timeline_names_units_and_days_in_the_readers_language():
    from django.utils import translation

    place = house()
    made = taken_on(place, "grievance")
    entry = made.submission.timeline.get(code="grievance.accept")
    with translation.override("zh-hans"):
        chinese = timeline.sentence(entry)
    with translation.override("en"):
        english = timeline.sentence(entry)
    assert "水务处" in chinese and "2027年" in chinese
    assert "Water Unit" in english and "2027" in english


# --- ratings and reviews -------------------------------------------------------------------------------------------


def test_a_low_rating_opens_the_case_again_with_its_own_clock_once_and_is_rated_once_more():
    place = house()
    made = answered(place, taken_on(place))
    rating = actions.rate_case(made.pk, score=1, reasons=["slow"], text="太慢", actor=sender(made), now=NOW)
    made.refresh_from_db()
    assert (rating.round, made.state, made.low_rated) == (1, "reopened", True)
    assert made.due == date(2026, 11, 25) and made.clocks.get(target="put_right").due == date(2026, 12, 9)
    step(made, "call_back", place.officer, note="已致电")
    made.refresh_from_db()
    assert made.due == date(2026, 12, 9)
    answered(place, made)
    assert made.state == "answered" and not made.low_rated
    assert {clock.result for clock in made.clocks.all()} == {"met"}
    actions.rate_case(made.pk, score=2, actor=sender(made), now=NOW)
    made.refresh_from_db()
    assert made.state == "rated" and made.ratings.count() == 2
    with pytest.raises(Refused, match="rated_already"):
        actions.rate_case(made.pk, score=5, actor=sender(made), now=NOW)


@pytest.mark.parametrize(("score", "reasons"), [(0, []), (6, []), (3, ["nonsense"])])
def test_a_rating_has_five_levels_and_known_reasons(score, reasons):
    place = house()
    made = answered(place, taken_on(place))
    with pytest.raises(Refused, match="rating_unknown"):
        actions.rate_case(made.pk, score=score, reasons=reasons, actor=sender(made), now=NOW)


def test_an_answer_is_rated_for_thirty_days_by_its_sender_only():
    place = house()
    made = answered(place, taken_on(place))
    with pytest.raises(Refused, match="transition_not_allowed"):
        actions.rate_case(made.pk, score=5, actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="rating_over"):
        actions.rate_case(made.pk, score=5, actor=sender(made), now=NOW + timedelta(days=31))


def test_who_took_part_in_an_opinion_decides_no_review_of_it():
    place = house()
    made = taken_on(place, "grievance")
    draft = handed_in(place, made, chain=[None, None])
    for one in (place.approver, place.head):
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=one, now=NOW)
    actions.send_due_answers(now=later(NOW))
    actions.ask_review(made.pk, words="不服", actor=sender(made), now=NOW + timedelta(days=1))
    how = {"words": "维持", "now": NOW + timedelta(days=1)}
    with pytest.raises(Refused, match="review_own") as refused:
        actions.decide_review(made.pk, result="UPHELD", actor=place.head, **how)
    with translation.override("en"):
        assert "nobody else approves for" in refusal_message(refused.value)
    second = member(place.root, Role.APPROVER, first_name="Li", last_name="Na")
    case = Case.objects.get(pk=made.pk)
    offered = {one.transition.code: one for one in queries.possible_steps(case, actor=place.head, now=how["now"])}
    refusal = offered["decide_review"].refusal
    assert refusal is not None and refusal.values["names"] == (str(second),)
    with translation.override("en"):
        assert f"These can: {second}" in refusal_message(refusal)
    actions.decide_review(made.pk, result="UPHELD", actor=second, **how)
    # Nor does who decided the first review decide the second.
    actions.ask_review(made.pk, words="还是不服", actor=sender(made), now=NOW + timedelta(days=2))
    third = member(place.root, Role.APPROVER)
    how["now"] = NOW + timedelta(days=2)
    with pytest.raises(Refused, match="review_own"):
        actions.decide_review(made.pk, result="UPHELD", actor=second, **how)
    assert actions.decide_review(made.pk, result="UPHELD", actor=third, **how).state == "final"


def test_a_grievance_goes_through_both_reviews_at_the_next_higher_units():
    place = house()
    made = answered(place, taken_on(place, "grievance"))
    assert made.due is None and made.clocks.get(target="review_request_by").due == date(2026, 12, 24)
    with pytest.raises(Refused, match="too_early"):
        step(made, "settle", SYSTEM, now=NOW)
    actions.ask_review(made.pk, words="不服", actor=sender(made), now=NOW)
    made.refresh_from_db()
    assert (made.state, made.reviewer, made.desk) == ("review", place.root, place.root)
    with pytest.raises(Refused, match="transition_not_allowed"):
        actions.decide_review(made.pk, result="UPHELD", words="维持", actor=place.approver, now=NOW)
    actions.decide_review(made.pk, result="UPHELD", words="维持", actor=place.head, now=NOW)
    actions.ask_review(made.pk, words="不服", actor=sender(made), now=NOW + timedelta(days=1))
    second = member(place.root, Role.APPROVER)
    made = actions.decide_review(made.pk, result="CHANGED", words="撤销", actor=second, now=NOW + timedelta(days=1))
    assert made.state == "final" and made.notices.last().form == "final_opinion"
    late = answered(place, taken_on(place, "grievance"))
    with pytest.raises(Refused, match="time_over"):
        actions.ask_review(late.pk, words="不服", actor=sender(late), now=NOW + timedelta(days=40))
    assert actions.run_due_steps(now=NOW + timedelta(days=40)) == 1
    late.refresh_from_db()
    assert late.state == "final"


def test_the_platform_ends_what_nobody_answers():
    place = house()
    waiting = factories.case("letter")
    actions.ask_detail(waiting.pk, words="地址？", actor=place.clerk, now=NOW)
    done = answered(place, taken_on(place))
    assert actions.run_due_steps(now=NOW + timedelta(days=14)) == 0
    assert actions.run_due_steps(now=NOW + timedelta(days=16)) == 1
    assert actions.run_due_steps(now=NOW + timedelta(days=31)) == 1
    waiting.refresh_from_db()
    done.refresh_from_db()
    assert (waiting.state, waiting.steps.last().reason, done.state) == ("not_taken", "NO_DETAIL", "closed")


# --- relations -----------------------------------------------------------------------------------------------------


def test_a_case_of_another_kind_keeps_reference_words_and_date_and_shows_both_clocks():
    place = house()
    made = factories.case("letter")
    reference, received = made.reference, made.received_at
    made = actions.move_case(
        made.pk, kind="grievance", words="属信访事项", actor=place.clerk, now=NOW + timedelta(days=1)
    )
    assert (made.kind, made.state, made.reference, made.received_at) == ("grievance", "registered", reference, received)
    assert made.messages.get().text == "水管坏了，没有人来修。"
    assert [(clock.target, clock.result) for clock in made.clocks.all()] == [
        ("final_reply", "ended"),
        ("accept_notice", ""),
    ]
    assert made.due == date(2026, 12, 9)
    with pytest.raises(Refused, match="case_kind_same"):
        actions.move_case(made.pk, kind="grievance", words="再", actor=place.clerk, now=NOW)
    with pytest.raises(Refused, match="case_kind_closed"):
        actions.move_case(made.pk, kind="petition_answer", words="再", actor=place.clerk, now=NOW)
    nameless = factories.case("letter", name="")
    with pytest.raises(Refused, match="case_identity_missing"):
        actions.move_case(nameless.pk, kind="grievance", words="属信访事项", actor=place.clerk, now=NOW)


def test_forty_letters_get_one_answer_and_forty_notices_and_the_one_taken_out_gets_none():
    place = house()
    leading = taken_on(place)
    others = [factories.case("letter") for _ in range(40)]
    actions.merge_cases([one.pk for one in others], into=leading.pk, actor=place.clerk, now=NOW)
    out = others.pop()
    actions.unmerge_case(out.pk, actor=place.clerk, now=NOW)
    mails = OutgoingMail.objects.count()
    leading.refresh_from_db()
    answered(place, leading)
    for _ in range(3):
        actions.answer_merged(now=later(NOW), limit=20)
    assert OutgoingMail.objects.count() == mails + 40
    assert Notice.objects.filter(form="answer").count() == 40
    assert not out.notices.exists()
    assert {Case.objects.get(pk=one.pk).state for one in others} == {"answered"}
    assert {one.clocks.get().result for one in others} == {"met"}
    actions.rate_case(others[0].pk, score=5, actor=sender(others[0]), now=later(NOW))


def test_what_follows_an_enquiry_answered_from_what_is_published_is_answered_too():
    place = house()
    leading, other = taken_on(place, "enquiry"), factories.case("enquiry")
    actions.merge_case(other.pk, into=leading.pk, actor=place.clerk, now=NOW)
    words = actions.DraftWords(text="见办事指南。", cites=(factories.published().url,))
    draft = actions.answer_plainly(leading.pk, words, actor=place.officer, now=NOW)
    assert actions.answer_merged(now=later(NOW)) == 0
    actions.send_due_answers(now=later(NOW))
    assert actions.answer_merged(now=later(NOW)) == 1
    other.refresh_from_db()
    notice = other.notices.get(form="answer")
    assert (other.state, notice.content["words"], notice.content["cites"]) == (
        "answered",
        ["见办事指南。"],
        draft.cites,
    )


def test_a_merged_case_waits_for_nothing_of_its_own_and_one_that_fails_holds_up_no_other(monkeypatch):
    place = house()
    leading = taken_on(place, "grievance")
    first, asked, early = (factories.case("grievance") for _ in range(3))
    step(asked, "transfer", place.clerk, department=place.water.pk)
    actions.accept_case(asked.pk, actor=place.officer, now=NOW)
    actions.consult(asked.pk, department_id=place.roads.pk, question="意见？", actor=place.officer, now=NOW)
    for one in (first, early):
        actions.merge_case(one.pk, into=leading.pk, actor=place.clerk, now=NOW)
    actions.merge_case(asked.pk, into=leading.pk, actor=place.officer, now=NOW)
    leading.refresh_from_db()
    answered(place, leading)
    real = actions.answers.apply_step

    def fails_for_first(case, *given, **how):
        if case.pk == first.pk:
            raise Refused("opinion_open", n=1)
        return real(case, *given, **how)

    monkeypatch.setattr(actions.answers, "apply_step", fails_for_first)
    assert actions.answer_merged(now=later(NOW, 60), limit=2) == 2
    monkeypatch.undo()
    assert actions.answer_merged(now=later(NOW, 60)) == 1
    for one in (first, asked, early):
        one.refresh_from_db()
        assert one.state == "replied" and one.merged_into_id == leading.pk
        late = [clock.target for clock in one.clocks.filter(stopped_at=None)]
        assert set(late) <= one.machine.targets_of_sender, late


def test_a_sender_who_is_not_content_with_a_shared_answer_gets_somebody_who_can_act():
    place = house()
    leading, other = taken_on(place), factories.case("letter")
    actions.merge_case(other.pk, into=leading.pk, actor=place.clerk, now=NOW)
    leading.refresh_from_db()
    answered(place, leading)
    actions.answer_merged(now=later(NOW, 60))
    now = NOW + timedelta(hours=1)
    actions.rate_case(other.pk, score=1, reasons=["not_answered"], actor=sender(other), now=now)
    other.refresh_from_db()
    assert (other.state, other.at_desk, other.desk, other.is_merged) == ("reopened", True, place.water, False)
    assert queries.possible_steps(other, actor=place.officer, now=now)
    step(other, "draft", place.officer, now=now)
    leading.refresh_from_db()
    actions.clocks.show_at_desk(leading)
    assert leading.due is None
    with pytest.raises(Refused, match="not_merged"):
        actions.unmerge_case(other.pk, actor=place.clerk, now=now)


def test_a_part_that_is_split_off_keeps_whom_the_whole_accuses_and_who_speaks_for_it():
    place = house()
    speaks = [actions.Representative("王刚", email="gang@example.org")]
    made = factories.case("grievance", barred=place.water.pk, representatives=speaks, people=9)
    [part] = actions.split_case(made.pk, ["处长收钱"], actor=place.clerk, now=NOW)
    assert (part.barred, part.people) == (place.water, 9)
    assert [one.contact.name for one in part.parties.all()] == ["王刚"]
    assert not Case.objects.visible_to(place.officer).filter(pk=part.pk).exists()
    with pytest.raises(Refused, match="route_barred"):
        step(part, "transfer", place.clerk, department=place.water.pk)


def test_the_files_that_are_chosen_go_with_the_part_that_is_split_off():
    place = house()
    made, other = factories.case(), factories.case()
    photo, plan, foreign = (
        kept_file(one, name, text)
        for one, name, text in (
            (made, "photo.txt", "灯坏了"),
            (made, "plan.txt", "图"),
            (other, "foreign.txt", "别人的"),
        )
    )
    split = {"actor": place.clerk, "now": NOW}
    with pytest.raises(Refused, match="split_files_alone"):
        actions.split_case(made.pk, ["路灯", ""], files=[[], [photo.pk]], **split)
    with pytest.raises(Refused, match="split_file_gone"):
        actions.split_case(made.pk, ["路灯"], files=[[foreign.pk]], **split)
    lamp, waste = actions.split_case(made.pk, ["路灯", "", "垃圾"], files=[[photo.pk]], **split)
    (copy,) = lamp.submission.attachments.all()
    assert (copy.name, copy.sha256, copy.state) == ("photo.txt", photo.sha256, "clean")
    assert copy.file.name != photo.file.name and copy.file.read() == photo.file.read()
    assert not waste.submission.attachments.exists() and made.submission.attachments.count() == 2
    # Once more: the part gets what it lacks, and the journal has what really went along.
    actions.split_case(made.pk, ["路灯"], files=[[photo.pk, plan.pk]], **split)
    assert {one.name for one in lamp.submission.attachments.all()} == {"photo.txt", "plan.txt"}
    rows = JournalRow.objects.filter(verb="case.split").order_by("pk")
    assert [row.content["files"] for row in rows] == [1, 1]
    photo.file.storage.delete(photo.file.name)
    with pytest.raises(Refused, match="split_file_gone"):
        actions.split_case(made.pk, ["路牌"], files=[[photo.pk]], **split)
    assert not Case.objects.filter(title="路牌").exists()
    actions.withdraw_case(waste.pk, actor=sender(waste), now=NOW)
    with pytest.raises(Refused, match="split_part_over"):
        actions.split_case(made.pk, ["垃圾"], files=[[plan.pk]], **split)


def kept_file(case: Case, name: str, text: str) -> Attachment:
    return add_to_case(case.submission, BytesIO(text.encode()), name, actor=sender(case))


def test_what_accuses_a_unit_is_kept_from_it_and_below_and_goes_to_the_one_above():
    place = house()
    desk = place.intake.add_child(code="window", name_zh="窗口", name_en="Window")
    below = member(desk, Role.OFFICER)
    about_water = factories.case("grievance", barred=place.water.pk)
    assert about_water.triage == place.intake
    seen = {one: Case.objects.visible_to(one).filter(pk=about_water.pk).exists() for one in (place.clerk, place.head)}
    assert seen == {place.clerk: True, place.head: True}
    assert not Case.objects.visible_to(place.officer).filter(pk=about_water.pk).exists()
    # Of a report about the very unit that receives, nobody there hears: not its clerks, not those below.
    for accused in (place.intake, desk):
        made = factories.case("grievance", barred=accused.pk)
        kept_out = {place.clerk, place.arbiter, below} if accused == place.intake else {below}
        assert made.triage == (place.root if accused == place.intake else place.intake)
        for one in (place.clerk, place.arbiter, below, place.head):
            assert Case.objects.visible_to(one).filter(pk=made.pk).exists() == (one not in kept_out)
            assert Case.objects.at_desk_of(one).filter(pk=made.pk).exists() == (one not in kept_out)
    counts = queries.view_counts(place.clerk, today=NOW.date())
    assert counts["new"] == Case.objects.at_desk_of(place.clerk).count() == 2


def test_a_merge_that_makes_no_sense_is_refused():
    place = house()
    made, other, enquiry = factories.case("letter"), factories.case("letter"), factories.case("enquiry")
    merge = actions.merge_case
    with pytest.raises(Refused, match="case_into_itself"):
        merge(made.pk, into=made.pk, actor=place.clerk, now=NOW)
    with pytest.raises(Refused, match="merge_other_kind"):
        merge(made.pk, into=enquiry.pk, actor=place.clerk, now=NOW)
    merge(made.pk, into=other.pk, actor=place.clerk, now=NOW)
    with pytest.raises(Refused, match="merge_already"):
        merge(other.pk, into=factories.case("letter").pk, actor=place.clerk, now=NOW)
    with pytest.raises(Refused, match="case_merged"):
        step(made, "route", place.clerk, department=place.water.pk)
    with pytest.raises(Refused, match="move_leads_others"):
        actions.move_case(other.pk, kind="enquiry", words="改", actor=place.clerk, now=NOW)
    with pytest.raises(Refused, match="too_late"):
        actions.unmerge_case(made.pk, actor=place.clerk, now=NOW + timedelta(days=8))
    done = answered(place, taken_on(place))
    with pytest.raises(Refused, match="merge_not_open"):
        merge(done.pk, into=other.pk, actor=place.clerk, now=NOW)


def test_what_was_merged_into_a_case_that_ends_without_an_answer_comes_back():
    place = house()
    made, leading = factories.case("letter"), factories.case("letter")
    actions.merge_case(made.pk, into=leading.pk, actor=place.clerk, now=NOW)
    assert actions.release_merged(now=NOW) == 0
    actions.withdraw_case(leading.pk, actor=sender(leading), now=NOW)
    assert actions.release_merged(now=NOW) == 1
    made.refresh_from_db()
    assert (made.phase, made.merged_into) == ("new", None) and made.due is not None


def test_the_leading_case_is_due_as_soon_as_the_first_of_those_answered_with_it():
    place = house()
    old, leading = factories.case("letter"), factories.case("letter", now=NOW + timedelta(days=5))
    actions.merge_case(old.pk, into=leading.pk, actor=place.clerk, now=NOW + timedelta(days=5))
    due = leading.due
    leading.refresh_from_db()
    assert leading.due == old.due < due
    actions.unmerge_case(old.pk, actor=place.clerk, now=NOW + timedelta(days=5))
    leading.refresh_from_db()
    assert leading.due == due


def test_each_matter_of_a_letter_gets_a_case_with_the_letters_date_and_a_receipt():
    place = house()
    made = factories.case("letter")
    mails = OutgoingMail.objects.count()
    parts = actions.split_case(made.pk, ["路灯", "垃圾"], actor=place.clerk, now=NOW + timedelta(days=3))
    assert [part.received_at for part in parts] == [made.received_at] * 2
    assert {(part.due, part.zone) for part in parts} == {(made.due, made.zone)}
    assert OutgoingMail.objects.count() == mails + 2
    assert Link.objects.filter(kind="split", target=made).count() == 2
    again = actions.split_case(made.pk, ["路灯"], actor=place.clerk, now=NOW + timedelta(days=3))
    assert again[0].pk == parts[0].pk and Case.objects.count() == 3
    with pytest.raises(Refused, match="split_nothing"):
        actions.split_case(made.pk, [" "], actor=place.clerk, now=NOW)
    with pytest.raises(Refused, match="too_many_parts"):
        actions.split_case(made.pk, [str(n) for n in range(11)], actor=place.clerk, now=NOW)


def test_a_part_is_joined_with_its_letter_again_within_seven_days_while_nobody_has_worked_on_it():
    place = house()
    made = factories.case("letter")
    when = {"actor": place.clerk, "now": NOW + timedelta(days=1)}
    lamp, waste, worked, old = actions.split_case(made.pk, ["路灯", "垃圾", "路牌", "井盖"], **when)
    with pytest.raises(Refused, match="not_split"):
        actions.unsplit_case(made.pk, **when)
    with pytest.raises(Refused, match="not_allowed"):
        actions.unsplit_case(lamp.pk, actor=place.openness, now=NOW + timedelta(days=1))
    with pytest.raises(Case.DoesNotExist):
        actions.unsplit_case(lamp.pk, actor=sender(lamp), now=NOW + timedelta(days=1))
    mails = OutgoingMail.objects.count()
    actions.unsplit_case(lamp.pk, revision=lamp.revision, **when)
    lamp.refresh_from_db()
    made.refresh_from_db()
    assert (lamp.merged_into, lamp.at_desk, lamp.is_open) == (made, False, True)
    assert lamp.submission.timeline.last().code == "case.joined"
    assert made.submission.timeline.last().code == "case.unsplit"
    assert OutgoingMail.objects.count() == mails
    assert Link.objects.filter(kind="split", target=made, undone_at=None).count() == 3
    with pytest.raises(Refused, match="not_split"):
        actions.unsplit_case(lamp.pk, **when)
    # Split off once more it is a new case, and only that one; the other parts are the same ones.
    again, same = actions.split_case(made.pk, ["路灯", "垃圾"], **when)
    assert again.pk != lamp.pk and same.pk == waste.pk
    assert actions.split_case(made.pk, ["路灯"], **when)[0].pk == again.pk

    step(worked, "route", place.clerk, department=place.water.pk)
    actions.add_message(waste.pk, "还有一袋。", actor=sender(waste), now=NOW + timedelta(days=1))
    for part in (worked, waste):
        with pytest.raises(Refused, match="split_worked_on"):
            actions.unsplit_case(part.pk, **when)
    with pytest.raises(Refused, match="too_late"):
        actions.unsplit_case(old.pk, actor=place.clerk, now=NOW + timedelta(days=9))
    # One answer for the letter and the part that was joined with it.
    step(made, "route", place.clerk, department=place.water.pk)
    actions.accept_case(made.pk, actor=place.officer, now=NOW)
    answered(place, made)
    assert actions.answer_merged(now=later(NOW)) == 1
    lamp.refresh_from_db()
    assert lamp.answered_at is not None and lamp.notices.filter(form="answer").exists()


def test_cases_are_linked_once_and_grouped_by_words():
    place = house()
    made, other = factories.case("letter"), factories.case("letter")
    link = actions.link_cases(made.pk, other.pk, actor=place.clerk, now=NOW)
    assert actions.link_cases(other.pk, made.pk, actor=place.clerk, now=NOW) == link
    assert actions.unlink_cases(link.pk, actor=place.clerk, now=NOW).undone_at == NOW
    with pytest.raises(Refused, match="link_to_itself"):
        actions.link_cases(made.pk, made.pk, actor=place.clerk, now=NOW)
    tag = actions.tag_cases([made.pk, other.pk], " 路灯  专项 ", actor=place.clerk, now=NOW)
    assert tag.name == "路灯 专项" and tag.cases.count() == 2
    actions.untag_case(other.pk, tag.pk, actor=place.clerk)
    assert list(tag.cases.all()) == [made]
    with pytest.raises(Refused, match="not_allowed"):
        actions.tag_cases([made.pk], "甲", actor=sender(made), now=NOW)


def test_a_sender_withdraws_before_the_answer_and_an_approved_answer_stays_in_the_house():
    place = house()
    made = taken_on(place)
    approved(place, made)
    actions.withdraw_case(made.pk, actor=sender(made), now=NOW)
    assert actions.withdraw_case(made.pk, actor=sender(made), now=NOW).state == "withdrawn"
    assert actions.send_due_answers(now=later(NOW)) == 0
    made.refresh_from_db()
    assert made.submission.state == "withdrawn" and made.clocks.get().result == "ended"
    done = answered(place, taken_on(place))
    with pytest.raises(Refused, match="transition_not_allowed"):
        actions.withdraw_case(done.pk, actor=sender(done), now=NOW)
    with pytest.raises(Refused, match="case_closed"):
        actions.add_message(made.pk, "还有", actor=sender(made), now=NOW)


def test_twenty_steps_by_a_clerk_stop_no_clock_without_a_notice():
    place = house()
    for kind in ("letter", "information_request"):
        made = taken_on(place, kind)
        for transition in made.machine.leaving(made.state):
            if transition.door:
                continue
            before = made.notices.count()
            given = actions.Given(
                department=place.roads.pk, reason=(transition.reasons or ("",))[0], note="备注", words="说明", units=1
            )
            try:
                actions.take_step(made.pk, transition.code, given, actor=place.officer, now=NOW)
            except Refused:
                continue
            made.refresh_from_db()
            if made.clocks.filter(state="paused").exists() or made.due is None:
                assert made.notices.count() == before + 1
            made = taken_on(place, kind)


def test_only_an_administrator_says_who_receives_and_by_which_clocks():
    place = house()
    chief = person(Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="not_allowed"):
        actions.set_intake("letter", department_id=place.water.pk, actor=place.clerk)
    with pytest.raises(Refused, match="zone_unknown"):
        actions.set_intake("letter", department_id=place.water.pk, zone="Mars/Base", actor=chief)
    with pytest.raises(Refused, match="clock_profile_unknown"):
        actions.set_intake("letter", department_id=place.water.pk, family="cn-foi", actor=chief)
    old = factories.case("letter")
    actions.set_intake("letter", department_id=place.water.pk, family="cn-letter-simple", actor=chief)
    new = factories.case("letter")
    assert new.due < old.due and new.desk == place.water


def test_a_refusal_names_the_provision_that_it_rests_on():
    place = house()
    made = factories.case("information_request")
    step(made, "confirm_receipt", place.clerk)
    step(made, "route", place.clerk, department=place.water.pk)
    step(made, "accept", place.officer)
    step(made, "draft", place.officer)
    actions.save_draft(made.pk, actions.DraftWords(text="不予公开。", result="REFUSED"), actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="draft_basis_missing"):
        actions.submit_draft(made.pk, actor=place.officer, now=NOW)
    words = actions.DraftWords(text="不予公开。", basis="《政府信息公开条例》第十四条", result="REFUSED")
    actions.save_draft(made.pk, words, actor=place.officer, now=NOW)
    assert actions.submit_draft(made.pk, actor=place.officer, now=NOW).basis == words.basis


@pytest.mark.parametrize("received", [NOW, datetime(2021, 3, 1, 1, tzinfo=UTC)], ids=["2022", "2005"])
@pytest.mark.parametrize("result", ["SUPPORTED", "PART", "REASONABLE_NO_BASIS", "NOT_SUPPORTED"])
def test_an_opinion_on_a_grievance_names_its_provision_of_law_whatever_it_decides(result, received):
    place = house()
    made = taken_on(place, "grievance", now=received)
    actor = {"actor": place.officer, "now": received}
    step(made, "draft", place.officer, received)
    actions.save_draft(made.pk, actions.DraftWords(text="经查……", basis=" \n", result=result), **actor)
    with pytest.raises(Refused, match="draft_basis_missing"):
        actions.submit_draft(made.pk, **actor)
    made.refresh_from_db()
    assert made.state == "drafting"
    actions.save_draft(made.pk, actions.DraftWords(text="经查……", basis="《水法》第三十七条", result=result), **actor)
    draft = actions.submit_draft(made.pk, **actor)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=received)
    assert actions.send_due_answers(now=later(received)) == 1
    assert made.notices.get(form="opinion").content["basis"] == ["《水法》第三十七条"]


def decided(place, result: str, **values) -> Case:
    made = taken_on(place, "information_request", **values)
    step(made, "draft", place.officer)
    basis = "《政府信息公开条例》第三十九条"
    words = actions.DraftWords(text="不属于政府信息公开申请。", basis=basis, result=result)
    actions.save_draft(made.pk, words, actor=place.officer, now=NOW)
    draft = actions.submit_draft(made.pk, actor=place.officer, now=NOW)
    actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    return made


def test_a_request_that_is_a_petition_is_opened_as_one_in_one_step_and_once():
    place = house()
    made = decided(place, "IS_PETITION", text="处长收了钱，请查。", may_publish=True, barred=place.roads.pk)
    plan = kept_file(made, "plan.txt", "图")
    agreed = ConsentText.objects.create(code="publish-me", version=1, text_zh="同意", text_en="Yes")
    given = Consent.objects.create(submission=made.submission, text=agreed, given_at=NOW)
    actions.add_message(made.pk, "还有一笔。", actor=sender(made), now=NOW)
    with pytest.raises(Refused, match="transition_not_allowed"):
        actions.open_grievance(made.pk, actor=place.officer, now=NOW)
    actions.send_answer(made.pk, actor=place.officer, now=NOW)
    assert actions.send_due_answers(now=later(NOW)) == 1
    when, mails = NOW + timedelta(days=2), OutgoingMail.objects.count()
    with pytest.raises(Refused, match="transition_not_allowed"):
        actions.open_grievance(made.pk, actor=sender(made), now=when)

    grievance = actions.open_grievance(made.pk, actor=place.officer, now=when)
    made.refresh_from_db()
    assert (grievance.kind, grievance.state, grievance.title) == ("grievance", "registered", made.title)
    assert (grievance.triage, grievance.barred, grievance.may_publish) == (place.intake, place.roads, True)
    assert [one.text for one in grievance.messages.all()] == ["处长收了钱，请查。", "还有一笔。"]
    assert grievance.submission.contact == made.submission.contact
    assert grievance.submission.contact.delete_after >= when + timedelta(days=settings.CONTACT_RETENTION_DAYS - 1)
    assert [(one.text, one.given_at) for one in grievance.submission.consents.all()] == [(agreed, given.given_at)]
    assert [(one.name, one.sha256) for one in grievance.submission.attachments.all()] == [("plan.txt", plan.sha256)]
    # A clock of its own from today on, while that of the request stays met.
    clock = grievance.clocks.get()
    assert (clock.target, clock.start, clock.due) == ("accept_notice", when, date(2026, 12, 11))
    assert made.clocks.get(target="final_reply").result == "met" and made.state == "decided"
    assert [(link.source, link.target) for link in Link.objects.filter(kind="related")] == [(grievance, made)]
    # The sender gets a receipt for the one and a notice about the other.
    assert OutgoingMail.objects.count() == mails + 2
    notice = made.notices.get(form="handed_on")
    assert grievance.reference in notice.content["opening"]
    assert made.submission.timeline.filter(code="information_request.open_grievance").count() == 1
    assert made.steps.filter(code="open_grievance", by=place.officer).count() == 1

    # Pressed again, by a page that is older, too: the same case, and nothing is written twice.
    for _ in range(2):
        again = actions.open_grievance(made.pk, actor=place.officer, now=when, revision=0)
        assert again.pk == grievance.pk
    assert Case.objects.count() == 2 and OutgoingMail.objects.count() == mails + 2
    assert made.steps.filter(code="open_grievance").count() == made.notices.filter(form="handed_on").count() == 1
    with pytest.raises(Case.DoesNotExist):
        actions.open_grievance(made.pk, actor=place.stranger, now=when)


def test_a_request_that_was_decided_otherwise_is_no_grievance():
    place = house()
    made = decided(place, "NOT_HELD")
    actions.send_due_answers(now=later(NOW))
    with pytest.raises(Refused, match="not_a_petition"):
        actions.open_grievance(made.pk, actor=place.officer, now=later(NOW))
    assert not Case.objects.filter(kind="grievance").exists()


def test_a_grievance_without_a_name_is_not_opened_and_leaves_nothing():
    place = house()
    made = decided(place, "IS_PETITION")
    actions.send_due_answers(now=later(NOW))
    Contact.objects.update(name="")
    with pytest.raises(Refused, match="case_identity_missing"):
        actions.open_grievance(made.pk, actor=place.officer, now=later(NOW))
    assert Case.objects.count() == 1 and not made.steps.filter(code="open_grievance").exists()
