"""Reads of the public's side: units to choose from, what is asked about, and a case as its sender follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engage.accounts.actors import ANYONE, Actor
from engage.calendars import queries as calendars
from engage.calendars.profiles import Profile, Unit
from engage.calendars.rules import DayInProof, TimeState
from engage.calendars.words import TARGETS
from engage.departments.models import Department, in_active_language
from engage.participation.forms import clean_text
from engage.participation.models import Submission
from engage.search import suggesting
from engage.search.models import SearchEntry
from mailbox import queries as cases
from mailbox.letterbox.models import AnswerFound, PostalAddress
from mailbox.letterbox.words import EVENTS
from mailbox.models import Case, CaseClock, Message, Notice
from mailbox.publication.ways import publishing_ways

# What other people think is no answer.
NO_ANSWERS = ("comment",)
A_YEAR = timedelta(days=365)


def department_choices() -> list[tuple[str, str]]:
    """Return (key, name in the active language) of the units in service; kept for a minute."""
    rows = cache.get("letterbox-departments")
    if rows is None:
        units = Department.objects.visible_to(ANYONE).active()
        rows = [(str(pk), zh, en) for pk, zh, en in units.values_list("pk", "name_zh", "name_en")]
        cache.set("letterbox-departments", rows, 60)
    return [(key, in_active_language(zh, en)) for key, zh, en in rows]


@dataclass(frozen=True)
class Cited:
    """A published thing that a letter is about."""

    url: str
    title: str


def cited(path: str) -> Cited | None:
    """Return the published thing at an address of this site, or the one it lies below; None where nothing is.

    What is published in one language alone is found from the address of either.
    """
    if not path.startswith("/") or len(path) > 500 or clean_text(path) != path:
        return None
    paths = _with_above(path)
    found = SearchEntry.objects.visible_to(ANYONE).filter(url__in=paths).only("url", "title")
    entry = min(found, key=lambda one: paths.index(one.url), default=None)
    return Cited(entry.url, entry.title) if entry else None


def _with_above(path: str) -> list[str]:
    """Return an address and those it lies below, the nearest first, each in its own language before the others.

    The page of a draft is about its call, a list of comments too.
    """
    parts = path.strip("/").split("/")
    above = [path, *(f"/{'/'.join(parts[:n])}/" for n in range(len(parts) - 1, 2, -1))]
    languages = settings.LANGUAGE_PATHS.values()
    if parts[0] not in languages:
        return above
    others = [one for one in languages if one != parts[0]]
    return [f"/{code}{one.removeprefix(f'/{parts[0]}')}" for one in above for code in (parts[0], *others)]


def answers_to(text: str, *, language: str) -> list[suggesting.Suggestion]:
    """List at most three published things that may answer a letter."""
    return suggesting.suggested(text, language=language, without=NO_ANSWERS)


@dataclass(frozen=True)
class Enough:
    """A published answer, and how many letters were not sent because of it. `title` is empty once it is withdrawn."""

    url: str
    title: str
    language: str
    count: int


def answers_that_were_enough(actor: Actor, *, now: datetime, limit: int = 20) -> list[Enough]:
    """List the published answers that were enough in the past year, the most helpful first."""
    found = AnswerFound.objects.visible_to(actor).filter(at__gt=now - A_YEAR)
    counted = found.values("url").annotate(count=Count("pk"), spoken=Max("language")).order_by("-count", "url")
    rows = list(counted.values_list("url", "count", "spoken")[:limit])
    titles = dict(
        SearchEntry.objects.visible_to(ANYONE)
        .filter(url__in=[url for url, _count, _language in rows])
        .order_by("-pk")
        .values_list("url", "title")
    )
    return [Enough(url, titles.get(url, ""), language, count) for url, count, language in rows]


def sent_before(text: str, references: Sequence[int]) -> Submission | None:
    """Return which of the submissions of this device has the same words already."""
    if not references:
        return None
    found = (
        Message.objects.filter(case__in=references, text=text.strip(), direction=Message.Direction.IN)
        .exclude(case__submission__state=Submission.State.WITHDRAWN)
        .select_related("case__submission")
        .first()
    )
    return found.case.submission if found else None


def address_words(case_id: int) -> list[str]:
    """Return where a sender lives, which must go out of every text with the name (`mailbox.actions.forgetting`)."""
    rows = PostalAddress.objects.filter(contact__submissions=case_id)
    return [row.text for row in rows]


# --- a case, for its sender -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClockLine:
    """One clock as its sender reads it: what falls due, what is left in words, and the bar of used units."""

    clock: CaseClock
    label: str
    words: str
    used: int
    total: int
    is_late: bool
    unconfirmed: bool
    for_sender: bool

    @property
    def bar(self) -> str:
        """The bar in words."""
        return _("%(used)d of %(total)d days used") % {"used": self.used, "total": self.total}


def running_clocks(case: Case, *, now: datetime) -> list[ClockLine]:
    """List the clocks of a case that run or stand still, what is due first."""
    lines = []
    for badge in cases.clock_lines(case, now=now):
        left = badge.left
        if left is None or left.state is TimeState.NOT_STARTED:
            continue
        profile = calendars.clock_profile(badge.clock.profile_id)
        target = profile.target(badge.clock.target)
        total = target.count + badge.clock.extension
        count = left.count or 0
        remaining = 0 if left.state is TimeState.OVERDUE else count
        if target.unit is Unit.CALENDAR_MONTH and badge.clock.day_zero and badge.clock.due:
            total = (badge.clock.due - badge.clock.day_zero).days
        lines.append(
            ClockLine(
                clock=badge.clock,
                label=str(TARGETS.get(badge.clock.target, badge.clock.target)),
                words=left_in_words(left.state, count, left.unit),
                used=max(0, total - remaining),
                total=total,
                is_late=left.state is TimeState.OVERDUE,
                unconfirmed=badge.unconfirmed,
                for_sender=badge.for_sender,
            )
        )
    return sorted(lines, key=lambda line: (line.for_sender, line.clock.due or date.max))


def left_in_words(state: TimeState, count: int, unit: Unit) -> str:
    """Say what is left of a clock."""
    n = {"n": count}
    working = unit is Unit.WORKING_DAY
    if state is TimeState.TODAY:
        return _("Due today")
    if state is TimeState.OVERDUE:
        if working:
            return ngettext("%(n)d working day late", "%(n)d working days late", count) % n
        return ngettext("%(n)d day late", "%(n)d days late", count) % n
    if state is TimeState.PAUSED:
        if working:
            return ngettext("stands still, %(n)d working day left", "stands still, %(n)d working days left", count) % n
        return ngettext("stands still, %(n)d day left", "stands still, %(n)d days left", count) % n
    if working:
        return ngettext("%(n)d working day left", "%(n)d working days left", count) % n
    return ngettext("%(n)d day left", "%(n)d days left", count) % n


@dataclass(frozen=True)
class Proof:
    """How a day was computed: the rule, its beginning, what happened, and every day since."""

    clock: CaseClock
    label: str
    profile: Profile
    count: int
    unit: Unit
    events: list[tuple[date, str, int | None]]
    days: Sequence[DayInProof]


def date_proof(clock: CaseClock) -> Proof:
    """Collect what the page about a day shows."""
    profile = calendars.clock_profile(clock.profile_id)
    target = profile.target(clock.target)
    return Proof(
        clock=clock,
        label=str(TARGETS.get(clock.target, clock.target)),
        profile=profile,
        count=target.count,
        unit=target.unit,
        events=[(date.fromisoformat(on), str(EVENTS.get(name, name)), units) for name, on, units in clock.events],
        days=cases.date_proof(clock),
    )


def thread(messages: Sequence[Message], notices: Sequence[Notice]) -> list[Message | Notice]:
    """Put what was said in a case together, messages and notices, oldest first."""
    said: list[Message | Notice] = [*messages, *notices]
    return sorted(said, key=lambda one: one.made_at if isinstance(one, Notice) else one.at)


def ways_on(case: Case, *, actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """Return what the sender may do with a case now, as (label, address), the most urgent first."""
    possible = {step.transition.code for step in cases.possible_steps(case, actor=actor, now=now) if not step.refusal}
    at = [case.reference]
    ways = []
    if possible & {"give_detail", "give_reasons"}:
        ways.append((_("Answer what we asked"), reverse("case_add", args=at)))
    if "rate" in possible and may_rate(case):
        ways.append((_("Rate the answer"), reverse("case_rate", args=at)))
    if "ask_review" in possible:
        ways.append((_("Ask for a review"), reverse("case_review", args=at)))
    if "ask_rereview" in possible:
        ways.append((_("Ask for a second review"), reverse("case_review", args=at)))
    if case.is_open and not possible & {"give_detail", "give_reasons"}:
        ways.append((_("Add something"), reverse("case_add", args=at)))
    if "withdraw" in possible:
        ways.append((_("Withdraw it"), reverse("submission_withdraw", args=at)))
    ways += publishing_ways(case)
    return ways


def may_rate(case: Case) -> bool:
    """Tell whether a rating is still to be given: once, and once more after a low one was followed up."""
    given = case.ratings.count()
    return given == 0 or (given == 1 and case.steps.filter(code__in=["reopen", "follow_up"]).exists())
