"""Releases and their frozen editions, the media list and its digests, sections of departments, pages of the press."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Collection, Page, PageManager
from wagtail.query import PageQuerySet

from engage.accounts.actors import Role, has_role
from engage.departments.models import Department, in_active_language
from engage.outreach.press import rules
from engage.pages.blocks import prose_blocks
from engage.pages.models import Topic
from engage.pages.visibility import public_only
from engage.participation.models import Contact

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


# Who reads releases before the public: those who write and sign them, and, once they are let through, journalists.
HOUSE = (
    Role.EDITOR,
    Role.APPROVER,
    Role.REVIEWER_LEGAL,
    Role.REVIEWER_OPENNESS,
    Role.REVIEWER_SECRECY,
)


def private_storage() -> Storage:
    """Return the storage that no address serves directly."""
    return storages["private"]


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Reads of releases as they are written; the public reads their editions."""

    def visible_to(self, actor: Actor) -> ReleaseQuerySet:
        """Who writes or reviews sees them, nobody else does."""
        return self.all() if has_role(actor, *HOUSE) else self.none()


class Release(models.Model):
    """One press release as it is written, both languages side by side. Nothing public is read from this row.

    What was let through is an `Edition`; a correction is written here and becomes the next edition.
    """

    class Kind(models.TextChoices):
        """How long it may be, and which reviews it needs."""

        ROUTINE = rules.ROUTINE, pgettext_lazy("press release", "routine")
        SHORT = rules.SHORT, pgettext_lazy("press release", "daily, short")
        EMERGENCY = rules.EMERGENCY, pgettext_lazy("press release", "emergency")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ROUTINE)
    slug = models.SlugField(
        _("address"),
        max_length=rules.SLUG_MOST,
        unique=True,
        help_text=_("The last part of the address, in Latin letters."),
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="press_releases", verbose_name=_("department")
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    # Language to field to text; the fields are those of `rules.FIELDS`.
    words = models.JSONField(default=dict)
    # What changed, by language; asked for once there is an edition.
    correction = models.JSONField(default=dict)
    # [kind, id] of what other rooms registered.
    related = models.JSONField(default=list)
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Everybody who wrote in it: none of them may sign it.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Goes up with every change, so that a form that was open meanwhile is refused instead of overwriting.
    revision = models.PositiveIntegerField(default=0)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("press release")
        verbose_name_plural = _("press releases")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="emergency") | Q(embargo_until__isnull=True), name="emergency_without_embargo"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.slug

    @property
    def title(self) -> str:
        """The title in the active language, or in the other one."""
        titles = [self.words.get(language, {}).get("title", "") for language in rules.LANGUAGES]
        return in_active_language(*titles)


class Material(models.Model):
    """A picture or document of a release, cleaned of hidden data, kept outside the public media. Never overwritten."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="materials")
    file = models.FileField(upload_to="press/%Y/%m", storage=private_storage)
    # Of a picture: as pages show it; the original goes into the pack for the press.
    small = models.FileField(upload_to="press/%Y/%m", storage=private_storage, blank=True)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text=_("bytes"))
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    # What the picture shows, or what the document is.
    alt_zh = models.CharField(_("description in Chinese"), max_length=300, blank=True)
    alt_en = models.CharField(_("description in English"), max_length=300, blank=True)
    # Taken out of the release that is written; editions that carry it go on doing so.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Whether pages show it."""
        return self.media_type.startswith("image/")

    @property
    def alt(self) -> str:
        """The description in the active language."""
        return in_active_language(self.alt_zh, self.alt_en)


class EditionQuerySet(models.QuerySet["Edition"]):
    """Reads of what was let through."""

    def visible_to(self, actor: Actor, now: datetime | None = None) -> EditionQuerySet:
        """Everybody reads what stands and is out of its embargo; the house and accredited journalists before."""
        standing = self.filter(superseded=False, taken_down_at__isnull=True)
        if has_role(actor, Role.JOURNALIST, *HOUSE):
            return standing
        return standing.filter(public_from__lte=now or timezone.now())


