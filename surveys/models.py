"""Questionnaires with their versions, what people answer, what they put aside, and who was invited; studies of waves;
the library of questions.

docs/anonymity.md says which of these rows may know of one another.
"""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import ReceiptHolder, Role, has_role, is_staff, roles_of
from engage.departments.models import Department, in_active_language
from engage.departments.queries import departments_of
from engage.participation.models import Attachment, Contact, Held, Submission, private_storage
from engage.participation.vault import SealedTextField
from surveys.definition import model
from surveys.results import access

if TYPE_CHECKING:
    from engage.accounts.actors import Actor

KEY_MOST = 60
# Who takes in what came on paper.
PAPER_ROLES = (Role.OFFICER, Role.APPROVER, Role.ANALYST)


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    """Reads of questionnaires."""

    def visible_to(self, actor: Actor) -> QuestionnaireQuerySet:
        """Everybody sees those with a published version, staff all."""
        if is_staff(actor):
            return self.all()
        published = Version.objects.filter(questionnaire=OuterRef("pk"), state=Version.State.PUBLISHED)
        return self.filter(Exists(published))


class Questionnaire(models.Model):
    """One questionnaire through all its versions. Its key is its lasting address.

    `results`, `access` and `anonymous` are what the published version says, written when the gate lets it go.
    """

    class Results(models.TextChoices):
        """When those who answer see what came of it."""

        NEVER = "never", pgettext_lazy("results of a survey", "not shown")
        AT_ONCE = "at_once", pgettext_lazy("results of a survey", "shown to whoever has answered")
        AT_CLOSE = "at_close", pgettext_lazy("results of a survey", "shown when the survey has closed")

    class Access(models.TextChoices):
        """Who may answer."""

        OPEN = "open", pgettext_lazy("access to a survey", "everybody")
        INVITED = "invited", pgettext_lazy("access to a survey", "those who were invited")

    key = models.SlugField(max_length=KEY_MOST, unique=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="questionnaires")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    results = models.CharField(max_length=8, choices=Results, default=Results.AT_CLOSE)
    access = models.CharField(max_length=8, choices=Access, default=Access.OPEN)
    anonymous = models.BooleanField(default=True)
    # Sites that may show it in a frame: host names, with their port where it is not the usual one.
    embed_hosts = models.JSONField(default=list, blank=True)
    # Goes up with every change, so that a form that was open meanwhile is refused instead of overwriting.
    revision = models.PositiveIntegerField(default=0)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="survey_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class VersionQuerySet(models.QuerySet["Version"]):
    """Reads of versions."""

    def visible_to(self, actor: Actor) -> VersionQuerySet:
        """Everybody reads what is published, staff read all."""
        return self.all() if is_staff(actor) else self.filter(state=Version.State.PUBLISHED)


