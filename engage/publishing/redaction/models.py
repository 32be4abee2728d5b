"""A file on its way to its redacted form, what is marked in it, and the legal bases to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.departments.models import in_active_language
from engage.participation.models import private_storage
from engage.publishing.redaction.access import may_redact, sees_all

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class Basis(models.Model):
    """Why something may be kept from the public."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh_hans = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    law_zh_hans = models.CharField(_("law in Chinese"), max_length=200, blank=True)
    law_en = models.CharField(_("law in English"), max_length=200, blank=True)
    needs_note = models.BooleanField(_("asks for words of its own"), default=False)
    is_active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return in_active_language(self.name_zh_hans, self.name_en)

    @property
    def law(self) -> str:
        """The article, in the reader's language."""
        return in_active_language(self.law_zh_hans, self.law_en)


class RedactionQuerySet(models.QuerySet["Redaction"]):
    """Reads of redactions."""

    def visible_to(self, actor: Actor) -> RedactionQuerySet:
        """Editors and officers see their own, reviewers all, nobody else any."""
        if not may_redact(actor):
            return self.none()
        return self.all() if sees_all(actor) else self.filter(created_by_id=actor.pk)


class Redaction(models.Model):
    """One file. The original lies in private storage until its date; the result beside it, with the proof."""

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open", pgettext_lazy("redaction", "being marked")
        MADE = "made", pgettext_lazy("redaction", "result to be looked at")
        DONE = "done", pgettext_lazy("redaction", "confirmed")

    name = models.CharField(_("file"), max_length=120)
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="redactions"
    )
    original = models.FileField(upload_to="redaction/%Y/%m", storage=private_storage, blank=True)
    original_sha256 = models.CharField(max_length=64)
    original_bytes = models.PositiveBigIntegerField()
    # What was found, with the words; emptied with the original.
    survey = models.JSONField(default=dict)
    title = models.CharField(_("title of the new file"), max_length=200, blank=True)
    language = models.CharField(_("language of the file"), max_length=12, default="zh-hans")
    result = models.FileField(upload_to="redaction/%Y/%m", storage=private_storage, blank=True)
    result_name = models.CharField(max_length=120, blank=True)
    proof: models.JSONField[Any] = models.JSONField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    delete_original_on = models.DateField(null=True, db_index=True)
    source_document = models.ForeignKey("wagtaildocs.Document", null=True, on_delete=models.SET_NULL, related_name="+")
    source_image = models.ForeignKey("wagtailimages.Image", null=True, on_delete=models.SET_NULL, related_name="+")
    new_document = models.ForeignKey("wagtaildocs.Document", null=True, on_delete=models.SET_NULL, related_name="+")
    new_image = models.ForeignKey("wagtailimages.Image", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = RedactionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class RedactionMark(models.Model):
    """One mark (marks.Mark); its words are deleted with the original."""

    redaction = models.ForeignKey(Redaction, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=200, blank=True)
    whole = models.BooleanField(default=False)
    basis = models.ForeignKey(Basis, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    # Page, range and box, as marks.Mark has them.
    place = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"mark {self.pk}"
