"""The public page of results: parse, one query, render."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from engage.errors import Refused
from engage.figures.rules import LEAST
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import wallet
from surveys import queries as asking
from surveys.models import Questionnaire
from surveys.results import queries
from surveys.results.layout import MODE

TYPED_MOST = 200


def read_filters(typed: list[str]) -> dict[str, list[str]]:
    """Read filters of an address, each `question:value`; what is none is left out."""
    found: dict[str, list[str]] = {}
    for one in typed[:20]:
        key, mark, value = one[:TYPED_MOST].partition(":")
        if mark and value not in found.setdefault(key, []):
            found[key].append(value)
    return found


@require_safe
@shared_for_seconds
def results(request: HttpRequest, key: str) -> HttpResponse:
    """Show what came of a questionnaire, as its office has set it; `?group=` narrows, `?compare=` sets side by side."""
    questionnaire = get_object_or_404(
        Questionnaire.objects.visible_to(request.user).select_related("department"), key=key
    )
    standing = queries.standing(questionnaire, now=timezone.now(), has_answered=_has_answered(request, questionnaire))
    context: dict[str, Any] = {"door": "have_your_say", "questionnaire": questionnaire, "standing": standing}
    language = get_language() or ""
    source = queries.open_answers(questionnaire, public=True) if standing == "shown" else None
    if source is None:
        context["standing"] = "not_ready" if standing == "shown" else standing
        context["shown"] = asking.published(key, language=language, actor=request.user, now=timezone.now())
        return render(request, "surveys/results/not_shown.html", context, status=404 if standing == "never" else 200)
    asked = queries.Asked(
        filters=read_filters([request.GET.get("group", "")]), compare=request.GET.get("compare", "")[:TYPED_MOST]
    )
    sample = questionnaire.access == Questionnaire.Access.INVITED
    status = 200
    try:
        shown = queries.sections(source.answers, asked, language=language, public=True, intervals=sample)
    except Refused as refused:
        status, asked = refusal_status(refused.code), queries.Asked()
        context["refusal"] = refusal_message(refused)
        shown = queries.sections(source.answers, asked, language=language, public=True, intervals=sample)
    context |= {
        "title": source.answers.layout.words(source.title, language) or questionnaire.key,
        "shown": shown,
        "as_of": source.as_of,
        "groups": queries.groups(source.answers, language),
        "group": next((f"{key}:{values[0]}" for key, values in asked.filters.items()), ""),
        "compare": asked.compare,
        "mode": MODE,
        "is_sample": sample,
        "least": LEAST,
    }
    return render(request, "surveys/results/results.html", context, status=status)


def _has_answered(request: HttpRequest, questionnaire: Questionnaire) -> bool:
    """Whether this device holds the receipt of an answer to it."""
    if questionnaire.results != Questionnaire.Results.AT_ONCE:
        return False
    held = wallet.read(request)
    return any(wallet.holder(request, reference) for reference in queries.answered_by(questionnaire, list(held)))