class Edition(models.Model):
    """What went out of a release, frozen: its whole content and the SHA-256 of it."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField()
    # What lists filter by; all of it stands in the content too, which no later change of the release touches.
    kind = models.CharField(max_length=12, choices=Release.Kind)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    topics = models.ManyToManyField(Topic, related_name="+")
    # Of the release when it went out: while it is the same, nothing was written since.
    revision = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    public_from = models.DateTimeField(db_index=True)
    # When those were told who hear of news; after the embargo.
    announced_at = models.DateTimeField(null=True, blank=True)
    superseded = models.BooleanField(default=False)
    taken_down_at = models.DateTimeField(null=True, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("press release")
        verbose_name_plural = _("press releases")
        ordering = ["-public_from", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["release", "number"], name="edition_number_once"),
            models.UniqueConstraint(fields=["release"], condition=Q(superseded=False), name="edition_stands_once"),
        ]
        indexes = [
            models.Index(fields=["public_from"], name="edition_to_tell", condition=Q(announced_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.release_id}/{self.number}"


# --- the media list -------------------------------------------------------------------------------------------------


class MediaContactQuerySet(models.QuerySet["MediaContact"]):
    """Reads of the media list."""

    def visible_to(self, actor: Actor) -> MediaContactQuerySet:
        """Editors see it: it holds addresses of persons."""
        return self.all() if has_role(actor, Role.EDITOR) else self.none()

    def counting(self) -> MediaContactQuerySet:
        """Keep those who get letters."""
        return self.filter(confirmed_at__isnull=False)


class MediaContact(models.Model):
    """A journalist who gets the digest. It goes when its contact goes: at the end, or when nobody confirmed."""

    class Basis(models.TextChoices):
        """Why we may write to this address."""

        CONFIRMED = "confirmed", pgettext_lazy("basis of an address", "confirmed by the person")
        ASKED = "asked", pgettext_lazy("basis of an address", "asked us in writing")
        ACCREDITED = "accredited", pgettext_lazy("basis of an address", "accredited with the office")
        PUBLISHED = "published", pgettext_lazy("basis of an address", "address published by the newsroom")

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="media_contact")
    email_index = models.CharField(max_length=64, unique=True)
    outlet = models.CharField(_("newsroom"), max_length=120)
    language = models.CharField(max_length=10)
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("beats"))
    basis = models.CharField(max_length=12, choices=Basis, default=Basis.CONFIRMED)
    basis_note = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Who entered it; empty when the person did.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = MediaContactQuerySet.as_manager()

    class Meta:
        ordering = ["outlet", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(basis="confirmed") | ~Q(basis_note=""), name="media_contact_on_a_basis"),
        ]

    def __str__(self) -> str:
        return f"media contact {self.pk}"


class DigestQuerySet(models.QuerySet["Digest"]):
    """Reads of digests."""

    def visible_to(self, actor: Actor) -> DigestQuerySet:
        """Who writes or reviews sees them; the public gets none of them, the list gets the letters."""
        return self.all() if has_role(actor, *HOUSE) else self.none()


class Digest(models.Model):
    """The letter to the media about one month: what was released in it, and a foreword by the press office."""

    month = models.DateField(unique=True)
    # Language to text.
    foreword = models.JSONField(default=dict)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    revision = models.PositiveIntegerField(default=0)
    # What goes out, as the gate let it through: subject and text by language.
    content = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # Letters are written in batches: the last contact that got one, how many did, and when all were written.
    lettered_up_to = models.BigIntegerField(default=0)
    lettered = models.PositiveIntegerField(default=0)
    lettered_at = models.DateTimeField(null=True, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("media digest")
        verbose_name_plural = _("media digests")
        ordering = ["-month"]
        indexes = [
            models.Index(
                fields=["published_at"],
                name="digest_to_send",
                condition=Q(published_at__isnull=False, lettered_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


# --- sections of departments ----------------------------------------------------------------------------------------


class Section(models.Model):
    """That a department has pages of its own: the group of its editors, and where their pictures and files lie."""

    department = models.OneToOneField(Department, on_delete=models.PROTECT, related_name="section")
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")
    collection = models.OneToOneField(Collection, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.department)


# --- pages ----------------------------------------------------------------------------------------------------------


class PressPageQuerySet(PageQuerySet):
    """Reads of the room's pages."""

    def visible_to(self, actor: Actor) -> PressPageQuerySet:
        """Everybody sees what is live and under no restriction. Drafts are read in the Studio."""
        return public_only(self)


