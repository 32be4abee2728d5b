"""Handled cases without their people, for officers who write the next answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from engage.accounts.actors import Role, System, has_role
from engage.departments.models import Department
from mailbox.models import DESK_ROLES, KIND_CHOICES, Case

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class LibraryItemQuerySet(models.QuerySet["LibraryItem"]):
    """Reads of the library."""

    def visible_to(self, actor: Actor) -> LibraryItemQuerySet:
        """Everybody who works on cases, of whatever unit, reads all of it: nothing in it says who wrote."""
        if isinstance(actor, System) or has_role(actor, *DESK_ROLES, Role.ADMINISTRATOR):
            return self.filter(retired_at=None)
        return self.none()


class LibraryItem(models.Model):
    """Question and answer of one case, as an officer left them after what tells of a person was taken out.

    `terms` are those of the search, between spaces. `uses` counts how often the answer was put into another.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="library_item")
    kind = models.CharField(max_length=32, choices=KIND_CHOICES)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=120)
    question = models.TextField()
    answer = models.TextField()
    folded = models.TextField(editable=False)
    terms = models.TextField(editable=False)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kept_at = models.DateTimeField()
    uses = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    objects = LibraryItemQuerySet.as_manager()

    class Meta:
        ordering = ["-kept_at", "-pk"]
        indexes = [models.Index(fields=["-kept_at"], name="library_newest")]

    def __str__(self) -> str:
        return self.title
