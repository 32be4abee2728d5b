"""What an editor says about how a call was held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import Consultation
from engage.accounts.actors import is_staff

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class MethodNoteQuerySet(models.QuerySet["MethodNote"]):
    """Reads of notes."""

    def visible_to(self, actor: Actor) -> MethodNoteQuerySet:
        """Those of calls the actor may see."""
        if is_staff(actor):
            return self.all()
        return self.filter(consultation__in=Consultation.objects.visible_to(actor))


class MethodNote(models.Model):
    """How a call was made known, whom it reached and what that leaves open, in one language."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="method_notes")
    language = models.CharField(max_length=10)
    publicised = models.TextField(_("how the call was made known"), blank=True)
    reached = models.TextField(_("who was reached, and who was not"), blank=True)
    limits = models.TextField(_("what the figures do not say"), blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = MethodNoteQuerySet.as_manager()

    class Meta:
        ordering = ["consultation_id", "language"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "language"], name="method_note_per_language"),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id} {self.language}"

    @property
    def parts(self) -> list[tuple[str, str, str]]:
        """(field, heading in the active language, words) of what is written."""
        found = [(name, str(self._meta.get_field(name).verbose_name), getattr(self, name)) for name in PARTS]
        return [(name, heading[:1].upper() + heading[1:], words) for name, heading, words in found if words]


PARTS = ("publicised", "reached", "limits")
