"""What calls give the press room: what a digest tells of them, and that releases may point to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consultations.models import Consultation, ConsultationPage
from engage.accounts.actors import ANYONE
from engage.outreach.press.registry import Related, Source, Told


def _pages() -> dict[int, ConsultationPage]:
    """Return call to its page in the active language, of those that everybody may read."""
    pages = ConsultationPage.objects.visible_to(ANYONE).filter(locale__language_code=get_language() or "")
    return {page.consultation_id: page for page in pages}


def told(since: datetime, until: datetime) -> Sequence[Told]:
    """List the calls that opened in the time."""
    pages = _pages()
    calls = Consultation.objects.visible_to(ANYONE).filter(opens_at__gte=since, opens_at__lt=until)
    calls = calls.filter(opens_at__lte=timezone.now()).order_by("opens_at", "pk")
    return [
        Told(pages[call.pk].title, reverse("consultation", args=[call.slug]), call.opens_at, pages[call.pk].summary)
        for call in calls
        if call.pk in pages
    ]


def choices() -> Sequence[tuple[str, str]]:
    """List the calls a release may point to, newest first."""
    pages = _pages()
    calls = Consultation.objects.visible_to(ANYONE).filter(pk__in=pages).order_by("-opens_at", "-pk")[:50]
    return [(call.slug, pages[call.pk].title) for call in calls]


def found(slugs: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Return slug to title and address of the calls that everybody may read now."""
    pages = _pages()
    calls = Consultation.objects.visible_to(ANYONE).filter(slug__in=slugs, pk__in=pages)
    return {call.slug: (pages[call.pk].title, reverse("consultation", args=[call.slug])) for call in calls}


SOURCE = Source("consultation", _("Calls for comments"), 30, told)
RELATED = Related("consultation", _("Calls for comments"), choices, found)
