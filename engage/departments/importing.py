"""From the bytes of a table to rows; spreadsheets in China still save GB18030."""

from engage.departments.rules import DepartmentRow, RowFault, read_rows


def read_table(content: bytes) -> tuple[list[DepartmentRow], list[RowFault]]:
    """Read a CSV file in UTF-8 or GB18030 into rows and what is wrong in them."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return read_rows(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return [], [RowFault("department_table_unreadable", 1)]
