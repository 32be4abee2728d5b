"""The way to the public, which leads through the gate alone, and back; the sender's leave; what is forgotten."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from engage.accounts.actors import SYSTEM, Actor, ReceiptHolder
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import timeline
from engage.publishing import gate
from engage.publishing.actions import take_back
from engage.publishing.models import Release
from engage.search import actions as search
from mailbox.access import standing_of
from mailbox.actions.steps import locked_case
from mailbox.machine import Who
from mailbox.models import Case
from mailbox.publication import building, rules
from mailbox.publication.models import Publication


@transaction.atomic
def publish(publication: Publication, /, *, now: datetime, actor: Actor) -> None:
    """Freeze what was signed and let everybody read it. The gate calls this in its own transaction.

    Raises Refused("publication_incomplete"), Refused("release_changed") for what is no longer as it was signed.
    """
    case = locked_case(publication.case_id, SYSTEM)
    publication = Publication.objects.select_for_update().select_related("department").get(pk=publication.pk)
    publication.case = case
    built = building.build(publication)
    if built.lacks or built.left:
        raise Refused("publication_incomplete")
    gate.require_signed(publication.form, publication, built.hash)
    if publication.is_public:
        publication.revised_at = now
    else:
        publication.published_at, publication.revised_at = now, None
    publication.content, publication.content_hash, publication.taken_down_at = built.content, built.hash, None
    publication.save(update_fields=["content", "content_hash", "published_at", "revised_at", "taken_down_at"])
    publication.shown_topics.set(publication.topics.all())
    search.index(publication)
    if publication.revised_at is None:
        timeline.add(case.submission, f"publication.{publication.form}", at=now)
    journal.record(actor, "publication.published", publication, sha256=publication.content_hash)


@transaction.atomic
def unpublish(publication: Publication, /, *, now: datetime, actor: Actor) -> None:
    """Take it from the public again; again: nothing changes."""
    publication = Publication.objects.select_for_update().get(pk=publication.pk)
    if not publication.is_public:
        return
    publication.taken_down_at = now
    publication.save(update_fields=["taken_down_at"])
    search.index(publication)
    journal.record(actor, "publication.taken_down", publication)


@transaction.atomic
def set_consent(case_id: int, *, may_publish: bool, actor: Actor, now: datetime) -> Case:
    """Let the sender allow that question and answer are published, or take that back: then they are taken down at once.

    Raises Case.DoesNotExist, Refused("not_allowed") for everybody else, Refused("publication_consent_not_asked") for a
    kind that is not published with its words.
    """
    case = locked_case(case_id, actor)
    if not isinstance(actor, ReceiptHolder) or Who.CITIZEN not in standing_of(case, actor):
        raise Refused("not_allowed")
    if not rules.asks_consent(case.kind):
        raise Refused("publication_consent_not_asked")
    if case.may_publish == may_publish:
        return case
    case.may_publish = may_publish
    case.revision += 1
    case.save(update_fields=["may_publish", "revision"])
    timeline.add(case.submission, "publication.allowed" if may_publish else "publication.refused", at=now)
    journal.record(actor, "publication.consent", case, may_publish=may_publish)
    publication = Publication.objects.filter(case=case, form=rules.REPLY).first()
    if publication is not None and not may_publish:
        _withdraw(publication, now)
    return case


def _withdraw(publication: Publication, now: datetime) -> None:
    for release in Release.objects.select_for_update().filter(kind=publication.form, object_id=publication.pk):
        if release.is_open:
            take_back(release.pk, now=now, actor=SYSTEM)
        elif release.state == Release.State.RELEASED:
            release.state = Release.State.TAKEN_DOWN
            release.save(update_fields=["state"])
            journal.record(SYSTEM, "release.taken_down", release)
    unpublish(publication, now=now, actor=SYSTEM)


def forget_senders(*, limit: int = 200) -> int:
    """Forget what senders are known by once their contact is gone; what is public stays as it is.

    Whoever releases it anew looks at what is taken out once more. Returns how many.
    """
    gone = Publication.objects.filter(case__submission__contact=None).exclude(marks=[])
    return sum(_forget(pk) for pk in list(gone.order_by("pk").values_list("pk", flat=True)[: 10 * limit]))


@transaction.atomic
def _forget(publication_id: int) -> int:
    publication = Publication.objects.select_for_update().get(pk=publication_id)
    kept = [one for one in publication.marks if one["why"] not in ("name", "contact", "postal")]
    release = gate.release_of(publication.form, publication)
    if len(kept) == len(publication.marks) or (release is not None and release.is_open):
        return 0
    publication.marks, publication.checked_at = kept, None
    publication.save(update_fields=["marks", "checked_at"])
    journal.record(SYSTEM, "publication.sender_forgotten", publication, case=publication.case_id)
    return 1
