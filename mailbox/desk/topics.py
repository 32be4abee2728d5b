"""Topics of letters, told by the words that group cases; and the review of a policy that is opened because of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor, Role, has_role
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import evidence, reviews
from engage.participation.reviews import Opened, Topic
from mailbox.access import units_where
from mailbox.models import Case, CaseTag, Tag

SOURCE = "letters"
RECENT_DAYS, YEAR_DAYS = 30, 365
TOPICS_MOST = 200


@dataclass(frozen=True)
class ShownTopic:
    """One topic: cases of the last 30 days, and a month's mean of the eleven before, among those the actor may see."""

    tag: Tag
    recent: int
    usual: float
    year: int
    reviews: list[Opened]
    may_open: bool

    @property
    def times(self) -> float:
        """How many times the usual month the last one is; a month without any before counts as one case."""
        return self.recent / max(self.usual, 1.0)


def topics(actor: Actor, *, now: datetime) -> list[ShownTopic]:
    """List the topics of a year of cases that an actor may see, what grows most first."""
    cases = Case.objects.visible_to(actor).filter(suspect=False, received_at__gt=now - timedelta(days=YEAR_DAYS))
    rows = (
        CaseTag.objects.filter(case__in=cases)
        .values("tag")
        .annotate(
            year=Count("case"),
            recent=Count("case", filter=Q(case__received_at__gt=now - timedelta(days=RECENT_DAYS))),
        )
        .order_by("-recent", "-year", "tag")[:TOPICS_MOST]
    )
    counts = {row["tag"]: row for row in rows}
    tags = Tag.objects.filter(pk__in=counts).select_related("department")
    own = set(units_where(actor, (Role.OFFICER, Role.APPROVER)).values_list("pk", flat=True))
    everywhere = has_role(actor, Role.ADMINISTRATOR)
    opened = reviews.opened(SOURCE, list(counts), actor=actor, now=now)
    months = (YEAR_DAYS - RECENT_DAYS) / RECENT_DAYS
    found = [
        ShownTopic(
            tag,
            recent=counts[tag.pk]["recent"],
            usual=(counts[tag.pk]["year"] - counts[tag.pk]["recent"]) / months,
            year=counts[tag.pk]["year"],
            reviews=opened.get(tag.pk, []),
            may_open=tag.department_id is not None
            and (everywhere or tag.department_id in own)
            and all(one.is_over for one in opened.get(tag.pk, [])),
        )
        for tag in tags
    ]
    return sorted(found, key=lambda one: (-one.times, -one.recent, one.tag.name, one.tag.pk))


@transaction.atomic
def open_review(tag_id: int, *, actor: Actor, now: datetime) -> int:
    """Open a review of the policy behind a topic; returns the key of the call, of the running one if there is one.

    Raises Refused("topic_gone") for a topic without a case that the actor may see, or of no unit, and what
    `engage.participation.reviews.open_review` raises.
    """
    tag = Tag.objects.filter(pk=tag_id).first()
    if tag is None or tag.department_id is None:
        raise Refused("topic_gone")
    if not CaseTag.objects.visible_to(actor).filter(tag=tag).exists():
        raise Refused("topic_gone")
    call = reviews.open_review(Topic(SOURCE, tag.pk), tag.department_id, actor=actor, now=now)
    journal.record(actor, "case_topic.review", tag, call=call)
    return call


def letters_about(call_id: int, _actor: Actor) -> list[evidence.Input]:
    """Count the cases of the topics that led to a call, by the channel on which they came; nothing else of them."""
    keys = reviews.topics_of(call_id, SOURCE)
    if not keys:
        return []
    cases = Case.objects.filter(pk__in=CaseTag.objects.filter(tag__in=keys).values("case"), suspect=False)
    rows = (
        cases.order_by("submission__channel")
        .values_list("submission__channel")
        .annotate(n=Count("pk"), first=Min("received_at"), last=Max("received_at"))
    )
    return [
        evidence.Input(channel, n, timezone.localdate(first), timezone.localdate(last), METHOD)
        for channel, n, first, last in rows
    ]


METHOD = _("Letters, enquiries, grievances and requests about the matter; each is answered by itself.")
LETTERS = evidence.Source(
    code=SOURCE,
    label=_("Letters that led to this review"),
    inputs=letters_about,
    apart=True,
    if_any=True,
    order=80,
)
