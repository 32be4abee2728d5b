"""Every read of the gate: what waits for whom, one release with its forms and reviews, the audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Prefetch, Q, QuerySet

from engage.accounts.actors import Actor, Role, roles_of
from engage.accounts.models import User
from engage.errors import Refused
from engage.publishing import registry
from engage.publishing.actions import holds
from engage.publishing.models import Release, ReleaseForm, Review

VIEWS = ("mine", "open", "scheduled", "owed", "done")


def release_of(kind: str, obj: models.Model) -> Release | None:
    """Return the newest release of an object, open or not."""
    return Release.objects.filter(kind=kind, object_id=obj.pk).first()


def _keys_held(actor: Actor) -> set[tuple[str, str]]:
    """List (kind, key) of all reviews the actor's own roles may decide."""
    held = roles_of(actor)
    return {
        (kind.code, key.code)
        for kind in registry.registered()
        for key in (*kind.keys, *registry.STANDARD)
        if held & set(key.roles)
    }


def reviews_waiting_for(actor: Actor) -> QuerySet[Review]:
    """Return the reviews that the actor may decide, the one due first at the top."""
    condition = Q(pk__in=[])
    for kind, key in sorted(_keys_held(actor)):
        condition |= Q(release__kind=kind, key=key)
    waiting = Review.objects.visible_to(actor).waiting().filter(condition)
    if actor.pk is not None:
        waiting = waiting.filter(Q(assignee=None) | Q(assignee=actor.pk)).exclude(release__writers=actor.pk)
    return waiting.select_related("release", "assignee").order_by("due_at", "pk")


def releases(view: str, *, actor: Actor) -> QuerySet[Release]:
    """Return the releases of one view of the desk."""
    rows = Release.objects.visible_to(actor).select_related("requested_by")
    rows = rows.prefetch_related(Prefetch("reviews", Review.objects.exclude(state=Review.State.VOID)))
    if view == "mine":
        return rows.filter(pk__in=reviews_waiting_for(actor).values("release")).order_by("requested_at")
    if view == "scheduled":
        return rows.open().filter(release_at__isnull=False).order_by("release_at")
    if view == "owed":
        owed = Review.objects.waiting().filter(afterwards=True, release__state=Release.State.RELEASED)
        return rows.filter(pk__in=owed.values("release")).order_by("released_at")
    if view == "done":
        return rows.exclude(state__in=Release.OPEN).order_by("-pk")
    return rows.open().order_by("requested_at")


@dataclass(frozen=True)
class FormShown:
    """One form as a reviewer reads it: its words, and those of the release before where they differ."""

    form: ReleaseForm
    before: str
    is_new: bool
    is_changed: bool


@dataclass(frozen=True)
class Shown:
    """One release on the desk."""

    release: Release
    kind: registry.GatedKind
    forms: Sequence[FormShown]
    reviews: Sequence[Review]
    history: Sequence[Review]
    mine: Review | None
    is_writer: bool
    edit_url: str


def shown(release_id: int, *, actor: Actor) -> Shown | None:
    """Return one release with all that its reviewers need, or None."""
    release = Release.objects.visible_to(actor).select_related("requested_by").filter(pk=release_id).first()
    if release is None:
        return None
    kind = registry.get(release.kind)
    reviews = list(release.reviews.select_related("decided_by", "assignee"))
    standing = [review for review in reviews if review.state != Review.State.VOID]
    before = _forms_before(release)
    subject = registry.subject_of(release.kind)
    obj = subject.model_class._default_manager.filter(pk=release.object_id).first()
    return Shown(
        release=release,
        kind=kind,
        forms=[_form(form, before) for form in release.forms.all()],
        reviews=standing,
        history=[review for review in reviews if review.state == Review.State.VOID],
        mine=next(
            (one for one in standing if one.state == Review.State.WAITING and holds(actor, release.kind, one)), None
        ),
        is_writer=actor.pk is not None and release.writers.filter(pk=actor.pk).exists(),
        edit_url=subject.edit_url(obj) if obj is not None else "",
    )


def _forms_before(release: Release) -> Mapping[str, ReleaseForm] | None:
    last = (
        Release.objects.filter(kind=release.kind, object_id=release.object_id, number__lt=release.number)
        .filter(state__in=[Release.State.RELEASED, Release.State.SUPERSEDED])
        .order_by("-number")
        .first()
    )
    return {form.name: form for form in last.forms.all()} if last is not None else None


def _form(form: ReleaseForm, before: Mapping[str, ReleaseForm] | None) -> FormShown:
    old = (before or {}).get(form.name)
    return FormShown(
        form=form,
        before=old.text if old is not None else "",
        is_new=before is not None and old is None,
        is_changed=old is not None and old.sha256 != form.sha256,
    )


def form_of(release_id: int, form_id: int, *, actor: Actor) -> ReleaseForm | None:
    """Return one form of a release the actor may see."""
    release = Release.objects.visible_to(actor).filter(pk=release_id)
    return ReleaseForm.objects.filter(release__in=release, pk=form_id).first()


def may_take_over(review: Review, *, actor: Actor) -> list[User]:
    """List who else holds the key of a review and did not write in its release."""
    roles = [role.value for role in registry.get(review.release.kind).key(review.key).roles]
    people = User.objects.filter(groups__name__in=roles, is_active=True).exclude(pk=actor.pk)
    writers = review.release.writers.values("pk")
    return list(people.exclude(pk__in=writers).distinct().order_by("last_name", "first_name", "email"))


def audit(*, actor: Actor, kind: str = "", since: datetime | None = None) -> QuerySet[Review]:
    """Return every review that was decided or fell, the newest first, with its release."""
    rows = Review.objects.visible_to(actor).exclude(state=Review.State.WAITING)
    if kind:
        rows = rows.filter(release__kind=kind)
    if since is not None:
        rows = rows.filter(release__requested_at__gte=since)
    return rows.select_related("release", "decided_by").order_by("-pk")


AUDIT_COLUMNS = (
    "release",
    "kind",
    "object",
    "number",
    "title",
    "state",
    "key",
    "review_state",
    "decision",
    "basis",
    "decided_by",
    "decided_at",
    "voided_at",
    "void_reason",
    "afterwards",
    "manifest",
)


def audit_rows(reviews: QuerySet[Review]) -> Iterator[dict[str, Any]]:
    """Give each step as plain values, in the order of AUDIT_COLUMNS; `manifest` maps each signed form to its hash."""
    for review in reviews.iterator(chunk_size=500):
        release = review.release
        yield {
            "release": release.pk,
            "kind": release.kind,
            "object": release.object_id,
            "number": release.number,
            "title": release.title,
            "state": release.state,
            "key": review.key,
            "review_state": review.state,
            "decision": review.decision,
            "basis": review.basis,
            "decided_by": review.decided_by.email if review.decided_by else "",
            "decided_at": review.decided_at.isoformat() if review.decided_at else "",
            "voided_at": review.voided_at.isoformat() if review.voided_at else "",
            "void_reason": list(review.void_reason),
            "afterwards": review.afterwards,
            "manifest": review.signed,
        }


def require_form(name: str) -> None:
    """Let pass what is a form of something released now; `name` is its name or how its name begins.

    Raises Refused("release_needed").
    """
    forms = ReleaseForm.objects.filter(name__startswith=name, release__state=Release.State.RELEASED)
    if not forms.exists():
        raise Refused("release_needed")


GATE_ROLES = (
    Role.EDITOR,
    Role.OFFICER,
    Role.APPROVER,
    Role.REVIEWER_LEGAL,
    Role.REVIEWER_OPENNESS,
    Role.REVIEWER_SECRECY,
)
