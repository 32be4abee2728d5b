"""What is published of a case, its files, and how often it helped somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import is_staff
from engage.departments.models import Department
from engage.pages.models import Topic
from engage.participation.models import Attachment, private_storage
from engage.publishing.redaction.models import Redaction
from mailbox.models import KIND_CHOICES, Case
from mailbox.publication import rules

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class PublicationQuerySet(models.QuerySet["Publication"]):
    """Reads of what is published, and of what is prepared for it."""

    def visible_to(self, actor: Actor) -> PublicationQuerySet:
        """Everybody reads what is public; who sees the case at the desk, what is prepared of it too."""
        public = Q(published_at__isnull=False, taken_down_at=None)
        return self.filter(public | Q(case__in=Case.objects.visible_to(actor))) if is_staff(actor) else self.public()

    def public(self) -> PublicationQuerySet:
        """Keep what everybody reads."""
        return self.filter(published_at__isnull=False, taken_down_at=None)


class Publication(models.Model):
    """One answer, or one disclosure, on its way to the public and there.

    `words` are what is written for it, by language; question and answer themselves stay the case's. `marks` say what is
    taken out of all of it. The public reads `content` alone, which is frozen when the gate lets it go.
    """

    class Form(models.TextChoices):
        """Codes of the gate's kinds."""

        REPLY = rules.REPLY, _("published answer")
        DISCLOSURE = rules.DISCLOSURE, _("disclosure")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="publication")
    form = models.CharField(max_length=12, choices=Form)
    kind = models.CharField(max_length=32, choices=KIND_CHOICES)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    topics = models.ManyToManyField(Topic, blank=True, related_name="+")
    language = models.CharField(max_length=10)
    words = models.JSONField(default=dict)
    marks = models.JSONField(default=list)
    # SHA-256 of question and answer as they were when somebody last looked at what is taken out.
    source_hash = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(default=0)
    content = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    # What lists filter by, written when it is released.
    shown_topics = models.ManyToManyField(Topic, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    revised_at = models.DateTimeField(null=True, blank=True)
    taken_down_at = models.DateTimeField(null=True, blank=True)
    # Of days that are over: who said so is not known any more.
    helped = models.PositiveIntegerField(default=0)
    not_helped = models.PositiveIntegerField(default=0)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("published answer")
        verbose_name_plural = _("published answers")
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(
                fields=["form", "-published_at", "-id"],
                condition=Q(published_at__isnull=False, taken_down_at=None),
                name="publication_public",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.pk}"

    @property
    def is_public(self) -> bool:
        """Whether everybody reads it."""
        return self.published_at is not None and self.taken_down_at is None


class PublishedFile(models.Model):
    """A file that goes along: the result of the redaction bench, or one in which there is nothing to take out.

    `file` is a copy that never changes; it is empty while the file is still on the bench.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="files")
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.SET_NULL, related_name="+")
    redaction = models.OneToOneField(Redaction, null=True, on_delete=models.SET_NULL, related_name="+")
    file = models.FileField(upload_to="publication/%Y/%m", storage=private_storage, blank=True)
    # In the address and on the reader's disk; what the sender called it is not told.
    name = models.CharField(max_length=40, blank=True)
    titles = models.JSONField(default=dict)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text=_("bytes"))
    sha256 = models.CharField(max_length=64, blank=True)
    # Everything that can be read in it, for those who sign.
    text = models.TextField(blank=True)
    # Code of a legal basis to the number of places.
    taken_out: models.JSONField[dict[str, int]] = models.JSONField(default=dict)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "attachment"], condition=Q(removed_at=None), name="published_file_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"file {self.pk}"

    @property
    def is_ready(self) -> bool:
        """Whether it can go out."""
        return bool(self.file)


class Helped(models.Model):
    """That it helped somebody, or did not. `device` is a keyed hash for one day; the row goes when the day is over."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="helped_today")
    device = models.CharField(max_length=64)
    day = models.DateField(db_index=True)
    yes = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "device"], name="helped_once_a_day")]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.pk}"


def label_of(form: str) -> Any:
    """Return what a form is called in lists of what can be found."""
    if form == rules.DISCLOSURE:
        return pgettext_lazy("search", "Disclosure log")
    return pgettext_lazy("search", "Published replies")
