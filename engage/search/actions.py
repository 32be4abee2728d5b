"""Every write to the index. Rooms call `index` and `remove` in the transaction that changes the thing itself."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from engage.search import registry
from engage.search.fields import FTS_TABLE
from engage.search.models import SearchEntry
from engage.search.registry import Entry, Source
from engage.search.terms import haystack, storable, terms_in

TITLE_MAX_LENGTH = 300
BODY_MAX_LENGTH = 100_000
OBJECTS_PER_TRANSACTION = 200
ROWS_PER_STATEMENT = 200

# What waits for the end of `together`.
_waiting: ContextVar[list[Model] | None] = ContextVar("waiting", default=None)


@dataclass
class Rebuilt:
    """What a rebuild did: entries made for each kind, and entries of no longer public things taken away."""

    entries: dict[str, int] = field(default_factory=dict)
    removed: int = 0


@transaction.atomic
def index(*objects: Model) -> int:
    """Bring the entries of the objects up to date and return how many there are now.

    What the source's `queryset()` does not give is not public: its entries are taken away. The caller's transaction
    holds the lock of the objects (it has just changed them), so two writers cannot pass each other. Inside `together`
    the objects wait for its end, and there are none yet.
    """
    waiting = _waiting.get()
    if waiting is not None:
        waiting += objects
        return 0
    return sum(_index_group(source, keys) for source, keys in _grouped(objects))


@contextmanager
def together() -> Iterator[None]:
    """Index once, at the end and in the same transaction, what is asked for inside however often.

    The pages and texts of one thing, published one after the other, bring each other up to date.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[Model] = []
    with transaction.atomic():
        token = _waiting.set(waiting)
        try:
            yield
        finally:
            _waiting.reset(token)
        index(*waiting)


@transaction.atomic
def remove(*objects: Model) -> int:
    """Take the objects out of the index and return how many entries went; call it before deleting an object."""
    return sum(_entries_of(source, keys).delete()[0] for source, keys in _grouped(objects))


def rebuild() -> Rebuilt:
    """Make the whole index again from its sources while people search and rooms write.

    Each step locks the index against other writers, so nothing that is hidden meanwhile comes back.
    """
    result = Rebuilt()
    for source in registry.registered():
        result.entries[source.kind] = 0
        for keys in _pages_of_keys(source.queryset()):
            with transaction.atomic():
                _lock_out_writers()
                result.entries[source.kind] += _index_group(source, keys)
    result.removed = sweep()
    _tidy()
    return result


def sweep() -> int:
    """Take away the entries whose thing is no longer public, or whose kind is gone; return how many went.

    Rooms remove what they hide; this finds what became hidden by the clock alone or by a change made elsewhere.
    """
    sources = {source.kind: source for source in registry.registered()}
    removed = SearchEntry.objects.exclude(kind__in=sources).delete()[0]
    for source in sources.values():
        last = 0
        while True:
            with transaction.atomic():
                _lock_out_writers()
                entries = SearchEntry.objects.filter(kind=source.kind, pk__gt=last).order_by("pk")
                page = list(entries.values_list("pk", "owner_id")[:OBJECTS_PER_TRANSACTION])
                if not page:
                    break
                last = page[-1][0]
                owners = {owner for _pk, owner in page}
                public = {str(key) for key in source.queryset().filter(pk__in=owners).values_list("pk", flat=True)}
                removed += _entries_of(source, owners - public).delete()[0] if owners - public else 0
    return removed


def _grouped(objects: Iterable[Model]) -> Iterator[tuple[Source, list[Any]]]:
    groups: dict[str, tuple[Source, list[Any]]] = {}
    for obj in objects:
        if obj.pk is None:
            raise ValueError(f"{obj!r} has no primary key: it was never saved, or is deleted already")
        for source in registry.sources_of(obj):
            groups.setdefault(source.kind, (source, []))[1].append(obj.pk)
    for source, keys in groups.values():
        yield source, list(dict.fromkeys(keys))


def _entries_of(source: Source, keys: Iterable[Any]) -> QuerySet[SearchEntry]:
    return SearchEntry.objects.filter(kind=source.kind, owner_id__in=[str(key) for key in keys])


def _index_group(source: Source, keys: list[Any]) -> int:
    rows = [
        _row(source.kind, obj, entry) for obj in source.queryset().filter(pk__in=keys) for entry in source.entry(obj)
    ]
    once = {(row.owner_id, row.object_id, row.language) for row in rows}
    if len(once) < len(rows):
        raise ValueError(f"search source {source.kind!r} gives the same object twice in one language")
    _entries_of(source, keys).delete()
    SearchEntry.objects.bulk_create(
        rows,
        batch_size=ROWS_PER_STATEMENT,
        # A worker rebuilding and a person publishing may index the same thing at once: the later one wins.
        update_conflicts=True,
        unique_fields=["kind", "owner_id", "object_id", "language"],
        update_fields=["title", "body", "url", "published_at", "department", "folded", "terms"],
    )
    return len(rows)


def _row(kind: str, obj: Model, entry: Entry) -> SearchEntry:
    title = storable(entry.title)[:TITLE_MAX_LENGTH].strip()
    body = storable(entry.body)[:BODY_MAX_LENGTH].strip()
    folded = haystack(title, body)
    return SearchEntry(
        kind=kind,
        owner_id=str(obj.pk),
        object_id=str(obj.pk if entry.object_id == "" else entry.object_id),
        language=entry.language,
        title=title,
        body=body,
        url=entry.url,
        published_at=entry.published_at,
        department_id=entry.department_id,
        folded=folded,
        terms=" ".join(sorted(terms_in(folded))),
    )


def _pages_of_keys(queryset: QuerySet[Any]) -> Iterator[list[Any]]:
    keys = queryset.order_by("pk").values_list("pk", flat=True)
    page = list(keys[:OBJECTS_PER_TRANSACTION])
    while page:
        yield page
        page = list(keys.filter(pk__gt=page[-1])[:OBJECTS_PER_TRANSACTION])


def _lock_out_writers() -> None:
    """Wait for writers of the index and hold off new ones until the transaction ends; readers go on.

    Without it a thing could be read as public here, hidden and removed by its room, and then be put back from here.
    SQLite has one writer at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {SearchEntry._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def refresh_statistics() -> None:
    """Tell PostgreSQL how common each term is; by that it chooses how to search. Its autovacuum does so in time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {SearchEntry._meta.db_table}")


def _tidy() -> None:
    """Let the engine merge its index, which it refuses inside a transaction, and count its terms."""
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"VACUUM {SearchEntry._meta.db_table}")
            else:
                cursor.execute(f"INSERT INTO {FTS_TABLE} ({FTS_TABLE}) VALUES ('optimize')")
    refresh_statistics()
