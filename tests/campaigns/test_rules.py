"""Decisions about campaigns: days, stages, gaps, and intervals against published numbers."""

from datetime import date

import pytest

from engage.calendars.arithmetic import WorkCalendar
from engage.errors import Refused
from engage.outreach.campaigns import rules
from engage.outreach.campaigns.rules import Moments, Stage

pytestmark = pytest.mark.sqlite_only
DAY = date(2026, 10, 18)
# National Day week of 2026 with its worked days, as the State Council announced it.
CALENDAR = WorkCalendar(
    "cn",
    days_off=frozenset(date(2026, 10, day) for day in range(1, 8)),
    make_up_days=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)


@pytest.mark.parametrize(
    ("day", "offset", "exact", "due"),
    [
        (DAY, 0, True, date(2026, 10, 18)),  # a Sunday: the message goes out on the day itself
        (DAY, 0, False, date(2026, 10, 16)),
        (DAY, -7, False, date(2026, 10, 10)),  # Sunday the 11th goes back to the Saturday that is worked
        (DAY, -14, False, date(2026, 9, 30)),  # 4 October lies in the holiday
        (DAY, -30, False, date(2026, 9, 18)),
        (DAY, 14, False, date(2026, 11, 2)),  # Sunday 1 November goes on to Monday
        (date(2026, 10, 4), -14, False, date(2026, 9, 20)),  # a Sunday that is worked stays
    ],
)
def test_a_task_is_due_on_a_working_day(day, offset, exact, due):
    assert rules.due_day(day, offset, CALENDAR, exact=exact) == due


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("", None, None), "campaign_date_missing"),
        (("double_ninth", None, None), "campaign_date_missing"),
        (("double_ninth", 2026, DAY), "campaign_date_twice"),
        (("christmas", 2026, None), "observance_unknown"),
        (("double_ninth", 1899, None), "calendar_year_out_of_range"),
        (("double_ninth", 2101, None), "calendar_year_out_of_range"),
        (("", None, date(1899, 12, 31)), "calendar_year_out_of_range"),
    ],
)
def test_a_day_that_cannot_be_is_refused(arguments, code):
    with pytest.raises(Refused) as refusal:
        rules.day_of(*arguments)
    assert refusal.value.code == code


@pytest.mark.parametrize(("year", "day"), [(1900, "1900-10-31"), (2026, "2026-10-18"), (2100, "2100-10-12")])
def test_an_observance_has_its_day_also_in_the_outermost_years(year, day):
    assert rules.day_of("double_ninth", year, None).isoformat() == day


def test_where_a_campaign_stands_follows_from_what_happened():
    last = date(2026, 11, 1)
    assert rules.stage(Moments(last), DAY) == Stage.PLANNING
    assert rules.stage(Moments(last, begun=True), DAY) == Stage.PREPARING
    assert rules.stage(Moments(last, begun=True, in_review=True), DAY) == Stage.IN_REVIEW
    assert rules.stage(Moments(last, begun=True, published=True), last) == Stage.RUNNING
    assert rules.stage(Moments(last, published=True, in_review=True), DAY) == Stage.RUNNING
    assert rules.stage(Moments(last, published=True), date(2026, 11, 2)) == Stage.ENDED
    assert rules.stage(Moments(last, published=True, reported=True), DAY) == Stage.REPORTED


def _part(kind: str, **values):
    texts = {code: {"body": "x", "byline": "y", "source": "z"} for code in ("zh-hans", "en")}
    return {"id": 7, "kind": kind, "dated": "2026-10-01", "url": "", "link": None, "texts": texts} | values


def test_every_gap_is_named_and_the_meter_counts_only_what_is_there_in_both_languages():
    languages = ("zh-hans", "en")
    titles = {"zh-hans": {"title": "x", "summary": "y"}, "en": {"title": "x", "summary": ""}}
    half = _part("case", texts={"zh-hans": {"body": "x", "byline": "y", "source": "z"}})
    parts = [_part("background"), _part("points", dated=""), half, _part("link"), _part("expert")]
    gaps = {(gap.code, gap.values.get("kind", ""), gap.values.get("language", "")) for gap in
            rules.missing(titles, parts, languages)}  # fmt: skip
    assert gaps == {
        ("campaign_words_missing", "", "en"),
        ("part_missing", "measures", ""),
        ("part_date_missing", "points", ""),
        ("part_words_missing", "case", "en"),
        ("part_address_missing", "link", ""),
        ("part_words_missing", "expert", "zh-hans"),
        ("part_words_missing", "expert", "en"),
    }
    full = {gauge.kind: gauge.is_full for gauge in rules.gauges(parts, languages)}
    assert list(full) == list(rules.KINDS)
    assert [kind for kind, there in full.items() if there] == ["background"]
    linked = {"titles": {"zh-hans": "x"}, "urls": {}, "summaries": {}}
    gauge = rules.gauges([_part("media", link=linked)], languages)[rules.KINDS.index("media")]
    assert gauge.there == {"zh-hans": True, "en": False}


# R. G. Newcombe, Stat. Med. 17 (1998) 857-872, table I, method 3.
@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_the_published_one(n, of, low, high):
    share = rules.wilson(n, of)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


# R. G. Newcombe, Stat. Med. 17 (1998) 873-890, table II, method 10.
@pytest.mark.parametrize(
    ("after", "before", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(after, before, low, high):
    change = rules.newcombe(rules.wilson(*after), rules.wilson(*before))
    assert (round(change.low, 4), round(change.high, 4)) == (low, high)
    assert change.is_clear == (low > 0)


@pytest.mark.parametrize(("asked", "aware"), [(0, 0), (10, 11), (10, -1), (-5, 0)])
def test_a_survey_that_cannot_be_is_refused(asked, aware):
    with pytest.raises(Refused, match="wave_wrong"):
        rules.wilson(aware, asked)


@pytest.mark.parametrize("slug", ["", "Seniors", "a--b", "-a", "a-", "敬老", "a/b", "x" * 81])
def test_what_is_no_part_of_an_address_is_refused(slug):
    with pytest.raises(Refused, match="slug_wrong"):
        rules.check_slug(slug)
