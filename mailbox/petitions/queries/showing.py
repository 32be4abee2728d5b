"""What everybody reads of petitions: lists that go on from a row, one petition whole, its count, and the same as data.

No read here counts signatures: every number is a few rows that the roll-up keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import BooleanField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Now, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override

from engage.figures.rules import LEAST, mask_counts
from engage.pages.translation import HTML_LANG
from engage.participation import personal_data
from engage.participation.kinds import Step
from engage.participation.queries import about_options
from engage.search import registry as search
from engage.search.queries import owners_of
from engage.search.suggesting import suggested
from mailbox.petitions.countries import country_name
from mailbox.petitions.models import (
    IN_FORCE,
    Crossing,
    HourCount,
    Petition,
    PetitionEvent,
    RegionCount,
    State,
    Threshold,
    Wording,
)
from mailbox.petitions.queries.answering import Came, came_of
from mailbox.petitions.showing import rules, words
from mailbox.petitions.showing.tiles import PLACES

SEARCH_KIND = "petition"
NEAR = 3
FEED_NEWEST = 50
_KEPT_SECONDS = 5


# --- rows -----------------------------------------------------------------------------------------------------------


def _is_over() -> Q:
    """Past its last second, by the clock of the database."""
    return Q(closes_at__lte=Now())


LISTS: dict[str, Q] = {
    "open": Q(state=State.OPEN) & ~_is_over(),
    "closed": Q(state__in=[State.CLOSED, State.WITHDRAWN]) | (Q(state=State.OPEN) & _is_over()),
    "rejected": Q(state=State.REJECTED),
    "awaiting_answer": Q(answer_state=Petition.Answer.AWAITING),
    "answered": Q(answer_state=Petition.Answer.ANSWERED),
    "awaiting_debate": Q(debate_state__in=[Petition.Debate.AWAITING, Petition.Debate.SCHEDULED]),
    "debated": Q(debate_state=Petition.Debate.DEBATED),
}


def public_rows() -> QuerySet[Petition]:
    """Return what everybody may read, with `total`, `hour` and whether its last second is past by the database."""
    return (
        Petition.objects.public()
        .select_related("submission", "department", "reason")
        .annotate(
            total=Coalesce(F("count__total"), Value(0)),
            hour=Coalesce(F("count__last_hour"), Value(0)),
            is_over=Coalesce(_is_over(), Value(False), output_field=BooleanField()),
        )
    )


def thresholds() -> list[tuple[str, int, date]]:
    """Return all thresholds there ever were: (kind, number, valid from); a change shows within five seconds."""
    found = cache.get("petition-thresholds")
    if found is None:
        found = list(Threshold.objects.values_list("kind", "number", "valid_from"))
        cache.set("petition-thresholds", found, _KEPT_SECONDS)
    return found


def goal_of(petition: Petition) -> rules.Goal | None:
    """Return the next threshold of a petition that `public_rows` gave."""
    if petition.opened_at is None:
        return None
    earned = set()
    if petition.answer_state != Petition.Answer.NONE:
        earned.add(str(Threshold.Kind.ANSWER))
    if petition.debate_state != Petition.Debate.NONE:
        earned.add(str(Threshold.Kind.DEBATE))
    in_force = rules.thresholds_on(thresholds(), timezone.localdate(petition.opened_at))
    return rules.next_goal(petition.total, in_force, earned)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Row:
    """One petition in a list, in the active language; its words are in its own."""

    pk: int
    reference: str
    url: str
    title: str
    action: str
    lang: str
    standing: str
    answer: str
    debate: str
    signatures: int
    last_hour: int
    goal: rules.Goal | None
    opened_at: datetime | None
    closes_at: datetime | None
    decided_at: datetime | None
    reason: str

    @property
    def dated(self) -> datetime | None:
        """The day that orders the list."""
        return self.opened_at or self.decided_at

    @property
    def need(self) -> str:
        """What is missing to the next threshold, while signatures can be given."""
        return words.need(self.goal) if self.goal and self.standing == State.OPEN else ""


def row_of(petition: Petition) -> Row:
    """Return a petition as lists show it."""
    where = rules.standing(petition.state, is_over=petition.is_over)  # type: ignore[attr-defined]
    return Row(
        pk=petition.pk,
        reference=petition.reference,
        url=reverse("petition", args=[petition.pk]),
        title=petition.title,
        action=petition.action,
        lang=lang_of(petition),
        standing=where,
        answer=petition.answer_state,
        debate=petition.debate_state,
        signatures=petition.total,  # type: ignore[attr-defined]
        last_hour=petition.hour,  # type: ignore[attr-defined]
        goal=goal_of(petition),
        opened_at=petition.opened_at,
        closes_at=petition.closes_at,
        decided_at=petition.decided_at,
        reason=str(petition.reason) if where == State.REJECTED and petition.reason else "",
    )


def lang_of(petition: Petition) -> str:
    """Return the language of its words as HTML spells it, where it is not the reader's."""
    return "" if petition.language == get_language() else HTML_LANG.get(petition.language, petition.language)


