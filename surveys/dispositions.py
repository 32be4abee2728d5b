"""The dispositions as people read them: their names, the refusals of `surveys.statistics.rates`, and
docs/dispositions.md, which is made from the table and compared by a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from surveys.statistics.rates import DISPOSITIONS, GROUPS, MAIL, MODES, PHONE, VISIT, WEB, Disposition

REFUSALS = {
    "disposition_unknown": _("%(value)s is not in the table of dispositions."),
    "disposition_too_wide": _("%(value)s covers cases of several groups. Give the code below it, such as 2.1."),
    "disposition_count_invalid": _("%(value)s is not a count of cases: a whole number, 0 or more."),
}
GROUP_NAMES = {
    "I": _("Complete interview"),
    "P": _("Partial interview"),
    "R": _("Refusal and break-off"),
    "NC": _("Non-contact"),
    "O": _("Eligible, no interview for another reason"),
    "UH": _("Unknown whether there is a household"),
    "UO": _("Unknown eligibility for another reason"),
    "NE": _("Not eligible"),
}
MODE_NAMES = {PHONE: _("telephone"), WEB: _("web"), MAIL: _("mail"), VISIT: _("visit")}
NAMES: dict[str, Any] = {
    "1.1": _("Complete"),
    "1.2": _("Partial, with enough answers"),
    "2.1": _("Refusal and break-off"),
    "2.11": _("Refusal"),
    "2.111": _("Refusal by another person of the household"),
    "2.112": _("Refusal by the respondent"),
    "2.1121": _("Logged on, answered nothing"),
    "2.1122": _("Message read, refused"),
    "2.113": _("Blank questionnaire sent back"),
    "2.12": _("Break-off with too few answers"),
    "2.2": _("Non-contact"),
    "2.21": _("Respondent never available"),
    "2.22": _("Answering machine of a household"),
    "2.221": _("Answering machine of a household, message left"),
    "2.222": _("Answering machine of a household, no message left"),
    "2.23": _("No way into the building"),
    "2.24": _("Nobody at home"),
    "2.25": _("Respondent away or not available"),
    "2.26": _("Respondent away during the field period"),
    "2.27": _("Completed, but came after the field period"),
    "2.3": _("Other, eligible"),
    "2.31": _("Respondent has died"),
    "2.32": _("Respondent not able, physically or mentally"),
    "2.33": _("Language problem"),
    "2.331": _("Language problem of the household"),
    "2.332": _("Language problem of the respondent"),
    "2.333": _("No interviewer for the language"),
    "2.34": _("Sound too bad"),
    "2.35": _("Place or activity that allows no interview"),
    "2.36": _("Other reason, eligible"),
    "3.1": _("Unknown whether there is a household"),
    "3.11": _("Never called"),
    "3.12": _("Always busy"),
    "3.13": _("No answer"),
    "3.14": _("Answering machine, unknown whose"),
    "3.15": _("Blocked by a device or the network"),
    "3.16": _("Technical problems of the line"),
    "3.161": _("Announcement of the network that does not tell"),
    "3.17": _("Area cannot be reached or is not safe"),
    "3.18": _("Address not found"),
    "3.19": _("Nothing ever came back"),
    "3.2": _("Household, unknown whether anybody is eligible"),
    "3.21": _("Eligibility not asked to the end"),
    "3.23": _("Delivery refused"),
    "3.24": _("Returned: the addressee broke a rule of the post"),
    "3.25": _("The post cannot deliver"),
    "3.251": _("Address illegible"),
    "3.252": _("Address incomplete"),
    "3.253": _("No letter box"),
    "3.254": _("Delivery to a mail agency suspended"),
    "3.3": _("Unknown whether the person lives there"),
    "3.31": _("Cannot be delivered as addressed"),
    "3.32": _("Moved, left no address"),
    "3.4": _("Returned with a new address"),
    "3.9": _("Unknown eligibility, other"),
    "3.91": _("Came from an address that is not in the sample"),
    "4": _("Not eligible"),
    "4.1": _("Out of sample"),
    "4.2": _("Fax or data line"),
    "4.3": _("Number not in service"),
    "4.31": _("Number not assigned"),
    "4.32": _("Number disconnected"),
    "4.33": _("Temporarily out of service"),
    "4.4": _("Special technical circumstances"),
    "4.41": _("Number changed"),
    "4.42": _("Mobile telephone, by the number of older editions"),
    "4.43": _("Calls are forwarded"),
    "4.431": _("Calls are forwarded from one household to another"),
    "4.432": _("Calls are forwarded to a household from elsewhere"),
    "4.44": _("Pager"),
    "4.45": _("Mobile telephone, not part of this sample"),
    "4.46": _("Landline, not part of this sample"),
    "4.5": _("Not a household"),
    "4.51": _("Business, office or other organisation"),
    "4.52": _("Institution"),
    "4.53": _("Shared quarters"),
    "4.54": _("The person does not live in the household"),
    "4.6": _("Home without occupants"),
    "4.61": _("Home stands empty"),
    "4.62": _("Home for a season or for some time"),
    "4.63": _("Home without occupants, other"),
    "4.7": _("Nobody eligible in the household"),
    "4.8": _("Quota filled"),
    "4.81": _("Listed twice"),
    "4.9": _("Not eligible, other"),
    "5.1": _("Appointment with the respondent"),
    "5.2": _("Appointment through another person"),
    "5.3": _("Call back, no time agreed"),
    "5.4": _("Soft refusal, to be asked once more"),
    "5.5": _("Interview interrupted, to be continued"),
    "5.61": _("Busy"),
    "5.62": _("No answer, to be tried again"),
    "5.63": _("Answering machine, to be tried again"),
    "5.64": _("Answering machine of a household, to be tried again"),
    "5.65": _("Call blocked, to be tried again"),
    "5.66": _("Technical problem, to be tried again"),
    "5.67": _("Out of service for now, to be tried again"),
    "5.9": _("Not called yet"),
}
# Where the tables of web and mail use a number for something else.
MODE_CODE_NAMES: dict[tuple[str, str], Any] = {
    (WEB, "1.2"): _("Partial or break-off, with enough answers"),
    (WEB, "2.111"): _("Refusal that was stated"),
    (WEB, "2.112"): _("Refusal that shows in what was done"),
    (MAIL, "2.332"): _("Questionnaire in the wrong language"),
    (MAIL, "2.34"): _("Respondent cannot read or write enough"),
    (WEB, "3.1"): _("Nothing known of the person or the address"),
    (MAIL, "3.1"): _("Nothing known of the person or the address"),
    (VISIT, "3.11"): _("Never visited"),
    (WEB, "3.11"): _("No invitation sent"),
    (MAIL, "3.11"): _("Not mailed"),
    (WEB, "3.3"): _("Invitation not delivered"),
    (MAIL, "3.3"): _("Questionnaire not delivered, whereabouts unknown"),
    (WEB, "4.1"): _("Person asked is out of sample"),
    (MAIL, "4.1"): _("Person asked is out of sample"),
}
FILE = Path(__file__).resolve().parent.parent / "docs" / "dispositions.md"
HEAD = """# Dispositions: what became of each case of a sample

