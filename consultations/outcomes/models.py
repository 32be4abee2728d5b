"""Outcomes: one published answer a consultation, bound to the text commented on and to the text that came after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consultations.coding.models import Decision, Point, Theme
from consultations.models import Clause, Comment, Consultation, Version
from engage.accounts.actors import is_staff
from engage.departments.models import Department
from engage.participation.models import private_storage

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    """Reads of outcomes."""

    def visible_to(self, actor: Actor) -> OutcomeQuerySet:
        """Everybody reads what is published under a public call, staff read all."""
        if is_staff(actor):
            return self.all()
        public = Consultation.objects.visible_to(actor).filter(pk=OuterRef("consultation"))
        return self.filter(Exists(public), state=Outcome.State.PUBLISHED)


class Outcome(models.Model):
    """The answer to a consultation. A correction is a new outcome with the next number."""

    class State(models.TextChoices):
        """From the author's table to the public."""

        DRAFT = "draft", _("being written")
        SUBMITTED = "submitted", pgettext_lazy("release", "in review")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("replaced by a correction")
        TAKEN_DOWN = "taken_down", pgettext_lazy("release", "taken down")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="outcomes")
    number = models.PositiveSmallIntegerField(default=1)
    version = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="+", verbose_name=_("the text commented on")
    )
    version_after = models.ForeignKey(
        Version,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("the text that came of it"),
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Everybody who wrote in it: none of them may sign it.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    # All that the public reads, as it was signed (`queries.building`), and the SHA-256 of it, both written when it is
    # released: the page, the exports and a later look agree for ever.
    content = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # Letters to the senders go out in batches: the last submission that got its own, and when all were written.
    lettered_up_to = models.BigIntegerField(default=0)
    lettered_at = models.DateTimeField(null=True, blank=True)
    # Goes up with every change, so that a form that was open meanwhile is refused instead of overwriting.
    revision = models.PositiveIntegerField(default=0)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["consultation_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="outcome_number_once"),
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(state="published"), name="outcome_published_once"
            ),
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(state__in=["draft", "submitted"]), name="outcome_in_work_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id}/{self.number}"

    @property
    def letters(self) -> str:
        """What its letters to senders are called in the outbox."""
        return f"outcome:{self.pk}"


class OutcomeText(models.Model):
    """The words of an outcome in one language."""

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    summary = models.TextField(_("summary"), blank=True)
    method = models.TextField(_("how it was done and its limits"), blank=True)
    next_steps = models.TextField(_("what happens next"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outcome", "language"], name="outcome_text_per_language")]

    def __str__(self) -> str:
        return f"{self.outcome_id} {self.language}"


class OutcomeClause(models.Model):
    """What an editor says about one clause, or about the whole draft when `clause` is empty.

    `clauses_after`, when given, are the words after in place of what the alignment found; `removed` says that there are
    none.
    """

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="clauses")
    clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    clauses_after = models.ManyToManyField(Clause, blank=True, related_name="+")
    removed = models.BooleanField(default=False)
    reasons = models.JSONField(default=dict, help_text=_("Language code to the reason."))

    class Meta:
        ordering = ["outcome_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["outcome", "clause"], name="outcome_clause_once"),
            models.UniqueConstraint(fields=["outcome"], condition=Q(clause=None), name="outcome_whole_draft_once"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome_id} {self.clause_id}"


class OutcomeQuote(models.Model):
    """A published comment that the outcome quotes under a clause."""

    outcome_clause = models.ForeignKey(OutcomeClause, on_delete=models.CASCADE, related_name="quotes")
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["outcome_clause", "comment"], name="outcome_quote_once")]

    def __str__(self) -> str:
        return f"{self.outcome_clause_id} {self.comment_id}"


class OutcomeTheme(models.Model):
    """How the public reads the name of a theme, in each language; coders name it in their own."""

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="themes")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="+")
    names = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["outcome", "theme"], name="outcome_theme_once")]

    def __str__(self) -> str:
        return f"{self.outcome_id} {self.theme_id}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Reads of answers."""

    def visible_to(self, actor: Actor) -> AnswerQuerySet:
        """Those of outcomes the actor may read."""
        return self.filter(outcome__in=Outcome.objects.visible_to(actor))


class Answer(models.Model):
    """One decision of an outcome about one point of a comment, as it was released; no point: there was none to answer.

    The page's totals, every export and each sender's answer are read from these rows. A point of two themes that were
    decided apart has two. `clause` is that of the text commented on; `start` and `end` are the stretch of the comment,
    empty for the whole; `reasons` and `forwarded`: language code to words.
    """

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="answers")
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="answers")
    point = models.ForeignKey(Point, null=True, on_delete=models.SET_NULL, related_name="+")
    clause = models.ForeignKey(Clause, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(help_text=_("Order in the exports."))
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    themes = models.JSONField(default=list)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.SET_NULL, related_name="+")
    disposition = models.CharField(max_length=16, choices=Decision.Disposition, blank=True)
    reason_code = models.CharField(max_length=16, choices=Decision.Reason, blank=True)
    reasons = models.JSONField(default=dict)
    forwarded = models.JSONField(default=dict)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["outcome_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["outcome", "position"], name="answer_position_once"),
            models.UniqueConstraint(fields=["outcome", "point", "decision"], name="answer_decision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome_id}/{self.position}"


class Export(models.Model):
    """One file of a published outcome; the worker makes it, anybody may see how far it is."""

    class Kind(models.TextChoices):
        """The formats; all come from the same rows."""

        XLSX = "xlsx", "XLSX"
        CSV = "csv", "CSV"
        DOCX = "docx", "DOCX"
        PDF = "pdf", "PDF"
        JSON = "json", "JSON"

    class State(models.TextChoices):
        """From the order to the file."""

        WAITING = "waiting", _("waiting for the worker")
        RUNNING = "running", _("being made")
        READY = "ready", _("ready")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=8, choices=Kind)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # When it last moved: a worker that died leaves it running and silent.
    moved_at = models.DateTimeField(default=timezone.now)
    # Goes up with each new order; a worker that carries an older one out stops.
    order = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="outcomes/%Y/%m", storage=private_storage, blank=True)
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["outcome_id", "language", "pk"]
        constraints = [models.UniqueConstraint(fields=["outcome", "kind", "language"], name="export_once")]

    def __str__(self) -> str:
        return f"{self.outcome_id} {self.kind} {self.language}"