# --- lists ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """Which list, and what it is narrowed to."""

    state: str = "open"
    region: str = ""
    q: str = ""
    sort: str = "trending"


@dataclass(frozen=True)
class Found:
    """One page of a list: how many there are in all, the rows, and where the list goes on."""

    total: int
    items: list[Row]
    after: str


def overview() -> dict[str, int]:
    """Return how many petitions each list has; a change shows within five seconds."""
    found = cache.get("petition-lists")
    if found is None:
        counted = {name: Count("pk", filter=condition) for name, condition in LISTS.items()}
        found = Petition.objects.public().aggregate(**counted)
        cache.set("petition-lists", found, _KEPT_SECONDS)
    return found


def listed(filters: Filters, *, after: str = "") -> Found:
    """Return a page of a list; `after` is where the page before it ended."""
    rows = narrowed(filters)
    is_narrowed = bool(filters.region or filters.q)
    total = rows.count() if is_narrowed else overview()[filters.state]
    cursor = rules.read_cursor(after, filters.sort)
    if cursor is not None:
        rows = rows.filter(_beyond(_order(filters), cursor))
    page = list(rows[: rules.PAGE_SIZE + 1])
    goes_on = ""
    if len(page) > rules.PAGE_SIZE:
        page = page[: rules.PAGE_SIZE]
        goes_on = rules.cursor_of(*(getattr(page[-1], name) for name in _order(filters)))
    return Found(total, [row_of(petition) for petition in page], goes_on)


def narrowed(filters: Filters) -> QuerySet[Petition]:
    """Return the rows of a list in their order."""
    rows = public_rows().filter(LISTS[filters.state])
    owners = owners_of(filters.q, kind=SEARCH_KIND)
    if owners is not None:
        rows = rows.filter(pk__in=[int(owner) for owner in owners])
    if filters.region:
        # Below five nothing is told of a region, not even by a place in a list.
        from_there = RegionCount.objects.filter(petition=OuterRef("pk"), region=filters.region, total__gte=LEAST)
        rows = rows.filter(Exists(from_there))
    return rows.order_by(*(f"-{name}" for name in _order(filters)))


def _order(filters: Filters) -> tuple[str, ...]:
    if filters.state == "rejected":
        return ("decided_at", "pk")
    return {"trending": ("hour", "total", "pk"), "most": ("total", "pk"), "newest": ("opened_at", "pk")}[filters.sort]


def _beyond(names: Sequence[str], values: Sequence[int | datetime]) -> Q:
    """Return the rows that come after these values in descending order."""
    found = Q()
    equal = Q()
    for name, value in zip(names, values, strict=True):
        found |= equal & Q(**{f"{name}__lt": value})
        equal &= Q(**{name: value})
    return found


def newest_open() -> list[Petition]:
    """Return what opened last, for feeds."""
    return list(public_rows().filter(LISTS["open"]).order_by("-opened_at", "-pk")[:FEED_NEWEST])


# --- one petition ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Earned:
    """A threshold that was crossed, and by when what it earns is due. `holder`: the unit that has it now."""

    kind: str
    label: str | Promise
    number: int
    crossed_at: datetime
    due_on: date
    fell_below_at: datetime | None
    holder: str
    is_done: bool
    days_late: int


@dataclass(frozen=True)
class Place:
    """The signatures from one region or country. `hidden` says why there is no number."""

    region: str
    country: str
    name: str
    signatures: int | None
    hidden: str
    rank: int


@dataclass(frozen=True)
class Line:
    """One line of the public story."""

    at: datetime
    code: str
    text: str


@dataclass(frozen=True)
class Original:
    """The words as they were written, where a moderator changed them since. Personal data is masked."""

    title: str
    action: str
    background: str
    details: str
    note: str


