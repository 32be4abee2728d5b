"""The public figures: equal to a count of one's own from the export, masked, frozen, and each unit's own."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pandas as pd
import pytest
from django.test import Client
from django.urls import reverse

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.calendars import queries as calendars
from mailbox import actions as mailbox
from mailbox.letterbox.models import AnswerFound
from mailbox.models import Case, CaseClock
from mailbox.performance import actions, facts, figures, queries
from mailbox.performance.figures import Cell, Place
from mailbox.performance.models import Revision, YearOfFigures
from tests.accounts.people import sign_in, staff_client
from tests.mailbox import factories

TODAY = date(2026, 11, 24)
YEAR = 2026

pytestmark = pytest.mark.django_db


def at(day: date, hour: int = 2) -> datetime:
    """An instant of the day; ten in the morning in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def run_through(place: factories.House, fate: str, day: date, kind: str = "letter") -> Case:
    """Let one case have a fate: open, late, in_time, spam, twice, low, fine, waited, gone."""
    made = factories.case(kind, now=at(day), text=f"第{day.toordinal()}天的信，路灯不亮，请派人来修。")
    if fate in ("spam", "twice"):
        given = mailbox.Given(reason="SPAM" if fate == "spam" else "DUPLICATE", words="不办理。")
        return mailbox.take_step(made.pk, "refuse", given, actor=place.clerk, now=at(day, 3))
    if fate == "gone":
        return mailbox.withdraw_case(made.pk, actor=factories.sender(made), now=at(day, 3))
    routed = mailbox.Given(department=place.water.pk)
    mailbox.take_step(made.pk, "route", routed, actor=place.clerk, now=at(day, 3))
    mailbox.accept_case(made.pk, actor=place.officer, now=at(day, 4))
    if fate == "open":
        return Case.objects.get(pk=made.pk)
    if fate == "waited":
        mailbox.ask_detail(made.pk, words="请说明地点。", actor=place.officer, now=at(day, 5))
        back = day + timedelta(days=6)
        mailbox.give_detail(made.pk, words="人民路口。", actor=factories.sender(made), now=at(back, 5))
    answer = day + timedelta(days=40 if fate == "late" else 8)
    done = factories.answered(place, Case.objects.get(pk=made.pk), now=at(answer, 6))
    if fate in ("low", "fine"):
        score = 1 if fate == "low" else 5
        mailbox.rate_case(made.pk, score=score, actor=factories.sender(made), now=at(answer, 9))
    return Case.objects.get(pk=done.pk)


@pytest.fixture
def place() -> factories.House:
    """The house."""
    return factories.house()


def many(place: factories.House) -> None:
    """Sixty-four cases from January to November."""
    chance = random.Random(7)
    fates = ["fine"] * 22 + ["in_time"] * 12 + ["late"] * 8 + ["low"] * 5 + ["waited"] * 6 + ["open"] * 6
    fates += ["spam", "twice", "twice", "gone", "gone"]
    for fate in fates:
        latest = date(2026, 11, 20) if fate == "open" else date(2026, 10, 1)
        day = date(2026, 1, 5) + timedelta(days=chance.randrange((latest - date(2026, 1, 5)).days))
        run_through(place, fate, day, chance.choice(["letter", "enquiry"]) if fate == "fine" else "letter")


