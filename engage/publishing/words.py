"""The sentences of the release gate: refusals by code."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from engage.calendars import queries as calendars
from engage.desk.registry import Due
from engage.pages.templatetags.wording import in_words


def _incomplete(values: dict[str, Any]) -> str:
    return gettext("It cannot be handed in yet: %(lacks)s") % {"lacks": in_words(values["lacks"])}


def _days(values: dict[str, Any]) -> str:
    most = values["most"]
    return ngettext("Give the reviewers 1 to %(n)d working day", "Give the reviewers 1 to %(n)d working days", most) % {
        "n": most
    }


def _reason(values: dict[str, Any]) -> str:
    least = values["least"]
    return ngettext(
        "Say why it cannot wait for the reviews, in at least %(n)d character",
        "Say why it cannot wait for the reviews, in at least %(n)d characters",
        least,
    ) % {"n": least}


def _too_long(values: dict[str, Any]) -> str:
    return gettext("Keep comments to %(most)d characters and the legal basis to 300") % {"most": values["most"]}


def _no_longer_valid(values: dict[str, Any]) -> str:
    return gettext("This can no longer be done: %(why)s") % {"why": " ".join(values["faults"])}


REFUSALS = {
    "proposal_target_gone": (_("What this would change is no longer there"), 409),
    "proposal_no_longer_valid": (_no_longer_valid, 409),
    "sign_off_own": (_("You wrote in it yourself. Somebody else has to approve it"), 403),
    "release_incomplete": (_incomplete, 409),
    "release_unchanged": (_("The public reads exactly this already"), 409),
    "release_days_wrong": (_days, 422),
    "release_reason_missing": (_reason, 422),
    "release_not_open": (_("This release is no longer on its way; open the newest one"), 409),
    "release_changed": (_("It was changed since you opened it. Read it as it is now, then decide"), 409),
    "release_needed": (
        _("This goes public only through the release gate. Hand it in, and it opens when every review is done"),
        409,
    ),
    "review_decided": (_("This review is decided already"), 409),
    "review_unknown_decision": (_("Choose what you decide"), 422),
    "review_basis_missing": (_("Name the law that keeps it from the public"), 422),
    "review_comment_missing": (_("Say what has to change"), 422),
    "review_too_long": (_too_long, 422),
    "review_second_key": (_("You signed this release in another role. A second person has to give this sign-off"), 403),
    "review_delegate_wrong": (_("Choose somebody who may give this sign-off and did not write in it"), 422),
}


def due(due_at: datetime, now: datetime) -> Due:
    """Return the days that are left, in working days of the office, and the last of them."""
    zone = ZoneInfo(settings.TIME_ZONE)
    last = (due_at - timedelta(microseconds=1)).astimezone(zone).date()
    today = now.astimezone(zone).date()
    day = date_format(last, "MONTH_DAY_FORMAT")
    days = calendars.work_calendar(settings.WORK_CALENDAR).count(today, last)
    if due_at <= now:
        late = max(1, -days)
        sentence = ngettext(
            "%(n)d working day late (was due by %(day)s)", "%(n)d working days late (was due by %(day)s)", late
        )
        return Due(sentence % {"n": late, "day": day}, "bad")
    if days < 1:
        return Due(gettext("the last day is today (%(day)s)") % {"day": day}, "warn")
    sentence = ngettext("%(n)d working day left (by %(day)s)", "%(n)d working days left (by %(day)s)", days)
    return Due(sentence % {"n": days, "day": day}, "warn" if days == 1 else "info")
