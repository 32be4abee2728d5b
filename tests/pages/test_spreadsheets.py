"""Tables as CSV: written piece by piece, the same as at once, and nothing in them a formula."""

from __future__ import annotations

import csv
import io

import pytest

from engage.spreadsheets import PIECE, csv_stream, csv_text


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
