"""Keeps the search index in step when a page is published or hidden in the Studio."""

from typing import Any

from django.db import transaction
from wagtail.signals import page_published, page_unpublished

from consultations import actions
from consultations.models import ConsultationPage


def bring_index_in_step(sender: type, instance: ConsultationPage, **kwargs: Any) -> None:
    """Index, or take out, the call, its articles and its comments."""
    with transaction.atomic():
        actions.index_call(instance)


def connect() -> None:
    """Listen to the pages of calls."""
    for signal in (page_published, page_unpublished):
        signal.connect(bring_index_in_step, sender=ConsultationPage, dispatch_uid=f"consultations.index.{id(signal)}")
