"""Periodic work of this room."""

from importlib import import_module

from django.conf import settings

from engage.schedule import every


@every(seconds=3600)
def forget_old_sessions() -> None:
    """Delete sessions that are over: a basket that was never sent is somebody's words."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
