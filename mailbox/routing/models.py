"""What is proposed at the desk: units for letters, and letters that ask for the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Role, System, is_staff, roles_of
from engage.departments.models import Department
from engage.departments.queries import departments_of
from mailbox.models import DESK_ROLES, Case, InternalQuerySet

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class RouteModel(models.Model):
    """One version of what was learned from past letters: plain arrays and their hash, nothing that could be run."""

    made_at = models.DateTimeField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    letters = models.PositiveIntegerField()
    offices = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("route model")
        verbose_name_plural = _("route models")

    def __str__(self) -> str:
        return f"{self.pk}: {self.letters}"


class RouteSwitch(models.Model):
    """Whether units are proposed at all, and by what was learned; one row, none means yes to both."""

    proposes = models.BooleanField(default=True)
    learns = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.proposes} {self.learns}"


class Suggestion(models.Model):
    """What was proposed for a case when it came, and what became of it: the log of how good the proposals are.

    `proposals` are {department, confidence, reasons}, the likeliest first; `chosen` says that the first stood clearly
    before the second. `unit` is the one that took the case on, `rank` its place among the proposals, 0 for none.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="route_suggestion")
    model = models.ForeignKey(RouteModel, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    proposals = models.JSONField(default=list)
    chosen = models.BooleanField(default=False)
    similar = models.JSONField(default=list)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    unit = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = InternalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed unit")
        verbose_name_plural = _("proposed units")
        indexes = [
            models.Index(fields=["case"], condition=Q(settled_at=None), name="suggestion_open"),
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False), name="suggestion_settled"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {len(self.proposals)}"


class GroupQuerySet(models.QuerySet["LetterGroup"]):
    """Reads of groups."""

    def visible_to(self, actor: Actor) -> GroupQuerySet:
        """The groups of the units whose desk the actor works at; which members are shown is the cases' business."""
        if isinstance(actor, System) or Role.ADMINISTRATOR in roles_of(actor):
            return self.all()
        if not is_staff(actor):
            return self.none()
        return self.filter(department__in=departments_of(actor, *DESK_ROLES))


class LetterGroup(models.Model):
    """Letters at one desk that share their wording. A person confirms it; then they are answered with `leading`."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        CONFIRMED = "confirmed", _("answered together")
        DISMISSED = "dismissed", _("not the same")

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    made_at = models.DateTimeField()
    leading = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("group of letters")
        verbose_name_plural = _("groups of letters")
        indexes = [models.Index(fields=["department", "state"], name="group_of_desk")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class GroupMember(models.Model):
    """That a case is in a group. `left_at`: somebody took it out; `refused`: why it could not be joined."""

    group = models.ForeignKey(LetterGroup, on_delete=models.CASCADE, related_name="members")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    near = models.FloatField()
    left_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=40, blank=True)

    objects = InternalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["group", "case"], name="group_member_once")]
        indexes = [
            models.Index(
                fields=["group"], condition=Q(joined_at=None, left_at=None, refused=""), name="group_member_to_join"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.case_id}"


class GroupLook(models.Model):
    """Up to which case the letters of a desk were compared; there is nothing to do until a newer one came."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=32)
    newest = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "kind"], name="group_look_once")]

    def __str__(self) -> str:
        return f"{self.department_id} {self.kind} {self.newest}"
