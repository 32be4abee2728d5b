"""Every read of the gate: what waits for whom, one release with its forms and reviews, the audit."""

from __future__ import annotations

from django.db import models
from django.db.models import Prefetch, Q, QuerySet

from engage.accounts.actors import Actor, Role, roles_of
from engage.accounts.models import User
from engage.errors import Refused
from engage.publishing import registry
from engage.publishing.models import Release, ReleaseForm, Review


def release_of(kind: str, obj: models.Model) -> Release | None:
    """Return the newest release of an object, open or not."""
    return Release.objects.filter(kind=kind, object_id=obj.pk).first()


def standing_of(kind: str, obj: models.Model) -> Release | None:
    """Return the newest release of an object with the reviews that stand, due first, in `standing`."""
    reviews = (
        Review.objects.exclude(state=Review.State.VOID)
        .select_related("assignee", "decided_by")
        .order_by("due_at", "pk")
    )
    found = Release.objects.filter(kind=kind, object_id=obj.pk)
    return found.prefetch_related(Prefetch("reviews", reviews, to_attr="standing")).first()


def reviews_waiting_for(actor: Actor) -> QuerySet[Review]:
    """Return the reviews that the actor may decide, the one due first at the top."""
    held = roles_of(actor)
    # Kinds whose reviews the actor's roles decide alike, together: a condition for each pair costs the desk's bar time.
    alike: dict[frozenset[str], list[str]] = {}
    for kind in registry.registered():
        keys = frozenset(key.code for key in (*kind.keys, *registry.STANDARD) if held & set(key.roles))
        alike.setdefault(keys, []).append(kind.code)
    condition = Q(pk__in=[])
    for keys, kinds in alike.items():
        condition |= Q(release__kind__in=kinds, key__in=keys)
    waiting = Review.objects.visible_to(actor).waiting().filter(condition)
    if actor.pk is not None:
        waiting = waiting.filter(Q(assignee=None) | Q(assignee=actor.pk)).exclude(release__writers=actor.pk)
    return waiting.select_related("release", "assignee").order_by("due_at", "pk")


def form_of(release_id: int, form_id: int, *, actor: Actor) -> ReleaseForm | None:
    """Return one form of a release the actor may see."""
    release = Release.objects.visible_to(actor).filter(pk=release_id)
    return ReleaseForm.objects.filter(release__in=release, pk=form_id).first()


def may_take_over(review: Review, *, actor: Actor) -> list[User]:
    """List who else holds the key of a review and did not write in its release."""
    roles = [role.value for role in registry.get(review.release.kind).key(review.key).roles]
    people = User.objects.filter(groups__name__in=roles, is_active=True).exclude(pk=actor.pk or 0)
    writers = review.release.writers.values("pk")
    return list(people.exclude(pk__in=writers).distinct().order_by("last_name", "first_name", "email"))


def require_signed(kind: str, obj: models.Model, sha256: str) -> None:
    """Let pass what is a form of the release of an object that is being let go: others may change the object meanwhile.

    Raises Refused("release_changed").
    """
    release = release_of(kind, obj)
    if release is None or not release.forms.filter(sha256=sha256).exists():
        raise Refused("release_changed")


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
