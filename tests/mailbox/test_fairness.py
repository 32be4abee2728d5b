"""Fairness of the house: who has it says so, what we lost costs nobody a day, a late day off is told once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from engage.accounts.actors import Role
from engage.calendars import actions as calendars
from engage.calendars.models import Calendar
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.participation import timeline
from engage.participation.models import OutgoingMail
from mailbox import actions
from mailbox.actions import Given
from mailbox.actions.duty_letters import register_part, write_duty_letters
from mailbox.actions.resend import ASKED, KEEP, LOST_BY_US, NOT_ARRIVED, RESTART
from mailbox.models import DueMove, DutyChoice, DutyLetter, Handover, StepRecord
from mailbox.queries.duty import awaited_handovers, late_handovers
from mailbox.words import RESENT, step_note
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, answered, house, taken_on

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)  # a Tuesday
# Nine in the morning of the office, on the working day after.
MORNING = NOW + timedelta(days=1)


@pytest.fixture
def place() -> House:
    return house()


def routed(place: House, **values):
    made = factories.case(**values)
    actions.route_case(made.pk, to=place.water.pk, actor=place.clerk, now=NOW)
    made.refresh_from_db()
    return made


def letters() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(about__startswith="duty:").order_by("pk"))


def letter_to(user) -> str:
    found = [one for one in letters() if one.contact.email == user.email]
    assert len(found) == 1, [one.body for one in found]
    return f"{found[0].subject}\n{found[0].body}"


# --- handover proof (what none has, 6) --------------------------------------------------------------------------------


def test_a_unit_that_gets_a_case_says_that_it_has_it(place):
    made = routed(place)
    row = made.handovers.get()
    assert (row.sender, row.receiver, row.due, row.how) == (place.intake, place.water, date(2026, 12, 1), "")
    assert list(awaited_handovers(place.officer)) == [row]
    actions.acknowledge_handover(made.pk, actor=place.officer, now=NOW)
    actions.acknowledge_handover(made.pk, actor=place.officer, now=NOW)
    row.refresh_from_db()
    assert (row.how, row.settled_by) == (Handover.How.ACKNOWLEDGED, place.officer)
    assert JournalRow.objects.filter(verb="case.handover_acknowledged").count() == 1


def test_silence_of_five_working_days_alarms_the_desk_that_passed_it_on_and_nobody_else(place):
    made = routed(place)
    last = date(2026, 12, 1)
    assert not late_handovers(place.clerk, today=last)
    late = last + timedelta(days=1)
    assert [one.case_id for one in late_handovers(place.clerk, today=late)] == [made.pk]
    assert not late_handovers(place.stranger, today=late)
    assert write_duty_letters(now=NOW + timedelta(days=8)) > 0
    assert made.reference in letter_to(place.clerk)
    assert "not acknowledged" in letter_to(place.clerk) or "没有确认" in letter_to(place.clerk)


@pytest.mark.parametrize(("step", "how"), [("accept", "taken"), ("object", "sent_back")])
def test_what_the_unit_does_with_it_says_it_too(place, step, how):
    made = routed(place)
    given = Given(note="不归我们管") if step == "object" else Given()
    actions.take_step(made.pk, step, given, actor=place.officer, now=NOW)
    assert made.handovers.get().how == how
    assert not late_handovers(place.clerk, today=TODAY + timedelta(days=30))
    with pytest.raises(Refused) as refused:
        actions.acknowledge_handover(made.pk, actor=place.officer, now=NOW)
    assert refused.value.code in ("handover_settled", "case_moved", "not_allowed")


def test_a_transfer_from_unit_to_unit_is_proved_to_the_unit_that_sent_it(place):
    made = taken_on(place)
    actions.take_step(
        made.pk, "transfer", Given(department=place.roads.pk, note="路面的事"), actor=place.officer, now=NOW
    )
    row = made.handovers.last()
    assert (row.sender, row.receiver) == (place.water, place.roads)
    late = TODAY + timedelta(days=30)
    assert [one.pk for one in late_handovers(place.officer, today=late)] == [row.pk]
    assert not late_handovers(place.clerk, today=late)


def test_a_case_that_is_over_leaves_nothing_to_acknowledge(place):
    made = routed(place)
    actions.withdraw_case(made.pk, actor=factories.sender(made), now=NOW)
    assert made.handovers.get().how == Handover.How.ENDED
    assert not late_handovers(place.clerk, today=TODAY + timedelta(days=30))


def test_who_may_not_acknowledge_is_refused(place):
    made = routed(place)
    for who in (place.clerk, place.openness):
        with pytest.raises(Refused) as refused:
            actions.acknowledge_handover(made.pk, actor=who, now=NOW)
        assert refused.value.code == "not_allowed"


# --- fair resend (what none has, 3) -----------------------------------------------------------------------------------


def decided(place: House):
    """A grievance with its written reply: the sender's time to ask for a review runs from it."""
    made = taken_on(place, "grievance")
    answered(place, made)
    return made, made.notices.get(form="opinion"), made.clocks.get(target="review_request_by")


