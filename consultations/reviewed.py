"""Outcomes and packs in review: nobody changes what the reviewers read, and what came back is a draft again."""

from __future__ import annotations

from typing import Any

from engage.publishing import registry, signals
from engage.publishing.models import Release

KINDS = ("outcome", "pack")
DRAFT, SUBMITTED = "draft", "submitted"


def follow(sender: type, release: Release, **kwargs: Any) -> None:
    """Bring an outcome or a pack that is not public to where its release is, in the same transaction."""
    if release.kind not in KINDS:
        return
    rows = registry.subject_of(release.kind).model_class._default_manager.select_for_update()
    row = rows.filter(pk=release.object_id, state__in=[DRAFT, SUBMITTED]).first()
    state = SUBMITTED if release.is_open else DRAFT
    if row is not None and row.state != state:
        row.state = state
        # A form that was open meanwhile is refused.
        row.revision += 1
        row.save(update_fields=["state", "revision"])


def connect() -> None:
    """Listen to the gate."""
    signals.moved.connect(follow, dispatch_uid="consultations.reviewed")
