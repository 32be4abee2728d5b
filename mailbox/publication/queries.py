"""Reads of what is published: lists that go on from a row, one item in the reader's language, and the same as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from engage.accounts.actors import ANYONE, Actor
from engage.departments.models import Department, in_active_language
from engage.pages.models import Topic
from engage.pages.translation import HTML_LANG
from engage.search.models import SearchEntry
from engage.search.queries import owners_of
from mailbox.kinds import KINDS
from mailbox.kinds.reasons import RESULTS
from mailbox.models import Case
from mailbox.publication import rules
from mailbox.publication.models import Publication, PublishedFile

FEED_NEWEST, EXCERPT = 50, 200
# Names of the public pages of each form: the list and one item.
LISTS = {rules.REPLY: "replies", rules.DISCLOSURE: "disclosures"}
PAGES = {rules.REPLY: "published_reply", rules.DISCLOSURE: "published_disclosure"}


@dataclass(frozen=True)
class TakenOut:
    """How many places were taken out by one legal basis."""

    words: str
    places: int


@dataclass(frozen=True)
class ShownFile:
    """A file as readers are offered it."""

    pk: int
    title: str
    name: str
    size: int


@dataclass(frozen=True)
class Shown:
    """One published item in one language, all from its frozen content.

    `lang`: of its words where they are not in the reader's language, as HTML spells it.
    """

    pk: int
    form: str
    url: str
    title: str
    lang: str
    question: Sequence[str]
    answer: Sequence[str]
    basis: Sequence[str]
    basis_lang: str
    # Address and words of each.
    cites: Sequence[tuple[str, str]]
    kind: str
    kind_label: str | Promise
    result: str | Promise
    department: str
    topics: Sequence[tuple[str, str]]
    letters: int
    received_on: date | None
    answered_on: date | None
    working_days: int | None
    files: Sequence[ShownFile]
    taken_out: Sequence[TakenOut]
    published_at: datetime | None
    revised_at: datetime | None
    helped: int = 0

    @property
    def excerpt(self) -> str:
        """The beginning of the answer."""
        text = " ".join(self.answer)
        return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1]}…"


def shown(
    publication: Publication, language: str, *, content: dict[str, Any] | None = None, titles: bool = True
) -> Shown:
    """Return an item in a language, which must be active; `content` is one that is not frozen yet.

    `titles`: name what is cited by its title; what the reviewers sign names it by its address alone.
    """
    said = content or publication.content
    own = language if language in said["words"] else said["language"]
    words, original = said["words"][own], said["language"]
    return Shown(
        pk=publication.pk,
        form=said["form"],
        url=reverse(PAGES[said["form"]], args=[publication.pk]),
        title=words["title"],
        lang="" if own == language else HTML_LANG.get(own, own),
        question=words.get("question", ()),
        answer=words.get("answer", words.get("summary", ())),
        basis=said["basis"],
        basis_lang="" if original == language else HTML_LANG.get(original, original),
        cites=_cited(said["cites"], titles=titles),
        kind=said["kind"],
        kind_label=KINDS[said["kind"]].label,
        result=RESULTS.get(said["result"], ""),
        department=_in_language(said["department"]),
        topics=[(one["code"], _in_language(one)) for one in said["topics"]],
        letters=said["letters"],
        received_on=_day(said["received_on"]),
        answered_on=_day(said["answered_on"]),
        working_days=said["working_days"],
        files=[_file(one, own) for one in said["files"]],
        taken_out=[TakenOut(_in_language(one) or one["basis"], one["places"]) for one in said["taken_out"]],
        published_at=publication.published_at,
        revised_at=publication.revised_at,
        helped=publication.helped + getattr(publication, "helped_now", 0),
    )


def _in_language(names: dict[str, Any]) -> str:
    return in_active_language(names["zh"], names["en"])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _file(one: dict[str, Any], language: str) -> ShownFile:
    title = one["titles"].get(language) or next(iter(one["titles"].values()), one["name"])
    return ShownFile(one["id"], title, one["name"], one["size"])


def _cited(cites: Sequence[str], *, titles: bool) -> list[tuple[str, str]]:
    """Return (address, words) of each; what is no address of this site is words alone."""
    paths = [one for one in cites if one.startswith("/")]
    entries = SearchEntry.objects.visible_to(ANYONE).filter(url__in=paths) if titles and paths else ()
    named = {entry.url: entry.title for entry in entries}
    return [(one if one in paths else "", named.get(one, one)) for one in cites]


# --- for everybody --------------------------------------------------------------------------------------------------


def public_rows(form: str) -> QuerySet[Publication]:
    """Return the published items of a form, newest first."""
    return Publication.objects.public().filter(form=form).order_by("-published_at", "-pk")


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty: everything."""

    q: str = ""
    topic: str = ""
    department: str = ""
    kind: str = ""
    year: int = 0


