"""The Studio's screens for days, years and clock profiles."""

from datetime import date, timedelta

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from engage.calendars import actions, queries
from engage.calendars.models import CalendarDay, CalendarYear, ClockProfile
from engage.calendars.words import SOURCES
from engage.journal.models import JournalRow

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


def body(response) -> str:
    return response.content.decode()


def day_row(day: str, calendar: str = "cn") -> CalendarDay:
    return CalendarDay.objects.get(calendar=calendar, date=day)


def next_year() -> date:
    return date(timezone.localdate().year + 1, 1, 1)


def test_the_list_marks_days_of_an_unconfirmed_year(studio, editor):
    client = studio(editor)
    estimated = body(client.get(reverse("calendar-days:index"), {"calendar": "cn", "date__year": "2027"}))
    assert "Unconfirmed year" in estimated or "年度未确认" in estimated
    sure = body(client.get(reverse("calendar-days:index"), {"calendar": "cn", "date__year": "2026"}))
    assert "Unconfirmed year" not in sure
    assert "年度未确认" not in sure


def test_an_editor_sets_a_day(studio, editor):
    response = studio(editor).post(
        reverse("calendar-days:add"),
        {"calendar": "cn", "date": "2026-12-07", "name_zh": "停电", "name_en": "Power cut"},
    )
    assert response.status_code == 302
    row = day_row("2026-12-07")
    assert (row.is_workday, row.source) == (False, CalendarDay.Source.OVERRIDE)
    assert not queries.work_calendar("cn").is_workday(date(2026, 12, 7))
    assert JournalRow.objects.filter(verb="calendar.day_overridden").exists()


def test_a_day_that_has_a_row_is_not_added_twice(studio, editor):
    response = studio(editor).post(
        reverse("calendar-days:add"), {"calendar": "cn", "date": "2026-10-01", "is_workday": "on"}
    )
    assert response.status_code == 200
    assert not day_row("2026-10-01").is_workday


def test_a_changed_day_stays_the_day_it_is_and_becomes_an_editors(studio, editor):
    row = day_row("2026-10-10")
    response = studio(editor).post(
        reverse("calendar-days:edit", args=[row.pk]),
        {"calendar": "uk", "date": "2026-10-11", "name_zh": "本局不补班", "name_en": ""},
    )
    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.calendar_id, row.date, row.is_workday) == ("cn", date(2026, 10, 10), False)
    assert row.source == CalendarDay.Source.OVERRIDE


def test_a_removed_day_is_gone(studio, editor):
    row = day_row("2026-10-10")
    response = studio(editor).post(reverse("calendar-days:delete", args=[row.pk]))
    assert response.status_code == 302
    assert not CalendarDay.objects.filter(pk=row.pk).exists()
    assert JournalRow.objects.filter(verb="calendar.day_removed").exists()


def test_an_editor_imports_a_year_and_confirms_it(studio, editor):
    client = studio(editor)
    assert client.post(reverse("calendar-years:add"), {"calendar": "cn", "year": "2028"}).status_code == 302
    year = CalendarYear.objects.get(calendar="cn", year=2028)
    assert not year.confirmed
    assert client.post(reverse("calendar-years:edit", args=[year.pk]), {"confirmed": "on"}).status_code == 302
    assert queries.is_year_confirmed("cn", 2028)
    assert client.post(reverse("calendar-years:edit", args=[year.pk]), {}).status_code == 302
    assert not queries.is_year_confirmed("cn", 2028)


def test_a_refused_import_is_explained_on_the_form(studio, editor):
    actions.confirm_year(editor, "cn", 2027)
    response = studio(editor).post(reverse("calendar-years:add"), {"calendar": "cn", "year": "2027"})
    assert response.status_code == 200
    assert "2027" in body(response)
    assert not JournalRow.objects.filter(verb="calendar.year_imported").exists()


def test_the_list_of_years_counts_days(studio, editor):
    page = body(studio(editor).get(reverse("calendar-years:index")))
    counts = {
        (year.calendar_id, year.year): (year.days_off, year.make_up_days) for year in queries.calendar_years(editor)
    }
    assert counts["cn", 2026] == (19, 6)
    assert list(counts)[:2] == [("cn", 2027), ("uk", 2027)]
    assert "2026" in page


@pytest.mark.parametrize("screen", ["calendar-years:delete", "clock-profiles:delete", "clock-profiles:add"])
def test_years_and_profiles_cannot_be_deleted_nor_profiles_invented(screen):
    with pytest.raises(NoReverseMatch):
        reverse(screen, args=[] if screen.endswith("add") else [1])


