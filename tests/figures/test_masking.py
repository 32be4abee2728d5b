"""Tables of counts whose sums are known."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engage.figures.rules import LEAST, PROTECTING, SMALL, is_safe, mask_table


def tables():
    """Up to five rows and columns, many small counts among them."""
    counts = st.one_of(st.integers(0, 6), st.integers(0, 400))
    return st.integers(1, 5).flatmap(
        lambda width: st.lists(st.lists(counts, min_size=width, max_size=width), min_size=1, max_size=5)
    )


@settings(max_examples=200, deadline=None)
@given(tables())
def test_no_small_count_is_shown_and_no_line_gives_one_away(found):
    rows = {str(i): {str(j): n for j, n in enumerate(line)} for i, line in enumerate(found)}
    masked = mask_table(rows)
    lines = [[(i, j) for j in rows["0"]] for i in rows] + [[(i, j) for i in rows] for j in rows["0"]]
    for line in lines:
        counts = {f"{i}.{j}": rows[i][j] for i, j in line}
        hidden = {f"{i}.{j}" for i, j in line if masked[i][j] in (SMALL, PROTECTING)}
        assert {name for name, n in counts.items() if 0 < n < LEAST} <= hidden
        shown = {name for name, n in counts.items() if n >= LEAST and name not in hidden}
        # Either the rule of one line holds, or the line is hidden from end to end.
        assert not hidden or is_safe(counts, hidden) or not shown
    for i, line in rows.items():
        for j, n in line.items():
            assert masked[i][j] in (n, SMALL if n < LEAST else PROTECTING)


def test_what_is_hidden_in_a_row_finds_company_in_its_column():
    rows = {"jan": {"water": 3, "roads": 40, "parks": 50}, "feb": {"water": 30, "roads": 45, "parks": 60}}
    assert mask_table(rows) == {
        "jan": {"water": SMALL, "roads": PROTECTING, "parks": 50},
        "feb": {"water": PROTECTING, "roads": PROTECTING, "parks": 60},
    }


def test_a_table_without_rows_or_columns_stays_as_it_is():
    assert mask_table({}) == {}
    assert mask_table({"jan": {}}) == {"jan": {}}
