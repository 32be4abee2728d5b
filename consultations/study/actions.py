"""The one write of the evidence page: its note about the method."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from consultations.models import Consultation
from consultations.outcomes.queries import LANGUAGES
from consultations.study import queries
from consultations.study.models import PARTS, MethodNote
from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal

PART_MOST = 5_000


@transaction.atomic
def write_method(
    call_id: int, notes: Mapping[str, Mapping[str, str]], *, seen: str, now: datetime, actor: Actor
) -> None:
    """Write the note: language to part to words; a language of which nothing is left has no note any more.

    `seen` is `queries.method_stamp` of what the writer had before their eyes. Raises Refused("not_allowed"),
    Refused("method_changed_meanwhile"), Refused("method_too_long", most=...), Refused("method_unknown_part").
    """
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    call = Consultation.objects.select_for_update().get(pk=call_id)
    if seen != queries.method_stamp(call):
        raise Refused("method_changed_meanwhile")
    for language, parts in notes.items():
        if language not in LANGUAGES or set(parts) - set(PARTS):
            raise Refused("method_unknown_part")
        words = {name: parts.get(name, "").strip() for name in PARTS}
        if any(len(text) > PART_MOST for text in words.values()):
            raise Refused("method_too_long", most=PART_MOST)
        _write(call, language, words, now, actor)
    journal.record(actor, "call.method_written", call, languages=sorted(notes))


def _write(call: Consultation, language: str, words: dict[str, str], now: datetime, actor: Actor) -> None:
    before = MethodNote.objects.filter(consultation=call, language=language).first()
    if before is not None and all(getattr(before, name) == text for name, text in words.items()):
        return
    if not any(words.values()):
        MethodNote.objects.filter(consultation=call, language=language).delete()
        return
    by = actor if isinstance(actor, User) else None
    MethodNote.objects.update_or_create(
        consultation=call, language=language, defaults={**words, "written_at": now, "written_by": by}
    )
