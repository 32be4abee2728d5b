"""The one column that differs between databases: a tsvector on PostgreSQL, text behind FTS5 on SQLite."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

FTS_TABLE = "search_fts"


class TermsField(models.Field):
    """Index terms, in Python a string of terms with a space between; a term has letters and digits only.

    `table` is the FTS5 table of SQLite that a migration of the model makes beside it.
    """

    def __init__(self, *args: Any, table: str = FTS_TABLE, **options: Any) -> None:
        self.table = table
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """Keep the name of the table in migrations where it is not the usual one."""
        name, path, args, options = super().deconstruct()
        return name, path, args, options | ({"table": self.table} if self.table != FTS_TABLE else {})

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the column type of this database."""
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, value: Any, compiler: Any, connection: BaseDatabaseWrapper) -> str:
        """Hand the terms to PostgreSQL as they are: no parser of its own splits or stems them."""
        return "array_to_tsvector(string_to_array(%s, ' '))" if connection.vendor == "postgresql" else "%s"

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        """Read what was written, so that a dump of one database loads into the other."""
        if value is None or connection.vendor != "postgresql":
            return value
        return value.replace("'", "")


@TermsField.register_lookup
class Holds(models.Lookup):
    """`terms__holds=[...]`: entries with all of the terms."""

    lookup_name = "holds"
    # Between the terms of a query: on PostgreSQL, on SQLite.
    joined = " & ", " AND "

    def get_prep_lookup(self) -> list[str]:
        """Sort the terms, so that the same question is the same statement."""
        terms: Iterable[str] = self.rhs
        return sorted(terms)

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Write the terms as a query of this database; quoting leaves no sign a meaning."""
        if connection.vendor == "postgresql":
            return "%s", (
                self.joined[0].join("'" + term.replace("\\", "\\\\").replace("'", "''") + "'" for term in value),
            )
        return "%s", (self.joined[1].join('"' + term.replace('"', '""') + '"' for term in value),)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Ask the GIN index."""
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}::tsquery", [*left_values, *right_values]

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Ask the FTS5 table, whose row ids are the ids of the entries."""
        right, right_values = self.process_rhs(compiler, connection)
        identity = f"{compiler.quote_name_unless_alias(self.lhs.alias)}.{connection.ops.quote_name('id')}"
        table = self.lhs.output_field.table
        return f"{identity} IN (SELECT rowid FROM {table} WHERE {table} MATCH {right})", list(right_values)


@TermsField.register_lookup
class HoldsAny(Holds):
    """`terms__holds_any=[...]`: entries with at least one of the terms."""

    lookup_name = "holds_any"
    joined = " | ", " OR "
