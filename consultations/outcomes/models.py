"""Outcomes: one published answer a consultation, bound to the text commented on and to the text that came after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import Clause, Comment, Consultation, Version
from engage.accounts.actors import is_staff

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
        SUBMITTED = "submitted", _("waiting for approval")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("replaced by a correction")

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
    submitted_at = models.DateTimeField(null=True, blank=True)
    # SHA-256 of the exact content that was submitted: what is approved is what is published.
    content_hash = models.CharField(max_length=64, blank=True)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    # The figures as published, so that the page, the exports and a later look agree for ever.
    figures = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["consultation_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="outcome_number_once"),
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(state="published"), name="outcome_published_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id}/{self.number}"


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
    """What became of one clause, or of the whole draft when `clause` is empty; the reason in one language a key."""

    outcome = models.ForeignKey(Outcome, on_delete=models.CASCADE, related_name="clauses")
    clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    clauses_after = models.ManyToManyField(Clause, blank=True, related_name="+")
    decision = models.TextField(_("decision"), blank=True)
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
