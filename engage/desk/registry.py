"""How a room gives the desk a queue.

A queue is described once, in the room's `apps.py`, and the desk shows it: a table of rows, the views on its left, the
filters and the search above it, a button and perhaps a key for each action, and ten seconds to take an action back.

    # apps.py
    def ready(self) -> None:
        from mailbox import desk
        from engage.desk.registry import register
        register(desk.CASES)

    # desk.py
    CASES = Queue(
        code="cases",
        label=_("Cases"),
        roles=(Role.OFFICER, Role.APPROVER),
        columns=(Column("kind", _("Kind")), Column("route", _("Suggested department"))),
        views=(View("new", _("New")), View("mine", _("Mine"))),
        rows=queries.case_rows,           # (actor, view, filters, page) -> Rows
        counts=queries.case_counts,       # (actor) -> {"new": 14, "mine": 4}
        filters=(Filter("kind", _("Kind"), queries.kind_choices),),
        actions=(
            RowAction("accept", _("Accept"), run=accept, key="a", undo=unaccept),
            RowAction("route", _("Route"), run=route, key="r", form=RouteForm),
        ),
    )

    def accept(actor, ids, data) -> Done:
        cases = actions.accept_cases(ids, actor=actor)   # checks the permission, raises Refused(code)
        return Done(ngettext(...), undo={"ids": [case.pk for case in cases]})

    def unaccept(actor, payload) -> str:
        actions.return_to_triage(payload["ids"], actor=actor)
        return gettext("Back in triage.")

What the desk promises: `rows`, `counts` and every action get a signed-in actor who holds one of the queue's roles and
has shown a second factor. What the room promises: `rows` starts from `visible_to(actor)`, every action checks its own
permission and never trusts the ids, which come from the page. `run` and `undo` are called inside one transaction of
the desk, so a refusal half way through a selection leaves nothing done; a queue that goes row by row catches it at each
row and says in `Done.failed` what could not be done. Everything shown is text: the desk escapes it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from django import forms
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import Actor, Role, has_role, is_staff
from engage.desk.rules import PAGE_SIZE, UNDO_SECONDS

Text = str | Promise
State = Literal["ok", "warn", "bad", "info", ""]

# The sorts of work in the desk's bar. What counts what waits for a person, and what has no sort, stands by itself.
MAILBOX, CONSULTATIONS, PUBLISHING, OUTREACH, ALONE = "mailbox", "consultations", "publishing", "outreach", ""
GROUPS: Mapping[str, Text] = {
    MAILBOX: pgettext_lazy("desk", "Letters"),
    CONSULTATIONS: pgettext_lazy("desk", "Consultations"),
    PUBLISHING: pgettext_lazy("desk", "Publishing"),
    OUTREACH: pgettext_lazy("desk", "Outreach"),
}
# So many places stand side by side in the bar; who has more finds them under their sorts.
SIDE_BY_SIDE = 8

# Keys the desk keeps for itself: next, previous, undo, search, the sheet.
DESK_KEYS = frozenset({"j", "k", "z", "/", "?"})
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")


@dataclass(frozen=True)
class Column:
    """One column beside the title; `Row.cells` follow the order of `Queue.columns`."""

    code: str
    label: Text


@dataclass(frozen=True)
class Cell:
    """What stands in a column: a text, a smaller line under it, and a chip when it is a state."""

    text: Text = ""
    note: Text = ""
    state: State = ""
    # Of the text, as HTML says it; empty when it is in the reader's own language.
    language: str = ""


@dataclass(frozen=True)
class Due:
    """The chip of the first column: days and date in words ("2 days, by 3 December")."""

    text: Text
    state: State = "ok"


@dataclass(frozen=True)
class RowLink:
    """A sentence about the item that leads somewhere, with an optional single-letter key on the present row."""

    text: Text
    url: str
    key: str = ""


@dataclass(frozen=True)
class Row:
    """One item waiting.

    `id` comes back to the actions. `url` is the item's own page, or empty when `body` is all there is; `language` is
    the HTML language of title and body when it may differ from the page's. `actions` limits the queue's actions to
    those that this item allows now (None: all). `pieces` are the body's words with those that need the eye marked;
    `seen` is what the public reads instead of them; `notes` are sentences about the item, `links` such that lead on.
    """

    id: str
    title: str
    url: str = ""
    reference: str = ""
    body: str = ""
    language: str = ""
    due: Due | None = None
    cells: Sequence[Cell] = ()
    actions: frozenset[str] | None = None
    pieces: Sequence[tuple[str, bool]] = ()
    seen: str = ""
    notes: Sequence[Text] = ()
    links: Sequence[RowLink] = ()


@dataclass(frozen=True)
class Rows:
    """One page of a view. `next_due` is a whole sentence for the empty state ("Next due Thursday").

    Of a queue with `keyset`: `before` and `after` are the cursors of the pages beside this one, empty where none is.
    `more`: there are more than `total`, nobody counts on.
    """

    rows: Sequence[Row]
    total: int
    next_due: Text = ""
    before: str = ""
    after: str = ""
    more: bool = False


@dataclass(frozen=True)
class View:
    """A built-in view of the queue, listed on the left; the first one is where the queue opens."""

    code: str
    label: Text


@dataclass(frozen=True)
class Filter:
    """A select above the table. `choices(actor)` lists (value, label) without the empty choice."""

    code: str
    label: Text
    choices: Callable[[Actor], Sequence[tuple[str, Text]]]


@dataclass(frozen=True)
class Failed:
    """A row of a selection that could not be done: its reference, as far as the reader may know it, and why."""

    reference: str
    reason: Text


@dataclass(frozen=True)
class Done:
    """What an action did: a whole sentence, and what its `undo` needs to take it back (JSON, no personal data).

    `failed` are the rows that could not be done. With `url` the action goes on there, and the desk leads to it.
    """

    message: Text
    undo: Mapping[str, Any] | None = None
    failed: Sequence[Failed] = ()
    url: str = ""


class Run(Protocol):
    """Carry the action out on the chosen rows; `data` is the cleaned data of the action's form, or empty."""

    def __call__(self, actor: Actor, ids: Sequence[str], data: Mapping[str, Any], /) -> Done: ...


