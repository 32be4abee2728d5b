"""What moderators read: the views of their queue, one petition whole, how long petitions wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.calendars.arithmetic import local_day, start_of_day
from engage.diffs import Piece, diff
from engage.journal.models import JournalRow
from engage.participation.queries import about_options
from engage.participation.rules import parse_reference
from mailbox.petitions.models import (
    QUEUE_STATES,
    Petition,
    PetitionNote,
    PetitionQuerySet,
    PetitionTag,
    RejectionReason,
    Signature,
    State,
    Wording,
)
from mailbox.petitions.moderating import rules
from mailbox.petitions.moderating.words import HISTORY
from mailbox.petitions.queries.settings import rules as rules_in_force

VIEWS = (
    "new",
    "near",
    "overdue",
    "asked",
    "tagged",
    "untagged",
    "collecting",
    "flagged",
    "dormant",
    "open",
    "all",
)
# What a petition is compared with: the newest of those that wait, are open, or were not long ago.
COMPARED_MOST = 2_000
LAG_DAYS = 90
LAG_MOST = 5_000
_DELAY_SECONDS = LAG_SECONDS = 60
WORDS = ("title", "action", "background", "details")


# --- the queue ------------------------------------------------------------------------------------------------------


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _conditions(today: date) -> dict[str, Q]:
    """Return what each view holds; "near" and "overdue" by the calendar days that a petition has waited."""
    rules_now = rules_in_force()
    near = start_of_day(today - timedelta(days=rules_now.moderation_near_days - 1), _zone())
    late = start_of_day(today - timedelta(days=rules_now.moderation_days), _zone())
    waiting, tagged = Q(state=State.WAITING), Q(Exists(PetitionTag.objects.filter(petition=OuterRef("pk"))))
    return {
        "new": waiting & (Q(waiting_since__gte=near) | Q(waiting_since=None)),
        "near": waiting & Q(waiting_since__lt=near, waiting_since__gte=late),
        "overdue": waiting & Q(waiting_since__lt=late),
        "asked": Q(hide_asked_at__isnull=False),
        "tagged": waiting & tagged,
        "untagged": waiting & ~tagged,
        "collecting": Q(state=State.COLLECTING),
        "flagged": Q(state=State.FLAGGED),
        "dormant": Q(state=State.DORMANT),
        "open": Q(state=State.OPEN),
        "all": Q(),
    }


def found(actor: Actor, view: str, *, search: str, tag: str, today: date) -> PetitionQuerySet:
    """Return the petitions of a view that hold the words and the tag, what waits longest first.

    A reference is found in whatever view it is asked for.
    """
    petitions = Petition.objects.visible_to(actor)
    if reference := parse_reference(search):
        return petitions.filter(pk=reference.number, submission__letter=reference.letter)
    petitions = petitions.filter(_conditions(today)[view])
    for word in search.split()[:8]:
        petitions = petitions.filter(
            Q(title__icontains=word) | Q(action__icontains=word) | Q(background__icontains=word)
        )
    if tag:
        petitions = petitions.filter(Exists(PetitionTag.objects.filter(petition=OuterRef("pk"), word=tag)))
    if view in ("open", "all"):
        return petitions.order_by("-pk")
    return petitions.order_by("waiting_since", "pk")


def unpublished() -> PetitionQuerySet:
    """Return what was handed in and neither published nor turned down, confirmed or not."""
    return Petition.objects.filter(state__in=[State.PENDING, *QUEUE_STATES])


def counts(actor: Actor, *, today: date) -> dict[str, int]:
    """Count the views before publication in one reading; what is open or over nobody counts here."""
    views = {code: condition for code, condition in _conditions(today).items() if code not in ("open", "all")}
    here = Petition.objects.visible_to(actor).filter(Q(state__in=QUEUE_STATES) | views["asked"])
    return here.aggregate(**{code: Count("pk", filter=condition) for code, condition in views.items()})


def tags_in_use(actor: Actor) -> list[str]:
    """List the tags of petitions that are in the queue."""
    waiting = Petition.objects.visible_to(actor).filter(state__in=QUEUE_STATES)
    words = PetitionTag.objects.filter(petition__in=waiting).order_by("word").values_list("word", flat=True)
    return list(words.distinct()[:200])


def reasons(*, hides: bool) -> list[RejectionReason]:
    """List the reasons in use that are told in public, or those for which a petition is not shown."""
    return list(RejectionReason.objects.filter(active=True, hides=hides))


def reason_names() -> dict[str, str]:
    """Return the name of every reason there ever was by its code, in the active language."""
    return {one.code: str(one) for one in RejectionReason.objects.all()}


@dataclass(frozen=True)
class Sponsors:
    """How many sponsors confirmed and are needed, whether the starter did, and from where they are."""

    confirmed: int
    needed: int
    starter: bool
    places: list[tuple[str, int]] = field(default_factory=list)


def sponsors_of(petitions: Sequence[Petition]) -> dict[int, Sponsors]:
    """Count the sponsors of petitions that were not opened; others are left out, theirs may be a million rows."""
    keys = [one.pk for one in petitions if one.opened_at is None]
    signed = Signature.objects.filter(petition__in=keys, state=Signature.State.CONFIRMED).exclude(
        part=Signature.Part.SIGNER
    )
    rows = signed.values("petition_id", "part", "region", "country").annotate(n=Count("pk"))
    needed, names = rules_in_force().sponsors_needed, dict(about_options("region"))
    found: dict[int, Sponsors] = {key: Sponsors(0, needed, starter=False) for key in keys}
    for row in rows:
        key, before = row["petition_id"], found[row["petition_id"]]
        sponsor = row["part"] == Signature.Part.SPONSOR
        place = names.get(row["region"], row["region"]) or row["country"]
        found[key] = Sponsors(
            before.confirmed + (row["n"] if sponsor else 0),
            needed,
            before.starter or not sponsor,
            [*before.places, (place, row["n"])] if sponsor else before.places,
        )
    return found


def waited(petition: Petition, today: date) -> rules.Waited | None:
    """Return the clock of moderation; None for a petition that does not wait."""
    if petition.waiting_since is None or petition.state not in QUEUE_STATES:
        return None
    now = rules_in_force()
    since = local_day(petition.waiting_since, _zone())
    return rules.waited(since, today, days=now.moderation_days, near_days=now.moderation_near_days)


# --- how long it takes ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lag:
    """The median of days from the fifth sponsor to the decision, of how many petitions, and how many wait now."""

    days: float
    decided: int
    waiting: int


def lag(*, now: datetime) -> Lag:
    """Return how long moderation takes, of what was decided in the last 90 days; a minute old at most."""
    kept: Lag | None = cache.get("petition-lag")
    if kept is None:
        decided = Petition.objects.filter(decided_at__gt=now - timedelta(days=LAG_DAYS), waiting_since__isnull=False)
        decided = decided.exclude(state__in=[*QUEUE_STATES, State.REMOVED, State.STOPPED]).order_by("-decided_at")
        rows = list(decided.values_list("waiting_since", "decided_at")[:LAG_MOST])
        kept = Lag(
            rules.median_days([end - begin for begin, end in rows if end is not None and begin is not None]),
            len(rows),
            Petition.objects.filter(state=State.WAITING).count(),
        )
        cache.set("petition-lag", kept, LAG_SECONDS)
    return kept


def delay() -> int | None:
    """Return how many petitions wait for moderation when that is so many that it takes long; None when it is not.

    Read by public pages: a minute old at most.
    """
    kept: int | None = cache.get("petition-queue-long")
    if kept is None:
        kept = Petition.objects.filter(state=State.WAITING).count()
        cache.set("petition-queue-long", kept, _DELAY_SECONDS)
    return kept if kept > rules_in_force().queue_long else None


# --- words ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edited:
    """What one text became in an edit: the field, and its pieces."""

    name: str
    pieces: list[Piece]


@dataclass(frozen=True)
class ShownWording:
    """An earlier text of a petition, and what the next one changed in it."""

    wording: Wording
    by: User | None
    note: str
    at: datetime
    parts: list[Edited]
    shown: bool


def earlier_wordings(petition: Petition, *, public: bool) -> list[ShownWording]:
    """Return every text before the present one, each with what the next made of it; `public`: what all may read."""
    texts = list(petition.wordings.select_related("by").order_by("pk"))
    edits = []
    for before, after in zip(texts, texts[1:], strict=False):
        if public and not before.shown:
            continue
        parts = [
            Edited(name, diff(getattr(before, name), getattr(after, name), petition.language))
            for name in WORDS
            if getattr(before, name) != getattr(after, name)
        ]
        edits.append(ShownWording(before, after.by, after.note, after.at, parts, before.shown))
    return edits


@dataclass(frozen=True)
class Similar:
    """Another petition that asks for much the same: how near it is in per cent, and its words against this one's."""

    petition: Petition
    per_cent: int
    parts: list[Edited]


