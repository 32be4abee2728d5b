"""Changing calendars and clock profiles: who may, what stays, what the journal keeps."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from engage.accounts.actors import ANYONE, SYSTEM
from engage.calendars import actions, queries
from engage.calendars.models import Calendar, CalendarDay, CalendarYear, ClockProfile
from engage.calendars.profiles import SHIPPED, profile_named
from engage.calendars.rows import profile_of
from engage.calendars.shipped import shipped_calendar
from engage.errors import Refused
from engage.journal.models import JournalRow

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


def verbs() -> list[str]:
    return list(JournalRow.objects.order_by("pk").values_list("verb", flat=True))


def test_a_fresh_installation_counts_with_the_shipped_calendars():
    for code in ("cn", "uk"):
        assert queries.work_calendar(code) == shipped_calendar(code)


def test_a_fresh_installation_has_the_shipped_profiles():
    assert {profile_of(row) for row in ClockProfile.objects.all()} == set(SHIPPED)
    assert queries.clock_profile("cn-foi-2019") == profile_named("cn-foi-2019")


def test_an_unknown_calendar_is_refused():
    with pytest.raises(Refused) as refusal:
        queries.work_calendar("fr")
    assert code_of(refusal) == "calendar_unknown"


def test_the_calendar_is_read_once_and_again_after_a_change(editor, django_assert_num_queries):
    queries.work_calendar("cn")
    with django_assert_num_queries(1):
        before = queries.work_calendar("cn")
    actions.override_day(editor, "cn", date(2026, 12, 7), is_workday=False, name_zh="停电")
    with django_assert_num_queries(3):
        after = queries.work_calendar("cn")
    assert before.is_workday(date(2026, 12, 7))
    assert not after.is_workday(date(2026, 12, 7))


def test_a_change_that_is_rolled_back_leaves_no_copy_behind(editor):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.override_day(editor, "cn", date(2026, 12, 7), is_workday=False)
        assert not queries.work_calendar("cn").is_workday(date(2026, 12, 7))
        raise ZeroDivisionError
    assert queries.work_calendar("cn").is_workday(date(2026, 12, 7))


def test_an_import_leaves_what_an_editor_set(editor):
    actions.override_day(editor, "cn", date(2026, 10, 10), is_workday=False, name_zh="本局调休", name_en="Own day")
    found = actions.import_year(editor, "cn", 2026)
    assert found.kept == (date(2026, 10, 10),)
    assert (found.added, found.changed, found.removed) == ((), (), ())
    assert not queries.work_calendar("cn").is_workday(date(2026, 10, 10))


def test_an_import_repairs_imported_rows(editor):
    CalendarDay.objects.filter(calendar="cn", date="2026-10-10").delete()
    CalendarDay.objects.filter(calendar="cn", date="2026-10-01").update(name_zh="旧名")
    CalendarDay.objects.create(calendar_id="cn", date="2026-12-07", source=CalendarDay.Source.IMPORT)
    found = actions.import_year(editor, "cn", 2026)
    assert found.added == (date(2026, 10, 10),)
    assert found.changed == (date(2026, 10, 1),)
    assert found.removed == (date(2026, 12, 7),)
    assert queries.work_calendar("cn") == shipped_calendar("cn")


def test_a_planned_import_writes_nothing(editor):
    CalendarDay.objects.filter(calendar="cn", date="2026-10-10").delete()
    assert queries.planned_import("cn", 2026).added == (date(2026, 10, 10),)
    assert not CalendarDay.objects.filter(calendar="cn", date="2026-10-10").exists()
    assert verbs() == []


def test_a_new_year_is_imported_unconfirmed_when_there_is_no_notice(editor):
    found = actions.import_year(editor, "cn", 2028)
    assert found.added
    assert not found.confirmed
    assert not queries.is_year_confirmed("cn", 2028)


def test_estimates_never_replace_confirmed_days(editor):
    actions.override_day(editor, "cn", date(2027, 2, 20), is_workday=True, name_zh="调休上班")
    actions.confirm_year(editor, "cn", 2027)
    with pytest.raises(Refused) as refusal:
        actions.import_year(editor, "cn", 2027)
    assert code_of(refusal) == "calendar_year_confirmed"


def test_an_editor_confirms_a_year_and_takes_it_back(editor):
    assert not queries.is_year_confirmed("cn", 2027)
    actions.confirm_year(editor, "cn", 2027)
    assert queries.is_year_confirmed("cn", 2027)
    actions.withdraw_confirmation(editor, "cn", 2027)
    assert not queries.is_year_confirmed("cn", 2027)
    assert verbs() == ["calendar.year_confirmed", "calendar.confirmation_withdrawn"]


def test_a_day_in_a_year_never_imported_makes_an_unconfirmed_year(editor):
    actions.override_day(editor, "cn", date(2031, 1, 2), is_workday=False)
    assert CalendarYear.objects.get(calendar="cn", year=2031).confirmed is False


def test_an_estimated_day_off_can_be_made_a_working_day(editor):
    assert not queries.work_calendar("cn").is_workday(date(2027, 2, 10))
    actions.override_day(editor, "cn", date(2027, 2, 10), is_workday=True)
    assert queries.work_calendar("cn").is_workday(date(2027, 2, 10))


def test_a_removed_day_follows_the_weekend_rule_until_the_next_import(editor):
    actions.remove_day(editor, "cn", date(2026, 10, 10))
    assert not queries.work_calendar("cn").is_workday(date(2026, 10, 10))
    actions.import_year(editor, "cn", 2026)
    assert queries.work_calendar("cn").is_workday(date(2026, 10, 10))


def test_a_day_without_a_row_cannot_be_removed(editor):
    with pytest.raises(Refused) as refusal:
        actions.remove_day(editor, "cn", date(2026, 12, 7))
    assert code_of(refusal) == "calendar_day_unknown"


def test_every_change_of_a_calendar_is_in_the_journal(editor):
    actions.override_day(editor, "cn", date(2026, 12, 7), is_workday=False)
    actions.remove_day(editor, "cn", date(2026, 12, 7))
    actions.import_year(SYSTEM, "cn", 2026)
    assert verbs() == ["calendar.day_overridden", "calendar.day_removed", "calendar.year_imported"]


@pytest.mark.parametrize("verb", ["override", "remove", "import", "confirm", "withdraw"])
@pytest.mark.parametrize("who", ["officer", "anyone"])
def test_only_editors_change_calendars(verb, who, officer):
    actor = officer if who == "officer" else ANYONE
    day = date(2026, 10, 1)
    calls = {
        "override": lambda: actions.override_day(actor, "cn", day, is_workday=True),
        "remove": lambda: actions.remove_day(actor, "cn", day),
        "import": lambda: actions.import_year(actor, "cn", 2026),
        "confirm": lambda: actions.confirm_year(actor, "cn", 2027),
        "withdraw": lambda: actions.withdraw_confirmation(actor, "cn", 2026),
    }
    revision = Calendar.objects.get(pk="cn").revision
    with pytest.raises(Refused) as refusal:
        calls[verb]()
    assert code_of(refusal) == "not_allowed"
    assert Calendar.objects.get(pk="cn").revision == revision


@pytest.mark.parametrize(
    "call",
    [
        lambda editor: actions.override_day(editor, "fr", date(2026, 1, 1), is_workday=False),
        lambda editor: actions.import_year(editor, "fr", 2026),
        lambda editor: actions.confirm_year(editor, "fr", 2026),
    ],
)
def test_a_calendar_that_does_not_exist_cannot_be_changed(call, editor):
    with pytest.raises(Refused) as refusal:
        call(editor)
    assert code_of(refusal) == "calendar_unknown"


def test_a_day_is_in_a_calendar_once():
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(calendar_id="cn", date="2026-10-01", source=CalendarDay.Source.OVERRIDE)


def new_version(code: str = "cn-letter-simple-2027", starts: date = date(2027, 1, 1), count: int = 2):
    base = profile_named("cn-letter-simple")
    target = replace(base.targets[0], count=count)
    return replace(base, code=code, valid_from=starts, targets=(target,), source="市政府办公厅通知（2027）")


def test_a_new_version_begins_where_the_old_one_ends(administrator):
    actions.supersede_profile(administrator, "cn-letter-simple", new_version(), now=NOW)
    assert queries.clock_profile_for("cn-letter-simple", date(2026, 12, 31)).code == "cn-letter-simple"
    assert queries.clock_profile_for("cn-letter-simple", date(2027, 1, 1)).code == "cn-letter-simple-2027"
    assert queries.clock_profile_for("cn-letter-simple", date(2027, 1, 1)).targets[0].count == 2
    assert verbs() == ["clock_profile.superseded", "clock_profile.added"]


def test_an_old_version_keeps_its_rules_when_it_is_superseded(administrator):
    actions.supersede_profile(administrator, "cn-letter-simple", new_version(), now=NOW)
    old = queries.clock_profile("cn-letter-simple")
    assert replace(old, valid_to=None) == profile_named("cn-letter-simple")


def test_a_successor_stays_in_the_family_whatever_it_says(administrator):
    stray = replace(new_version(), family="elsewhere", kind="foi", calendar="uk")
    row = actions.supersede_profile(administrator, "cn-letter-simple", stray, now=NOW)
    assert (row.family, row.kind, row.calendar_id) == ("cn-letter-simple", "letter", "cn")


@pytest.mark.parametrize(
    ("code", "successor", "refused"),
    [
        ("cn-letter-none", new_version(), "clock_profile_unknown"),
        ("cn-foi-2007", new_version(), "clock_profile_superseded"),
        ("cn-letter-simple", new_version(starts=date(2026, 11, 24)), "clock_profile_starts_in_past"),
        ("cn-letter-simple", new_version(starts=date(2004, 1, 1)), "clock_profile_starts_in_past"),
        ("cn-letter-simple", new_version(code="cn-foi-2019"), "clock_profile_exists"),
    ],
)
def test_a_version_that_cannot_follow_is_refused(administrator, code, successor, refused):
    with pytest.raises(Refused) as refusal:
        actions.supersede_profile(administrator, code, successor, now=NOW)
    assert code_of(refusal) == refused


def test_a_refused_version_leaves_the_old_one_open(administrator):
    with pytest.raises(Refused):
        actions.supersede_profile(administrator, "cn-letter-simple", new_version(code="cn-foi-2019"), now=NOW)
    assert ClockProfile.objects.get(code="cn-letter-simple").valid_to is None


def test_an_office_adds_a_family_of_its_own(administrator):
    own = replace(new_version(code="our-letters-2027"), family="our-letters")
    actions.add_profile(administrator, own, now=NOW)
    assert queries.clock_profile_for("our-letters", date(2027, 3, 1)) == own
    with pytest.raises(Refused) as refusal:
        queries.clock_profile_for("our-letters", date(2026, 12, 31))
    assert code_of(refusal) == "clock_profile_not_in_force"


def test_a_family_has_one_open_version(administrator):
    with pytest.raises(Refused) as refusal:
        actions.add_profile(administrator, new_version(), now=NOW)
    assert code_of(refusal) == "clock_profile_exists"


@pytest.mark.parametrize("verb", ["add", "supersede"])
def test_only_administrators_change_clocks(editor, verb):
    with pytest.raises(Refused) as refusal:
        if verb == "add":
            actions.add_profile(editor, replace(new_version(), family="our-letters"), now=NOW)
        else:
            actions.supersede_profile(editor, "cn-letter-simple", new_version(), now=NOW)
    assert code_of(refusal) == "not_allowed"


def test_a_profile_nobody_wrote_is_unknown():
    with pytest.raises(Refused) as refusal:
        queries.clock_profile("cn-foi-1999")
    assert code_of(refusal) == "clock_profile_unknown"
