"""What is public and kept an eye on: when somebody last looked at it, and the links it holds."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy


class Watched(models.Model):
    """One public thing of a room, by the room's own key: when it was reviewed, when its links were read."""

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=64)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    scanned_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="watched_once")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key}"


class Link(models.Model):
    """One address that public pages lead to, and how it answered last. Found by the hash: addresses can be long."""

    class State(models.TextChoices):
        """What is known of it."""

        UNTRIED = "untried", pgettext_lazy("state of a link", "not tried yet")
        WELL = "well", pgettext_lazy("state of a link", "answers")
        UNSURE = "unsure", pgettext_lazy("state of a link", "could not be told")
        BROKEN = "broken", pgettext_lazy("state of a link", "leads nowhere")

    digest = models.CharField(max_length=64, unique=True)
    address = models.TextField()
    internal = models.BooleanField()
    state = models.CharField(max_length=8, choices=State, default=State.UNTRIED)
    # An HTTP status or a refusal code: why it counts as broken.
    fault = models.CharField(max_length=40, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    broken_since = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(db_index=True)
    etag = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.address


class LinkUse(models.Model):
    """That something public leads to an address, in one language."""

    watched = models.ForeignKey(Watched, on_delete=models.CASCADE, related_name="uses")
    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="uses")
    language = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["watched", "link", "language"], name="link_use_once")]

    def __str__(self) -> str:
        return f"{self.watched_id} {self.language} {self.link_id}"
