"""A small library to search: each thing in it is the entry of one department."""

from datetime import UTC, datetime, timedelta
from typing import Any

from engage.departments.models import Department
from engage.search import actions, queries, registry
from engage.search.registry import Entry, Source

FIRST_DAY = datetime(2026, 1, 1, 4, 0, tzinfo=UTC)


class Library:
    """Publishes things and finds them again by their name."""

    def __init__(self) -> None:
        self.shelves: dict[int, tuple[str, list[Entry]]] = {}
        for kind, label in (("note", "Notes"), ("letter", "Letters")):
            registry.register(
                Source(kind, label, Department, lambda kind=kind: self.public(kind), lambda shelf: self.entries(shelf))
            )

    def public(self, kind: str) -> Any:
        """Give the shelves of a kind that are public, which here is: active."""
        keys = [key for key, (own, _entries) in self.shelves.items() if own == kind]
        return Department.objects.active().filter(pk__in=keys)

    def entries(self, shelf: Department) -> list[Entry]:
        """Give what lies on a shelf."""
        return self.shelves[shelf.pk][1]

    def shelf(self, name: str) -> Department:
        """Give the shelf of a published thing."""
        return Department.objects.get(code=f"shelf-{name}")

    def publish(self, name: str, *entries: Entry, kind: str = "note", index: bool = True) -> Department:
        """Put entries on a shelf of their own."""
        shelf = Department.add_root(code=f"shelf-{name}", name_zh="书架", name_en="Shelf")
        self.shelves[shelf.pk] = (kind, list(entries))
        if index:
            actions.index(shelf)
        return shelf

    def add(
        self,
        name: str,
        body: str,
        *,
        title: str = "",
        day: int | None = None,
        language: str = "zh-hans",
        kind: str = "note",
        department: Department | None = None,
    ) -> Department:
        """Publish one text; each is a day newer than the one before it, unless told otherwise."""
        published_at = FIRST_DAY + timedelta(days=len(self.shelves) if day is None else day)
        key = department.pk if department else None
        entry = Entry(language, title, body, f"/zh/{name}/", published_at, key, object_id=name)
        return self.publish(name, entry, kind=kind)


def names(text: str, **filters: Any) -> list[str]:
    """Search and give the names of what was found, in order."""
    return [hit.object_id for hit in queries.search(text, **filters).items]
