"""What the desk shows: one queue, one view, one page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from engage.accounts.models import User
from engage.desk.models import Preference, SavedView, Undo
from engage.desk.registry import Filter, Queue, Row, RowAction, Rows, Text, View
from engage.desk.rules import clean_search, known_filters, page_count

PAGE_LIMIT = 10_000


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
class Screen:
    """Everything one page of the desk shows. `chosen` are the parameters of its address without the page."""

    queue: Queue
    view: View
    rows: list[ShownRow]
    total: int
    page: int
    pages: int
    next_due: Text
    filters: list[ShownFilter]
    search: str
    views: list[ShownView]
    saved: list[SavedView]
    saved_now: SavedView | None
    chosen: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether a search or a filter hides rows."""
        return bool(self.chosen.keys() - {"view"})

    @property
    def bulk_actions(self) -> list[RowAction]:
        """The actions that take several rows."""
        return [action for action in self.queue.actions if action.bulk]


def screen(actor: User, queue: Queue, asked: Mapping[str, str]) -> Screen:
    """Return one page of a queue for the parameters of an address; what is unknown in them is left out."""
    view = queue.view(asked.get("view", "")) or queue.views[0]
    choices = {part.code: list(part.choices(actor)) for part in queue.filters}
    filters = known_filters(asked, {code: [value for value, _ in pairs] for code, pairs in choices.items()})
    search = clean_search(asked.get("q", "")) if queue.searchable else ""
    given = filters | ({"q": search} if search else {})
    page = _page_number(asked.get("page", ""))
    rows = queue.rows(actor, view.code, given, page)
    pages = page_count(rows.total, queue.page_size)
    if page > pages:
        page = pages
        rows = queue.rows(actor, view.code, given, page)
    chosen = {"view": view.code} | given
    saved = list(saved_views(actor, queue))
    counts = queue.counts(actor)
    return Screen(
        queue=queue,
        view=view,
        rows=_shown_rows(queue, rows),
        total=rows.total,
        page=page,
        pages=pages,
        next_due=rows.next_due,
        filters=[ShownFilter(part, choices[part.code], filters.get(part.code, "")) for part in queue.filters],
        search=search,
        views=[ShownView(part, counts.get(part.code), part == view) for part in queue.views],
        saved=saved,
        saved_now=next((kept for kept in saved if kept.filters == chosen), None),
        chosen=chosen,
    )


def saved_views(actor: User, queue: Queue) -> QuerySet[SavedView]:
    """List a person's own views of a queue."""
    return SavedView.objects.visible_to(actor).filter(queue=queue.code)


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
