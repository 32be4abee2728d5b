"""State of signature petitions. Every request to sign is a row of its own; what counts are the confirmed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import ReceiptHolder, Role, has_role
from engage.departments.models import in_active_language
from engage.participation.models import Submission
from engage.participation.vault import SealedTextField

if TYPE_CHECKING:
    from datetime import datetime

    from engage.accounts.actors import Actor

MODERATORS = (Role.OFFICER, Role.APPROVER)
PERSON = settings.AUTH_USER_MODEL


class PetitionRules(models.Model):
    """How petitions are run here: one row, edited in the Studio. Days are calendar days, months calendar months."""

    sponsors_needed = models.PositiveSmallIntegerField(_("sponsors before moderation"), default=5)
    sponsors_most = models.PositiveSmallIntegerField(_("most sponsors before publication"), default=20)
    months_open = models.PositiveSmallIntegerField(_("months a petition stays open"), default=6)
    moderation_days = models.PositiveSmallIntegerField(_("days for moderation"), default=14)
    moderation_near_days = models.PositiveSmallIntegerField(_("days after which moderation is nearly late"), default=11)
    queue_long = models.PositiveIntegerField(_("waiting petitions at which a delay is announced"), default=500)
    confirm_days = models.PositiveSmallIntegerField(_("days a confirmation link holds"), default=7)
    keep_months = models.PositiveSmallIntegerField(_("months after the end until addresses are deleted"), default=6)
    signing_paused = models.BooleanField(_("signing is paused on the whole site"), default=False)
    pause_zh = models.TextField(_("what readers are told, in Chinese"), blank=True)
    pause_en = models.TextField(_("what readers are told, in English"), blank=True)

    class Meta:
        verbose_name = _("rules of petitions")
        verbose_name_plural = _("rules of petitions")

    def __str__(self) -> str:
        return str(_("rules of petitions"))

    @property
    def pause(self) -> str:
        """What readers are told while signing is paused, in the active language."""
        return in_active_language(self.pause_zh, self.pause_en)


class RejectionReason(models.Model):
    """Why a petition may be turned down, and how to mend it. `hides` marks what may not be read in public at all."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    title_zh = models.CharField(_("title in Chinese"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120)
    mend_zh = models.TextField(_("how to mend it, in Chinese"))
    mend_en = models.TextField(_("how to mend it, in English"))
    hides = models.BooleanField(_("unlawful: the petition is not shown; two persons decide"), default=False)
    active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("reason for turning a petition down")
        verbose_name_plural = _("reasons for turning petitions down")

    def __str__(self) -> str:
        return in_active_language(self.title_zh, self.title_en)

    @property
    def mend(self) -> str:
        """How to mend it, in the active language."""
        return in_active_language(self.mend_zh, self.mend_en)


class State(models.TextChoices):
    """Where a petition is. Collecting and waiting ones are read by their starter, sponsors and moderators only."""

    PENDING = "pending", _("waiting for its starter's confirmation")
    COLLECTING = "collecting", _("collecting sponsors")
    WAITING = "waiting", _("waiting for moderation")
    FLAGGED = "flagged", _("set aside for a second look")
    DORMANT = "dormant", _("dormant")
    OPEN = "open", pgettext_lazy("petition", "open")
    CLOSED = "closed", pgettext_lazy("petition", "closed")
    REJECTED = "rejected", pgettext_lazy("petition", "rejected")
    HIDDEN = "hidden", _("not shown")
    STOPPED = "stopped", _("stopped before publication")
    REMOVED = "removed", _("taken down")
    WITHDRAWN = "withdrawn", _("withdrawn by its starter")


PUBLIC_STATES = (State.OPEN, State.CLOSED, State.REJECTED)
# Before publication a moderator has these in a queue.
QUEUE_STATES = (State.COLLECTING, State.WAITING, State.FLAGGED, State.DORMANT)


class PetitionQuerySet(models.QuerySet["Petition"]):
    """Reads of petitions."""

    def public(self) -> PetitionQuerySet:
        """What everybody may read: open, closed, rejected for what need not be hidden, withdrawn after opening."""
        return self.filter(Q(state__in=PUBLIC_STATES) | Q(state=State.WITHDRAWN, opened_at__isnull=False))

    def visible_to(self, actor: Actor) -> PetitionQuerySet:
        """Everybody reads the public ones, a starter also the own; moderators read all that a person confirmed."""
        if isinstance(actor, ReceiptHolder):
            return self.filter(pk__in=self.public().values("pk")) | self.filter(pk=actor.submission_id)
        if has_role(actor, *MODERATORS):
            return self.exclude(state=State.PENDING)
        return self.public()


