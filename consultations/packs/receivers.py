"""Keeps the search index in step when the page of a call is published or hidden in the Studio."""

from typing import Any

from wagtail.signals import page_published, page_unpublished

from consultations.models import ConsultationPage
from engage.search import actions as search


def bring_index_in_step(sender: type, instance: ConsultationPage, **kwargs: Any) -> None:
    """Index, or take out, the packs of the call."""
    packs = list(instance.consultation.packs.defer("content"))
    if packs:
        search.index(*packs)


def connect() -> None:
    """Listen to the pages of calls."""
    for signal in (page_published, page_unpublished):
        signal.connect(bring_index_in_step, sender=ConsultationPage, dispatch_uid=f"packs.index.{id(signal)}")
