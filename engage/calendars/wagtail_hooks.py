"""The Studio's screens for work calendars and clock profiles."""

from wagtail import hooks

from engage.calendars.studio import CalendarsGroup


@hooks.register("register_admin_viewset")
def register_calendars() -> CalendarsGroup:
    """Days, years and clock profiles in one menu."""
    return CalendarsGroup()
