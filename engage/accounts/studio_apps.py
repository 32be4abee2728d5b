"""Wagtail's users app with Engage's own pages for people and roles; named in INSTALLED_APPS instead of it."""

from wagtail.users.apps import WagtailUsersAppConfig


class StudioUsersConfig(WagtailUsersAppConfig):
    user_viewset = "engage.accounts.studio.PeopleViewSet"
