"""The queue of petitions at the desk: its views, rows, and what can be done with several rows at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.desk.registry import MAILBOX, Cell, Column, Done, Due, Filter, Key, Queue, Row, RowAction, Rows, Text, View
from engage.desk.registry import State as Chip
from engage.desk.rules import PAGE_SIZE
from engage.errors import Refused
from engage.pages.translation import HTML_LANG
from engage.typed import whole_number
from mailbox.petitions.actions import moderation as actions
from mailbox.petitions.models import MODERATORS, Petition, State
from mailbox.petitions.moderating import rules
from mailbox.petitions.moderating.forms import OpenForm, ReasonForm, TagForm
from mailbox.petitions.moderating.words import ACTS
from mailbox.petitions.queries import moderation as queries
from mailbox.petitions.queries.clock import database_now

STATE_CHIPS: Mapping[str, Chip] = {
    State.FLAGGED: "warn",
    State.OPEN: "ok",
    State.HIDDEN: "bad",
    State.REMOVED: "bad",
}
ON_ROWS = frozenset({"open", "reject", "flag", "back"})
Entry = list[Any]


def html_lang(petition: Petition) -> str:
    """Return the HTML language of a petition's words."""
    return HTML_LANG.get(petition.language, petition.language)


def due_chip(waited: rules.Waited | None) -> Due | None:
    """Say how many calendar days are left for moderation, and the last day."""
    if waited is None:
        return None
    day = date_format(waited.due, "MONTH_DAY_FORMAT")
    if waited.left < 0:
        said = ngettext("%(n)d day late (was due by %(day)s)", "%(n)d days late (was due by %(day)s)", -waited.left) % {
            "n": -waited.left,
            "day": day,
        }
    elif waited.left == 0:
        said = gettext("the last day is today (%(day)s)") % {"day": day}
    else:
        said = ngettext("%(n)d day left (by %(day)s)", "%(n)d days left (by %(day)s)", waited.left) % {
            "n": waited.left,
            "day": day,
        }
    return Due(said, "bad" if waited.state == "bad" else "warn" if waited.state == "warn" else "ok")


