"""Tables as CSV: written piece by piece, the same as at once, and nothing in them a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from engage.spreadsheets import (
    CELL_MOST,
    PIECE,
    add_row,
    add_sheet,
    book_bytes,
    calculable,
    csv_stream,
    csv_text,
    harmless,
    new_book,
)


@pytest.mark.parametrize("n", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_pieces_make_the_same_file_as_all_at_once(n):
    rows = [[number, "字\n二", None, "=1+1", '"quoted"'] for number in range(n)]
    whole = b"".join(csv_stream(["a", "b", "c", "d", "e"], iter(rows)))
    assert whole.decode() == csv_text(rows, head=["a", "b", "c", "d", "e"])
    read = list(csv.reader(io.StringIO(whole.decode("utf-8-sig"), newline="")))
    assert read == [["a", "b", "c", "d", "e"]] + [[str(m), "字\n二", "", "'=1+1", '"quoted"'] for m in range(n)]


def test_rows_are_taken_as_they_are_sent():
    taken = []
    pieces = csv_stream(["n"], ([taken.append(n) or n] for n in range(2 * PIECE)))
    next(pieces)
    assert len(taken) == PIECE


def test_signs_that_utf_8_has_none_for_break_no_file():
    assert b"".join(csv_stream(["n"], [["a\ud800b"], ["a\x00b"]])) == "\ufeffn\r\na?b\r\na\ufffdb\r\n".encode()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("'-' = ${q}", "''-' = ${q}"),
        ("'+86'", "''+86'"),
        ("''=1", "'''=1"),
        ("'\tx", "''\tx"),
        ("=1+1", "'=1+1"),
        (" ＝1", "' ＝1"),
        ("\r\nx", "'\r\nx"),
        ("'x' = ${q}", "'x' = ${q}"),
        ("it's -1", "it's -1"),
        ("'", "'"),
        ("", ""),
    ],
)
def test_an_apostrophe_that_was_written_is_not_the_one_that_was_put_before(text, written):
    assert harmless(text) == written and calculable(written) == text


@given(st.text(alphabet="'=-＋ \t\n\ufeffa"))
def test_a_cell_reads_back_as_it_was(text):
    assert calculable(harmless(text)) == text


def test_a_head_is_no_formula_either():
    assert csv_text([], head=["=1+1", "n"]) == "\ufeff'=1+1,n\r\n"


def test_a_workbook_has_its_heads_in_bold_and_text_that_nothing_calculates():
    book = new_book("Cases")
    sheet = add_sheet(book, "All", widths=(20, 60), heads=[["code", "n"], ["Code", "Number"]])
    add_row(sheet, ["=1+1", 7, None, "", "a\x00b", 0.5, "字" * (CELL_MOST + 1), "#N/A", "plain"])
    found = load_workbook(io.BytesIO(book_bytes(book)))
    assert (found.properties.title, found.properties.creator) == ("Cases", None)
    all_rows = found["All"]
    assert [[cell.value for cell in row[:2]] for row in all_rows["A1:B2"]] == [["code", "n"], ["Code", "Number"]]
    assert all(cell.font.bold for row in all_rows["A1:B2"] for cell in row) and not all_rows["A3"].font.bold
    assert (all_rows.freeze_panes, all_rows.column_dimensions["B"].width) == ("A3", 60)
    cells = list(all_rows[3])
    assert [cell.value for cell in cells] == ["=1+1", 7, None, None, "a\ufffdb", 0.5, "字" * CELL_MOST, "#N/A", "plain"]
    assert [cells[place].data_type for place in (0, 1, 4, 7, 8)] == ["s", "n", "s", "s", "s"]
