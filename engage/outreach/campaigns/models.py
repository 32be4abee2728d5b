"""Campaigns with their words, parts, tasks, targets; what readers say to one, how often it is read, who knew of it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy

from engage.accounts.actors import is_staff
from engage.departments.models import Department, in_active_language
from engage.outreach.campaigns import rules
from engage.pages.models import Topic
from engage.participation import personal_data
from engage.participation.models import Moderated, ModeratedQuerySet, Submission

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class AudienceTag(models.Model):
    """A group of people that a campaign wants to reach."""

    code = models.SlugField(max_length=48, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return in_active_language(self.name_zh, self.name_en)


class TaskTemplate(models.Model):
    """A list of tasks that campaigns begin with, in force from a day on until another."""

    name_zh = models.CharField(max_length=rules.TITLE_MOST)
    name_en = models.CharField(max_length=rules.TITLE_MOST)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="template_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return in_active_language(self.name_zh, self.name_en)


class TemplateTask(models.Model):
    """One task of a template, so many days from the day of the campaign; `exact` ones may fall on a day off."""

    template = models.ForeignKey(TaskTemplate, on_delete=models.CASCADE, related_name="tasks")
    title_zh = models.CharField(max_length=rules.LINE_MOST)
    title_en = models.CharField(max_length=rules.LINE_MOST)
    offset = models.SmallIntegerField()
    exact = models.BooleanField(default=False)

    class Meta:
        ordering = ["template_id", "offset", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language."""
        return in_active_language(self.title_zh, self.title_en)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Reads of campaigns."""

    def visible_to(self, actor: Actor) -> CampaignQuerySet:
        """Everybody reads what is published, staff read all."""
        return self.all() if is_staff(actor) else self.filter(published_at__isnull=False)


class Campaign(models.Model):
    """One campaign around one day: an observance of a year, or a day of its own."""

    slug = models.SlugField(max_length=rules.SLUG_MOST, unique=True)
    # The one-time token of the form it was made with: sent twice, there is one campaign.
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    observance = models.CharField(max_length=32, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    # Computed from the observance when there is one; kept, because months and years are asked for by it.
    day = models.DateField(db_index=True)
    # It runs from so many days before to so many days after.
    days_before = models.PositiveSmallIntegerField(default=7)
    days_after = models.PositiveSmallIntegerField(default=14)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="campaigns")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="campaigns")
    audience = models.ManyToManyField(AudienceTag, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Everybody who wrote in it: none of them may sign it.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    begun_at = models.DateTimeField(null=True, blank=True)
    # All that the public reads, as it was released last.
    content = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # The figures as they were when the report was finished.
    report = models.JSONField(default=dict)
    reported_at = models.DateTimeField(null=True, blank=True)
    # Goes up with every change, so that a form that was open meanwhile is refused instead of overwriting.
    revision = models.PositiveIntegerField(default=0)

    objects = CampaignQuerySet.as_manager()
    # Whether the gate has it, where a query asked (`queries.desk`).
    in_review: bool

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(observance="", year=None) | ~Q(observance="") & Q(year__isnull=False),
                name="campaign_observance_with_year",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def title(self) -> str:
        """The title in the active language, or in another; its address before it has one."""
        titles = {text.language: text.title for text in self.texts.all() if text.title}
        return titles.get(get_language() or "") or next(iter(titles.values()), self.slug)

    @property
    def first_day(self) -> date:
        """The day it begins on."""
        return self.day - timedelta(days=self.days_before)

    @property
    def last_day(self) -> date:
        """The day it ends on."""
        return self.day + timedelta(days=self.days_after)

    def stage(self, today: date, *, in_review: bool = False) -> rules.Stage:
        """Return where it stands on a day; whether it is in review, the gate knows."""
        moments = rules.Moments(
            last_day=self.last_day,
            begun=self.begun_at is not None,
            in_review=in_review,
            published=self.published_at is not None,
            reported=self.reported_at is not None,
        )
        return rules.stage(moments, today)


class CampaignText(models.Model):
    """The words about a campaign in one language."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=rules.TITLE_MOST, blank=True)
    summary = models.TextField(blank=True)
    # Whom it is for, in a sentence.
    audience = models.CharField(max_length=rules.LINE_MOST, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "language"], name="campaign_text_per_language")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.language}"


