"""Views of the Studio whose writes are Wagtail's, heard of by the public record."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from engage.journal import actions as journal


class Journalled:
    """Wagtail writes the row and its history; in the same transaction the public record hears of it."""

    journal_verb = ""

    @transaction.atomic
    def save_instance(self) -> Any:
        saved = super().save_instance()  # type: ignore[misc]
        journal.record(self.request.user, self.journal_verb, saved)  # type: ignore[attr-defined]
        return saved

    @transaction.atomic
    def delete_action(self) -> None:
        journal.record(self.request.user, self.journal_verb, self.object)  # type: ignore[attr-defined]
        super().delete_action()  # type: ignore[misc]
