"""What follows from counts and dates on the public pages, without a database."""

from datetime import UTC, date, datetime

from mailbox.petitions.showing import rules
from mailbox.petitions.showing.tiles import PLACES

ROWS = [
    ("answer", 5_000, date(2020, 1, 1)),
    ("answer", 10_000, date(2026, 1, 1)),
    ("debate", 100_000, date(2020, 1, 1)),
]


def test_a_petition_keeps_the_thresholds_of_the_day_it_opened():
    assert rules.thresholds_on(ROWS, date(2025, 12, 31)) == {"answer": 5_000, "debate": 100_000}
    assert rules.thresholds_on(ROWS, date(2026, 1, 1)) == {"answer": 10_000, "debate": 100_000}
    assert rules.thresholds_on(ROWS, date(2019, 12, 31)) == {}


def test_the_next_goal_is_the_smallest_that_is_not_earned():
    both = {"answer": 10_000, "debate": 100_000}
    assert rules.next_goal(9_999, both, set()) == rules.Goal("answer", 10_000, 1)
    assert rules.next_goal(9_000, both, {"answer"}) == rules.Goal("debate", 100_000, 91_000)
    assert rules.next_goal(120_000, both, {"answer", "debate"}) is None


def test_past_its_last_second_a_petition_is_closed_whether_marked_or_not():
    assert rules.standing("open", is_over=True) == "closed"
    assert rules.standing("open", is_over=False) == "open"
    assert rules.standing("rejected", is_over=True) == "rejected"


def test_an_answer_is_late_from_the_day_after_it_was_due():
    due = date(2026, 12, 1)
    assert [rules.days_late(due, date(2026, 12, day)) for day in (1, 2, 9)] == [0, 1, 8]
    assert rules.days_late(due, date(2026, 11, 1)) == 0


def test_a_list_goes_on_from_the_values_of_its_last_row():
    at = datetime(2026, 11, 24, 1, 2, 3, 456_789, tzinfo=UTC)
    assert rules.read_cursor(rules.cursor_of(at, 7), "newest") == (at, 7)
    assert rules.read_cursor(rules.cursor_of(3, 900, 7), "trending") == (3, 900, 7)


def test_what_is_no_cursor_is_none():
    for typed in ("", "-", "1", "1-2-3-4", "x-1", "-1-2", "9" * 30 + "-1", "1\x00-2", "٣-٤", f"{2**63 - 1}-1"):
        assert rules.read_cursor(typed, "newest") is None
    assert rules.read_cursor("1-2", "trending") is None


def curve(days: list[tuple[int, int]], *, goal: int | None, today: int = 28):
    rows = rules.to_date([(date(2026, 11, day), new) for day, new in days])
    first, last = date(2026, 11, 1), date(2027, 5, 1)
    return rules.curve(rows, first=first, today=date(2026, 11, today), last=last, goal=goal)


def test_the_curve_only_rises_and_ends_today():
    drawn = curve([(2, 10), (9, 0), (20, 30)], goal=None)
    assert drawn is not None
    heights = [float(point.split()[1]) for point in drawn.line[1:].split("L")]
    assert heights == sorted(heights, reverse=True)
    assert len(heights) == 5  # nothing on the first day, three days, today
    assert drawn.goal_y is None


def test_a_goal_far_off_is_not_drawn_and_presses_nothing_flat():
    near, far = curve([(2, 6_000)], goal=10_000), curve([(2, 6)], goal=10_000)
    assert near is not None and near.goal_y is not None and near.goal_y < near.dot_y
    assert far is not None and far.goal_y is None
    assert far.dot_y < 60


def test_there_is_no_curve_without_signatures():
    assert curve([], goal=10_000) is None


def test_tiles_have_a_place_of_their_own_and_five_shades():
    assert len(set(PLACES.values())) == len(PLACES)
    assert [rules.rank_of(count, 100) for count in (0, 19, 21, 41, 61, 81, 100)] == [1, 1, 2, 3, 4, 5, 5]
    long = rules.tile("east", "Chengdong District", "12", rank=5, place=(1, 1))
    assert [word for word, _y in long.lines] == ["Chengdong", "District"]
    assert long.tone == "hi"
