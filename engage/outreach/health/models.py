"""What is known of every channel: how it stands, its last ninety days, and when it was down."""

from django.db import models
from django.utils.translation import pgettext_lazy

from engage.outreach.health.rules import State

STATES = [
    (State.OK, pgettext_lazy("channel", "works")),
    (State.SLOW, pgettext_lazy("channel", "slow")),
    (State.FAILING, pgettext_lazy("channel", "down")),
]


class Channel(models.Model):
    """The last check of one channel. One row a channel, written only by the checks."""

    code = models.CharField(max_length=32, primary_key=True)
    state = models.CharField(max_length=8, choices=STATES)
    # Since when it stands like this.
    since = models.DateTimeField()
    detail = models.CharField(max_length=32, blank=True)
    values = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    queue_age_seconds = models.PositiveIntegerField(null=True)
    took_ms = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField()
    last_ok_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.code} {self.state}"


class ChannelDay(models.Model):
    """How many checks of one day found what; deleted after ninety days."""

    code = models.CharField(max_length=32)
    on = models.DateField()
    ok = models.PositiveIntegerField(default=0)
    slow = models.PositiveIntegerField(default=0)
    failing = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "on"], name="one_row_per_channel_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.on}"


class Incident(models.Model):
    """That a channel was down, from the first failing check to the first one after it that did not fail."""

    code = models.CharField(max_length=32)
    opened_at = models.DateTimeField(db_index=True)
    closed_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=32, blank=True)
    values = models.JSONField(default=dict)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(closed_at__isnull=True), name="one_open_incident_per_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.opened_at:%Y-%m-%d %H:%M}"


class Call(models.Model):
    """One call of the alarm webhook that is owed: an incident began or ended. Sent until the other side takes it."""

    class What(models.TextChoices):
        """What is told."""

        DOWN = "down", pgettext_lazy("channel", "down")
        REPAIRED = "repaired", pgettext_lazy("channel", "works again")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="calls")
    what = models.CharField(max_length=8, choices=What)
    next_try_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=48, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "what"], name="one_call_per_turn")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.what}"


class Beat(models.Model):
    """That the worker's loop still turns; one row."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"