def similar_to(petition: Petition, *, actor: Actor) -> list[Similar]:
    """Return the petitions nearest to one by their words, of those that wait, are open or were not long ago."""
    others = (
        Petition.objects.visible_to(actor)
        .filter(language=petition.language)
        .exclude(pk=petition.pk)
        .exclude(state__in=[State.HIDDEN, State.REMOVED, State.STOPPED])
        .select_related("submission")
        .order_by("-pk")
    )
    rows = list(others.values_list("pk", "title", "action")[:COMPARED_MOST])
    near = rules.nearest(_said(petition.title, petition.action), [_said(title, ask) for _pk, title, ask in rows])
    by_key = {one.pk: one for one in others.filter(pk__in=[rows[one.place][0] for one in near])}
    return [
        Similar(other, round(one.share * 100), _against(petition, other))
        for one in near
        if (other := by_key.get(rows[one.place][0]))
    ]


def _said(title: str, ask: str) -> str:
    return f"{title}\n{ask}"


def _against(petition: Petition, other: Petition) -> list[Edited]:
    return [
        Edited(name, diff(getattr(petition, name), getattr(other, name), petition.language))
        for name in ("title", "action")
    ]


# --- one petition ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of a petition's history: when, by whom, the verb of the journal, and what the row says."""

    at: datetime
    verb: str
    by: User | None
    content: dict[str, object]


