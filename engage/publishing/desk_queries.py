"""What the desk of the gate shows: the lists, one release with its forms and reviews, one form in full."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet

from engage.accounts.actors import Actor, Role, has_role, is_staff
from engage.accounts.models import User
from engage.diffs import Piece, diff
from engage.publishing import registry, rules
from engage.publishing.actions import due_at, holds, lacks, may_hand_in
from engage.publishing.models import Release, ReleaseForm, Review
from engage.publishing.queries import may_take_over, reviews_waiting_for

MINE, OPEN, SCHEDULED, OWED, DONE = VIEWS = ("mine", "open", "scheduled", "owed", "done")


def releases(view: str, *, actor: Actor, kind: str = "") -> QuerySet[Release]:
    """Return the releases of one view of the desk, with their reviews in `standing`."""
    rows = _in_view(view, actor)
    if kind:
        rows = rows.filter(kind=kind)
    reviews = Review.objects.exclude(state=Review.State.VOID).select_related("assignee")
    return rows.select_related("requested_by").prefetch_related(Prefetch("reviews", reviews, to_attr="standing"))


def _in_view(view: str, actor: Actor) -> QuerySet[Release]:
    rows = Release.objects.visible_to(actor)
    if view == MINE:
        return rows.filter(pk__in=reviews_waiting_for(actor).values("release")).order_by("requested_at", "pk")
    if view == SCHEDULED:
        return rows.open().filter(release_at__isnull=False).order_by("release_at", "pk")
    if view == OWED:
        owed = Review.objects.waiting().filter(afterwards=True, release__state=Release.State.RELEASED)
        return rows.filter(pk__in=owed.values("release")).order_by("released_at", "pk")
    if view == DONE:
        return rows.exclude(state__in=Release.OPEN).order_by("-pk")
    return rows.open().order_by("requested_at", "pk")


def counts(*, actor: Actor, kind: str = "") -> dict[str, int]:
    """Count the releases of each view; what is done is not counted."""
    by_kind = {"kind": kind} if kind else {}
    return {view: _in_view(view, actor).filter(**by_kind).order_by().count() for view in VIEWS if view != DONE}


@dataclass(frozen=True)
class FormShown:
    """One form in the list of a release: whether the public reads another one now."""

    form: ReleaseForm
    is_new: bool
    is_changed: bool


@dataclass(frozen=True)
class Reading:
    """One form in full, with its neighbours and what changed since the public last read it.

    `words`: what can be read in it, data with one value a line.
    """

    shown: FormShown
    words: str
    changes: Sequence[Piece]
    before: FormShown | None
    after: FormShown | None

    @property
    def form(self) -> ReleaseForm:
        """The form itself."""
        return self.shown.form


@dataclass(frozen=True)
class Shown:
    """One release on the desk.

    `gone`: names of forms that the public reads now and that would no longer go out. `mine`: the review that the
    reader may give now; `others`: who else may give it. `last`: the release that the public reads now, or read.
    """

    release: Release
    kind: registry.GatedKind
    forms: Sequence[FormShown]
    gone: Sequence[str]
    last: Release | None
    reviews: Sequence[Review]
    history: Sequence[Review]
    mine: Review | None
    others: Sequence[User]
    is_writer: bool
    signed_another: bool
    may_take_back: bool
    edit_url: str

    @property
    def waiting(self) -> list[Review]:
        """The reviews that somebody has to give before it goes out, or afterwards."""
        ends = (Release.State.REVIEW, Release.State.CLEARED, Release.State.RELEASED)
        return [one for one in self.reviews if one.state == Review.State.WAITING and self.release.state in ends]

    def named(self, names: Iterable[str]) -> list[str]:
        """Return the labels of forms; a form that is gone by its name."""
        labels = {shown.form.name: shown.form.label for shown in self.forms}
        return [labels.get(name, name) for name in names]


def shown(release_id: int, *, actor: Actor) -> Shown | None:
    """Return one release with all that its reviewers need, or None."""
    release = Release.objects.visible_to(actor).select_related("requested_by").filter(pk=release_id).first()
    if release is None:
        return None
    kind = registry.get(release.kind)
    order = [key.code for key in (*kind.keys, *registry.STANDARD)]
    reviews = sorted(release.reviews.select_related("decided_by", "assignee"), key=lambda one: order.index(one.key))
    standing = [review for review in reviews if review.state != Review.State.VOID]
    last = _last_public(release)
    before = _names_and_hashes(last)
    forms = [_form(form, before) for form in release.forms.defer("text", "content")]
    subject = registry.subject_of(release.kind)
    obj = subject.model_class._default_manager.filter(pk=release.object_id).first()
    is_writer = actor.pk is not None and release.writers.filter(pk=actor.pk).exists()
    held = _held(release, standing, actor)
    signed_another = any(
        review.decided_by_id == actor.pk for review in standing if review.state == Review.State.DECIDED
    )
    mine = None if is_writer or signed_another else held
    return Shown(
        release=release,
        kind=kind,
        forms=forms,
        gone=sorted((before or {}).keys() - {one.form.name for one in forms}),
        last=last,
        reviews=standing,
        history=[review for review in reviews if review.state == Review.State.VOID],
        mine=mine,
        others=may_take_over(mine, actor=actor) if mine else [],
        is_writer=is_writer and held is not None,
        signed_another=signed_another and held is not None and not is_writer,
        may_take_back=may_take_back(release, actor=actor),
        edit_url=subject.edit_url(obj) if obj is not None else "",
    )


def _held(release: Release, standing: Sequence[Review], actor: Actor) -> Review | None:
    if not (release.is_open or release.state == Release.State.RELEASED):
        return None
    waiting = (review for review in standing if review.state == Review.State.WAITING)
    return next((review for review in waiting if holds(actor, release.kind, review)), None)


def may_take_back(release: Release, *, actor: Actor) -> bool:
    """Tell whether the actor may stop a release: who handed it in, who wrote in it, and editors."""
    if not release.is_open or not is_staff(actor):
        return False
    return has_role(actor, Role.EDITOR) or release.writers.filter(pk=actor.pk).exists()


def reading(shown: Shown, form_id: int | None = None) -> Reading | None:
    """Return one form of a release in full; without an id a page that is new or changed. None for no such form."""
    forms = list(shown.forms)
    if form_id is None:
        order = sorted(range(len(forms)), key=lambda n: _weight(forms[n]))
        place = order[0] if order else -1
    else:
        place = next((n for n, one in enumerate(forms) if one.form.pk == form_id), -1)
    if place < 0:
        return None
    chosen = forms[place]
    old = shown.last.forms.filter(name=chosen.form.name).first() if shown.last and chosen.is_changed else None
    words = _by_lines(chosen.form)
    return Reading(
        shown=chosen,
        words=words,
        changes=diff(_by_lines(old), words, chosen.form.language) if old is not None else [],
        before=forms[place - 1] if place else None,
        after=forms[place + 1] if place + 1 < len(forms) else None,
    )


def _weight(shown: FormShown) -> tuple[bool, bool]:
    """What is new or changed is read first, and of that what people read as a page."""
    return not (shown.is_new or shown.is_changed), not shown.form.media_type.startswith("text/html")


# Pages are full of empty lines that nobody sees.
_GAPS = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")


def _by_lines(form: ReleaseForm) -> str:
    if form.media_type.startswith("text/html"):
        return _GAPS.sub("\n\n", form.text).strip()
    if form.media_type != "application/json":
        return form.text
    try:
        return json.dumps(json.loads(form.text), ensure_ascii=False, indent=1)
    except ValueError:
        # Cut where it was too long to be kept whole.
        return form.text


def _last_public(release: Release) -> Release | None:
    earlier = Release.objects.filter(kind=release.kind, object_id=release.object_id, number__lt=release.number)
    ends = (Release.State.RELEASED, Release.State.SUPERSEDED, Release.State.TAKEN_DOWN)
    return earlier.filter(state__in=ends, released_at__isnull=False).order_by("-number").first()


def _names_and_hashes(release: Release | None) -> dict[str, str] | None:
    return dict(release.forms.values_list("name", "sha256")) if release is not None else None


def _form(form: ReleaseForm, before: Mapping[str, str] | None) -> FormShown:
    return FormShown(
        form=form,
        is_new=before is not None and form.name not in before,
        is_changed=before is not None and before.get(form.name, form.sha256) != form.sha256,
    )


def changed_since(release: Release, seen: Mapping[str, str]) -> list[str]:
    """Name the forms that are no longer as somebody saw them (form name to SHA-256)."""
    return rules.changed_forms(seen, dict(release.forms.values_list("name", "sha256")))


@dataclass(frozen=True)
class HandIn:
    """An object that may be handed in: what it lacks, and the release that is open or was the last."""

    kind: registry.GatedKind
    obj: Any
    title: str
    edit_url: str
    keys: Sequence[registry.Key]
    release: Release | None
    usual_due: datetime

    @cached_property
    def lacks(self) -> list[tuple[str, str]]:
        """All that keeps it from being handed in; found out for who reads it, for an outcome is built for that."""
        return lacks(self.kind.code, self.obj)


def hand_in(kind: str, object_id: int, *, actor: Actor, now: datetime) -> HandIn | None:
    """Return what handing an object in needs; None for an unknown kind and for what one may not see."""
    gated = next((one for one in registry.registered() if one.code == kind), None)
    if gated is None or not is_staff(actor):
        return None
    rows = gated.subject.model_class._default_manager.all()
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(actor)
    obj = rows.filter(pk=object_id).first()
    if obj is None or not may_hand_in(obj, actor):
        return None
    return HandIn(
        kind=gated,
        obj=obj,
        title=gated.subject.title(obj),
        edit_url=gated.subject.edit_url(obj),
        keys=gated.keys_for(obj),
        release=Release.objects.visible_to(actor).filter(kind=kind, object_id=object_id).first(),
        usual_due=due_at(now, rules.DAYS_USUAL),
    )
