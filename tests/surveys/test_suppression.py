"""Small cells are hidden, and what is shown never gives them away."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from surveys.statistics.suppression import Hidden, hide_small

pytestmark = pytest.mark.sqlite_only


def with_sums(counts: np.ndarray) -> np.ndarray:
    return np.block([[counts, counts.sum(axis=1, keepdims=True)], [counts.sum(axis=0, keepdims=True), counts.sum()]])


def hidden_of(found: Hidden) -> np.ndarray:
    return np.block([[found.cells, found.rows[:, None]], [found.columns[None, :], np.array([[found.whole]])]])


def possible(table: np.ndarray, hidden: np.ndarray) -> dict[tuple[int, int], tuple[float, float]]:
    """Return the least and the most each hidden cell can be, given what is shown and that no count is below 0."""
    places = [tuple(place) for place in np.argwhere(hidden)]
    equations, sums = [], []
    for axis, size in enumerate(table.shape):
        for line in range(size):
            cells = [(line, at) if axis == 0 else (at, line) for at in range(table.shape[1 - axis])]
            signs = [1] * (len(cells) - 1) + [-1]
            row = [sum(sign for sign, cell in zip(signs, cells, strict=True) if cell == place) for place in places]
            shown = sum(sign * table[cell] for sign, cell in zip(signs, cells, strict=True) if not hidden[cell])
            equations.append(row)
            sums.append(-shown)
    found = {}
    for at, place in enumerate(places):
        aim = np.zeros(len(places))
        aim[at] = 1
        least, most = (
            linprog(sign * aim, A_eq=np.array(equations), b_eq=sums, bounds=(0, int(table.sum())), method="highs")
            for sign in (1, -1)
        )
        assert least.success and most.success
        found[place] = (least.fun, -most.fun)
    return found


tables = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: st.lists(
        st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 12, 30]), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
    ).map(lambda cells: np.array(cells).reshape(shape))
)


@settings(max_examples=120, deadline=None)
@given(tables)
def test_no_hidden_cell_can_be_worked_out_from_what_is_shown(counts):
    table, hidden = with_sums(counts), hidden_of(hide_small(counts))
    assert hidden[(table > 0) & (table < 5)].all()
    for place, (least, most) in possible(table, hidden).items():
        assert least - 1e-6 <= table[place] <= most + 1e-6
        # One person at least could be elsewhere.
        assert most - least >= 1 - 1e-6, (table, hidden, place)


@settings(max_examples=120, deadline=None)
@given(tables)
def test_nothing_is_hidden_without_need(counts):
    table, hidden = with_sums(counts), hidden_of(hide_small(counts))
    assert not hidden[table == 0].any()
    if not ((table > 0) & (table < 5)).any():
        assert not hidden.any()


def test_a_second_and_a_third_cell_hide_the_one_that_is_small():
    counts = np.array([[3, 20, 40], [30, 10, 50], [60, 70, 15]])
    found = hide_small(counts)
    assert found.cells.tolist() == [[True, True, False], [True, True, False], [False, False, False]]
    assert not (found.rows.any() or found.columns.any() or found.whole)


def test_the_cheapest_cycle_is_chosen():
    counts = np.array([[2, 11, 17], [13, 19, 23], [29, 31, 37]])
    costs = {
        (row, column): counts[0, column] + counts[row, 0] + counts[row, column]
        for row, column in itertools.product((1, 2), (1, 2))
    }
    row, column = min(costs, key=costs.__getitem__)
    wanted = np.zeros((3, 3), dtype=bool)
    wanted[np.ix_([0, row], [0, column])] = True
    assert (hide_small(counts).cells == wanted).all()


def test_a_column_alone_hides_its_sum():
    found = hide_small(np.array([[3], [40], [50]]))
    assert found.cells[0, 0] and found.rows[0]
    assert found.cells.sum() == 2 and found.rows.sum() == 2


def test_the_limit_is_a_choice():
    counts = np.array([[8, 20], [30, 40]])
    assert not hide_small(counts).cells.any()
    assert hide_small(counts, fewest=10).cells.all()


def test_negative_counts_are_a_fault():
    with pytest.raises(ValueError, match="0 or more"):
        hide_small(np.array([[-1]]))
