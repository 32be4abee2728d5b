"""Wagtail's workflow follows the gate: one workflow of four tasks, each of them one review of a release.

Submitting a page to it hands the page in; a decision in the editor is a decision at the gate, and one on the desk moves
the workflow on. The gate alone publishes. Reviews may be given in any order: a task whose review is done is passed over
when the workflow comes to it, and one whose sign-off fell is gone back to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.signals import post_save
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.admin import signal_handlers as wagtail_letters
from wagtail.models import Page, Task, TaskState, Workflow, WorkflowPage, WorkflowState, WorkflowTask, get_page_models
from wagtail.signals import workflow_cancelled

from engage.accounts.actors import SYSTEM, roles_of
from engage.accounts.models import User
from engage.errors import Refused
from engage.pages.gate import gate_kind_of
from engage.publishing import actions, registry, signals
from engage.publishing.models import Release, Review, ReviewTask, ReviewTaskState


def plant(homes: Any = None) -> Workflow:
    """Make the workflow of releases, its tasks, and let every page use it; made once, changed by nobody after."""
    with translation.override(settings.LANGUAGE_CODE):
        tasks = [
            ReviewTask.objects.get_or_create(key=key.code, defaults={"name": str(key.label)})[0]
            for key in registry.STANDARD
        ]
        workflow = Workflow.objects.filter(workflow_tasks__task__in=tasks).first()
        if workflow is None:
            workflow = Workflow.objects.create(name=_("Release gate"))
            for place, task in enumerate(tasks):
                WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=place)
    root = Page.objects.get(depth=1)
    WorkflowPage.objects.get_or_create(page=root, defaults={"workflow": workflow})
    return workflow


# --- the editor moves the gate --------------------------------------------------------------------------------------


def open_release(page: Page) -> Release | None:
    """Return the release of a page that is on its way."""
    kind, obj = gate_kind_of(page)
    return Release.objects.open().filter(kind=kind, object_id=obj.pk).first()


def _newest(page: Page) -> Release | None:
    kind, obj = gate_kind_of(page)
    return Release.objects.filter(kind=kind, object_id=obj.pk).first()


def begin(task: ReviewTask, state: ReviewTaskState, user: User | None) -> TaskState:
    """Hand the page in with the first task; pass over what is signed or not asked for.

    Raises what `actions.request` does.
    """
    page = state.workflow_state.content_object
    release = open_release(page) if state.workflow_state.current_task_state is None else _newest(page)
    if release is None:
        kind, obj = gate_kind_of(page)
        release = actions.request(kind, obj, actor=user or SYSTEM, now=timezone.now())
    state.content_hash = release.content_hash
    review = _passed(release, task.key)
    if review is _NOBODY:
        state.status, state.finished_at = TaskState.STATUS_SKIPPED, timezone.now()
    elif review is not None:
        state.status, state.finished_at = TaskState.STATUS_APPROVED, review.decided_at
        state.finished_by, state.comment = review.decided_by, review.comment
    state.save()
    return state


class _Nobody:
    """No review of this key is asked for."""


_NOBODY = _Nobody()


def _passed(release: Release, key: str) -> Review | _Nobody | None:
    """Return the sign-off that stands, _NOBODY for a key that is not needed now, None for one that is waited for."""
    review = release.reviews.exclude(state=Review.State.VOID).filter(key=key).first()
    if review is None or review.afterwards:
        return _NOBODY
    is_open = review.state == Review.State.DECIDED and review.decision == Review.Decision.OPEN
    return review if is_open else None


def review_of(task: Task, page: models.Model, user: User) -> Review | None:
    """Return the review that this person may give now as this task of a page."""
    if not isinstance(page, Page) or not roles_of(user):
        return None
    release = open_release(page)
    key = getattr(task.specific, "key", "")
    review = release.reviews.filter(key=key, state=Review.State.WAITING).first() if release else None
    if release is None or review is None or not actions.holds(user, release.kind, review):
        return None
    if release.writers.filter(pk=user.pk).exists():
        return None
    signed = release.reviews.filter(state=Review.State.DECIDED, decided_by=user)
    return None if signed.exists() else review


def choices(task: ReviewTask, page: models.Model, user: User) -> list[tuple[str, Any, bool]]:
    """List what a reviewer may do in the editor: (name, label, whether a comment is asked for)."""
    if review_of(task, page, user) is None:
        return []
    return [
        ("reject", _("Send it back with a comment"), True),
        ("approve", _("Sign: open"), False),
        ("approve", _("Sign with a comment: open"), True),
    ]


def decide(task_state: TaskState, action: str, *, comment: str, actor: User) -> None:
    """Decide a review from the editor, about what was handed in when the reader's task began.

    Raises Refused("release_changed") when that is no longer what would go out, and what `actions.decide` does.
    """
    state = task_state.specific
    release = open_release(state.workflow_state.content_object)
    if release is None:
        raise Refused("release_not_open")
    if state.status != TaskState.STATUS_IN_PROGRESS:
        raise Refused("release_changed")
    review = release.reviews.filter(key=state.task.specific.key, state=Review.State.WAITING).first()
    if review is None:
        raise Refused("review_decided")
    actions.decide(
        review.pk,
        Review.Decision.OPEN if action == "approve" else Review.Decision.RETURN,
        content_hash=state.content_hash,
        comment=comment,
        now=timezone.now(),
        actor=actor,
    )


def states_waiting_for(task: ReviewTask, user: User) -> models.QuerySet[TaskState]:
    """Return the states of a task in which this person's review is waited for."""
    waiting = TaskState.objects.filter(task=task, status=TaskState.STATUS_IN_PROGRESS)
    if not roles_of(user) & {role for key in registry.STANDARD if key.code == task.key for role in key.roles}:
        return waiting.none()
    found = [
        state.pk
        for state in waiting.select_related("workflow_state")
        if review_of(task, state.workflow_state.content_object, user) is not None
    ]
    return TaskState.objects.filter(pk__in=found)


