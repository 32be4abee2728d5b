"""Telephone numbers as people write them, in the one form of E.164, and the rows of a sample.

Only what is certain is accepted: a number that the plan of its country does not know is refused with its line, for it
would be dialled in vain. Sources: ITU-T E.164 (at most fifteen digits) and the numbering plans of the countries below,
as far as they tell households from services.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engage.errors import Refused
from engage.tables import RowFault

NAME_MOST = 120
MOBILE, FIXED, EITHER = "mobile", "fixed", "either"


@dataclass(frozen=True)
class NumberPlan:
    """A country: its code, the digit written before a number inside the country, and what follows.

    `services` are numbers that are no household's (freephone, premium, short). Patterns match the whole number without
    trunk digit. `bare` kinds may be written without the trunk digit; others without it are a local part only.
    """

    country: str
    trunk: str
    kinds: Mapping[str, str]
    services: str
    bare: Collection[str] = ()


PLANS: Mapping[str, NumberPlan] = {
    "CN": NumberPlan(
        "86",
        "0",
        {MOBILE: r"1[3-9]\d{9}", FIXED: r"10[2-8]\d{7}|2\d[2-8]\d{7}|[3-9]\d{2}[2-8]\d{6,7}"},
        r"[48]00\d{7}|1[012]\d{1,3}|9[56]\d{3,6}",
        (MOBILE,),
    ),
    "HK": NumberPlan("852", "", {MOBILE: r"[4-79]\d{7}", FIXED: r"[23]\d{7}"}, r"800\d{6}|900\d{8}|1\d{2,6}|999"),
    "MO": NumberPlan("853", "", {MOBILE: r"6\d{7}", FIXED: r"28\d{6}"}, r"0?800\d{3,4}|1\d{2}|99\d"),
    "TW": NumberPlan("886", "0", {MOBILE: r"9\d{8}", FIXED: r"[2-8]\d{7,8}"}, r"80[09]\d{6}|1\d{2,3}"),
    "GB": NumberPlan(
        "44", "0", {MOBILE: r"7[1-57-9]\d{8}", FIXED: r"[12]\d{8,9}"}, r"[389]\d{8,9}|[157]0\d{8}|1\d{2,5}|999"
    ),
    "US": NumberPlan(
        "1",
        "1",
        {EITHER: r"(?!8(?:00|33|44|55|66|77|88)|900)[2-9]\d{2}[2-9]\d{6}"},
        r"(?:8(?:00|33|44|55|66|77|88)|900)\d{7}|[2-9]11",
        (EITHER,),
    ),
}
_EXTENSION = re.compile(r"(?:转|轉|分机|分機|ext\.?|extension|x|#|,)\s*(\d{1,6})$", re.IGNORECASE)
_SPOILED = re.compile(r"\d(?:\.\d+)?e\+?\d+|\d{7,}\.0+", re.IGNORECASE)
_DASHES = re.compile("[\u2010-\u2015\u2212]")


@dataclass(frozen=True)
class Phone:
    """A number in E.164 (`+` and up to fifteen digits), the extension behind it, and what kind of line it is."""

    e164: str
    kind: str = EITHER
    extension: str = ""


def normal_number(text: str, region: str) -> Phone:
    """Return the number a person wrote, read as one of a region (CN, HK, MO, TW, GB, US) unless it has a country code.

    A number of a country without a plan here is accepted with its `+` and eight to fifteen digits. Raises Refused:
    phone_missing, phone_region_unknown, phone_spoiled (a spreadsheet made a decimal of it), phone_unreadable (other
    signs than digits and separators), phone_service (no household answers there), phone_invalid.
    """
    if region not in PLANS:
        raise Refused("phone_region_unknown", region=region)
    written = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()
    if not written:
        raise Refused("phone_missing")
    if _SPOILED.fullmatch(written):
        raise Refused("phone_spoiled", value=written[:40])
    written = re.sub(r"^tel:", "", written, flags=re.IGNORECASE)
    extension = ""
    if found := _EXTENSION.search(written):
        extension, written = found[1], written[: found.start()]
    international = written.lstrip("( ").startswith("+")
    digits = re.sub(r"[\s().\-/]", "", written.replace("(0)", "") if international else written).removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise Refused("phone_unreadable", value=text.strip()[:40])
    if not international and digits.startswith("00"):
        international, digits = True, digits[2:]
    if not international:
        return _national(digits, PLANS[region], extension)
    for plan in PLANS.values():
        if digits.startswith(plan.country):
            return _known(digits[len(plan.country) :], plan, extension)
    if not re.fullmatch(r"[1-9]\d{7,14}", digits):
        raise Refused("phone_invalid", value=digits)
    return Phone(f"+{digits}", EITHER, extension)


def _national(digits: str, plan: NumberPlan, extension: str) -> Phone:
    with_trunk = bool(plan.trunk) and digits.startswith(plan.trunk)
    rest = digits[len(plan.trunk) :] if with_trunk else digits
    phone = _known(rest, plan, extension)
    if plan.trunk and not with_trunk and phone.kind not in plan.bare:
        raise Refused("phone_invalid", value=digits)
    return phone


def _known(rest: str, plan: NumberPlan, extension: str) -> Phone:
    # First, because 400 is also shaped like the area code of a household.
    if re.fullmatch(plan.services, rest):
        raise Refused("phone_service", value=rest)
    for kind, pattern in plan.kinds.items():
        if re.fullmatch(pattern, rest):
            return Phone(f"+{plan.country}{rest}", kind, extension)
    raise Refused("phone_invalid", value=rest)


@dataclass(frozen=True)
class Zones:
    """Which time zone a region keeps, by the name the sample gives it; `default` where it names none."""

    default: str
    by_region: Mapping[str, str] = field(default_factory=dict)

    def of(self, region: str) -> str:
        """Return the zone of a region; raises Refused("region_zone_unknown") for a region without one."""
        if not region:
            return self.default
        if region not in self.by_region:
            raise Refused("region_zone_unknown", region=region[:60])
        return self.by_region[region]

    def check(self) -> None:
        """Raise Refused("sample_zone_unknown") for a zone that the tz database has not."""
        for zone in {self.default, *self.by_region.values()}:
            try:
                ZoneInfo(zone)
            except (ZoneInfoNotFoundError, ValueError):
                raise Refused("sample_zone_unknown", zone=zone) from None


@dataclass(frozen=True)
class SampleRow:
    """A row of a sample that can be called."""

    line: int
    phone: Phone
    zone: str
    region: str = ""
    language: str = ""
    stratum: str = ""
    name: str = ""


def read_numbers(rows: Iterable[tuple[int, Mapping[str, str]]], *, country: str) -> tuple[list[str], list[RowFault]]:
    """Return the numbers of a list in E.164, each once, and what is wrong in the other rows; only `phone` is read.

    Raises Refused("phone_region_unknown") for a `country` without a plan.
    """
    if country not in PLANS:
        raise Refused("phone_region_unknown", region=country)
    found: dict[str, None] = {}
    faults: list[RowFault] = []
    for line, cells in rows:
        try:
            found[normal_number(cells.get("phone", ""), country).e164] = None
        except Refused as refusal:
            faults.append(RowFault(refusal.code, line, "phone", refusal.values))
    return list(found), faults


def read_sample(
    rows: Iterable[tuple[int, Mapping[str, str]]],
    *,
    country: str,
    zones: Zones,
    languages: Sequence[str],
    strata: Collection[str] = (),
    known: Collection[str] = (),
) -> tuple[list[SampleRow], list[RowFault]]:
    """Return the rows that can be called and what is wrong in the others, each with its line and column.

    A row is (line, cells by column: phone, name, zone, region, language, stratum; all but phone may be missing or
    empty, and a zone stands above that of the region).
    `languages` are those of the questionnaire, the first for rows that name none; `strata` those of the design, any
    where there are none; `known` the numbers in E.164 the sample has already. A number stands once: a later row with
    it is at fault. Raises Refused as `Zones.check`, and phone_region_unknown for a `country` without a plan.
    """
    zones.check()
    if country not in PLANS:
        raise Refused("phone_region_unknown", region=country)
    found: list[SampleRow] = []
    faults: list[RowFault] = []
    lines: dict[str, int] = {}
    for line, cells in rows:
        row = {name: (value or "").strip() for name, value in cells.items()}
        column = "phone"
        try:
            phone = normal_number(row.get("phone", ""), country)
            if phone.e164 in known:
                raise Refused("phone_in_sample", value=phone.e164)
            if phone.e164 in lines:
                raise Refused("phone_twice", value=phone.e164, first=lines[phone.e164])
            column, region = "region", row.get("region", "")
            zone = zones.of(region)
            if row.get("zone"):
                column, zone = "zone", row["zone"]
                Zones(zone).check()
            column, language = "language", row.get("language", "") or languages[0]
            if language not in languages:
                raise Refused("sample_language_unknown", value=language[:40])
            column, stratum = "stratum", row.get("stratum", "")
            if strata and stratum not in strata:
                raise Refused("sample_stratum_unknown", value=stratum[:60])
        except Refused as refusal:
            faults.append(RowFault(refusal.code, line, column, refusal.values))
            continue
        lines[phone.e164] = line
        found.append(SampleRow(line, phone, zone, region, language, stratum, row.get("name", "")[:NAME_MOST]))
    return found, faults
