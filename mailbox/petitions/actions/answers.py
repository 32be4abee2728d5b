"""When the answer of the government is released it becomes the petition's, and whoever signed and asked is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.utils import timezone

from engage.accounts.actors import SYSTEM
from engage.journal import actions as journal
from engage.participation import timeline
from mailbox.petitions.actions import announcing
from mailbox.petitions.models import Crossing, Petition, PetitionEvent, Threshold
from mailbox.petitions.queries import answering
from mailbox.publication.models import Publication

KIND = "petition_answer"
ANSWERED = "answered"


@transaction.atomic
def follow_answer(publication: Publication, *, now: datetime) -> Petition | None:
    """Bring a petition in step with the published answer of its case; returns the petition, None for any other case.

    The first time it is told to the public, the starter and the signers; a correction later is told to nobody anew.
    """
    crossing = Crossing.objects.filter(case=publication.case_id, kind=Threshold.Kind.ANSWER).first()
    if crossing is None:
        return None
    petition = (
        Petition.objects.select_for_update(of=("self",)).select_related("submission").get(pk=crossing.petition_id)
    )
    is_answered = answering.is_answered(petition)
    state = Petition.Answer.ANSWERED if is_answered else Petition.Answer.AWAITING
    if petition.answer_state == state:
        return petition
    petition.answer_state = state
    petition.save(update_fields=["answer_state"])
    journal.record(SYSTEM, "petition.answer_shown" if is_answered else "petition.answer_hidden", petition)
    if is_answered and not petition.events.filter(code=ANSWERED).exists():
        event = PetitionEvent.objects.create(petition=petition, at=now, code=ANSWERED)
        timeline.add(petition.submission, "petition.answered", at=now)
        announcing.announce(event, ANSWERED)
    return petition


def _saved(sender: type, instance: Publication, raw: bool = False, **kwargs: Any) -> None:
    """Follow every save of what is published of such a case: released, revised, taken down."""
    if not raw and instance.kind == KIND:
        follow_answer(instance, now=instance.revised_at or instance.published_at or timezone.now())


def connect() -> None:
    """Listen to what is published of cases."""
    post_save.connect(_saved, sender=Publication, dispatch_uid="petitions.answers")
