"""What else the same sender sent: for the receiving desk alone, and only where it is sure that it is the same."""

from __future__ import annotations

from engage.accounts.actors import Actor
from engage.participation.models import Submission, TimelineEntry
from mailbox.machine import Who
from mailbox.models import Case, CaseQuerySet

# Whoever opened the link that was sent to the address holds the address.
PROVED_BY = "code_renewed"


def may_ask(case: Case, standing: frozenset[Who]) -> bool:
    """Tell whether somebody may ask at all: an officer of the receiving unit, about a sender who left an address."""
    contact = case.submission.contact
    return Who.CLERK in standing and contact is not None and bool(contact.email_index)


def history_of(case: Case, actor: Actor) -> CaseQuerySet:
    """List the other cases of the same proved address that the actor may see, the newest first."""
    contact = case.submission.contact
    if contact is None or not contact.email_index or not proved([case.pk]):
        return Case.objects.none()
    same = Submission.objects.filter(contact__email_index=contact.email_index).exclude(pk=case.pk)
    sure = proved(list(same.values_list("pk", flat=True)))
    return (
        Case.objects.visible_to(actor)
        .filter(pk__in=sure)
        .select_related("submission", "desk", "lead", "triage")
        .order_by("-submission_id")
    )


def proved(submissions: list[int]) -> set[int]:
    """Return those whose address somebody showed to hold: by the link in a letter, or a document at the counter."""
    from mailbox.counter.models import Entry, Identity

    by_link = TimelineEntry.objects.filter(submission__in=submissions, code=PROVED_BY)
    shown = Entry.objects.filter(case__in=submissions).exclude(identity=Identity.NOT_SEEN)
    return set(by_link.values_list("submission_id", flat=True)) | set(shown.values_list("case_id", flat=True))
