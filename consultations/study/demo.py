"""The demo's note about how a call was held."""

from __future__ import annotations

import json

from django.utils import timezone

from consultations.models import Consultation
from consultations.study import actions, queries
from engage.accounts.actors import SYSTEM
from engage.pages.demo_content import FOLDER


def load() -> None:
    """Write the note once; a second call changes nothing."""
    entry = json.loads((FOLDER / "evidence.json").read_text(encoding="utf-8"))
    call = Consultation.objects.filter(slug=entry["call"]).first()
    if call is not None and not queries.method_notes(call, actor=SYSTEM):
        actions.write_method(call.pk, entry["notes"], seen=queries.method_stamp(call), now=timezone.now(), actor=SYSTEM)
