"""The sentences of outcomes: refusals by code, what is missing, timeline entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from consultations.outcomes.rules import Missing


def language_name(code: str) -> str:
    """Name a language in the active one."""
    return {"zh-hans": gettext("Chinese"), "en": gettext("English")}.get(code, code)


def _held(values: Mapping[str, Any]) -> str:
    return ngettext("%(n)d comment waits for a moderator", "%(n)d comments wait for a moderator", values["n"]) % {
        "n": values["n"]
    }


def _place(values: Mapping[str, Any]) -> str:
    return values["clause"] or gettext("the whole draft")


def _undecided(values: Mapping[str, Any]) -> str:
    return gettext("Comment %(reference)s on %(clause)s has no decision on “%(quote)s”") % {
        "reference": values["reference"],
        "clause": _place(values),
        "quote": values["quote"],
    }


def _uncoded(values: Mapping[str, Any]) -> str:
    return gettext("Comment %(reference)s on %(clause)s was not coded: “%(quote)s”") % {
        "reference": values["reference"],
        "clause": _place(values),
        "quote": values["quote"],
    }


def _undecided_more(values: Mapping[str, Any]) -> str:
    return ngettext("%(n)d more point has no decision", "%(n)d more points have no decision", values["n"]) % {
        "n": values["n"]
    }


def _uncoded_more(values: Mapping[str, Any]) -> str:
    return ngettext("%(n)d more comment was not coded", "%(n)d more comments were not coded", values["n"]) % {
        "n": values["n"]
    }


def _other_version(values: Mapping[str, Any]) -> str:
    return gettext(
        "This outcome answers version %(number)d, and nobody commented on that: all comments are on another version"
    ) % {"number": values["number"]}


def _of_language(sentence: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda values: gettext(sentence) % {"language": language_name(values["language"])}


def _reason(values: Mapping[str, Any]) -> str:
    return gettext("%(clause)s: the reason is missing in %(language)s") % {
        "clause": values["clause"] or gettext("The whole draft"),
        "language": language_name(values["language"]),
    }


def _theme(values: Mapping[str, Any]) -> str:
    return gettext("The theme “%(theme)s” has no name in %(language)s") % {
        "theme": values["theme"],
        "language": language_name(values["language"]),
    }


def _sums(values: Mapping[str, Any]) -> str:
    return gettext("The page and the files differ in “%(figure)s”: %(page)d and %(export)d") % dict(values)


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "call_open": lambda values: gettext("The call is still open. The outcome can be handed in after the close"),
    "comments_held": _held,
    "uncoded": _uncoded,
    "undecided": _undecided,
    "uncoded_more": _uncoded_more,
    "undecided_more": _undecided_more,
    "other_version": _other_version,
    "after_other_draft": lambda values: gettext("The words after belong to another text"),
    "after_not_later": lambda values: (
        gettext("Version %(after)d cannot have come of comments on version %(number)d: it is not later") % dict(values)
    ),
    "after_unpublished": lambda values: (
        gettext("Version %(after)d, the words after, is not published yet") % dict(values)
    ),
    "summary_missing": _of_language(gettext_noop("The summary is missing in %(language)s")),
    "method_missing": _of_language(gettext_noop("How it was done and its limits is missing in %(language)s")),
    "next_steps_missing": _of_language(gettext_noop("What happens next is missing in %(language)s")),
    "reason_missing": _reason,
    "theme_unnamed": _theme,
    "totals_differ": _sums,
}


def missing_sentence(gap: Missing) -> str:
    """Say one gap in the active language."""
    return _SENTENCES[gap.code](gap.values)


def gap_url(slug: str, gap: Missing) -> str:
    """Return where a gap is closed; the table says more to who may close it at another desk."""
    kind, *rest = gap.where or ("",)
    if kind == "text":
        return reverse("outcome_texts", args=[slug, rest[0]]) + f"#id_{rest[1]}"
    if kind == "row":
        return reverse("outcome_clause", args=[slug, rest[0]])
    if kind == "theme":
        return reverse("outcome_themes", args=[slug]) + f"#theme-{rest[0]}"
    return reverse("outcome_builder", args=[slug]) + ("#after" if kind == "version" else "#missing")


def _incomplete(values: dict[str, Any]) -> str:
    first, *rest = values["missing"]
    if not rest:
        return gettext("This cannot go on yet: %(gap)s") % {"gap": missing_sentence(first)}
    return ngettext(
        "This cannot go on yet: %(gap)s. %(n)d more thing is missing",
        "This cannot go on yet: %(gap)s. %(n)d more things are missing",
        len(rest),
    ) % {"gap": missing_sentence(first), "n": len(rest)}


REFUSALS = {
    "outcome_incomplete": (_incomplete, 409),
    "version_of_other_draft": _("This version belongs to another call's text"),
    "version_never_published": _("Version %(number)d was never published, so nobody commented on it"),
    "no_text_to_answer": _("This call has no published text, so there is nothing to answer"),
    "after_other_draft": _("The words after belong to another text"),
    "after_not_later": _("Version %(after)d cannot have come of comments on version %(number)d: it is not later"),
    "outcome_not_open": (_("This outcome is not being written now, so it cannot be changed"), 409),
    "changed_meanwhile": (
        _("Somebody else changed this outcome meanwhile. Load the page again; what you typed is kept below"),
        409,
    ),
    "unknown_text": _("There is no such text in an outcome"),
    "outcome_text_too_long": _("A text has at most %(most)d characters here"),
    "clause_elsewhere": _("This clause does not belong to the call"),
    "quote_not_public": _("Only comments that everybody can read may be quoted"),
    "too_many_quotes": _("Choose at most %(most)d comments to quote"),
}

TIMELINE = {
    "decided": _("Decided: the answer to each point stands with your comments"),
    "decided_again": _("The published answer was corrected; what it says now stands with your comments"),
    "decision_taken_back": _("The published answer was taken back; you will be told when there is a new one"),
}
