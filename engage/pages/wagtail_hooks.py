"""The Studio's frame: menu, first page, style, and what starts its fields without inline scripts."""

from typing import Any

from django.http import Http404, HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.documents.models import AbstractDocument
from wagtail.models import Page

from engage.pages import strict_studio, studio
from engage.pages.gate import check_live, is_file_public, may_see_file

strict_studio.install()
# After Wagtail's own: these look at what is there.
hooks.register("construct_main_menu", studio.arrange_menu, order=100)
hooks.register("construct_settings_menu", studio.arrange_settings, order=100)
# Before the rooms' own panels.
hooks.register("construct_homepage_panels", studio.arrange_home, order=-100)


@hooks.register("before_serve_page")
def only_what_was_released(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> None:
    """A live page is shown only with the content that was signed."""
    check_live(page)


@hooks.register("before_serve_document")
def only_released_files(document: AbstractDocument, request: HttpRequest) -> None:
    """A document is public as part of something released, with the bytes that were signed."""
    if not may_see_file(request.user, document) and not is_file_public(document):
        raise Http404


@hooks.register("insert_global_admin_css")
def studio_style() -> SafeString:
    """Dress the Studio in the product's colours."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/studio.css"))


@hooks.register("insert_global_admin_js")
def studio_script() -> SafeString:
    """Start date fields, choosers and inline panels."""
    return format_html('<script type="module" src="{}"></script>', static("js/studio.js"))