@dataclass(frozen=True)
class Found:
    """One page of a list: how many there are, the items, and where the list goes on."""

    total: int
    items: list[Shown]
    after: str


def listed(form: str, filters: Filters, *, language: str, before: str = "") -> Found:
    """Return a page of a list, newest first; `before` is where the page before it ended."""
    rows = _narrowed(public_rows(form), form, filters)
    total = rows.count()
    cursor = rules.read_cursor(before)
    if cursor is not None:
        at, key = cursor
        rows = rows.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=key))
    page = list(rows[: rules.PAGE_SIZE + 1])
    after = ""
    if len(page) > rules.PAGE_SIZE:
        page = page[: rules.PAGE_SIZE]
        last = page[-1]
        assert last.published_at is not None
        after = rules.cursor_of(last.published_at, last.pk)
    return Found(total, [shown(row, language, titles=False) for row in page], after)


def _narrowed(rows: QuerySet[Publication], form: str, filters: Filters) -> QuerySet[Publication]:
    owners = owners_of(filters.q, kind=form)
    if owners is not None:
        rows = rows.filter(pk__in=[int(owner) for owner in owners])
    if filters.topic:
        rows = rows.filter(shown_topics__code=filters.topic)
    if filters.department:
        rows = rows.filter(department__code=filters.department)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.year:
        rows = rows.filter(published_at__year=filters.year)
    return rows


@dataclass(frozen=True)
class Choices:
    """What a list can be narrowed to: code and name each."""

    topics: list[tuple[str, str]]
    departments: list[tuple[str, str]]
    kinds: list[tuple[str, str]]
    years: list[str]


def choices(form: str) -> Choices:
    """Return what there is among the published items of a form."""
    rows = public_rows(form).order_by()
    topics = Topic.objects.filter(pk__in=rows.values("shown_topics"))
    units = Department.objects.filter(pk__in=rows.values("department")).order_by("path")
    kinds = set(rows.values_list("kind", flat=True).distinct())
    years = rows.dates("published_at", "year", order="DESC")
    return Choices(
        topics=[(topic.code, topic.name) for topic in topics],
        departments=[(unit.code, unit.name) for unit in units],
        kinds=[(code, str(machine.label)) for code, machine in KINDS.items() if code in kinds],
        years=[str(year.year) for year in years],
    )


def one_public(form: str, pk: int) -> Publication | None:
    """Return a published item with how many it helped; None for any other."""
    counted = Count("helped_today", filter=Q(helped_today__yes=True))
    return public_rows(form).filter(pk=pk).annotate(helped_now=counted).first()


def public_file(publication: Publication, pk: int) -> PublishedFile | None:
    """Return a file that the frozen content of an item names, with exactly those bytes."""
    named = next((one for one in publication.content["files"] if one["id"] == pk), None)
    if named is None:
        return None
    return PublishedFile.objects.filter(publication=publication, pk=pk, sha256=named["sha256"]).first()


def published_of(case: Case) -> Publication | None:
    """Return what everybody reads of a case, of its own letter or of the group it belongs to."""
    head = case.merged_into_id or case.pk
    own = Publication.objects.public().filter(Q(case=case.pk) | Q(case=head) | Q(case__merged_into=head))
    return own.first()


def as_data(item: Shown) -> dict[str, Any]:
    """Return an item as the API gives it."""
    return {
        "id": item.pk,
        "kind": item.kind,
        "title": item.title,
        "question": list(item.question),
        "answer": list(item.answer),
        "basis": list(item.basis),
        "cites": [url or words for url, words in item.cites],
        "result": str(item.result),
        "department": item.department,
        "topics": [code for code, _name in item.topics],
        "letters": item.letters,
        "received_on": item.received_on,
        "answered_on": item.answered_on,
        "working_days": item.working_days,
        "files": [{"name": one.name, "title": one.title, "size": one.size} for one in item.files],
        "taken_out": [{"basis": one.words, "places": one.places} for one in item.taken_out],
        "url": item.url,
    }


# --- for the desk ---------------------------------------------------------------------------------------------------


def publication_of(case: Case, *, actor: Actor) -> Publication | None:
    """Return what is prepared of a case, for who sees the case at the desk."""
    found = Publication.objects.visible_to(actor).select_related("department", "case__submission").filter(case=case.pk)
    return found.first()
