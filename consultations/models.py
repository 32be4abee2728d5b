"""Drafts open for comment: the call, its pages, its clause tree, and what people said about each clause."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet

from consultations import rules
from consultations.drafts import wording
from consultations.drafts.labels import label, question_label
from engage.accounts.actors import is_staff
from engage.departments.models import Department, in_active_language
from engage.pages.blocks import prose_blocks
from engage.pages.models import StandardIndexMixin, Topic
from engage.pages.visibility import public_only
from engage.participation import personal_data
from engage.participation.models import AboutOption, Moderated, ModeratedQuerySet, ModerationState, Submission

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Reads of consultations."""

    def visible_to(self, actor: Actor) -> ConsultationQuerySet:
        """Everybody sees those with a public page, staff all."""
        if is_staff(actor):
            return self.all()
        public = ConsultationPage.objects.visible_to(actor).filter(consultation=OuterRef("pk"))
        return self.filter(Exists(public))


class Consultation(models.Model):
    """One call for comments, the same in every language: when it is open, who answers for it, which text."""

    class Moderation(models.TextChoices):
        """Whether a comment is read before or after the public sees it."""

        PRE = "pre", _("read before publication")
        POST = "post", _("published at once, read afterwards")

    class Kind(models.TextChoices):
        """What is asked about: a draft, or how a policy in force works."""

        DRAFT = "draft", pgettext_lazy("kind of call", "comments on a draft")
        REVIEW = "review", pgettext_lazy("kind of call", "review of a policy in force")

    slug = models.SlugField(
        _("address"), max_length=80, unique=True, help_text=_("The last part of the address, in Latin letters.")
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, verbose_name=_("department in charge"))
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"), help_text=_("The first moment at which comments are refused."))
    answer_days = models.PositiveSmallIntegerField(
        _("days to answer"), default=60, help_text=_("Calendar days after the close in which the outcome is published.")
    )
    moderation = models.CharField(_("moderation"), max_length=8, choices=Moderation, default=Moderation.PRE)
    topics = models.ManyToManyField(Topic, blank=True, verbose_name=_("topics"))
    concerns = models.ManyToManyField(
        AboutOption,
        blank=True,
        related_name="+",
        verbose_name=_("regions and groups concerned"),
        help_text=_("Who follows one of them is told. None: it concerns everybody alike."),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.DRAFT)
    announced_at = models.DateTimeField(
        _("announced"),
        null=True,
        blank=True,
        help_text=_("From this moment on the dates are firm. Empty: the call is planned and they may still change."),
    )
    short_reason_zh = models.TextField(_("why the period is short, in Chinese"), blank=True)
    short_reason_en = models.TextField(_("why the period is short, in English"), blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_reason_zh = models.TextField(blank=True, editable=False)
    withdrawn_reason_en = models.TextField(blank=True, editable=False)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ["closes_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="closes_after_opening"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason_zh="") & ~Q(withdrawn_reason_en=""),
                name="withdrawn_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def title(self) -> str:
        """The title of its page in the active language, or in another; its address before it has a page."""
        titles = {page.locale.language_code: page.title for page in self.pages.all()}
        return titles.get(get_language() or "") or next(iter(titles.values()), self.slug)

    @property
    def short_reason(self) -> str:
        """Why the period is shorter than the rule asks, in the active language; empty when nobody said."""
        return in_active_language(self.short_reason_zh, self.short_reason_en)

    @property
    def withdrawn_reason(self) -> str:
        """Why the call was withdrawn, in the active language."""
        return in_active_language(self.withdrawn_reason_zh, self.withdrawn_reason_en)

    def state(self, now: datetime | None = None, *, answered: bool = False) -> rules.CallState:
        """Return where the call stands at a moment; never stored, so it changes to the minute by itself."""
        return rules.call_state(
            self.opens_at,
            self.closes_at,
            now or timezone.now(),
            announced_at=self.announced_at,
            withdrawn_at=self.withdrawn_at,
            answered=answered,
        )

    def check_open(self, now: datetime) -> None:
        """Raise the refusals of `rules.check_open` unless comments are taken at a moment."""
        rules.check_open(self.opens_at, self.closes_at, now, withdrawn_at=self.withdrawn_at)


class ConsultationPageQuerySet(PageQuerySet):
    """Reads of consultation pages."""

    def visible_to(self, actor: Actor) -> ConsultationPageQuerySet:
        """Everybody sees live pages without a view restriction, staff all."""
        if is_staff(actor):
            return self.all()
        return public_only(self)


class ConsultationIndexPage(StandardIndexMixin, Page):
    """The finder: every call of this language."""

    parent_page_types = ["pages.HomePage"]
    subpage_types = ["consultations.ConsultationPage"]
    max_count_per_parent = 1
    # The list is the view's; of the page itself there is nothing to look at.
    preview_modes: list[tuple[str, str]] = []

    class Meta:
        verbose_name = _("consultation index page")
        verbose_name_plural = _("consultation index pages")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand over to the finder view, which has the same address."""
        from consultations import views

        return views.finder(request)


class ConsultationPage(Page):
    """The words about one call in one language."""

    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="pages", verbose_name=_("consultation")
    )
    summary = models.TextField(
        _("summary"), help_text=_("Three or four plain sentences: what changes, for whom, what is asked.")
    )
    affected = models.TextField(_("who is affected"), blank=True, help_text=_("One group a line."))
    body = StreamField(prose_blocks(), blank=True, verbose_name=_("background"))
    how_decided = models.TextField(_("how we decide"), blank=True)
    contact = models.TextField(_("contact"), blank=True)
    offline = models.TextField(_("ways to take part offline"), blank=True, help_text=_("One way a line."))

    objects = PageManager.from_queryset(ConsultationPageQuerySet)()
    # Its words go public with the call's dates and texts, in every language at once.
    gate_kind = "call"

    content_panels = [
        *Page.content_panels,
        FieldPanel("consultation"),
        MultiFieldPanel([FieldPanel("summary"), FieldPanel("affected")], heading=_("In short")),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("how_decided"), FieldPanel("contact"), FieldPanel("offline")], heading=_("Taking part")
        ),
    ]
    parent_page_types = ["consultations.ConsultationIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("consultation page")
        verbose_name_plural = _("consultation pages")

    @property
    def gate_object(self) -> Consultation:
        """What is handed in at the release gate."""
        return self.consultation

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand over to the overview view, which has the same address."""
        from consultations import views

        return views.overview(request, self.consultation.slug)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the overview with the words as they stand in the editor."""
        from consultations import queries, views

        return views.overview_of(request, queries.call_of(self, now=timezone.now()))

    @property
    def affected_lines(self) -> list[str]:
        """The groups that are affected."""
        return [line.strip() for line in self.affected.splitlines() if line.strip()]

    @property
    def offline_lines(self) -> list[str]:
        """The ways to take part offline."""
        return [line.strip() for line in self.offline.splitlines() if line.strip()]


class Draft(models.Model):
    """One text on its way to becoming law, or the questions of a call; imported before there is a call, if need be.

    A call may carry several, and one list of questions. The first has no `slug`; each further one has a name of its own
    in addresses, which also stands before the keys of its clauses: so a key names one clause in the whole call.
    """

    class Kind(models.TextChoices):
        """What it holds."""

        TEXT = "text", pgettext_lazy("kind of draft", "text")
        QUESTIONS = "questions", pgettext_lazy("kind of draft", "questions")

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.TEXT, editable=False)
    slug = models.SlugField(_("address"), max_length=24, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=300)
    consultation = models.ForeignKey(
        Consultation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="drafts",
        verbose_name=_("consultation"),
    )
    published = models.ForeignKey(
        "Version",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("published version"),
    )

    class Meta:
        verbose_name = pgettext_lazy("policy text", "draft")
        verbose_name_plural = pgettext_lazy("policy text", "drafts")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["consultation", "slug"], name="draft_name_once_in_a_call")]

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """What stands before the keys of its clauses: `schedule__`; nothing for the first text of a call."""
        return rules.key_prefix(self.slug)


class Version(models.Model):
    """One state of a draft's text. Once published it is never changed; a change is a new version."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    source_name = models.CharField(max_length=200, blank=True)
    doubts = models.JSONField(default=list, help_text=_("What the import was not sure of: line, code, values."))

    class Meta:
        ordering = ["draft_id", "number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.number}"


class VersionText(models.Model):
    """Title and note of a version in one language."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=300)
    note = models.TextField(blank=True)
    source = models.TextField(blank=True, help_text=_("The text as an editor corrects it, one clause a line."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="version_text_per_language")]

    def __str__(self) -> str:
        return self.title


class Clause(models.Model):
    """One node of the text: part, chapter, section, article, paragraph, item, sub-item."""

    class Level(models.TextChoices):
        """The levels of a Chinese regulation; other traditions map onto them."""

        PART = "part", _("part")
        CHAPTER = "chapter", _("chapter")
        SECTION = "section", pgettext_lazy("clause", "section")
        ARTICLE = "article", pgettext_lazy("clause", "article")
        PARAGRAPH = "paragraph", _("paragraph")
        ITEM = "item", _("item")
        SUBITEM = "subitem", _("sub-item")

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="clauses")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    position = models.PositiveIntegerField()
    level = models.CharField(max_length=12, choices=Level)
    number = models.CharField(max_length=24, blank=True)
    key = models.CharField(max_length=120, help_text=_("Akoma Ntoso eId, the clause's part of the address."))
    stable_id = models.UUIDField(
        default=uuid.uuid4, editable=False, db_index=True, help_text=_("Kept by the same clause in later versions.")
    )

    class Meta:
        ordering = ["version_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="clause_key_once"),
            models.UniqueConstraint(fields=["version", "position"], name="clause_position_once"),
        ]

    def __str__(self) -> str:
        return self.key

    def label(self, language: str) -> str:
        """Return how it is called by its number alone: 第十二条, Article 12, Question 3; empty without a number."""
        if rules.is_question(self.key) and self.level == self.Level.ARTICLE:
            return question_label(self.number, language)
        return label(self.level, self.number, language)

    @property
    def slug(self) -> str:
        """The clause's part of the address: `art-12`."""
        return self.key.replace("_", "-")


class ClauseText(models.Model):
    """The words of a clause in one language."""

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    label = models.CharField(max_length=60, blank=True)
    heading = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    notes = models.JSONField(default=list, blank=True, help_text=_("Its footnotes: place in the text, mark, words."))
    plain_words = models.TextField(_("in plain words"), blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clause", "language"], name="clause_text_per_language")]

    def __str__(self) -> str:
        return f"{self.label} {self.heading}".strip()


class ClauseLineage(models.Model):
    """What became of a clause in the next version. Several rows for one clause: it was split, or merged, or both.

    `old` is empty for a new clause, `new` for a removed one. `reasons`: why a person should look, code and values.
    """

    class Relation(models.TextChoices):
        """How the new clause relates to the old one."""

        SAME = "same", pgettext_lazy("clause", "the same")
        REWORDED = "reworded", pgettext_lazy("clause", "reworded")
        RENUMBERED = "renumbered", pgettext_lazy("clause", "renumbered")
        MOVED = "moved", pgettext_lazy("clause", "moved")
        SPLIT = "split", pgettext_lazy("clause", "split")
        MERGED = "merged", pgettext_lazy("clause", "merged")
        NEW = "new", pgettext_lazy("clause", "new")
        REMOVED = "removed", pgettext_lazy("clause", "removed")

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="lineage")
    old = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.CASCADE, related_name="successors")
    new = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.CASCADE, related_name="sources")
    relation = models.CharField(max_length=12, choices=Relation)
    similarity = models.FloatField(help_text=_("Share of common wording, 0 to 1."))
    doubt = models.FloatField(default=0, help_text=_("How much the link needs a person's eye, 0 to 1."))
    reasons = models.JSONField(default=list)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="lineage_once"),
            models.CheckConstraint(condition=Q(old__isnull=False) | Q(new__isnull=False), name="lineage_has_an_end"),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} {self.relation} {self.new_id}"


