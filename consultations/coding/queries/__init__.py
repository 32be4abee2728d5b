"""Every read of the coding desk."""

from consultations.coding.queries.answers import PointRow, points_with_decisions, undisposed_points, unfinished_comments
from consultations.coding.queries.blind import SampleResult, coders_of, next_blind, sample_results
from consultations.coding.queries.desk import Desk, desk
from consultations.coding.queries.figures import Figures, figures, forget_figures, refresh_figures, refresh_watched
from consultations.coding.queries.stream import Filters, claim, codable, matching, same_texts, stream
from consultations.coding.queries.themes import (
    ShownTheme,
    codebook,
    decisions_by_point,
    decisions_by_theme,
    points_of_theme,
    theme_history,
    theme_tree,
)

__all__ = [
    "Desk",
    "Figures",
    "Filters",
    "PointRow",
    "SampleResult",
    "ShownTheme",
    "claim",
    "codable",
    "codebook",
    "coders_of",
    "decisions_by_point",
    "decisions_by_theme",
    "desk",
    "figures",
    "forget_figures",
    "matching",
    "next_blind",
    "points_of_theme",
    "points_with_decisions",
    "refresh_figures",
    "refresh_watched",
    "same_texts",
    "sample_results",
    "stream",
    "theme_history",
    "theme_tree",
    "undisposed_points",
    "unfinished_comments",
]