@dataclass(frozen=True)
class Detail:
    """All that everybody reads of one petition."""

    row: Row
    petition: Petition
    counted_at: datetime | None
    on_paper: int
    paper_sheets: int
    earned: list[Earned]
    days: list[rules.Day]
    curve: rules.Curve | None
    places: list[Place]
    tiles: list[rules.Tile]
    story: list[Line]
    original: Original | None
    came: Came
    near: list[Row]

    @property
    def is_open(self) -> bool:
        """Whether signatures can be given."""
        return self.row.standing == State.OPEN

    @property
    def map_width(self) -> int:
        """The width of the tile map."""
        return max((tile.x for tile in self.tiles), default=0) + rules.TILE_WIDTH

    @property
    def map_height(self) -> int:
        """The height of the tile map."""
        return max((tile.y for tile in self.tiles), default=0) + rules.TILE_HEIGHT

    @property
    def not_on_map(self) -> list[Place]:
        """Regions without a tile, and countries."""
        return [place for place in self.places if place.country or place.region not in PLACES]


def steps(shown: Detail) -> list[Step]:
    """Return the public story as a line of steps: what happened, where it is now, what more signatures earn."""
    found = [Step(line.text, words.day(line.at), "done") for line in shown.story]
    if shown.is_open:
        found.append(Step(gettext("Collecting signatures"), words.progress(shown.row.signatures, None), "now"))
        earned = {one.kind for one in shown.earned}
        in_force = rules.thresholds_on(thresholds(), timezone.localdate(shown.row.opened_at))
        ahead = sorted((number, kind) for kind, number in in_force.items() if kind not in earned)
        found += [Step(words.at(number), str(Threshold.Kind(kind).label), "todo") for number, kind in ahead]
    return found


def one_public(pk: int) -> Petition | None:
    """Return a petition that everybody may read; None for any other."""
    return public_rows().select_related("merged_into").filter(pk=pk).first()


def detail(petition: Petition, *, today: date) -> Detail:
    """Return all that is shown of a petition that `one_public` gave."""
    row = row_of(petition)
    days = _days(petition)
    places = _places(petition)
    paper = petition.papers.filter(IN_FORCE).aggregate(total=Sum("total"), sheets=Sum("sheets"))
    counted_at = getattr(getattr(petition, "count", None), "counted_at", None)
    return Detail(
        row=row,
        petition=petition,
        counted_at=counted_at,
        on_paper=paper["total"] or 0,
        paper_sheets=paper["sheets"] or 0,
        earned=_earned(petition, today),
        days=days,
        curve=_curve(row, days, today),
        places=places,
        tiles=_tiles(places),
        story=_story(petition),
        original=_original(petition),
        came=came_of(petition),
        near=[] if row.standing == State.OPEN else near(petition),
    )


def _days(petition: Petition) -> list[rules.Day]:
    """The hours of a petition as days of this time zone: at most some two hundred rows leave the database."""
    found = (
        HourCount.objects.filter(petition=petition.pk)
        .order_by()
        .annotate(on=TruncDate("hour"))
        .values_list("on")
        .annotate(new=Sum("total"))
        .order_by("on")
    )
    return rules.to_date([(on, new) for on, new in found if new])


def _curve(row: Row, days: Sequence[rules.Day], today: date) -> rules.Curve | None:
    if row.opened_at is None:
        return None
    ends = timezone.localdate(row.closes_at) if row.closes_at else today
    until = today if row.standing == State.OPEN else ends
    goal = row.goal.number if row.goal else None
    return rules.curve(days, first=timezone.localdate(row.opened_at), today=until, last=ends, goal=goal)


def _places(petition: Petition) -> list[Place]:
    """Return what regions and countries gave, small counts hidden as everywhere in public; most first."""
    rows = RegionCount.objects.filter(petition=petition.pk).values_list("region", "country", "total")
    counts = {f"{region}/{country}": total for region, country, total in rows if total > 0}
    if not counts:
        return []
    regions = dict(about_options("region"))
    for code in regions:
        counts.setdefault(f"{code}/", 0)
    masked = mask_counts(counts)
    found = []
    greatest = max(counts.values())
    for key in sorted(counts, key=lambda one: (-counts[one], one)):
        region, _slash, country = key.partition("/")
        value = masked[key] if masked is not None else ("withheld" if counts[key] else 0)
        number = value if isinstance(value, int) else None
        name = regions.get(region, region) if region else country_name(country)
        rank = rules.rank_of(number, greatest) if number is not None else 1
        found.append(Place(region, country, name, number, "" if number is not None else str(value), rank))
    # In the order of what is shown: that of hidden counts would tell something of them.
    return sorted(found, key=lambda place: (-(place.signatures or 0), place.name))


