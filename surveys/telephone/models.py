"""Telephone studies: their sample with its plan, who holds which number, the calls that were made, and what was agreed.

Numbers, names and notes are encrypted; a number is found by its blind index. docs/telephone.md says why each row is.
"""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import Role, has_role
from engage.participation.vault import SealedTextField, blind_index
from surveys.models import Questionnaire, Response
from surveys.telephone.rules import CallRules, Reason, Zones
from surveys.telephone.rules.storing import read_rules

if TYPE_CHECKING:
    from engage.accounts.actors import Actor

# Who leads a study: imports the sample, sees the wall, the rates and the check list.
SUPERVISORS = (Role.ANALYST,)
INTERVIEWERS = (Role.INTERVIEWER,)
TELEPHONE = "telephone number"
FRESH = int(Reason.FRESH)


def number_index(e164: str) -> str:
    """Return the blind index of a number in E.164."""
    return blind_index(TELEPHONE, e164)


class StudyQuerySet(models.QuerySet["TelephoneStudy"]):
    """Reads of studies."""

    def visible_to(self, actor: Actor) -> StudyQuerySet:
        """Those who lead studies and those who call see all, nobody else any."""
        return self.all() if has_role(actor, *SUPERVISORS, *INTERVIEWERS) else self.none()


class TelephoneStudy(models.Model):
    """A questionnaire that is asked on the telephone, with the rules of its calls.

    `rules` are kept as `surveys.telephone.rules.storing` writes them, `shares` are weights of strata (none: all
    alike). A stratum that is called as a cell of the questionnaire's quotas is not called any more when that is full.
    """

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="telephone_studies")
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, default="CN")
    rules = models.JSONField(default=dict, blank=True)
    default_zone = models.CharField(max_length=60, default="Asia/Shanghai")
    # Zone by region, where the sample names regions.
    zones = models.JSONField(default=dict, blank=True)
    shares = models.JSONField(default=dict, blank=True)
    # Of the check list: who does not know it cannot tell which interviews are checked.
    seed = models.CharField(max_length=32, editable=False)
    opens_at = models.DateTimeField(default=timezone.now)
    closes_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # The zones its numbers are in: few, and asked at every claim.
    sample_zones = models.JSONField(default=list, editable=False)

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")), name="telephone_closes_after_opening"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def call_rules(self) -> CallRules:
        """The rules of its calls."""
        return read_rules(self.rules)

    @property
    def region_zones(self) -> Zones:
        """The zone of every region."""
        return Zones(self.default_zone, self.zones)


class NumberQuerySet(models.QuerySet["SampleNumber"]):
    """Reads of the sample."""

    def visible_to(self, actor: Actor) -> NumberQuerySet:
        """Those who lead studies see all, who calls sees the number in the own hands, nobody else any."""
        if has_role(actor, *SUPERVISORS):
            return self.all()
        if has_role(actor, *INTERVIEWERS):
            return self.filter(held_by_id=actor.pk)
        return self.none()


class SampleNumber(models.Model):
    """A number of the sample, the plan of its next call, and in whose hands it is.

    The plan is `rules.plan` written down, anew after every call: `due_at` is null when it is never called again. A
    number that is held is due when the hold ends, so that a closed laptop frees its number by itself.
    """

    class Rank(models.IntegerChoices):
        """Why it is called next; smaller is earlier. As `rules.Reason`, without what depends on who asks."""

        APPOINTMENT = int(Reason.APPOINTMENT), pgettext_lazy("telephone desk", "appointment")
        FRESH = int(Reason.FRESH), pgettext_lazy("telephone desk", "first call")
        RETRY = int(Reason.RETRY), pgettext_lazy("telephone desk", "another try")

    study = models.ForeignKey(TelephoneStudy, on_delete=models.CASCADE, related_name="numbers")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = SealedTextField()
    index = models.CharField(max_length=64, editable=False)
    name = SealedTextField(blank=True)
    kind = models.CharField(max_length=8)
    extension = models.CharField(max_length=6, blank=True)
    zone = models.CharField(max_length=60)
    region = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=35)
    stratum = models.CharField(max_length=128, blank=True)
    # In the sample as it was drawn, from 1.
    place = models.PositiveIntegerField()
    # When a fresh number has its turn beside those of other strata: numbers of its stratum before it, by the share.
    turn = models.FloatField()

    due_at = models.DateTimeField(null=True, blank=True)
    rank = models.PositiveSmallIntegerField(choices=Rank, default=Rank.FRESH)
    reserved_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # From when others than `reserved_for` may take it.
    anyone_from = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=6, default="5.9")
    final = models.BooleanField(default=False)

    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    held_until = models.DateTimeField(null=True, blank=True)
    hold = models.UUIDField(null=True, blank=True, editable=False)
    # The code of the sheet of an interview that was begun: a later call goes on where the line broke.
    sheet = SealedTextField(blank=True)

    objects = NumberQuerySet.as_manager()

    class Meta:
        ordering = ["study_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["study", "index"], name="telephone_number_once"),
            models.UniqueConstraint(fields=["study", "held_by"], name="telephone_one_in_hand"),
            models.CheckConstraint(
                condition=Q(held_by=None) | Q(held_until__isnull=False, hold__isnull=False),
                name="telephone_hold_whole",
            ),
            models.CheckConstraint(condition=Q(final=False) | Q(due_at=None), name="telephone_final_is_never_due"),
        ]
        indexes = [
            models.Index(
                fields=["study", "rank", "due_at", "place"], name="telephone_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["study", "turn", "place"],
                name="telephone_turn",
                condition=Q(due_at__isnull=False, rank=FRESH),
            ),
            models.Index(fields=["study", "code"], name="telephone_codes"),
        ]

    def __str__(self) -> str:
        return f"number {self.place} of study {self.study_id}"


