"""Migrations that make many tables at once.

Django renders every model anew that is related to a new one, again after each operation, and on SQLite makes a table
anew for each constraint added to it. With hundreds of models related to the user this took most of the time of a first
start. Tables that are made in one migration need neither: nothing lies between the first operation and the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

Part = CreateModel | AddField | AddIndex | AddConstraint


class CreateTables(Operation):
    """Make tables as they stand after all `operations`: those that create them, and add to those created here.

    ValueError: an operation is of another kind, or adds to a table that is made elsewhere.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, operations: Sequence[Part]) -> None:
        self.operations = operations
        self.created = [one for one in operations if isinstance(one, CreateModel)]
        names = {one.name_lower for one in self.created}
        for one in operations:
            if not isinstance(one, Part) or not isinstance(one, CreateModel) and one.model_name_lower not in names:
                raise ValueError(f"{one.describe()}: not part of making these tables")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return how it is written."""
        return self.__class__.__name__, [self.operations], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add the models; of rendered ones only the new are rendered, as when classes are defined one after another."""
        rendered = state.__dict__.pop("apps", None)
        for one in self.operations:
            one.state_forwards(app_label, state)
        if rendered is not None:
            state.__dict__["apps"] = rendered
            rendered.render_multiple([state.models[app_label, one.name_lower] for one in self.created])

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make each table with its columns, constraints and indexes."""
        for one in self.created:
            model = to_state.apps.get_model(app_label, one.name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop the tables, the last first."""
        for one in reversed(self.created):
            model = from_state.apps.get_model(app_label, one.name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def describe(self) -> str:
        """Name the tables."""
        return f"Make the tables of {', '.join(one.name for one in self.created)}"

    @property
    def migration_name_fragment(self) -> str:
        """Name a migration after its first table."""
        return self.created[0].name_lower
