"""Every write of the public's side. Cases are written by the actions of the mailbox alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import transaction

from engage import rows
from engage.accounts.actors import SYSTEM, Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation.actions import Envelope
from engage.participation.models import Submission
from engage.search.models import SearchEntry
from mailbox import actions as cases
from mailbox.actions.register import note_late_words
from mailbox.actions.steps import Given, locked_case
from mailbox.letterbox import files
from mailbox.letterbox.models import AnswerFound, HeldFile, PostalAddress, Wish
from mailbox.models import Case, Message

# Longer than any request takes.
SENT_BESIDE = timedelta(minutes=2)


@dataclass(frozen=True)
class Beside:
    """What comes with a case besides its words: the unit that is meant, the form of delivery, an address."""

    department: int | None = None
    delivery: str = ""
    address: str = ""


def send_letter(
    new: cases.NewCase,
    beside: Beside,
    envelope: Envelope,
    *,
    held: str,
    helped: bool = True,
    also: Callable[[Case], None] | None = None,
    aside: Callable[[], None] | None = None,
    actor: Actor,
) -> Case:
    """Open a case with all that belongs to it; the same token again finds it.

    `held` names the files that wait, empty where none do; `helped` is whether an answer may have been found before;
    `also` and `aside` write what else comes with a case that is new, as `register_case` says of `beside` and `aside`.
    Raises as `register_case`.
    """

    def write_beside(case: Case) -> None:
        if beside.department or beside.delivery:
            rows.write(Wish(case=case, department_id=beside.department, delivery=beside.delivery))
        if beside.address and case.submission.contact_id is not None:
            rows.write(PostalAddress(contact_id=case.submission.contact_id, text=beside.address))
        if held:
            files.take_along(case.submission, held, actor=actor)
        if helped:
            # Who writes after all was not helped by what was found.
            AnswerFound.objects.filter(token_digest=envelope.digest).delete()
        if also is not None:
            also(case)

    more = also or held or helped or beside.department or beside.delivery or beside.address
    return cases.register_case(new, envelope, actor=actor, beside=write_beside if more else None, aside=aside)


@transaction.atomic
def settle_sent(*, now: datetime, limit: int = 500) -> int:
    """Bring in step what two requests of one session did at the same moment, as two windows of a browser can.

    A file that came while its letter was being sent goes to the letter; an answer that was found for a letter that
    was sent all the same helped nobody. Returns how much there was.
    """
    waiting = HeldFile.objects.filter(created_at__lt=now - SENT_BESIDE).order_by("-pk")
    letters = list(dict.fromkeys(waiting.values_list("letter", flat=True)[:limit]))
    sent = list(Submission.objects.filter(token_digest__in=letters))
    for submission in sent:
        files.take_along(submission, submission.token_digest, actor=SYSTEM)
    found = AnswerFound.objects.filter(at__gt=now - 2 * SENT_BESIDE)
    helped = Submission.objects.filter(token_digest__in=found.values("token_digest")).values("token_digest")
    wrong, _rows = found.filter(token_digest__in=list(helped.values_list("token_digest", flat=True))).delete()
    return len(sent) + wrong


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
        if upload is not None:
            note_late_words(case, now)
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
