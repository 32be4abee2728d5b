"""What surrounds comments: who agrees, who reports, for whom somebody speaks, replies, files, passages, other sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consultations.models import Clause, Comment, Consultation, Version
from engage.accounts.actors import ReceiptHolder, is_staff
from engage.departments.models import Department
from engage.participation.models import Attachment, Held, Moderated, ModeratedQuerySet, Submission

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class Agreement(models.Model):
    """That somebody agrees with a comment: one per device and day. Counted apart from comments.

    `device` is a keyed hash that differs from call to call, so that nobody can be followed across calls. A withdrawn
    one stays until its day is over, so that pressing again and again writes one row.
    """

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="agreements")
    day = models.DateField()
    device = models.CharField(max_length=64)
    withdrawn = models.BooleanField(default=False)
    # False until the roll-up has taken it into the comment's total.
    counted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "device", "day"], name="agreement_once_per_device_and_day"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(counted=False), name="agreement_to_count")]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.day}"


class AgreementTotal(models.Model):
    """How many devices agree with a comment, as of the last roll-up of its agreements."""

    comment = models.OneToOneField(Comment, primary_key=True, on_delete=models.CASCADE, related_name="agreement_total")
    devices = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["-devices"], name="agreement_most")]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.devices}"


class CommentTally(models.Model):
    """By how much the number of comments that count changed on a clause; the sum of its rows is that number.

    Triggers write the rows (migration 0002) in the transaction that changes a comment: no hot row, never out of step,
    and no count reads the comments. `fold_tallies` puts the rows of a clause together. `clause` None: the draft as a
    whole.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+", db_index=False)
    clause = models.ForeignKey(Clause, null=True, on_delete=models.CASCADE, related_name="+")
    # Of comments that are counted and not shown.
    confidential = models.BooleanField()
    change = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["version", "clause"], name="tally_by_clause")]

    def __str__(self) -> str:
        return f"{self.clause_id or self.version_id}: {self.change:+}"


class Report(models.Model):
    """What a reader finds wrong with a published comment; open until a moderator has decided."""

    class Reason(models.TextChoices):
        """Why the reader thinks it should not stand there."""

        PERSONAL_DATA = "personal_data", _("It tells private things about somebody")
        ATTACK = "personal_attack", _("It attacks or insults a person")
        UNLAWFUL = "unlawful", _("It breaks the law")
        ADVERTISING = "advertising", _("It advertises something")
        COPIED = "copied", _("The same text stands there many times")
        OTHER = "other", pgettext_lazy("reason", "Something else")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=20, choices=Reason)
    note = models.TextField(blank=True)
    # As in Agreement: nobody presses twice, nobody is known.
    device = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "device"], condition=Q(settled_at=None), name="report_once_per_device"
            ),
        ]
        indexes = [models.Index(fields=["comment"], condition=Q(settled_at=None), name="report_open")]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.reason}"


class Organisation(models.Model):
    """For whom a submission speaks. Its name is public; who wrote it is not."""

    class Size(models.TextChoices):
        """How many people it has: classes as statistics use them."""

        MICRO = "micro", _("fewer than 10 people")
        SMALL = "small", _("10 to 49 people")
        MEDIUM = "medium", _("50 to 249 people")
        LARGE = "large", _("250 people or more")

    submission = models.OneToOneField(
        Submission, primary_key=True, on_delete=models.CASCADE, related_name="organisation"
    )
    name = models.CharField(max_length=120)
    size = models.CharField(max_length=8, choices=Size)
    role = models.CharField(max_length=80, help_text=_("What the sender does there."))

    def __str__(self) -> str:
        return self.name


class ReplyQuerySet(models.QuerySet["Reply"]):
    """Reads of replies."""

    def visible_to(self, actor: Actor) -> ReplyQuerySet:
        """Everybody sees those under what they may see; staff also those that were taken back."""
        if is_staff(actor):
            return self.all()
        return self.filter(
            Q(comment=None) | Q(comment__in=Comment.objects.visible_to(actor)),
            taken_back_at=None,
            consultation__in=Consultation.objects.visible_to(actor),
        )


class Reply(models.Model):
    """What the department in charge answers during the call, under one comment or one clause."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="replies")
    comment = models.ForeignKey(Comment, null=True, blank=True, on_delete=models.CASCADE, related_name="replies")
    clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="replies")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    language = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(comment__isnull=True) ^ Q(clause__isnull=True), name="reply_to_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation_id}: {self.text[:40]}"


class HeldFile(Held):
    """A file in a basket that is not sent yet; deleted with the session.

    `basket` is the keyed hash of the basket's token, so that only the session that put it there takes it along.
    """

    basket = models.CharField(max_length=64, db_index=True)
    item = models.CharField(max_length=16)


class CommentFileQuerySet(ModeratedQuerySet):
    """Reads of files under comments."""

    def visible_to(self, actor: Actor) -> CommentFileQuerySet:
        """What moderation allows, under comments the actor may see."""
        allowed = super().visible_to(actor)
        if is_staff(actor):
            return allowed
        public = Q(comment__in=Comment.objects.visible_to(actor))
        if isinstance(actor, ReceiptHolder):
            public |= Q(submission_id=actor.submission_id)
        return allowed.filter(public)


class CommentFile(Moderated):
    """A file that was sent with a comment; a moderator looks at it before the public does, whatever the call's rule."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="files")
    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, related_name="under_comment")

    objects = CommentFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.attachment_id}"

    @property
    def language(self) -> str:
        """The language of the comment it belongs to."""
        return self.comment.language


class Passage(models.Model):
    """The words of a clause that a comment is about: TextQuoteSelector and TextPositionSelector (W3C Web Annotation).

    Positions count characters (code points) of the article's text as it was read, in the comment's language.
    """

    comment = models.OneToOneField(Comment, primary_key=True, on_delete=models.CASCADE, related_name="passage")
    exact = models.TextField()
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="passage_is_not_empty")]

    def __str__(self) -> str:
        return self.exact[:40]


class PassagePlace(models.Model):
    """Where a passage stands in a later version; `outcome` is alignment.anchors.Outcome.

    Without `start` the comment stands by the whole clause; without `clause` by the whole draft.
    """

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="places")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    clause = models.ForeignKey(Clause, null=True, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=12)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["passage", "version"], name="passage_place_once")]

    def __str__(self) -> str:
        return f"{self.passage_id} {self.version_id} {self.outcome}"


class EmbedHost(models.Model):
    """A site that may show a call in a frame: a host name, with its port where it is not the usual one."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.CASCADE, related_name="embed_hosts", verbose_name=_("consultation")
    )
    host = models.CharField(_("host"), max_length=255, help_text=_("For example www.example.org, without https://"))

    class Meta:
        ordering = ["consultation_id", "host"]
        verbose_name = _("site that shows a call")
        verbose_name_plural = _("sites that show a call")
        constraints = [models.UniqueConstraint(fields=["consultation", "host"], name="embed_host_once")]

    def __str__(self) -> str:
        return self.host


class CommentTranslation(models.Model):
    """What a comment says in another language, as an editor translated it; shown beside the original, never alone."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # Of what the comment said when it was translated: a changed comment has no translation until somebody looks.
    of_digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "language"], name="translation_once")]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.language}"
