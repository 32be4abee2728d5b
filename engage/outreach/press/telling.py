"""What followers of a topic or a department hear of the press room: releases and signed articles, once each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from engage.accounts.actors import ANYONE
from engage.outreach.follows import actions as follows
from engage.outreach.follows.audience import tags_of
from engage.outreach.follows.models import Event
from engage.outreach.follows.registry import EventKind, Told
from engage.outreach.press.models import Edition, SignedArticlePage
from engage.outreach.press.queries.public import articles, item_of

if TYPE_CHECKING:
    from uuid import UUID

RELEASED, SIGNED = "press.released", "press.article"


def tell_release(row: Edition, *, now: datetime) -> None:
    """Let followers be told of a release, in the caller's transaction; a correction is no news."""
    tags = tags_of(topics=row.topics.all(), department=row.department)
    follows.announce(RELEASED, row.release, key=f"{RELEASED}:{row.release_id}", tags=tags, now=now)


def tell_articles(*, now: datetime) -> int:
    """Let followers be told of signed articles that are public and were not told of; returns how many."""
    told = Event.objects.filter(kind=SIGNED).values("ref")
    public = SignedArticlePage.objects.visible_to(ANYONE).filter(first_published_at__lte=now)
    return sum(_tell_article(page, now) for page in public.exclude(pk__in=told).select_related("department")[:50])


@transaction.atomic
def _tell_article(page: SignedArticlePage, now: datetime) -> int:
    """Each translation is a page; the first that is public tells of all of them."""
    known = Event.objects.filter(kind=SIGNED, ref__in=_translations(page.translation_key)).exists()
    if known:
        return 0
    key, tags = f"{SIGNED}:{page.translation_key}", tags_of(department=page.department)
    follows.announce(SIGNED, page, key=key, ref=page.pk, tags=tags, now=now)
    return 1


def _translations(key: UUID) -> list[int]:
    return list(SignedArticlePage.objects.filter(translation_key=key).values_list("pk", flat=True))


def _of_releases(events: Sequence[Event]) -> Mapping[int, Told]:
    now = timezone.now()
    found = Edition.objects.visible_to(ANYONE, now).filter(release__in=[event.subject_id for event in events])
    rows = {row.release_id: item_of(row, now) for row in found.select_related("release", "department")}
    told = {}
    for event in events:
        if item := rows.get(event.subject_id):
            told[event.pk] = Told(_("Press release: %(title)s") % {"title": item.title}, item.summary, item.url)
    return told


def _of_articles(events: Sequence[Event]) -> Mapping[int, Told]:
    keys = dict(
        SignedArticlePage.objects.filter(pk__in=[event.ref for event in events]).values_list("pk", "translation_key")
    )
    pages = {
        page.translation_key: page for page in articles(get_language() or "").filter(translation_key__in=keys.values())
    }
    told = {}
    for event in events:
        if page := pages.get(keys.get(event.ref)):
            told[event.pk] = Told(
                _("Signed article: %(title)s") % {"title": page.title}, page.intro, page.get_url_parts()[2]
            )
    return told


EVENTS = [
    EventKind(RELEASED, gettext_lazy("a press release came out"), _of_releases),
    EventKind(SIGNED, gettext_lazy("a signed article came out"), _of_articles),
]