class CommentQuerySet(ModeratedQuerySet):
    """Reads of comments."""

    def visible_to(self, actor: Actor) -> CommentQuerySet:
        """What moderation allows, under consultations the actor may see; a sender always sees the own."""
        from engage.accounts.actors import ReceiptHolder

        allowed = super().visible_to(actor)
        if is_staff(actor):
            return allowed
        under_public = Q(consultation__in=Consultation.objects.visible_to(actor))
        if isinstance(actor, ReceiptHolder):
            return allowed.filter(under_public | Q(submission_id=actor.submission_id))
        return allowed.filter(under_public)


class Comment(Moderated):
    """What one person wrote about one clause, or about the whole draft when `clause` is empty."""

    class Stance(models.TextChoices):
        """Where the writer stands."""

        SUPPORT = "support", _("Support")
        CHANGE = "change", _("Support with a change")
        OPPOSE = "oppose", _("Oppose")
        QUESTION = "question", _("Question")
        # Of what arrives on paper or from elsewhere; whoever writes here is asked.
        UNSTATED = "unstated", _("No view stated")

        @classmethod
        def askable(cls) -> list[tuple[str, Any]]:
            """Return the choices a writer is given."""
            return [choice for choice in cls.choices if choice[0] != cls.UNSTATED]

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="comments")
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="comments")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="comments")
    clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="comments")
    position = models.PositiveSmallIntegerField(default=0)
    stance = models.CharField(max_length=12, choices=Stance)
    text = models.TextField()
    suggested = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    # When a coder was done with it: the next one to code is found without a look at all others.
    coded_at = models.DateTimeField(null=True, blank=True)
    # Counted, read by the department, shown to nobody else: the writer asked for it before sending.
    confidential = models.BooleanField(default=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["submission_id", "position"]
        indexes = [
            models.Index(fields=["consultation", "moderation_state", "-created_at"], name="comment_list"),
            models.Index(fields=["clause", "moderation_state"], name="comment_by_clause"),
            models.Index(fields=["consultation", "id"], condition=Q(coded_at=None), name="comment_to_code"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidential=False) | ~Q(moderation_state=ModerationState.PUBLISHED),
                name="confidential_is_not_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.position}"

    @cached_property
    def public_text(self) -> str:
        """The text with personal data hidden: the only form that leaves the house."""
        return personal_data.mask(self.text)

    @cached_property
    def public_suggested(self) -> str:
        """The suggested wording with personal data hidden."""
        return personal_data.mask(self.suggested)

    def wording_diff(self, original: str) -> list[wording.Piece]:
        """Return the suggested wording against the original text of the clause."""
        return wording.diff(original, self.public_suggested, self.language) if self.suggested else []


class CommentRevision(models.Model):
    """What a comment said before its sender changed it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")
    replaced_at = models.DateTimeField(default=timezone.now)
    stance = models.CharField(max_length=12, choices=Comment.Stance)
    text = models.TextField()
    suggested = models.TextField(blank=True)

    class Meta:
        ordering = ["replaced_at"]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.replaced_at:%Y-%m-%d %H:%M}"


class Change(models.Model):
    """One published consequence of comments: the words before and after, and how many people asked for it."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="changes")
    article = models.CharField(pgettext_lazy("clause", "article"), max_length=24)
    before_zh = models.TextField(_("before, Chinese"))
    after_zh = models.TextField(_("after, Chinese"))
    before_en = models.TextField(_("before, English"))
    after_en = models.TextField(_("after, English"))
    people = models.PositiveIntegerField(_("people who asked for it"))
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("published change")
        verbose_name_plural = _("published changes")

    def __str__(self) -> str:
        return gettext("%(call)s: %(article)s") % {"call": self.consultation, "article": self.title}

    @property
    def before(self) -> str:
        """The old words in the active language."""
        return in_active_language(self.before_zh, self.before_en)

    @property
    def after(self) -> str:
        """The new words in the active language."""
        return in_active_language(self.after_zh, self.after_en)

    @property
    def title(self) -> str:
        """The article, as it is printed in the active language."""
        return label("article", self.article, get_language() or "")