class Version(models.Model):
    """One definition of a questionnaire. Once published it never changes: the database refuses it."""

    class State(models.TextChoices):
        """From the author's table to the public."""

        DRAFT = "draft", _("being written")
        SUBMITTED = "submitted", pgettext_lazy("release", "in review")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", pgettext_lazy("version of a questionnaire", "replaced by a later version")
        TAKEN_DOWN = "taken_down", pgettext_lazy("release", "taken down")

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="versions")
    # Running in the questionnaire.
    number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    # `engage-questionnaire/1`, as `surveys.definition.model` reads it.
    definition = models.JSONField()
    # The SHA-256 of the definition in canonical JSON, written when it is released.
    definition_hash = models.CharField(max_length=64, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Everybody who wrote in it: none of them may sign it.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["questionnaire_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="survey_number_once"),
            models.UniqueConstraint(
                fields=["questionnaire"], condition=Q(state="published"), name="survey_published_once"
            ),
            models.UniqueConstraint(
                fields=["questionnaire"], condition=Q(state__in=["draft", "submitted"]), name="survey_in_work_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"]) | Q(published_at__isnull=False) & ~Q(definition_hash=""),
                name="survey_published_with_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id}/{self.number}"

    @cached_property
    def parsed(self) -> model.Definition:
        """The definition, read. Raises `surveys.definition.model.Unreadable` where a draft is none."""
        return model.parse(self.definition)


class SurveyPictureQuerySet(models.QuerySet["Picture"]):
    """Reads of pictures."""

    def visible_to(self, actor: Actor) -> SurveyPictureQuerySet:
        """Everybody sees those of what is public, or was and is still answered; staff see all."""
        return self.all() if is_staff(actor) else self.filter(is_public=True)


class Picture(models.Model):
    """A picture, sound or film that definitions show by its name, which is made from its content: neither ever changes.

    It belongs to the house: whatever is copied, imported or taken from the library finds it again.
    """

    name = models.CharField(max_length=120, unique=True)
    file = models.FileField(upload_to="survey-pictures", storage=private_storage)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(help_text=_("pixels"))
    height = models.PositiveIntegerField(help_text=_("pixels"))
    # Written when a version that names it is released or taken down.
    is_public = models.BooleanField(default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = SurveyPictureQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ResponseQuerySet(models.QuerySet["Response"]):
    """Reads of responses."""

    def visible_to(self, actor: Actor) -> ResponseQuerySet:
        """Staff see all, the holder of the receipt sees the own, others none."""
        if isinstance(actor, ReceiptHolder):
            return self.filter(submission_id=actor.submission_id)
        return self.all() if is_staff(actor) else self.none()

    def counted(self) -> ResponseQuerySet:
        """Those that results are made from: whole and not withdrawn."""
        return self.filter(is_complete=True, submission__state=Submission.State.ACTIVE)


class Response(models.Model):
    """What one person answered, on whatever way, to the version that was open when they began.

    `answers` maps names of questions to values as `surveys.definition.runtime` keeps them; `private` is JSON of the
    same shape with what says who somebody is (questions marked personal, e-mail, telephone, files), encrypted.
    """

    class Mode(models.TextChoices):
        """On which way it came."""

        WEB = "web", pgettext_lazy("way of answering", "on the web")
        PHONE = "phone", pgettext_lazy("way of answering", "on the telephone")
        PAPER = "paper", pgettext_lazy("way of answering", "on paper")
        KIOSK = "kiosk", pgettext_lazy("way of answering", "at a kiosk")
        EMBED = "embed", pgettext_lazy("way of answering", "on another site")

    submission = models.OneToOneField(
        Submission, primary_key=True, on_delete=models.CASCADE, related_name="survey_response"
    )
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="responses")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="responses")
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.WEB)
    language = models.CharField(max_length=35)
    answers = models.JSONField(default=dict)
    private = SealedTextField(blank=True)
    # Of the order in which pages, questions and options were shown, and of the arms that were drawn.
    seed = models.CharField(max_length=32)
    ballots = models.JSONField(default=dict)
    is_complete = models.BooleanField(default=True)
    # From the start to the end, where the questionnaire records times; they are told so.
    seconds = models.PositiveIntegerField(null=True, blank=True)
    flags = models.JSONField(default=list, blank=True)
    # That a link was used, where the questionnaire is anonymous: a keyed hash that leads to no invitation.
    nullifier = models.CharField(max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001 NULLs are unique
    # Whose link it was, where the questionnaire is not anonymous.
    invitation = models.OneToOneField(
        "Invitation", null=True, blank=True, on_delete=models.SET_NULL, related_name="response"
    )
    # Of the invitation, where at least ten people are in it.
    wave = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "nullifier"], name="survey_link_used_once"),
            models.CheckConstraint(
                condition=Q(invitation=None) | Q(nullifier=None), name="survey_no_nullifier_with_name"
            ),
        ]
        indexes = [models.Index(fields=["questionnaire", "submission"], name="survey_responses")]

    def __str__(self) -> str:
        return f"response {self.pk}"


class SavedResponseQuerySet(models.QuerySet["SavedResponse"]):
    """Reads of what was put aside: by its code alone."""

    def visible_to(self, actor: Actor) -> SavedResponseQuerySet:
        """Nobody, neither staff: the code opens it, and nothing else."""
        return self.none()


