"""Why a link should be looked at, in words: a sentence per code, to be translated at the edge."""

from collections.abc import Callable, Mapping
from typing import Any

from consultations.drafts.messages import gettext_noop

REASONS = {
    "little_alike": gettext_noop("The two wordings have little in common (%(percent)s%%)."),
    "rival_new": gettext_noop("%(name)s of the new version is nearly as close."),
    "rival_old": gettext_noop("%(name)s of the old version is nearly as close."),
    "split": gettext_noop("One clause became several: read where each sentence went."),
    "merged": gettext_noop("Several clauses became one: read where each sentence came from."),
    "moved_and_reworded": gettext_noop("It stands at another place and is worded differently."),
    "resembles_old": gettext_noop("It is counted as new, but resembles %(name)s of the old version."),
    "resembles_new": gettext_noop("It is counted as removed, but resembles %(name)s of the new version."),
}
REFUSALS = {
    "languages_differ": gettext_noop("The two drafts are in different languages (%(old)s and %(new)s)."),
}


def reason_message(code: str, values: Mapping[str, Any], translate: Callable[[str], str] = str) -> str:
    """Return the sentence for a reason. `translate` is the caller's gettext. Raises KeyError for an unknown code."""
    return translate(REASONS[code]) % values


def refusal_message(code: str, values: Mapping[str, Any], translate: Callable[[str], str] = str) -> str:
    """Return the sentence for a refusal of this package. Raises KeyError for a code of another room."""
    return translate(REFUSALS[code]) % values
