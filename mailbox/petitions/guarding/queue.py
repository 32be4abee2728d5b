"""The queue of held signatures at the desk: no name and no address, only what speaks for or against a machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor, Role, has_role
from engage.desk.registry import MAILBOX, Cell, Column, Done, Filter, Queue, Row, RowAction, Rows, Text, View
from engage.desk.rules import PAGE_SIZE
from engage.errors import Refused
from engage.participation.queries import about_options
from engage.typed import whole_number
from mailbox.petitions.actions import invalidation
from mailbox.petitions.guarding.words import WHY
from mailbox.petitions.models import MODERATORS, Invalidation, Signature
from mailbox.petitions.queries import guard_pages as queries

NO_ACTIONS: frozenset[str] = frozenset()


def rows(actor: Actor, view: str, filters: Mapping[str, str], page: int) -> Rows:
    """Return one page of a view."""
    found = queries.held(view, filters)
    shown = found.select_related("petition__submission")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Rows(held_rows(actor, list(shown)), found.count())


def held_rows(actor: Actor, signatures: Sequence[Signature]) -> list[Row]:
    """Describe held signatures."""
    regions = dict(about_options("region"))
    may = None if has_role(actor, Role.APPROVER) else NO_ACTIONS
    return [
        Row(
            id=str(one.pk),
            title=one.domain or gettext("no domain"),
            reference=one.petition.reference,
            body=one.petition.title,
            language="zh-Hans" if one.petition.language.startswith("zh") else "en",
            cells=(
                Cell(WHY.get(one.why, one.why), state="warn"),
                Cell(one.subnet[:8], language="zxx"),
                Cell(regions.get(one.region, one.country)),
                Cell(date_format(timezone.localtime(one.asked_at), "SHORT_DATETIME_FORMAT")),
            ),
            actions=may,
        )
        for one in signatures
    ]


def counts(actor: Actor) -> Mapping[str, int]:
    """Count the views in one query."""
    by_reason = queries.held_by_reason()
    limits = sum(n for why, n in by_reason.items() if why.startswith("limit_"))
    lists = sum(by_reason.get(why, 0) for why in ("blocked", "throwaway"))
    waits, total = by_reason.get("wait", 0), sum(by_reason.values())
    return {"all": total, "limits": limits, "lists": lists, "waits": waits, "signs": total - limits - lists - waits}


def _keys(ids: Sequence[str]) -> list[int]:
    return [key for one in ids if (key := whole_number(one, digits=18, otherwise=-1)) > 0]


def _release(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    n = invalidation.release(_keys(ids), actor=actor)
    return Done(
        ngettext("%(n)d signature let go: its letter goes out", "%(n)d let go: their letters go out", n) % {"n": n}
    )


def _drop(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    order = invalidation.drop(_keys(ids), actor=actor, now=timezone.now())  # type: ignore[arg-type]
    said = ngettext("%(n)d signature taken out", "%(n)d signatures taken out", order.changed) % {"n": order.changed}
    return Done(said, undo={"order": order.pk})


def _bring_back(actor: Actor, kept: Mapping[str, Any]) -> str:
    try:
        invalidation.undo(kept["order"], actor=actor)  # type: ignore[arg-type]
    except (Invalidation.DoesNotExist, Refused) as exc:
        raise Refused("undo_too_late") from exc
    while invalidation.step(now=timezone.now(), order_id=kept["order"]):
        continue
    return gettext("Held again.")


def reasons(actor: Actor) -> list[tuple[str, Text]]:
    """List the reasons for which something is held now."""
    return [(why, WHY.get(why, why)) for why in sorted(queries.held_by_reason())]


def chosen(actor: Actor, ids: Sequence[str]) -> list[Row]:
    """Return the rows behind ids."""
    found = Signature.objects.visible_to(actor).filter(pk__in=_keys(ids)).defer("name", "email")
    return held_rows(actor, list(found.select_related("petition__submission")))


HELD = Queue(
    code="held",
    label=_("Held signatures"),
    group=MAILBOX,
    roles=MODERATORS,
    rows=rows,
    counts=counts,
    views=(
        View("all", pgettext_lazy("held signatures", "All")),
        View("signs", pgettext_lazy("held signatures", "Signs of machines")),
        View("limits", pgettext_lazy("held signatures", "Over a limit")),
        View("lists", pgettext_lazy("held signatures", "On a list")),
        View("waits", pgettext_lazy("held signatures", "Wait and go by themselves")),
    ),
    columns=(
        Column("why", pgettext_lazy("held signatures", "Held because")),
        Column("network", pgettext_lazy("held signatures", "Network")),
        Column("region", pgettext_lazy("held signatures", "Region")),
        Column("asked", pgettext_lazy("held signatures", "Asked")),
    ),
    filters=(Filter("why", pgettext_lazy("held signatures", "Reason"), reasons),),
    actions=(
        RowAction("release", _("Let go"), run=_release, key="g", tone="go"),
        RowAction("drop", _("Take out"), run=_drop, key="o", undo=_bring_back, tone="bad"),
    ),
    chosen=chosen,
    searchable=False,
)