class Petition(models.Model):
    """A public ask that collects confirmed signatures. It is its submission: same number, its starter's receipt.

    The words are those in force; `Wording` keeps every text there was. `closes_at` is exact to the second and judged by
    the database's clock.
    """

    class Answer(models.TextChoices):
        """What became of the answer that a threshold earns."""

        NONE = "none", _("not due")
        AWAITING = "awaiting", _("awaiting an answer")
        ANSWERED = "answered", _("answered")

    class Debate(models.TextChoices):
        """What became of the debate or hearing that a threshold earns."""

        NONE = "none", _("not due")
        AWAITING = "awaiting", _("awaiting a debate")
        SCHEDULED = "scheduled", _("debate scheduled")
        DEBATED = "debated", _("debated")
        NOT_DEBATED = "not_debated", _("not debated")

    submission = models.OneToOneField(Submission, primary_key=True, on_delete=models.PROTECT, related_name="petition")
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    language = models.CharField(max_length=10)
    title = models.CharField(_("what should be done"), max_length=80)
    action = models.CharField(_("what exactly you ask for"), max_length=300)
    background = models.CharField(_("why"), max_length=300)
    details = models.CharField(_("more details"), max_length=800, blank=True)
    region = models.CharField(max_length=32, blank=True)
    country = models.CharField(max_length=2, blank=True)
    department = models.ForeignKey(
        "departments.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="petitions"
    )
    # Keyed hash of the secret part of the link that the starter gives to sponsors; empty once it is of no more use.
    sponsor_digest = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    waiting_since = models.DateTimeField(null=True, blank=True)
    # Since when it is set aside or at rest; from then on it has its months before it is stopped.
    parked_since = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.ForeignKey(RejectionReason, null=True, blank=True, on_delete=models.PROTECT)
    reason_note = models.TextField(blank=True)
    # The second person of a rejection as unlawful, or of taking down what was open, is not the first. Why stands here
    # until both agree: a rejected petition keeps its public reason meanwhile.
    hide_asked_at = models.DateTimeField(null=True, blank=True)
    hide_asked_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    hide_reason = models.ForeignKey(
        RejectionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="asked"
    )
    hide_note = models.TextField(blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    resubmitted_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="again")
    opened_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text=_("closed, rejected, stopped, hidden, removed"))
    answer_state = models.CharField(max_length=16, choices=Answer, default=Answer.NONE)
    debate_state = models.CharField(max_length=16, choices=Debate, default=Debate.NONE)
    # A protected petition keeps its signers' addresses; its neighbours do not wait for it.
    protected = models.BooleanField(default=False)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = PetitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("petition")
        verbose_name_plural = _("petitions")
        indexes = [
            models.Index(fields=["state", "-opened_at"], name="petition_by_state"),
            models.Index(fields=["answer_state", "state"], name="petition_by_answer"),
            models.Index(fields=["debate_state", "state"], name="petition_by_debate"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(hide_asked_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(state__in=[State.HIDDEN, State.REMOVED])
                | ~Q(hide_asked_by=F("decided_by")),
                name="petition_hidden_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.OPEN, State.CLOSED])
                | (Q(opened_at__isnull=False) & Q(closes_at__isnull=False)),
                name="petition_open_has_dates",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.REJECTED, State.HIDDEN]) | Q(reason__isnull=False),
                name="petition_rejected_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """The public reference, `P-2026-004217-K`."""
        return self.submission.reference

    @property
    def is_shut(self) -> bool:
        """Whether old links and letters name it by its reference alone: hidden, taken down, withdrawn unopened."""
        withdrawn = self.state == State.WITHDRAWN and self.opened_at is None
        return withdrawn or self.state in (State.HIDDEN, State.REMOVED)


class Wording(models.Model):
    """The words of a petition as they stood: as it was written, and after each edit by a moderator or its starter."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="wordings")
    title = models.CharField(max_length=80)
    action = models.CharField(max_length=300)
    background = models.CharField(max_length=300)
    details = models.CharField(max_length=800, blank=True)
    note = models.CharField(max_length=300, blank=True)
    # Words that a moderator took out because the law or somebody's privacy forbids them are kept, and not shown.
    shown = models.BooleanField(default=True)
    by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title


class PetitionNote(models.Model):
    """What moderators write about a petition for one another."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"note {self.pk}"


class PetitionTag(models.Model):
    """A mark by which moderators group petitions."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="tags")
    word = models.CharField(max_length=40, db_index=True)

    class Meta:
        ordering = ["word"]
        constraints = [models.UniqueConstraint(fields=["petition", "word"], name="petition_tag_once")]

    def __str__(self) -> str:
        return self.word


class PetitionEvent(models.Model):
    """One line of a petition's public story; never changed, never deleted."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    code = models.CharField(max_length=48)
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.code}"


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Reads of signatures. They are read one by one by their signers alone; everybody else gets counts."""

    def visible_to(self, actor: Actor) -> SignatureQuerySet:
        """Administrators and moderators work with the rows of petitions they see; others have their own link."""
        return self.all() if has_role(actor, *MODERATORS) else self.none()

    def counted(self) -> SignatureQuerySet:
        """What counts: confirmed, neither withdrawn nor invalidated."""
        return self.filter(state=Signature.State.CONFIRMED)


class Signature(models.Model):
    """One request to sign. Asking again makes another row, so the answer never tells whether an address signed before.

    At most one confirmed row per petition, address and person, at most two persons per address: the database keeps to
    both. `address` is a keyed hash of the canonical address, `person` of the folded name, `network` of the client's
    address (IPv4 whole, IPv6 /64), `subnet` of its /24 or /48; `domain` is the mail's domain. What identifies is gone
    once it was forgotten; region and the day of confirmation stay.
    """

    class State(models.TextChoices):
        """Held ones wait without a word to the signer: what is over a limit gives nothing to learn from."""

        PENDING = "pending", _("waiting for confirmation")
        HELD = "held", _("held")
        CONFIRMED = "confirmed", _("confirmed")
        WITHDRAWN = "withdrawn", _("withdrawn")
        INVALIDATED = "invalidated", _("invalidated")

    class Part(models.TextChoices):
        """What the signer is to the petition."""

        SIGNER = "signer", _("signer")
        SPONSOR = "sponsor", _("sponsor")
        STARTER = "starter", _("starter")

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    part = models.CharField(max_length=8, choices=Part, default=Part.SIGNER)
    name = SealedTextField(null=True)
    email = SealedTextField(null=True)
    # NULL, not empty: forgotten rows must not meet in the constraints below.
    address = models.CharField(max_length=32, null=True)  # noqa: DJ001
    person = models.CharField(max_length=32, null=True)  # noqa: DJ001
    slot = models.PositiveSmallIntegerField(null=True, help_text=_("1 or 2 once confirmed"))
    region = models.CharField(max_length=32, blank=True)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=10)
    wants_news = models.BooleanField(default=False)
    domain = models.CharField(max_length=120, blank=True)
    network = models.CharField(max_length=32, blank=True)
    subnet = models.CharField(max_length=32, blank=True)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    code_digest = models.CharField(max_length=64, editable=False)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # From when the age of its link counts, where that is not the request: it was held, or its letter sent again.
    link_since = models.DateTimeField(null=True, blank=True)
    # Which version of the words of consent (consent.py) the form showed; NULL for requests from before they were kept.
    # No check that it is positive: adding one would read the whole table.
    consent = models.SmallIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text=_("withdrawn or invalidated"))
    # Set with `held` or `invalidated`: the code of the rule, and the order that did it, so that it can be undone.
    why = models.CharField(max_length=24, blank=True)
    invalidation = models.ForeignKey(
        "Invalidation", null=True, blank=True, on_delete=models.PROTECT, related_name="signatures", db_index=False
    )

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        indexes = [
            models.Index(fields=["petition", "address"], name="signature_by_address"),
            models.Index(fields=["asked_at"], name="signature_by_time"),
            models.Index(fields=["invalidation"], name="signature_by_order", condition=Q(invalidation__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "address", "person"],
                name="signature_once_a_person",
                condition=Q(state="confirmed"),
            ),
            models.UniqueConstraint(
                fields=["petition", "address", "slot"],
                name="signature_two_an_address",
                condition=Q(state="confirmed"),
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | (Q(slot__in=[1, 2]) & Q(confirmed_at__isnull=False)),
                name="signature_confirmed_has_slot",
            ),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"

    @property
    def link_from(self) -> datetime:
        """From when on the age of its link counts: the request, or when its letter could be sent at last."""
        return self.link_since or self.asked_at


class SignatureTally(models.Model):
    """What triggers write when a signature begins or ceases to count: +1 or -1, folded by the worker.

    `signature` is empty on rows that take away; a row that adds leads to the number the signature gets.
    """

    petition_id = models.BigIntegerField()
    signature_id = models.BigIntegerField(null=True)
    region = models.CharField(max_length=32)
    country = models.CharField(max_length=2)
    hour = models.DateTimeField()
    change = models.SmallIntegerField()

    def __str__(self) -> str:
        return f"{self.petition_id} {self.change:+}"


class SignatureNumber(models.Model):
    """The running number of a confirmed signature in its petition: without gaps, given once, never given again.

    The roll-up joins both rows it points to; having the database look them up once more, one by one, took half of the
    roll-up's time.
    """

    signature = models.OneToOneField(
        Signature, primary_key=True, on_delete=models.CASCADE, related_name="numbered", db_constraint=False
    )
    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["petition", "number"], name="signature_number_once")]

    def __str__(self) -> str:
        return str(self.number)