class ActionForm(Protocol):
    """Build the form of an action: `form(data)` bound, `form()` unbound; a `forms.Form` subclass will do."""

    def __call__(self, data: Mapping[str, Any] | None = None, /) -> forms.Form: ...


@dataclass(frozen=True)
class RowAction:
    """A button on each row and above the selection, with an optional single-letter key.

    With a `form` the desk first asks for what the form needs (a reason, a department) on a page of its own; `form_for`
    is a form that depends on who acts: `form_for(data, actor=...)`. Without
    `bulk` the action takes one row at a time. `undo` gets the actor and the payload of `Done.undo` and returns a
    whole sentence; it refuses (`Refused`) when the item has moved on. The tone "bad" marks what turns something away,
    "go" the usual decision. `aside`: rows have no button for it; its key works on the present row all the same. An
    action for one row at a time may share the key of one for many, where no row offers both.
    """

    code: str
    label: Text
    run: Run
    key: str = ""
    form: ActionForm | None = None
    undo: Callable[[Actor, Mapping[str, Any]], Text] | None = None
    undo_seconds: int = UNDO_SECONDS
    bulk: bool = True
    aside: bool = False
    tone: Literal["", "go", "bad"] = ""
    form_for: Callable[..., forms.Form] | None = None

    def build_form(self, actor: Actor, data: Mapping[str, Any] | None) -> forms.Form | None:
        """Return the form of this action, unbound without data; None where it needs nothing."""
        if self.form_for is not None:
            return self.form_for(data, actor=actor)
        return self.form(data) if self.form is not None else None


@dataclass(frozen=True)
class Key:
    """One line of the key sheet."""

    keys: tuple[str, ...]
    label: Text