def exported(client: Client) -> pd.DataFrame:
    """The export as an analyst reads it."""
    answer = client.get(reverse("desk_performance_cases", args=[YEAR]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return pd.read_csv(
        io.StringIO(text), dtype={"not_taken": str, "in_time": str}, keep_default_na=False, na_values=[""]
    )


def analyst() -> Client:
    """A browser of one who reads all figures, in English."""
    client = staff_client(Role.ANALYST)
    client.cookies["django_language"] = "en"
    return client


def smallest(days: pd.Series, share: float) -> int | None:
    """The smallest number of days by which a share of finished cases was done, counted by hand."""
    ordered = sorted(int(one) for one in days)
    return next((day for number, day in enumerate(ordered, 1) if number >= share * len(ordered) - 1e-9), None)


def test_the_figures_equal_a_count_of_ones_own_from_the_export(place):
    many(place)
    actions.count_year(YEAR, today=TODAY)
    table = exported(staff_client(Role.ANALYST))
    table["not_taken"] = table["not_taken"].fillna("")
    row = YearOfFigures.objects.get(pk=YEAR)
    assert len(table) == 64

    def check(key: str, chosen: pd.DataFrame, due: pd.DataFrame) -> None:
        cell = row.cells[key]
        counted = chosen[(chosen.not_taken != "SPAM") & ~((chosen.suspect == 1) & (chosen.open == 1))]
        valid = counted[~counted.not_taken.isin(["DUPLICATE", "NO_CONTENT"])]
        done = valid[valid.answered.notna()]
        owed = due[~due.not_taken.isin(["DUPLICATE", "NO_CONTENT", "SPAM"])]
        owed = owed[(owed.due < TODAY.isoformat()) | owed.in_time.notna()]
        waiting = valid[(valid.open == 1) & valid.answered.isna()]
        assert cell["received"] == len(counted)
        assert cell["valid"] == len(valid)
        assert cell["answered"] == len(done)
        assert cell["open"] == len(waiting)
        assert cell["overdue"] == int((waiting.due < TODAY.isoformat()).sum())
        assert cell["due"] == len(owed)
        assert cell["in_time"] == int((owed.in_time == "yes").sum())
        assert cell["rated"] == int(done.score.notna().sum())
        assert cell["satisfied"] == int((done.score >= 4).sum())
        assert cell["opened_again"] == int(done.opened_again.sum())
        assert cell["extended"] == int(valid.extended.sum())
        assert cell["reviews"] == int(valid.reviews.sum())
        if not cell["estimated"]:
            assert cell["median_days"] == smallest(done.work_days, 0.5)
            assert cell["p90_days"] == smallest(done.work_days, 0.9)
            assert cell["median_calendar_days"] == smallest(done.calendar_days, 0.5)
            assert cell["p90_calendar_days"] == smallest(done.calendar_days, 0.9)

    check("2026||", table, table[table.due.notna()])
    for month in range(1, 12):
        period = f"2026-{month:02}"
        chosen = table[table.received.str.startswith(period)]
        check(f"{period}||", chosen, table[table.due.fillna("").str.startswith(period)])
    for kind in ("letter", "enquiry"):
        check(f"2026||{kind}", table[table.kind == kind], table[(table.kind == kind) & table.due.notna()])
    assert row.cells["2026||"]["answered"] >= 50
    units = sorted(set(table.unit))
    assert units == ["intake", "water"]
    for unit in units:
        here, owed = table[table.unit == unit], table[(table.unit == unit) & table.due.notna()]
        check(f"2026|{unit}|", here, owed)
        for month in range(1, 12):
            period = f"2026-{month:02}"
            chosen = here[here.received.str.startswith(period)]
            check(f"{period}|{unit}|", chosen, here[here.due.fillna("").str.startswith(period)])
        for kind in ("letter", "enquiry"):
            check(f"2026|{unit}|{kind}", here[here.kind == kind], owed[owed.kind == kind])
    for key, chosen in [("2026||", table), *((f"2026|{unit}|", table[table.unit == unit]) for unit in units)]:
        not_counted = chosen.not_taken.isin(["SPAM", "DUPLICATE", "NO_CONTENT"])
        valid = chosen[~not_counted & ~((chosen.suspect == 1) & (chosen.open == 1))]
        assert [step for step, *_rest in row.funnels[key]] == list(facts.STEPS)
        for step, reached, median, most in row.funnels[key]:
            days = valid[f"step_{step}"].dropna()
            assert (reached, median, most) == (len(days), smallest(days, 0.5), smallest(days, 0.9)), (key, step)
    told = {unit: row.cells[f"2026|{unit}|"] for unit in units}
    assert told["water"]["answered"] >= 50 and told["water"]["in_time"] and told["water"]["p90_days"]

    of_water = analyst().get(reverse("desk_performance") + "?unit=water").content.decode()
    for _step, reached, median, most in row.funnels["2026|water|"]:
        if most is not None and reached:
            cells = f'>{reached}</td><td class="num" data-l="Half within, working days">{median}</td>'
            assert cells + f'<td class="num" data-l="Nine tenths within, working days">{most}</td>' in of_water

    page = Client().get(reverse("performance")).content.decode()
    whole = row.cells["2026||"]
    assert f"{100 * whole['in_time'] / whole['due']:.1f}%" in page
    assert f"{100 * whole['satisfied'] / whole['rated']:.1f}%" in page
    shared = Client().get(reverse("performance_json", args=[YEAR])).json()["figures"]
    water = next(one for one in shared if (one["period"], one["unit"], one["kind"]) == ("2026", "water", None))
    here = table[(table.unit == "water") & ~table.not_taken.isin(["SPAM", "DUPLICATE", "NO_CONTENT"])]
    owed, rated = here[(here.due < TODAY.isoformat()) | here.in_time.notna()], here[here.score.notna()]
    assert water["in_time_share"] == round((owed.in_time == "yes").mean(), 6)
    assert water["satisfied_share"] == round((rated.score >= 4).mean(), 6)
    assert water["answered"] == int(here.answered.notna().sum())
    found = next(one for one in shared if one["period"] == "2026" and not one["unit"] and not one["kind"])
    assert found["received"] == whole["received"] and found["median_days"] == whole["median_days"]
    text = Client().get(reverse("performance_csv", args=[YEAR])).content.decode("utf-8-sig")
    lines = {(one["period"], one["unit"], one["kind"]): one for one in csv.DictReader(io.StringIO(text))}
    assert lines["2026", "", ""]["due"] == str(whole["due"])


def test_a_fact_counts_working_days_without_those_on_hold(place):
    run_through(place, "waited", date(2026, 3, 2))
    run_through(place, "in_time", date(2026, 3, 2))
    waited, straight = facts.rows(Case.objects.all(), today=TODAY)
    names = list(facts.COLUMNS)
    row = dict(zip(names, waited, strict=True))
    # Received on Monday 2 March, answered on Tuesday 10 March; asked on the 2nd, told on Sunday the 8th: the clock
    # stood from the day after asking through that Sunday, so two working days are left.
    assert (row["received"], row["answered"]) == (date(2026, 3, 2), date(2026, 3, 10))
    assert row["work_days"] == 2 and row["calendar_days"] == 8
    assert dict(zip(names, straight, strict=True))["work_days"] == 6
    assert calendars.work_calendar("cn").count(date(2026, 3, 2), date(2026, 3, 10)) == 6


def test_while_many_are_open_the_days_are_estimated_with_them():
    done = pd.Series([1, 2, 3, 4, 5, 6])
    none = done.iloc[:0]
    assert figures.quantiles(done, none) == (3, 6)
    # By hand, Kaplan and Meier: at 1 and 2 ten and nine are at risk; two leave at 2; then 7, 6, 5, and so on.
    waiting = pd.Series([2, 2, 9, 9])
    assert figures.quantiles(done, waiting) == (5, None)
    assert figures.quantiles(none, waiting) == (None, None)


def test_small_numbers_are_hidden_on_the_page_and_in_every_file(place):
    for number in range(3):
        run_through(place, "open", date(2026, 3, 2) + timedelta(days=number))
    for number in range(30):
        made = factories.case("letter", now=at(date(2026, 4, 1)), text=f"第{number}封信，说的是公园里的路灯。")
        assert made.lead is None
    actions.count_year(YEAR, today=TODAY)
    shown = queries.public_year(YEAR)
    assert shown.at("2026-03")["received"] == "small"
    assert shown.at("2026", "water")["received"] == "small"
    assert shown.at("2026", "intake")["received"] == "protecting", "else the total gives the small one away"
    assert shown.at("2026")["received"] == 33
    assert shown.at("2026")["median_days"] is None
    assert "&lt;5" in Client().get(reverse("performance")).content.decode()
    text = Client().get(reverse("performance_csv", args=[YEAR])).content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    march = next(line for line in lines if line["period"] == "2026-03" and not line["unit"] and not line["kind"])
    assert march["received"] == "" and "received" in march["hidden"].split()
    told = Client().get(reverse("performance_json", args=[YEAR])).json()["figures"]
    march = next(line for line in told if line["period"] == "2026-03" and not line["unit"] and not line["kind"])
    assert march["received"] is None and march["hidden"]["received"] == "small"


def found_enough(day: date, number: int = 1, *, kind: str = "letter", url: str = "/zh/guide/") -> None:
    """So many letters that were not sent on a day."""
    made = (
        AnswerFound(token_digest=uuid4().hex, kind=kind, language="zh-hans", url=url, at=at(day))
        for _n in range(number)
    )
    AnswerFound.objects.bulk_create(made)


def test_letters_that_were_not_needed_are_counted_by_month_and_kind_and_small_numbers_hidden(place):
    factories.case("letter", now=at(date(2026, 4, 1)))
    found_enough(date(2026, 3, 5), 30)
    found_enough(date(2026, 3, 6), 12, kind="enquiry")
    found_enough(date(2026, 4, 6), 2)
    found_enough(date(2026, 5, 6), 7)
    # In UTC the last day of April, in the house the first of May.
    AnswerFound.objects.filter(at=at(date(2026, 5, 6))).update(at=datetime(2026, 4, 30, 17, tzinfo=UTC))
    found_enough(date(2025, 12, 31), 9)
    row = actions.count_year(YEAR, today=TODAY)
    table = pd.DataFrame(AnswerFound.objects.values("kind", "at"))
    table["month"] = table["at"].dt.tz_convert("Asia/Shanghai").dt.strftime("%Y-%m")
    for month in (f"2026-{number:02}" for number in range(1, 12)):
        for kind in ("", "letter", "enquiry"):
            chosen = table[(table.month == month) & ((table.kind == kind) | (kind == ""))]
            assert row.cells[f"{month}||{kind}"]["not_needed"] == len(chosen), (month, kind)
    assert row.cells["2026||"]["not_needed"] == 51 and row.cells["2026|intake|"]["not_needed"] == 0
    shown = queries.public_year(YEAR)
    assert shown.at("2026-03")["not_needed"] == 42 and shown.at("2026")["not_needed"] == 51
    assert shown.at("2026-04")["not_needed"] == "small"
    assert shown.at("2026-05")["not_needed"] == "protecting", "else the year gives the small one away"
    assert shown.at("2026", "intake")["not_needed"] is None
    page = Client().get("/en/performance/").content.decode()
    assert '<td class="num" data-l="Letters not needed">42</td>' in page and "&lt;5" in page
    of_a_unit = Client().get("/en/performance/?unit=intake").content.decode()
    assert 'data-l="Letters not needed"' not in of_a_unit
    told = Client().get(reverse("performance_json", args=[YEAR])).json()["figures"]
    april = next(one for one in told if one["period"] == "2026-04" and not one["unit"] and not one["kind"])
    assert april["not_needed"] is None and april["hidden"]["not_needed"] == "small"
    text = Client().get(reverse("performance_csv", args=[YEAR])).content.decode("utf-8-sig")
    lines = {(one["period"], one["unit"], one["kind"]): one for one in csv.DictReader(io.StringIO(text))}
    assert lines["2026-03", "", ""]["not_needed"] == "42" and lines["2026", "", ""]["not_needed"] == "51"


def test_letters_that_were_not_needed_are_counted_before_there_is_a_case():
    found_enough(date(2026, 3, 5), 6)
    assert actions.count_due(today=TODAY) == 1
    assert queries.public_year(YEAR).at("2026-03")["not_needed"] == 6


def test_a_figure_that_a_frozen_year_did_not_have_is_added_and_no_revision(place):
    factories.case("letter", now=at(date(2026, 3, 2)))
    found_enough(date(2026, 3, 5), 8)
    row = actions.count_year(YEAR, today=date(2026, 6, 2))
    for cell in row.cells.values():
        del cell["not_needed"]
    row.save()
    row = actions.count_year(YEAR, today=date(2026, 6, 3))
    assert row.cells["2026-03||"]["not_needed"] == 8 and not Revision.objects.exists()
    found_enough(date(2026, 3, 6), 8)
    row = actions.count_year(YEAR, today=date(2026, 6, 4))
    assert row.cells["2026-03||"]["not_needed"] == 8
    assert Revision.objects.get(period="2026-03", unit="", kind="").now == 16


def test_frozen_figures_stay_and_what_would_be_counted_otherwise_is_told(place):
    for number in range(24):
        factories.case("letter", now=at(date(2026, 3, 2)), text=f"第{number}封信，说的是公园里的路灯。")
    actions.count_year(YEAR, today=date(2026, 5, 29))
    assert "2026-03" not in YearOfFigures.objects.get().frozen
    row = actions.count_year(YEAR, today=date(2026, 5, 30))
    assert row.frozen["2026-03"] == "2026-05-30" and "2026" not in row.frozen
    for made in Case.objects.order_by("pk")[:8]:
        given = mailbox.Given(reason="SPAM", words="广告。")
        mailbox.take_step(made.pk, "refuse", given, actor=place.clerk, now=at(date(2026, 6, 1)))
    for _again in range(2):
        row = actions.count_year(YEAR, today=date(2026, 6, 2))
    assert row.cells["2026-03||"]["received"] == 24 and row.cells["2026||"]["received"] == 16
    noted = queries.revisions(YEAR, actor=SYSTEM)
    assert Revision.objects.filter(period="2026-03", unit="", kind="", name="received").count() == 1
    assert {(one.name, one.was, one.now) for one in noted if not one.unit and not one.kind} >= {("received", 24, 16)}
    public = queries.revisions(YEAR, actor=ANYONE)
    assert {(one.name, one.was, one.now) for one in public} >= {("received", 24, 16), ("valid", 24, 16)}
    assert all(not one.unit and not one.kind and min(one.was, one.now) >= 5 for one in public)
    page = Client().get(reverse("performance_year", args=[YEAR])).content.decode()
    assert 'id="revisions"' in page


def test_a_unit_reads_its_own_plain_figures_and_no_other(place):
    run_through(place, "open", date(2026, 3, 2))
    factories.case("letter", now=at(date(2026, 3, 3)))
    actions.count_year(YEAR, today=TODAY)
    view = queries.plain_year(YEAR, actor=place.officer)
    assert {place.unit for place in view.places} == {"water"}
    assert view.at("2026", "water")["received"] == 1
    client = sign_in(Client(), place.officer)
    assert client.get(reverse("desk_performance")).status_code == 200
    assert client.get(reverse("desk_performance") + "?unit=water").status_code == 200
    assert client.get(reverse("desk_performance") + "?unit=intake").status_code == 404
    taken = client.get(reverse("desk_performance_cases", args=[YEAR]))
    lines = b"".join(taken.streaming_content).decode().splitlines()
    assert len(lines) == 2, "a heading and the unit's one case"
    assert client.get(reverse("desk_performance_cases", args=[2019])).status_code == 404


def test_the_way_of_the_cases_is_counted_step_by_step(place):
    run_through(place, "fine", date(2026, 3, 2))
    run_through(place, "open", date(2026, 3, 2))
    actions.count_year(YEAR, today=TODAY)
    view = queries.plain_year(YEAR, actor=SYSTEM)
    steps = {step.step: step.reached for step in view.funnels[Place("2026")]}
    assert steps[3] == 2 and steps[4] == 2 and steps[8] == 1 and steps[9] == 1
    page = staff_client(Role.ANALYST).get(reverse("desk_performance")).content.decode()
    assert 'id="funnel"' in page


def test_a_year_that_was_counted_without_nine_tenths_is_still_shown(place):
    run_through(place, "fine", date(2026, 3, 2))
    row = actions.count_year(YEAR, today=TODAY)
    row.funnels = {key: [step[:3] for step in steps] for key, steps in row.funnels.items()}
    row.save()
    page = analyst().get(reverse("desk_performance")).content.decode()
    assert '<td class="num" data-l="Nine tenths within, working days">–</td>' in page


def test_a_year_is_counted_once_a_day_and_ends_early_when_the_worker_ends(place, monkeypatch):
    factories.case("letter", now=at(date(2025, 12, 30)))
    factories.case("letter", now=at(date(2026, 3, 3)))
    assert actions.count_due(today=TODAY) == 2
    assert actions.count_due(today=TODAY) == 0
    assert actions.count_due(today=TODAY + timedelta(days=1)) == 2
    monkeypatch.setattr("engage.schedule.stopping.is_set", lambda: True)
    assert actions.count_due(today=TODAY + timedelta(days=2)) == 0
    assert set(YearOfFigures.objects.values_list("counted_on", flat=True)) == {TODAY + timedelta(days=1)}


def test_a_corrected_clock_result_is_what_counts_and_nothing_else(place):
    made = run_through(place, "late", date(2026, 3, 2))
    clock = CaseClock.objects.get(case=made, target="final_reply")
    assert clock.result == CaseClock.Result.LATE
    found = actions.count_year(YEAR, today=TODAY).cells[f"{clock.due:%Y-%m}||"]
    assert (found["due"], found["in_time"]) == (1, 0)


def test_the_public_page_reads_one_row(place, django_assert_max_num_queries):
    run_through(place, "fine", date(2026, 3, 2))
    actions.count_year(YEAR, today=TODAY)
    client = Client()
    with django_assert_max_num_queries(8):
        assert client.get(reverse("performance")).status_code == 200
    assert client.get(reverse("performance") + "?unit=water").status_code == 200
    assert client.get(reverse("performance") + "?kind=letter").status_code == 200
    assert client.get(reverse("performance") + "?unit=nowhere").status_code == 404
    assert client.get(reverse("performance_year", args=[1999])).status_code == 404


def test_without_a_letter_the_page_says_so():
    assert actions.count_due(today=TODAY) == 0
    page = Client().get(reverse("performance"))
    assert page.status_code == 200 and reverse("write") in page.content.decode()
    assert staff_client(Role.ANALYST).get(reverse("desk_performance")).status_code == 200


def test_an_empty_cell_is_all_nothing():
    empty = facts.frame(Case.objects.none(), today=TODAY)
    cells = {place: cell for place, cell, _funnel in figures.cells_of_year(empty, YEAR, today=TODAY)}
    assert cells[Place("2026")] == Cell() and len(cells) == 12
