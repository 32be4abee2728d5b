"""What is hashed is the same on every machine, and nothing that could differ gets in."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from engage.journal import rules

MOMENT = datetime(2026, 9, 24, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=8)))


def entry(**changes):
    fields = {
        "at": MOMENT,
        "actor_kind": "user",
        "actor_id": "17",
        "verb": "comment.received",
        "target": "participation.submission:4217",
        "submission_id": 4217,
        "content": {"channel": "web"},
        "salt": bytes(range(16)),
    }
    return rules.Entry(**fields | changes)


def test_the_leaf_of_a_known_row_never_changes():
    text = rules.leaf_text(entry())
    assert text.decode() == (
        '{"actor":{"kind":"user","mark":"' + rules.actor_mark(bytes(range(16)), "17") + '"},'
        '"at":"2026-09-24T04:00:00.000001+00:00","data":{"channel":"web"},"submission":4217,'
        '"target":"participation.submission:4217","verb":"comment.received"}'
    )
    assert rules.actor_mark(bytes(range(16)), "17") == (
        "eedd438c8749a9b6f4547a2189df86d859fcfc0764b9cd4b4d3d5687393cbb00"
    )
    assert rules.leaf_hash(text).hex() == "8748c9a7e01c8c3bf96b2c94f0d4e1bc6d1182a026f8db58b4fad92bae0c2290"


def test_names_are_sorted_and_chinese_stays_chinese():
    assert rules.canonical({"b": 1, "a": "民意通"}) == '{"a":"民意通","b":1}'.encode()


def test_moments_are_the_same_in_every_zone():
    assert rules.moment(MOMENT) == rules.moment(MOMENT.astimezone(UTC))


@pytest.mark.parametrize(
    "change", [{"actor_id": "18"}, {"at": MOMENT + timedelta(microseconds=1)}, {"salt": bytes(16)}]
)
def test_every_part_of_a_row_is_in_its_leaf(change):
    assert rules.leaf_text(entry(**change)) != rules.leaf_text(entry())


def test_a_leaf_shows_who_acted_to_nobody_without_the_salt():
    assert b'"17"' not in rules.leaf_text(entry())


def test_two_rows_of_the_same_content_have_different_leaves():
    assert rules.leaf_text(entry(salt=b"a" * 16)) != rules.leaf_text(entry(salt=b"b" * 16))


def test_dates_tuples_and_sets_become_plain():
    given = {"day": date(2026, 9, 24), "at": MOMENT, "pair": (1, 2), "set": {"b", "a"}, "yes": True, "no": None}
    assert rules.plain(given) == {
        "day": "2026-09-24",
        "at": "2026-09-24T04:00:00.000001+00:00",
        "pair": [1, 2],
        "set": ["a", "b"],
        "yes": True,
        "no": None,
    }


@pytest.mark.parametrize("value", [1.5, float("nan"), object(), b"bytes", {1: "number as a name"}])
def test_what_could_read_differently_elsewhere_is_refused(value):
    with pytest.raises(TypeError):
        rules.plain({"value": value})


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_text_that_a_database_cannot_keep_is_refused(value):
    with pytest.raises(ValueError):
        rules.plain({"value": value})


@pytest.mark.parametrize("name", ["email", "Phone", "tracking_code"])
def test_contact_data_is_refused_at_any_depth(name):
    with pytest.raises(ValueError):
        rules.plain({"who": [{name: "x"}]})


def test_checkpoints_are_due_at_local_midnight_and_at_full_hours():
    now = datetime(2026, 9, 24, 17, 30, tzinfo=UTC)
    assert rules.due_moments(now, ZoneInfo("Asia/Shanghai")) == [
        ("day", datetime(2026, 9, 24, 16, tzinfo=UTC)),
        ("hour", datetime(2026, 9, 24, 17, tzinfo=UTC)),
    ]


def test_midnight_is_right_on_the_day_the_clocks_change():
    now = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
    assert rules.due_moments(now, ZoneInfo("Europe/London"))[0] == ("day", datetime(2026, 3, 29, 0, tzinfo=UTC))