def rows(actor: Actor, view: str, filters: Mapping[str, str], page: int) -> Rows:
    """Return one page of a view."""
    today = timezone.localdate()
    found = queries.found(actor, view, search=filters.get("q", ""), tag=filters.get("tag", ""), today=today)
    listed = found.select_related("submission", "hide_asked_by").prefetch_related("tags")
    shown = list(listed[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return Rows(petition_rows(shown), found.count())


def petition_rows(petitions: Sequence[Petition]) -> list[Row]:
    """Describe petitions."""
    today, sponsors = timezone.localdate(), queries.sponsors_of(petitions)
    return [_row(one, sponsors.get(one.pk), queries.waited(one, today)) for one in petitions]


def _row(petition: Petition, sponsors: queries.Sponsors | None, waited: rules.Waited | None) -> Row:
    # What is rarer is done with chosen rows or on the petition's page: a row has room for three buttons.
    acts = ON_ROWS.intersection(queries.acts_on(petition))
    return Row(
        id=f"{petition.pk}-{petition.revision}",
        title=petition.title,
        url=reverse("desk_petition", args=[petition.pk]),
        reference=petition.reference,
        body="\n".join([petition.action, petition.background]),
        language=html_lang(petition),
        due=due_chip(waited),
        cells=(
            Cell(
                petition.get_state_display(),
                " · ".join([_since(petition), *_sponsors(sponsors)]),
                state=STATE_CHIPS.get(petition.state, "info"),
            ),
        ),
        actions=acts,
        notes=_notes(petition),
    )


def _since(petition: Petition) -> str:
    moment = petition.ended_at or petition.opened_at or petition.waiting_since or petition.created_at
    return date_format(localtime(moment), "MONTH_DAY_FORMAT")


def _sponsors(sponsors: queries.Sponsors | None) -> list[str]:
    if sponsors is None:
        return []
    said = ngettext("%(n)d sponsor of %(needed)d", "%(n)d sponsors of %(needed)d", sponsors.confirmed)
    told = [said % {"n": sponsors.confirmed, "needed": sponsors.needed}]
    return told if sponsors.starter else [*told, gettext("starter unconfirmed")]


def _notes(petition: Petition) -> list[Text]:
    notes: list[Text] = []
    if petition.hide_asked_at is not None:
        said = gettext("%(name)s asks not to show it: a second person decides")
        notes.append(said % {"name": petition.hide_asked_by or "—"})
    if said := said_of_end(petition):
        notes.append(said)
    if words := [tag.word for tag in petition.tags.all()]:
        notes.append(gettext("Tags: %(words)s") % {"words": gettext(", ").join(words)})
    return notes


def said_of_end(petition: Petition) -> str:
    """Say until when one that is set aside or at rest can be brought back; empty for others."""
    if petition.state not in (State.FLAGGED, State.DORMANT) or petition.parked_since is None:
        return ""
    day = rules.last_day_aside(timezone.localdate(petition.parked_since))
    return gettext("Stopped after %(day)s unless somebody brings it back") % {"day": date_format(day, "DATE_FORMAT")}


def counts(actor: Actor) -> Mapping[str, int]:
    """Count the views before publication."""
    return queries.counts(actor, today=timezone.localdate())


def about(actor: Actor) -> list[Text]:
    """Say how long moderation takes."""
    lag = queries.lag(now=timezone.now())
    said: list[Text] = []
    if lag.decided:
        said.append(
            ngettext(
                "Of %(decided)s petition decided in the last 90 days the wait was %(days)s days",
                "Half of the %(decided)s petitions decided in the last 90 days had waited %(days)s days or less",
                lag.decided,
            )
            % {"decided": number_format(lag.decided), "days": number_format(lag.days, decimal_pos=1)}
        )
    if queries.delay() is not None:
        said.append(_("So many wait that starters are told of a delay"))
    return said


def tag_choices(actor: Actor) -> list[tuple[str, Text]]:
    """List the tags of what waits."""
    return [(word, word) for word in queries.tags_in_use(actor)]


# --- with several rows at once --------------------------------------------------------------------------------------


def split_id(id_: str) -> tuple[int, int]:
    """Return number and revision of a row; Refused("petition_gone") for what no row of this queue is called."""
    number, _dash, revision = id_.partition("-")
    pk, seen = (whole_number(part, digits=18, otherwise=-1) for part in (number, revision))
    if pk < 0 or seen < 0:
        raise Refused("petition_gone")
    return pk, seen


def _each(ids: Sequence[str], act: Callable[[int, int], object]) -> int:
    """Do something with every chosen petition, the lower number first as all who lock two of them do."""
    for pk, revision in sorted(split_id(one) for one in ids):
        try:
            act(pk, revision)
        except Petition.DoesNotExist:
            raise Refused("petition_gone") from None
    return len(ids)


def _open(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    now = database_now()
    _each(ids, lambda pk, n: actions.open_petition(pk, actor=actor, now=now, revision=n))
    return Done(gettext("Published; starter and sponsors are told"))


def _reject(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    now = timezone.now()
    given = {"note": data["note"], "actor": actor, "now": now}
    n = _each(ids, lambda pk, seen: actions.reject_petition(pk, data["code"], **given, revision=seen))
    return Done(ngettext("%(n)d petition turned down", "%(n)d petitions turned down", n) % {"n": n})


def _park(act: str) -> Callable[[Actor, Sequence[str], Mapping[str, Any]], Done]:
    def park(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
        back: list[Entry] = []
        now = timezone.now()

        def one(pk: int, revision: int) -> None:
            petition, before = actions.park_petition(pk, act, actor=actor, now=now, revision=revision)
            back.append([before, pk, petition.revision])

        n = _each(ids, one)
        return Done(said_of(act, n), undo={"back": back})

    return park


def said_of(act: str, n: int) -> str:
    """Say what became of petitions that were parked."""
    if act == "flag":
        return ngettext("%(n)d petition set aside", "%(n)d petitions set aside", n) % {"n": n}
    if act == "dormant":
        return ngettext("%(n)d petition put to rest", "%(n)d petitions put to rest", n) % {"n": n}
    return ngettext("%(n)d petition back in the queue", "%(n)d petitions back in the queue", n) % {"n": n}


def _tag(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    back: list[Entry] = []

    def one(pk: int, revision: int) -> None:
        if actions.tag_petition(pk, data["word"], actor=actor):
            back.append(["tag", pk, data["word"]])

    n = _each(ids, one)
    return Done(ngettext("%(n)d petition tagged", "%(n)d petitions tagged", n) % {"n": n}, undo={"back": back})


def take_back(actor: Actor, kept: Mapping[str, Any]) -> str:
    """Take everything back, all or nothing. Raises Refused("undo_too_late") where something moved on."""
    for sort, pk, rest in kept["back"]:
        try:
            if sort == "tag":
                actions.untag_petition(pk, rest, actor=actor)
            else:
                actions.park_petition(pk, sort, actor=actor, now=timezone.now(), revision=rest)
        except (Petition.DoesNotExist, Refused) as exc:
            raise Refused("undo_too_late") from exc
    return gettext("Taken back.")


def chosen(actor: Actor, ids: Sequence[str]) -> list[Row]:
    """Return the rows behind ids, for the page that asks what an action needs."""
    keys = [split_id(one)[0] for one in ids]
    found = Petition.objects.visible_to(actor).filter(pk__in=keys).select_related("submission", "hide_asked_by")
    return petition_rows(list(found.prefetch_related("tags")))


PETITIONS = Queue(
    code="petitions",
    label=_("Petitions"),
    group=MAILBOX,
    roles=MODERATORS,
    rows=rows,
    counts=counts,
    about=about,
    views=(
        View("new", pgettext_lazy("petitions", "New")),
        View("near", pgettext_lazy("petitions", "Nearly overdue")),
        View("overdue", pgettext_lazy("petitions", "Overdue")),
        View("asked", pgettext_lazy("petitions", "A second person decides")),
        View("tagged", pgettext_lazy("petitions", "Tagged")),
        View("untagged", pgettext_lazy("petitions", "Untagged")),
        View("collecting", pgettext_lazy("petitions", "Collecting sponsors")),
        View("flagged", pgettext_lazy("petitions", "Set aside")),
        View("dormant", pgettext_lazy("petitions", "At rest")),
        View("open", pgettext_lazy("petitions", "Open")),
        View("all", pgettext_lazy("petitions", "All, also those that are over")),
    ),
    columns=(Column("state", _("State")),),
    filters=(Filter("tag", pgettext_lazy("petition", "Tag"), tag_choices),),
    actions=(
        RowAction("open", ACTS["open"], run=_open, key="p", form=OpenForm, bulk=False, tone="go"),
        RowAction("reject", ACTS["reject"], run=_reject, key="r", form=ReasonForm, tone="bad"),
        RowAction("flag", ACTS["flag"], run=_park("flag"), key="f", undo=take_back),
        RowAction("back", ACTS["back"], run=_park("back"), key="b", undo=take_back),
        RowAction("dormant", ACTS["dormant"], run=_park("dormant"), key="d", undo=take_back, aside=True),
        RowAction("tag", ACTS["tag"], run=_tag, key="t", form=TagForm, undo=take_back, aside=True),
    ),
    chosen=chosen,
    due_label=pgettext_lazy("petition", "Moderation due"),
    keys=(
        Key(("p",), _("In a petition: publish it")),
        Key(("r",), _("In a petition: turn it down")),
        Key(("e",), _("In a petition: edit the words")),
        Key(("n",), _("In a petition: a note to colleagues")),
        Key(("u",), _("In a petition: back to the queue")),
    ),
    undo=take_back,
)
