"""Mail: what came in, kept as it came before anything reads it; what went out, by its name; what came back.

A mail's bytes lie in the private storage under their hash. Its row says what became of it. Nothing here is shown to
the public; who works where letters arrive sees what waits to be read, who works on a case sees its mails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import Role, System, is_staff, roles_of
from engage.participation.models import OutgoingMail, Submission, private_storage
from engage.participation.vault import SealedTextField
from mailbox.access import PLACES, units_around, units_where
from mailbox.models import Case, Intake, Message, Reach
from mailbox.post.reading.reasons import REASONS

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class InMailQuerySet(models.QuerySet["InMail"]):
    """Reads of what came in."""

    def visible_to(self, actor: Actor) -> Any:
        """Who stands in a case sees its mails; what belongs to none yet is seen where letters arrive."""
        if isinstance(actor, System) or Role.ADMINISTRATOR in roles_of(actor):
            return self.all()
        if not is_staff(actor):
            return self.none()
        own = units_where(actor)
        return self.filter(Q(case__in=cases_of(actor, own)) | (Q(case=None) & _works_at_intake(own)))

    def waiting(self) -> Any:
        """What somebody has to read."""
        return self.filter(state__in=(InMail.State.NEEDS_READING, InMail.State.FROM_ANOTHER))


def cases_of(actor: Actor, own: Any = None) -> Any:
    """Return the cases in which somebody at the desk has a standing (`access.PLACES`), as a part of `visible_to`.

    A mail names its sender, so a unit that is only asked for an opinion sees none.
    """
    seen = Case.objects.visible_to(actor, Reach(own, units_around(actor)) if own is not None else None)
    if isinstance(actor, System) or Role.ADMINISTRATOR in roles_of(actor):
        return seen
    roles: dict[str, set[Role]] = {}
    for column, role, _who in PLACES:
        roles.setdefault(column, set()).add(role)
    standing = Q()
    for column, held in roles.items():
        standing |= Q(**{f"{column}__in": units_where(actor, held)})
    return seen.filter(standing)


def _works_at_intake(own: Any) -> Q:
    """The condition that somebody works where letters arrive; inside the one query that asks for mails."""
    intake = Intake.objects.filter(kind="letter", department__isnull=False)
    at_root = ~Q(Exists(intake)) & Q(Exists(own.filter(depth=1)))
    return Q(Exists(intake.filter(department__in=own))) | at_root


def reads_post(actor: Actor) -> bool:
    """Tell whether somebody works where letters arrive."""
    if Role.ADMINISTRATOR in roles_of(actor):
        return True
    return Intake.objects.filter(_works_at_intake(units_where(actor))).exists() or (
        not Intake.objects.exists() and units_where(actor).filter(depth=1).exists()
    )


class InMail(models.Model):
    """One mail as it came. `key` is the hash of its bytes: the same mail taken in twice is one row."""

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("state of a mail", "taken in")
        ADDED = "added", pgettext_lazy("state of a mail", "added to its case")
        OPENED = "opened", pgettext_lazy("state of a mail", "opened a case")
        AUTOMATIC = "automatic", pgettext_lazy("state of a mail", "written by a program")
        BOUNCE = "bounce", pgettext_lazy("state of a mail", "a letter that came back")
        FROM_ANOTHER = "another", pgettext_lazy("state of a mail", "from another sender")
        NEEDS_READING = "needs_reading", pgettext_lazy("state of a mail", "needs reading")
        DUPLICATE = "duplicate", pgettext_lazy("state of a mail", "came twice")
        SPAM = "spam", pgettext_lazy("state of a mail", "spam")

    class Way(models.TextChoices):
        DROP = "drop", _("folder")
        IMAP = "imap", _("mailbox on a server")
        SMTP = "smtp", _("mail server")
        FILE = "file", _("file")

    key = models.CharField(max_length=64, unique=True)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    file = models.FileField(upload_to="mail/%Y/%m", storage=private_storage)
    size = models.PositiveBigIntegerField()
    way = models.CharField(max_length=4, choices=Way)
    envelope_from = SealedTextField(blank=True)
    envelope_to = SealedTextField(blank=True)
    sender = SealedTextField(blank=True)
    subject = SealedTextField(blank=True)
    # Keyed hash of the sender's address: how much came from one, without reading whom.
    sender_index = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=14, choices=State, default=State.NEW)
    why = models.CharField(max_length=24, blank=True)
    faults = models.JSONField(default=list)
    files_left = models.JSONField(default=list)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="mails_in")
    hint = models.ForeignKey(Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    became = models.OneToOneField(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="mail")
    read_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    delete_after = models.DateTimeField(db_index=True)

    objects = InMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["id"], name="mail_new", condition=Q(state="new")),
            models.Index(
                fields=["received_at"], name="mail_to_read", condition=Q(state__in=("needs_reading", "another"))
            ),
            models.Index(fields=["case", "received_at"], name="mail_of_case"),
            models.Index(fields=["sender_index", "received_at"], name="mail_of_sender"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"

    @property
    def is_settled(self) -> bool:
        """Whether the desk has nothing to do with it: not read yet, in its case, or a report on a letter of ours."""
        return self.state in (self.State.NEW, self.State.ADDED, self.State.OPENED, self.State.BOUNCE)

    @property
    def is_open_about_sender(self) -> bool:
        """Whether it says from whom it is without being asked.

        Once it is in a case its sender is the case's, but whether one from another sender joins the case is for the
        desk to say, which has to see who that is.
        """
        return self.case_id is None or self.state == self.State.FROM_ANOTHER

    @property
    def null_sender(self) -> bool:
        """Whether the envelope said that nothing may come back: MAIL FROM:<>."""
        return self.envelope_from == "<>"

    def raw(self) -> bytes:
        """Return the bytes as they came."""
        with self.file.open("rb") as file:
            return file.read()


class OutMailQuerySet(models.QuerySet["OutMail"]):
    """Reads of what went out."""

    def visible_to(self, actor: Actor) -> Any:
        """Staff who stand in the case see what went out in it."""
        return self.filter(case__in=cases_of(actor)) if is_staff(actor) else self.none()


class OutMail(models.Model):
    """A letter of a case by the name it goes out under: answers to it, and reports on it, find their case by this.

    Written before the letter leaves, so that nothing can come back to a name that is not known.
    """

    class State(models.TextChoices):
        LEFT = "left", pgettext_lazy("state of a letter", "on its way")
        DELAYED = "delayed", pgettext_lazy("state of a letter", "delayed")
        DELIVERED = "delivered", pgettext_lazy("state of a letter", "arrived")
        BOUNCED = "bounced", pgettext_lazy("state of a letter", "came back")
        STOPPED = "stopped", pgettext_lazy("state of a letter", "not sent: the address does not exist")

    letter = models.OneToOneField(
        OutgoingMail, null=True, on_delete=models.SET_NULL, related_name="out", verbose_name=_("letter")
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="mails_out")
    message_id = models.CharField(max_length=255, unique=True)
    title = SealedTextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.LEFT)
    reason = models.CharField(max_length=20, blank=True, choices=[(reason, reason) for reason in REASONS])
    hard = models.BooleanField(default=False)
    dsn = models.CharField(max_length=12, blank=True)
    said = SealedTextField(blank=True)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = OutMailQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["case", "at"], name="out_mail_of_case")]

    def __str__(self) -> str:
        return self.message_id


class Report(models.Model):
    """What one mail said about one recipient: a row for each, however often the mail is read."""

    mail = models.ForeignKey(InMail, on_delete=models.CASCADE, related_name="reports")
    out = models.ForeignKey(OutMail, null=True, on_delete=models.SET_NULL, related_name="reports")
    address_index = models.CharField(max_length=64)
    reason = models.CharField(max_length=20)
    hard = models.BooleanField()
    dsn = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["mail", "address_index"], name="report_once")]

    def __str__(self) -> str:
        return f"{self.mail_id} {self.reason}"


class DeadAddress(models.Model):
    """An address that does not exist, by its keyed hash: nothing more is sent there until somebody says otherwise."""

    address_index = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason


class AutoAnswer(models.Model):
    """That a machine of ours answered an address in a case; no second one for seven days."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    address_index = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "address_index"], name="auto_answer_row_once")]

    def __str__(self) -> str:
        return f"{self.case_id}"


def case_of(submission: Submission | None) -> Case | None:
    """Return the case of a submission, if it is one."""
    return Case.objects.filter(pk=submission.pk).first() if submission is not None else None