def _tiles(places: Sequence[Place]) -> list[rules.Tile]:
    by_code = {place.region: place for place in places if place.region in PLACES}
    return [
        rules.tile(code, one.name, words.figure(one.signatures, one.hidden), rank=one.rank, place=PLACES[code])
        for code, one in by_code.items()
    ]


def _earned(petition: Petition, today: date) -> list[Earned]:
    rows = Crossing.objects.filter(petition=petition.pk).select_related("case__lead", "case__triage")
    return [_one_earned(row, petition, today) for row in rows.order_by("number")]


def _one_earned(row: Crossing, petition: Petition, today: date) -> Earned:
    if row.kind == Threshold.Kind.ANSWER:
        is_done = petition.answer_state == Petition.Answer.ANSWERED
    else:
        is_done = petition.debate_state in (Petition.Debate.DEBATED, Petition.Debate.NOT_DEBATED)
    unit = (row.case.lead or row.case.triage if row.case else None) or petition.department
    return Earned(
        kind=row.kind,
        label=row.get_kind_display(),
        number=row.number,
        crossed_at=row.crossed_at,
        due_on=row.due_on,
        fell_below_at=row.fell_below_at,
        holder=str(unit) if unit else "",
        is_done=is_done,
        days_late=0 if is_done else rules.days_late(row.due_on, today),
    )


def _story(petition: Petition) -> list[Line]:
    events = PetitionEvent.objects.filter(petition=petition.pk)
    told = [Line(event.at, event.code, words.sentence(event.code, event.params)) for event in events]
    return [line for line in told if line.text]


def _original(petition: Petition) -> Original | None:
    """Return the last words of the starter where a moderator's are in force."""
    texts = list(Wording.objects.filter(petition=petition.pk).order_by("pk"))
    edits = [text for text in texts if text.by_id]
    own = [text for text in texts if not text.by_id]
    if not edits or not own or own[-1].pk > edits[-1].pk or not own[-1].shown:
        return None
    text, mask = own[-1], personal_data.mask
    return Original(mask(text.title), mask(text.action), mask(text.background), mask(text.details), note=edits[-1].note)


def near(petition: Petition) -> list[Row]:
    """Return open petitions about the same matter, best first."""
    others = [source.kind for source in search.registered() if source.kind != SEARCH_KIND]
    with override(petition.language):
        found = suggested(f"{petition.title}\n{petition.action}", language=petition.language, without=others, limit=12)
    keys = [int(part) for part in (one.url.rstrip("/").rpartition("/")[2] for one in found) if part.isdigit()]
    rows = {row.pk: row for row in public_rows().filter(LISTS["open"], pk__in=keys).exclude(pk=petition.pk)}
    return [row_of(rows[key]) for key in keys if key in rows][:NEAR]


# --- the count alone ------------------------------------------------------------------------------------------------


def count_data(pk: int) -> dict[str, Any] | None:
    """Return the live count of a petition, numbers and words, with one query; None for what is not public."""
    petition = (
        Petition.objects.public()
        .filter(pk=pk)
        .annotate(
            total=Coalesce(F("count__total"), Value(0)),
            is_over=Coalesce(_is_over(), Value(False), output_field=BooleanField()),
        )
        .only("state", "answer_state", "debate_state", "opened_at")
        .first()
    )
    if petition is None:
        return None
    where = rules.standing(petition.state, is_over=petition.is_over)
    goal = goal_of(petition)
    return {
        "id": petition.pk,
        "state": where,
        "signatures": petition.total,
        "goal": goal.number if goal else None,
        "written": words.number(petition.total),
        "label": words.progress(petition.total, goal),
        "need": words.need(goal) if goal and where == State.OPEN else "",
    }


# --- data -----------------------------------------------------------------------------------------------------------

COLUMNS = (
    "id",
    "reference",
    "state",
    "language",
    "title",
    "action",
    "signatures",
    "goal",
    "opened_at",
    "closes_at",
    "decided_at",
    "answer",
    "debate",
    "reason",
    "url",
)


