"""What the desk says of a case: how long there is, on which way it came, in which language its sender reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from engage.calendars.arithmetic import WorkCalendar
from engage.calendars.rules import DayInProof, DayKind
from engage.desk.registry import Due
from engage.pages.translation import HTML_LANG
from mailbox.desk.presence import Present
from mailbox.words import listed

SOON = 2


def due_chip(due: date | None, today: date, calendar: WorkCalendar, *, may_move: bool = False) -> Due | None:
    """Say the working days that are left and the day; None for a case on which no clock runs."""
    if due is None:
        return None
    day = date_format(due, "MONTH_DAY_FORMAT")
    days = calendar.count(today, due)
    if due < today:
        late = max(1, -days)
        sentence = ngettext(
            "%(n)d working day late (was due by %(day)s)", "%(n)d working days late (was due by %(day)s)", late
        )
        return Due(sentence % {"n": late, "day": day}, "bad")
    if due == today:
        return Due(gettext("the last day is today (%(day)s)") % {"day": day}, "warn")
    if may_move:
        sentence = ngettext(
            "%(n)d working day left (by %(day)s; may move)", "%(n)d working days left (by %(day)s; may move)", days
        )
    else:
        sentence = ngettext("%(n)d working day left (by %(day)s)", "%(n)d working days left (by %(day)s)", days)
    return Due(sentence % {"n": days, "day": day}, "warn" if days <= SOON else "ok")


def present_words(others: Sequence[Present]) -> str:
    """Say who else has a case open, those who write first; empty for nobody."""
    writing = [one.name for one in others if one.writing]
    looking = [one.name for one in others if not one.writing]
    said = []
    if writing:
        said.append(
            ngettext("%(names)s is writing the answer", "%(names)s are writing the answer", len(writing))
            % {"names": listed(writing)}
        )
    if looking:
        said.append(
            ngettext("%(names)s has this case open, too", "%(names)s have this case open, too", len(looking))
            % {"names": listed(looking)}
        )
    return gettext("; ").join(said)


def language_name(code: str) -> str:
    """Name the language in which a sender reads."""
    return gettext("English") if code == "en" else gettext("Chinese")


def html_lang(code: str) -> str:
    """Return the HTML language of a language code."""
    return HTML_LANG.get(code, code)


DAYS = {
    DayKind.COUNTED: _("counted"),
    DayKind.MAKE_UP: _("counted: a day off that is worked"),
    DayKind.WEEKEND: _("weekend"),
    DayKind.DAY_OFF: _("public holiday"),
    DayKind.DISREGARDED: _("not counted: the clock stood still"),
}
STILL_ON_HOLIDAY = _("not counted: the clock stood still, and it is a public holiday")


def why_counted(day: DayInProof) -> str:
    """Say why a day of a clock was counted or not."""
    if day.kind is DayKind.DISREGARDED and day.is_holiday:
        return str(STILL_ON_HOLIDAY)
    return str(DAYS[day.kind])


REFUSALS = {
    "topic_gone": (_("This topic has no case that you may see any more"), 404),
    "snooze_when": _("Choose a day that lies ahead, or working days"),
    "snooze_too_long": _("It can be put away for at most %(most)d days"),
    "mention_unknown": _("There is nobody “%(name)s” who may see this case. Write the name as the list has it"),
    "point_in_both": _("Write each point in both languages"),
    "point_twice": _("A point stands in the list twice"),
    "snippet_elsewhere": _("Choose a unit of your own"),
    "case_gone": (_("One of the cases is no longer here. Look at the list again"), 409),
}
