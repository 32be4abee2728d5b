"""The one read of the index: what answers a question, newest first, with counts for the filters."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from engage.accounts.actors import ANYONE
from engage.departments.models import Department
from engage.pages.translation import HTML_LANG
from engage.search import registry
from engage.search.excerpts import Part, excerpt, marked
from engage.search.models import SearchEntry
from engage.search.terms import Question, read_question

PAGE_SIZE = 20
# Past so many answers nobody counts or turns pages; "more than 1,000" is said instead.
COUNT_LIMIT = 1_000
LOOKED_AT = COUNT_LIMIT + 1
# Days outside are moved to these: no record is older, and the ends of the calendar have no time zone.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Hit:
    """One answer. `title` and `snippet` are escaped HTML with `<mark>` around what was asked for."""

    kind: str
    kind_label: str | Promise
    object_id: str
    language: str
    title: SafeString
    snippet: SafeString
    url: str
    published_at: datetime
    department: Department | None

    @property
    def html_lang(self) -> str:
        """The language as the lang attribute spells it."""
        return HTML_LANG.get(self.language, self.language)

    @property
    def language_name(self) -> str:
        """The language in its own words."""
        return dict(settings.LANGUAGES).get(self.language, self.language)


@dataclass(frozen=True)
class Facet:
    """One choice of a filter and how many answers it would leave."""

    code: str
    label: str | Promise
    count: int
    selected: bool
    depth: int = 1

    @property
    def indent(self) -> str:
        """What stands before the label to show the place in the tree."""
        return "\u2014" * (self.depth - 1) + " " if self.depth > 1 else ""


@dataclass(frozen=True)
class Facets:
    """The choices of each filter, counted under all the other filters.

    `sampled`: there are more than 1,000 answers and the counts are of the newest 1,000.
    """

    kinds: list[Facet] = field(default_factory=list)
    departments: list[Facet] = field(default_factory=list)
    sampled: bool = False


@dataclass(frozen=True)
class Results:
    """One page of answers. `more` says that `total` stands for "more than"; `unsearchable` that signs alone were
    typed; `cut` that only the first 200 characters were looked at.
    """

    items: list[Hit]
    total: int
    more: bool
    facets: Facets
    page: int
    pages: int
    unsearchable: bool = False
    cut: bool = False


@dataclass(frozen=True)
class _Found:
    """What the bounded scan brings back for one entry: enough to count, not to show."""

    pk: int
    kind: str
    department_id: int | None


class _Tree:
    """The department tree, read once, for filters that include what lies below a department."""

    def __init__(self, departments: Iterable[Department]) -> None:
        self.by_id = {department.pk: department for department in departments}
        self._by_path = {department.path: department for department in self.by_id.values()}

    def with_parents(self, department_id: int | None) -> list[int]:
        """Return the department and everything above it."""
        department = self.by_id.get(department_id) if department_id else None
        if department is None:
            return []
        ends = range(Department.steplen, len(department.path) + 1, Department.steplen)
        return [self._by_path[department.path[:end]].pk for end in ends if department.path[:end] in self._by_path]

    def below(self, department: Department) -> set[int]:
        """Return the department and everything below it."""
        return {other.pk for other in self.by_id.values() if other.path.startswith(department.path)}


def search(
    text: str,
    *,
    language: str | None = None,
    kinds: Collection[str] | None = None,
    department: Department | None = None,
    since: date | None = None,
    until: date | None = None,
    page: int = 1,
) -> Results:
    """Answer a question, newest first; no input is an error, and a page past the end is the last page.

    `since` and `until` are days in the current time zone, both included; `department` includes those below it.
    Empty text asks for everything the filters leave.
    """
    question = read_question(text)
    if question.asked and not question.terms:
        return Results([], 0, False, Facets(), page=1, pages=1, unsearchable=True, cut=question.cut)
    base = _filtered(language, since, until)
    found, more_found = _newest(base, question)
    needs_tree = department is not None or any(entry.department_id for entry in found)
    tree = _Tree(Department.objects.visible_to(ANYONE) if needs_tree else ())
    wanted = tree.below(department) if department else None
    chosen = [entry for entry in found if _passes(entry, kinds, wanted)]
    more = more_found
    if more_found and (kinds or wanted is not None):
        # The newest thousand of everything may hold few of the chosen kind: look again for these alone.
        chosen, more = _newest(base.filter(_filters(kinds, wanted)), question)
    pages = max(1, -(-len(chosen) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    on_page = [entry.pk for entry in chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
    return Results(
        items=_hits(on_page, question, tree),
        total=len(chosen),
        more=more,
        facets=_facets(found, tree, kinds, department, wanted, sampled=more_found),
        page=page,
        pages=pages,
        cut=question.cut,
    )


def owners_of(text: str, *, kind: str) -> list[str] | None:
    """Return which objects of a kind answer a question in any language, newest first, at most COUNT_LIMIT entries.

    None for a text that asks nothing: every object answers it. For rooms that list their own things.
    """
    question = read_question(text)
    if not question.asked:
        return None
    if not question.terms:
        return []
    found, _more = _newest(SearchEntry.objects.visible_to(ANYONE).filter(kind=kind), question)
    owners = dict(SearchEntry.objects.filter(pk__in=[one.pk for one in found]).values_list("pk", "owner_id"))
    return [owners[one.pk] for one in found if one.pk in owners]


def at_addresses(urls: Collection[str]) -> dict[str, list[SearchEntry]]:
    """Return all that stands at addresses of this site, as far as everybody may read it now.

    Several things may share an address: a reply stands where the clause or comment stands that it answers. The order
    is that of the kinds' names and of the objects.
    """
    entries = SearchEntry.objects.visible_to(ANYONE).filter(url__in=urls).defer("body", "folded", "terms")
    found: dict[str, list[SearchEntry]] = defaultdict(list)
    for entry in _still_public({entry.pk: entry for entry in entries.order_by("kind", "pk")}).values():
        found[entry.url].append(entry)
    return dict(found)


def _filtered(language: str | None, since: date | None, until: date | None) -> QuerySet[SearchEntry]:
    entries = SearchEntry.objects.visible_to(ANYONE)
    if language:
        entries = entries.filter(language=language)
    if since:
        entries = entries.filter(published_at__gte=_midnight(since))
    if until:
        entries = entries.filter(published_at__lt=_midnight(until) + timedelta(days=1))
    return entries


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), time.min))


def _newest(entries: QuerySet[SearchEntry], question: Question) -> tuple[list[_Found], bool]:
    """Return the newest answers up to the limit of counting, and whether there are more."""
    candidates = entries.filter(terms__holds=question.terms) if question.terms else entries
    if not question.terms or _walking_is_quicker(entries, candidates):
        rows = _walked(candidates, question.phrases)
    else:
        rows = _picked(candidates, question.phrases)
    found = [_Found(*row) for row in rows]
    return found[:COUNT_LIMIT], len(found) > COUNT_LIMIT


def _walked(candidates: QuerySet[SearchEntry], phrases: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Go from the newest entry back until there are enough: quick when most entries answer."""
    for phrase in phrases:
        place = StrIndex(F("folded"), Value(phrase, output_field=TextField()))
        candidates = candidates.filter(GreaterThan(place, 0))
    newest = candidates.order_by("-published_at", "-pk")
    return list(newest.values_list("pk", "kind", "department_id")[:LOOKED_AT])


