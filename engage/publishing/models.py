"""Releases: what was handed in to go public, its exact outgoing forms, and what each reviewer decided about them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from engage.accounts.actors import is_staff
from engage.publishing.locks import ReviewLock

if TYPE_CHECKING:
    from wagtail.models import WorkflowState

    from engage.accounts.actors import Actor
    from engage.accounts.models import User


class GatedReleaseQuerySet(models.QuerySet["Release"]):
    """Reads of releases."""

    def visible_to(self, actor: Actor) -> GatedReleaseQuerySet:
        """Who works here sees what was handed in; nobody else sees any of it."""
        return self.all() if is_staff(actor) else self.none()

    def open(self) -> GatedReleaseQuerySet:
        """Keep those that are still on their way to the public."""
        return self.filter(state__in=Release.OPEN)


class Release(models.Model):
    """One content on its way to the public: what exactly, who asked, and how far it is."""

    class State(models.TextChoices):
        """From handing in to what became of it."""

        REVIEW = "review", pgettext_lazy("release", "in review")
        CLEARED = "cleared", pgettext_lazy("release", "cleared, waits for its time")
        RELEASED = "released", pgettext_lazy("release", "released")
        SUPERSEDED = "superseded", pgettext_lazy("release", "replaced by a later release")
        RETURNED = "returned", pgettext_lazy("release", "sent back to the author")
        WITHHELD = "withheld", pgettext_lazy("release", "withheld")
        TAKEN_BACK = "taken_back", pgettext_lazy("release", "taken back by the author")
        TAKEN_DOWN = "taken_down", pgettext_lazy("release", "taken down")

    OPEN = (State.REVIEW, State.CLEARED)

    kind = models.CharField(max_length=32)
    object_id = models.BigIntegerField()
    # Running for each object: its first release is number 1.
    number = models.PositiveIntegerField()
    # In the language of who handed it in; the object's own title may change later.
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=12, choices=State, default=State.REVIEW)
    # SHA-256 over the names and hashes of all forms.
    content_hash = models.CharField(max_length=64)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    release_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    # Why it could not wait for the reviews; they are made up for afterwards.
    emergency = models.TextField(blank=True)
    # When the alarm went out that its time had come without all keys.
    missed_at = models.DateTimeField(null=True, blank=True)

    objects = GatedReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "number"], name="release_number_once"),
            models.UniqueConstraint(
                fields=["kind", "object_id"], condition=Q(state__in=["review", "cleared"]), name="release_open_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "object_id"], condition=Q(state="released"), name="release_current_once"
            ),
        ]
        indexes = [
            models.Index(fields=["release_at"], name="release_due", condition=Q(state__in=["review", "cleared"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}/{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way."""
        return self.state in self.OPEN


class ReleaseForm(models.Model):
    """One outgoing form of a release: the bytes that the reviewers read and that go out."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="forms")
    name = models.CharField(max_length=120)
    # Language code to what it is called there.
    labels = models.JSONField(default=dict)
    media_type = models.CharField(max_length=100)
    language = models.CharField(max_length=10, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    # What a person reads; of a file its text layer and hidden data.
    text = models.TextField(blank=True)
    # The bytes themselves; of a stored file empty, its hash says which it was.
    content = models.BinaryField(blank=True, default=b"")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["release", "name"], name="release_form_once")]
        indexes = [models.Index(fields=["name", "sha256"], name="release_form_bytes")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.name}"

    @property
    def label(self) -> str:
        """What it is called in the active language."""
        return self.labels.get(get_language() or "") or self.labels.get(settings.LANGUAGE_CODE, self.name)


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reads of reviews."""

    def visible_to(self, actor: Actor) -> ReviewQuerySet:
        """Who works here sees them."""
        return self.all() if is_staff(actor) else self.none()

    def waiting(self) -> ReviewQuerySet:
        """Keep those that somebody still has to decide: before the release, or made up for after an emergency.

        Those of a release that a later one took the place of are not: the later one had its own.
        """
        return self.filter(state=Review.State.WAITING).exclude(
            release__state__in=[
                Release.State.RETURNED,
                Release.State.WITHHELD,
                Release.State.TAKEN_BACK,
                Release.State.TAKEN_DOWN,
                Release.State.SUPERSEDED,
            ]
        )