class PetitionCount(models.Model):
    """How many signatures of a petition count, as folded; `last_number` is the highest number given."""

    petition = models.OneToOneField(Petition, primary_key=True, on_delete=models.CASCADE, related_name="count")
    total = models.PositiveBigIntegerField(default=0)
    last_number = models.PositiveBigIntegerField(default=0)
    last_hour = models.PositiveBigIntegerField(default=0, help_text=_("signatures of the last sixty minutes"))
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["-last_hour", "-total"], name="petition_trending"),
            models.Index(fields=["-total"], name="petition_most"),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.total}"


class RegionCount(models.Model):
    """How many of them are from one region, or from one country abroad."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="regions", db_index=False)
    region = models.CharField(max_length=32)
    country = models.CharField(max_length=2)
    total = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["petition", "region", "country"], name="region_count_once")]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.region or self.country}: {self.total}"


class HourCount(models.Model):
    """How many of them were confirmed within one hour (UTC)."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="hours", db_index=False)
    hour = models.DateTimeField()
    total = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["hour"]
        constraints = [models.UniqueConstraint(fields=["petition", "hour"], name="hour_count_once")]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.hour}: {self.total}"


# Sheets that count: not taken back.
IN_FORCE = Q(taken_back_at=None)


class PaperBatch(models.Model):
    """Signatures on paper, counted by hand from their scans; shown beside the confirmed ones, never among them.

    A mistyped one is taken back, not changed: it stays in the list with who did so and why.
    """

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="papers")
    region = models.CharField(max_length=32, blank=True)
    total = models.PositiveIntegerField()
    sheets = models.PositiveIntegerField()
    scan_sha256 = models.CharField(max_length=64)
    received_on = models.DateField()
    by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    taken_back_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "scan_sha256"], name="paper_scan_once", condition=Q(taken_back_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.total}"


