"""The forms of the outcome builder: shape and messages; the actions check again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.outcomes import actions, queries
from consultations.outcomes.words import language_name
from consultations.queries import Article


class Revised(forms.Form):
    """A form that says which state of the outcome it was filled for."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class TextsForm(Revised):
    """The words of an outcome in one language; what is still missing may stay empty until it is handed in."""

    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=actions.TEXT_MOST,
        help_text=_("What changed because of the comments and what did not, in three or four plain sentences."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    method = forms.CharField(
        label=_("How it was done and its limits"),
        required=False,
        max_length=actions.TEXT_MOST,
        help_text=_("How the call was made known, who read and coded, what the figures cannot say."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    next_steps = forms.CharField(
        label=_("What happens next"),
        required=False,
        max_length=actions.TEXT_MOST,
        help_text=_("Who does what by when."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ClauseForm(Revised):
    """What the outcome says about one clause."""

    removed = forms.BooleanField(label=_("The clause was taken out"), required=False)

    def __init__(
        self,
        *args: Any,
        quotes: list[queries.Candidate],
        articles: list[Article],
        languages: tuple[str, ...] = queries.LANGUAGES,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.languages = languages
        for language in languages:
            self.fields[f"reason_{language}"] = forms.CharField(
                label=_("Reason, %(language)s") % {"language": language_name(language)},
                required=False,
                max_length=actions.REASON_MOST,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
        self.fields["quotes"] = forms.TypedMultipleChoiceField(
            label=_("Comments to quote"),
            required=False,
            coerce=int,
            choices=[(one.comment.pk, one.comment.public_text) for one in quotes],
            error_messages={"invalid_choice": _("Only comments that everybody can read may be quoted")},
        )
        self.fields["after"] = forms.MultipleChoiceField(
            label=_("Clauses that stand in its place now"),
            required=False,
            choices=[(article.key, article.title) for article in articles],
            help_text=_("Leave it empty to keep what the comparison of the versions found."),
            widget=forms.SelectMultiple(attrs={"size": 8}),
        )

    @property
    def reasons(self) -> dict[str, str]:
        """Language to reason."""
        return {language: self.cleaned_data[f"reason_{language}"] for language in self.languages}

    @property
    def reason_fields(self) -> list[tuple[str, forms.BoundField]]:
        """(language, field)."""
        return [(language, self[f"reason_{language}"]) for language in self.languages]


class ThemesForm(Revised):
    """How the public reads the names of themes."""

    def __init__(self, *args: Any, names: dict[int, dict[str, str]], own: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        for theme in own:
            for language in queries.LANGUAGES:
                self.fields[f"theme_{theme}_{language}"] = forms.CharField(
                    label=language_name(language),
                    required=False,
                    max_length=actions.NAME_MOST,
                    initial=names.get(theme, {}).get(language, ""),
                )

    @property
    def rows(self) -> list[tuple[int, str, list[tuple[str, forms.BoundField]]]]:
        """(theme, its name at the desk, (language, field))."""
        return [
            (theme, name, [(language, self[f"theme_{theme}_{language}"]) for language in queries.LANGUAGES])
            for theme, name in self.own.items()
        ]

    @property
    def names(self) -> dict[int, dict[str, str]]:
        """Theme to language to name."""
        return {
            theme: {language: self.cleaned_data[f"theme_{theme}_{language}"] for language in queries.LANGUAGES}
            for theme in self.own
        }


class AfterForm(Revised):
    """Which version came of the comments; empty: none yet."""

    version = forms.TypedChoiceField(label=_("The text that came of it"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, versions: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = [("", _("No new version: the words stay")), *versions]  # type: ignore[attr-defined]
