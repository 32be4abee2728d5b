"""The journal: rows that are only ever appended, the seals that chain them, and the checkpoints that are published.

A writer appends one row and touches nothing that another writer touches. A trigger notes the row in `Pending`; the
sealer takes it from there, gives it the next sequence number and hashes it to the one before. The database refuses
to change or delete anything here but a pending note (migration 0002).
"""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor, Role, has_role
from engage.errors import Refused
from engage.journal import rules


def _refuse() -> NoReturn:
    raise Refused("journal_append_only")


class AppendOnlyQuerySet(models.QuerySet):
    """Reads and appends; changing or deleting is refused before the database refuses it."""

    def update(self, **values: Any) -> NoReturn:
        _refuse()

    def delete(self) -> NoReturn:
        _refuse()

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        _refuse()


class AppendOnly(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        """Insert; refuse to update."""
        if not self._state.adding:
            _refuse()
        super().save(**options | {"force_insert": True})

    def delete(self, **options: Any) -> NoReturn:
        _refuse()


class RowQuerySet(AppendOnlyQuerySet):
    def visible_to(self, actor: Actor) -> "RowQuerySet":
        """The journal itself is read by administrators; everybody else reads checkpoints and proofs."""
        return self if has_role(actor, Role.ADMINISTRATOR) else self.none()


class JournalRow(AppendOnly):
    """One thing that was done. No foreign keys: what a row tells of may go, the row stays."""

    class ActorKind(models.TextChoices):
        USER = "user", _("signed-in person")
        ANONYMOUS = "anonymous", _("visitor")
        RECEIPT = "receipt", _("holder of a receipt")
        SYSTEM = "system", _("the platform")

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.CharField(max_length=64, blank=True)
    verb = models.CharField(max_length=80)
    target_label = models.CharField(max_length=100)
    target_pk = models.CharField(max_length=64, blank=True)
    content = models.JSONField(default=dict)
    submission_id = models.BigIntegerField(null=True)
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)

    objects = RowQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal row")
        verbose_name_plural = _("journal rows")
        indexes = [
            models.Index(fields=["target_label", "target_pk"], name="journal_row_target"),
            models.Index(
                fields=["submission_id", "id"],
                condition=models.Q(submission_id__isnull=False),
                name="journal_row_submission",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(actor_kind__in=["user", "anonymous", "receipt", "system"]),
                name="journal_row_actor_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.verb} {self.target}"

    @property
    def target(self) -> str:
        """Return what was acted on, as `label:pk`."""
        return f"{self.target_label}:{self.target_pk}"


class JournalPending(models.Model):
    """A note that a row waits for the sealer, written by the database when the row is inserted.

    On PostgreSQL the note also carries the number of the transaction that wrote it (column `xid`, migration 0002).
    """

    row = models.OneToOneField(
        JournalRow, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="pending"
    )

    def __str__(self) -> str:
        return str(self.row_id)


class JournalSeal(AppendOnly):
    """A row's place in the journal: sequence numbers without a gap, each link over the link before it."""

    sequence = models.BigIntegerField(primary_key=True)
    row = models.OneToOneField(JournalRow, on_delete=models.DO_NOTHING, db_constraint=False, related_name="seal")
    leaf = models.BinaryField(max_length=32)
    chain = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} (row {self.row_id})"


class JournalNode(AppendOnly):
    """The hash over one complete block of 2**level sealed rows, kept so that a proof reads few rows."""

    level = models.PositiveSmallIntegerField()
    position = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "position"], name="journal_node_place")]

    def __str__(self) -> str:
        return f"{self.level}/{self.position}"


class JournalCheckpoint(AppendOnly):
    """What is published: how many rows were sealed, and one hash over all of them."""

    class Kind(models.TextChoices):
        HOUR = "hour", _("hourly")
        DAY = "day", _("daily")

    number = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=4, choices=Kind)
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    chain = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        constraints = [models.UniqueConstraint(fields=["kind", "due_at"], name="journal_checkpoint_due")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.size}"

    def document(self) -> dict[str, Any]:
        """Return what is published, without its own hash: the text that the hash is over."""
        return {
            "chain": bytes(self.chain).hex(),
            "due_at": rules.moment(self.due_at),
            "kind": self.kind,
            "number": self.number,
            "previous": bytes(self.previous).hex(),
            "root": bytes(self.root).hex(),
            "size": self.size,
            "taken_at": rules.moment(self.taken_at),
        }
