"""Sign-offs: that one person let one exact content go public. Never changed: another content needs another one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class SignOff(models.Model):
    """One key turned by one person, bound to the SHA-256 of the content they read."""

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=32)
    content_hash = models.CharField(max_length=64)
    # Empty only for the platform itself (demo content).
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "content_hash", "key", "signer"], name="sign_off_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} {self.content_hash[:12]}"
