"""The coding desk's pages: parse, one query or action, render."""

from consultations.coding.views.agreement import agreement, blind
from consultations.coding.views.bulk import bulk, order
from consultations.coding.views.coding import act, desk, home
from consultations.coding.views.decisions import decide, decisions
from consultations.coding.views.themes import codebook, theme, themes

__all__ = [
    "act",
    "agreement",
    "blind",
    "bulk",
    "codebook",
    "decide",
    "decisions",
    "desk",
    "home",
    "order",
    "theme",
    "themes",
]
