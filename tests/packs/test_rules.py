"""What is missing in a pack, whether an invitation opens, what an expert has to declare."""

from datetime import UTC, datetime, timedelta

import pytest

from consultations.packs import rules
from engage.errors import Refused

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LANGUAGES = ("zh-hans", "en")
FULL = {"heading": "", "body": "正文", "byline": "文化处", "source": "调查", "affiliation": "", "interest": ""}
EXPERT = FULL | {"affiliation": "大学", "interest": "无偿顾问"}


def block(kind: str, pk: int = 1, **values) -> dict:
    texts = dict.fromkeys(LANGUAGES, EXPERT if kind == "expert" else FULL)
    given = {"id": pk, "kind": kind, "dated": "2026-11-20", "url": "", "original": "", "no_interest": None}
    return given | {"clauses": [], "texts": texts} | values


def gaps(*blocks, **facts) -> list[tuple[str, dict]]:
    found = rules.missing(rules.Facts(languages=LANGUAGES, blocks=blocks, **facts))
    return [(gap.code, dict(gap.values)) for gap in found]


REQUIRED = [block(kind, pk) for pk, kind in enumerate(rules.REQUIRED, 1)]


def test_nothing_is_missing_when_all_three_are_there_in_both_languages():
    assert gaps(*REQUIRED) == []


@pytest.mark.parametrize("left_out", rules.REQUIRED)
def test_each_of_the_three_is_named_when_it_is_not_there(left_out):
    kept = [one for one in REQUIRED if one["kind"] != left_out]
    assert gaps(*kept) == [("block_missing", {"kind": left_out})]


@pytest.mark.parametrize("kind", [*rules.REQUIRED, *rules.OPTIONAL])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_language_is_named_with_what_it_lacks(kind, language):
    values = {"original": "zh-hans", "no_interest": False} if kind == "expert" else {}
    one = block(kind, 9, url="https://example.org/", **values)
    one["texts"] = {other: words for other, words in one["texts"].items() if other != language}
    blocks = [one if other["kind"] == kind else other for other in REQUIRED]
    blocks += [] if kind in rules.REQUIRED else [one]
    needed = (
        ["body", "byline", "affiliation", "interest", "source"] if kind == "expert" else ["body", "byline", "source"]
    )
    assert gaps(*blocks) == [("words_missing", {"kind": kind, "language": language, "fields": needed})]


@pytest.mark.parametrize("field", ["body", "byline", "source"])
def test_blanks_are_no_words(field):
    first = block("background", texts={"zh-hans": FULL | {field: " \n"}, "en": FULL})
    assert gaps(first, *REQUIRED[1:]) == [
        ("words_missing", {"kind": "background", "language": "zh-hans", "fields": [field]})
    ]


def test_a_date_and_the_address_of_a_link_are_asked_for():
    assert gaps(block("background", dated=""), *REQUIRED[1:]) == [("date_missing", {"kind": "background"})]
    assert gaps(*REQUIRED, block("link", 9)) == [("address_missing", {"kind": "link"})]
    assert gaps(*REQUIRED, block("media", 9)) == []


def test_an_expert_who_has_not_been_taken_over_blocks():
    assert gaps(*REQUIRED, block("expert", 9)) == [("expert_awaited", {})]


def test_who_declared_no_interest_needs_no_words_about_it():
    texts = {language: EXPERT | {"interest": ""} for language in LANGUAGES}
    assert gaps(*REQUIRED, block("expert", 9, original="en", no_interest=True, texts=texts)) == []
    found = gaps(*REQUIRED, block("expert", 9, original="en", no_interest=False, texts=texts))
    assert [values["fields"] for _code, values in found] == [["interest"], ["interest"]]


def test_a_text_nobody_can_read_and_a_call_without_an_answer_come_first():
    found = gaps(*REQUIRED[1:], version_published=False, version_number=2, final=True, answered=False)
    assert [code for code, _values in found] == ["version_unpublished", "not_answered", "block_missing"]


@pytest.mark.parametrize(
    ("values", "is_open"),
    [
        ({}, True),
        ({"expires_at": NOW}, False),
        ({"revoked_at": NOW - timedelta(days=1)}, False),
        ({"accepted": True}, False),
    ],
)
def test_a_link_opens_until_its_last_moment(values, is_open):
    given = {"expires_at": NOW + timedelta(seconds=1), "revoked_at": None, "accepted": False, "now": NOW}
    assert rules.is_open(**(given | values)) is is_open


COMMENTARY = {"name": "示范专家", "affiliation": "大学", "interest": "", "no_interest": True, "text": "写" * 20}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": ""}, "expert_name_missing"),
        ({"affiliation": ""}, "affiliation_missing"),
        ({"no_interest": False}, "interest_missing"),
        ({"interest": "股东"}, "interest_both"),
        ({"text": "写" * 19}, "commentary_too_short"),
        ({"text": "写" * 8_001}, "pack_text_too_long"),
        ({"name": "名" * 201}, "pack_text_too_long"),
        ({"no_interest": False, "interest": "利" * 1_001}, "pack_text_too_long"),
    ],
)
def test_an_expert_declares_an_interest_or_says_none(values, code):
    rules.check_commentary(**COMMENTARY)
    rules.check_commentary(**(COMMENTARY | {"no_interest": False, "interest": "股东"}))
    with pytest.raises(Refused) as refused:
        rules.check_commentary(**(COMMENTARY | values))
    assert refused.value.code == code


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org/", "//example.org", "example.org"])
def test_only_addresses_of_the_web_are_taken(address):
    with pytest.raises(Refused) as refused:
        rules.check_address(address)
    assert refused.value.code == "address_wrong"


def test_no_address_and_addresses_of_the_web_pass():
    for address in ("", "https://example.org/a", "http://example.org/"):
        rules.check_address(address)
    with pytest.raises(Refused) as refused:
        rules.check_address("https://example.org/" + "a" * 500)
    assert refused.value.code == "pack_text_too_long"


@pytest.mark.parametrize("days", [0, -1, 61])
def test_an_invitation_lasts_a_day_at_least_and_not_for_ever(days):
    rules.check_days(1)
    rules.check_days(60)
    with pytest.raises(Refused) as refused:
        rules.check_days(days)
    assert refused.value.code == "days_wrong"


def test_a_reaction_is_neither_a_syllable_nor_a_book():
    rules.check_reaction("五个字够了")
    for text, code in (("好", "reaction_too_short"), ("好" * 1_001, "pack_text_too_long")):
        with pytest.raises(Refused) as refused:
            rules.check_reaction(text)
        assert refused.value.code == code
