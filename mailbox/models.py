"""The mailbox: cases with their clocks, steps, notices, drafts and opinions.

A case is one submission (and has its number). Its state changes only by `mailbox.actions`, one step of its kind's table
at a time. `desk` is the unit where it lies now; `phase` and `due` are what the views of the desk filter and sort by,
kept beside the state so that a million cases need no reading; `at_desk` is whether somebody owes something on it here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import ReceiptHolder, Role, System, is_staff, roles_of
from engage.calendars.models import ClockProfile
from engage.departments.models import Department
from engage.departments.queries import departments_above, departments_below, paths_of
from engage.participation.models import Contact, Submission
from mailbox.kinds import KINDS, kind_of
from mailbox.machine import Machine, Phase, State

if TYPE_CHECKING:
    from engage.accounts.actors import Actor

DESK_ROLES = (Role.OFFICER, Role.APPROVER, Role.REVIEWER_OPENNESS)
KIND_CHOICES = [(machine.code, machine.label) for machine in KINDS.values()]
PHASES = [
    (Phase.NEW.value, pgettext_lazy("phase of a case", "new")),
    (Phase.WORK.value, pgettext_lazy("phase of a case", "in work")),
    (Phase.WAITING.value, pgettext_lazy("phase of a case", "waiting on others")),
    (Phase.APPROVAL.value, pgettext_lazy("phase of a case", "to approve")),
    (Phase.DONE.value, pgettext_lazy("phase of a case", "answered")),
    (Phase.CLOSED.value, pgettext_lazy("phase of a case", "closed")),
    ("merged", pgettext_lazy("phase of a case", "answered with another")),
]
# One column and not a list of phases: SQLite uses a partial index only for the very words of its condition.
OPEN = Q(at_desk=True)
# Where a case stands that has no day to be done by: after all that have.
NO_DAY = date(9999, 12, 31)


class Intake(models.Model):
    """Who receives cases of a kind, by which family of clocks and in which zone "the day" is taken.

    Without a row the first unit of the tree receives them, by the kind's first family.
    """

    kind = models.CharField(_("kind"), max_length=32, choices=KIND_CHOICES, primary_key=True)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("receiving unit")
    )
    family = models.CharField(_("clocks"), max_length=60, blank=True)
    zone = models.CharField(_("time zone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("receiving unit")
        verbose_name_plural = _("receiving units")

    def __str__(self) -> str:
        return str(kind_of(self.kind).label)


class Reach(NamedTuple):
    """The units whose cases somebody sees, and the units that no such case may accuse; keys or a query of them.

    Whoever belongs to the accused unit, or to one below it, is kept out; whoever stands above it is not.
    """

    own: Any
    out: Any


def reach_of(actor: Actor) -> Reach:
    """Return how far somebody sees at the desk."""
    paths = paths_of(actor, *DESK_ROLES)
    return Reach(departments_below(paths), departments_above(paths))


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads of cases."""

    def visible_to(self, actor: Actor, reach: Reach | None = None) -> CaseQuerySet:
        """The sender sees the own case; officers, approvers and reviewers of openness those of their units.

        A unit's own are those it received, leads, reviews, or is asked about. What a case accuses is kept from the
        unit that it accuses and those below it, whatever they are in charge of. `reach`: where it was read already.
        """
        if isinstance(actor, ReceiptHolder):
            return self.filter(pk=actor.submission_id)
        if isinstance(actor, System) or Role.ADMINISTRATOR in roles_of(actor):
            return self.all()
        if not is_staff(actor):
            return self.none()
        own, out = reach_of(actor) if reach is None else reach
        asked = CoConsultation.objects.filter(department__in=own).values("case")
        return self.filter(Q(lead__in=own) | Q(triage__in=own) | Q(reviewer__in=own) | Q(pk__in=asked)).exclude(
            barred__in=out
        )

    def at_desk_of(self, actor: Actor, reach: Reach | None = None) -> CaseQuerySet:
        """Cases that lie at the actor's units now: what the views of the desk list. A part of `visible_to`."""
        if isinstance(actor, System) or Role.ADMINISTRATOR in roles_of(actor):
            return self.all()
        if not is_staff(actor) or isinstance(actor, ReceiptHolder):
            return self.none()
        # A list, so that both databases read the index of each unit in order instead of joining the tree.
        if reach is None:
            own, out = reach_of(actor)
            reach = Reach(list(own.values_list("pk", flat=True)), out)
        return self.filter(desk__in=reach.own).exclude(barred__in=reach.out)

    def open(self) -> CaseQuerySet:
        """Cases on which somebody owes something."""
        return self.filter(OPEN)