class SavedResponse(models.Model):
    """Answers on their way, found and opened by a code that only the person has; gone with the submission.

    `sealed` is JSON of the answers, encrypted with a key that is derived from the code, so the house cannot read it.
    """

    code_digest = models.CharField(max_length=64, primary_key=True, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="saved")
    sealed = models.TextField(blank=True)
    # Place in the definition of the page to go on with, from 0.
    page = models.PositiveSmallIntegerField(default=0)
    seed = models.CharField(max_length=32)
    language = models.CharField(max_length=35)
    mode = models.CharField(max_length=8, choices=Response.Mode, default=Response.Mode.WEB)
    started_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = SavedResponseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"saved {self.code_digest[:8]}"


class HeldFile(Held):
    """A file given with answers that are not sent yet: encrypted with the key of their code, as they are.

    `name` is the random one under which the answer knows it. It goes when the sheet is gone, sent or not.
    """

    # `SavedResponse.code_digest`; no key of the database, for the sheet is deleted without looking who points to it.
    sheet = models.CharField(max_length=64, db_index=True, editable=False)

    class Meta(Held.Meta):
        constraints = [models.UniqueConstraint(fields=["name"], name="survey_held_file_once")]


class AnswerFileQuerySet(models.QuerySet["AnswerFile"]):
    """Reads of files that were given with answers."""

    def visible_to(self, actor: Actor) -> AnswerFileQuerySet:
        """Whoever may know who somebody is sees all, the holder of a receipt the own, others none."""
        if isinstance(actor, ReceiptHolder):
            return self.filter(response_id=actor.submission_id)
        return self.all() if access.may_take(roles_of(actor), access.FILES) else self.none()


class AnswerFile(models.Model):
    """That a file was given as the answer to a question. `attachment` goes with it (`surveys.answering.files`)."""

    attachment = models.OneToOneField(
        Attachment, primary_key=True, on_delete=models.CASCADE, related_name="survey_answer"
    )
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="files")
    # Key of the question as `surveys.definition.runtime.key_of` writes it, with the instance of its repeats.
    question = models.TextField()
    # The random name that stands in the answer and in exports.
    stored = models.CharField(max_length=64, unique=True)

    objects = AnswerFileQuerySet.as_manager()

    class Meta:
        ordering = ["stored"]

    def __str__(self) -> str:
        return self.stored


class SurveyInvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations."""

    def visible_to(self, actor: Actor) -> SurveyInvitationQuerySet:
        """Staff see all, nobody else any."""
        return self.all() if is_staff(actor) else self.none()

    def unanswered(self) -> SurveyInvitationQuerySet:
        """Those who may be reminded: as far as is known, they have not answered."""
        spent = SpentInvitation.objects.filter(digest=OuterRef("digest"))
        return self.filter(~Exists(spent), response=None)


class Invitation(models.Model):
    """That somebody was sent a link. `digest` is a keyed hash of the secret in the link; no answer knows it."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=10)
    wave = models.PositiveSmallIntegerField(default=1)
    group = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = SurveyInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["questionnaire", "wave"], name="survey_wave")]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class SpentInvitation(models.Model):
    """That a link of an anonymous questionnaire was used, for reminders alone: no time, no number, in no order.

    Written for many at once, long after their answers and never with them (`surveys/answering/links.py`).
    """

    digest = models.CharField(max_length=64, primary_key=True, editable=False)

    def __str__(self) -> str:
        return self.digest[:8]


class QuotaSlot(models.Model):
    """One place in a cell of a quota. Whoever is the first to write a response into it has it."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="slots")
    # Name of the quota in the definition.
    cell = models.CharField(max_length=128)
    number = models.PositiveIntegerField()
    response = models.ForeignKey(Response, null=True, blank=True, on_delete=models.SET_NULL, related_name="slots")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "cell", "number"], name="survey_slot_once"),
            models.UniqueConstraint(fields=["questionnaire", "cell", "response"], name="survey_slot_of_response"),
        ]
        indexes = [
            models.Index(
                fields=["questionnaire", "cell", "number"], name="survey_free_slots", condition=Q(response=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell} {self.number}"


class ExportQuerySet(models.QuerySet["Export"]):
    """Reads of files that were ordered."""

    def visible_to(self, actor: Actor) -> ExportQuerySet:
        """Whoever may take answers in a form sees who ordered them so; another's file is what one could order."""
        roles = roles_of(actor)
        return self.filter(kind__in=[kind for kind in Export.Kind.values if access.may_take(roles, kind)])

    def unfinished(self) -> ExportQuerySet:
        """Those that wait or are being made."""
        return self.filter(state__in=[Export.State.WAITING, Export.State.RUNNING])