class AttemptQuerySet(models.QuerySet["CallAttempt"]):
    """Reads of calls."""

    def visible_to(self, actor: Actor) -> AttemptQuerySet:
        """Those who lead studies see all, who calls those of the number in the own hands and the own ones."""
        if has_role(actor, *SUPERVISORS):
            return self.all()
        if has_role(actor, *INTERVIEWERS):
            return self.filter(Q(number__held_by_id=actor.pk) | Q(interviewer_id=actor.pk))
        return self.none()


class CallAttempt(models.Model):
    """One call that was made. Its key is made where the call is: sent twice, it stands once. Rows are only added."""

    id = models.UUIDField(primary_key=True)
    number = models.ForeignKey(SampleNumber, on_delete=models.CASCADE, related_name="attempts")
    code = models.CharField(max_length=6)
    interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="telephone_attempts"
    )
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    note = SealedTextField(blank=True)
    hold = models.UUIDField(editable=False)
    # Somebody else had the number by then: the supervisor looks at it.
    is_late = models.BooleanField(default=False)
    response = models.OneToOneField(
        Response, null=True, blank=True, on_delete=models.SET_NULL, related_name="telephone_attempt"
    )

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["ended_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("began_at")), name="telephone_call_ends_after_beginning")
        ]
        indexes = [models.Index(fields=["number", "code", "interviewer"], name="telephone_refused")]

    def __str__(self) -> str:
        return f"call {self.pk} {self.code}"


class CallAppointment(models.Model):
    """A promise to call again. It is kept by the next call, whatever came of it."""

    number = models.ForeignKey(SampleNumber, on_delete=models.CASCADE, related_name="appointments")
    attempt = models.OneToOneField(CallAttempt, on_delete=models.CASCADE, related_name="appointment")
    at = models.DateTimeField()
    # Whose it is; nobody's when anybody may keep it.
    interviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=Q(is_open=True), name="telephone_one_promise")
        ]

    def __str__(self) -> str:
        return f"appointment {self.pk}"


class DoNotCallQuerySet(models.QuerySet["DoNotCall"]):
    """Reads of the do-not-call list."""

    def visible_to(self, actor: Actor) -> DoNotCallQuerySet:
        """Those who lead studies, nobody else; and no page shows more of it than the entries of one number."""
        return self.all() if has_role(actor, *SUPERVISORS) else self.none()


class DoNotCall(models.Model):
    """A number that asked not to be called, in one study or (study none) in all. Known by its blind index alone."""

    class Reason(models.TextChoices):
        """Why it is on the list; a code, so that nothing personal is typed beside it."""

        ASKED = "asked", pgettext_lazy("do not call", "They asked not to be called")
        COMPLAINT = "complaint", pgettext_lazy("do not call", "They complained")
        REGISTER = "register", pgettext_lazy("do not call", "It is on a public register")
        OFFICE = "office", pgettext_lazy("do not call", "The office decided so")

    class Lifted(models.TextChoices):
        """Why it is taken off the list."""

        ASKED = "asked", pgettext_lazy("call again", "They said that they may be called again")
        MISTAKE = "mistake", pgettext_lazy("call again", "It was put on the list by mistake")
        HOLDER = "holder", pgettext_lazy("call again", "The number belongs to somebody else now")

    index = models.CharField(max_length=64, editable=False)
    study = models.ForeignKey(TelephoneStudy, null=True, blank=True, on_delete=models.CASCADE, related_name="silenced")
    reason = models.CharField(max_length=10, choices=Reason, default=Reason.ASKED)
    since = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = DoNotCallQuerySet.as_manager()

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(fields=["index", "study"], name="telephone_silenced_once"),
            models.UniqueConstraint(
                fields=["index"], condition=Q(study=None), name="telephone_silenced_everywhere_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.index[:8]} not to be called"


class Seat(models.Model):
    """An interviewer at work in a study: since when, paused or not, and when the place was last heard of."""

    study = models.ForeignKey(TelephoneStudy, on_delete=models.CASCADE, related_name="seats")
    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    paused_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["interviewer_id"]
        constraints = [models.UniqueConstraint(fields=["study", "interviewer"], name="telephone_one_seat")]

    def __str__(self) -> str:
        return f"seat {self.pk}"
