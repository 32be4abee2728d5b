"""Pure decisions about outcomes: what is missing before publication, what was decided, which counts may be shown."""

from consultations.outcomes.rules.deciding import DISPOSITIONS, TAKEN_UP, Decided, headline, in_force
from consultations.outcomes.rules.missing import FIELDS, NAMED, Facts, Missing, Undecided, missing
from consultations.outcomes.rules.promise import days_late, days_taken
from engage.figures.rules import (
    LEAST,
    PROTECTING,
    SMALL,
    Masked,
    is_safe,
    mask_alone,
    mask_counts,
    rare_together,
)

__all__ = [
    "DISPOSITIONS",
    "FIELDS",
    "LEAST",
    "NAMED",
    "PROTECTING",
    "SMALL",
    "TAKEN_UP",
    "Decided",
    "Facts",
    "Masked",
    "Missing",
    "Undecided",
    "days_late",
    "days_taken",
    "headline",
    "in_force",
    "is_safe",
    "mask_alone",
    "mask_counts",
    "missing",
    "rare_together",
]