class Threshold(models.Model):
    """From how many signatures on a petition earns an answer or a debate; dated, so that old petitions keep theirs."""

    class Kind(models.TextChoices):
        """What is earned."""

        ANSWER = "answer", _("an answer")
        DEBATE = "debate", _("a debate or hearing")

    kind = models.CharField(_("what is earned"), max_length=8, choices=Kind)
    number = models.PositiveBigIntegerField(_("signatures"))
    days = models.PositiveSmallIntegerField(_("days until it is due"), default=30)
    valid_from = models.DateField(_("for petitions opened from"))

    class Meta:
        ordering = ["kind", "-valid_from"]
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        constraints = [models.UniqueConstraint(fields=["kind", "valid_from"], name="threshold_once_a_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.number:,}"


class Crossing(models.Model):
    """That a petition crossed a threshold: once, and never erased. The day it fell below again stands beside it."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="crossings", db_index=False)
    kind = models.CharField(max_length=8, choices=Threshold.Kind)
    threshold = models.ForeignKey(Threshold, on_delete=models.PROTECT)
    number = models.PositiveBigIntegerField()
    crossed_at = models.DateTimeField()
    due_on = models.DateField()
    fell_below_at = models.DateTimeField(null=True, blank=True)
    case = models.OneToOneField(
        "mailbox.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="crossing"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["petition", "kind"], name="crossing_once")]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.kind} {self.number}"


class DebateQuerySet(models.QuerySet["Debate"]):
    """Reads of debates and hearings."""

    def visible_to(self, actor: Actor) -> DebateQuerySet:
        """Everybody reads the released ones of petitions they read; moderators also what is being prepared."""
        own = self.filter(petition__in=Petition.objects.visible_to(actor))
        return own if has_role(actor, *MODERATORS) else own.public()

    def public(self) -> DebateQuerySet:
        """Keep what everybody reads."""
        return self.filter(published_at__isnull=False, taken_down_at=None)


class Debate(models.Model):
    """A debate or hearing about a petition: planned, held or called off, and what happened there."""

    class Kind(models.TextChoices):
        """Which."""

        DEBATE = "debate", _("debate")
        HEARING = "hearing", _("hearing")

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="debates")
    kind = models.CharField(max_length=8, choices=Kind)
    on = models.DateField(null=True, blank=True)
    place_zh = models.CharField(max_length=200, blank=True)
    place_en = models.CharField(max_length=200, blank=True)
    video = models.URLField(blank=True)
    transcript = models.URLField(blank=True)
    what_zh = models.TextField(blank=True)
    what_en = models.TextField(blank=True)
    held = models.BooleanField(null=True)
    by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    writers = models.ManyToManyField(PERSON, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    # What the public reads: frozen when the gate lets it go, for the plan and again for what happened.
    content = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    revised_at = models.DateTimeField(null=True, blank=True)
    taken_down_at = models.DateTimeField(null=True, blank=True)

    objects = DebateQuerySet.as_manager()

    class Meta:
        verbose_name = _("debate or hearing")
        verbose_name_plural = _("debates and hearings")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.kind}"

    @property
    def is_public(self) -> bool:
        """Whether everybody reads it."""
        return self.published_at is not None and self.taken_down_at is None


class Announcement(models.Model):
    """One event of which the signers who asked are told by a letter: listed in batches, each once."""

    event = models.OneToOneField(PetitionEvent, primary_key=True, on_delete=models.PROTECT, related_name="announcement")
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="announcements")
    kind = models.CharField(max_length=16)
    last_key = models.BigIntegerField(default=0, help_text=_("how far the worker has come"))
    listed = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["event"], name="announcement_goes_on", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return f"{self.petition_id} {self.kind}"


def letters_due() -> Func:
    """Return the very condition of the index of letters that are to be sent, with the states in the statement itself.

    SQLite uses a partial index for no condition whose values come as parameters: it read the whole table.
    """
    return Func(
        F("state"), template="%(expressions)s IN ('waiting', 'ready', 'claimed')", output_field=models.BooleanField()
    )


class SignatureLetter(models.Model):
    """A letter to one signer, written in the transaction that caused it, composed and sent by the worker, at most once.

    `about` tells letters of one kind apart (the key of an event; 0 for the confirmation). What a killed worker had in
    its hands is listed as uncertain, and nothing is sent twice blindly.
    """

    class State(models.TextChoices):
        """Where it is. Those about one's own signature wait until limits and lists had their say, then are ready."""

        WAITING = "waiting", _("waiting")
        READY = "ready", _("ready to be sent")
        CLAIMED = "claimed", _("being sent")
        SENT = "sent", _("sent")
        STOPPED = "stopped", _("not sent")
        FAILED = "failed", _("refused by the mail server")
        UNCERTAIN = "uncertain", _("uncertain")

    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="letters", db_index=False)
    kind = models.CharField(max_length=16)
    about = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    said = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                name="signature_letters_due",
                condition=Q(state__in=["waiting", "ready", "claimed"]),
            ),
            models.Index(
                fields=["about", "kind"],
                name="signature_letters_lost",
                condition=Q(state="failed") | Q(state="uncertain"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["signature", "kind", "about"], name="signature_letter_once"),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class RateLimit(models.Model):
    """How many requests to sign are normal. What is beyond is held without a word."""

    class By(models.TextChoices):
        """What is counted."""

        ADDRESS = "address", _("one e-mail address on one petition")
        NETWORK = "network", _("one network address")
        SUBNET = "subnet", _("one network (/24 or /48)")

    by = models.CharField(_("counted by"), max_length=8, choices=By)
    most = models.PositiveIntegerField(_("at most"))
    seconds = models.PositiveIntegerField(_("within so many seconds"))
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["by", "seconds"]
        verbose_name = _("limit of signing")
        verbose_name_plural = _("limits of signing")
        constraints = [models.UniqueConstraint(fields=["by", "seconds"], name="rate_limit_once")]

    def __str__(self) -> str:
        return f"{self.get_by_display()}: {self.most}/{self.seconds} s"


class Listed(models.Model):
    """A domain, an address or a network that is always held, or never."""

    class What(models.TextChoices):
        """What is listed."""

        DOMAIN = "domain", _("mail domain")
        ADDRESS = "address", _("e-mail address")
        NETWORK = "network", _("network")

    what = models.CharField(_("what"), max_length=8, choices=What)
    # A domain in plain words; of an address and a network the keyed hash by which signatures are found.
    value = models.CharField(max_length=120)
    shown = models.CharField(_("as shown to moderators"), max_length=120)
    allowed = models.BooleanField(_("never held"), default=False)
    note = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["what", "shown"]
        constraints = [models.UniqueConstraint(fields=["what", "value"], name="listed_once")]

    def __str__(self) -> str:
        return self.shown


class Trend(models.Model):
    """How many requests came from one mail domain or network within one hour (UTC), over all petitions."""

    what = models.CharField(max_length=8, choices=Listed.What)
    value = models.CharField(max_length=120)
    hour = models.DateTimeField()
    total = models.PositiveIntegerField()
    alarmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-hour", "-total"]
        constraints = [models.UniqueConstraint(fields=["what", "value", "hour"], name="trend_once_an_hour")]

    def __str__(self) -> str:
        return f"{self.value}: {self.total}"


class Pace(models.Model):
    """How many requests had one mark (address, network, name, domain and so on) within one minute; kept for a day.

    Limits that slide are sums of a few of these. `what` is one of `guarding.rules.What`.
    """

    what = models.CharField(max_length=8)
    value = models.CharField(max_length=120)
    minute = models.DateTimeField()
    total = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["minute"], name="pace_by_minute")]
        constraints = [models.UniqueConstraint(fields=["what", "value", "minute"], name="pace_once_a_minute")]

    def __str__(self) -> str:
        return f"{self.what}: {self.total}"


