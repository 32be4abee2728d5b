"""What the desk shows: one queue, one view, one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils import timezone

from engage.accounts.models import User
from engage.desk.models import Preference, SavedView, Undo
from engage.desk.registry import Filter, Queue, Row, RowAction, Rows, Text, View
from engage.desk.rules import MAX_SELECTED, clean_search, known_filters, page_count

PAGE_LIMIT = 10_000
CURSOR_MAX_LENGTH = 60


@dataclass(frozen=True)
class ShownFilter:
    """A select with its choices and what is chosen."""

    filter: Filter
    choices: list[tuple[str, Text]]
    value: str


@dataclass(frozen=True)
class ShownRow:
    """A row with the actions that it allows."""

    row: Row
    actions: list[RowAction]


@dataclass(frozen=True)
class ShownView:
    """A built-in view with its count (None: not counted)."""

    view: View
    count: int | None
    current: bool


@dataclass(frozen=True)
class ShownSaved:
    """A saved view with its address and count. `own`: the reader made it and may change it."""

    view: SavedView
    address: str
    count: int | str | None
    current: bool
    own: bool


@dataclass(frozen=True)
class Screen:
    """Everything one page of the desk shows. `chosen` are the parameters of its address without the page."""

    queue: Queue
    view: View
    rows: list[ShownRow]
    total: int
    page: int
    pages: int
    cursor: str
    before: str
    after: str
    more: bool
    next_due: Text
    filters: list[ShownFilter]
    search: str
    views: list[ShownView]
    saved: list[ShownSaved]
    saved_now: SavedView | None
    about: Sequence[Text] = ()
    chosen: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether a search or a filter hides rows."""
        return bool(self.chosen.keys() - {"view"})

    @property
    def saved_many(self) -> int:
        """How many views stand above the built-in ones; the keys 1 to 9 go by the place in the list."""
        return len(self.saved)

    @property
    def own_now(self) -> bool:
        """Tell whether the present view is one that the reader made and may change."""
        return any(kept.current and kept.own for kept in self.saved)

    @property
    def place(self) -> dict[str, Any]:
        """The parameters that lead back to this very page."""
        if not self.queue.keyset:
            return self.chosen | {"page": self.page}
        return self.chosen | ({"from": self.cursor} if self.cursor else {})

    @property
    def all_most(self) -> int:
        """How many rows "the whole view" chooses; 0 where a page shows all, or the queue has no such choice."""
        is_long = self.total > len(self.rows) and self.queue.all_ids is not None
        return min(self.total, MAX_SELECTED) if is_long else 0

    @property
    def bulk_actions(self) -> list[RowAction]:
        """The actions that take several rows."""
        return [action for action in self.queue.actions if action.bulk]


def screen_filters(actor: User, queue: Queue, asked: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the view and the filters that an address asks for; what is unknown in them is left out."""
    view = queue.view(asked.get("view", "")) or queue.views[0]
    known = {part.code: [value for value, _label in part.choices(actor)] for part in queue.filters}
    search = clean_search(asked.get("q", "")) if queue.searchable else ""
    return view.code, known_filters(asked, known) | ({"q": search} if search else {})


def screen(actor: User, queue: Queue, asked: Mapping[str, str]) -> Screen:
    """Return one page of a queue for the parameters of an address; what is unknown in them is left out."""
    choices = {part.code: list(part.choices(actor)) for part in queue.filters}
    code, given = screen_filters(actor, queue, asked)
    view = queue.view(code) or queue.views[0]
    search = given.get("q", "")
    chosen = {"view": view.code} | given
    # Before anything else is counted: a queue may count all its views in one reading.
    saved = _shown_saved(actor, queue, chosen)
    page, pages, cursor = _page_number(asked.get("page", "")), 1, ""
    if queue.keyset:
        page, cursor = 1, asked.get("from", "")[:CURSOR_MAX_LENGTH]
        rows = queue.rows(actor, view.code, given, cursor)
        if cursor and not rows.rows:
            cursor, rows = "", queue.rows(actor, view.code, given, "")
    else:
        rows = queue.rows(actor, view.code, given, page)
        pages = page_count(rows.total, queue.page_size)
        if page > pages:
            page = pages
            rows = queue.rows(actor, view.code, given, page)
    counts = queue.counts(actor)
    return Screen(
        queue=queue,
        view=view,
        rows=_shown_rows(queue, rows),
        total=rows.total,
        page=page,
        pages=pages,
        cursor=cursor,
        before=rows.before,
        after=rows.after,
        more=rows.more,
        next_due=rows.next_due,
        filters=[ShownFilter(part, choices[part.code], given.get(part.code, "")) for part in queue.filters],
        search=search,
        views=[ShownView(part, counts.get(part.code), part == view) for part in queue.views],
        saved=saved,
        saved_now=next((kept.view for kept in saved if kept.current), None),
        about=queue.about(actor) if queue.about else (),
        chosen=chosen,
    )


def saved_views(actor: User, queue: Queue) -> QuerySet[SavedView]:
    """List a person's views of a queue, the own and the shared ones."""
    return SavedView.objects.visible_to(actor).filter(queue=queue.code).select_related("department")


def _shown_saved(actor: User, queue: Queue, chosen: Mapping[str, str]) -> list[ShownSaved]:
    saved = list(saved_views(actor, queue))
    counts: Sequence[int | str | None] = [None] * len(saved)
    if saved and queue.count_saved is not None:
        counts = queue.count_saved(actor, [view.filters for view in saved])
    now = next((view for view in saved if view.filters == chosen), None)
    return [
        ShownSaved(view, urlencode(view.filters), count, view is now, view.user_id == actor.pk)
        for view, count in zip(saved, counts, strict=True)
    ]


def single_keys_on(actor: User) -> bool:
    """Tell whether the single-letter keys are on for a person; they are until turned off."""
    return Preference.objects.filter(user=actor).values_list("single_keys", flat=True).first() is not False


def open_undo(actor: User, token: str) -> bool:
    """Tell whether this token still takes something back."""
    return bool(token) and Undo.objects.filter(user=actor, token=token, until__gt=timezone.now()).exists()


def _shown_rows(queue: Queue, rows: Rows) -> list[ShownRow]:
    return [
        ShownRow(row, [action for action in queue.actions if row.actions is None or action.code in row.actions])
        for row in rows.rows
    ]


def _page_number(raw: str) -> int:
    return max(1, min(int(raw[:9]), PAGE_LIMIT)) if raw.isascii() and raw.isdigit() else 1
