"""The Studio's frame: menu, first page, style, and what starts its fields without inline scripts."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from engage.pages import strict_studio, studio

strict_studio.install()
# After Wagtail's own: these look at what is there.
hooks.register("construct_main_menu", studio.arrange_menu, order=100)
hooks.register("construct_settings_menu", studio.arrange_settings, order=100)
# Before the rooms' own panels.
hooks.register("construct_homepage_panels", studio.arrange_home, order=-100)


@hooks.register("insert_global_admin_css")
def studio_style() -> SafeString:
    """Dress the Studio in the product's colours."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/studio.css"))


@hooks.register("insert_global_admin_js")
def studio_script() -> SafeString:
    """Start date fields, choosers and inline panels."""
    return format_html('<script type="module" src="{}"></script>', static("js/studio.js"))
