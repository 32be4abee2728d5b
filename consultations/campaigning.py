"""What calls for comments, their interpretations and outcomes give a campaign, which knows nothing of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import Consultation, ConsultationPage
from consultations.outcomes.models import Outcome
from consultations.packs.models import Pack
from consultations.rules import CallState
from engage.accounts.actors import ANYONE, Actor
from engage.outreach.campaigns import registry
from engage.outreach.campaigns.queries.report import span
from engage.participation.models import Submission

CALL, PACK, OUTCOME = "call", "interpretation", "outcome"


def _pages(topics: Sequence[str], *, actor: Actor, language: str) -> list[ConsultationPage]:
    """Return the public pages about the topics in one language, what closes last at the top."""
    found = ConsultationPage.objects.visible_to(actor).filter(
        locale__language_code=language, consultation__topics__code__in=topics, consultation__withdrawn_at=None
    )
    return list(found.select_related("consultation").distinct().order_by("-consultation__closes_at", "-pk"))


def _call(page: ConsultationPage) -> registry.Item:
    call, now = page.consultation, timezone.now()
    is_open = call.state(now) is CallState.OPEN
    note = gettext("Comments until %(day)s") if call.closes_at > now else gettext("Closed on %(day)s")
    return registry.Item(
        source=CALL,
        key=call.slug,
        title=page.title,
        url=reverse("consultation", args=[call.slug]),
        summary=page.summary,
        note=note % {"day": date_format(timezone.localtime(call.closes_at), "DATE_FORMAT")},
        at=call.opens_at,
        is_open=is_open,
    )


def calls(topics: Sequence[str], *, actor: Actor, language: str, limit: int) -> list[registry.Item]:
    """Return the calls about the topics, the open ones first."""
    found = [_call(page) for page in _pages(topics, actor=actor, language=language)]
    return sorted(found, key=lambda item: not item.is_open)[:limit]


def one_call(key: str, *, actor: Actor, language: str) -> registry.Item | None:
    """Return one call."""
    page = (
        ConsultationPage.objects.visible_to(actor)
        .filter(locale__language_code=language, consultation__slug=key)
        .select_related("consultation")
        .first()
    )
    return _call(page) if page else None


def open_drafts(topics: Sequence[str], *, actor: Actor, language: str, limit: int) -> list[registry.Item]:
    """Return the calls that take comments now."""
    return [item for item in calls(topics, actor=actor, language=language, limit=500) if item.is_open][:limit]


def _on_page(source: str, view: str, title: str, page: ConsultationPage, at: object = None) -> registry.Item:
    slug = page.consultation.slug
    return registry.Item(source, slug, title % {"title": page.title}, reverse(view, args=[slug]), summary=page.summary)


def packs(topics: Sequence[str], *, actor: Actor, language: str, limit: int) -> list[registry.Item]:
    """Return the published interpretations of calls about the topics."""
    pages = _pages(topics, actor=actor, language=language)
    public = Pack.objects.visible_to(actor).filter(state=Pack.State.PUBLISHED)
    shown = set(
        public.filter(consultation__in=[page.consultation_id for page in pages]).values_list("consultation", flat=True)
    )
    return [_pack(page) for page in pages if page.consultation_id in shown][:limit]


def _pack(page: ConsultationPage) -> registry.Item:
    return _on_page(PACK, "interpretation", gettext("Explained: %(title)s"), page)


def one_pack(key: str, *, actor: Actor, language: str) -> registry.Item | None:
    """Return the interpretation of one call."""
    page = _page_of(key, actor=actor, language=language)
    public = Pack.objects.visible_to(actor).filter(state=Pack.State.PUBLISHED, consultation__slug=key)
    return _pack(page) if page and public.exists() else None


def _page_of(key: str, *, actor: Actor, language: str) -> ConsultationPage | None:
    found = ConsultationPage.objects.visible_to(actor).filter(locale__language_code=language, consultation__slug=key)
    return found.select_related("consultation").first()


def outcomes(topics: Sequence[str], *, actor: Actor, language: str, limit: int) -> list[registry.Item]:
    """Return the published outcomes of calls about the topics."""
    pages = _pages(topics, actor=actor, language=language)
    answered = set(
        Outcome.objects.visible_to(actor)
        .filter(consultation__in=[page.consultation_id for page in pages], state=Outcome.State.PUBLISHED)
        .values_list("consultation", flat=True)
    )
    return [_outcome(page) for page in pages if page.consultation_id in answered][:limit]


def _outcome(page: ConsultationPage) -> registry.Item:
    return _on_page(OUTCOME, "outcome", gettext("What came of it: %(title)s"), page)


def one_outcome(key: str, *, actor: Actor, language: str) -> registry.Item | None:
    """Return the outcome of one call."""
    page = _page_of(key, actor=actor, language=language)
    published = Outcome.objects.visible_to(actor).filter(consultation__slug=key, state=Outcome.State.PUBLISHED)
    return _outcome(page) if page and published.exists() else None


def released(topics: Sequence[str], *, actor: Actor, language: str, limit: int) -> list[registry.Item]:
    """Return what is released about the topics: interpretations, then outcomes."""
    found = packs(topics, actor=ANYONE, language=language, limit=limit)
    return [*found, *outcomes(topics, actor=ANYONE, language=language, limit=limit)][:limit]


def comments(
    topics: Sequence[str], *, first: date, last: date, actor: Actor, language: str
) -> Iterable[registry.Received]:
    """Count the submissions with comments that calls about the topics received, by call and channel."""
    begins, ends = span(first, last)
    public = Consultation.objects.visible_to(actor).filter(topics__code__in=topics)
    received = Submission.objects.filter(
        comments__consultation__in=public.values("pk"),
        state=Submission.State.ACTIVE,
        received_at__gte=begins,
        received_at__lt=ends,
    )
    rows = (
        received.order_by()
        .values_list("comments__consultation__slug", "channel")
        .annotate(n=Count("pk", distinct=True))
    )
    titles = {page.consultation.slug: page.title for page in _pages(topics, actor=actor, language=language)}
    return [registry.Received(slug, titles.get(slug, slug), channel, n) for slug, channel, n in sorted(rows)]


def register() -> None:
    """Tell campaigns of all this."""
    registry.register_source(registry.Source(CALL, _("Calls for comments"), calls, one_call, order=10))
    registry.register_source(registry.Source(PACK, _("Interpretations"), packs, one_pack, order=20))
    registry.register_source(registry.Source(OUTCOME, _("What came of comments"), outcomes, one_outcome, order=30))
    registry.register_suggestions("drafts", _("Drafts open for comments"), open_drafts, order=10)
    registry.register_suggestions("released", _("Released documents"), released, order=20)
    registry.register_participation("comments", _("Comments"), comments)
