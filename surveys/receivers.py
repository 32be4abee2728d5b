"""What has to follow when rows go that others point to."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, pre_delete

from engage.participation.models import Attachment
from surveys.models import AnswerFile


def connect() -> None:
    """Follow the rows of files that go."""
    pre_delete.connect(file_going, sender=AnswerFile, dispatch_uid="surveys.file_going")
    post_delete.connect(file_gone, sender=AnswerFile, dispatch_uid="surveys.file_gone")


def file_going(instance: AnswerFile, **_signal: Any) -> None:
    """Delete the file of an answer that goes, whichever way: withdrawn, or with its response or questionnaire."""
    stored = instance.attachment.file
    transaction.on_commit(partial(stored.storage.delete, stored.name or ""))


def file_gone(instance: AnswerFile, **_signal: Any) -> None:
    """No attachment is left behind without its answer."""
    Attachment.objects.filter(pk=instance.attachment_id).delete()
