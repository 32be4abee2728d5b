"""What the desk does when something is written elsewhere."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from mailbox.desk.actions import index_case
from mailbox.models import Message


@receiver([post_save, post_delete], sender=Message)
def words_changed(sender: Any, instance: Message, **kwargs: Any) -> None:
    """Let a case be found by what its sender wrote, in the transaction that wrote it."""
    if instance.direction == Message.Direction.IN:
        index_case(instance.case_id)