def row_data(row: Row) -> dict[str, Any]:
    """Return a row of a list as JSON and CSV give it: counts only, nothing of who signed."""
    return {
        "id": row.pk,
        "reference": row.reference,
        "state": row.standing,
        "language": _language_of(row),
        "title": row.title,
        "action": row.action,
        "signatures": row.signatures,
        "goal": row.goal.number if row.goal else None,
        "opened_at": _iso(row.opened_at),
        "closes_at": _iso(row.closes_at),
        "decided_at": _iso(row.decided_at),
        "answer": row.answer,
        "debate": row.debate,
        "reason": row.reason,
        "url": settings.PUBLIC_URL + row.url,
    }


def _language_of(row: Row) -> str:
    codes = {html: code for code, html in HTML_LANG.items()}
    return codes.get(row.lang, row.lang) or get_language() or ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def all_rows(filters: Filters, language: str) -> Iterator[dict[str, Any]]:
    """Yield every row of a list as data in a language, for a file; read in pieces."""
    for petition in narrowed(filters).iterator(chunk_size=500):
        # A file is written after the view is over, in whatever language the thread has then.
        with override(language):
            data = row_data(row_of(petition))
        yield data


def detail_data(shown: Detail) -> dict[str, Any]:
    """Return one petition as JSON gives it: what the page shows, counts only."""
    petition, reason = shown.petition, shown.petition.reason
    return row_data(shown.row) | {
        "background": petition.background,
        "details": petition.details,
        "region": petition.region,
        "department": str(petition.department) if petition.department else "",
        "edited_by_moderators": shown.original is not None,
        "counted_at": _iso(shown.counted_at),
        "on_paper": shown.on_paper,
        "missing": shown.row.goal.missing if shown.row.goal else None,
        "rejection": {"code": reason.code, "title": str(reason), "mend": reason.mend}
        if reason and shown.row.standing == State.REJECTED
        else None,
        "merged_into": shown.petition.merged_into_id if merged_into(shown.petition) else None,
        "earned": [
            {
                "what": one.kind,
                "signatures": one.number,
                "crossed_at": _iso(one.crossed_at),
                "due_on": one.due_on.isoformat(),
                "days_late": one.days_late,
                "fell_below_at": _iso(one.fell_below_at),
            }
            for one in shown.earned
        ],
        "answered": _answer_data(shown.came),
        "debates": [
            {
                "what": one.kind,
                "stage": one.stage,
                "on": one.on.isoformat() if one.on else None,
                "url": settings.PUBLIC_URL + one.url,
            }
            for one in shown.came.debates
        ],
        "by_region": [
            {
                "region": one.region,
                "country": one.country,
                "name": one.name,
                "signatures": one.signatures,
                "hidden": one.hidden,
            }
            for one in shown.places
        ],
        "by_day": [{"day": day.on.isoformat(), "new": day.new, "signatures": day.to_date} for day in shown.days],
        "story": [{"at": line.at.isoformat(), "code": line.code, "text": line.text} for line in shown.story],
    }


def _answer_data(came: Came) -> dict[str, Any] | None:
    if came.answer is None:
        return None
    day = came.answer.answered_on
    return {
        "department": came.answer.department,
        "on": day.isoformat() if day else None,
        "text": list(came.answer.answer),
        "url": settings.PUBLIC_URL + came.answer.url,
    }


DETAIL_COLUMNS = ("part", "key", "name", "new", "signatures", "hidden")


def detail_table(shown: Detail) -> Iterator[tuple[Any, ...]]:
    """Yield the counts of one petition as rows of a table: in all, on paper, by region or country, by day."""
    yield ("all", shown.row.reference, shown.row.title, "", shown.row.signatures, "")
    yield ("on_paper", "", "", "", shown.on_paper, "")
    for place in shown.places:
        part, key = ("country", place.country) if place.country else ("region", place.region)
        yield (part, key, place.name, "", "" if place.signatures is None else place.signatures, place.hidden)
    for day in shown.days:
        yield ("day", day.on.isoformat(), "", day.new, day.to_date, "")


def merged_into(petition: Petition) -> Petition | None:
    """Return the petition this one was joined to, where everybody may read it."""
    other = petition.merged_into
    is_public = other is not None and (
        other.state in (State.OPEN, State.CLOSED, State.REJECTED)
        or (other.state == State.WITHDRAWN and other.opened_at is not None)
    )
    return other if is_public else None
