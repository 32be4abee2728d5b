"""The moderation queue of the desk: everything that waits for somebody to read it before the public does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor, Role
from engage.desk.registry import Cell, Column, Done, Due, Filter, Queue, Row, RowAction, Rows, View
from engage.errors import Refused
from engage.pages.translation import HTML_LANG
from engage.participation import actions, moderation, personal_data
from engage.participation.models import Moderated, ModerationState, Submission
from engage.participation.queries import public_signature

PAGE = 25
REPORTED = "reported"
# A comment waits at most this long for a moderator; shown on the row, measured in calendar days.
PROMISED_DAYS = 1


class RejectForm(forms.Form):
    """Why it is not published: its sender reads the sentence."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", "—"), *moderation.REASONS.items()],
        error_messages={"required": _("Choose a reason; the sender reads it")},
    )


def _items(actor: Actor, view: str, source: moderation.Source) -> QuerySet[Any]:
    items = source.model._default_manager.visible_to(actor).exclude(  # type: ignore[attr-defined]
        submission__state=Submission.State.WITHDRAWN
    )
    items = items.select_related(*source.related).prefetch_related(*source.prefetch)
    if view == REPORTED:
        return source.reported(items) if source.reported else items.none()
    return items.filter(moderation_state=view)


def rows(actor: Actor, view: str, filters: Mapping[str, str], page: int) -> Rows:
    """Return one page of a view, the oldest first while something waits to be read, else the newest decision first."""
    wanted = [source for source in moderation.sources() if not filters.get("kind") or source.code == filters["kind"]]
    waits = view in (ModerationState.HELD, REPORTED)
    order = "submission__received_at" if waits else "-moderated_at"
    found: list[tuple[moderation.Source, Any]] = []
    total = 0
    end = page * PAGE
    for source in wanted:
        items = _items(actor, view, source)
        if typed := filters.get("q", "").strip():
            items = items.filter(**{f"{source.searched}__icontains": typed[:200]})
        total += items.count()
        found += [(source, item) for item in items.order_by(order, "pk")[:end]]
    found.sort(key=lambda pair: pair[1].submission.received_at, reverse=not waits)
    return Rows([_row(source, item, view) for source, item in found[end - PAGE : end]], total)


def marked(text: str) -> list[tuple[str, bool]]:
    """Cut a text into pieces, with what looks like personal data marked; empty when nothing does."""
    findings = personal_data.find(text)
    pieces = []
    done = 0
    for finding in findings:
        pieces += [(text[done : finding.start], False), (text[finding.start : finding.end], True)]
        done = finding.end
    return [piece for piece in [*pieces, (text[done:], False)] if piece[0]] if findings else []


def _row(source: moderation.Source, item: Any, view: str) -> Row:
    submission = item.submission
    text = source.text(item)
    pieces = marked(text)
    possible = source.decisions(item) if source.decisions else _STATES.values()
    allowed = {code for code, state in _STATES.items() if state != item.moderation_state and state in possible}
    notes = source.notes(item) if source.notes else []
    if view == REPORTED:
        allowed.add("settle")
    waiting = timezone.now() - submission.received_at
    late = waiting.days >= PROMISED_DAYS
    return Row(
        id=f"{source.code}:{item.pk}",
        title=source.title(item),
        url=source.url(item) if source.opens or item.moderation_state == ModerationState.PUBLISHED else "",
        reference=submission.reference,
        body=text,
        pieces=pieces,
        seen=personal_data.mask(text) if pieces else "",
        notes=[*notes, *(source.reports(item) if source.reports and view == REPORTED else ())],
        language=HTML_LANG.get(item.language, item.language),
        due=Due(_waiting(waiting.days), "warn" if late else "ok")
        if item.moderation_state == ModerationState.HELD
        else None,
        cells=(
            Cell(
                public_signature(submission),
                note=date_format(timezone.localtime(submission.received_at), "DATETIME_FORMAT"),
                language=HTML_LANG.get(item.language, item.language) if submission.signature else "",
            ),
            Cell(
                item.get_moderation_state_display(),
                note=moderation.REASONS.get(item.moderation_reason, "")
                or (gettext("looks automatic") if submission.flagged else ""),
                state="info",
            ),
        ),
        actions=frozenset(allowed),
    )


def _waiting(days: int) -> str:
    return ngettext("%(n)d day waiting", "%(n)d days waiting", days) % {"n": days}


_STATES = {
    "publish": ModerationState.PUBLISHED,
    "private": ModerationState.PRIVATE,
    "reject": ModerationState.REJECTED,
    "hold": ModerationState.HELD,
}


def counts(actor: Actor) -> dict[str, int]:
    """Count what waits."""
    return {
        view: sum(_items(actor, view, source).count() for source in moderation.sources())
        for view in (ModerationState.HELD.value, REPORTED)
    }


