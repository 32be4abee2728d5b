"""The letter of the day to who works on cases: what is due and overdue, what others wait for. Once a person and day.

No word of a case stands in it: references, days and addresses that ask for signing in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.calendars.arithmetic import local_day
from engage.departments.models import Membership
from engage.participation.actions import enqueue_letter
from engage.participation.models import Contact
from mailbox.models import DESK_ROLES, Case, DutyChoice, DutyLetter
from mailbox.queries.duty import Duty, Listed, duty_of

# From this hour of the office's day on.
FIRST_HOUR = 7
# The outbox keeps an officer's address so long where a letter cannot be sent at once.
ADDRESS_KEPT = timedelta(days=7)
# Who was never told before is told of calendars changed since.
FIRST_LOOK_BACK = timedelta(days=7)

# What other rooms add for one person since a moment: whole paragraphs in the active language.
Part = Callable[[User, datetime], Sequence[str]]
_parts: list[Part] = []


def register_part(part: Part) -> None:
    """Let a room add to the letter, for example who was mentioned; the same part twice stands there once."""
    if part not in _parts:
        _parts.append(part)


def write_duty_letters(*, now: datetime, limit: int = 200) -> int:
    """Write the letters of the day that are not written yet, each in its own transaction; returns how many people.

    Only on working days, from the first hour on, in the office's time zone.
    """
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    day = local_day(now, ZoneInfo(settings.TIME_ZONE))
    if local.hour < FIRST_HOUR or not calendars.work_calendar(settings.WORK_CALENDAR).is_workday(day):
        return 0
    told = DutyLetter.objects.filter(day=day).values("user")
    roles = [role.value for role in DESK_ROLES]
    at_desk = Membership.objects.filter(role__in=roles, user__groups__name__in=roles).values("user")
    people = User.objects.filter(is_active=True, pk__in=at_desk).exclude(pk__in=told).order_by("pk")
    return sum(_write(user, day, now) for user in people[:limit])


def _write(user: User, day: date, now: datetime) -> int:
    """Write one letter with the row that says so; 0 when another worker did."""
    choice = DutyChoice.objects.filter(user=user).first()
    try:
        with transaction.atomic():
            before = DutyLetter.objects.filter(user=user, day__lt=day).order_by("day").last()
            row = DutyLetter.objects.create(user=user, day=day, at=now, is_sent=False)
            since = before.at if before else now - FIRST_LOOK_BACK
            duty = duty_of(user, today=day, since=since)
            if choice is not None and not choice.wants:
                if not duty.is_head:
                    return 1
                duty = _of_units_alone(duty)
            with translation.override((choice.language if choice else "") or settings.LANGUAGE_CODE):
                more = [] if choice is not None and not choice.wants else _more(user, since)
                if duty.says_something or more:
                    _send(user, duty, more, day, now)
                    row.is_sent = True
                    row.save(update_fields=["is_sent"])
    except IntegrityError:
        return 0
    return 1


def _of_units_alone(duty: Duty) -> Duty:
    """What heads are told in any case: what their units are late with, and what nobody acknowledged."""
    nothing = Listed([], 0)
    return Duty(nothing, nothing, of_units=duty.of_units, handovers=duty.handovers, moves=duty.moves, is_head=True)


def _more(user: User, since: datetime) -> list[str]:
    return [paragraph for part in _parts for paragraph in part(user, since)]


def _send(user: User, duty: Duty, more: Sequence[str], day: date, now: datetime) -> None:
    contact = Contact.objects.create(email=user.email, delete_after=now + ADDRESS_KEPT)
    subject = _("Your cases on %(day)s") % {"day": date_format(day, "DATE_FORMAT")}
    if duty.overdue.total or duty.of_units.total:
        late = max(duty.overdue.total, duty.of_units.total)
        subject = ngettext("Your cases on %(day)s: %(n)d overdue", "Your cases on %(day)s: %(n)d overdue", late) % {
            "day": date_format(day, "DATE_FORMAT"),
            "n": late,
        }
    body = "\n\n".join([*_paragraphs(duty), *more, _last_line()])
    enqueue_letter(contact, subject=subject, body=body, about=f"duty:{day.isoformat()}")


def _paragraphs(duty: Duty) -> list[str]:
    found = [
        _listing(_("Overdue, in your hands:"), duty.overdue),
        _listing(_("Due within two working days, in your hands:"), duty.soon),
    ]
    found += [
        _listing(_("Due or overdue, for %(name)s who is away:") % {"name": away}, listed)
        for away, listed in duty.for_others
    ]
    found.append(_listing(_("Overdue in your unit:"), duty.of_units))
    if duty.approvals:
        n = duty.approvals
        found.append(
            ngettext("%(n)d answer waits for your approval.", "%(n)d answers wait for your approval.", n) % {"n": n}
        )
    if duty.handovers:
        lines = [
            _("%(reference)s, passed to %(unit)s on %(day)s")
            % {
                "reference": one.case.reference,
                "unit": one.receiver,
                "day": date_format(one.at.astimezone(ZoneInfo(settings.TIME_ZONE)), "DATE_FORMAT"),
            }
            for one in duty.handovers
        ]
        found.append("\n".join([_("Passed on and not acknowledged in five working days:"), *lines]))
    if duty.moves:
        lines = [
            _("%(reference)s: due %(after)s instead of %(before)s")
            % {
                "reference": one.case.reference,
                "before": date_format(one.before, "DATE_FORMAT") if one.before else "–",
                "after": date_format(one.after, "DATE_FORMAT") if one.after else "–",
            }
            for one in duty.moves
        ]
        found.append("\n".join([_("The calendar changed; these days moved:"), *lines]))
    return [paragraph for paragraph in found if paragraph]


def _listing(heading: str, listed: Listed) -> str:
    if not listed.total:
        return ""
    lines = [_line(case) for case in listed.rows]
    if listed.total > len(listed.rows):
        n = listed.total - len(listed.rows)
        lines.append(ngettext("and %(n)d more", "and %(n)d more", n) % {"n": n})
    return "\n".join([heading, *lines])


def _line(case: Case) -> str:
    return _("%(reference)s, %(kind)s, due %(day)s: %(url)s") % {
        "reference": case.reference,
        "kind": case.machine.label,
        "day": date_format(case.due, "DATE_FORMAT") if case.due else "–",
        "url": settings.PUBLIC_URL + reverse("desk_case", args=[case.pk]),
    }


def _last_line() -> str:
    return _("All of it: %(url)s\nThere you also choose whether you get this letter, and in which language.") % {
        "url": settings.PUBLIC_URL + reverse("workload")
    }


@transaction.atomic
def choose_duty_letter(user: User, *, wants: bool, language: str) -> DutyChoice:
    """Keep whether somebody wants the letter and in which language; heads of units get what is overdue in any case."""
    known = dict(settings.LANGUAGES)
    row, _made = DutyChoice.objects.update_or_create(
        user=user, defaults={"wants": wants, "language": language if language in known else ""}
    )
    return row
