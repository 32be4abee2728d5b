"""The outbox on the desk: its page in the bar, the ledger as a queue, and messages that came in from channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.desk.registry import OUTREACH, Cell, Column, DeskPage, Done, Filter, Queue, Row, RowAction, Rows, View
from engage.desk.rules import UNDO_SECONDS
from engage.errors import Refused
from engage.outreach.delivery import access, actions, adapters, queries, words
from engage.outreach.delivery.models import Delivery, Message
from engage.pages.translation import HTML_LANG
from engage.participation import personal_data
from engage.participation.desk import marked

PAGE = 25
OUTBOX = DeskPage(code="outbox", label=_("Outbox"), roles=access.ROLES, url_name="outbox", group=OUTREACH)
CHANNEL_IMPORT = DeskPage(
    code="channel-import",
    label=_("Take in messages"),
    roles=access.READERS,
    url_name="outbox_import",
    group=OUTREACH,
)

# Views of the ledger: the states each one shows.
_VIEWS = {
    "open": "scheduled,sending,failed",
    "failed": "failed,given_up",
    "sent": "sent",
    "done": "acknowledged",
    "all": "",
}


def _numbers(ids: Sequence[str]) -> list[int]:
    """Return the keys behind row ids; raises Refused("item_gone")."""
    if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in ids):
        raise Refused("item_gone")
    return [int(one) for one in ids]


# --- the ledger -----------------------------------------------------------------------------------------------------


def ledger_rows(actor: Actor, view: str, filters: Mapping[str, str], page: int) -> Rows:
    """Return one page of the ledger."""
    rows = queries.ledger(
        actor=actor, state=_VIEWS[view], channel=filters.get("channel", ""), typed=filters.get("q", "").strip()
    )
    if state := filters.get("state", ""):
        rows = rows.filter(state=state)
    start = (page - 1) * PAGE
    return Rows([_ledger_row(row) for row in rows[start : start + PAGE]], rows.count())


def _ledger_row(row: Delivery) -> Row:
    adapter = adapters.find(row.channel.adapter)
    awaited = row.state == Delivery.State.SENT and adapter is not None and adapter.until_acknowledged
    allowed = set()
    if awaited or row.state in (Delivery.State.FAILED, Delivery.State.GIVEN_UP):
        allowed.add("retry")
    if row.due_at is not None and row.state != Delivery.State.SENDING:
        allowed.add("stop")
    if row.state == Delivery.State.SENT and row.channel.adapter == adapters.FileAdapter.code:
        allowed.add("posted")
    moment = row.acknowledged_at or row.sent_at or row.scheduled_at
    return Row(
        id=str(row.pk),
        title=row.title,
        url=reverse("outbox_delivery", args=[row.pk]),
        language=HTML_LANG.get(row.language, row.language),
        cells=(
            Cell(str(row.channel), note=words.language_name(row.language)),
            Cell(
                words.state_label(row),
                note=words.reason_sentence(row.reason, row.reason_values) if row.reason else "",
                state=words.state_kind(row),
            ),
            Cell(
                date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT"),
                note=ngettext("%(n)d try", "%(n)d tries", row.tries) % {"n": row.tries} if row.tries else "",
            ),
        ),
        actions=frozenset(allowed),
    )


def ledger_chosen(actor: Actor, ids: Sequence[str]) -> list[Row]:
    """Return the rows behind ids that the actor may see, in their order."""
    wanted = [int(one) for one in ids if one.isascii() and one.isdigit() and len(one) < 19]
    found = {row.pk: row for row in queries.ledger(actor=actor).filter(pk__in=wanted)}
    return [_ledger_row(found[pk]) for pk in wanted if pk in found]


def ledger_counts(actor: Actor) -> dict[str, int]:
    """Count what is on its way and what failed."""
    states = queries.state_counts(actor=actor)
    return {view: sum(states.get(state, 0) for state in _VIEWS[view].split(",")) for view in ("open", "failed", "sent")}


def retry(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Try the chosen deliveries again now."""
    n = len(actions.retry(_numbers(ids), now=timezone.now(), actor=actor))
    return Done(ngettext("%(n)d is tried again now", "%(n)d are tried again now", n) % {"n": n})


