"""Many rows like one that the product itself made, written by the database."""

from collections.abc import Mapping
from typing import Any


def copies(model: Any, template: int, columns: Mapping[str, str], source: str) -> None:
    """Insert rows like one that exists, on PostgreSQL.

    `source` is a table expression with a column n; `columns` maps a column to an expression over n and the row t.
    """
    from django.db import connection

    table = model._meta.db_table
    names = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(columns.get(name, f't."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({quoted}) SELECT {values} FROM {table} t, {source} WHERE t.id = {template}"
        )
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
