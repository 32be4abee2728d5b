"""Extensions of calls, and the documents that were laid open with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.frozen import Frozen, FrozenQuerySet
from consultations.models import Consultation
from engage.departments.models import in_active_language

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class ExtensionQuerySet(FrozenQuerySet):
    """Reads of extensions."""

    def visible_to(self, actor: Actor) -> ExtensionQuerySet:
        """Those of calls the actor may see."""
        return self.filter(consultation__in=Consultation.objects.visible_to(actor))


class Extension(Frozen):
    """That the close of a call moved, and why. What people were told before stays readable."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="extensions")
    at = models.DateTimeField(default=timezone.now)
    closed_before = models.DateTimeField(help_text=_("The close that had been announced."))
    closes_after = models.DateTimeField()
    reason_zh = models.TextField()
    reason_en = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_after__gt=F("closed_before")), name="extension_is_later"),
            models.CheckConstraint(condition=~Q(reason_zh="") & ~Q(reason_en=""), name="extension_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.closes_after:%Y-%m-%d %H:%M}"

    @property
    def reason(self) -> str:
        """The reason in the active language."""
        return in_active_language(self.reason_zh, self.reason_en)


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Reads of evidence."""

    def visible_to(self, actor: Actor) -> EvidenceQuerySet:
        """Documents of calls the actor may see."""
        return self.filter(consultation__in=Consultation.objects.visible_to(actor))


class Evidence(models.Model):
    """A document that a draft rests on: a study, figures, the notes of a visit."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="evidence", verbose_name=_("consultation")
    )
    document = models.ForeignKey(
        "wagtaildocs.Document", on_delete=models.PROTECT, related_name="+", verbose_name=_("document")
    )
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    source_zh = models.CharField(_("source in Chinese"), max_length=200)
    source_en = models.CharField(_("source in English"), max_length=200)
    dated = models.DateField(_("date of the document"))

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-dated", "pk"]
        verbose_name = _("evidence document")
        verbose_name_plural = _("evidence documents")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language."""
        return in_active_language(self.title_zh, self.title_en)

    @property
    def source(self) -> str:
        """Who made it, in the active language."""
        return in_active_language(self.source_zh, self.source_en)
