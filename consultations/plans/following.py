"""What the plan and the calls give to follow: names of policies and calls, and the words of what happens to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from consultations.calls.models import Extension
from consultations.models import Consultation
from consultations.outcomes.models import Outcome
from consultations.packs.models import Pack
from consultations.plans.models import Policy, StageMove
from consultations.words import closing_day
from engage.accounts.actors import ANYONE
from engage.outreach.follows.audience import tags_of
from engage.outreach.follows.registry import EventKind, Followable, Name, Tag, Told

if TYPE_CHECKING:
    from engage.outreach.follows.models import Event

POLICY, CALL = "policy", "call"
MOVED, OPENED, EXTENDED = "policy.moved", "call.opened", "call.extended"
WITHDRAWN, ANSWERED, EXPLAINED = "call.withdrawn", "call.answered", "call.explained"


def policy_tags(policy: Policy) -> list[Tag]:
    """Return what news of a policy is about, besides itself."""
    return tags_of(topics=policy.topics.all(), concerns=policy.concerns.all(), department=policy.department)


def call_tags(call: Consultation, now: datetime) -> list[Tag]:
    """Return what news of a call is about, besides itself: also the public policies that it belongs to."""
    policies = Policy.objects.visible_to(ANYONE, now).filter(calls=call).values_list("pk", flat=True)
    return tags_of(
        topics=call.topics.all(),
        concerns=call.concerns.all(),
        department=call.department,
        others=[Tag(POLICY, pk) for pk in policies],
    )


def policy_names(keys: Collection[int]) -> dict[int, Name]:
    """Return the policies that are in the public plan."""
    rows = Policy.objects.visible_to(ANYONE).filter(pk__in=keys)
    return {row.pk: Name(row.title, reverse("plan_policy", args=[row.slug])) for row in rows}


def call_names(keys: Collection[int]) -> dict[int, Name]:
    """Return the calls that everybody may see."""
    return {call.pk: Name(call.title, reverse("consultation", args=[call.slug])) for call in _calls(keys)}


def _calls(keys: Collection[int]) -> list[Consultation]:
    return list(Consultation.objects.visible_to(ANYONE).filter(pk__in=keys).prefetch_related("pages__locale"))


def _moved(events: Sequence[Event]) -> dict[int, Told]:
    refs = {event.ref: event.pk for event in events}
    moves = StageMove.objects.visible_to(ANYONE).filter(pk__in=refs).select_related("policy")
    return {refs[move.pk]: _move(move) for move in moves}


def _move(move: StageMove) -> Told:
    title, stage = move.policy.title, move.get_stage_display()
    sentence = _("%(title)s: %(stage)s since %(day)s. %(note)s") % {
        "title": title,
        "stage": stage,
        "day": date_format(move.on, "DATE_FORMAT"),
        "note": move.note,
    }
    headline = _("%(title)s: %(stage)s") % {"title": title, "stage": stage}
    return Told(headline, sentence.strip(), reverse("plan_policy", args=[move.policy.slug]))


def _of_calls(
    write: Callable[[Consultation], Told], *, having: type[Outcome | Pack] | None = None
) -> Callable[[Sequence[Event]], dict[int, Told]]:
    """Return how events are told whose words are those of their call; `having`: while it has a public one of those."""

    def tell(events: Sequence[Event]) -> dict[int, Told]:
        keys = {event.subject_id for event in events}
        if having is not None:
            public = having.objects.visible_to(ANYONE).filter(consultation__in=keys)
            keys = set(public.values_list("consultation", flat=True))
        calls = {call.pk: call for call in _calls(keys)}
        return {event.pk: write(calls[event.subject_id]) for event in events if event.subject_id in calls}

    return tell


def opened(call: Consultation, title: str = "") -> Told:
    """Return what followers are told of a call that opened; `title`: where it is not public yet."""
    title = title or call.title
    sentence = _("You can comment on %(title)s until %(close)s.") % {
        "title": title,
        "close": closing_day(call.closes_at),
    }
    headline = _("Open for comments: %(title)s") % {"title": title}
    return Told(headline, sentence, reverse("consultation", args=[call.slug]))


def _withdrawn(call: Consultation) -> Told:
    sentence = _("The call for comments on %(title)s was withdrawn. %(reason)s") % {
        "title": call.title,
        "reason": call.withdrawn_reason,
    }
    headline = _("Withdrawn: %(title)s") % {"title": call.title}
    return Told(headline, sentence, reverse("consultation", args=[call.slug]))


def _answered(call: Consultation) -> Told:
    sentence = _("What people said on %(title)s, what was decided and why: the outcome is published.")
    headline = _("Outcome published: %(title)s") % {"title": call.title}
    return Told(headline, sentence % {"title": call.title}, reverse("outcome", args=[call.slug]))


def _explained(call: Consultation) -> Told:
    sentence = _("What %(title)s says and why, in plain words: background, key points, supporting measures.")
    headline = _("Explained: %(title)s") % {"title": call.title}
    return Told(headline, sentence % {"title": call.title}, reverse("interpretation", args=[call.slug]))


def _extended(events: Sequence[Event]) -> dict[int, Told]:
    extensions = {row.pk: row for row in Extension.objects.filter(pk__in=[event.ref for event in events])}
    calls = {call.pk: call for call in _calls({row.consultation_id for row in extensions.values()})}
    told = {}
    for event in events:
        extension = extensions.get(event.ref)
        call = calls.get(extension.consultation_id) if extension is not None else None
        if extension is None or call is None:
            continue
        sentence = _("The call for comments on %(title)s was extended from %(old)s to %(new)s. %(reason)s") % {
            "title": call.title,
            "old": closing_day(extension.closed_before),
            "new": closing_day(extension.closes_after),
            "reason": extension.reason,
        }
        headline = _("Extended: %(title)s") % {"title": call.title}
        told[event.pk] = Told(headline, sentence, reverse("consultation", args=[call.slug]))
    return told


FOLLOWABLES = (
    Followable(POLICY, pgettext_lazy("to follow", "Planned policies"), policy_names, model="plans.Policy"),
    Followable(CALL, gettext_lazy("Calls for comments"), call_names, model="consultations.Consultation"),
)
EVENTS = (
    EventKind(MOVED, gettext_lazy("a stage"), _moved),
    EventKind(OPENED, gettext_lazy("a call opened"), _of_calls(opened)),
    EventKind(EXTENDED, gettext_lazy("a call was extended"), _extended),
    EventKind(WITHDRAWN, gettext_lazy("a call was withdrawn"), _of_calls(_withdrawn)),
    EventKind(ANSWERED, gettext_lazy("the outcome of a call"), _of_calls(_answered, having=Outcome)),
    EventKind(EXPLAINED, gettext_lazy("the interpretation of a text"), _of_calls(_explained, having=Pack)),
)