class IndexMixin:
    """An index whose list a view makes; of the page itself there is nothing to look at."""

    template = "pages/section.html"
    shows_lists = True
    preview_modes: list[tuple[str, str]] = []


class PressIndexPage(IndexMixin, Page):
    """The press page of one language, and where its signed articles stand."""

    parent_page_types = ["pages.HomePage"]
    subpage_types = ["press.SignedArticlePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("press index page")
        verbose_name_plural = _("press index pages")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand over to the list, which has the same address."""
        from engage.outreach.press import views

        return views.press(request)


class DepartmentIndexPage(IndexMixin, Page):
    """Where the sections of the departments stand, in one language."""

    parent_page_types = ["pages.HomePage"]
    subpage_types = ["press.DepartmentSectionPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("index page of departments")
        verbose_name_plural = _("index pages of departments")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand over to the list, which has the same address."""
        from engage.outreach.press import views

        return views.departments(request)


class DepartmentSectionPage(Page):
    """The front page of a department's own section in one language; its editors write below it."""

    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="section_pages", verbose_name=_("department")
    )
    intro = models.TextField(_("introduction"), blank=True)
    body = StreamField(prose_blocks(), blank=True, verbose_name=_("text"))
    contact = models.TextField(_("how to reach us"), blank=True, help_text=_("One way a line."))

    objects = PageManager.from_queryset(PressPageQuerySet)()

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body"), FieldPanel("contact")]
    parent_page_types = ["press.DepartmentIndexPage"]
    subpage_types = ["pages.ArticlePage", "pages.SectionPage", "press.SignedArticlePage"]
    template = "press/section.html"
    # Its pages and releases are signed for themselves.
    shows_lists = True

    class Meta:
        verbose_name = _("section of a department")
        verbose_name_plural = _("sections of departments")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the department answers for, its pages and its releases."""
        from engage.outreach.press import queries

        return super().get_context(request, *args, **kwargs) | queries.section_context(self, request.user)

    @property
    def contact_lines(self) -> list[str]:
        """The ways to reach the department."""
        return [line.strip() for line in self.contact.splitlines() if line.strip()]


class SignedArticleForm(WagtailAdminPageForm):
    """A signed article; the last part of its address must not be that of another page of the press."""

    def clean(self) -> dict[str, Any]:
        """Refuse an address below the press page that leads elsewhere."""
        given: dict[str, Any] = super().clean()
        if given.get("slug") in rules.TAKEN and isinstance(self.parent_page.specific, PressIndexPage):
            self.add_error("slug", ValidationError(_("This address is taken. Choose another one."), code="taken"))
        return given


class SignedArticlePage(Page):
    """An article (署名文章) that an office holder signs: byline, position, department, day, where it first appeared."""

    base_form_class = SignedArticleForm

    byline = models.CharField(
        _("signed by"), max_length=120, help_text=_("As the office writes it, for example a name or an office.")
    )
    position = models.CharField(_("position"), max_length=120)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="signed_articles", verbose_name=_("department")
    )
    signed_on = models.DateField(_("dated"), default=timezone.localdate)
    first_where = models.CharField(
        _("first published in"), max_length=200, blank=True, help_text=_("Empty when it appears here first.")
    )
    first_url = models.URLField(_("address there"), max_length=500, blank=True)
    intro = models.TextField(_("in one or two sentences"))
    body = StreamField(prose_blocks(), verbose_name=_("text"))

    objects = PageManager.from_queryset(PressPageQuerySet)()

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("byline"), FieldPanel("position"), FieldPanel("department"), FieldPanel("signed_on")],
            heading=_("Signature"),
        ),
        MultiFieldPanel([FieldPanel("first_where"), FieldPanel("first_url")], heading=_("Where it first appeared")),
        FieldPanel("intro"),
        FieldPanel("body"),
    ]
    parent_page_types = ["press.PressIndexPage", "press.DepartmentSectionPage"]
    subpage_types: list[str] = []
    template = "press/article.html"

    class Meta:
        verbose_name = _("signed article")
        verbose_name_plural = _("signed articles")
