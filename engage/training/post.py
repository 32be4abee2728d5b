"""How letters leave: the site's own way, or the outbox folder of a practice site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.filebased import EmailBackend as Folder
from django.utils.module_loading import import_string

from engage.training.isolation import here


def backend(fail_silently: bool = False, **options: Any) -> BaseEmailBackend:
    """Return what sends; `settings.EMAIL_BACKEND` names this, `settings.POST_BACKEND` the way of the real site."""
    if place := here():
        return Folder(fail_silently=fail_silently, file_path=str(place.outbox))
    return import_string(settings.POST_BACKEND)(fail_silently=fail_silently, **options)
