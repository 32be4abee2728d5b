"""What every kind of participation shares: the submission behind a receipt, its timeline, contact, consent, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import ReceiptHolder, is_staff
from engage.departments.models import in_active_language
from engage.participation import kinds
from engage.participation.rules import Reference
from engage.participation.vault import SealedTextField

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


def private_storage() -> Storage:
    """Return the storage that no address serves directly."""
    return storages["private"]


class Contact(models.Model):
    """A person's name, e-mail and telephone, encrypted; found by the keyed index; deleted on its date."""

    name = SealedTextField(pgettext_lazy("person", "name"), blank=True)
    email = SealedTextField(_("e-mail address"), blank=True)
    phone = SealedTextField(_("telephone"), blank=True)
    email_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    delete_after = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"contact {self.pk}"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Reads of submissions; a stranger sees none."""

    def visible_to(self, actor: Actor) -> SubmissionQuerySet:
        """Staff see all but what kinds keep to their units, the holder of a receipt sees that one, others none."""
        if isinstance(actor, ReceiptHolder):
            return self.filter(pk=actor.submission_id)
        return self.exclude(kinds.hidden_from(actor)) if is_staff(actor) else self.none()


class Submission(models.Model):
    """Anything a person sent. Its primary key is the running number of its public reference."""

    class State(models.TextChoices):
        """Whether it still counts; what happens to it is told by its timeline."""

        ACTIVE = "active", _("active")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(max_length=32, db_index=True)
    letter = models.CharField(max_length=1)
    year = models.PositiveSmallIntegerField()
    received_at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    code_digest = models.CharField(max_length=64, editable=False)
    channel = models.CharField(max_length=64, default="web")
    language = models.CharField(max_length=10)
    region = models.CharField(max_length=32, blank=True)
    capacity = models.CharField(max_length=32, blank=True)
    signature = models.CharField(max_length=80, blank=True)
    flagged = models.BooleanField(default=False, help_text=_("Looks automatic: a moderator reads it first."))
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="submissions")
    department = models.ForeignKey("departments.Department", null=True, blank=True, on_delete=models.PROTECT)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The public reference, `C-2026-004217-K`."""
        return str(Reference(self.letter, self.year, self.pk))

    @property
    def kind_of(self) -> kinds.Kind:
        """The registered kind."""
        return kinds.get(self.kind)


class TimelineEntry(models.Model):
    """One step of a submission's story, as its sender reads it; never changed, never deleted."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="timeline")
    at = models.DateTimeField(default=timezone.now)
    code = models.CharField(max_length=48)
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.code}"


class ConsentText(models.Model):
    """What people agree to, word for word, per version and language."""

    code = models.SlugField(max_length=48)
    version = models.PositiveSmallIntegerField()
    text_zh = models.TextField()
    text_en = models.TextField()
    valid_from = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_text_per_version")]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def text(self) -> str:
        """The text in the active language."""
        return in_active_language(self.text_zh, self.text_en)


class Consent(models.Model):
    """That the sender of a submission agreed to one version of one text."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "text"], name="one_consent_per_text")]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.text_id}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Reads of attachments."""

    def visible_to(self, actor: Actor) -> AttachmentQuerySet:
        """Staff see clean files of what they may see, the holder of the receipt own clean files, others none.

        Files that a room keeps for a door of its own (`kinds.Kind.files_apart`) staff see there alone.
        """
        clean = self.filter(state=Attachment.State.CLEAN)
        if isinstance(actor, ReceiptHolder):
            return clean.filter(submission_id=actor.submission_id)
        if not is_staff(actor):
            return self.none()
        shown = clean.exclude(kinds.hidden_from(actor, "submission__"))
        return shown.exclude(submission__kind__in=kinds.with_files_apart())


