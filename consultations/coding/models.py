"""Points, themes and decisions: what was said in comments, in units that can be answered.

A comment is cut into points (often one), a point belongs to themes, and a decision is made on a point or on a theme.
Nothing here is overwritten by a second person at work: codings are rows of their own, taken back by a date and never
deleted, so the provenance of a theme stays readable. A finished comment (`coded_at`) without a live point is one with
no substantive point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import Comment, Consultation
from engage.accounts.actors import is_staff
from engage.departments.models import Department, in_active_language

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class DeskQuerySet(models.QuerySet):
    """Reads of what only the desk works with; the public reads decisions through a published outcome."""

    def visible_to(self, actor: Actor) -> DeskQuerySet:
        """Staff see all, everybody else nothing."""
        return self.all() if is_staff(actor) else self.none()


class Theme(models.Model):
    """A group of like points in one consultation; themes form a tree."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="themes")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(_("theme"), max_length=200)
    description = models.TextField(_("what belongs to it"), blank=True)
    position = models.PositiveIntegerField(default=0)
    # A theme that was merged keeps its row and says where its points went.
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    retired_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Goes up with every change, so that a form that was open meanwhile is refused instead of overwriting.
    revision = models.PositiveIntegerField(default=0)

    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["consultation_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "parent", "name"], condition=Q(retired_at=None), name="theme_name_once"
            ),
            models.UniqueConstraint(
                fields=["consultation", "name"],
                condition=Q(retired_at=None, parent=None),
                name="theme_name_once_on_top",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ThemeEvent(models.Model):
    """One step in the life of a theme: made, renamed, moved, merged, split. Never changed."""

    class Kind(models.TextChoices):
        """What happened."""

        CREATED = "created", _("made")
        RENAMED = "renamed", _("renamed")
        MOVED = "moved", _("moved")
        MERGED = "merged", _("merged into another")
        SPLIT = "split", _("split off from another")
        RETIRED = "retired", _("taken out of use")

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    other = models.ForeignKey(Theme, null=True, on_delete=models.SET_NULL, related_name="+")
    detail = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.theme_id} {self.kind}"


class Point(models.Model):
    """One unit of meaning in a comment: a stretch of its text, or the whole when `start` is empty.

    Positions count characters (code points) of the comment's text as it was coded; `quote` is that stretch, so that an
    edited comment shows what the coder had read.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="points")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="points")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    quote = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["comment_id", "start", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__lt=F("end")), name="point_has_a_stretch"
            ),
            models.UniqueConstraint(
                fields=["comment", "start", "end"], condition=Q(removed_at=None), name="point_once"
            ),
            models.UniqueConstraint(
                fields=["comment"], condition=Q(removed_at=None, start=None), name="point_of_the_whole_once"
            ),
        ]
        indexes = [models.Index(fields=["consultation", "comment"], condition=Q(removed_at=None), name="point_live")]

    def __str__(self) -> str:
        return f"{self.comment_id}[{self.start}:{self.end}]"

    @property
    def words(self) -> str:
        """The stretch as the coder read it, or the whole text."""
        return self.quote or self.comment.text

    @property
    def value(self) -> str:
        """How a form sends it."""
        return str(self.pk)


class Coding(models.Model):
    """One coder's statement that a point belongs to a theme."""

    class Source(models.TextChoices):
        """By what way a point came to its theme."""

        DESK = "desk", _("at the desk")
        BULK = "bulk", _("with many others at once")
        SUGGESTION = "suggestion", _("suggested, accepted by a person")
        MERGE = "merge", _("its theme was merged into this one")
        SPLIT = "split", _("split off from another theme")

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="codings")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="codings")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    source = models.CharField(max_length=12, choices=Source, default=Source.DESK)
    order = models.ForeignKey("BulkOrder", null=True, blank=True, on_delete=models.PROTECT, related_name="codings")
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["point_id", "pk"]
        constraints = [
            # One and the same theme on one point, whoever said it first.
            models.UniqueConstraint(fields=["point", "theme"], condition=Q(removed_at=None), name="coding_once"),
        ]
        indexes = [models.Index(fields=["theme", "point"], condition=Q(removed_at=None), name="coding_by_theme")]

    def __str__(self) -> str:
        return f"{self.point_id} {self.theme_id}"