def resend(place: House, made, notice, cause: str, clock: str, **more):
    return actions.resend_notice(
        made.pk,
        notice.pk,
        cause=cause,
        clock=clock,
        actor=more.pop("actor", place.officer),
        now=NOW + timedelta(days=9),
    )


@pytest.mark.parametrize(("cause", "clock"), [("", KEEP), (LOST_BY_US, ""), ("BECAUSE", KEEP), (LOST_BY_US, "stop")])
def test_sending_again_needs_both_choices(place, cause, clock):
    made, notice, _clock = decided(place)
    with pytest.raises(Refused) as refused:
        resend(place, made, notice, cause, clock)
    assert refused.value.code == "resend_choice_missing"
    assert not StepRecord.objects.filter(code="resend").exists()


@pytest.mark.parametrize("cause", [LOST_BY_US, NOT_ARRIVED, ASKED])
def test_kept_means_that_no_clock_moves(place, cause):
    made, notice, clock = decided(place)
    before = list(made.clocks.values_list("target", "due", "start", "state", "result"))
    sent = OutgoingMail.objects.filter(submission=made.submission).count()
    record = resend(place, made, notice, cause, KEEP)
    assert list(made.clocks.values_list("target", "due", "start", "state", "result")) == before
    assert (record.reason, record.by, record.code) == (cause, place.officer, "resend")
    assert record.note == f"{notice.content['number']}: keep"
    again = OutgoingMail.objects.filter(submission=made.submission).order_by("pk").last()
    assert OutgoingMail.objects.filter(submission=made.submission).count() == sent + 1
    assert notice.content["words"][0] in again.body and notice.content["number"] in again.body
    assert notice.content["number"] in timeline.sentence(made.submission.timeline.last())
    row = JournalRow.objects.get(verb="case.notice_resent")
    assert (row.content["cause"], row.content["clock"]) == (cause, KEEP)


def test_begun_anew_the_senders_time_counts_from_today(place):
    made, notice, clock = decided(place)
    due = clock.due
    resend(place, made, notice, NOT_ARRIVED, RESTART)
    clock.refresh_from_db()
    assert clock.due == due + timedelta(days=9)
    assert clock.events == [["reply_received", "2026-12-03", None]]


def test_what_we_lost_restarts_the_senders_time_and_never_our_own(place):
    made, notice, clock = decided(place)
    due = clock.due
    resend(place, made, notice, LOST_BY_US, RESTART)
    clock.refresh_from_db()
    assert clock.due > due
    # The notice of acceptance began a clock of the house: lost by us, it keeps.
    other = factories.case("grievance")
    actions.take_step(other.pk, "transfer", Given(department=place.water.pk), actor=place.clerk, now=NOW)
    actions.accept_case(other.pk, actor=place.officer, now=NOW)
    accepted = other.notices.get(form="accepted")
    before = other.clocks.get(target="final_reply").due
    with pytest.raises(Refused) as refused:
        resend(place, other, accepted, LOST_BY_US, RESTART)
    assert refused.value.code == "resend_keeps"
    assert other.clocks.get(target="final_reply").due == before


def test_a_notice_that_began_no_time_begins_none_anew(place):
    made = routed(place)
    with pytest.raises(Refused) as refused:
        resend(place, made, made.notices.get(form="routed"), ASKED, RESTART, actor=place.clerk)
    assert refused.value.code == "resend_no_clock"
    resend(place, made, made.notices.get(form="routed"), ASKED, KEEP, actor=place.clerk)


