"""Words for the templates of the gate: names of kinds and reviews, chips, what is due."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django import template
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext

from engage.desk.registry import Due
from engage.pages.translation import HTML_LANG
from engage.publishing import registry
from engage.publishing.desk_queries import Shown
from engage.publishing.forms import BASES
from engage.publishing.models import Release, Review
from engage.publishing.words import due as due_words

register = template.Library()
_HAN = re.compile("[\u3400-\u9fff]")


@register.filter
def kind_label(code: str) -> str | Promise:
    """Return what a kind is called."""
    return registry.get(code).label


@register.filter
def key_label(review: Review) -> str | Promise:
    """Return what a review is called in its kind."""
    return registry.get(review.release.kind).key(review.key).label


@register.filter
def due(review: Review, now: datetime) -> Due:
    """Return the chip that says until when a review is due."""
    return due_words(review.due_at, now)


@register.filter
def waiting(reviews: list[Review]) -> list[Review]:
    """Keep the reviews that nobody has given yet, the one due first at the top."""
    return sorted((one for one in reviews if one.state == Review.State.WAITING), key=lambda one: one.due_at)


@register.filter
def release_chip(state: str) -> str:
    """Return the chip of a release's state; the word beside it carries the meaning."""
    return {
        Release.State.REVIEW: "info",
        Release.State.CLEARED: "ok",
        Release.State.RELEASED: "ok",
        Release.State.RETURNED: "warn",
        Release.State.WITHHELD: "bad",
        Release.State.TAKEN_DOWN: "bad",
    }.get(Release.State(state), "mute")


@register.filter
def review_chip(review: Review) -> str:
    """Return the chip of a review: of its decision once there is one."""
    if review.state == Review.State.WAITING:
        return "info"
    if review.state == Review.State.VOID:
        return "mute"
    return {Review.Decision.OPEN: "ok", Review.Decision.WITHHOLD: "bad"}.get(Review.Decision(review.decision), "warn")


@register.filter
def fell_with(review: Review, shown: Shown) -> list[str]:
    """Name the forms whose change made a sign-off fall."""
    return shown.named(review.void_reason)


@register.filter
def last_day(due_at: datetime) -> datetime:
    """Return a moment of the last day that a review may take."""
    return due_at - timedelta(seconds=1)


@register.filter
def basis_words(basis: str) -> str:
    """Return a legal basis with the law of the list named in the reader's language; own words stay as they are."""
    for _code, label in BASES:
        with translation.override(settings.LANGUAGE_CODE):
            kept = str(label)
        if basis == kept or basis.startswith(f"{kept}; "):
            return f"{label}{basis.removeprefix(kept)}"
    return basis


@register.filter
def title_lang(title: str) -> str:
    """Return the HTML language of a title, which is kept in that of the page or of who handed it in: by its script."""
    return "zh-Hans" if _HAN.search(title) else "en"


@register.filter
def html_lang(code: str) -> str:
    """Return a language as HTML says it; empty where a form has none."""
    return HTML_LANG.get(code, code)


@register.filter
def language_label(code: str) -> str:
    """Return what a language is called in the reader's own."""
    return {"zh-hans": gettext("Chinese"), "en": gettext("English")}.get(code, code)
