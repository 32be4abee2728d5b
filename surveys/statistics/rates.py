"""Response, cooperation, refusal and contact rates from the dispositions of a sample.

Source: American Association for Public Opinion Research, Standard Definitions: Final Dispositions of Case Codes and
Outcome Rates for Surveys. Groups are the letters of its formulas; a code belongs to the group of its beginning:

    I 1.1   P 1.2   R 2.1   NC 2.2   O 2.3   UH 3.1   UO 3.2 to 3.9   NE 4

Names of codes are sentences for readers and stand in `surveys/dispositions.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engage.errors import Refused

GROUPS = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")
PHONE, WEB, MAIL, VISIT = MODES = ("phone", "web", "mail", "visit")
ALL = frozenset(MODES)
_BEGINNINGS = {
    "1.1": "I",
    "1.2": "P",
    "2.1": "R",
    "2.2": "NC",
    "2.3": "O",
    "3.1": "UH",
    "3.": "UO",
    "4": "NE",
}
# Every final code and the modes whose table has it. "Phone" is a sample of numbers and "visit" one of addresses; "web"
# and "mail" are samples of named persons.
_FINAL: dict[str, frozenset[str]] = {
    **dict.fromkeys(("1.1", "1.2"), ALL),
    **dict.fromkeys(("2.1", "2.11", "2.111", "2.112", "2.12"), ALL),
    **dict.fromkeys(("2.1121", "2.1122"), frozenset({WEB})),
    "2.113": frozenset({MAIL}),
    "2.2": ALL,
    **dict.fromkeys(("2.21", "2.22", "2.221", "2.222"), frozenset({PHONE})),
    **dict.fromkeys(("2.23", "2.24", "2.25"), frozenset({VISIT})),
    **dict.fromkeys(("2.26", "2.27"), frozenset({WEB, MAIL})),
    **dict.fromkeys(("2.3", "2.31", "2.32", "2.33", "2.36"), ALL),
    **dict.fromkeys(("2.331", "2.333"), frozenset({PHONE, VISIT})),
    "2.332": frozenset({PHONE, MAIL, VISIT}),
    "2.35": frozenset({PHONE}),
    "2.34": frozenset({PHONE, MAIL}),
    **dict.fromkeys(("3.1", "3.11"), ALL),
    **dict.fromkeys(("3.12", "3.13", "3.14", "3.15", "3.16", "3.161"), frozenset({PHONE})),
    **dict.fromkeys(("3.17", "3.18"), frozenset({VISIT})),
    "3.19": frozenset({WEB, MAIL}),
    **dict.fromkeys(("3.2", "3.21"), ALL),
    **dict.fromkeys(("3.23", "3.24", "3.25", "3.251", "3.252", "3.253", "3.254"), frozenset({MAIL})),
    "3.3": ALL,
    **dict.fromkeys(("3.31", "3.32"), frozenset({MAIL})),
    "3.4": frozenset({WEB, MAIL}),
    "3.9": ALL,
    "3.91": frozenset({WEB}),
    **dict.fromkeys(("4", "4.1"), ALL),
    **dict.fromkeys(("4.2", "4.3", "4.31", "4.32", "4.33", "4.4"), frozenset({PHONE})),
    **dict.fromkeys(("4.41", "4.42", "4.43", "4.431", "4.432", "4.44", "4.45", "4.46"), frozenset({PHONE})),
    **dict.fromkeys(("4.5", "4.51", "4.52", "4.53", "4.7"), frozenset({PHONE, VISIT})),
    "4.54": frozenset({PHONE}),
    **dict.fromkeys(("4.6", "4.61", "4.62", "4.63"), frozenset({VISIT})),
    "4.8": ALL,
    "4.81": frozenset({WEB, MAIL}),
    "4.9": ALL,
}
# The standard leaves interim codes to the agency. These are ours, each with the final code a case would have if the
# field closed now.
_INTERIM: dict[str, str] = {
    "5.1": "2.21",
    "5.2": "3.21",
    "5.3": "3.21",
    "5.4": "2.11",
    "5.5": "2.12",
    "5.61": "3.12",
    "5.62": "3.13",
    "5.63": "3.14",
    "5.64": "2.22",
    "5.65": "3.15",
    "5.66": "3.16",
    "5.67": "4.33",
    "5.9": "3.11",
}
RATES = (
    *(f"RR{number}" for number in range(1, 7)),
    *(f"COOP{number}" for number in range(1, 5)),
    *(f"REF{number}" for number in range(1, 4)),
    *(f"CON{number}" for number in range(1, 4)),
)


@dataclass(frozen=True)
class Disposition:
    """One code: its group, the modes whose table has it, and for an interim code the final one it stands for."""

    code: str
    group: str
    modes: frozenset[str]
    stands_for: str = ""

    @property
    def interim(self) -> bool:
        """Tell whether a case with this code may still be worked."""
        return bool(self.stands_for)


def _table() -> dict[str, Disposition]:
    table = {code: Disposition(code, group_of(code), modes) for code, modes in _FINAL.items()}
    for code, final in _INTERIM.items():
        table[code] = Disposition(code, group_of(final), frozenset({PHONE}), final)
    return dict(sorted(table.items()))


def group_of(code: str) -> str:
    """Return the letter of a final code by its beginning; KeyError when no group begins so."""
    return _BEGINNINGS[next((start for start in _BEGINNINGS if code.startswith(start)), code)]


DISPOSITIONS: Mapping[str, Disposition] = _table()


def written(code: str) -> str:
    """Return a code in the one form of the table: no spaces, capitals, no zeros at the end (2.10 is 2.1, 4.0 is 4)."""
    plain = code.strip().upper()
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def find(code: str) -> Disposition:
    """Return the disposition of a code in any spelling that `written` understands.

    A letter of a formula (I, P, R, NC, O, UH, UO, NE) is a code too: a case of the group, not told more closely.
    Raises Refused: disposition_too_wide (1, 2, 3, 5, 5.6: cases of several groups), disposition_unknown.
    """
    plain = written(code)
    if plain in GROUPS:
        return Disposition(plain, plain, ALL)
    if plain in {"1", "2", "3", "5", "5.6"}:
        raise Refused("disposition_too_wide", value=code.strip())
    if plain not in DISPOSITIONS:
        raise Refused("disposition_unknown", value=code.strip()[:60])
    return DISPOSITIONS[plain]


@dataclass(frozen=True)
class Tally:
    """Cases by group (every group is a key), and how many of them have an interim code, by code."""

    counts: Mapping[str, int]
    interim: Mapping[str, int] = field(default_factory=dict)


def tally(rows: Iterable[tuple[int, str, str]]) -> Tally:
    """Add up rows of (line, code, count as text).

    A code on several rows is added up (a file may have a row for each stratum); so a file must not hold totals
    beside their parts. An interim case counts in the group it would be in if the field closed now: leaving it out
    would count the quick successes of a running field and not its open cases. Raises Refused with line=... and
    column=...: disposition_unknown, disposition_too_wide, disposition_count_invalid.
    """
    counts = dict.fromkeys(GROUPS, 0)
    interim: dict[str, int] = {}
    for line, code, text in rows:
        try:
            disposition = find(code)
        except Refused as refusal:
            raise Refused(refusal.code, line=line, column="code", **refusal.values) from None
        plain = text.strip()
        # Fifteen digits are more cases than there are people; more would no longer be exact as shares.
        if not (plain.isascii() and plain.isdigit() and len(plain) <= 15):
            raise Refused("disposition_count_invalid", line=line, column="n", value=plain[:60])
        counts[disposition.group] += int(plain)
        if disposition.interim:
            interim[disposition.code] = interim.get(disposition.code, 0) + int(plain)
    return Tally(counts, interim)


def eligible_share(counts: Mapping[str, int]) -> float | None:
    """Return e by proportional allocation (CASRO): eligible / (eligible + not eligible) among the cases known.

    None when no case is known.
    """
    eligible = sum(counts.get(group, 0) for group in ("I", "P", "R", "NC", "O"))
    return _share(eligible, eligible + counts.get("NE", 0))


def outcome_rates(counts: Mapping[str, int], e: float | None = None) -> dict[str, float | None]:
    """Return the sixteen rates and e, shares of 1, from cases by group (a missing group has none).

    Without `e` the share is `eligible_share`. A rate is None where its denominator is 0 or where it needs an e that
    cannot be told. Source: Standard Definitions, section on calculating outcome rates; RR1 is its minimum response
    rate, RR5 and RR6 take every case of unknown eligibility as not eligible.
    """
    i, p, r, nc, o, uh, uo = (counts.get(group, 0) for group in GROUPS[:-1])
    if e is None:
        e = eligible_share(counts)
    interviews, contacted, known, unknown = i + p, i + p + r + o, i + p + r + nc + o, uh + uo
    # Without unknown cases e takes no part, so the rate stands also when e cannot be told.
    estimated = known if not unknown else None if e is None else known + e * unknown
    found: dict[str, float | None] = {
        "RR1": _share(i, known + unknown),
        "RR2": _share(interviews, known + unknown),
        "RR3": _share(i, estimated),
        "RR4": _share(interviews, estimated),
        "RR5": _share(i, known),
        "RR6": _share(interviews, known),
        "COOP1": _share(i, contacted),
        "COOP2": _share(interviews, contacted),
        "COOP3": _share(i, interviews + r),
        "COOP4": _share(interviews, interviews + r),
        "REF1": _share(r, known + unknown),
        "REF2": _share(r, estimated),
        "REF3": _share(r, known),
        "CON1": _share(contacted, known + unknown),
        "CON2": _share(contacted, estimated),
        "CON3": _share(contacted, known),
    }
    return {**found, "e": e}


def _share(part: int, whole: float | None) -> float | None:
    return part / whole if whole else None
