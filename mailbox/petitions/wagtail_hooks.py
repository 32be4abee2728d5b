"""What the Studio knows of this room."""

from wagtail import hooks

from mailbox.petitions.starting.studio import PetitionsGroup


@hooks.register("register_admin_viewset")
def register_petitions() -> PetitionsGroup:
    """Rules, reasons, thresholds and limits in one menu."""
    return PetitionsGroup()
