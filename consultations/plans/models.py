"""Policies on their way and their dated stages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consultations.frozen import Frozen, FrozenQuerySet
from consultations.models import Consultation
from engage.accounts.actors import is_staff
from engage.departments.models import Department, in_active_language
from engage.pages.models import Topic
from engage.participation.models import AboutOption

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Reads of the plan."""

    def visible_to(self, actor: Actor, now: datetime | None = None) -> PolicyQuerySet:
        """Everybody sees what is in the public plan, staff all."""
        if is_staff(actor):
            return self.all()
        return self.filter(public_from__lte=now or timezone.now())


class Policy(models.Model):
    """One policy that a department works on, from the plan to the look back."""

    class Stage(models.TextChoices):
        """How far it is, in the usual order; a policy may skip a stage or go back."""

        PLANNED = "planned", pgettext_lazy("stage of a policy", "Planned")
        DRAFTING = "drafting", pgettext_lazy("stage of a policy", "Being drafted")
        CONSULTATION = "consultation", pgettext_lazy("stage of a policy", "Open for comments")
        REVIEW = "review", pgettext_lazy("stage of a policy", "Comments and draft under review")
        ADOPTED = "adopted", pgettext_lazy("stage of a policy", "Adopted")
        IN_FORCE = "in_force", pgettext_lazy("stage of a policy", "In force")
        REVIEWED = "reviewed", pgettext_lazy("stage of a policy", "Reviewed in practice")

    slug = models.SlugField(
        _("address"), max_length=80, unique=True, help_text=_("The last part of the address, in Latin letters.")
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, verbose_name=_("department in charge"))
    title_zh = models.CharField(_("title in Chinese"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    summary_zh = models.TextField(_("summary in Chinese"))
    summary_en = models.TextField(_("summary in English"))
    expected_on = models.DateField(
        _("comments expected from"), null=True, blank=True, help_text=_("The public reads the month only.")
    )
    public_from = models.DateTimeField(
        _("in the public plan from"), null=True, blank=True, help_text=_("Empty: the public does not see it.")
    )
    topics = models.ManyToManyField(Topic, blank=True, verbose_name=_("topics"))
    concerns = models.ManyToManyField(
        AboutOption,
        blank=True,
        related_name="+",
        verbose_name=_("regions and groups concerned"),
        help_text=_("Who follows one of them is told. None: it concerns everybody alike."),
    )
    calls = models.ManyToManyField(Consultation, blank=True, related_name="policies", verbose_name=_("calls"))

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned policy")
        verbose_name_plural = _("forward plan")
        ordering = ["expected_on", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language."""
        return in_active_language(self.title_zh, self.title_en)

    @property
    def summary(self) -> str:
        """The summary in the active language."""
        return in_active_language(self.summary_zh, self.summary_en)


class StageMoveQuerySet(FrozenQuerySet):
    """Reads of moves."""

    def visible_to(self, actor: Actor) -> StageMoveQuerySet:
        """Those of policies the actor may see."""
        return self.filter(policy__in=Policy.objects.visible_to(actor))


class StageMove(Frozen):
    """That a policy reached a stage, on which day. The newest row says where it is now.

    `call`: the call whose opening or close moved it; no editor did.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="moves")
    stage = models.CharField(max_length=16, choices=Policy.Stage)
    on = models.DateField()
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    call = models.ForeignKey(Consultation, null=True, on_delete=models.PROTECT, related_name="+")

    objects = StageMoveQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "stage", "call"], condition=Q(call__isnull=False), name="call_moves_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.stage} {self.on}"

    @property
    def note(self) -> str:
        """The note in the active language."""
        return in_active_language(self.note_zh, self.note_en)
