"""What of the public has grown old: read live, so a task is gone the moment its cause is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import CharField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import Document
from wagtail.models import ReferenceIndex

from engage.accounts.actors import Actor, Role, has_role
from engage.pages.studio import Group, Waiting
from engage.pages.translation import HTML_LANG
from engage.publishing.preflight import registry
from engage.publishing.preflight.models import Link, LinkUse, Watched
from engage.publishing.preflight.registry import Awaited, Released
from engage.publishing.preflight.words import TASKS, fault, language_name

ROLES = (Role.EDITOR,)
# An answer is owed from the close on; a task it becomes after so many days, or when its promised day has passed.
AWAITED_AFTER = timedelta(days=30)
REVIEW_EVERY = timedelta(days=365)
# A file is uploaded before the page that will lead to it is written.
UNLINKED_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Item:
    """One thing to do. `kind` and `key` name the public thing, where a review answers it; `lang`: of the title."""

    code: str
    title: str
    note: str
    fix_url: str
    url: str = ""
    kind: str = ""
    key: str = ""
    since: datetime | None = None
    lang: str = ""

    @property
    def label(self) -> str:
        """What sort of thing it is."""
        return str(TASKS[self.code])

    @property
    def can_be_reviewed(self) -> bool:
        """Whether having looked at it is all that is asked."""
        return self.code in ("review_due", "call_over")


@dataclass(frozen=True)
class _Kept:
    """All that is public and watched, with what the worker found in it."""

    released: Mapping[tuple[str, str], Released]
    watched: Mapping[tuple[str, str], Watched]
    uses: list[LinkUse] = field(default_factory=list)

    def reviewed(self, place: tuple[str, str]) -> datetime:
        """Return when somebody last wrote or looked at it."""
        row = self.watched.get(place)
        changed = self.released[place].changed_at
        return max(changed, row.reviewed_at) if row and row.reviewed_at else changed


def items(*, actor: Actor, now: datetime) -> list[Item]:
    """Return all that an editor should see to."""
    if not has_role(actor, *ROLES):
        return []
    return [*_awaited(now), *_of_watched(now), *_unlinked(now)]


def narrowed(found: list[Item], *, code: str = "", kind: str = "", typed: str = "") -> list[Item]:
    """Return those of one code, of one kind of page, with some words in the title."""
    typed = typed.strip().lower()
    return [
        item
        for item in found
        if (not code or item.code == code)
        and (not kind or item.kind == kind)
        and (not typed or typed in item.title.lower())
    ]


def counts(found: list[Item]) -> list[tuple[str, str, int]]:
    """Return code, name and number of each sort, in their order."""
    return [(code, str(label), sum(item.code == code for item in found)) for code, label in TASKS.items()]


def _awaited(now: datetime) -> Iterator[Item]:
    for one in registry.awaited(now):
        if one.days_late or now - one.closed_at >= AWAITED_AFTER:
            yield Item("outcome_awaited", one.title, late_sentence(one), one.desk_url or one.url, one.url,
                       since=one.closed_at, lang=one.language)  # fmt: skip


def late_sentence(one: Awaited) -> str:
    """Say how an answer that is owed stands."""
    if one.days_late:
        return ngettext(
            "The promised day, %(day)s, passed %(n)d day ago", "The promised day, %(day)s, passed %(n)d days ago",
            one.days_late,
        ) % {"day": _day(one.due), "n": one.days_late}  # fmt: skip
    return gettext("Promised by %(day)s") % {"day": _day(one.due)}


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _kept() -> _Kept:
    released = {(watch.kind, one.key): one for watch in registry.watches() for one in watch.released()}
    watched = {(row.kind, row.key): row for row in Watched.objects.all()}
    uses = LinkUse.objects.select_related("link", "watched").order_by("watched_id", "link_id", "language")
    asked = uses.filter(link__internal=True) | uses.filter(link__state=Link.State.BROKEN)
    return _Kept(released, watched, list(asked))


def _of_watched(now: datetime) -> Iterator[Item]:
    kept = _kept()
    yield from _broken(kept)
    yield from _over(kept, now)
    for watch in registry.watches():
        for place, one in kept.released.items():
            if place[0] != watch.kind:
                continue
            if watch.is_reviewed and now - kept.reviewed(place) >= REVIEW_EVERY:
                note = gettext("Last changed or looked at on %(day)s") % {"day": _day(kept.reviewed(place))}
                yield _item("review_due", place, one, note, since=kept.reviewed(place))
            for language, _name in settings.LANGUAGES:
                if language not in one.titles:
                    note = gettext("Not public in this language: %(language)s") % {"language": language_name(language)}
                    yield _item("translation_missing", place, one, note)


def _item(code: str, place: tuple[str, str], one: Released, note: str, *, since: datetime | None = None) -> Item:
    language = get_language() or ""
    shown = language if language in one.titles else next(iter(one.titles))
    lang = "" if shown == language else HTML_LANG.get(shown, shown)
    return Item(code, one.titles[shown], note, one.edit_url, one.urls.get(shown, ""), *place, since=since, lang=lang)


def _broken(kept: _Kept) -> Iterator[Item]:
    told = set()
    for use in kept.uses:
        place = (use.watched.kind, use.watched.key)
        if use.link.state != Link.State.BROKEN or place not in kept.released or (place, use.link_id) in told:
            continue
        told.add((place, use.link_id))
        note = gettext("%(address)s: %(fault)s") % {"address": use.link.address, "fault": fault(use.link.fault)}
        yield _item("link_broken", place, kept.released[place], note, since=use.link.broken_since)


def _over(kept: _Kept, now: datetime) -> Iterator[Item]:
    paths = {use.link.address for use in kept.uses if use.link.internal}
    for watch in registry.watches():
        ended = watch.ended(paths, now) if paths else {}
        told = set()
        for use in kept.uses:
            place = (use.watched.kind, use.watched.key)
            over = ended.get(use.link.address)
            if over is None or place not in kept.released or place[0] == watch.kind or place in told:
                continue
            read_since = use.watched.scanned_at is not None and use.watched.scanned_at >= over
            if read_since and not kept.released[place].is_list and kept.reviewed(place) < over:
                told.add(place)
                note = gettext("It leads to %(address)s, which was over on %(day)s") % {
                    "address": use.link.address,
                    "day": _day(over),
                }
                yield _item("call_over", place, kept.released[place], note, since=over)


def _unlinked(now: datetime) -> Iterator[Item]:
    linked = ReferenceIndex.objects.filter(
        to_content_type__app_label="wagtaildocs", to_content_type__model="document"
    ).values("to_object_id")
    documents = Document.objects.filter(created_at__lt=now - UNLINKED_AFTER).alias(key=Cast("pk", CharField()))
    for document in documents.exclude(key__in=linked).order_by("pk"):
        note = gettext("Uploaded on %(day)s; no page leads to it") % {"day": _day(document.created_at)}
        yield Item("document_unlinked", document.title, note, reverse("wagtaildocs:edit", args=[document.pk]),
                   since=document.created_at)  # fmt: skip


# --- the Studio's first page ----------------------------------------------------------------------------------------


def for_editors(actor: Actor) -> list[Waiting]:
    """Return each outcome that is owed, then one line for every other sort."""
    found = items(actor=actor, now=timezone.now())
    tasks = [Waiting(item.title, item.note, item.fix_url) for item in found if item.code == "outcome_awaited"]
    for code, label, n in counts(found):
        if n and code != "outcome_awaited":
            note = gettext("%(n)d to look at") % {"n": n}
            tasks.append(Waiting(label, note, f"{reverse('freshness_desk')}?view={code}"))
    return tasks


WAITING = Group("freshness", _("What has grown old"), 60, for_editors)