class Attachment(models.Model):
    """A file somebody sent, checked and stripped of hidden data before it is stored outside the public media."""

    class State(models.TextChoices):
        """Quarantined files are served to nobody."""

        QUARANTINED = "quarantined", _("in quarantine")
        CLEAN = "clean", _("checked")

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to="attachments/%Y/%m", storage=private_storage)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State, default=State.QUARANTINED)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Held(models.Model):
    """A file of something that is not sent yet: checked, cleaned, served to nobody (`engage.participation.held`).

    A room inherits it and adds what the file waits with.
    """

    file = models.FileField(upload_to="attachments/%Y/%m", storage=private_storage)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ModerationState(models.TextChoices):
    """Whether the public may read it."""

    HELD = "held", _("waiting for a moderator")
    PUBLISHED = "published", _("published")
    PRIVATE = "private", _("read, not published")
    REJECTED = "rejected", _("rejected")


class ModeratedQuerySet(models.QuerySet):
    """Reads of moderated things."""

    def visible_to(self, actor: Actor) -> ModeratedQuerySet:
        """Everybody sees what is published and not withdrawn, a sender also the own, staff all."""
        if is_staff(actor):
            return self.all()
        public = Q(moderation_state=ModerationState.PUBLISHED, submission__state=Submission.State.ACTIVE)
        if isinstance(actor, ReceiptHolder):
            return self.filter(public | Q(submission_id=actor.submission_id))
        return self.filter(public)


class Moderated(models.Model):
    """A part of a submission that a moderator lets the public read, or does not, with a reason.

    Each model that inherits has a foreign key `submission`.
    """

    submission: Submission | models.ForeignKey

    moderation_state = models.CharField(
        max_length=16, choices=ModerationState, default=ModerationState.HELD, db_index=True
    )
    moderation_reason = models.CharField(max_length=32, blank=True)
    moderated_at = models.DateTimeField(null=True, blank=True)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        abstract = True


class OutgoingMail(models.Model):
    """A letter to a contact, written in the transaction that caused it, sent later; text encrypted."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="mails")
    submission = models.ForeignKey(Submission, null=True, blank=True, on_delete=models.CASCADE, related_name="mails")
    # What it tells of, where it may have to be stopped before it is sent.
    about = models.CharField(max_length=40, blank=True)
    subject = SealedTextField()
    body = SealedTextField()
    html = SealedTextField(blank=True)
    # Of a letter to a list: where the reader's mail program leaves it with one press (RFC 8058). It is a key: sealed.
    unsubscribe = SealedTextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], name="mail_waiting", condition=Q(sent_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"


class AboutOption(models.Model):
    """One answer a sender may give about themselves: a region or a capacity ("family member")."""

    class Kind(models.TextChoices):
        """What it tells."""

        REGION = "region", _("region")
        CAPACITY = "capacity", _("capacity")

    kind = models.CharField(max_length=16, choices=Kind)
    code = models.SlugField(max_length=32)
    label_zh = models.CharField(_("name in Chinese"), max_length=60)
    label_en = models.CharField(_("name in English"), max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["kind", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="about_option_once")]

    def __str__(self) -> str:
        return in_active_language(self.label_zh, self.label_en)


class EvidenceLinkQuerySet(models.QuerySet["EvidenceLink"]):
    """Reads of links between calls and what led to them."""

    def visible_to(self, actor: Actor) -> EvidenceLinkQuerySet:
        """Staff read them; everybody else reads the counts on the evidence page."""
        return self.all() if is_staff(actor) else self.none()


class EvidenceLink(models.Model):
    """That a call was opened because of what a room took in; the room counts it on the call's evidence page.

    `call` is the key of the call, `key` what the room calls its topic by: neither is known here.
    """

    call = models.BigIntegerField()
    source = models.SlugField(max_length=40)
    key = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    objects = EvidenceLinkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "source", "key"], name="evidence_link_once")]
        indexes = [models.Index(fields=["source", "key"], name="evidence_link_of_topic")]

    def __str__(self) -> str:
        return f"{self.source} {self.key}: {self.call}"
