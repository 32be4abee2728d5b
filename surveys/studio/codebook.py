"""A version as DDI-Codebook, with the platform's own words in every language of the version."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from surveys.definition.model import Texts
from surveys.models import Version
from surveys.results import ddi
from surveys.results.words import MODES, REASON_NAMES
from surveys.studio.paper import interface_language


def version_codebook(version: Version) -> bytes:
    """Return a version as DDI-Codebook 2.5 (XML)."""
    questionnaire, definition = version.questionnaire, version.parsed
    with translation.override(interface_language(definition.languages[0])):
        about = ddi.About(
            questionnaire.key,
            version.number,
            str(questionnaire.department),
            settings.PUBLIC_URL + reverse("survey", args=[questionnaire.key]),
        )
    return ddi.codebook(definition, about, own_words(definition.languages))


def own_words(languages: Sequence[str]) -> dict[str, Texts]:
    """Return the words of the platform by language; a language it does not speak has none."""
    spoken = [code for code in languages if code in settings.LANGUAGE_PATHS] or [settings.LANGUAGE_CODE]
    found: dict[str, dict[str, str]] = {}
    for code in spoken:
        with translation.override(code):
            said = {
                "chosen": _("chosen"),
                "not_chosen": _("not chosen"),
                "yes": _("Yes"),
                "no": _("No"),
                "own_words": pgettext("column of answers", "in their own words"),
                "number_of_files": pgettext("column of answers", "number of files"),
                "in_repeat": _("Asked several times of one person, so it has no column in the table of answers."),
                "private": _("Says who somebody is, so it has no column in the table of answers."),
                **{reason: str(words) for reason, words in REASON_NAMES.items()},
                **{str(mode): str(words) for mode, words in MODES.items()},
            }
        for name, words in said.items():
            # Where none of the languages is spoken the words carry no language.
            found.setdefault(name, {})[code if code in languages else ""] = words
    return dict(found)