class Case(models.Model):
    """One matter. The row is the submission's (same number); the words are its messages.

    `revision` goes up with every step, so that who acts on an older view is told what happened meanwhile. `people`
    counts those who join in a grievance; `barred` is the unit a report accuses.
    """

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, primary_key=True, related_name="case", verbose_name=_("submission")
    )
    kind = models.CharField(max_length=32, choices=KIND_CHOICES)
    state = models.CharField(max_length=24)
    phase = models.CharField(max_length=10, choices=PHASES)
    title = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    zone = models.CharField(max_length=40)
    family = models.CharField(max_length=60)
    triage = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    lead = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    desk = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    barred = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    due = models.DateField(null=True, blank=True)
    due_order = models.DateField(default=NO_DAY)
    may_move = models.BooleanField(default=False)
    at_desk = models.BooleanField(default=True)
    low_rated = models.BooleanField(default=False)
    suspect = models.BooleanField(default=False)
    may_publish = models.BooleanField(default=False)
    people = models.PositiveIntegerField(default=1)
    result = models.CharField(max_length=24, blank=True)
    back_to = models.CharField(max_length=24, blank=True)
    state_since = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    revision = models.PositiveIntegerField(default=0)
    # Since when nothing in it says who its sender was (`mailbox.actions.forgetting`).
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("submission")), name="case_not_merged_into_itself"
            ),
            models.CheckConstraint(condition=Q(people__gte=1), name="case_has_somebody"),
        ]
        # Every view of the desk reads one of these in its own order. Columns at the end make them cover the counts
        # on both databases; INCLUDE would on one only.
        indexes = [
            models.Index(fields=["desk", "due_order", "submission"], condition=OPEN, name="case_desk_due"),
            models.Index(fields=["desk", "phase", "due_order", "submission"], condition=OPEN, name="case_desk_phase"),
            models.Index(fields=["owner", "due_order", "submission"], condition=OPEN, name="case_owner_due"),
            models.Index(fields=["due_order", "submission"], condition=OPEN, name="case_due"),
            models.Index(fields=["phase", "due_order", "submission"], condition=OPEN, name="case_phase"),
            models.Index(
                fields=["desk", "due_order", "submission"], condition=Q(low_rated=True), name="case_low_rated"
            ),
            models.Index(fields=["desk", "submission"], condition=Q(suspect=True), name="case_suspect"),
            models.Index(fields=["triage", "submission"], name="case_triage"),
            models.Index(fields=["reviewer"], condition=Q(reviewer__isnull=False), name="case_reviewer"),
            models.Index(fields=["kind", "received_at"], name="case_kind_received"),
            # What the platform itself goes on with when a time is over.
            models.Index(fields=["state", "state_since"], name="case_waits"),
            models.Index(
                fields=["merged_into", "submission"],
                condition=Q(merged_into__isnull=False, answered_at=None),
                name="case_merged_waits",
            ),
            models.Index(fields=["received_at"], condition=Q(at_desk=False, forgotten_at=None), name="case_to_forget"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The public reference of its receipt; it keeps the letter of the kind it came as."""
        return self.submission.reference

    @property
    def machine(self) -> Machine:
        """The table of its kind."""
        return kind_of(self.kind)

    @property
    def is_merged(self) -> bool:
        """Whether it waits to be answered with another. Once answered it is a case of its own again."""
        return self.merged_into_id is not None and self.answered_at is None

    @property
    def state_of(self) -> State:
        """The row of its state."""
        return self.machine.state(self.state)

    @property
    def is_open(self) -> bool:
        """Whether somebody owes something on it."""
        return self.state_of.phase.value in {phase for phase, _label in PHASES[:4]}


class CaseTally(models.Model):
    """How many open cases lie where, written by triggers on the table of cases (migration 0002).

    Each change of a case adds rows of +1 and -1 in its own transaction; the worker folds them. The counts of the desk
    are sums over these few rows: no view reads cases to count them.
    """

    desk = models.ForeignKey(
        Department, null=True, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=32)
    phase = models.CharField(max_length=10)
    due_order = models.DateField()
    low_rated = models.BooleanField()
    suspect = models.BooleanField()
    change = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["desk", "phase", "due_order", "kind", "low_rated", "suspect", "change"], name="tally_of_desk"
            )
        ]

    def __str__(self) -> str:
        return f"{self.desk_id} {self.kind} {self.phase} {self.change}"


class OfCaseQuerySet(models.QuerySet):
    """Rows of a case that its sender reads, too."""

    def visible_to(self, actor: Actor) -> Any:
        """Whoever sees the case sees them."""
        return self.filter(case__in=Case.objects.visible_to(actor))


class InternalQuerySet(models.QuerySet):
    """Rows of a case that only the desk reads."""

    def visible_to(self, actor: Actor) -> Any:
        """Staff who see the case see them, its sender does not."""
        return self.filter(case__in=Case.objects.visible_to(actor)) if is_staff(actor) else self.none()


class Message(models.Model):
    """What somebody said in a case: the letter itself first, then what the sender added."""

    class Direction(models.TextChoices):
        IN = "in", _("from the sender")
        OUT = "out", _("to the sender")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    text = models.TextField()
    language = models.CharField(max_length=10, blank=True)
    url = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.direction}"


class Party(models.Model):
    """A named representative of a joint petition."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parties")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveSmallIntegerField()

    objects = InternalQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["case", "position"], name="party_position_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.position}"


class StepRecord(models.Model):
    """One step that was taken, with who, when and why. Never changed. `token` lets a repeated order find it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=32)
    code = models.CharField(max_length=24)
    from_state = models.CharField(max_length=24)
    to_state = models.CharField(max_length=24)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    stood_as = models.CharField(max_length=12)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=32, blank=True)
    note = models.TextField(blank=True)
    words = models.TextField(blank=True)
    units = models.PositiveIntegerField(null=True)
    revision = models.PositiveIntegerField()
    token = models.UUIDField(null=True)

    objects = InternalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "revision"], name="step_revision_once"),
            models.UniqueConstraint(fields=["case", "token"], name="step_token_once"),
        ]
        # What a unit turned away is listed without reading all it did.
        indexes = [models.Index(fields=["department", "code"], name="step_of_unit")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.code}"


class CaseClock(models.Model):
    """One clock of a case: its dated profile for life, its events, and what they come to.

    `events` are [name, day, units] in the order they were recorded; from them, the profile and the calendar everything
    else is computed. `counted_at` is the revision of the calendar it was computed with.
    """

    class State(models.TextChoices):
        NOT_STARTED = "not_started", _("not started")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped")

    class Result(models.TextChoices):
        MET = "met", _("in time")
        LATE = "late", _("late")
        ENDED = "ended", _("no longer owed")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    profile = models.ForeignKey(ClockProfile, on_delete=models.PROTECT, to_field="code", related_name="+")
    target = models.CharField(max_length=40)
    start = models.DateTimeField()
    events = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=State)
    due = models.DateField(null=True)
    day_zero = models.DateField(null=True)
    extension = models.PositiveIntegerField(default=0)
    paused_since = models.DateField(null=True)
    remaining = models.IntegerField(null=True)
    may_move = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=6, choices=Result, blank=True)
    calendar = models.CharField(max_length=20)
    counted_at = models.UUIDField()

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "target"], condition=Q(stopped_at=None), name="clock_of_a_target_once"
            ),
        ]
        indexes = [
            # What a changed calendar has to count again.
            models.Index(fields=["calendar", "counted_at"], condition=Q(stopped_at=None), name="clock_open"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.target}"


class NoticeSeries(models.Model):
    """The last number a unit gave to a notice in a year. Locked while a number is given, so that none is missing."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "year"], name="notice_series_once")]

    def __str__(self) -> str:
        return f"{self.department_id} {self.year}: {self.last}"


class Notice(models.Model):
    """A numbered document of a case, frozen with its hash. `content` are its parts, for other forms of it (PDF)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    step = models.ForeignKey(StepRecord, null=True, on_delete=models.PROTECT, related_name="notices")
    form = models.CharField(max_length=32)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    content = models.JSONField()
    html = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["department", "year", "number"], name="notice_number_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as the house writes it."""
        return self.label_of(self.department, self.year, self.number)

    @staticmethod
    def label_of(department: Department, year: int, number: int | str) -> str:
        """Return a number as the house writes it, in the active language."""
        return _("%(department)s [%(year)s] No. %(number)s") % {
            "department": department,
            "year": year,
            "number": number,
        }


class CoConsultation(models.Model):
    """Another unit is asked for its opinion, with a day of its own."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        SILENT = "silent", _("silent: counts as agreed")
        WAIVED = "waived", _("no longer needed")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="consultations")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    question = models.TextField()
    # It made with the unit in charge what is asked for (China's Regulations of 2019 on open information, art. 34).
    co_author = models.BooleanField(default=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    due = models.DateField()
    may_move = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    settled_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    objects = InternalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "department"], condition=Q(settled_at=None), name="one_open_question_per_unit"
            )
        ]
        indexes = [models.Index(fields=["department", "due"], condition=Q(settled_at=None), name="consultation_open")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.department_id}"


class Opinion(models.Model):
    """What a unit that was asked says."""

    consultation = models.OneToOneField(CoConsultation, on_delete=models.CASCADE, related_name="opinion")
    text = models.TextField()
    agrees = models.BooleanField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"opinion {self.consultation_id}"


class Question(models.Model):
    """One question of a letter that the answer must settle."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        NOT_ANSWERED = "not_answered", _("not answered, with the reason")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    because = models.TextField(blank=True)

    objects = InternalQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="question_number_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number}"


# In the words of the index, as SQLite wants it: shared answers that were not sent and are not going out.
NOT_UNDER_WAY = Q(shared=True, send_at__isnull=True, sent_at__isnull=True)


class DraftQuerySet(InternalQuerySet):
    """Reads of drafts."""

    def visible_to(self, actor: Actor) -> Any:
        """Staff who see the case see the shared one and their own."""
        found = super().visible_to(actor)
        return found if isinstance(actor, System) else found.filter(Q(shared=True) | Q(author=actor.pk))

    def held(self) -> Any:
        """Approved answers that do not go out: somebody held them, or the sending found something to look at first."""
        return self.filter(NOT_UNDER_WAY, state=Draft.State.APPROVED)


class Draft(models.Model):
    """An answer being written: one shared draft of a case, and a private one for each who wants one.

    `round` goes up each time it is handed in; `sha256` is the hash of what the approvers read in that round.
    `held_by` is who writes in the shared one now: until `held_until` nobody else does, unless they take it over.
    """

    class State(models.TextChoices):
        WRITING = "writing", _("being written")
        APPROVAL = "approval", _("being approved")
        APPROVED = "approved", _("approved")
        SENT = "sent", _("sent")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    shared = models.BooleanField(default=True)
    text = models.TextField(blank=True)
    basis = models.TextField(blank=True)
    cites = models.JSONField(default=list)
    result = models.CharField(max_length=24, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WRITING)
    round = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    send_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(default=0)
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    held_until = models.DateTimeField(null=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(shared=True) & ~Q(state="sent"), name="one_shared_draft"
            ),
            models.UniqueConstraint(
                fields=["case", "author"], condition=Q(shared=False) & ~Q(state="sent"), name="one_private_draft"
            ),
        ]
        indexes = [
            models.Index(fields=["send_at"], condition=Q(send_at__isnull=False), name="draft_to_send"),
            models.Index(fields=["state", "case"], condition=NOT_UNDER_WAY, name="draft_not_under_way"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} draft {self.pk}"

    def is_held_from(self, user_id: int | None, now: datetime) -> bool:
        """Tell whether somebody else is writing in it just now."""
        held = self.held_by_id is not None and self.held_until is not None and self.held_until > now
        return held and self.held_by_id != user_id

    @property
    def words(self) -> dict[str, Any]:
        """What an approver reads, and so what the hash is over."""
        return {"text": self.text, "basis": self.basis, "cites": self.cites, "result": self.result}


class DraftVersion(models.Model):
    """A draft as it was handed in: what an approver's "what changed since I looked" compares with."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="versions")
    round = models.PositiveSmallIntegerField()
    words = models.JSONField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["draft", "round"], name="draft_round_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} round {self.round}"


class Approval(models.Model):
    """One place in the chain of a round. Without an assignee any approver of the unit in charge may take it."""

    class Decision(models.TextChoices):
        WAITING = "waiting", _("waiting")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        VOID = "void", _("void")

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="approvals")
    round = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.WAITING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["round", "position"]
        constraints = [models.UniqueConstraint(fields=["draft", "round", "position"], name="approval_place_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.round}.{self.position}"


class Absence(models.Model):
    """Days on which somebody is away, and who stands in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    first = models.DateField()
    last = models.DateField()
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["first"]
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="absence_in_order")]
        indexes = [models.Index(fields=["deputy", "last"], name="absence_by_deputy")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.first}–{self.last}"