class Export(models.Model):
    """All answers to a questionnaire as a file that the worker makes; it lies in the private folder for some time.

    `filters` are values by question, as `Answers.where` takes them; `done` of `total` responses are written.
    """

    class Kind(models.TextChoices):
        """Those of `access.FORMATS` that hold the answers of single people."""

        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        SAV = "sav", "SPSS"
        PARQUET = "parquet", "Parquet"
        JSON = "json", "JSON"
        PERSONAL = "personal", _("JSON with what says who somebody is")

    class State(models.TextChoices):
        """From the order to the file."""

        WAITING = "waiting", pgettext_lazy("file of answers", "waiting")
        RUNNING = "running", pgettext_lazy("file of answers", "being made")
        READY = "ready", pgettext_lazy("file of answers", "ready")
        CANCELLED = "cancelled", pgettext_lazy("file of answers", "cancelled")
        FAILED = "failed", pgettext_lazy("file of answers", "failed")

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=10, choices=Kind)
    language = models.CharField(max_length=10)
    filters = models.JSONField(default=dict, blank=True)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # When it last moved: a worker that died leaves it running and silent.
    moved_at = models.DateTimeField(default=timezone.now)
    # Goes up whenever a worker takes it; a worker that holds an older take stops.
    take = models.PositiveIntegerField(default=0)
    # So many workers died with it.
    lost = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(storage=private_storage, blank=True)
    # In bytes.
    size = models.PositiveBigIntegerField(default=0)
    # When file and row are deleted; None until it is ready, cancelled or failed.
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ready") & ~Q(file="") | ~Q(state="ready") & Q(file=""), name="survey_export_file"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], expires_at=None)
                | Q(state__in=["ready", "cancelled", "failed"], expires_at__isnull=False),
                name="survey_export_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.kind} {self.language}"

    @property
    def is_personal(self) -> bool:
        """Whether it says who somebody is."""
        return self.kind in access.PERSONAL

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being made."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


# Who reads studies; analysts write them.
STUDY_READERS = (Role.ANALYST, Role.EDITOR)


class SurveyStudyQuerySet(models.QuerySet["Study"]):
    """Reads of studies."""

    def visible_to(self, actor: Actor) -> SurveyStudyQuerySet:
        """Those who see results at the desk see all, nobody else any."""
        return self.all() if has_role(actor, *STUDY_READERS) else self.none()


