"""The figures as they were counted, a year a row; a period's figures stay as they were from 60 days after its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from engage.accounts.actors import Role, has_role, is_staff
from engage.departments.queries import departments_of
from mailbox.performance.words import NAMES

if TYPE_CHECKING:
    from engage.accounts.actors import Actor

# Who reads the figures of every unit unmasked; officers and approvers read those of their own.
ALL_UNITS = (Role.ANALYST, Role.ADMINISTRATOR)
OWN_UNITS = (Role.OFFICER, Role.APPROVER)


class YearOfFigures(models.Model):
    """A year: `cells` are all counted ones for insiders, `published` what everybody reads, masked when it was counted.

    cells: {"2026-10|water|": {figures...}}; funnels likewise with lists; frozen: {"2026-03": "2026-05-30"}, the day on
    which a period was frozen.
    """

    year = models.PositiveSmallIntegerField(primary_key=True)
    counted_on = models.DateField()
    cells = models.JSONField(default=dict)
    funnels = models.JSONField(default=dict)
    published = models.JSONField(default=dict)
    frozen = models.JSONField(default=dict)

    class Meta:
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Reads of revisions."""

    def visible_to(self, actor: Actor) -> RevisionQuerySet:
        """Those of the whole house are public unless the numbers are small; those of a unit are its own."""
        if any(has_role(actor, role) for role in ALL_UNITS):
            return self.all()
        if is_staff(actor):
            own = departments_of(actor, *OWN_UNITS).values_list("code", flat=True)
            return self.filter(models.Q(public=True) | models.Q(unit__in=list(own)))
        return self.filter(public=True)


class Revision(models.Model):
    """A frozen figure that would now be counted otherwise. The frozen one stays, this stands beside it."""

    year = models.ForeignKey(YearOfFigures, on_delete=models.CASCADE, related_name="revisions")
    period = models.CharField(max_length=7)
    unit = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=32, blank=True)
    name = models.CharField(max_length=32)
    was = models.IntegerField(null=True)
    now = models.IntegerField(null=True)
    public = models.BooleanField(default=False)
    noted_on = models.DateField()

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_on", "period", "name"]
        indexes = [models.Index(fields=["year", "period", "unit", "kind", "name"], name="figure_revised")]

    def __str__(self) -> str:
        return f"{self.period} {self.name}: {self.was} -> {self.now}"

    @property
    def label(self) -> str:
        """The name of the figure in the active language."""
        return str(NAMES[self.name])
