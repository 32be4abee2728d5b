"""Every write of what the desk keeps beside a case; one verb, one transaction. The case itself has its own actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from engage import rows
from engage.accounts.actors import Actor, Role, has_role, is_staff
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.departments.models import Department
from engage.errors import Refused
from engage.journal import actions as journal
from engage.search.terms import haystack, storable, terms_in
from mailbox import rules
from mailbox.access import may_read_contact, standing_of
from mailbox.actions import DraftWords, clocks, save_draft
from mailbox.actions.answers import live_draft
from mailbox.actions.steps import check_revision, locked_case
from mailbox.desk.models import CaseWords, CheckItem, LateWords, Mention, Note, Snippet, Snooze, Ticked, shared_among
from mailbox.desk.queries import people_who_see
from mailbox.desk.rules import LONGEST_SNOOZE, find_mentions, places_filled
from mailbox.kinds import KINDS
from mailbox.models import Case, Draft, Message

MANAGERS = (Role.ADMINISTRATOR,)


def _worker_of(case: Case, actor: Actor) -> User:
    """Return the officer who acts; Refused("not_allowed") for who stands in no place towards the case."""
    if not isinstance(actor, User) or not standing_of(case, actor):
        raise Refused("not_allowed")
    return actor


# --- snooze ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def snooze_case(
    case_id: int,
    *,
    days: int | None = None,
    until: date | None = None,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
) -> Snooze:
    """Put a case away for some working days, or until a day. Its clocks go on.

    Raises Refused("not_allowed"), Refused("case_moved"), Refused("case_closed"), Refused("snooze_when"),
    Refused("snooze_too_long", most=...).
    """
    case = locked_case(case_id, actor)
    check_revision(case, revision)
    officer = _worker_of(case, actor)
    if not case.is_open:
        raise Refused("case_closed", kind=case.kind, state=case.state)
    today = clocks.today_of(case, now)
    if days is not None and days > 0:
        until = calendars.work_calendar(settings.WORK_CALENDAR).add(today, min(days, LONGEST_SNOOZE))
    if until is None or until <= today:
        raise Refused("snooze_when")
    if (until - today).days > LONGEST_SNOOZE:
        raise Refused("snooze_too_long", most=LONGEST_SNOOZE)
    row, _made = Snooze.objects.update_or_create(
        case=case, defaults={"until": until, "days": days, "revision": case.revision, "by": officer, "at": now}
    )
    journal.record(actor, "case.snoozed", case, until=until.isoformat())
    return row


@transaction.atomic
def wake_case(case_id: int, *, actor: Actor) -> None:
    """Take a case out of its snooze. Raises Refused("not_allowed")."""
    case = locked_case(case_id, actor)
    _worker_of(case, actor)
    if Snooze.objects.filter(case=case).delete()[0]:
        journal.record(actor, "case.woken", case)


# --- talk among colleagues ------------------------------------------------------------------------------------------


@transaction.atomic
def write_note(case_id: int, text: str, *, actor: Actor, now: datetime) -> Note:
    """Say something to colleagues about a case; who is named by "@" finds it among the mentions.

    Raises Refused("not_allowed"), Refused("case_text_missing"), Refused("mention_unknown", name=...) for a name of
    nobody who may see the case.
    """
    case = locked_case(case_id, actor)
    if not isinstance(actor, User) or not is_staff(actor):
        raise Refused("not_allowed")
    words = rules.check_length(text, rules.NOTE_MOST)
    if not words:
        raise Refused("case_text_missing")
    people = people_who_see(case)
    found, unknown = find_mentions(words, {str(person): person.pk for person in people})
    if unknown:
        raise Refused("mention_unknown", name=unknown)
    note = Note.objects.create(case=case, text=words, by=actor, at=now)
    Mention.objects.bulk_create(Mention(note=note, user_id=pk) for pk in found if pk != actor.pk)
    journal.record(actor, "case.noted", case, length=len(words), mentioned=sorted(found))
    return note


@transaction.atomic
def see_mentions(case_id: int, *, actor: Actor, now: datetime) -> int:
    """Say that one has seen where one is named in a case; returns how many notes that were."""
    locked_case(case_id, actor)
    return Mention.objects.filter(note__case_id=case_id, user_id=actor.pk or 0, seen_at=None).update(seen_at=now)


@transaction.atomic
def read_late_words(case_id: int, *, actor: Actor) -> None:
    """Say that one has read what the sender wrote to a case that nobody works on. Raises Refused("not_allowed")."""
    case = locked_case(case_id, actor)
    _worker_of(case, actor)
    if LateWords.objects.filter(case=case).delete()[0]:
        journal.record(actor, "case.late_words_read", case)


# --- checklists -----------------------------------------------------------------------------------------------------


@transaction.atomic
def tick(case_id: int, item_id: int, *, done: bool, actor: Actor, now: datetime) -> None:
    """Tick a point of the checklist of the case's kind, or take the tick away.

    Raises Refused("not_allowed"), CheckItem.DoesNotExist.
    """
    case = locked_case(case_id, actor)
    officer = _worker_of(case, actor)
    item = CheckItem.objects.get(pk=item_id, kind=case.kind, active=True)
    if done:
        Ticked.objects.get_or_create(case=case, item=item, defaults={"by": officer, "at": now})
    else:
        Ticked.objects.filter(case=case, item=item).delete()
    journal.record(actor, "case.ticked" if done else "case.unticked", case, item=item.pk)


@dataclass(frozen=True)
class Point:
    """One point as an administrator writes it."""

    words_zh: str
    words_en: str
    blocking: bool = False


@transaction.atomic
def set_checklist(kind: str, points: Sequence[Point], *, actor: Actor) -> list[CheckItem]:
    """Replace the checklist of a kind. A point whose words stay keeps its ticks; one that goes is kept out of use.

    Raises Refused("not_allowed"), Refused("case_kind_unknown"), Refused("point_in_both"), Refused("point_twice").
    """
    if not has_role(actor, *MANAGERS):
        raise Refused("not_allowed")
    if kind not in KINDS:
        raise Refused("case_kind_unknown", kind=kind)
    if any(not (one.words_zh and one.words_en) for one in points):
        raise Refused("point_in_both")
    if len({(one.words_zh, one.words_en) for one in points}) < len(points):
        raise Refused("point_twice")
    known = {(item.words_zh, item.words_en): item for item in CheckItem.objects.filter(kind=kind)}
    kept = []
    for position, one in enumerate(points, start=1):
        item = known.pop((one.words_zh, one.words_en), None) or CheckItem(
            kind=kind, words_zh=one.words_zh, words_en=one.words_en
        )
        item.position, item.blocking, item.active = position, one.blocking, True
        item.save()
        kept.append(item)
    CheckItem.objects.filter(pk__in=[item.pk for item in known.values()]).update(active=False)
    journal.record(actor, "checklist.set", "mailbox_desk.checkitem", kind=kind, n=len(kept))
    return kept


# --- what is taken out of a case ------------------------------------------------------------------------------------


@transaction.atomic
def read_contact(case_id: int, *, actor: Actor) -> None:
    """Record that somebody reads a sender's name and address.

    Raises Refused("not_allowed") where they are not there for the actor, Case.DoesNotExist.
    """
    case = Case.objects.visible_to(actor).select_related("triage", "lead", "reviewer").get(pk=case_id)
    if not may_read_contact(case, standing_of(case, actor)):
        raise Refused("not_allowed")
    journal.record(actor, "case.contact_read", case)


@transaction.atomic
def print_case(case_id: int, *, actor: Actor) -> None:
    """Record that somebody prints a whole case. Raises as `read_contact`, for who is only asked."""
    case = Case.objects.visible_to(actor).select_related("triage", "lead", "reviewer").get(pk=case_id)
    if not standing_of(case, actor):
        raise Refused("not_allowed")
    journal.record(actor, "case.printed", case)


# --- snippets -------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_snippet(
    snippet: Snippet | None, *, title: str, text: str, language: str, department: Department | None, actor: Actor
) -> Snippet:
    """Write a piece of text, for oneself or for a unit; or change one.

    Raises Refused("not_allowed"), Refused("snippet_elsewhere") for a unit that is not one's own.
    """
    if not isinstance(actor, User) or not is_staff(actor):
        raise Refused("not_allowed")
    if department is not None and department.pk not in set(shared_among(actor)):
        raise Refused("snippet_elsewhere")
    if snippet is None:
        snippet = Snippet(author=actor)
    elif not may_change(snippet, actor):
        raise Refused("not_allowed")
    snippet.title, snippet.language, snippet.department = title, language, department
    snippet.text = rules.check_length(text, rules.WORDS_MOST)
    snippet.save()
    journal.record(actor, "snippet.kept", snippet, department=department.pk if department else None)
    return snippet


@transaction.atomic
def delete_snippet(snippet: Snippet, *, actor: Actor) -> None:
    """Take a piece of text away. Raises Refused("not_allowed")."""
    if not may_change(snippet, actor):
        raise Refused("not_allowed")
    journal.record(actor, "snippet.deleted", snippet)
    snippet.delete()


def may_change(snippet: Snippet, actor: Actor) -> bool:
    """Its author changes it, and what is shared an approver, too."""
    if snippet.author_id is not None and snippet.author_id == actor.pk:
        return True
    shared = snippet.department_id is not None and snippet.department_id in set(shared_among(actor))
    return shared and has_role(actor, Role.APPROVER, Role.ADMINISTRATOR)


@transaction.atomic
def use_snippet(case_id: int, snippet_id: int, *, shared: bool = True, actor: Actor, now: datetime) -> Draft:
    """Put a piece of text at the end of the answer, its places filled in as far as they are known; counts the use.

    The sender's own name is filled in only where the actor may read it, and that is recorded like any reading; else how
    they wished to be called.
    Raises as `save_draft`, Snippet.DoesNotExist.
    """
    snippet = Snippet.objects.visible_to(actor).get(pk=snippet_id)
    case = locked_case(case_id, actor)
    contact = case.submission.contact
    named = contact.name if contact and may_read_contact(case, standing_of(case, actor)) else ""
    values = values_of(case, snippet.language, name=named or case.submission.signature)
    if named and "{name}" in snippet.text:
        journal.record(actor, "case.contact_read", case)
    words = places_filled(snippet.text, values)
    draft = add_to_draft(case, text=words, shared=shared, actor=actor, now=now)
    Snippet.objects.filter(pk=snippet.pk).update(uses=F("uses") + 1)
    return draft


@transaction.atomic
def cite(case_id: int, line: str, *, shared: bool = True, actor: Actor, now: datetime) -> Draft:
    """Put a title with its address among what the answer cites. Raises as `save_draft`."""
    return add_to_draft(locked_case(case_id, actor), line=line, shared=shared, actor=actor, now=now)


def add_to_draft(case: Case, *, text: str = "", line: str = "", shared: bool, actor: Actor, now: datetime) -> Draft:
    """Put words at the end of the answer of a locked case, or a line among what it cites. Raises as `save_draft`."""
    found = live_draft(case, shared=shared, author=actor.pk)
    before: dict[str, Any] = found.words if found else {"text": "", "basis": "", "cites": [], "result": ""}
    words = DraftWords(
        "\n\n".join(part for part in (before["text"].rstrip(), text) if part),
        before["basis"],
        (*before["cites"], line) if line else tuple(before["cites"]),
        before["result"],
    )
    return save_draft(case.pk, words, shared=shared, actor=actor, now=now)


def values_of(case: Case, language: str, *, name: str) -> dict[str, str]:
    """Return what is known for the places of a piece of text, in a language; what is not known is left out."""
    from django.utils import translation
    from django.utils.formats import date_format

    with translation.override(language):
        known = {
            "reference": case.reference,
            "name": name,
            "due": date_format(case.due, "DATE_FORMAT") if case.due else "",
            "department": str(case.lead or case.triage or ""),
        }
    return {name: value for name, value in known.items() if value}


# --- the index ------------------------------------------------------------------------------------------------------


def index_case(case_id: int) -> None:
    """Bring the words by which a case is found in step with its title and what its sender wrote."""
    case = Case.objects.only("title").filter(pk=case_id).first()
    if case is None:
        return
    said = Message.objects.filter(case_id=case_id, direction=Message.Direction.IN).values_list("text", flat=True)
    CaseWords.objects.update_or_create(case_id=case_id, defaults=_words(case.title, "\n".join(said)))


def _words(title: str, said: str) -> dict[str, str]:
    folded = haystack(storable(title), storable(said))
    return {"folded": folded, "terms": " ".join(sorted(terms_in(folded)))}


def words_of_new(case: Case, text: str) -> list[CaseWords]:
    """Return the words by which a new case is found; they are written with it."""
    return [rows.new(CaseWords, case=case, **_words(case.title, text))]
