"""Who follows what, what happened, and the mailings that tell it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import is_staff
from engage.participation.models import Contact
from engage.participation.vault import SealedTextField

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class Follower(models.Model):
    """One place that letters or pushes go to: an address that confirmed it, or one browser.

    An address is its contact's, encrypted; it goes when the contact goes, at the end or when nobody confirmed.
    """

    class Rhythm(models.TextChoices):
        """How often it hears."""

        AT_ONCE = "at_once", pgettext_lazy("how often letters come", "At once")
        DAILY = "daily", pgettext_lazy("how often letters come", "One letter a day")
        WEEKLY = "weekly", pgettext_lazy("how often letters come", "One letter a week")

    contact = models.OneToOneField(Contact, null=True, on_delete=models.CASCADE, related_name="follower")
    email_index = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - a browser has none
    language = models.CharField(max_length=10)
    rhythm = models.CharField(max_length=8, choices=Rhythm, default=Rhythm.AT_ONCE)
    # What held for events up to `rhythm_from`: who changes the rhythm hears of each event once, in one of two ways.
    rhythm_before = models.CharField(max_length=8, choices=Rhythm, default=Rhythm.AT_ONCE)
    rhythm_from = models.BigIntegerField(default=0)
    # The last event that a digest told.
    heard_up_to = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    bounce_points = models.PositiveSmallIntegerField(default=0)
    bounced_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"follower {self.pk}"


class PushSubscription(models.Model):
    """Where one browser takes pushes, and the keys with which only it can read them (RFC 8291)."""

    follower = models.OneToOneField(Follower, on_delete=models.CASCADE, related_name="push")
    endpoint = SealedTextField()
    endpoint_index = models.CharField(max_length=64, unique=True)
    key = SealedTextField()
    auth = SealedTextField()

    def __str__(self) -> str:
        return f"push {self.pk}"


class Follow(models.Model):
    """That a follower wants to hear of one thing. It counts once it was confirmed from the address itself."""

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="follows")
    kind = models.CharField(max_length=16)
    ref = models.BigIntegerField()
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # In this order it is also the index by which an event finds its followers.
            models.UniqueConstraint(fields=["kind", "ref", "follower"], name="follow_once"),
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="follow_unconfirmed", condition=Q(confirmed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Event(models.Model):
    """One thing that followers are told once. Its words are its room's: read anew, as the public may read them.

    `number` orders what was told; it is given when the public may read of it, so what is hidden waits.
    """

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=80, unique=True)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    ref = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)
    happened_at = models.DateTimeField(default=timezone.now)
    number = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [models.Index(fields=["id"], name="event_untold", condition=Q(number__isnull=True))]

    def __str__(self) -> str:
        return self.key


class EventTag(models.Model):
    """What an event is about. Follows that were confirmed by `since` count: the page told the others already."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tags", db_index=False)
    kind = models.CharField(max_length=16)
    ref = models.BigIntegerField()
    since = models.DateTimeField()
    # The event's, so that a feed and a digest read the newest of one thing from the index.
    number = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "kind", "ref"], name="event_tag_once")]
        indexes = [models.Index(fields=["kind", "ref", "number"], name="event_tag_newest")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.kind} {self.ref}"


class Line(models.Model):
    """A way out (`mail`, `push`): while the other side is away, nothing is tried for a growing while.

    The row `release` is what its workers wait for one another at.
    """

    code = models.CharField(max_length=16, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    down_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.code


class MailingQuerySet(models.QuerySet["Mailing"]):
    """Reads of mailings."""

    def visible_to(self, actor: Actor) -> MailingQuerySet:
        """Staff see how letters go out, nobody else does."""
        return self.all() if is_staff(actor) else self.none()


class Mailing(models.Model):
    """One publication to many: its words once per language, its recipients as numbers, and how far it is.

    The counts are written with the outcomes they count, in one transaction.
    """

    class State(models.TextChoices):
        """How far it is."""

        QUEUEING = "queueing", pgettext_lazy("state of a mailing", "Recipients are being listed")
        SENDING = "sending", pgettext_lazy("state of a mailing", "Being sent")
        DONE = "done", pgettext_lazy("state of a mailing", "Done")

    key = models.CharField(max_length=100, unique=True)
    line = models.CharField(max_length=16, default="mail")
    event = models.ForeignKey(Event, null=True, on_delete=models.CASCADE, related_name="mailings")
    # Of a digest: its rhythm and the last event in it.
    rhythm = models.CharField(max_length=8, blank=True)
    up_to = models.BigIntegerField(default=0)
    # Whom a newsletter is for: pairs of kind and key; of events the tags say it.
    audience = models.JSONField(default=list)
    # Of a newsletter that is written in one language: whose letters are in that language.
    language = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUEING, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    queued_up_to = models.BigIntegerField(default=0)
    queued_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    uncertain = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    # Time spent on sending, without pauses: what the rate is reckoned from.
    busy_seconds = models.FloatField(default=0)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")

    def __str__(self) -> str:
        return self.key


class MailingText(models.Model):
    """What a mailing says in one language."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    subject = models.TextField()
    body = models.TextField()
    url = models.CharField(max_length=2_000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "language"], name="mailing_text_once")]

    def __str__(self) -> str:
        return f"{self.mailing_id} {self.language}"


class Recipient(models.Model):
    """That one follower gets one mailing, and what came of it.

    `follower_id` is a number, not a key: who stops is forgotten at once, and a million rows stay as they are. The
    numbers are never given out again.
    """

    class State(models.IntegerChoices):
        """What came of it."""

        QUEUED = 0, pgettext_lazy("state of a letter", "waiting")
        IN_HAND = 1, pgettext_lazy("state of a letter", "being handed over")
        SENT = 2, pgettext_lazy("state of a letter", "sent")
        FAILED = 3, pgettext_lazy("state of a letter", "refused")
        UNCERTAIN = 4, pgettext_lazy("state of a letter", "uncertain")
        GONE = 5, pgettext_lazy("state of a letter", "stopped before")

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="recipients", db_index=False)
    follower_id = models.BigIntegerField()
    state = models.PositiveSmallIntegerField(choices=State, default=State.QUEUED)
    # Queued: not before; in hand: who has it says so until then.
    until = models.DateTimeField(null=True)
    claim = models.CharField(max_length=16, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "follower_id"], name="recipient_once")]
        indexes = [
            models.Index(fields=["mailing", "state", "id"], name="recipient_by_state"),
            models.Index(fields=["until"], name="recipient_until", condition=Q(until__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id} {self.follower_id}"


def may_hear(now: datetime) -> Q:
    """Return the condition under which a follower is written to."""
    return Q(confirmed_at__isnull=False) & (Q(rests_until__isnull=True) | Q(rests_until__lte=now))
