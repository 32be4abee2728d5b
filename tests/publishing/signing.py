"""Lets what was handed in go: every review decided by somebody of its own who may."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from engage.accounts.actors import SYSTEM
from engage.accounts.models import User
from engage.publishing import actions, gate, registry
from engage.publishing.models import Release, ReleaseForm, Review
from tests.publishing.test_gate import person


def sign(release: Release, key: str, actor: User, decision: str = "open", **said: str) -> Release:
    """Let somebody decide about one key of a release."""
    release.refresh_from_db()
    review = release.reviews.get(key=key, state=Review.State.WAITING)
    return actions.decide(
        review.pk, decision, content_hash=release.content_hash, now=timezone.now(), actor=actor, **said
    )


def sign_all(release: Release) -> Release:
    """Turn every key that is still open, each by a new person."""
    for review in release.reviews.filter(state=Review.State.WAITING):
        release.refresh_from_db()
        release = actions.decide(
            review.pk,
            "open",
            content_hash=release.content_hash,
            now=timezone.now(),
            actor=person(*registry.get(release.kind).key(review.key).roles),
        )
    return release


def sign_object(kind: str, obj: models.Model) -> Release:
    """Turn every key of the newest release of an object."""
    release = gate.release_of(kind, obj)
    assert release is not None
    return sign_all(release)


def handed_in(kind: str) -> Release:
    """Return the newest release of a kind that is on its way."""
    return Release.objects.open().filter(kind=kind).latest("pk")


def sign_newest(kind: str) -> Release:
    """Turn every key of what was handed in last."""
    return sign_all(handed_in(kind))


def release_call(consultation: models.Model) -> Release:
    """Release a call as it stands, in the name of the platform."""
    return gate.release_by_platform("call", consultation, now=timezone.now(), actor=SYSTEM)


def release_file(stored: models.Model) -> None:
    """Make a stored file part of something released, as its own row would."""
    from engage.pages.gate import file_form

    release = Release.objects.create(
        kind="evidence",
        object_id=stored.pk + 1_000_000,
        number=1,
        title=str(stored),
        state=Release.State.RELEASED,
        content_hash="0" * 64,
        requested_at=timezone.now(),
        released_at=timezone.now(),
    )
    form = file_form(stored)
    ReleaseForm.objects.create(release=release, name=form.name, media_type=form.media_type, sha256=form.digest, size=1)
