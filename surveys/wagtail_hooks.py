"""Surveys in the Studio: the builder of questionnaires and its entry in the menu."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from engage.accounts.actors import Role, has_role
from surveys.studio import export_views, library_views, part_views, picture_views, preview, views, whole_views


@hooks.register("register_admin_urls")
def builder_urls() -> list[URLPattern]:
    """Add the builder below /studio/questionnaires/."""
    one = "questionnaires/versions/<int:version_id>/"
    part = one + "<slug:kind>/<str:name>/"
    return [
        path("questionnaires/", views.questionnaires, name="questionnaires"),
        path("questionnaires/new/", views.new, name="questionnaire_new"),
        path("questionnaires/library/", library_views.entries, name="questionnaire_library"),
        path("questionnaires/library/<int:part_id>/", library_views.entry, name="questionnaire_library_entry"),
        path("questionnaires/import/", views.import_new, name="questionnaire_import"),
        path("questionnaires/<int:questionnaire_id>/next/", views.open_next, name="questionnaire_next"),
        path(one, views.version, name="questionnaire_version"),
        path(one + "settings/", views.settings, name="questionnaire_settings"),
        path(one + "lists/", whole_views.entries, {"kind": "lists"}, name="questionnaire_lists"),
        path(one + "ballots/", whole_views.entries, {"kind": "ballots"}, name="questionnaire_ballots"),
        path(one + "quotas/", whole_views.entries, {"kind": "quotas"}, name="questionnaire_quotas"),
        path(one + "languages/", whole_views.languages, name="questionnaire_languages"),
        path(one + "translate/<str:code>/", whole_views.translate, name="questionnaire_translate"),
        path(one + "period/", views.period, name="questionnaire_period"),
        path(one + "frames/", views.frames, name="questionnaire_frames"),
        path(one + "checks/", views.checks, name="questionnaire_checks"),
        path(one + "test/", views.test_run, name="questionnaire_test"),
        path(one + "import/", views.import_into, name="questionnaire_import_into"),
        path(one + "export/<slug:form>/", export_views.export_version, name="questionnaire_export"),
        path(one + "paper/<slug:code>/", export_views.paper, name="questionnaire_paper"),
        path(one + "compare/<int:other_id>/", views.compare, name="questionnaire_compare"),
        path(one + "preview/<slug:code>/", preview.frames, name="questionnaire_preview"),
        path(one + "preview/<slug:code>/<int:number>/look/", preview.preview_look, name="questionnaire_preview_look"),
        path(one + "preview/<slug:code>/<int:number>/", preview.preview_page, name="questionnaire_preview_page"),
        path(one + "pictures/", picture_views.whole, name="questionnaire_pictures"),
        path(one + "library/", library_views.take, name="questionnaire_take"),
        path(one + "add/", part_views.add, name="questionnaire_add"),
        path(part, part_views.write, name="questionnaire_part"),
        path(part + "keep/", library_views.keep, name="questionnaire_keep"),
        path(part + "pictures/", picture_views.answers, name="questionnaire_answer_pictures"),
        path(part + "arrange/", part_views.arrange, name="questionnaire_arrange"),
    ]


class BuilderMenuItem(MenuItem):
    """The builder's entry in the menu, for editors."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to editors only."""
        return has_role(request.user, Role.EDITOR)


@hooks.register("register_admin_menu_item")
def builder_menu_item() -> MenuItem:
    """Add the entry."""
    return BuilderMenuItem(
        _("Questionnaires"), reverse("questionnaires"), name="questionnaires", icon_name="list-ul", order=116
    )