# --- the gate moves the workflow ------------------------------------------------------------------------------------


def _moved(sender: type, release: Release, **kwargs: Any) -> None:
    follow(release)


def follow(release: Release) -> None:
    """Bring the workflows of the pages of a release to where the release is."""
    states = list(_states(release))
    for state in states:
        _follow(state, release)
    if release.is_open and not states:
        _start(release)


def _states(release: Release) -> Iterator[WorkflowState]:
    """Yield the workflows that are on their way for the pages of a release."""
    active = WorkflowState.objects.active().filter(workflow__workflow_tasks__task__in=ReviewTask.objects.all())
    active = active.distinct()
    model = registry.subject_of(release.kind).model_class
    if issubclass(model, Page):
        yield from active.filter(object_id=str(release.object_id))
        return
    if not any(getattr(page_model, "gate_kind", "") == release.kind for page_model in get_page_models()):
        return
    for state in active:
        kind, obj = gate_kind_of(state.content_object)
        if (kind, obj.pk) == (release.kind, release.object_id):
            yield state


def _start(release: Release) -> None:
    """A page that was handed in on the desk is in review in the editor too."""
    model = registry.subject_of(release.kind).model_class
    page = Page.objects.filter(pk=release.object_id).first() if issubclass(model, Page) else None
    workflow = page.get_workflow() if page is not None else None
    if page is not None and workflow is not None and _is_ours(workflow) and page.get_latest_revision() is not None:
        workflow.start(page.specific, release.requested_by)


def _is_ours(workflow: Workflow) -> bool:
    return workflow.tasks.filter(pk__in=ReviewTask.objects.all()).exists()


def _follow(state: WorkflowState, release: Release) -> None:
    current = state.current_task_state
    if current is None:
        # It is just being started, and looks at the release itself.
        return
    if release.state in (Release.State.RETURNED, Release.State.WITHHELD):
        _turn_back(state, release)
    elif release.state in (Release.State.TAKEN_BACK, Release.State.TAKEN_DOWN, Release.State.SUPERSEDED):
        _cancel(state, release)
    elif state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        # It was sent back and is handed in anew: every review starts again.
        _cancel(state, release)
        _start(release)
    else:
        _go_on(state, release)


def _cancel(state: WorkflowState, release: Release) -> None:
    state.by_gate = True
    state.cancel(user=release.requested_by)


def _cancelled(sender: type, instance: WorkflowState, user: User | None = None, **kwargs: Any) -> None:
    """Who stops the workflow in the editor takes the release back."""
    page = instance.content_object
    if getattr(instance, "by_gate", False) or not isinstance(page, Page) or not _is_ours(instance.workflow):
        return
    release = open_release(page)
    if release is not None:
        actions.take_back(release.pk, now=timezone.now(), actor=user or SYSTEM)


def _turn_back(state: WorkflowState, release: Release) -> None:
    refused = release.reviews.filter(state=Review.State.DECIDED).exclude(decision=Review.Decision.OPEN).last()
    current = state.current_task_state
    if current is not None and current.status == TaskState.STATUS_IN_PROGRESS and refused is not None:
        current.specific.reject(
            user=refused.decided_by, comment="\n".join(filter(None, [refused.basis, refused.comment]))
        )


def _go_on(state: WorkflowState, release: Release) -> None:
    """Go back to what fell, pass over what is signed; a task that began before a change begins again."""
    for done in state.task_states.filter(status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_SKIPPED]):
        if _passed(release, done.task.specific.key) is None:
            TaskState.objects.filter(pk=done.pk).update(status=TaskState.STATUS_CANCELLED)
    current = state.current_task_state.specific
    if current.status != TaskState.STATUS_IN_PROGRESS:
        return
    review = _passed(release, current.task.specific.key)
    if isinstance(review, Review):
        current.approve(user=review.decided_by, comment=review.comment)
    elif review is _NOBODY or current.content_hash != release.content_hash or _has_earlier(state, current):
        current.cancel(user=release.requested_by)


def _has_earlier(state: WorkflowState, current: TaskState) -> bool:
    following = state.get_next_task()
    return following is not None and following.pk != current.task_id


# --- edits ----------------------------------------------------------------------------------------------------------


def _page_saved(sender: type, instance: models.Model, update_fields: Any = None, **kwargs: Any) -> None:
    """A new revision of a page in review: what was signed of it is compared with what it says now."""
    if not isinstance(instance, Page) or not update_fields or "latest_revision" not in update_fields:
        return
    kind, obj = gate_kind_of(instance)
    revision = instance.latest_revision
    actions.touched(kind, obj, actor=(revision.user if revision else None) or SYSTEM)


def connect() -> None:
    """Listen to the gate, to every new revision of a page, and to who stops a workflow. Letters are the gate's own."""
    signals.moved.connect(_moved, dispatch_uid="publishing.workflow.moved")
    post_save.connect(_page_saved, dispatch_uid="publishing.workflow.saved")
    workflow_cancelled.connect(_cancelled, dispatch_uid="publishing.workflow.cancelled")
    for notifier in (
        wagtail_letters.workflow_submission_email_notifier,
        wagtail_letters.workflow_approval_email_notifier,
        wagtail_letters.workflow_rejection_email_notifier,
    ):
        # They would talk to the mail server inside the transaction.
        notifier.valid_classes = ()
