"""Which texts share their wording: copies of one letter, with or without small changes. Pure: no Django, no database.

Two texts belong together when the cosine of their runs of four characters (weighed by rarity) is at least 0.60; a group
is all that hangs together by such pairs. Texts that are the same but for spaces, punctuation and case are one text.
Rows are compared block by block and only what is above the line is kept, so nothing grows with the square of the texts.
It says that wording is shared, and nothing about who wrote it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engage.search.terms import CJK_CHARACTER, fold

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEAST = 0.60
GRAM = 4
# Shorter texts ("I agree") are no campaign: only the very same words make a group of them.
SHORT_CJK, SHORT_OTHER = 12, 24
BLOCK = 256
TEXT_MOST = 20_000
_NOT_A_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Group:
    """Texts that share their wording, by their keys in the order they came.

    `representative` is the member nearest to all others; `least` the smallest similarity of a member to it;
    `exact` how many members are the same text as it.
    """

    members: tuple[str, ...]
    representative: str
    least: float
    exact: int


@dataclass(frozen=True)
class Grouping:
    """The groups of a set of texts, the largest first, and how many different texts there are."""

    groups: tuple[Group, ...]
    rows: int
    different: int


def normal(text: str) -> str:
    """Return what is compared: lower case, full width as half width; Chinese without gaps, else one space for a gap."""
    folded = fold(text[:TEXT_MOST])
    is_chinese = len(CJK_CHARACTER.findall(folded)) * 10 > len(folded) * 3
    return _NOT_A_WORD.sub("" if is_chinese else " ", folded).strip()


def group(texts: Iterable[tuple[str, str]], *, least: float = LEAST) -> Grouping:
    """Group (key, text) pairs. The same pairs in the same order: the same groups."""
    keys: list[str] = []
    same: dict[str, list[int]] = defaultdict(list)
    for number, (key, text) in enumerate(texts):
        keys.append(key)
        same[normal(text)].append(number)
    different = list(same)
    vectors = _vectors(different)
    groups = []
    for numbers in _joined(vectors, least):
        copies = [same[different[number]] for number in numbers]
        if not different[numbers[0]] or sum(map(len, copies)) < 2:
            continue
        middle, nearness = _middle(vectors, numbers, [len(one) for one in copies])
        members = sorted(row for rows in copies for row in rows)
        groups.append(
            Group(
                tuple(keys[row] for row in members),
                keys[copies[middle][0]],
                round(min(nearness), 4),
                len(copies[middle]),
            )
        )
    groups.sort(key=lambda one: -len(one.members))
    return Grouping(tuple(groups), len(keys), len(different))


def _is_short(text: str) -> bool:
    return len(text) < (SHORT_CJK if CJK_CHARACTER.search(text) else SHORT_OTHER)


def _vectors(texts: Sequence[str], gram: int = GRAM) -> csr_matrix:
    """Return one row of length 1 for each text; a short one has an empty row, which is near to nothing."""
    import numpy as np
    from scipy.sparse import csr_matrix

    at: dict[str, int] = {}
    seen: list[int] = []
    rows: list[Counter[int]] = []
    for text in texts:
        row: Counter[int] = Counter()
        if not _is_short(text):
            for run in (text[start : start + gram] for start in range(len(text) - gram + 1)):
                row[at.setdefault(run, len(at))] += 1
        seen.extend([0] * (len(at) - len(seen)))
        for number in row:
            seen[number] += 1
        rows.append(row)
    rarity = np.log((1 + len(texts)) / (1 + np.array(seen, dtype=np.float64))) + 1
    indices = np.fromiter((number for row in rows for number in row), dtype=np.int32)
    counts = np.fromiter((n for row in rows for n in row.values()), dtype=np.float64)
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    values = counts * rarity[indices] if len(indices) else counts
    lengths = np.sqrt(np.add.reduceat(np.append(values**2, 0), starts[:-1])) if len(rows) else np.zeros(0)
    filled = np.diff(starts)
    values = values / np.repeat(np.where(filled > 0, lengths, 1), filled)
    return csr_matrix((values.astype(np.float32), indices, starts), shape=(len(texts), max(1, len(at))))


def _joined(vectors: csr_matrix, least: float) -> list[list[int]]:
    """Return the rows that hang together by pairs of at least this cosine, each row in one group."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    count = vectors.shape[0]
    turned = vectors.T.tocsr()
    firsts: list[np.ndarray] = []
    seconds: list[np.ndarray] = []
    for start in range(0, count, BLOCK):
        near = (vectors[start : start + BLOCK] @ turned).tocoo()
        kept = near.data >= least
        firsts.append(near.row[kept] + start)
        seconds.append(near.col[kept])
    rows = np.concatenate(firsts) if firsts else np.zeros(0, dtype=int)
    columns = np.concatenate(seconds) if seconds else np.zeros(0, dtype=int)
    pairs = csr_matrix((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(count, count))
    _n, labels = connected_components(pairs, directed=False)
    found: dict[int, list[int]] = defaultdict(list)
    for number, label in enumerate(labels.tolist()):
        found[label].append(number)
    return list(found.values())


def _middle(vectors: csr_matrix, numbers: Sequence[int], copies: Sequence[int]) -> tuple[int, list[float]]:
    """Return the place of the member nearest to all others, and how near each is to it."""
    import numpy as np

    if len(numbers) == 1:
        return 0, [1.0]
    own = vectors[list(numbers)]
    # The sum of the cosines to all others is the product with the sum of their vectors.
    whole = np.asarray(own.T @ np.asarray(copies, dtype=np.float64))
    middle = int(np.argmax(np.round(own @ whole, 6)))
    near = np.asarray((own @ own[middle].T).todense()).ravel()
    near[middle] = 1.0
    return middle, [float(one) for one in near]


def nearest(texts: Sequence[str], first: int, *, most: int, least: float, gram: int = 2) -> list[list[int]]:
    """Return for each of the first texts the places of those nearest to it in subject, the nearest first.

    Runs of two characters meet in what letters are about; `group` compares wording.
    """
    import numpy as np

    vectors = _vectors([normal(text) for text in texts], gram)
    found = []
    for number in range(first):
        near = np.asarray((vectors[number] @ vectors.T).todense()).ravel()
        near[number] = 0
        order = np.argsort(-near, kind="stable")[:most]
        found.append([int(at) for at in order if near[at] >= least])
    return found
