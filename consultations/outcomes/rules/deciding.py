"""Which decisions hold for a point: its own, else those of its themes (see `consultations.coding.rules`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from consultations.coding.rules import Parents, is_undisposed, theme_decision

ADOPTED, IN_PART, COVERED, NOT_ADOPTED, OUT_OF_SCOPE = "adopted", "in_part", "covered", "not_adopted", "out_of_scope"
# The order of every list of decisions.
DISPOSITIONS = (ADOPTED, IN_PART, COVERED, NOT_ADOPTED, OUT_OF_SCOPE)
TAKEN_UP = frozenset({ADOPTED, IN_PART})

Words = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Decided:
    """What was decided, why, where it was forwarded, and who carries it out. Words are (language, words) pairs."""

    pk: int
    disposition: str
    reason_code: str = ""
    reasons: Words = ()
    forwarded: Words = ()
    department_id: int | None = None


def in_force(
    own: Decided | None, themes: Sequence[int], parents: Parents, by_theme: Mapping[int, Decided]
) -> list[tuple[Decided, list[int]]] | None:
    """Return the decisions that hold for a point, each with the point's themes it answers; None while one is open.

    A point of two themes says two things and gets two answers, unless both have the same decision.
    """
    if own is not None:
        return [(own, list(themes))]
    found: dict[int, tuple[Decided, list[int]]] = {}
    decided = set()
    for theme in themes:
        if (holds := theme_decision(theme, parents, by_theme)) is not None:
            found.setdefault(holds.decision.pk, (holds.decision, []))[1].append(theme)
            decided.add(theme)
    return None if is_undisposed(False, themes, decided) else list(found.values())


def headline(dispositions: Iterable[str]) -> str:
    """Return one word over several decisions: what all have in common, else "in part" when something was taken up.

    Empty when nothing was decided.
    """
    found = set(dispositions)
    if len(found) <= 1:
        return next(iter(found), "")
    if found & TAKEN_UP:
        return IN_PART
    return COVERED if COVERED in found else NOT_ADOPTED
