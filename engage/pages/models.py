"""The Wagtail site: home, sections, articles, site settings; topics that tie everything together."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.models import Page

from engage.departments.models import in_active_language
from engage.pages.blocks import prose_blocks


class Topic(models.Model):
    """What something is about; followed, filtered and reported by."""

    code = models.SlugField(_("code"), max_length=48, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)

    class Meta:
        ordering = ["code"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return in_active_language(self.name_zh, self.name_en)


class StandardIndexMixin:
    """An index page: a title and an introduction above a list that a view makes."""

    template = "pages/section.html"
    shows_lists = True


class HomePage(Page):
    """The front door of one language: hero, four doors, what closes soon, what changed."""

    hero = models.CharField(_("first sentence"), max_length=120)
    lede = models.TextField(_("second sentence"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("hero"), FieldPanel("lede")]
    parent_page_types = ["wagtailcore.Page"]
    template = "pages/home.html"
    shows_lists = True

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the strips that the domain apps fill."""
        from engage.pages.strips import filled_strips

        return super().get_context(request, *args, **kwargs) | {"strips": filled_strips(request)}


class SectionPage(Page):
    """A page that lists its children."""

    intro = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    template = "pages/section.html"
    shows_lists = True

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the public children, newest first."""
        from engage.pages.visibility import public_only

        children = public_only(self.get_children()).order_by("-first_published_at").specific()
        return super().get_context(request, *args, **kwargs) | {"children": children}


class ArticlePage(Page):
    """Ordinary prose: standing pages, news."""

    intro = models.TextField(_("introduction"), blank=True)
    body = StreamField(prose_blocks(), blank=True, verbose_name=_("text"))
    in_foot = models.BooleanField(_("linked in the foot of every page"), default=False)
    topics = ParentalManyToManyField(Topic, blank=True, verbose_name=_("topics"))

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    promote_panels = [
        *Page.promote_panels,
        FieldPanel("in_foot"),
        FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
    ]
    template = "pages/article.html"

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


@register_setting(icon="home")
class Office(BaseSiteSetting):
    """Who runs this installation."""

    name_zh = models.CharField(_("name in Chinese"), max_length=80, default="示例部门")
    name_en = models.CharField(_("name in English"), max_length=80, default="Sample department")

    class Meta:
        verbose_name = _("office")

    @property
    def name(self) -> str:
        """The name in the active language."""
        return in_active_language(self.name_zh, self.name_en)