def test_sending_again_is_a_form_with_nothing_chosen_beforehand(place):
    made, notice, _clock = decided(place)
    made.refresh_from_db()
    client = browser(place.officer)
    address = reverse("desk_case_chore", args=[made.pk, "resend"])
    shown = client.get(address).content.decode()
    assert "We lost it, or it never left" in shown and "keeps its day" in shown
    empty = {"revision": made.revision, "token": "6a1e3f0c-9a55-4c0e-8a51-0d5f2f1f7f10", "notice": notice.pk}
    refused = client.post(address, empty)
    assert refused.status_code == 422 and "Choose whether the time keeps" in refused.content.decode()
    done = client.post(address, empty | {"cause": NOT_ARRIVED, "clock": RESTART})
    assert done.status_code == 302
    assert "A notice was sent again" in client.get(reverse("desk_case", args=[made.pk])).content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_it_did_to_the_time_is_said_in_the_language_of_the_reader(place, language):
    made, notice, _clock = decided(place)
    number = notice.content["number"]
    resend(place, made, notice, NOT_ARRIVED, KEEP)
    resend(place, made, notice, NOT_ARRIVED, RESTART)
    client = browser(place.officer, language)
    shown = client.get(reverse("desk_case", args=[made.pk])).content.decode()
    for code, said in RESENT.items():
        with translation.override(language):
            assert str(said) % {"number": number} in shown
        assert f"{number}: {code}" not in shown
    with translation.override("en"):
        assert step_note("resend", f"{number}: keep") == f"{number}: the time that began with it keeps its day"
    # What a person typed stays as it was typed, whatever it ends with.
    assert step_note("transfer", "路面的事: keep") == "路面的事: keep"
    assert step_note("resend", "没有代码") == "没有代码"


def test_who_only_looks_sends_nothing_again(place):
    made, notice, _clock = decided(place)
    for who in (place.approver, place.openness):
        with pytest.raises(Refused) as refused:
            resend(place, made, notice, ASKED, KEEP, actor=who)
        assert refused.value.code == "not_allowed"


# --- a late day off (what none has, 2) --------------------------------------------------------------------------------


def test_a_day_off_in_fifty_open_cases_is_fifty_lines_and_one_letter(place):
    made = [routed(place) for _ in range(50)]
    over = routed(place)
    actions.withdraw_case(over.pk, actor=factories.sender(over), now=NOW)
    kept = over.clocks.get().due
    editor = person(Role.EDITOR)
    calendars.override_day(editor, "cn", made[0].due, is_workday=False, name_zh="临时放假", name_en="Extra day off")
    revision = Calendar.objects.get(pk="cn").revision
    assert actions.recount_clocks("cn", revision, now=NOW) == 50
    assert DueMove.objects.count() == JournalRow.objects.filter(verb="case.due_moved").count() == 50
    assert over.clocks.get().due == kept and not over.due_moves.exists()
    assert all(one.submission.timeline.filter(code="case.due_later").count() == 1 for one in made)
    write_duty_letters(now=MORNING)
    told = letter_to(place.officer)
    assert all(one.reference in told for one in made) and over.reference not in told
    write_duty_letters(now=MORNING + timedelta(hours=1))
    write_duty_letters(now=MORNING + timedelta(days=1))
    assert sum(made[0].reference in one.body for one in letters() if one.contact.email == place.officer.email) == 1


def test_a_day_that_gets_earlier_is_a_line_in_the_house_and_no_word_to_the_sender(place):
    made = routed(place)
    saturday = date(2026, 11, 28)
    editor = person(Role.EDITOR)
    calendars.override_day(editor, "cn", saturday, is_workday=True, name_zh="补班", name_en="Make-up day")
    actions.recount_clocks("cn", Calendar.objects.get(pk="cn").revision, now=NOW)
    assert made.due_moves.get().after < made.due
    assert not made.submission.timeline.filter(code="case.due_later").exists()


# --- the letter of the day --------------------------------------------------------------------------------------------


def overdue(place: House):
    made = taken_on(place)
    return made, made.due + timedelta(days=1)


def at_nine(day: date):
    while day.weekday() > 4:
        day += timedelta(days=1)
    return NOW + (day - TODAY)


