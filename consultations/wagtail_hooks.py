"""Consultations in the Studio: menu, forms of the call and of published changes, the draft desk, what waits."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from consultations.calls import studio as running
from consultations.plans import studio as plans
from consultations.studio import drafts, matching, pages, plain_words
from consultations.studio.calls import ConsultationGroup, DeleteSeveral
from consultations.studio.waiting import GROUPS
from consultations.study import studio as study
from engage.accounts.actors import Role, has_role
from engage.pages import studio

register_snippet(ConsultationGroup)
# After Wagtail's own of the same name, which writes no journal.
hooks.register("register_bulk_action", DeleteSeveral, order=100)
for group in GROUPS:
    studio.register(group)


@hooks.register("register_admin_urls")
def draft_desk_urls():
    """Add the draft desk below /studio/drafts/."""
    return [
        path("calls/<int:call_id>/extend/", running.extend, name="call_extend"),
        path("calls/<int:call_id>/withdraw/", running.withdraw, name="call_withdraw"),
        path("calls/<int:call_id>/method/", study.method, name="call_method"),
        path("plan/<int:policy_id>/move/", plans.move, name="plan_move"),
        path("drafts/", drafts.drafts, name="drafts"),
        path("drafts/import/", drafts.import_source, name="draft_import"),
        path("drafts/review/", drafts.review, name="draft_review"),
        path("drafts/versions/<int:version_id>/", drafts.version, name="draft_version"),
        path("drafts/versions/<int:version_id>/correct/", drafts.correct, name="draft_correct"),
        path("drafts/versions/<int:version_id>/plain/<str:language>/", plain_words.plain_words, name="draft_plain"),
        path("drafts/versions/<int:version_id>/match/", matching.match, name="draft_match"),
        path("drafts/versions/<int:version_id>/publish/", drafts.publish, name="draft_publish"),
        path("drafts/versions/<int:version_id>/page/<str:language>/", pages.make_page, name="draft_page"),
    ]


class DraftMenuItem(MenuItem):
    """The draft desk's entry in the menu, for editors."""

    def is_shown(self, request) -> bool:
        """Show it to editors only."""
        return has_role(request.user, Role.EDITOR)


@hooks.register("register_admin_menu_item")
def pack_menu_item() -> MenuItem:
    """Lead to the interpretation packs, which are written where they are approved: at the desk."""
    return DraftMenuItem(_("Interpretations"), reverse("pack_desk"), name="packs", icon_name="openquote", order=116)


@hooks.register("register_admin_menu_item")
def draft_menu_item() -> MenuItem:
    """Add the entry."""
    label = pgettext_lazy("policy text", "Drafts")
    return DraftMenuItem(label, reverse("drafts"), name="drafts", icon_name="doc-full", order=115)
