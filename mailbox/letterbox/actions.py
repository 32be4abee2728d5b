"""Every write of the public's side. Cases are written by the actions of the mailbox alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation.actions import Envelope
from engage.search.models import SearchEntry
from mailbox import actions as cases
from mailbox.actions.steps import Given, locked_case
from mailbox.letterbox import files
from mailbox.letterbox.models import AnswerFound, PostalAddress, Wish
from mailbox.models import Case, Message


@dataclass(frozen=True)
class Beside:
    """What comes with a case besides its words: the unit that is meant, the form of delivery, an address."""

    department: int | None = None
    delivery: str = ""
    address: str = ""


@transaction.atomic
def send_letter(new: cases.NewCase, beside: Beside, envelope: Envelope, *, held: str, actor: Actor) -> Case:
    """Open a case with all that belongs to it; the same token again finds it. `held` names the files that wait.

    Raises as `register_case`.
    """
    case = cases.register_case(new, envelope, actor=actor)
    if beside.department or beside.delivery:
        Wish.objects.get_or_create(
            case=case, defaults={"department_id": beside.department, "delivery": beside.delivery}
        )
    if beside.address and case.submission.contact_id is not None:
        PostalAddress.objects.get_or_create(contact_id=case.submission.contact_id, defaults={"text": beside.address})
    files.take_along(case.submission, held, actor=actor)
    # Who writes after all was not helped by what was found.
    AnswerFound.objects.filter(token_digest=envelope.digest).delete()
    return case


@transaction.atomic
def add_information(
    case_id: int, text: str, *, upload: BinaryIO | None = None, name: str = "", actor: Actor, now: datetime
) -> Case:
    """Add the sender's words, and a file: the answer to a question of ours where we asked, else one more message.

    Within the time for a rating the first words after an answer open the case again. The same words twice in a row
    are kept once, so pressing twice changes nothing. Raises as the steps do, and as `files.add_to_case`.
    """
    case = locked_case(case_id, actor)
    if upload is not None:
        files.add_to_case(case.submission, upload, name, actor=actor)
    newest = case.messages.filter(direction=Message.Direction.IN).last()
    if newest is not None and newest.text == text.strip():
        return case
    if case.state == "returned":
        return cases.give_detail(case_id, words=text, actor=actor, now=now)
    if case.state == "reasons_asked":
        cases.take_step(case_id, "give_reasons", Given(words=text), actor=actor, now=now)
    elif case.machine.has("write_again") and case.state in case.machine.transition("write_again").sources:
        # Once, and not for ever: later words join the file without opening it.
        with suppress(Refused), transaction.atomic():
            cases.take_step(case_id, "write_again", actor=actor, now=now)
    cases.add_message(case_id, text, actor=actor, now=now)
    return case


@transaction.atomic
def note_answer_found(digest: str, *, kind: str, url: str, actor: Actor, now: datetime) -> AnswerFound:
    """Count that a published answer was enough; `digest` names the unsent letter, which counts once.

    Raises Refused("letter_answer_gone") for an address under which nothing is published.
    """
    entry = SearchEntry.objects.visible_to(actor).filter(url=url).first()
    if entry is None:
        raise Refused("letter_answer_gone")
    row, is_new = AnswerFound.objects.get_or_create(
        token_digest=digest, defaults={"kind": kind, "language": entry.language, "url": url, "at": now}
    )
    if is_new:
        journal.record(actor, "mailbox.answer_found", row, kind=kind)
    return row
