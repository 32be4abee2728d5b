"""A queue with everything a queue can have, over a list in memory: the test's stand-in for a room."""

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django import forms

from engage.accounts.actors import Role, has_role
from engage.desk.registry import (
    Cell,
    Column,
    Done,
    Due,
    Filter,
    Queue,
    Row,
    RowAction,
    Rows,
    View,
    register,
    unregister,
)
from engage.errors import Refused

PAGE = 3


class ReasonForm(forms.Form):
    """Why an item is turned away."""

    reason = forms.CharField(label="Reason", max_length=20)


class Letters:
    """Letters that wait: `waiting` maps an id to a title, `done` to what was done with it."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.waiting = {f"letter:{n}": title for n, title in enumerate(titles, start=1)}
        self.done: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, str], int]] = []

    def rows(self, actor: Any, view: str, filters: Mapping[str, str], page: int) -> Rows:
        self.asked.append((view, dict(filters), page))
        found = [
            (id_, title)
            for id_, title in self.waiting.items()
            if (id_ in self.done) == (view == "done")
            and filters.get("q", "") in title
            and title.startswith(filters.get("starts", ""))
        ]
        shown = found[(page - 1) * PAGE : page * PAGE]
        return Rows([self._row(id_, title) for id_, title in shown], len(found), next_due="Next due Thursday.")

    def _row(self, id_: str, title: str) -> Row:
        locked = title.startswith("locked")
        return Row(
            id=id_,
            title=title,
            url="" if title.startswith("long") else f"/desk/letters/{id_}/",
            reference=f"REF-{id_}",
            body="word " * 100 if title.startswith("long") else "",
            language="en",
            due=Due("today", "warn"),
            cells=(Cell("letter", "by post"), Cell("held", state="warn")),
            actions=frozenset({"accept"}) if locked else None,
        )

    def counts(self, actor: Any) -> dict[str, int]:
        return {"new": len(self.waiting) - len(self.done), "done": len(self.done)}

    def accept(self, actor: Any, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
        return self._finish(actor, ids, "accepted")

    def reject(self, actor: Any, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
        return self._finish(actor, ids, data["reason"])

    def burn(self, actor: Any, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
        self._finish(actor, ids, "burnt")
        return Done("Burnt for good.")

    def _finish(self, actor: Any, ids: Sequence[str], how: str) -> Done:
        if not has_role(actor, Role.OFFICER):
            raise Refused("not_allowed")
        for id_ in ids:
            if id_ not in self.waiting or id_ in self.done:
                raise Refused("not_allowed")
        self.done |= dict.fromkeys(ids, how)
        return Done(f"{len(ids)} {how}.", undo={"ids": list(ids)})

    def bring_back(self, actor: Any, payload: Mapping[str, Any]) -> str:
        for id_ in payload["ids"]:
            del self.done[id_]
        return "Brought back."

    def queue(self, code: str = "letters", **changes: Any) -> Queue:
        described: dict[str, Any] = {
            "code": code,
            "label": "Letters",
            "roles": (Role.OFFICER, Role.APPROVER),
            "rows": self.rows,
            "counts": self.counts,
            "views": (View("new", "New"), View("done", "Done")),
            "columns": (Column("kind", "Kind"), Column("state", "State")),
            "filters": (Filter("starts", "Begins with", lambda actor: [("a", "A"), ("b", "B")]),),
            "actions": (
                RowAction("accept", "Accept", self.accept, key="a", undo=self.bring_back),
                RowAction("reject", "Reject", self.reject, key="r", form=ReasonForm, undo=self.bring_back, tone="bad"),
                RowAction("burn", "Burn", self.burn, bulk=False),
            ),
            "page_size": PAGE,
            "due_label": "Due",
        }
        return Queue(**(described | changes))


@contextmanager
def registered(*queues: Queue):
    """Have the queues on the desk for a while."""
    try:
        for queue in queues:
            register(queue)
        yield
    finally:
        for queue in queues:
            unregister(queue.code)
