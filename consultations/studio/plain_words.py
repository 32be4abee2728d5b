"""What each article says in plain words, written in the Studio beside its text, one language at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from consultations import actions, queries
from consultations.models import ClauseText, Version
from consultations.studio.drafts import LANGUAGE_NAMES
from engage.participation.forms import TypedTextField
from engage.publishing import proposals
from engage.studio import for_editors

MOST = 400  # characters: one or two sentences, not a second law


class PlainWordsForm(forms.Form):
    """One box an article, each named by its clause."""

    def __init__(self, articles: list[queries.Article], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={_name(article): article.plain_words for article in articles})
        for article in articles:
            self.fields[_name(article)] = TypedTextField(
                label=article.title or article.text[:40],
                required=False,
                most=MOST,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.articles = articles

    @property
    def words(self) -> dict[int, str]:
        """Clause to what was typed."""
        return {article.clause_id: self.cleaned_data[_name(article)] for article in self.articles}

    @property
    def rows(self) -> list[tuple[queries.Article, forms.BoundField]]:
        """Each article with its box."""
        return [(article, self[_name(article)]) for article in self.articles]


def _name(article: queries.Article) -> str:
    return f"c{article.clause_id}"


def _hand_in(request: HttpRequest, version: Version, language: str, form: PlainWordsForm) -> HttpResponse:
    """The public reads the text already: new sentences beside it need their reviews."""
    words = {"language": language, "words": {str(key): sentence for key, sentence in form.words.items()}}
    release = proposals.propose("plain_words", words, target_id=version.pk, actor=request.user, now=timezone.now())
    messages.success(request, gettext("Handed in. It is public when every review is done"))
    return redirect("release", release.pk)


@for_editors
def plain_words(request: HttpRequest, version_id: int, language: str) -> HttpResponse:
    """Write what the articles of a version say in plain words; also after publication, for they are no part of it."""
    version = get_object_or_404(Version.objects.select_related("draft"), pk=version_id)
    if not ClauseText.objects.filter(clause__version=version, language=language).exists():
        raise Http404
    articles = queries.text_of(version, language=language, with_counts=False).articles
    form = PlainWordsForm(articles, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        changed = any(form.words[article.clause_id] != article.plain_words for article in articles)
        if version.published_at is not None and changed:
            return _hand_in(request, version, language, form)
        n = actions.explain_articles(version.pk, language, form.words, actor=request.user)
        told = ngettext("Plain words of %(n)d article changed", "Plain words of %(n)d articles changed", n) % {"n": n}
        messages.success(request, told if n else gettext("Nothing was changed"))
        return redirect("draft_version", version_id=version.pk)
    context = {
        "version": version,
        "language": language,
        "name": LANGUAGE_NAMES[language],
        "form": form,
        "problems": [(field, problem) for _article, field in form.rows for problem in field.errors],
    }
    return render(request, "consultations/studio/plain_words.html", context, status=422 if form.is_bound else 200)
