"""What the states and findings of channels are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from engage.outreach.health.registry import Probe
from engage.outreach.health.rules import State

CHIPS = {State.OK: "ok", State.SLOW: "warn", State.FAILING: "bad", State.UNKNOWN: "info"}
REFUSALS = {"unknown_channel": (gettext_lazy("There is no such channel."), 404)}


def state_word(state: str) -> str:
    """Return the word for a state."""
    return {
        State.OK: pgettext("channel", "works"),
        State.SLOW: pgettext("channel", "slow"),
        State.FAILING: pgettext("channel", "down"),
        State.UNKNOWN: pgettext("channel", "not checked"),
    }[State(state)]


def day_word(state: str) -> str:
    """Return the words for a whole day."""
    return {
        State.OK: _("worked all day"),
        State.SLOW: _("slow at times"),
        State.FAILING: _("down at times"),
        State.UNKNOWN: _("not checked"),
    }[State(state)]


def detail_sentence(probe: Probe | None, code: str, values: Mapping[str, Any]) -> str:
    """Return the sentence of what a check found; empty when the state says it all."""
    if code == "test_broke":
        return _("The test itself broke; the log of the worker says how.")
    if probe is None or code not in probe.details:
        return ""
    sentence = str(probe.details[code])
    return sentence % values if values else sentence


def age_words(seconds: int) -> str:
    """Say how long something has waited, in the largest unit that fits."""
    for size, words in ((86_400, _days), (3_600, _hours), (60, _minutes)):
        if seconds >= size:
            return words(seconds // size)
    return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}


def _days(n: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


def _hours(n: int) -> str:
    return ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}


def _minutes(n: int) -> str:
    return ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n}
