"""What is done with several cases at once, row by row: what can be done is done, what cannot is said with the reason.

A few cases are done in the request (`at_once`), many by the worker (`mailbox.desk.jobs`); both go through `ACTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.departments.models import Department
from engage.desk.registry import Done, Failed, Text
from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.typed import whole_number
from mailbox import actions
from mailbox.actions import Given
from mailbox.desk import actions as desk
from mailbox.desk.undoing import Entry, of_owner, of_snooze, of_step, of_suspicion, of_tag, payload
from mailbox.models import Case

# So many are done while the page waits; more become a job of the worker.
AT_ONCE = 20
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """One thing that is done with each of several cases.

    `run(actor, pk, revision, given, now)` does it to one and returns what takes it back; `given` are plain values, as
    JSON keeps them. `said(n, about)` is the sentence afterwards, `about` names whom or what it went to.
    """

    label: Text
    run: Callable[[User, int, int, Values, datetime], list[Entry | None]]
    said: Callable[[int, str], str]


def split_id(id_: str) -> tuple[int, int]:
    """Return number and revision of a row; Refused("case_gone") for what no row of this queue is called."""
    number, _dash, revision = id_.partition("-")
    pk, seen = (whole_number(part, digits=18, otherwise=-1) for part in (number, revision))
    if pk < 0 or seen < 0:
        raise Refused("case_gone")
    return pk, seen


# --- what is done to one case ---------------------------------------------------------------------------------------


def _step(
    actor: User, pk: int, code: str, revision: int, now: datetime, given: Given | None = None
) -> list[Entry | None]:
    return [of_step(actions.take_step(pk, code, given or Given(), actor=actor, now=now, revision=revision, undo=True))]


def _accept(actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    case = Case.objects.visible_to(actor).get(pk=pk)
    here = case.machine.has("accept_here") and case.state == "registered"
    return _step(actor, pk, "accept_here" if here else "accept", revision, now)


def _route(actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    how: dict[str, Any] = {"actor": actor, "now": now, "revision": revision, "undo": True}
    return [of_step(actions.route_case(pk, to=given["department"], note=given["note"], **how))]


def _refuse(actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    return _step(actor, pk, "refuse", revision, now, Given(reason=given["reason"], words=given["words"]))


def _close(actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    return _step(actor, pk, "close", revision, now)


def _give(actor: User, pk: int, to: int, revision: int, now: datetime) -> list[Entry | None]:
    before = Case.objects.visible_to(actor).values_list("owner_id", flat=True).filter(pk=pk).first()
    return [of_owner(before, actions.assign_case(pk, to=to, actor=actor, now=now, revision=revision))]


def _assign(actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    return _give(actor, pk, given["to"], revision, now)


def _mine(actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    return _give(actor, pk, actor.pk, revision, now)


def _snooze(actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    until = date.fromisoformat(given["until"]) if given["until"] else None
    desk.snooze_case(pk, days=given["days"], until=until, actor=actor, now=now, revision=revision)
    return [of_snooze(pk)]


def _tag(actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    new = not Case.objects.filter(pk=pk, tags__name=" ".join(given["name"].split())).exists()
    found = actions.tag_cases([pk], given["name"], actor=actor, now=now)
    return [of_tag(pk, found.pk)] if new else []


def _suspect(actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    return [of_suspicion(actions.mark_suspect(pk, suspect=True, actor=actor, revision=revision))]


def _trust(actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    return [of_suspicion(actions.mark_suspect(pk, suspect=False, actor=actor, revision=revision))]


def _routed(n: int, about: str) -> str:
    said = ngettext("%(n)d case passed to %(department)s", "%(n)d cases passed to %(department)s", n)
    return said % {"n": n, "department": about}


def _assigned(n: int, about: str) -> str:
    said = ngettext("%(n)d case given to %(person)s", "%(n)d cases given to %(person)s", n)
    return said % {"n": n, "person": about}


ACTS: dict[str, Act] = {
    "accept": Act(
        _("Take on"), _accept, lambda n, _: ngettext("%(n)d case taken on", "%(n)d cases taken on", n) % {"n": n}
    ),
    "route": Act(_("Pass to a unit"), _route, _routed),
    "mine": Act(
        _("Take over"), _mine, lambda n, _: ngettext("%(n)d case is yours", "%(n)d cases are yours", n) % {"n": n}
    ),
    "assign": Act(_("Give to a colleague"), _assign, _assigned),
    "close": Act(
        pgettext_lazy("cases", "Close"),
        _close,
        lambda n, _: ngettext("%(n)d case closed", "%(n)d cases closed", n) % {"n": n},
    ),
    "refuse": Act(
        _("Do not take up"),
        _refuse,
        lambda n, _: ngettext("%(n)d case not taken up", "%(n)d cases not taken up", n) % {"n": n},
    ),
    "snooze": Act(
        _("Put away for a while"),
        _snooze,
        lambda n, _: ngettext("%(n)d case put away for a while", "%(n)d cases put away for a while", n) % {"n": n},
    ),
    "tag": Act(
        _("Put into a group"),
        _tag,
        lambda n, _: ngettext("%(n)d case put into the group", "%(n)d cases put into the group", n) % {"n": n},
    ),
    "suspect": Act(
        _("Spam"),
        _suspect,
        lambda n, _: ngettext("%(n)d case put among spam", "%(n)d cases put among spam", n) % {"n": n},
    ),
    "trust": Act(
        _("Not spam"),
        _trust,
        lambda n, _: ngettext("%(n)d case taken out of spam", "%(n)d cases taken out of spam", n) % {"n": n},
    ),
}


# --- with all of them -----------------------------------------------------------------------------------------------


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cleaned data of a form as plain values."""
    return {name: _plain(value) for name, value in data.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Department | User):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def about_of(data: Mapping[str, Any]) -> Any:
    """Return whom, where or into what the chosen cases go, or nothing."""
    return data.get("department") or data.get("to") or data.get("name") or ""