def version(**changes: object) -> dict[str, object]:
    entered = {
        "code": "cn-letter-simple-next",
        "valid_from": next_year().isoformat(),
        "source": "市政府办公厅通知",
        "count_final_reply": "2",
        "extension_final_reply": "3",
    }
    return entered | changes


def test_an_administrator_makes_a_new_version_of_a_profile(studio, administrator):
    old = ClockProfile.objects.get(code="cn-letter-simple")
    response = studio(administrator).post(reverse("clock-profiles:edit", args=[old.pk]), version())
    assert response.status_code == 302
    new = queries.clock_profile_for("cn-letter-simple", next_year())
    assert (new.code, new.targets[0].count, new.targets[0].extension_limit) == ("cn-letter-simple-next", 2, 3)
    assert queries.clock_profile_for("cn-letter-simple", next_year() - timedelta(days=1)).targets[0].count == 3


def test_the_form_of_a_new_version_starts_with_the_numbers_of_the_old(studio, administrator):
    old = ClockProfile.objects.get(code="cn-foi-2019")
    page = body(studio(administrator).get(reverse("clock-profiles:edit", args=[old.pk])))
    assert 'name="count_final_reply" value="20"' in page
    assert 'name="extension_final_reply" value="20"' in page
    assert 'name="extension_clarify_notice"' not in page


def test_a_version_that_begins_too_early_is_explained_on_the_form(studio, administrator):
    old = ClockProfile.objects.get(code="cn-letter-simple")
    response = studio(administrator).post(
        reverse("clock-profiles:edit", args=[old.pk]), version(valid_from="2020-01-01")
    )
    assert response.status_code == 200
    assert "2020-01-01" in body(response)
    old.refresh_from_db()
    assert old.valid_to is None


def test_an_administrator_copies_a_profile_into_an_own_family(studio, administrator):
    base = ClockProfile.objects.get(code="cn-letter-simple")
    response = studio(administrator).post(
        reverse("clock-profiles:copy", args=[base.pk]), version(family="our-letters", extension_final_reply="")
    )
    assert response.status_code == 302
    own = queries.clock_profile_for("our-letters", next_year())
    assert (own.targets[0].count, own.targets[0].extension_limit) == (2, None)
    base.refresh_from_db()
    assert base.valid_to is None


def test_a_profile_can_be_read(studio, editor):
    profile = ClockProfile.objects.get(code="cn-foi-2019")
    page = body(studio(editor).get(reverse("clock-profiles:inspect", args=[profile.pk])))
    assert "政府信息公开条例" in page
    assert "20" in page


@pytest.mark.parametrize("screen", ["clock-profiles:edit", "clock-profiles:copy"])
def test_an_editor_does_not_change_clocks(studio, editor, screen):
    profile = ClockProfile.objects.get(code="cn-letter-simple")
    response = studio(editor).post(reverse(screen, args=[profile.pk]), version(family="our-letters"))
    assert response.status_code in (302, 403)
    assert not ClockProfile.objects.filter(code="cn-letter-simple-next").exists()


@pytest.mark.parametrize("screen", ["calendar-days:add", "calendar-years:add"])
def test_an_officer_has_no_way_to_the_calendars(studio, officer, screen):
    response = studio(officer).post(reverse(screen), {"calendar": "cn", "date": "2026-12-07", "year": "2028"})
    assert response.status_code in (302, 404)
    assert not CalendarDay.objects.filter(calendar="cn", date="2026-12-07").exists()
    assert not CalendarYear.objects.filter(calendar="cn", year=2028).exists()


@pytest.mark.parametrize(
    "screen",
    ["calendar-days:index", "calendar-days:add", "calendar-years:index", "calendar-years:add", "clock-profiles:index"],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_screen_opens_in_both_languages(studio, administrator, screen, language):
    response = studio(administrator).get(reverse(screen), headers={"accept-language": language})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("screen", "model"),
    [("calendar-days", CalendarDay), ("calendar-years", CalendarYear), ("clock-profiles", ClockProfile)],
)
def test_every_row_opens(studio, administrator, screen, model):
    row = model.objects.first()
    assert studio(administrator).get(reverse(f"{screen}:edit", args=[row.pk])).status_code == 200


def test_every_shipped_source_is_told_in_the_readers_language(studio, editor):
    assert set(ClockProfile.objects.values_list("source", flat=True)) <= set(SOURCES)
    client = studio(editor)
    client.cookies["django_language"] = "zh-hans"
    chinese = body(client.get(reverse("clock-profiles:index")))
    assert "不是法律规定" in chinese and "not law" not in chinese
    client.cookies["django_language"] = "en"
    english = body(client.get(reverse("clock-profiles:index")))
    assert "Regulations on Open Government Information (2019)" in english and "政府信息公开条例（2019）" not in english