Made by `manage.py disposition_table` from `surveys/statistics/rates.py`; a test compares. Groups, codes and formulas
follow the Standard Definitions of the American Association for Public Opinion Research (AAPOR); the names are our own
words. Below the second figure the editions differ in a few numbers (4.4x, 3.2x); the group, on which every rate stands,
is the same in all. `manage.py aapor_rates FILE.csv --json` reads the columns `code` and `n` and prints the rates.

- A code may be written with or without zeros at its end: 2.10 is 2.1, 4.0 is 4. The letter of a group is a code too: a
  case that is not told more closely. 1, 2, 3, 5 and 5.6 alone cover several groups and are refused, as is every code
  that is not in the table.
- Counts are whole numbers, 0 or more. A code on several rows is added up, so a file holds no totals beside their parts.
- **Interim codes** (5.x) are not final: the case may still be worked. The standard leaves them to the agency; these are
  ours. In the rates such a case counts in the group of the final code it would have if the field closed now, because
  leaving it out would count the quick successes of a running field and not its open cases. The answer of the command
  says how many there are (`interim`) and that the rates are not final (`final: false`).
- **e** is the share of eligible cases among those of unknown eligibility, by proportional allocation (CASRO):
  eligible / (eligible + not eligible) among the cases known. A rate is null where its denominator is 0, or where it
  needs e and no case is known to tell it.

| rate | formula |
|---|---|
| RR1, RR2 | I (RR2: I + P) / (I + P + R + NC + O + UH + UO) |
| RR3, RR4 | I (RR4: I + P) / (I + P + R + NC + O + e (UH + UO)) |
| RR5, RR6 | I (RR6: I + P) / (I + P + R + NC + O) |
| COOP1, COOP2 | I (COOP2: I + P) / (I + P + R + O) |
| COOP3, COOP4 | I (COOP4: I + P) / (I + P + R) |
| REF1, REF2, REF3 | R / the denominator of RR1, RR3, RR5 |
| CON1, CON2, CON3 | (I + P + R + O) / the denominator of RR1, RR3, RR5 |
"""


def name_of(code: str, mode: str = PHONE) -> Any:
    """Return the name of a code of the table in a mode, or of a group by its letter; KeyError for another code."""
    if code in GROUPS:
        return GROUP_NAMES[code]
    return MODE_CODE_NAMES.get((mode, code)) or NAMES[code]


def document() -> str:
    """Return the whole file, in English whatever language is active."""
    with translation.override("en"):
        return "\n".join([HEAD, *_lines()])


def _lines() -> Iterator[str]:
    for group in GROUPS:
        yield f"## {group}: {GROUP_NAMES[group]}"
        yield ""
        yield "| code | name | modes |"
        yield "|---|---|---|"
        for one in DISPOSITIONS.values():
            if one.group == group and not one.interim:
                yield from _rows(one)
        yield ""
    yield "## Interim"
    yield ""
    yield "| code | name | counts as |"
    yield "|---|---|---|"
    for one in DISPOSITIONS.values():
        if one.interim:
            yield f"| {one.code} | {NAMES[one.code]} | {one.stands_for} ({one.group}) |"
    yield ""


def _rows(one: Disposition) -> Iterator[str]:
    """One row for each name the code has, with the modes that call it so."""
    named: dict[str, list[str]] = {}
    for mode in MODES:
        if mode in one.modes:
            named.setdefault(str(name_of(one.code, mode)), []).append(str(MODE_NAMES[mode]))
    for name, modes in named.items():
        yield f"| {one.code} | {name} | {', '.join(modes)} |"
