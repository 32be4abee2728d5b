"""Keeps search in step with petitions, and tells followers of their public story, in the transaction that writes it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save

from engage.search import actions as search
from mailbox.petitions.models import Petition, PetitionEvent
from mailbox.petitions.showing import following


def _petition_saved(sender: type, instance: Petition, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        with transaction.atomic():
            search.index(instance)


def _event_written(sender: type, instance: PetitionEvent, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        with transaction.atomic():
            search.index(instance.petition)
            following.tell(instance)


def connect() -> None:
    """Listen to petitions and their stories."""
    post_save.connect(_petition_saved, sender=Petition, dispatch_uid="petitions.index")
    post_save.connect(_event_written, sender=PetitionEvent, dispatch_uid="petitions.story")
