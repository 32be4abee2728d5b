"""Whom a mailing is for: one query per window of followers, whatever their number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from engage.outreach.follows.models import Event, EventTag, Follow, Follower, Mailing, may_hear
from engage.outreach.follows.registry import Tag

AT_ONCE = Follower.Rhythm.AT_ONCE
Window = tuple[int, int]


def tags_of(
    *,
    topics: QuerySet | list | tuple = (),
    concerns: QuerySet | list | tuple = (),
    department: object | None = None,
    others: list[Tag] | tuple[Tag, ...] = (),
) -> list[Tag]:
    """Return what an event is about: topics, regions and groups (AboutOption), a department with all above it."""
    found = [Tag("topic", topic.pk) for topic in topics]
    found += [Tag("region" if option.kind == "region" else "group", option.pk) for option in concerns]
    if department is not None:
        found += [Tag("department", unit.pk) for unit in (*department.get_ancestors(), department)]  # type: ignore[attr-defined]
    return [*found, *others]


def followers(mailing: Mailing, now: datetime, window: Window | None = None) -> QuerySet[Any, Any]:
    """Return the followers a mailing is for, as rows whose only column is the follower's key, each once."""
    if mailing.rhythm:
        return _of_digest(mailing, now, window)
    rows = Follow.objects.filter(_matching(mailing, window)).filter(_hearing(mailing, now))
    return rows.values("follower_id").distinct()


def _matching(mailing: Mailing, window: Window | None) -> Q:
    """Return the follows under one of the mailing's tags.

    The window stands inside each branch, so that each is one range of the index (kind, ref, follower).
    """
    if mailing.event is not None:
        about = list(mailing.event.tags.values_list("kind", "ref", "since"))
    else:
        about = [(kind, ref, mailing.created_at) for kind, ref in mailing.audience]
    found = Q(pk__in=[])
    for kind, ref, since in about:
        one = Q(kind=kind, ref=ref, confirmed_at__lte=since)
        if window is not None:
            one &= Q(follower_id__gt=window[0], follower_id__lte=window[1])
        found |= one
    return found


def _hearing(mailing: Mailing, now: datetime) -> Q:
    """Return who takes this line, hears at present and, of an event, wants to hear at once."""
    found = Q(follower__confirmed_at__isnull=False) & (
        Q(follower__rests_until__isnull=True) | Q(follower__rests_until__lte=now)
    )
    found &= Q(follower__contact__isnull=mailing.line != "mail")
    if mailing.language:
        found &= Q(follower__language=mailing.language)
    if mailing.event is not None:
        number = mailing.event.number
        found &= Q(follower__rhythm=AT_ONCE, follower__rhythm_from__lt=number) | Q(
            follower__rhythm_before=AT_ONCE, follower__rhythm_from__gte=number
        )
    return found


def _of_digest(mailing: Mailing, now: datetime, window: Window | None) -> QuerySet[Any, Any]:
    rows = Follower.objects.filter(may_hear(now), contact__isnull=False)
    if window is not None:
        rows = rows.filter(pk__gt=window[0], pk__lte=window[1])
    tags = EventTag.objects.filter(
        kind=OuterRef("kind"),
        ref=OuterRef("ref"),
        since__gte=OuterRef("confirmed_at"),
        number__lte=mailing.up_to,
        number__gt=OuterRef(OuterRef("heard_up_to")),
    )
    follows = Follow.objects.filter(follower=OuterRef("pk"), confirmed_at__isnull=False)
    later = Exists(follows.filter(Exists(tags.filter(number__gt=OuterRef(OuterRef("rhythm_from"))))))
    before = Exists(follows.filter(Exists(tags.filter(number__lte=OuterRef(OuterRef("rhythm_from"))))))
    found = Q(later, rhythm=mailing.rhythm) | Q(before, rhythm_before=mailing.rhythm, rhythm_from__gt=F("heard_up_to"))
    return rows.filter(found).values("pk")


def events_for(mailing: Mailing, follower: Follower) -> list[Event]:
    """Return what a digest tells one follower, in the order in which it was released."""
    held = Follow.objects.filter(
        follower=follower, kind=OuterRef("kind"), ref=OuterRef("ref"), confirmed_at__lte=OuterRef("since")
    )
    in_rhythm = Q()
    if follower.rhythm != mailing.rhythm:
        in_rhythm &= Q(number__lte=follower.rhythm_from)
    if follower.rhythm_before != mailing.rhythm:
        in_rhythm &= Q(number__gt=follower.rhythm_from)
    numbers = (
        EventTag.objects.filter(Exists(held), in_rhythm, number__gt=follower.heard_up_to, number__lte=mailing.up_to)
        .values_list("event_id", flat=True)
        .distinct()
    )
    return list(Event.objects.filter(pk__in=list(numbers)).order_by("number"))