@dataclass(frozen=True)
class Board:
    """All that the page of one petition at the desk shows. `sponsors`, `waited`: before publication alone."""

    petition: Petition
    acts: list[str]
    sponsors: Sponsors | None
    waited: rules.Waited | None
    wordings: list[ShownWording]
    similar: list[Similar]
    notes: list[PetitionNote]
    tags: list[str]
    history: list[Line]


def petition_for(pk: int, *, actor: Actor) -> Petition | None:
    """Return one petition that a moderator may see."""
    petitions: QuerySet[Petition] = Petition.objects.visible_to(actor)
    read = petitions.select_related(
        "submission__contact", "reason", "hide_reason", "hide_asked_by", "decided_by", "merged_into__submission"
    )
    return read.filter(pk=pk).first()


def acts_on(petition: Petition) -> list[str]:
    """List what can be done with a petition as it stands."""
    asked, was_open = petition.hide_asked_at is not None, petition.opened_at is not None
    every = (*rules.FROM, *sorted(rules.DECIDES))
    return [act for act in every if rules.may(act, petition.state, was_open=was_open, asked=asked)]


def board_of(petition: Petition, *, actor: Actor) -> Board:
    """Return what the page of a petition shows to a moderator who sees it."""
    queued = petition.state in QUEUE_STATES
    return Board(
        petition=petition,
        acts=acts_on(petition),
        sponsors=sponsors_of([petition]).get(petition.pk),
        waited=waited(petition, timezone.localdate()),
        wordings=earlier_wordings(petition, public=False),
        similar=similar_to(petition, actor=actor) if queued else [],
        notes=list(petition.notes.select_related("by")),
        tags=list(petition.tags.values_list("word", flat=True)),
        history=history_of(petition),
    )


def history_of(petition: Petition) -> list[Line]:
    """Return what was done with a petition, the newest first, from the journal."""
    rows = JournalRow.objects.filter(
        target_label="petitions.petition", target_pk=str(petition.pk), verb__in=HISTORY
    ).order_by("-pk")
    listed = list(rows.values_list("at", "verb", "actor_kind", "actor_id", "content")[:200])
    keys = {int(key) for _at, _verb, kind, key, _said in listed if kind == JournalRow.ActorKind.USER}
    people = User.objects.in_bulk(keys)
    return [
        Line(at, verb, people.get(int(key)) if kind == JournalRow.ActorKind.USER else None, content)
        for at, verb, kind, key, content in listed
    ]