def stop(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Try the chosen deliveries no more."""
    rows = actions.give_up(_numbers(ids), now=timezone.now(), actor=actor)
    n = len(rows)
    return Done(ngettext("%(n)d stopped", "%(n)d stopped", n) % {"n": n}, undo={"ids": [row.pk for row in rows]})


def unstop(actor: Actor, payload: Mapping[str, Any]) -> str:
    """Let them be tried again."""
    actions.retry(payload["ids"], now=timezone.now(), actor=actor)
    return gettext("Tried again now")


def posted(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Say that the chosen export files were posted by hand."""
    rows = actions.mark_posted(_numbers(ids), now=timezone.now(), actor=actor)
    n = len(rows)
    sentence = ngettext("%(n)d marked as posted", "%(n)d marked as posted", n) % {"n": n}
    return Done(sentence, undo={"ids": [row.pk for row in rows]})


def unposted(actor: Actor, payload: Mapping[str, Any]) -> str:
    """Take the mark back."""
    within = timedelta(seconds=UNDO_SECONDS + 60)
    actions.unmark_posted(payload["ids"], within=within, now=timezone.now(), actor=actor)
    return gettext("Taken back")


def _channels(actor: Actor) -> list[tuple[str, Any]]:
    return [(channel.code, str(channel)) for channel in queries.channels(actor=actor)]


def _states(actor: Actor) -> list[tuple[str, Any]]:
    return list(Delivery.State.choices)


LEDGER = Queue(
    code="deliveries",
    label=_("Deliveries"),
    roles=access.ROLES,
    group=OUTREACH,
    columns=(
        Column("channel", _("Channel")),
        Column("state", _("State")),
        Column("moment", pgettext_lazy("ledger", "When")),
    ),
    views=(
        View("open", pgettext_lazy("ledger", "On the way")),
        View("failed", pgettext_lazy("ledger", "Failed")),
        View("sent", pgettext_lazy("ledger", "Handed over")),
        View("done", pgettext_lazy("ledger", "Acknowledged")),
        View("all", pgettext_lazy("ledger", "All")),
    ),
    rows=ledger_rows,
    chosen=ledger_chosen,
    counts=ledger_counts,
    filters=(Filter("channel", _("Channel"), _channels), Filter("state", _("State"), _states)),
    actions=(
        RowAction("retry", _("Try again now"), run=retry, key="t", tone="go"),
        RowAction("posted", _("It was posted by hand"), run=posted, key="p", undo=unposted),
        RowAction("stop", _("Try no more"), run=stop, key="x", undo=unstop, tone="bad"),
    ),
    page_size=PAGE,
)

# --- messages from channels -----------------------------------------------------------------------------------------


def message_rows(actor: Actor, view: str, filters: Mapping[str, str], page: int) -> Rows:
    """Return one page of messages."""
    rows = queries.messages(view, actor=actor, typed=filters.get("q", "").strip(), channel=filters.get("channel", ""))
    start = (page - 1) * PAGE
    return Rows([_message_row(row) for row in rows[start : start + PAGE]], rows.count())


def _message_row(row: Message) -> Row:
    submission = row.submission
    pieces = marked(row.text)
    return Row(
        id=str(row.pk),
        title=gettext("Message from %(channel)s") % {"channel": submission.channel.removeprefix("import:")},
        url=row.url if row.url.startswith("https://") else "",
        reference=submission.reference,
        body=row.text,
        pieces=pieces,
        seen=personal_data.mask(row.text) if pieces else "",
        language=HTML_LANG.get(submission.language, submission.language),
        cells=(
            Cell(
                (submission.contact.name if submission.contact else "") or gettext("No name given"),
                note=date_format(timezone.localtime(submission.received_at), "SHORT_DATETIME_FORMAT"),
            ),
        ),
        actions=frozenset({"reopen"} if row.done_at else {"done"}),
    )


def message_chosen(actor: Actor, ids: Sequence[str]) -> list[Row]:
    """Return the rows behind ids that the actor may see, in their order."""
    wanted = [int(one) for one in ids if one.isascii() and one.isdigit() and len(one) < 19]
    visible = Message.objects.visible_to(actor).select_related("submission__contact").in_bulk(wanted)
    return [_message_row(visible[pk]) for pk in wanted if pk in visible]


def message_counts(actor: Actor) -> dict[str, int]:
    """Count the messages nobody has dealt with."""
    return {"new": queries.messages("new", actor=actor).count()}


def finish(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Mark the chosen messages as dealt with."""
    done = actions.finish_messages(_numbers(ids), now=timezone.now(), actor=actor)
    n = len(done)
    return Done(ngettext("%(n)d dealt with", "%(n)d dealt with", n) % {"n": n}, undo={"ids": done})


def unfinish(actor: Actor, payload: Mapping[str, Any]) -> str:
    """Open them again."""
    actions.reopen_messages(payload["ids"], actor=actor)
    return gettext("Taken back")


def reopen(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Take the chosen messages up again."""
    n = len(actions.reopen_messages(_numbers(ids), actor=actor))
    return Done(ngettext("%(n)d taken up again", "%(n)d taken up again", n) % {"n": n})


def _message_channels(actor: Actor) -> list[tuple[str, Any]]:
    return [(channel, channel.removeprefix("import:")) for channel in queries.message_channels(actor=actor)]


MESSAGES = Queue(
    code="channel-messages",
    label=_("Messages from channels"),
    roles=access.READERS,
    group=OUTREACH,
    columns=(Column("author", pgettext_lazy("desk", "From")),),
    views=(View("new", _("Not dealt with")), View("done", _("Dealt with"))),
    rows=message_rows,
    chosen=message_chosen,
    counts=message_counts,
    filters=(Filter("channel", _("Channel"), _message_channels),),
    actions=(
        RowAction("done", _("Dealt with"), run=finish, key="d", undo=unfinish, tone="go"),
        RowAction("reopen", _("Take up again"), run=reopen, key="o"),
    ),
    page_size=PAGE,
)