class Review(models.Model):
    """One sign-off that a release needs: due, decided by one person about exact forms, or void since they changed.

    A void one stays, and a new one takes its place.
    """

    class State(models.TextChoices):
        """Whether it stands."""

        WAITING = "waiting", pgettext_lazy("review", "waiting")
        DECIDED = "decided", pgettext_lazy("review", "decided")
        VOID = "void", pgettext_lazy("review", "void")

    class Decision(models.TextChoices):
        """What a reviewer says (保密审查: open, open after words were taken out, not open)."""

        OPEN = "open", pgettext_lazy("review", "open")
        REDACT = "redact", pgettext_lazy("review", "open after redaction")
        WITHHOLD = "withhold", pgettext_lazy("review", "withhold")
        RETURN = "return", pgettext_lazy("review", "change it first")

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="reviews")
    key = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    # Whom it was handed to; empty: whoever holds the key.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # After an emergency release: the review that was skipped.
    afterwards = models.BooleanField(default=False)
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    comment = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # Form name to SHA-256: what was signed.
    signed = models.JSONField(default=dict)
    voided_at = models.DateTimeField(null=True, blank=True)
    # Names of the forms that changed, or why else it fell.
    void_reason = models.JSONField(default=list)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "key"], condition=Q(state__in=["waiting", "decided"]), name="review_standing_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_at__isnull=False) & ~Q(decision=""),
                name="review_decided_in_full",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["redact", "withhold"]) | ~Q(basis=""), name="review_withholds_on_a_basis"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="review_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.release_id} {self.key} {self.state}"

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been decided by now."""
        return self.state == self.State.WAITING and self.due_at < now


def released(kind: str, *, object_id: str = "pk") -> Exists:
    """Return the SQL condition that an object of a kind is released: one index look-up inside the reader's query."""
    return Exists(
        Release.objects.filter(kind=kind, object_id=OuterRef(object_id), state=Release.State.RELEASED).order_by()
    )


class ReviewTask(Task):
    """One review of a release as a task of Wagtail's workflow; `engage.publishing.workflow` keeps both in step."""

    key = models.CharField(max_length=32, unique=True)

    lock_class = ReviewLock
    admin_form_fields = [*Task.admin_form_fields, "key"]
    admin_form_readonly_on_edit_fields = [*Task.admin_form_readonly_on_edit_fields, "key"]

    class Meta:
        verbose_name = _("review of a release")
        verbose_name_plural = _("reviews of a release")

    @classmethod
    def get_task_state_class(cls) -> type[ReviewTaskState]:
        """Return the state that knows what was handed in."""
        return ReviewTaskState

    @classmethod
    def get_description(cls) -> str:
        """Say what it is for."""
        return gettext("A review of the release gate, by whoever holds its role")

    def start(self, workflow_state: WorkflowState, user: User | None = None) -> TaskState:
        """Begin, or pass over a review that is done already."""
        from engage.publishing import workflow

        return workflow.begin(self, super().start(workflow_state, user=user), user)

    def on_action(self, task_state: TaskState, user: User, action_name: str, comment: str = "", **kwargs: Any) -> None:
        """Decide the review; whoever decides on the desk does the same."""
        from engage.publishing import workflow

        workflow.decide(task_state, action_name, comment=comment, actor=user)

    def get_actions(self, obj: models.Model, user: User) -> list[tuple[str, Any, bool]]:
        """Offer what the reviewer may do here; the rest of the decisions are on the desk."""
        from engage.publishing import workflow

        return workflow.choices(self, obj, user)

    def user_can_access_editor(self, obj: models.Model, user: User) -> bool:
        """Let reviewers read where it is written."""
        from engage.publishing import workflow

        return workflow.review_of(self, obj, user) is not None

    def locked_for_user(self, obj: models.Model, user: User) -> bool:
        """Whoever reviews changes nothing meanwhile; authors may, and sign-offs fall."""
        return self.user_can_access_editor(obj, user)

    def get_task_states_user_can_moderate(self, user: User, **kwargs: Any) -> models.QuerySet[TaskState]:
        """Return what waits for this person."""
        from engage.publishing import workflow

        return workflow.states_waiting_for(self, user)


class ReviewTaskState(TaskState):
    """How far a review is in Wagtail, bound to what was handed in when it began."""

    content_hash = models.CharField(max_length=64, blank=True)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Reads of proposals."""

    def visible_to(self, actor: Actor) -> ProposalQuerySet:
        """Who works here sees them."""
        return self.all() if is_staff(actor) else self.none()


class Proposal(models.Model):
    """A write whose result the public reads at once, waiting for its sign-offs: what would be done, with which words.

    Once released it is carried out in the proposer's name, exactly as it was signed.
    """

    kind = models.CharField(max_length=32)
    # What it is about: the key of the row that the kind changes; empty when it makes a new one.
    target_id = models.BigIntegerField(null=True, blank=True)
    payload = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "target_id"], name="proposal_target")]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_id or ''}/{self.pk}"
