"""Every write of the library; one verb, one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F

from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.search.terms import haystack, storable, terms_in
from mailbox.access import standing_of
from mailbox.actions.forgetting import Clean
from mailbox.actions.steps import locked_case
from mailbox.desk.actions import add_to_draft
from mailbox.library.models import LibraryItem
from mailbox.library.queries import tells_of_people
from mailbox.library.rules import TITLE_MOST, Words, tidy, unsaid
from mailbox.machine import Who
from mailbox.models import Case, Draft

KEEPERS = frozenset({Who.LEAD, Who.APPROVER})


@transaction.atomic
def keep_in_library(
    case_id: int, words: Words, *, stays: Collection[str] = (), actor: Actor, now: datetime
) -> LibraryItem:
    """Put an answered case into the library without its people, or change what stands there.

    `stays`: what looks like personal data and is nobody's, such as the number of an office; the journal has how many.
    Raises Refused("not_allowed"), Refused("library_not_answered"), Refused("library_accuses"),
    Refused("library_personal", words=...), what `rules.tidy` refuses, Case.DoesNotExist.
    """
    case = locked_case(case_id, actor)
    if not isinstance(actor, User) or not standing_of(case, actor) & KEEPERS:
        raise Refused("not_allowed")
    if case.answered_at is None:
        raise Refused("library_not_answered")
    if case.barred_id is not None:
        raise Refused("library_accuses")
    clean = tidy(words)
    if left := unsaid(tells_of_people(case, clean), stays):
        raise Refused("library_personal", words=left)
    item, is_new = LibraryItem.objects.update_or_create(
        case=case,
        defaults={
            "kind": case.kind,
            "department": case.lead,
            "language": case.submission.language,
            "kept_by": actor,
            "kept_at": now,
            "retired_at": None,
        }
        | _columns(clean),
    )
    journal.record(actor, "library.kept", item, case=case.pk, is_new=is_new, stays=len(stays))
    return item


def _columns(words: Words) -> dict[str, str]:
    folded = haystack(storable(words.title), storable(f"{words.question}\n{words.answer}"))
    terms = f" {' '.join(sorted(terms_in(folded)))} "
    return {
        "title": words.title,
        "question": words.question,
        "answer": words.answer,
        "folded": folded,
        "terms": terms,
    }


@transaction.atomic
def retire_item(item_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a case out of the library. Raises Refused("not_allowed"), LibraryItem.DoesNotExist."""
    item = LibraryItem.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=item_id)
    if not may_retire(item, actor):
        raise Refused("not_allowed")
    item.retired_at = now
    item.save(update_fields=["retired_at"])
    journal.record(actor, "library.retired", item, case=item.case_id)


def may_retire(item: LibraryItem, actor: Actor) -> bool:
    """Tell whether somebody may take it out: who kept it, approvers who see its case, administrators."""
    return item.pk in retirable([item], actor)


def retirable(items: Collection[LibraryItem], actor: Actor) -> set[int]:
    """Return the numbers of those that somebody may take out, as `may_retire`, with one look at all their cases."""
    if has_role(actor, Role.ADMINISTRATOR):
        return {one.pk for one in items}
    own = {one.pk for one in items if one.kept_by_id is not None and one.kept_by_id == actor.pk}
    others = {one.case_id: one.pk for one in items if one.pk not in own}
    if not others or not has_role(actor, Role.APPROVER):
        return own
    seen = Case.objects.visible_to(actor).filter(pk__in=others).values_list("pk", flat=True)
    return own | {others[pk] for pk in seen}


@transaction.atomic
def use_item(case_id: int, item_id: int, *, shared: bool = True, actor: Actor, now: datetime) -> Draft:
    """Put the answer of a case of the library at the end of the answer that is being written, and count the use.

    Raises as `save_draft`, LibraryItem.DoesNotExist.
    """
    item = LibraryItem.objects.visible_to(actor).get(pk=item_id)
    draft = add_to_draft(locked_case(case_id, actor), text=item.answer, shared=shared, actor=actor, now=now)
    LibraryItem.objects.filter(pk=item.pk).update(uses=F("uses") + 1)
    journal.record(actor, "library.used", item, case=case_id)
    return draft


def forget_in_library(case_id: int, clean: Clean) -> None:
    """Take a sender who is forgotten out of what an officer left standing."""
    item = LibraryItem.objects.filter(case=case_id).first()
    if item is None:
        return
    title, question, answer = (clean(text) for text in (item.title, item.question, item.answer))
    # What stands for a short name is longer than it.
    words = Words(title[:TITLE_MOST], question, answer)
    for name, value in _columns(words).items():
        setattr(item, name, value)
    item.save()