def _picked(candidates: QuerySet[SearchEntry], phrases: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Take the candidates from the full-text index, sort them, then look for the phrases from the newest on.

    The pairs of a long word may stand apart in a text that holds them all; only the word itself is an answer. The
    fences (OFFSET 0) keep the database to this order. Left alone PostgreSQL looks for the phrases in all candidates
    before it sorts them, or walks the date index past rows that do not hold the terms.
    """
    fence, place = ("OFFSET 0", "STRPOS") if connection.vendor == "postgresql" else ("LIMIT -1 OFFSET 0", "INSTR")
    columns = candidates.order_by().values_list("pk", "kind", "department_id", "published_at")
    inner, values = columns.query.sql_with_params()
    table = SearchEntry._meta.db_table
    looked_for = " AND ".join(f"{place}(folded, %s) > 0" for _phrase in phrases)
    # One reading for all phrases: each of its own makes PostgreSQL expect a costly query and compile it (JIT) first.
    where = f"(SELECT {looked_for} FROM {table} WHERE {table}.id = newest.pk)" if phrases else "1 = 1"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pk, kind, department_id FROM ("
            f"SELECT * FROM ({inner} {fence}) AS held ORDER BY published_at DESC, pk DESC {fence}"
            f") AS newest WHERE {where} ORDER BY published_at DESC, pk DESC LIMIT %s",
            [*values, *phrases, LOOKED_AT],
        )
        return cursor.fetchall()


def _walking_is_quicker(entries: QuerySet[SearchEntry], candidates: QuerySet[SearchEntry]) -> bool:
    """Tell, by PostgreSQL's own estimates, whether the terms are so common that the newest entries soon suffice.

    Measured: reading the terms of a row while walking the date index costs as much as taking seven rows from the
    full-text index and sorting them.
    """
    if connection.vendor != "postgresql":
        return False
    holding, all_of_them = _estimated_rows(candidates), _estimated_rows(entries)
    walked = all_of_them * min(1.0, LOOKED_AT / holding)
    return walked * 7 < holding


def _estimated_rows(entries: QuerySet[SearchEntry]) -> int:
    return max(1, json.loads(entries.order_by().explain(format="json"))[0]["Plan"]["Plan Rows"])


def _passes(entry: _Found, kinds: Collection[str] | None, departments: set[int] | None) -> bool:
    return (not kinds or entry.kind in kinds) and (departments is None or entry.department_id in departments)


def _filters(kinds: Collection[str] | None, departments: set[int] | None) -> Q:
    wanted = Q()
    if kinds:
        wanted &= Q(kind__in=kinds)
    if departments is not None:
        wanted &= Q(department__in=departments)
    return wanted


def _hits(keys: list[int], question: Question, tree: _Tree) -> list[Hit]:
    entries = _still_public(SearchEntry.objects.defer("folded", "terms").in_bulk(keys))
    labels = {source.kind: source.label for source in registry.registered()}
    return [
        Hit(
            kind=entry.kind,
            kind_label=labels.get(entry.kind, entry.kind),
            object_id=entry.object_id,
            language=entry.language,
            title=_html(marked(entry.title, question)),
            snippet=_html(excerpt(entry.body, question)),
            url=entry.url,
            published_at=entry.published_at,
            department=tree.by_id.get(entry.department_id) if entry.department_id else None,
        )
        # Between the two reads an entry may have been taken away.
        for entry in (entries[key] for key in keys if key in entries)
    ]


def _still_public(entries: dict[int, SearchEntry]) -> dict[int, SearchEntry]:
    """Ask each source once more: what was hidden a moment ago is not shown, whatever the index says."""
    owners: dict[str, set[str]] = defaultdict(set)
    for entry in entries.values():
        owners[entry.kind].add(entry.owner_id)
    public = {
        (source.kind, str(key))
        for source in registry.registered()
        if source.kind in owners
        for key in source.queryset().filter(pk__in=owners[source.kind]).values_list("pk", flat=True)
    }
    return {key: entry for key, entry in entries.items() if (entry.kind, entry.owner_id) in public}


def _html(parts: list[Part]) -> SafeString:
    """Join escaped parts; the marks are the only HTML in it."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", part.text) if part.marked else part.text,) for part in parts)
    )


def _facets(
    found: list[_Found],
    tree: _Tree,
    kinds: Collection[str] | None,
    department: Department | None,
    below: set[int] | None,
    *,
    sampled: bool,
) -> Facets:
    by_kind = Counter(entry.kind for entry in found if _passes(entry, None, below))
    by_department: Counter[int] = Counter()
    for entry in found:
        if _passes(entry, kinds, None):
            by_department.update(tree.with_parents(entry.department_id))
    chosen = department.pk if department else None
    return Facets(
        kinds=[
            Facet(source.kind, source.label, by_kind[source.kind], selected=source.kind in (kinds or ()))
            for source in registry.registered()
        ],
        departments=[
            Facet(other.code, other.name, by_department[other.pk], other.pk == chosen, other.depth)
            for other in tree.by_id.values()
            if by_department[other.pk] or other.pk == chosen
        ],
        sampled=sampled,
    )
