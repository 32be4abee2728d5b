"""What goes into a table that people open in a spreadsheet: its cells, and CSV written piece by piece."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

# Tells a spreadsheet that a file is UTF-8.
MARK = "\ufeff"
# Rows of a stream that are written before they are sent.
PIECE = 500

# Control characters that XML and so no workbook can hold.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# How a spreadsheet recognises a formula; the full-width forms are converted by some of them (OWASP, CSV injection).
_FORMULA = re.compile(r"^[\s\u200b\ufeff]*[=+\-@＝＋－＠|%]|^[\t\r\n]")


def printable(value: Any) -> Any:
    """Take out the signs that no file format keeps."""
    return _ILLEGAL.sub("\ufffd", value) if isinstance(value, str) else value


def harmless(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula: an apostrophe before what begins like one."""
    value = printable(value)
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def calculable(value: str) -> str:
    """Take back what `harmless` did: the apostrophe before what begins like a formula."""
    return value[1:] if value.startswith("'") and _FORMULA.match(value[1:]) else value


def csv_text(rows: Iterable[Sequence[Any]], *, head: Sequence[str] = ()) -> str:
    """Write rows as CSV, no cell of which is taken for a formula; with a head the text begins as a file does."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if head:
        out.write(MARK)
        writer.writerow(head)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_stream(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Write a whole file piece by piece, so that its size does not matter; signs that UTF-8 has none for become "?"."""
    left = iter(rows)
    piece = list(islice(left, PIECE))
    yield csv_text(piece, head=head).encode("utf-8", "replace")
    while piece := list(islice(left, PIECE)):
        yield csv_text(piece).encode("utf-8", "replace")
