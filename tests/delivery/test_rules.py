"""How long a text is to each channel, against published vectors; when a delivery goes; what is signed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from engage.outreach.delivery import rules, variants
from engage.outreach.delivery.rules import SHIPPED, Limit, Parts, Words

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
X = Limit(rules.X, 280, 23)
WEIBO = Limit(rules.WEIBO, 280, 20)

# (text, X, Weibo). X after the conformance suite of twitter-text and its documentation; Weibo after the counter of its
# own page: every UTF-16 unit beyond U+00FF twice, an address as 20.
WEIGHTED = [
    ("This is a test.", 15, 15),
    ("http://test.com", 23, 20),
    ("https://test.com", 23, 20),
    ("test.com", 23, 8),
    ("Test https://test.com test https://test.com test.com test", 86, 65),
    ("저찀쯿쿿", 8, 8),
    ("H\U0001f431☺", 5, 7),
    ("保护" * 70, 280, 280),
    ("a" * 280, 280, 280),
    ("Ｂ", 2, 2),
    ("→", 2, 2),
    ("é", 1, 1),
    ("e\u0301", 1, 3),
    ("“”", 2, 4),
    ("\U0001f468\u200d\U0001f3a4", 2, 10),
    ("\U0001f44d\U0001f3fd", 2, 8),
    ("\U0001f1e8\U0001f1f3", 2, 8),
    ("mail a@b.com", 12, 12),
    ("读 https://a.example/x?y=1。好", 30, 27),
    ("(https://a.example/x)", 25, 22),
    ("读https://a.example/x好好", 29, 26),
]


@pytest.mark.parametrize(("text", "x", "weibo"), WEIGHTED)
def test_weighted_counts_are_those_of_the_channels(text: str, x: int, weibo: int) -> None:
    assert (rules.count(text, X).used, rules.count(text, WEIBO).used) == (x, weibo)


def test_one_unit_too_many_is_told() -> None:
    over = rules.count("保护" * 70 + "a", WEIBO)
    assert (over.fits, over.used, over.over) == (False, 281, 1)


# (text, parts, units, UCS-2?) after 3GPP TS 23.038 and the sizes of concatenated messages in TS 23.040.
MESSAGES = [
    ("", 1, 0, False),
    ("a" * 160, 1, 160, False),
    ("a" * 161, 2, 161, False),
    ("a" * 306, 2, 306, False),
    ("a" * 307, 3, 307, False),
    ("€" * 80, 1, 160, False),
    ("€" * 81, 2, 162, False),
    # A pair is not cut in two: the sign that does not fit begins the next part.
    ("a" * 152 + "€" + "a" * 152, 3, 306, False),
    ("ÄÖÑÜ§¿äöñüà@£$¥èéùìòÇ", 1, 21, False),
    ("ç", 1, 1, True),
    ("`", 1, 1, True),
    ("好" * 70, 1, 70, True),
    ("好" * 71, 2, 71, True),
    ("好" * 134, 2, 134, True),
    ("好" * 135, 3, 135, True),
    ("好" * 66 + "\U0001f600" + "好" * 66, 3, 134, True),
    ("a" * 70 + "好", 2, 71, True),
]


@pytest.mark.parametrize(("text", "parts", "units", "is_ucs2"), MESSAGES)
def test_a_text_message_has_the_parts_of_the_standard(text: str, parts: int, units: int, is_ucs2: bool) -> None:
    counted = rules.count(text, Limit(rules.SMS, 3))
    assert (counted.used, counted.units, counted.is_ucs2, counted.fits) == (parts, units, is_ucs2, True)


def test_parts_over_the_limit_say_how_many_signs_go() -> None:
    assert rules.count("好" * 75, Limit(rules.SMS, 1)).over == 5
    assert rules.count("a" * 310, Limit(rules.SMS, 2)).over == 4
    assert rules.count("a" * 152 + "€" + "a" * 152, Limit(rules.SMS, 2)).over == 1


def test_bytes_and_characters() -> None:
    assert rules.count("好a", Limit(rules.BYTES, 4)).fits
    assert rules.count("好ab", Limit(rules.BYTES, 4)).over == 1
    assert rules.count("好ab", Limit(rules.CHARACTERS, 2)).over == 1
    assert rules.count("好" * 9_999, Limit(rules.CHARACTERS, 0)).fits


@pytest.mark.parametrize("form", rules.FORMS)
@pytest.mark.parametrize("length", [0, 1, 60, 5_000])
def test_the_first_version_of_every_form_fits(form: str, length: int) -> None:
    words = Words(
        "照护条例征求意见" * 12,
        "每个人都可以逐条提意见。\U0001f600"[: max(1, length)] * length,
        "https://a.example/zh/c/care/",
    )
    made = rules.first_version(form, SHIPPED[form], words, "zh-hans")
    size = len(variants.render(form, made, language="zh-hans").content)
    assert rules.faults_of(form, SHIPPED[form], made, payload=size) == []
    if form in rules.LINK_INSIDE:
        assert made.body.endswith(" https://a.example/zh/c/care/")


def test_a_cut_keeps_the_tail_and_shows_itself() -> None:
    assert rules.cut_to("好" * 200, WEIBO, " https://a.example/") == "好" * 128 + "… https://a.example/"
    assert rules.cut_to("短", WEIBO, " 尾") == "短 尾"


def test_what_is_missing_or_too_long_is_named_with_its_count() -> None:
    faults = rules.faults_of(rules.PUSH, SHIPPED[rules.PUSH], Parts("题" * 22, " ", ""))
    assert [(fault.part, fault.count.over if fault.count else None) for fault in faults] == [
        ("title", 2),
        ("body", None),
    ]
    faults = rules.faults_of(rules.PUSH, SHIPPED[rules.PUSH], Parts("题", "文", ""), payload=4_000)
    assert [(fault.part, fault.count.over if fault.count else None) for fault in faults] == [("whole", 7)]


def test_an_article_keeps_its_looks_and_nothing_that_runs() -> None:
    body = (
        "# 大标题\n\n**重** <script>alert(1)</script> <img src=x onerror=alert(1)>\n\n- 甲\n\n> 引\n\n"
        "[好](https://a.example/?a=1&b=2) [坏](javascript:alert(1)) [数](data:text/html,x) ![图](https://a.example/x.png)"
    )
    made = variants.article_html(Parts('题<b onclick="x">', body, "https://a.example/?a=1&b=2"), "zh-hans")
    assert (
        "<script" not in made and "<img" not in made and "<b" not in made.replace("<blockquote", "").replace("<br", "")
    )
    assert 'href="javascript' not in made and 'href="data' not in made
    assert made.count("style=") >= 8 and "class=" not in made
    assert '<h2 style="' in made and '<li style="' in made and '<blockquote style="' in made
    assert 'href="https://a.example/?a=1&amp;b=2"' in made
    assert made == variants.article_html(Parts('题<b onclick="x">', body, "https://a.example/?a=1&b=2"), "zh-hans")


def test_a_subject_is_one_line() -> None:
    made = variants.render(rules.MAIL, Parts("题\r\nBcc: a@b.example", "文", ""), language="zh-hans")
    assert b'"subject":"\xe9\xa2\x98 Bcc: a@b.example"' in made.content


def test_pauses_grow_to_six_hours() -> None:
    minutes = [(rules.next_try(NOW, tries) - NOW) // timedelta(minutes=1) for tries in (1, 2, 3, 9, 10, 50)]
    assert minutes == [1, 2, 4, 256, 360, 360]


@pytest.mark.parametrize(
    ("clock", "opens", "closes", "moved"),
    [
        ((7, 0), time(8), time(22), (20, 8, 0)),
        ((8, 0), time(8), time(22), (20, 8, 0)),
        ((21, 59), time(8), time(22), (20, 21, 59)),
        ((22, 0), time(8), time(22), (21, 8, 0)),
        ((23, 0), time(22), time(6), (20, 23, 0)),
        ((5, 59), time(22), time(6), (20, 5, 59)),
        ((6, 0), time(22), time(6), (20, 22, 0)),
        ((3, 0), None, time(6), (20, 3, 0)),
        ((3, 0), time(6), time(6), (20, 3, 0)),
    ],
)
def test_a_window_moves_to_its_next_opening(
    clock: tuple[int, int], opens: time | None, closes: time | None, moved: tuple[int, int, int]
) -> None:
    moment = rules.into_window(NOW.replace(hour=clock[0], minute=clock[1]), opens, closes)
    assert (moment.day, moment.hour, moment.minute) == moved


def test_a_signature_is_the_known_one_and_holds_for_its_window_only() -> None:
    # The vector was made with: printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret-of-sixteen
    body = b'{"a":1}'
    assert rules.signature("secret-of-sixteen", 1_700_000_000, body) == (
        "021c30d810963293d31f137660d219c4456edc51ce58968c7707b00f827b9216"
    )
    header = rules.signature_header(["new-secret-012345", "old-secret-012345"], 1_700_000_000, body)
    for secret in ("new-secret-012345", "old-secret-012345"):
        assert rules.is_signed(header, [secret], body, 1_700_000_300)
    assert not rules.is_signed(header, ["another-secret-01"], body, 1_700_000_000)
    assert not rules.is_signed(header, ["new-secret-012345"], body + b" ", 1_700_000_000)
    assert not rules.is_signed(header, ["new-secret-012345"], body, 1_700_000_301)
    assert not rules.is_signed(header, ["new-secret-012345"], body, 1_699_999_699)
    assert not rules.is_signed(header, [""], body, 1_700_000_000)
    for broken in ("", "t=1", "v1=00", "t=1700000000", "t=१७,v1=é", "t=1,t=2,v1=x", header.replace("t=1", "t=-1")):
        assert not rules.is_signed(broken, ["new-secret-012345"], body, 1_700_000_000)