class Link(models.Model):
    """How two cases belong together. Undone ones stay, with their day."""

    class Kind(models.TextChoices):
        RELATED = "related", _("belongs with")
        MERGED = "merged", _("answered with")
        SPLIT = "split", _("split off from")

    kind = models.CharField(max_length=10, choices=Kind)
    source = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    target = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links_here")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "source", "target"], condition=Q(undone_at=None), name="link_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Tag(models.Model):
    """A word that groups cases of a unit: a campaign, a place, a project."""

    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    cases = models.ManyToManyField(Case, through="CaseTag", related_name="tags")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["department", "name"], name="case_tag_name_once"),
            models.UniqueConstraint(fields=["name"], condition=Q(department=None), name="case_tag_of_all_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CaseTag(models.Model):
    """That a case carries a tag."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    objects = InternalQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "tag"], name="case_tag_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.tag_id}"


class Rating(models.Model):
    """What the sender thinks of an answer; once more after it was put right."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = OfCaseQuerySet.as_manager()

    class Meta:
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="rating_round_once"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="rating_of_five"),
            models.CheckConstraint(condition=Q(round__gte=1, round__lte=2), name="rating_at_most_twice"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.score}"


class Handover(models.Model):
    """That a unit passed a case to another, and how the other said that it has it.

    None by `due` alarms the unit that passed it on (`queries.handovers`).
    """

    class How(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("handover", "acknowledged")
        TAKEN = "taken", pgettext_lazy("handover", "taken on")
        SENT_BACK = "sent_back", pgettext_lazy("handover", "sent back")
        ENDED = "ended", pgettext_lazy("handover", "passed on or over before that")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handovers")
    step = models.OneToOneField(StepRecord, on_delete=models.CASCADE, related_name="handover")
    sender = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    due = models.DateField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    how = models.CharField(max_length=12, choices=How, blank=True)

    objects = InternalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(settled_at=None), name="one_open_handover"),
        ]
        indexes = [
            models.Index(fields=["sender", "due"], condition=Q(settled_at=None), name="handover_open_sent"),
            models.Index(fields=["receiver", "due"], condition=Q(settled_at=None), name="handover_open_received"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.sender_id} to {self.receiver_id}"


class DueMove(models.Model):
    """That a changed calendar moved the day a case is due. Each is a line in the letter to those who work on it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="due_moves")
    target = models.CharField(max_length=40)
    before = models.DateField(null=True)
    after = models.DateField(null=True)
    at = models.DateTimeField(db_index=True)

    objects = InternalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.before} to {self.after}"


class DutyLetter(models.Model):
    """That somebody's letter of a day about what is due was made: a row a person and day, so nobody gets two."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()
    is_sent = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="duty_letter_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"


class DutyChoice(models.Model):
    """Whether somebody wants that letter, and in which language. Without a row: yes, in the site's first language."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    wants = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.wants}"
