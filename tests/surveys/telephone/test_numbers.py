"""Telephone numbers as people write them, and the rows of a sample."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engage.errors import Refused
from surveys.telephone.rules import Zones, normal_number, read_sample

pytestmark = pytest.mark.sqlite_only

ZONES = Zones("Asia/Shanghai", {"Xinjiang": "Asia/Urumqi", "London": "Europe/London"})


@pytest.mark.parametrize(
    ("text", "region", "e164", "kind"),
    [
        ("13912345678", "CN", "+8613912345678", "mobile"),
        ("139-1234-5678", "CN", "+8613912345678", "mobile"),
        (" １３９ １２３４ ５６７８ ", "CN", "+8613912345678", "mobile"),
        ("+86 139 1234 5678", "GB", "+8613912345678", "mobile"),
        ("0086-13912345678", "CN", "+8613912345678", "mobile"),
        ("010-65529988", "CN", "+861065529988", "fixed"),
        ("(0755) 8655 2998", "CN", "+8675586552998", "fixed"),
        ("+86 (0)10 6552 9988", "CN", "+861065529988", "fixed"),
        ("0431-8765432", "CN", "+864318765432", "fixed"),
        ("2987 6543", "HK", "+85229876543", "fixed"),
        ("6123 4567", "MO", "+85361234567", "mobile"),
        ("0912 345 678", "TW", "+886912345678", "mobile"),
        ("020 7946 0018", "GB", "+442079460018", "fixed"),
        ("tel:+44-7700-900123", "GB", "+447700900123", "mobile"),
        ("(212) 555-0123", "US", "+12125550123", "either"),
        ("1-212-555-0123", "US", "+12125550123", "either"),
        ("+33 1 23 45 67 89", "CN", "+33123456789", "either"),
    ],
)
def test_a_number_is_read_as_its_country_writes_it(text, region, e164, kind):
    phone = normal_number(text, region)
    assert (phone.e164, phone.kind, phone.extension) == (e164, kind, "")


@pytest.mark.parametrize("tail", ["转801", " ext. 801", "x801", "#801", "分机 801"])
def test_an_extension_is_kept_apart(tail):
    phone = normal_number(f"010-65529988{tail}", "CN")
    assert (phone.e164, phone.extension) == ("+861065529988", "801")


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("", "CN", "phone_missing"),
        ("  ", "CN", "phone_missing"),
        ("1.39123E+10", "CN", "phone_spoiled"),
        ("13912345678.0", "CN", "phone_spoiled"),
        ("none", "CN", "phone_unreadable"),
        ("139١2345678", "CN", "phone_unreadable"),
        ("1391234567", "CN", "phone_invalid"),
        ("139123456789", "CN", "phone_invalid"),
        ("65529988", "CN", "phone_invalid"),
        ("1065529988", "CN", "phone_invalid"),
        ("12345678901", "CN", "phone_invalid"),
        ("0755-12345678", "CN", "phone_invalid"),
        ("7946 0018", "GB", "phone_invalid"),
        ("400-810-8888", "CN", "phone_service"),
        ("10086", "CN", "phone_service"),
        ("0800 123 4567", "GB", "phone_service"),
        ("1-800-555-0123", "US", "phone_service"),
        ("+999", "CN", "phone_invalid"),
        ("+1234567890123456", "CN", "phone_invalid"),
        ("13912345678", "XX", "phone_region_unknown"),
    ],
)
def test_what_would_be_dialled_in_vain_is_refused(text, region, code):
    with pytest.raises(Refused) as caught:
        normal_number(text, region)
    assert caught.value.code == code


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.lists(st.integers(1, 10), max_size=4), st.sampled_from(" -.")
)
def test_separators_do_not_change_a_number_and_reading_it_again_neither(digits, places, sign):
    text = digits
    for place in sorted(places, reverse=True):
        text = text[:place] + sign + text[place:]
    # "1300000000.0" is what a spreadsheet makes of another number.
    assume(not re.fullmatch(r"\d{7,}\.0+", text))
    once = normal_number(text, "CN")
    assert once.e164 == f"+86{digits}"
    assert normal_number(once.e164, "GB") == once


@given(st.text(max_size=30), st.sampled_from(["CN", "GB", "US", "HK"]))
def test_any_text_is_a_number_of_at_most_fifteen_digits_or_refused(text, region):
    try:
        phone = normal_number(text, region)
    except Refused as refusal:
        assert refusal.code.startswith("phone_")
    else:
        assert phone.e164[0] == "+" and phone.e164[1:].isascii() and phone.e164[1:].isdigit()
        assert 8 <= len(phone.e164[1:]) <= 15


def sample(rows, **more):
    rows = list(enumerate(rows, start=2))
    return read_sample(rows, **{"country": "CN", "zones": ZONES, "languages": ("zh-hans", "en"), **more})


def test_rows_get_their_zone_language_and_stratum():
    found, faults = sample(
        [
            {"phone": "13912345678"},
            {"phone": "+44 20 7946 0018", "region": "London", "language": "en", "stratum": " old "},
        ],
    )
    assert not faults
    assert [(row.line, row.zone, row.language, row.stratum) for row in found] == [
        (2, "Asia/Shanghai", "zh-hans", ""),
        (3, "Europe/London", "en", "old"),
    ]


def test_each_fault_has_its_line_and_column_and_the_rest_is_taken():
    found, faults = sample(
        [
            {"phone": "13912345678", "stratum": "a"},
            {"phone": "+86 13912345678", "stratum": "a"},
            {"phone": "139"},
            {"phone": "13912345671", "region": "Mars", "stratum": "a"},
            {"phone": "13912345672", "language": "fr", "stratum": "a"},
            {"phone": "13912345673", "stratum": "b"},
            {"phone": "13912345674", "stratum": "a"},
            {"stratum": "a"},
        ],
        strata={"a"},
        known={"+8613912345674"},
    )
    assert [row.line for row in found] == [2]
    assert [(fault.code, fault.line, fault.column) for fault in faults] == [
        ("phone_twice", 3, "phone"),
        ("phone_invalid", 4, "phone"),
        ("region_zone_unknown", 5, "region"),
        ("sample_language_unknown", 6, "language"),
        ("sample_stratum_unknown", 7, "stratum"),
        ("phone_in_sample", 8, "phone"),
        ("phone_missing", 9, "phone"),
    ]
    assert faults[0].values["first"] == 2


def test_a_number_at_fault_leaves_its_place_to_a_later_row():
    found, faults = sample([{"phone": "13912345678", "region": "Mars"}, {"phone": "13912345678"}])
    assert [row.line for row in found] == [3] and len(faults) == 1


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_a_zone_that_is_none_is_refused_before_any_row(zone):
    with pytest.raises(Refused, match="sample_zone_unknown"):
        sample([], zones=Zones("UTC", {"there": zone}))