class Study(models.Model):
    """What several waves of asking find out together, and what is known of the population they speak for."""

    # The one-time token of the form it was made with: sent twice, there is one study.
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    # Whom it speaks for, in words.
    audience = models.CharField(max_length=200, blank=True)
    # Its reach belongs beside the waves before and after it.
    campaign = models.ForeignKey(
        "campaigns.Campaign", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Goes up with every change, so that a form that was open meanwhile is refused instead of overwriting.
    revision = models.PositiveIntegerField(default=0)

    objects = SurveyStudyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class StudyWave(models.Model):
    """One time of asking: a questionnaire, and where it was asked more than once, which of its responses."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="waves")
    # Running in the study; the order in which waves are shown.
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    # Only responses to this version, of this wave of invitations, of these local days; null: of all.
    version = models.PositiveSmallIntegerField(null=True, blank=True)
    invitations = models.PositiveSmallIntegerField(null=True, blank=True)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    audience = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["study_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="survey_study_wave_once"),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="survey_study_wave_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study_id}/{self.number}"


class Benchmark(models.Model):
    """How large the groups of a question are in the population, from another source.

    `shares` is a list of [value of the answer, percent]; null: nothing is known of this group, so it is left out.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="benchmarks")
    # Key of its column (`surveys.results.layout`).
    question = models.CharField(max_length=128)
    source = models.CharField(max_length=200)
    shares = models.JSONField()

    class Meta:
        ordering = ["study_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["study", "question"], name="survey_benchmark_once")]

    def __str__(self) -> str:
        return f"{self.study_id} {self.question}"


# Who keeps a part in the library for every department: those who answer for how it is asked.
LIBRARY_SHARERS = (Role.ANALYST,)


class KeptPartQuerySet(models.QuerySet["KeptPart"]):
    """Reads of the library of questions."""

    def visible_to(self, actor: Actor) -> KeptPartQuerySet:
        """Editors see what is shared, what their departments keep, and what they kept themselves; nobody else any."""
        if not has_role(actor, Role.EDITOR):
            return self.none()
        own = Q(department__in=departments_of(actor, Role.EDITOR))
        mine = Q(created_by_id=actor.pk) if actor.pk else Q()
        return self.filter(Q(is_shared=True) | own | mine)


class KeptPart(models.Model):
    """A question, group or page that an editor keeps for other questionnaires.

    `definition` is a definition of its own (`surveys.definition.keeping`); whoever takes it has a copy.
    """

    class Kind(models.TextChoices):
        """What of a questionnaire it is."""

        ITEM = "item", pgettext_lazy("part of a questionnaire", "Question")
        PAGE = "page", pgettext_lazy("part of a questionnaire", "Page")

    # The one-time token of the form it was kept with: sent twice, it is kept once.
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=4, choices=Kind)
    # Of the question, else "group", "repeat" or "page".
    type = models.CharField(max_length=20)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    # What it is about, in words between which there are commas.
    topics = models.CharField(max_length=500, blank=True)
    definition = models.JSONField()
    # What is searched: titles, topics and the words of the questions, in small letters.
    words = models.TextField(editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    # Every department has it.
    is_shared = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Goes up with every change, so that a form that was open meanwhile is refused instead of overwriting.
    revision = models.PositiveIntegerField(default=0)

    objects = KeptPartQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language."""
        return in_active_language(self.title_zh, self.title_en)

    @cached_property
    def parsed(self) -> model.Definition:
        """The definition, read."""
        return model.parse(self.definition)


class PaperBatchQuerySet(models.QuerySet["PaperBatch"]):
    """Reads of batches of paper answers."""

    def visible_to(self, actor: Actor) -> PaperBatchQuerySet:
        """Those who take in paper, nobody else."""
        return self.all() if has_role(actor, *PAPER_ROLES) else self.none()


class PaperBatch(models.Model):
    """A table of answers on paper: checked, then taken in by the worker, and undone as a whole where it was wrong.

    `sealed` is JSON of the sheets that still wait, and empty afterwards. `failed` lists what was refused at the moment
    of taking in, as [row, number of the sheet, code, values].
    """

    class State(models.TextChoices):
        """From the check to what counts."""

        CHECKED = "checked", pgettext_lazy("batch of paper answers", "checked, not taken in")
        WAITING = "waiting", pgettext_lazy("batch of paper answers", "being taken in")
        DONE = "done", pgettext_lazy("batch of paper answers", "taken in")
        UNDONE = "undone", pgettext_lazy("batch of paper answers", "undone")

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="paper_batches")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="paper_batches")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.CHECKED)
    # Keyed in one by one on a day by one person, instead of brought as a file.
    by_hand = models.BooleanField(default=False)
    sheets = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    # Answers to questions that were not for who answered: left out.
    skipped = models.PositiveIntegerField(default=0)
    failed = models.JSONField(default=list, blank=True)
    sealed = SealedTextField(blank=True)

    objects = PaperBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["state", "made_at"], name="survey_paper_waiting")]

    def __str__(self) -> str:
        return f"paper {self.pk}"

    @property
    def taken(self) -> int:
        """How many sheets became answers."""
        return self.done - len(self.failed)


class PaperSheet(models.Model):
    """That the sheet of a number was taken in, so that none is taken in twice; gone with the undoing of its batch."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="paper_sheets")
    # As it is compared: widths and cases do not count.
    number = models.CharField(max_length=80)
    batch = models.ForeignKey(PaperBatch, on_delete=models.CASCADE, related_name="papers")
    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="paper_sheet")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["questionnaire", "number"], name="survey_sheet_once")]

    def __str__(self) -> str:
        return self.number
