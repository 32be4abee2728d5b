"""The sentences of the press room: what a release lacks, refusals by code, names of languages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.outreach.press import rules

LANGUAGE_NAMES = {"zh-hans": pgettext_lazy("language", "Chinese"), "en": pgettext_lazy("language", "English")}
FIELD_NAMES = {
    "dateline": _("Place"),
    "title": _("Title"),
    "lead": _("First paragraph"),
    "body": _("Text"),
    "contact": _("Contact for the media"),
    "facts": _("Facts"),
    "correction": _("What is corrected"),
}
CHIPS = {rules.ROUTINE: "info", rules.SHORT: "info", rules.EMERGENCY: "bad"}


def language_name(code: str) -> str:
    """Return what a language is called in the active language."""
    return str(LANGUAGE_NAMES[code])


def lack_sentence(lack: rules.Lack) -> str:
    """Return one thing that is missing as a sentence."""
    values = {"language": LANGUAGE_NAMES.get(lack.language, ""), "field": FIELD_NAMES.get(lack.field, ""), **lack.named}
    if lack.code == "body_long":
        return _body_long(lack.language) % values
    sentence = _SENTENCES[lack.code]
    return (sentence(values) if callable(sentence) else str(sentence)) % values


def _body_long(language: str) -> str:
    if language == "zh-hans":
        return gettext(
            "The Chinese text has %(n)d characters; a release of this kind has at most %(most)d. Cut %(over)d"
        )
    return gettext("The English text has %(n)d words; a release of this kind has at most %(most)d. Cut %(over)d")


def _alt_missing(values: dict[str, Any]) -> str:
    return ngettext(
        "%(n)d file has no description in both languages",
        "%(n)d files have no description in both languages",
        values["n"],
    )


_SENTENCES: dict[str, Any] = {
    "language_missing": _("There is no text in %(language)s yet"),
    "field_missing": _("“%(field)s” is empty in %(language)s"),
    "html": _("“%(field)s” in %(language)s holds HTML. Paste it as plain text"),
    "title_long": _("The title in %(language)s has %(n)d characters; cut %(over)d"),
    "facts_long": _("The box of facts in %(language)s has %(n)d lines; at most %(most)d fit"),
    "correction_missing": _("Say in %(language)s what is corrected"),
    "emergency_embargo": _("An emergency release has no embargo"),
    "embargo_past": _("The embargo lies in the past. Choose a later minute, or none"),
    "alt_missing": _alt_missing,
    "month_open": _("The month is not over yet"),
    "nothing_told": _("Nothing was published in that month"),
    "foreword_missing": _("The foreword is missing in %(language)s. Write it in both languages, or in none"),
}


def _release_lacks(values: dict[str, Any]) -> str:
    return "\n".join(lack_sentence(lack) for lack in values["lacks"])


REFUSALS: dict[str, Any] = {
    "press_lacks": _release_lacks,
    "press_stale": (
        _("Somebody changed it meanwhile. Your words are kept in the form: compare, then save again"),
        409,
    ),
    "press_slug_taken": _("Another release has this address. Choose another one"),
    "press_slug_reserved": _("This address is taken. Choose another one"),
    "press_slug_kept": (_("The release is public at its address, which can no longer change"), 409),
    "press_embargo_past": _("The embargo lies in the past. Choose a later minute, or none"),
    "press_embargo_emergency": _("An emergency release has no embargo"),
    "press_html": _("The text holds HTML. Paste it as plain text"),
    "press_files_full": _("A release takes at most %(most)s files"),
    "press_is_public": (_("A release that went out is not deleted; it can be corrected or taken down"), 409),
    "press_in_review": (_("It is being reviewed. Take it back first"), 409),
    "press_reason_missing": _("Say why it cannot wait for the reviews"),
    "press_related_unknown": _("One of the linked things is no longer public. Choose again"),
    "media_on_list": (_("This address is on the media list already"), 409),
    "media_basis_missing": _("Say where the address comes from"),
    "digest_exists": (_("There is a digest of this month already"), 409),
    "digest_went_out": (_("This digest went out; it can no longer be changed"), 409),
    "section_exists": (_("This department has a section already"), 409),
}


def languages() -> list[tuple[str, str]]:
    """Return (code, name) of the languages, Chinese first."""
    return [(code, language_name(code)) for code, _name in settings.LANGUAGES]
