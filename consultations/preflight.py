"""A call at the preflight and at the freshness desk: pages, texts, files and interpretation, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from consultations import queries, rules, views
from consultations.calls.models import Evidence
from consultations.calls.queries import shortest_days
from consultations.gate import newest_versions
from consultations.models import Consultation, ConsultationPage, Draft, Version
from consultations.outcomes import queries as outcomes
from consultations.packs.models import Pack
from consultations.packs.preflight import pack_forms
from engage.accounts.actors import ANYONE, SYSTEM, Actor, Role, has_role
from engage.pages.translation import HTML_LANG
from engage.publishing.preflight.pages import (
    REVIEWERS,
    attachment_of,
    edit_url,
    files_of,
    in_languages,
    page_blocks,
    page_form,
    stranger,
)
from engage.publishing.preflight.port import Awaited, Block, Bundle, Form, Period, Released, Severity, Source, Watch
from engage.publishing.preflight.words import language_name

KIND = "call"
# The parts of a page that a call must have (J6); background, key points and measures stand in its interpretation.
REQUIRED = dict.fromkeys(["title", "summary", "affected", "body", "how_decided", "contact"], Severity.BLOCKS)


def find(key: str, actor: Actor) -> Consultation | None:
    """Return a call by its number for who writes calls or reviews what goes out."""
    if not (key.isascii() and key.isdigit() and len(key) < 19) or not has_role(actor, Role.EDITOR, *REVIEWERS):
        return None
    calls = Consultation.objects.visible_to(actor).select_related("department").prefetch_related("pages__locale")
    return calls.filter(pk=key).first()


def bundle(call: Consultation, actor: Actor) -> Bundle:
    """Return all that goes out with a call, as it was saved last."""
    page = call.pages.select_related("locale").order_by("pk").first()
    pages = in_languages(page) if page else {}
    files = files_of(pages.values())
    evidence = Evidence.objects.visible_to(SYSTEM).filter(consultation=call).select_related("document")
    files["attachments"] += [attachment_of(paper.document) for paper in evidence]
    return Bundle(
        title=call.title,
        forms=[
            *(page_form(one, _overview(one)) for one in pages.values()),
            *(form for version in newest_versions(call) for form in _texts(version)),
            *(form for pack in _packs(call) for form in pack_forms(pack)),
        ],
        blocks=[*(page_blocks(pages, REQUIRED) if pages else []), *_beside(call)],
        periods=[_period(call)],
        languages=[code for code, _name in settings.LANGUAGES],
        opens=[f"/{short}/c/{call.slug}/" for short in settings.LANGUAGE_PATHS.values()],
        **files,
    )


def _overview(page: ConsultationPage) -> str:
    language = page.locale.language_code
    request = stranger(language, f"/c/{page.consultation.slug}/")
    with translation.override(language):
        return views.overview_of(request, queries.call_of(page, now=timezone.now())).content.decode()


def _texts(version: Version) -> Iterator[Form]:
    for text in version.texts.order_by("language"):
        read = queries.text_of(version, language=text.language, with_counts=False)
        name = {"title": text.title, "language": language_name(text.language)}
        explained = "\n".join(article.plain_words for article in read.articles if article.plain_words)
        fix_url = reverse("draft_version", args=[version.pk])
        yield Form(
            name=f"text:{version.pk}:{text.language}",
            label=gettext("%(title)s: %(language)s") % name,
            language=text.language,
            text="\n".join([text.title, *(f"{article.title}\n{article.text}" for article in read.articles)]),
            group=f"text:{version.pk}",
            fix_url=fix_url,
            is_rule_text=version.draft.kind == Draft.Kind.TEXT,
        )
        if explained:
            yield Form(
                name=f"plain:{version.pk}:{text.language}",
                label=gettext("Plain words: %(language)s") % name,
                language=text.language,
                text=explained,
                group=f"plain:{version.pk}",
                fix_url=reverse("draft_plain", args=[version.pk, text.language]),
            )


def _packs(call: Consultation) -> list[Pack]:
    """Return the interpretation that is in work, else the one that is read."""
    packs = (
        Pack.objects.visible_to(SYSTEM)
        .filter(consultation=call)
        .exclude(state__in=[Pack.State.SUPERSEDED, Pack.State.TAKEN_DOWN])
    )
    return list(packs.select_related("consultation", "version").order_by("-number")[:1])


def _beside(call: Consultation) -> list[Block]:
    """Return what stands beside the page: the text, the questions and the interpretation."""
    texts = Draft.objects.filter(consultation=call)
    has = {
        "text": texts.filter(kind=Draft.Kind.TEXT).exists(),
        "questions": texts.filter(kind=Draft.Kind.QUESTIONS).exists(),
        "pack": bool(_packs(call)),
    }
    asked = (
        ("text", gettext("The text that is open for comment"), "drafts", Severity.BLOCKS),
        ("pack", gettext("Interpretation: background, key points, supporting measures"), "pack_desk", Severity.WARNS),
        ("questions", gettext("Questions to those who take part"), "drafts", Severity.TELLS),
    )
    return [
        Block(code, label, {code: "·"} if has[code] else {}, {"": reverse(where)}, missing=severity)
        for code, label, where, severity in asked
    ]


def _period(call: Consultation) -> Period:
    return Period(
        days=rules.period_days(call.opens_at, call.closes_at, timezone.get_current_timezone()),
        shortest=shortest_days(call.opens_at),
        has_reason=bool(call.short_reason_zh.strip() and call.short_reason_en.strip()),
        fix_url=reverse("wagtailsnippets_consultations_consultation:edit", args=[call.pk]),
    )


def of_page(page: object) -> str | None:
    """Return the key of the call that a page belongs to."""
    specific = getattr(page, "specific", page)
    return str(specific.consultation_id) if isinstance(specific, ConsultationPage) else None


SOURCE = Source(KIND, _("call for comments"), find, bundle, of_page)


# --- freshness ------------------------------------------------------------------------------------------------------

# Addresses that ask people to take part.
_ASKS = re.compile(r"^/(?:zh|en)/c/([-\w]+)/(?:draft/(?:[-\w]+/)?|comment/)?$")


def released() -> list[Released]:
    """Return the calls that everybody may read; language to title and address."""
    found: dict[int, list[ConsultationPage]] = {}
    pages = ConsultationPage.objects.visible_to(ANYONE).select_related("consultation", "locale").order_by("path")
    for page in pages:
        found.setdefault(page.consultation_id, []).append(page)
    return [
        Released(
            key=str(pk),
            titles={page.locale.language_code: page.title for page in together},
            urls={page.locale.language_code: _address(page) for page in together},
            edit_url=edit_url(together[0]),
            changed_at=max(page.last_published_at or page.consultation.opens_at for page in together),
        )
        for pk, together in found.items()
    ]


def _address(page: ConsultationPage) -> str:
    with translation.override(page.locale.language_code):
        return reverse("consultation", args=[page.consultation.slug])


def ended(paths: Iterable[str], now: datetime) -> dict[str, datetime]:
    """Return those of the addresses that ask to take part in a call that is over, and since when."""
    slugs = {path: found[1] for path in paths if (found := _ASKS.match(path))}
    calls = Consultation.objects.filter(slug__in=set(slugs.values())).values_list("slug", "closes_at", "withdrawn_at")
    over = {slug: min(closes, withdrawn or closes) for slug, closes, withdrawn in calls}
    return {path: over[slug] for path, slug in slugs.items() if slug in over and over[slug] <= now}


WATCH = Watch(KIND, _("calls for comments"), released, ended, is_reviewed=False)


def awaited(now: datetime) -> list[Awaited]:
    """Return the closed calls without an outcome, as everybody may read them."""
    language = get_language() or ""
    return [
        Awaited(
            title=one.title,
            url=reverse("consultation", args=[one.consultation.slug]),
            department=one.consultation.department.name,
            closed_at=one.consultation.closes_at,
            due=one.due,
            days_late=one.days_late,
            desk_url=reverse("outcome_builder", args=[one.consultation.slug]),
            language=HTML_LANG.get(one.language, one.language) if one.language != language else "",
        )
        for one in outcomes.awaiting(language=language, now=now)
    ]
