"""Counts about people that may be published: small ones are hidden, and with them what would give them away.

Primary suppression: a count of 1 to 4 is hidden (threshold rule with n = 5). Secondary suppression: as long as a hidden
count could be narrowed down from the total and the counts shown, the smallest count still shown is hidden too. A table
that cannot be protected in this way is withheld as a whole. Zeros are shown: they are nobody.

Source: Hundepool et al., Statistical Disclosure Control (Wiley 2012), chapter 4: threshold rule, complementary
suppression, and the audit of the interval in which an outsider can enclose a hidden cell.
"""

from __future__ import annotations

from collections.abc import Mapping

LEAST = 5
# A share is published from so many on; below it one person moves it by more than five points.
SHARE_LEAST = 20
# How many values an outsider must at least find possible for a hidden count that is not small itself.
POSSIBLE = LEAST - 1

# What stands in the place of a hidden count: it is small, or it keeps a small one hidden.
SMALL, PROTECTING = "small", "protecting"
Masked = dict[str, int | str]


def mask_counts(counts: Mapping[str, int]) -> Masked | None:
    """Return the counts with SMALL or PROTECTING for the hidden ones; None for a table that has to be withheld.

    The total of all counts is taken to be known, and so is this rule.
    """
    return mask_line(counts, frozenset())


def mask_line(counts: Mapping[str, int], hidden_already: frozenset[str]) -> Masked | None:
    """Mask counts of which some are hidden for another reason; else as `mask_counts`."""
    hidden = {code for code, n in counts.items() if 0 < n < LEAST} | hidden_already
    candidates = sorted((n, code) for code, n in counts.items() if n >= LEAST and code not in hidden)
    while hidden and not is_safe(counts, hidden):
        if not candidates:
            return None
        smallest = candidates[0][0]
        # Equal counts are hidden together: which of two equals was chosen must not tell anything.
        while candidates and candidates[0][0] == smallest:
            hidden.add(candidates.pop(0)[1])
    return {code: _mark(n) if code in hidden else n for code, n in counts.items()}


def mask_table(rows: Mapping[str, Mapping[str, int]]) -> dict[str, Masked]:
    """Mask a table whose sums of rows and of columns are known: {row: {column: count}}, every row with every column.

    What is hidden in a row needs company in its column, and the other way round, until nothing changes any more. A
    line that cannot be protected is hidden from end to end.
    """
    columns = list(next(iter(rows.values()), {}))
    hidden: set[tuple[str, str]] = set()
    lines = [[(row, column) for column in columns] for row in rows]
    lines += [[(row, column) for row in rows] for column in columns]
    changed = True
    while changed:
        changed = False
        for line in lines:
            counts = {f"{row}\0{column}": rows[row][column] for row, column in line}
            names = dict(zip(counts, line, strict=True))
            masked = mask_line(counts, frozenset(name for name, cell in names.items() if cell in hidden))
            found = {
                names[name]
                for name, n in counts.items()
                if n > 0 and (masked is None or masked[name] in (SMALL, PROTECTING))
            }
            if not found <= hidden:
                hidden |= found
                changed = True
    return {
        row: {column: _mark(n) if (row, column) in hidden else n for column, n in cells.items()}
        for row, cells in rows.items()
    }


def mask_alone(count: int) -> int | str:
    """Return a count that no published total contains, or SMALL for 1 to 4."""
    return SMALL if 0 < count < LEAST else count


def rare_together(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts by free words, those below LEAST counted together under "": a rare word may name somebody."""
    kept = {words: n for words, n in counts.items() if n >= LEAST and words}
    rest = sum(counts.values()) - sum(kept.values())
    return kept | ({"": rest} if rest else {})


def _mark(count: int) -> str:
    return SMALL if count < LEAST else PROTECTING


def is_safe(counts: Mapping[str, int], hidden: set[str]) -> bool:
    """Tell whether the hidden counts stay open for somebody who knows the total, the shown counts and this rule.

    A small one must be possible with every value from 1 to 4; of another at least POSSIBLE values.
    """
    rest = sum(counts[code] for code in hidden)
    shown = [n for code, n in counts.items() if code not in hidden and n > 0]
    most = min(shown, default=rest)
    bounds = {code: (1, LEAST - 1) if counts[code] < LEAST else (LEAST, max(most, counts[code])) for code in hidden}
    low, high = (sum(bound[side] for bound in bounds.values()) for side in (0, 1))
    for code, (least, greatest) in bounds.items():
        possible_least = max(least, rest - (high - greatest))
        possible_greatest = min(greatest, rest - (low - least))
        wanted = LEAST - 1 if counts[code] < LEAST else POSSIBLE
        if possible_greatest - possible_least + 1 < wanted:
            return False
    return True
