"""How a case that an officer keyed in came, and from which day its time counts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from mailbox.models import Case


class Way(models.TextChoices):
    """On which way it came to the office."""

    WALK_IN = "walk_in", _("In person")
    PHONE = "phone", _("By telephone")
    SIGNED_POST = "signed_post", _("By post, signed for")
    POST = "post", _("By post, not signed for")


class Identity(models.TextChoices):
    """What was seen of the sender's identity; the document's number is never kept."""

    NOT_SEEN = "not_seen", _("Not seen")
    SEEN = "seen", _("Document shown, nothing kept of it")
    COPY = "copy", _("A copy is among the files")


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads of what was keyed in."""

    def visible_to(self, actor: Actor) -> Any:
        """Whoever sees the case sees it, and who keyed it in."""
        seen = self.filter(case__in=Case.objects.visible_to(actor))
        return seen | self.filter(by_id=actor.pk) if actor.pk is not None else seen


class Entry(models.Model):
    """One case that was keyed in. `received_on` is the day of receipt in the sense of the law."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="entry")
    way = models.CharField(max_length=12, choices=Way)
    received_on = models.DateField()
    identity = models.CharField(max_length=10, choices=Identity, default=Identity.NOT_SEEN)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter entry")
        verbose_name_plural = _("counter entries")

    def __str__(self) -> str:
        return f"{self.case_id} {self.way}"
