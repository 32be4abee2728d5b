"""Packs, their blocks with words per language, invitations of experts, and what readers say."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consultations.models import Clause, Consultation, Version
from consultations.packs import rules
from engage.accounts.actors import ReceiptHolder, is_staff
from engage.participation import personal_data
from engage.participation.models import Contact, Moderated, ModeratedQuerySet, Submission

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class PackQuerySet(models.QuerySet["Pack"]):
    """Reads of packs."""

    def visible_to(self, actor: Actor) -> PackQuerySet:
        """Everybody reads what is published under a public call, staff read all."""
        if is_staff(actor):
            return self.all()
        public = Consultation.objects.visible_to(actor).filter(pk=OuterRef("consultation"))
        return self.filter(Exists(public), state=Pack.State.PUBLISHED)


class Pack(models.Model):
    """The interpretation of one version of a call's text. A correction is a new pack with the next number."""

    class About(models.TextChoices):
        """What it explains."""

        DRAFT = "draft", pgettext_lazy("what a pack explains", "the draft")
        FINAL = "final", pgettext_lazy("what a pack explains", "the final document")

    class State(models.TextChoices):
        """From the author's table to the public."""

        DRAFT = "draft", _("being written")
        SUBMITTED = "submitted", pgettext_lazy("release", "in review")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("replaced by a correction")
        TAKEN_DOWN = "taken_down", pgettext_lazy("release", "taken down")

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="packs")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="packs")
    about = models.CharField(max_length=8, choices=About, default=About.DRAFT)
    # Running in the call: the pack's part of its lasting address.
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Everybody who wrote in it: none of them may sign it.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    # All that the public reads, as it was signed, and the SHA-256 of it; both written when it is released.
    content = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # Goes up with every change, so that a form that was open meanwhile is refused instead of overwriting.
    revision = models.PositiveIntegerField(default=0)

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["consultation_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="pack_number_once"),
            models.UniqueConstraint(fields=["version"], condition=Q(state="published"), name="pack_published_once"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(state__in=["draft", "submitted"]), name="pack_in_work_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id}/{self.number}"


class Block(models.Model):
    """One part of a pack. An expert's is empty until an editor took over what the expert handed in."""

    class Kind(models.TextChoices):
        """The three that every pack has, then those it may have."""

        BACKGROUND = "background", pgettext_lazy("block of a pack", "Background")
        POINTS = "points", pgettext_lazy("block of a pack", "Key points")
        MEASURES = "measures", pgettext_lazy("block of a pack", "Supporting measures")
        MESSAGE = "message", pgettext_lazy("block of a pack", "Message")
        CASE = "case", pgettext_lazy("block of a pack", "Case analysis")
        LINK = "link", pgettext_lazy("block of a pack", "Further reading")
        MEDIA = "media", pgettext_lazy("block of a pack", "Media view")
        EXPERT = "expert", pgettext_lazy("block of a pack", "Expert commentary")

    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="blocks")
    kind = models.CharField(max_length=12, choices=Kind)
    position = models.PositiveSmallIntegerField()
    dated = models.DateField(null=True, blank=True)
    url = models.URLField(max_length=rules.ADDRESS_MOST, blank=True)
    clauses = models.ManyToManyField(Clause, blank=True, related_name="explained_by")
    # Of an expert's block: the language the expert wrote in, empty until an editor took the text over.
    original_language = models.CharField(max_length=10, blank=True)
    # Of an expert's block: "none" was said expressly.
    no_interest = models.BooleanField(null=True)

    class Meta:
        ordering = ["pack_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "kind"], condition=Q(kind__in=rules.REQUIRED), name="pack_required_block_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id} {self.kind}"

    @property
    def is_required(self) -> bool:
        """Whether every pack has it."""
        return self.kind in rules.REQUIRED


class BlockText(models.Model):
    """The words of a block in one language; `byline` of an expert's block is the expert's name."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    heading = models.CharField(max_length=rules.HEADING_MOST, blank=True)
    body = models.TextField(blank=True)
    byline = models.CharField(max_length=rules.LINE_MOST, blank=True)
    source = models.CharField(max_length=rules.LINE_MOST, blank=True)
    affiliation = models.CharField(max_length=rules.LINE_MOST, blank=True)
    interest = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "language"], name="block_text_per_language")]

    def __str__(self) -> str:
        return f"{self.block_id} {self.language}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations; the invited person reads the own one by the link."""

    def visible_to(self, actor: Actor) -> InvitationQuerySet:
        """Staff see all, nobody else any."""
        return self.all() if is_staff(actor) else self.none()


class Invitation(models.Model):
    """That somebody without an account may read one draft and write one block, until a day. Only a hash opens it."""

    class State(models.TextChoices):
        """Whose turn it is."""

        INVITED = "invited", pgettext_lazy("invitation", "the expert is writing")
        HANDED_IN = "handed_in", pgettext_lazy("invitation", "handed in, to be read by an editor")
        RETURNED = "returned", pgettext_lazy("invitation", "sent back to the expert")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "taken over")

    block = models.OneToOneField(Block, on_delete=models.CASCADE, related_name="invitation")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")
    # Of the letters.
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=12, choices=State, default=State.INVITED)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # What was handed in, in the language it was written in.
    written_in = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=rules.LINE_MOST, blank=True)
    affiliation = models.CharField(max_length=rules.LINE_MOST, blank=True)
    interest = models.TextField(blank=True)
    no_interest = models.BooleanField(null=True)
    text = models.TextField(blank=True)
    handed_in_at = models.DateTimeField(null=True, blank=True)
    returned_note = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(text="") | Q(no_interest=True, interest="") | Q(no_interest=False) & ~Q(interest=""),
                name="commentary_with_declared_interest",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def is_open(self, now: datetime) -> bool:
        """Tell whether its link still opens."""
        return rules.is_open(
            expires_at=self.expires_at,
            revoked_at=self.revoked_at,
            accepted=self.state == Invitation.State.ACCEPTED,
            now=now,
        )


class ReactionQuerySet(ModeratedQuerySet):
    """Reads of reactions."""

    def visible_to(self, actor: Actor) -> ReactionQuerySet:
        """What moderation allows, under calls the actor may see; a sender always sees the own."""
        allowed = super().visible_to(actor)
        if is_staff(actor):
            return allowed
        under_public = Q(pack__consultation__in=Consultation.objects.visible_to(actor))
        if isinstance(actor, ReceiptHolder):
            return allowed.filter(under_public | Q(submission_id=actor.submission_id))
        return allowed.filter(under_public)


class Reaction(Moderated):
    """What a reader says to a published pack (受众感言), to one clause or to all of it; public after moderation."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="reaction")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="reactions")
    clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["pack", "moderation_state", "created_at"], name="reaction_list")]

    def __str__(self) -> str:
        return f"reaction {self.pk}"

    @cached_property
    def public_text(self) -> str:
        """The text with personal data hidden: the only form that leaves the house."""
        return personal_data.mask(self.text)