def test_officers_and_heads_are_told_once_a_day_what_is_overdue(place):
    made, late = overdue(place)
    now = at_nine(late)
    people = write_duty_letters(now=now)
    assert people == DutyLetter.objects.count() and people >= 5
    assert made.reference in letter_to(place.officer) and made.reference in letter_to(place.approver)
    assert reverse("desk_case", args=[made.pk]) in letter_to(place.officer)
    assert not [one for one in letters() if one.contact.email == place.stranger.email]
    # No word of the case leaves the house by mail.
    assert all(made.title not in one.body and "李梅" not in one.body for one in letters())
    before = len(letters())
    assert write_duty_letters(now=now + timedelta(hours=2)) == 0
    assert len(letters()) == before


def test_a_worker_that_was_stopped_goes_on_where_it_was(place):
    _made, late = overdue(place)
    now = at_nine(late)
    assert write_duty_letters(now=now, limit=2) == 2
    rest = write_duty_letters(now=now)
    assert rest >= 3 and write_duty_letters(now=now) == 0
    assert len({one.contact.email for one in letters()}) == len(letters())


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (NOW.replace(hour=22) - timedelta(days=1), False),  # six in the morning in Shanghai
        (NOW.replace(hour=23) - timedelta(days=1), True),  # seven
        (NOW.replace(hour=1) + timedelta(days=4), False),  # a Saturday
    ],
)
def test_the_day_and_the_hour_are_the_offices(place, settings, now, told):
    settings.TIME_ZONE = "Asia/Shanghai"
    assert bool(write_duty_letters(now=now)) is told


def test_who_does_not_want_it_gets_none_but_heads_what_is_overdue(place):
    made, late = overdue(place)
    for user in (place.officer, place.approver):
        DutyChoice.objects.create(user=user, wants=False)
    write_duty_letters(now=at_nine(late))
    assert not [one for one in letters() if one.contact.email == place.officer.email]
    assert made.reference in letter_to(place.approver)


@pytest.mark.parametrize(("language", "said"), [("en", "Overdue, in your hands"), ("zh-hans", "你手上")])
def test_the_letter_is_in_the_readers_language(place, language, said):
    _made, late = overdue(place)
    DutyChoice.objects.create(user=place.officer, language=language)
    write_duty_letters(now=at_nine(late))
    assert said in letter_to(place.officer)


def test_the_deputy_gets_the_letter_of_who_is_away(place):
    made, late = overdue(place)
    deputy = factories.member(place.water, Role.OFFICER)
    actions.set_absence(
        place.officer.pk, first=late, last=late + timedelta(days=9), deputy=deputy.pk, actor=place.officer
    )
    write_duty_letters(now=at_nine(late))
    assert made.reference in letter_to(deputy) and str(place.officer) in letter_to(deputy)


def test_another_room_adds_its_part_once(place):
    from mailbox.actions import duty_letters

    before = list(duty_letters._parts)

    def part(user, since):
        return ["You were mentioned in L-1."] if user == place.stranger else []

    try:
        register_part(part)
        register_part(part)
        write_duty_letters(now=MORNING)
    finally:
        duty_letters._parts[:] = before
    assert letter_to(place.stranger).count("You were mentioned") == 1


def test_who_was_named_in_a_note_is_told_until_it_is_seen(place):
    from mailbox.desk.actions import see_mentions, write_note

    made = taken_on(place)
    colleague = factories.member(place.water, Role.OFFICER, first_name="Li", last_name="Wang")
    write_note(made.pk, f"@{colleague} 请看一下", actor=place.officer, now=NOW)
    write_duty_letters(now=MORNING)
    told = letter_to(colleague)
    assert made.reference in told and "请看一下" not in told
    see_mentions(made.pk, actor=colleague, now=MORNING)
    OutgoingMail.objects.all().delete()
    write_duty_letters(now=MORNING + timedelta(days=1))
    assert not [one for one in letters() if one.contact.email == colleague.email]


def test_the_letter_leaves_through_the_outbox(place):
    from engage.participation.actions import deliver_mail

    _made, late = overdue(place)
    now = at_nine(late)
    write_duty_letters(now=now)
    OutgoingMail.objects.exclude(about__startswith="duty:").delete()
    waiting = len(letters())
    OutgoingMail.objects.update(next_try_at=now)
    assert deliver_mail(now=now) == waiting
    assert {place.officer.email, place.approver.email} <= {one.to[0] for one in mail.outbox}
    assert deliver_mail(now=now) == 0