class Decision(models.Model):
    """What was decided about a theme, or about one point where it differs from its theme, and why.

    A change of mind is a new row; the row before gets `replaced_at`.
    """

    class Disposition(models.TextChoices):
        """The five answers a point can get (DESIGN.md)."""

        ADOPTED = "adopted", _("adopted")
        IN_PART = "in_part", _("adopted in part")
        COVERED = "covered", _("already covered")
        NOT_ADOPTED = "not_adopted", _("not adopted")
        OUT_OF_SCOPE = "out_of_scope", _("out of scope")

    class Reason(models.TextChoices):
        """Why something is not adopted, or only in part; the free text says it for this case."""

        AGAINST_LAW = "against_law", _("a higher law says otherwise")
        OTHER_RULE = "other_rule", _("another rule is the place for it")
        COST = "cost", _("the cost is out of proportion")
        NOT_FEASIBLE = "not_feasible", _("it cannot be carried out at present")
        CONFLICT = "conflict", _("it is at odds with what others need")
        UNCLEAR = "unclear", _("what is asked for is not clear enough")
        STUDY = "study", _("it needs more study first")
        OTHER = "other", _("another reason")

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="decisions")
    theme = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions")
    point = models.ForeignKey(Point, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions")
    disposition = models.CharField(_("decision"), max_length=16, choices=Disposition)
    reason_code = models.CharField(_("kind of reason"), max_length=16, choices=Reason, blank=True)
    reason_zh = models.TextField(_("reason, Chinese"), blank=True)
    reason_en = models.TextField(_("reason, English"), blank=True)
    # Where something out of scope went: in words, because it may be no unit of ours.
    forwarded_zh = models.CharField(_("forwarded to, Chinese"), max_length=200, blank=True)
    forwarded_en = models.CharField(_("forwarded to, English"), max_length=200, blank=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("department responsible")
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(theme=None, point__isnull=False) | Q(theme__isnull=False, point=None),
                name="decision_about_one_thing",
            ),
            models.UniqueConstraint(fields=["theme"], condition=Q(replaced_at=None), name="decision_per_theme"),
            models.UniqueConstraint(fields=["point"], condition=Q(replaced_at=None), name="decision_per_point"),
        ]
        indexes = [models.Index(fields=["consultation"], condition=Q(replaced_at=None), name="decision_in_force")]

    def __str__(self) -> str:
        return self.disposition

    @property
    def reason(self) -> str:
        """The reason in the active language; the other one when that is empty."""
        return in_active_language(self.reason_zh, self.reason_en)

    @property
    def forwarded_to(self) -> str:
        """Where it was forwarded, in the active language."""
        return in_active_language(self.forwarded_zh, self.forwarded_en)


class BlindSample(models.Model):
    """Comments that a second coder codes without seeing the first coding, drawn at random with a seed."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="blind_samples")
    coder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seed = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.seed}"


class BlindItem(models.Model):
    """One comment of a blind sample and when the second coder was done with it."""

    sample = models.ForeignKey(BlindSample, on_delete=models.CASCADE, related_name="items")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sample", "comment"], name="blind_item_once")]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.comment_id}"


class BlindCoding(models.Model):
    """A second coder's statement about a comment of a blind sample: it measures agreement and counts nowhere else."""

    item = models.ForeignKey(BlindItem, on_delete=models.CASCADE, related_name="codings")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="blind_codings")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["item", "theme"], name="blind_coding_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.theme_id}"


class BulkOrder(models.Model):
    """An order to code many comments with one theme, carried out by the worker in batches that can be watched."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="bulk_orders")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    comment_ids = models.JSONField(default=list)
    # Whether the comments are done with it, or wait for a coder to read the rest of them.
    finish = models.BooleanField(default=True)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = DeskQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered_at", "-pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(finished_at=None, cancelled_at=None), name="bulk_order_open"),
        ]

    def __str__(self) -> str:
        return f"{self.theme_id}: {self.done}/{self.total}"


class Step(models.Model):
    """One step of one person at the coding desk, with what is needed to take it back."""

    class Kind(models.TextChoices):
        """What was done."""

        MARKED = "marked", _("a passage was marked")
        UNMARKED = "unmarked", _("a mark was taken away")
        APPLIED = "applied", _("a theme was given")
        REMOVED = "removed", _("a theme was taken away")
        FINISHED = "finished", _("a comment was finished")
        REOPENED = "reopened", _("a comment was opened again")
        DECIDED = "decided", _("a decision was made")
        THEME = "theme", _("a theme was made")

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="+")
    # Keys of the rows that the step made or closed.
    changed = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["consultation", "by", "-id"], condition=Q(undone_at=None), name="step_to_undo"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.comment_id}"