class Part(models.Model):
    """One part of a campaign: words of its own, or a link to something that is released already."""

    class Kind(models.TextChoices):
        """The three that every campaign has, then the six of the combination."""

        BACKGROUND = "background", pgettext_lazy("part of a campaign", "Background")
        POINTS = "points", pgettext_lazy("part of a campaign", "Key points")
        MEASURES = "measures", pgettext_lazy("part of a campaign", "Supporting measures")
        MESSAGE = "message", pgettext_lazy("part of a campaign", "Push message")
        CASE = "case", pgettext_lazy("part of a campaign", "Case analysis")
        LINK = "link", pgettext_lazy("part of a campaign", "Further reading")
        MEDIA = "media", pgettext_lazy("part of a campaign", "Media view")
        EXPERT = "expert", pgettext_lazy("part of a campaign", "Expert commentary")
        AUDIENCE = "audience", pgettext_lazy("part of a campaign", "What people say")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=12, choices=Kind)
    position = models.PositiveSmallIntegerField()
    dated = models.DateField(null=True, blank=True)
    url = models.URLField(max_length=rules.ADDRESS_MOST, blank=True)
    # Of a linked part: the code of the source that knows the thing, and its key there.
    source_code = models.CharField(max_length=32, blank=True)
    source_key = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["campaign_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind"],
                condition=Q(kind__in=(*rules.REQUIRED, rules.AUDIENCE)),
                name="campaign_part_once",
            ),
            models.CheckConstraint(
                condition=Q(source_code="", source_key="") | ~Q(source_code="") & ~Q(source_key=""),
                name="campaign_part_linked_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.kind}"

    @property
    def is_required(self) -> bool:
        """Whether every campaign has it."""
        return self.kind in rules.REQUIRED

    @property
    def is_linked(self) -> bool:
        """Whether it points to something released instead of having words."""
        return bool(self.source_code)


class PartText(models.Model):
    """The words of a part in one language; `byline` of an expert's part is the expert's name."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    heading = models.CharField(max_length=rules.HEADING_MOST, blank=True)
    body = models.TextField(blank=True)
    byline = models.CharField(max_length=rules.LINE_MOST, blank=True)
    source = models.CharField(max_length=rules.LINE_MOST, blank=True)
    affiliation = models.CharField(max_length=rules.LINE_MOST, blank=True)
    interest = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "language"], name="campaign_part_text_per_language")]

    def __str__(self) -> str:
        return f"{self.part_id} {self.language}"


class Target(models.Model):
    """How many people one channel is to reach; without money."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets")
    channel = models.CharField(max_length=32)
    n = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["campaign_id", "channel"]
        constraints = [models.UniqueConstraint(fields=["campaign", "channel"], name="campaign_target_once")]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.channel}"


class Task(models.Model):
    """Something to be done for a campaign, so many days from its day."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="tasks")
    title_zh = models.CharField(max_length=rules.LINE_MOST)
    title_en = models.CharField(max_length=rules.LINE_MOST)
    offset = models.SmallIntegerField()
    exact = models.BooleanField(default=False)
    due_on = models.DateField(db_index=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="campaign_tasks"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["due_on", "offset", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language."""
        return in_active_language(self.title_zh, self.title_en)

    @property
    def moment(self) -> str:
        """The task's distance from the day, as people in campaigns write it."""
        return f"T{self.offset:+d}" if self.offset else "T-0"

    def is_overdue(self, today: date) -> bool:
        """Tell whether its day went by without it being done."""
        return self.done_at is None and self.due_on < today


class PageRead(models.Model):
    """That the page of a campaign was sent once. No cookie, no address, no time; folded into DailyReads."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    language = models.CharField(max_length=10)

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.day}"


class DailyReads(models.Model):
    """How often the page of a campaign was sent on a day in a language."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reads")
    day = models.DateField()
    language = models.CharField(max_length=10)
    n = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["campaign_id", "day", "language"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "day", "language"], name="campaign_reads_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.day} {self.language}"


class Wave(models.Model):
    """A survey of awareness before or after a campaign: how many were asked and how many knew."""

    class Phase(models.TextChoices):
        """When people were asked."""

        BEFORE = "before", pgettext_lazy("survey of awareness", "before the campaign")
        AFTER = "after", pgettext_lazy("survey of awareness", "after the campaign")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="waves")
    phase = models.CharField(max_length=8, choices=Phase)
    held_on = models.DateField()
    asked = models.PositiveIntegerField()
    aware = models.PositiveIntegerField()
    # The question and how people were chosen.
    method = models.TextField(blank=True)

    class Meta:
        ordering = ["campaign_id", "held_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(asked__gt=0, aware__lte=F("asked")), name="wave_share_possible"),
            models.UniqueConstraint(fields=["campaign", "phase"], name="wave_once_a_phase"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.phase}"


class VoiceQuerySet(ModeratedQuerySet):
    """Reads of what people say to a campaign."""


class Voice(Moderated):
    """What somebody says to a campaign (受众感言); public after moderation."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="campaign_voice")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="voices")
    text = models.TextField()
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=timezone.now)

    objects = VoiceQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["campaign", "moderation_state", "created_at"], name="campaign_voice_list")]

    def __str__(self) -> str:
        return f"voice {self.pk}"

    @cached_property
    def public_text(self) -> str:
        """The text with personal data hidden: the only form that leaves the house."""
        return personal_data.mask(self.text)
