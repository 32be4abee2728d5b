"""The release gate in the Studio: menu, first page, the buttons of the page editor, several pages at once."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from engage.pages import studio as first_page
from engage.publishing import studio

for group in studio.GROUPS:
    first_page.register(group)

hooks.register("construct_page_action_menu", studio.arrange_actions, order=100)
hooks.register("before_edit_page", studio.note_time)
hooks.register("after_edit_page", studio.after_edit)
hooks.register("after_create_page", studio.after_edit)
# After Wagtail's own of the same name, which would publish.
hooks.register("register_bulk_action", studio.HandInSeveral, order=100)


@hooks.register("register_admin_menu_item")
def release_menu_item() -> MenuItem:
    """Lead to the gate, which is on the desk."""
    return studio.ReleaseMenuItem(
        _("Release gate"), reverse("release_desk"), name="releases", icon_name="check", order=117
    )
