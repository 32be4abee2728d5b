"""What the desk keeps beside a case: what can still be taken back, snoozes, notes, checklists, pieces of text.

Nothing here is a case's own state: that is changed by `mailbox.actions` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.departments.models import Department, in_active_language
from engage.departments.queries import departments_of
from engage.search.fields import TermsField
from mailbox.models import (
    DESK_ROLES,
    KIND_CHOICES,
    Case,
    CoConsultation,
    InternalQuerySet,
    StepRecord,
)

if TYPE_CHECKING:
    from engage.accounts.actors import Actor

LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]


class HeldStep(models.Model):
    """A step that can still be taken back: the case as it was, and what its sender is not told yet.

    One row a case, gone when the words are said or the step is taken back. `before` are columns of the case, `clocks`
    the clocks by their number; `said` is what the step was given that its record does not keep.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="held_step")
    record = models.OneToOneField(StepRecord, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField(db_index=True)
    before = models.JSONField()
    clocks = models.JSONField()
    said = models.JSONField()

    def __str__(self) -> str:
        return f"{self.case_id} until {self.until}"


class SnoozeQuerySet(InternalQuerySet):
    """Reads of snoozes."""

    def asleep(self, today: date) -> SnoozeQuerySet:
        """Those whose day has not come and whose case nobody has touched: no step, no message, no opinion since."""
        spoke = CoConsultation.objects.filter(case=OuterRef("case"), settled_at__gt=OuterRef("at"))
        return self.filter(until__gt=today, case__revision=F("revision")).exclude(Exists(spoke))


class Snooze(models.Model):
    """A case that its officer has put away until a day. Its clocks go on, and it wakes when anything happens to it.

    `revision` is the case's: any step, message or hand-over raises it, so waking needs nobody to remember it. `days`
    are the working days that were chosen, to offer the same again; empty where a day was chosen.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="snooze")
    until = models.DateField()
    days = models.PositiveSmallIntegerField(null=True)
    revision = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["until"], name="snooze_until")]

    def __str__(self) -> str:
        return f"{self.case_id} until {self.until}"


class LateWords(models.Model):
    """That the sender wrote in a case that nobody works on: since when, until somebody says to have read it.

    It is answered, or answered with another, and the words open nothing.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="late_words")
    at = models.DateTimeField()

    objects = InternalQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.case_id} since {self.at}"


class Note(models.Model):
    """What officers say to one another about a case. Its sender never reads it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="talk")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    objects = InternalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.pk}"


class MentionQuerySet(models.QuerySet["Mention"]):
    """Reads of mentions."""

    def waiting_for(self, actor: Actor) -> MentionQuerySet:
        """What one was named in and has not said to have seen; a case that one may no longer see is gone from it."""
        if actor.pk is None:
            return self.none()
        return self.filter(user_id=actor.pk, seen_at=None, note__case__in=Case.objects.visible_to(actor))


class Mention(models.Model):
    """That somebody was named in a note, and when they said to have seen it."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(null=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "user"], name="mention_once")]
        indexes = [models.Index(fields=["user"], condition=Q(seen_at=None), name="mention_waiting")]

    def __str__(self) -> str:
        return f"{self.note_id} {self.user_id}"


class CheckItem(models.Model):
    """One point that officers look at before they hand in an answer of a kind. `blocking`: it must be ticked."""

    kind = models.CharField(_("kind"), max_length=32, choices=KIND_CHOICES)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    words_zh = models.CharField(_("in Chinese"), max_length=200)
    words_en = models.CharField(_("in English"), max_length=200)
    blocking = models.BooleanField(_("must be ticked"), default=False)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["kind", "position", "pk"]
        verbose_name = _("point of a checklist")
        verbose_name_plural = _("checklists")

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """The point in the active language."""
        return in_active_language(self.words_zh, self.words_en)


class Ticked(models.Model):
    """That a point was looked at in a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="ticked")
    item = models.ForeignKey(CheckItem, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    objects = InternalQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "item"], name="ticked_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.item_id}"


class SnippetQuerySet(models.QuerySet["Snippet"]):
    """Reads of pieces of text."""

    def visible_to(self, actor: Actor) -> SnippetQuerySet:
        """One's own, and those of the units where one works or of units above them."""
        if actor.pk is None:
            return self.none()
        return self.filter(Q(department=None, author_id=actor.pk) | Q(department__in=shared_among(actor)))


def shared_among(actor: Actor) -> Iterable[int]:
    """Return the keys of the units whose shared things an officer uses: the own ones, those below and those above."""
    own = list(departments_of(actor, *DESK_ROLES).values_list("pk", "path"))
    step = Department.steplen
    above = {path[:end] for _pk, path in own for end in range(step, len(path), step)}
    return [pk for pk, _path in own] + list(Department.objects.filter(path__in=above).values_list("pk", flat=True))


class Snippet(models.Model):
    """A piece of text that is put into answers. Without a unit it is its author's alone. `uses` counts how often."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("unit")
    )
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    title = models.CharField(pgettext_lazy("snippet", "name"), max_length=80)
    text = models.TextField(_("text"))
    uses = models.PositiveIntegerField(default=0)

    objects = SnippetQuerySet.as_manager()

    class Meta:
        ordering = ["-uses", "title", "pk"]

    def __str__(self) -> str:
        return self.title


class CaseWordsQuerySet(models.QuerySet["CaseWords"]):
    """Reads of the index."""

    def visible_to(self, actor: Actor) -> Any:
        """The words of the cases that the actor may see."""
        return self.filter(case__in=Case.objects.visible_to(actor))


class CaseWords(models.Model):
    """What a case is found by: its title and the words of its sender, folded, with the terms of the full-text index."""

    # The full-text table of SQLite has its row ids from here.
    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, db_column="id", related_name="words")
    folded = models.TextField()
    terms = TermsField(table="mailbox_desk_fts")

    objects = CaseWordsQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.case_id)


class BulkJobQuerySet(models.QuerySet["BulkJob"]):
    """Reads of what is done with many cases at once."""

    def visible_to(self, actor: Actor) -> BulkJobQuerySet:
        """One's own: each is done in the name of who pressed, and nobody else takes it back."""
        return self.filter(user_id=actor.pk) if actor.pk is not None else self.none()


class BulkJob(models.Model):
    """One thing that is done with many cases, one after the other, by the worker, in the name of who pressed.

    `given` are the values of the action's form; `about` whom or what it goes to, in both languages. Until `undo_until`
    what was done can be taken back, which the worker does in the same way.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Under way")
        DONE = "done", _("Finished")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=40)
    given = models.JSONField(default=dict)
    about = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state"], condition=Q(state__in=["running", "undoing"]), name="bulk_job_live"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.act} {self.state}"


class BulkRow(models.Model):
    """One case of such a job, by its number and the revision that was looked at.

    `refused` says in both languages why it could not be done; `back` is what takes it back, `kept` why that failed.
    """

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.BigIntegerField()
    revision = models.PositiveIntegerField()
    reference = models.CharField(max_length=32, blank=True)
    done_at = models.DateTimeField(null=True)
    refused = models.JSONField(default=dict)
    back = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)
    kept = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="bulk_row_once")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.number}"
