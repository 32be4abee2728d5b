"""What goes into a cell of a table that people open in a spreadsheet."""

import re
from typing import Any

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