def _find(ids: Sequence[str]) -> list[Moderated]:
    """Return the items behind row ids; raises Refused("item_gone") for one that is not there."""
    known = {source.code: source for source in moderation.sources()}
    items = []
    for row_id in ids:
        code, _colon, number = row_id.partition(":")
        model = known[code].model if code in known else None
        item = model._default_manager.filter(pk=int(number)).first() if model and number.isdecimal() else None
        if item is None:
            raise Refused("item_gone")
        items.append(item)
    return items


def chosen(actor: Actor, ids: Sequence[str]) -> list[Row]:
    """Return the rows behind ids that the actor may see, in their order."""
    known = {source.code: source for source in moderation.sources()}
    shown = []
    for row_id in ids:
        code, _colon, number = row_id.partition(":")
        source = known.get(code)
        if source is None or not number.isdecimal():
            continue
        items = source.model._default_manager.visible_to(actor)  # type: ignore[attr-defined]
        item = items.select_related(*source.related).prefetch_related(*source.prefetch).filter(pk=int(number)).first()
        if item is not None:
            shown.append(_row(source, item, item.moderation_state))
    return shown


def _decide(actor: Actor, ids: Sequence[str], state: ModerationState, reason: str = "") -> Done:
    items = _find(ids)
    before = {row_id: [item.moderation_state, item.moderation_reason] for row_id, item in zip(ids, items, strict=True)}
    for item in items:
        actions.moderate(item, state, reason=reason, actor=actor)
    n = len(items)
    sentence = {
        ModerationState.PUBLISHED: ngettext("%(n)d published", "%(n)d published", n),
        ModerationState.PRIVATE: ngettext("%(n)d kept private", "%(n)d kept private", n),
        ModerationState.REJECTED: ngettext("%(n)d rejected", "%(n)d rejected", n),
        ModerationState.HELD: ngettext("%(n)d held back", "%(n)d held back", n),
    }[state]
    return Done(sentence % {"n": n}, undo={"before": before})


def publish(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Publish the chosen items."""
    return _decide(actor, ids, ModerationState.PUBLISHED)


def keep_private(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Read the chosen items without publishing them."""
    return _decide(actor, ids, ModerationState.PRIVATE)


def reject(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Reject the chosen items with a reason."""
    return _decide(actor, ids, ModerationState.REJECTED, data["reason"])


def hold(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Take the chosen items back from the public until they are read again."""
    return _decide(actor, ids, ModerationState.HELD)


def settle(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Leave the chosen items as they are, and close what readers reported about them."""
    closed: dict[str, list[int]] = {}
    items = _find(ids)
    for item in items:
        source = moderation.source_of(item)
        if source.settle is None:
            raise Refused("item_gone")
        closed.setdefault(source.code, []).extend(source.settle(item, actor))
    n = len(items)
    return Done(ngettext("%(n)d left as it is", "%(n)d left as they are", n) % {"n": n}, undo={"closed": closed})


def unsettle(actor: Actor, payload: Mapping[str, Any]) -> str:
    """Open the reports again."""
    for source in moderation.sources():
        if source.reopen and (keys := payload["closed"].get(source.code)):
            source.reopen(keys, actor)
    return gettext("Taken back")


def undo(actor: Actor, payload: Mapping[str, Any]) -> str:
    """Put the items back into the state they were in."""
    for row_id, (state, reason) in payload["before"].items():
        for item in _find([row_id]):
            actions.moderate(item, state, reason=reason, actor=actor)
    return gettext("Taken back")


def _kinds(actor: Actor) -> list[tuple[str, Any]]:
    return [(source.code, source.label) for source in moderation.sources()]


MODERATION = Queue(
    code="moderation",
    label=_("Moderation"),
    roles=(Role.OFFICER, Role.APPROVER),
    columns=(Column("sender", pgettext_lazy("desk", "From")), Column("state", _("State"))),
    views=(
        View(ModerationState.HELD, _("Waiting")),
        View(REPORTED, _("Reported by readers")),
        View(ModerationState.PUBLISHED, _("Published")),
        View(ModerationState.PRIVATE, _("Read, not published")),
        View(ModerationState.REJECTED, _("Rejected")),
    ),
    rows=rows,
    chosen=chosen,
    counts=counts,
    filters=(Filter("kind", _("Kind"), _kinds),),
    actions=(
        RowAction("publish", _("Publish"), run=publish, key="p", undo=undo, tone="go"),
        RowAction("settle", _("Leave as it is"), run=settle, key="l", undo=unsettle),
        RowAction("private", _("Keep private"), run=keep_private, key="x", undo=undo),
        RowAction("reject", _("Reject"), run=reject, key="r", undo=undo, form=RejectForm, tone="bad"),
        RowAction("hold", _("Hold back"), run=hold, key="h", undo=undo),
    ),
    page_size=PAGE,
    due_label=_("Waiting for"),
)