def do_one(code: str, actor: User, pk: int, revision: int, given: Values, now: datetime) -> list[Entry | None]:
    """Do one thing to one case, in a transaction of its own; Refused as its action does, "case_gone" where it is."""
    try:
        with transaction.atomic():
            return ACTS[code].run(actor, pk, revision, given, now)
    except Case.DoesNotExist:
        raise Refused("case_gone") from None


def references(actor: Actor, pks: Sequence[int]) -> dict[int, str]:
    """Return the references of cases that the actor may see."""
    seen = Case.objects.visible_to(actor).filter(pk__in=pks).select_related("submission")
    return {case.pk: case.reference for case in seen}


def at_once(code: str, actor: User, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Do one thing to a few cases, the lower number first as all who lock two cases do.

    Of one case alone a refusal is raised as it is; of several those that could not be done are in `Done.failed`.
    """
    now, given = timezone.now(), plain(data)
    rows = sorted(split_id(one) for one in ids)
    # Before anything is done: a case may leave the actor's sight with its step.
    names = references(actor, [pk for pk, _revision in rows]) if len(rows) > 1 else {}
    back: list[Entry | None] = []
    failed: list[Failed] = []
    for pk, revision in rows:
        try:
            back += do_one(code, actor, pk, revision, given, now)
        except Refused as refusal:
            if len(rows) == 1:
                raise
            failed.append(Failed(names.get(pk) or name_of_moved(pk, refusal), refusal_message(refusal)))
    n = len(rows) - len(failed)
    said = ACTS[code].said(n, str(about_of(data))) if n else gettext("None of them could be done")
    return Done(said, undo=payload(back), failed=failed)


def name_of_moved(pk: int, refusal: Refused) -> str:
    """Return the reference of a case that has left the actor's sight: who worked on it is told where it went."""
    moved = Case.objects.select_related("submission").filter(pk=pk).first() if refusal.code == "case_moved" else None
    return moved.reference if moved else ""
