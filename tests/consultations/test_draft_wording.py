"""The difference of two wordings: complete, readable, and never cutting what a reader sees as one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.drafts.labels import CHINESE, ENGLISH
from consultations.drafts.wording import clusters, diff

pytestmark = pytest.mark.sqlite_only

TEXT = st.text("甲乙丙，。 abc'’é\u0301👍🏽👩\u200d👧🇨🇳🇬🇧\n12", max_size=60)


@settings(deadline=None)
@given(TEXT, TEXT, st.sampled_from([CHINESE, ENGLISH]))
def test_the_pieces_make_up_both_wordings(before, after, language):
    pieces = diff(before, after, language)
    assert "".join(text for kind, text in pieces if kind != "ins") == before
    assert "".join(text for kind, text in pieces if kind != "del") == after
    assert all(text for _kind, text in pieces)


@settings(deadline=None)
@given(TEXT, TEXT)
def test_no_piece_begins_inside_a_character(before, after):
    for kind, whole in (("ins", before), ("del", after)):
        parts = [text for side, text in diff(before, after, CHINESE) if side != kind]
        assert [cluster for part in parts for cluster in clusters(part)] == clusters(whole)


@given(st.text(max_size=50))
def test_clusters_lose_nothing(text):
    assert "".join(clusters(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\u0301a", ["e\u0301", "a"]),
        ("👩\u200d👧x", ["👩\u200d👧", "x"]),
        ("👍🏽", ["👍🏽"]),
        ("🇨🇳🇬🇧", ["🇨🇳", "🇬🇧"]),
        ("葛\U000e0100城", ["葛\U000e0100", "城"]),
    ],
)
def test_what_is_seen_as_one_character_stays_one(text, expected):
    assert clusters(text) == expected


def test_chinese_changes_are_shown_by_the_character():
    assert diff("应当在二十日内作出决定。", "应当在三十日内作出书面决定。", CHINESE) == [
        ("keep", "应当在"), ("del", "二十"), ("ins", "三十"), ("keep", "日内作出"), ("ins", "书面"), ("keep", "决定。"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "language", "changed"),
    [
        ("不少于五十万元。", "不少于一百万元。", CHINESE, ["五十万", "一百万"]),
        ("不少于1,000元。", "不少于1,500元。", CHINESE, ["1,000", "1,500"]),
        ("more than 1,000,000 yuan", "more than 500,000 yuan", ENGLISH, ["1,000,000", "500,000"]),
        ("a rate of 2.5, at most", "a rate of 2.75, at most", ENGLISH, ["2.5", "2.75"]),
        ("of 1, 2 and 3", "of 1, 4 and 3", ENGLISH, ["2", "4"]),
    ],
)
def test_a_number_is_changed_as_a_whole(before, after, language, changed):
    assert [text for kind, text in diff(before, after, language) if kind != "keep"] == changed


def test_english_changes_are_shown_by_the_word():
    assert diff("The body shall decide.", "The body should decide.", ENGLISH) == [
        ("keep", "The body "), ("del", "shall"), ("ins", "should"), ("keep", " decide."),
    ]  # fmt: skip


def test_a_word_with_an_apostrophe_is_one_word():
    pieces = diff("the donor’s consent", "the donor’s wish", ENGLISH)
    assert pieces == [("keep", "the donor’s "), ("del", "consent"), ("ins", "wish")]


def test_equal_and_empty_wordings_have_no_change():
    assert diff("一样", "一样", CHINESE) == [("keep", "一样")]
    assert diff("", "", CHINESE) == []
    assert diff("", "新", CHINESE) == [("ins", "新")]
    assert diff("旧", "", CHINESE) == [("del", "旧")]


def test_a_very_long_text_is_compared_by_the_sentence():
    before = "".join(f"第{number}句内容。" for number in range(6_000))
    after = before.replace("第3000句内容。", "第3000句新的内容。")
    assert diff(before, after, CHINESE) == [
        ("keep", before[: before.index("第3000句")]),
        ("del", "第3000句内容。"),
        ("ins", "第3000句新的内容。"),
        ("keep", before[before.index("第3001句") :]),
    ]
