"""Consultations in the Studio: menu, forms of the call and of published changes, the draft desk."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from consultations import studio
from consultations.models import Change, Consultation
from engage.accounts.actors import Role, has_role
from engage.pages.models import Topic


class ConsultationViewSet(SnippetViewSet):
    """The call: dates, department, topics."""

    model = Consultation
    icon = "comment"
    menu_label = _("Calls")
    list_display = ["slug", "department", "opens_at", "closes_at"]
    panels = [
        FieldPanel("slug"),
        FieldPanel("department"),
        FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at"), FieldPanel("answer_days")]),
        FieldPanel("moderation"),
        FieldPanel("topics"),
    ]


class ChangeViewSet(SnippetViewSet):
    """What changed because of comments."""

    model = Change
    icon = "tick"
    menu_label = _("Published changes")
    list_display = ["consultation", "article", "people", "published_at"]


class TopicViewSet(SnippetViewSet):
    """Topics."""

    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    list_display = ["code", "name_zh", "name_en"]


class ConsultationGroup(SnippetViewSetGroup):
    """One menu for all of it."""

    menu_label = _("Consultations")
    menu_icon = "comment"
    menu_order = 110
    items = (ConsultationViewSet, ChangeViewSet, TopicViewSet)


register_snippet(ConsultationGroup)


@hooks.register("register_admin_urls")
def draft_desk_urls():
    """Add the draft desk below /studio/drafts/."""
    return [
        path("drafts/", studio.drafts, name="drafts"),
        path("drafts/import/", studio.import_source, name="draft_import"),
        path("drafts/review/", studio.review, name="draft_review"),
        path("drafts/versions/<int:version_id>/", studio.version, name="draft_version"),
        path("drafts/versions/<int:version_id>/correct/", studio.correct, name="draft_correct"),
        path("drafts/versions/<int:version_id>/publish/", studio.publish, name="draft_publish"),
    ]


class DraftMenuItem(MenuItem):
    """The draft desk's entry in the menu, for editors."""

    def is_shown(self, request) -> bool:
        """Show it to editors only."""
        return has_role(request.user, Role.EDITOR)


@hooks.register("register_admin_menu_item")
def draft_menu_item() -> MenuItem:
    """Add the entry."""
    return DraftMenuItem(_("Drafts"), reverse("drafts"), icon_name="doc-full", order=115)
