"""Put a test database back as it was when the run began, after a test that committed.

Emptying every table and filling some again, as Django does it, takes seconds with hundreds of tables; nearly all of
them are as they were.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path


def sqlite_restorer(database: Path, kept: Path) -> Callable[[], None]:
    """Keep the whole file; return what puts it back."""
    from django.db import connection

    with closing(sqlite3.connect(kept)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)

    def put_back() -> None:
        with closing(sqlite3.connect(kept)) as copy, closing(sqlite3.connect(database, timeout=60)) as used:
            copy.backup(used)

    return put_back


def postgres_restorer() -> Callable[[], None]:
    """Keep the rows there are in a schema beside; return what puts the tables back that are not as they were.

    Sequences go on: no test may rely on a number of a row.
    """
    from django.db import connection, transaction

    tables = [f'"{name}"' for name in connection.introspection.table_names() if name != "django_migrations"]
    # Of all rows of a table together, whatever their order; nothing of an empty one.
    prints = " UNION ALL ".join(
        f"SELECT '{table}', (SELECT sum(hashtextextended(one::text, 0)) FROM {table} one)" for table in tables
    )

    def fingerprints() -> dict[str, int | None]:
        with connection.cursor() as cursor:
            cursor.execute(prints)
            return dict(cursor.fetchall())

    first = fingerprints()
    filled = {table for table, found in first.items() if found is not None}
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA kept")
        for table in filled:
            cursor.execute(f"CREATE TABLE kept.{table} AS TABLE {table}")

    def put_back() -> None:
        connection.ensure_connection()
        changed = [table for table, found in fingerprints().items() if found != first[table]]
        if not changed:
            return
        # Keys are checked when the transaction ends, so no order of the tables is needed. What the tables' triggers
        # forbid or count is for the test, not for this.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in changed:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                cursor.execute(f"DELETE FROM {table}")
            for table in filled.intersection(changed):
                cursor.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept.{table}")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in changed:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return put_back