def no_counts(actor: Actor) -> Mapping[str, int]:
    """Count nothing: the views are shown without numbers."""
    return {}


@dataclass(frozen=True)
class Queue:
    """One list of work; see the head of this file.

    With `keyset` the fourth argument of `rows` is a cursor ("": the first page) and not a number: no page costs more
    than the first. `count_saved` counts saved views, given by their filters, all in one go. `undo` takes back what was
    done on the room's own pages (`actions.keep_undo`). `exports` are (label, name of an address) that give the present
    view as a file, `links` such that lead to pages beside the queue. `about` are whole sentences above the rows, for
    example how long the work takes.
    """

    code: str
    label: Text
    roles: Sequence[Role]
    rows: Callable[[Actor, str, Mapping[str, str], Any], Rows]
    views: Sequence[View]
    columns: Sequence[Column] = ()
    actions: Sequence[RowAction] = ()
    filters: Sequence[Filter] = ()
    # The rows behind ids, shown again above the form of an action: nobody decides on what they no longer see.
    chosen: Callable[[Actor, Sequence[str]], Sequence[Row]] | None = None
    counts: Callable[[Actor], Mapping[str, int]] = no_counts
    searchable: bool = True
    page_size: int = PAGE_SIZE
    due_label: Text = ""
    keys: Sequence[Key] = field(default_factory=tuple)
    group: str = CONSULTATIONS
    keyset: bool = False
    count_saved: Callable[[Actor, Sequence[Mapping[str, str]]], Sequence[int | str]] | None = None
    undo: Callable[[Actor, Mapping[str, Any]], Text] | None = None
    exports: Sequence[tuple[Text, str]] = ()
    links: Sequence[tuple[Text, str]] = ()
    # (actor, view, filters, most) -> the ids of a whole view, so that more can be chosen than a page shows.
    all_ids: Callable[[Actor, str, Mapping[str, str], int], Sequence[str]] | None = None
    about: Callable[[Actor], Sequence[Text]] | None = None
    # Whether the desk may open here: a list that is only looked through is not where somebody's work waits.
    opens_desk: bool = True

    def taking_back(self, action: str) -> Callable[[Actor, Mapping[str, Any]], Text] | None:
        """Return what takes an action back; of no action, what was done on the room's own pages."""
        if not action:
            return self.undo
        found = self.action(action)
        return found.undo if found else None

    def action(self, code: str) -> RowAction | None:
        """Return one of the queue's actions."""
        return next((action for action in self.actions if action.code == code), None)

    def view(self, code: str) -> View | None:
        """Return one of the queue's built-in views."""
        return next((view for view in self.views if view.code == code), None)


@dataclass(frozen=True)
class DeskPage:
    """A place of the desk that is no queue: a name in the bar that opens a room's own address (`url_name`).

    Its view is decorated with `engage.desk.views.for_staff` and passes `engage.desk.views.frame(request, page)` to a
    template that extends desk/base.html. `keys` go on the sheet of keys.
    """

    code: str
    label: Text
    roles: Sequence[Role]
    url_name: str
    keys: Sequence[Key] = ()
    # How many things wait there for one person; shown in the bar on every page of the desk, so one query at most.
    count: Callable[[Actor], int] | None = None
    group: str = CONSULTATIONS


_queues: dict[str, Queue] = {}
_pages: dict[str, DeskPage] = {}


def register(queue: Queue) -> None:
    """Add a queue to the desk; ValueError for a description that could not work."""
    faults = list(_faults(queue))
    if queue.code in _queues:
        faults.append("a queue of this code is registered already")
    if queue.group not in GROUPS:
        faults.append(f"there is no group {queue.group!r}")
    if faults:
        raise ValueError(f"desk queue {queue.code!r}: {'; '.join(faults)}")
    _queues[queue.code] = queue


def unregister(code: str) -> None:
    """Take a queue out again (a room that is switched off, a test)."""
    _queues.pop(code, None)