class Suspect(models.Model):
    """A mark whose requests are held for a while, with the sign that gave it away; a moderator may let it go."""

    what = models.CharField(max_length=8)
    value = models.CharField(max_length=120)
    why = models.CharField(max_length=24)
    total = models.PositiveIntegerField(default=0, help_text=_("requests of the hour in which it was noticed"))
    noticed_at = models.DateTimeField()
    until = models.DateTimeField()
    let_go_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    let_go_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-noticed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["what", "value"], name="suspect_once")]

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


class Invalidation(models.Model):
    """An order to take many signatures out of the count: previewed, carried out in batches, cancelled or undone."""

    class State(models.TextChoices):
        """How far it is."""

        PREVIEW = "preview", _("previewed")
        RUNNING = "running", _("being carried out")
        DONE = "done", _("carried out")
        CANCELLED = "cancelled", _("cancelled")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    petition = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="invalidations"
    )
    state = models.CharField(max_length=12, choices=State, default=State.PREVIEW)
    # The conditions as they were typed: domain, network, period, name, never confirmed; see the room's rules.
    conditions = models.JSONField(default=dict)
    why = models.TextField()
    found = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    last_key = models.BigIntegerField(default=0, help_text=_("how far the worker has come"))
    # Of those found when previewed: how many counted. Above a number a second person has to agree.
    counted = models.PositiveBigIntegerField(default=0)
    # Undone, but others of the same person or address count meanwhile: these stay out.
    stay_out = models.PositiveBigIntegerField(default=0)
    by = models.ForeignKey(PERSON, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    run_by = models.ForeignKey(PERSON, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"order {self.pk}"
