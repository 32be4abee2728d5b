"""The page itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from engage.pages.gallery.samples import GROUPS, Sample
from engage.pages.gallery.tokens import Tokens, read_tokens
from engage.pages.translation import HTML_LANG

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Shown:
    """One sample in one language and one theme."""

    lang: str
    theme: str
    html: SafeString


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show the living style page; without the demo setting there is no such page."""
    if not settings.DEMO:
        raise Http404
    tokens = tokens_now()
    context = {
        "groups": [
            {"group": group, "samples": [{"sample": sample, "cells": cells(sample)} for sample in group.samples]}
            for group in GROUPS
        ],
        "themes": [
            {"name": theme, "colours": tokens.colours(theme), "contrasts": tokens.contrasts(theme)} for theme in THEMES
        ],
        "types": tokens.starting("t-"),
        "spaces": tokens.starting("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"),
        "radii": tokens.starting("r-"),
        "others": tokens.starting("lh", "measure", "weight", "page-max", "target", "fast", "slow", "gutter"),
    }
    return render(request, "design/page.html", context)


def tokens_now() -> Tokens:
    """Read the tokens from the style sheet that the site serves."""
    found = finders.find("css/tokens.css")
    if not found:
        raise Http404
    with open(found, encoding="utf-8") as file:
        return read_tokens(file.read())


def cells(sample: Sample) -> list[Shown]:
    """Render a sample in both languages and both themes; each cell has ids of its own."""
    shown = []
    for code in dict(settings.LANGUAGES):
        with translation.override(code):
            for theme in THEMES:
                cell = f"{sample.name}-{settings.LANGUAGE_PATHS[code]}-{theme}"
                shown.append(Shown(HTML_LANG.get(code, code), theme, _rendered(sample, cell)))
    return shown


def _rendered(sample: Sample, cell: str) -> SafeString:
    context: dict[str, Any] = {"cell": cell, "LANGUAGE_CODE": translation.get_language(), **sample.context(cell)}
    return render_to_string(sample.template, context)