def register_page(page: DeskPage) -> None:
    """Add a page to the desk's bar; ValueError for a code that is taken or none, a page for nobody, no such group."""
    if not _CODE.match(page.code) or page.code in _pages or page.code in _queues or not page.roles:
        raise ValueError(f"desk page {page.code!r}: it needs a free code and a role")
    if page.group not in (*GROUPS, ALONE):
        raise ValueError(f"desk page {page.code!r}: there is no group {page.group!r}")
    _pages[page.code] = page


def pages_for(actor: Actor) -> list[DeskPage]:
    """List the pages whose roles the actor holds, in the order of registration; none for who is not staff."""
    if not is_staff(actor):
        return []
    return [page for page in _pages.values() if has_role(actor, *page.roles)]


def queues_for(actor: Actor) -> list[Queue]:
    """List the queues whose roles the actor holds, in the order of registration; none for who is not staff."""
    if not is_staff(actor):
        return []
    return [queue for queue in _queues.values() if has_role(actor, *queue.roles)]


@dataclass(frozen=True)
class BarItem:
    """One part of the desk's bar: a sort of work with its places, or a single place, which has no label of its own."""

    places: Sequence[Queue | DeskPage]
    label: Text = ""


def bar_for(actor: Actor) -> list[BarItem]:
    """Return the bar of one person: all places side by side if these are few, else those of a sort under its name."""
    places: list[Queue | DeskPage] = [*queues_for(actor), *pages_for(actor)]
    if len(places) <= SIDE_BY_SIDE:
        return [BarItem([place]) for place in places]
    sorts: dict[str, list[Queue | DeskPage]] = {code: [] for code in GROUPS}
    alone: list[BarItem] = []
    waits: list[BarItem] = []
    for place in places:
        if isinstance(place, DeskPage) and place.count is not None:
            waits.append(BarItem([place]))
        elif place.group == ALONE:
            alone.append(BarItem([place]))
        else:
            sorts[place.group].append(place)
    named = [BarItem(found, GROUPS[code] if len(found) > 1 else "") for code, found in sorts.items() if found]
    return [*waits, *named, *alone]


def works_at_desk(actor: Actor) -> bool:
    """Tell whether the desk is where a person works; the help alone makes nobody come."""
    return bool(queues_for(actor)) or any(page.group != ALONE for page in pages_for(actor))


def first_page_for(actor: Actor) -> DeskPage | None:
    """Return where the desk opens for who has no queue: where something may wait, then any work, then the help."""
    pages = sorted(pages_for(actor), key=lambda page: (page.count is None, page.group == ALONE))
    return next(iter(pages), None)


def queue_for(actor: Actor, code: str) -> Queue | None:
    """Return a queue the actor may work in; None when there is none or it is not theirs, which look the same."""
    return next((queue for queue in queues_for(actor) if queue.code == code), None)


def _faults(queue: Queue) -> list[str]:
    faults: list[str] = []
    codes = [queue.code, *(part.code for part in (*queue.views, *queue.columns, *queue.actions, *queue.filters))]
    faults += [f"{code!r} is not a code" for code in codes if not _CODE.match(code)]
    if not queue.views:
        faults.append("it needs a view")
    if not queue.roles:
        faults.append("it needs a role")
    if {filter_.code for filter_ in queue.filters} & {"q", "page", "from", "view", "saved"}:
        faults.append("a filter takes a name of the desk's own (q, page, from, view, saved)")
    for name, parts in (("view", queue.views), ("action", queue.actions), ("filter", queue.filters)):
        if len({part.code for part in parts}) < len(parts):
            faults.append(f"two {name}s share a code")
    letters = [action.key for action in queue.actions if action.key]
    faults += [f"{key!r} is not a free letter" for key in letters if not re.fullmatch("[a-z]", key) or key in DESK_KEYS]
    for at_once in (True, False):
        ours = [action.key for action in queue.actions if action.key and action.bulk is at_once]
        if len(set(ours)) < len(ours):
            faults.append("two actions share a key")
    return faults
