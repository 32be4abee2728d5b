"""That a device has answered once: a cookie that says so of one questionnaire, and nothing else.

It is the same for everybody who has answered: no number, no time, so that it leads to no answer and tells nobody apart.
It is sent to the pages of its questionnaire alone.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from surveys.definition.model import Definition
from surveys.models import Questionnaire

# Browsers keep no cookie for longer than about 400 days (RFC 6265bis, 5.6).
KEPT_SECONDS = 365 * 24 * 3600
_WORD = "answered"


def is_once(definition: Definition) -> bool:
    """Whether it is answered once on each device."""
    return definition.settings.one_per == "device"


def _cookie(language: str) -> str:
    # The pages of each language stand at an address of their own, and a cookie has one.
    return f"engage_{_WORD}_{language}"


def _signer(questionnaire: Questionnaire) -> signing.Signer:
    return signing.Signer(salt=f"{__name__}:{questionnaire.pk}")


def has_answered(request: HttpRequest, questionnaire: Questionnaire) -> bool:
    """Whether the browser says that it has sent an answer; what we did not sign says nothing."""
    said = request.COOKIES.get(_cookie(translation.get_language() or ""), "")
    try:
        return _signer(questionnaire).unsign(said) == _WORD
    except signing.BadSignature:
        return False


def remember(response: HttpResponse, questionnaire: Questionnaire) -> None:
    """Let the browser say from now on, in every language, that it has answered."""
    signed = _signer(questionnaire).sign(_WORD)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            path = reverse("survey", args=[questionnaire.key])
        response.set_cookie(
            _cookie(language),
            signed,
            max_age=KEPT_SECONDS,
            path=path,
            httponly=True,
            samesite="Lax",
            secure=settings.PRODUCTION,
        )
