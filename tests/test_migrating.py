"""Tables that are made at once are those that Django's own operations make one after the other."""

import pytest
from django.db import connection, models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration, RunSQL
from django.db.migrations.state import ProjectState

from engage.migrating import CreateTables

APP = "made_up"


def operations() -> list:
    key = ("id", models.BigAutoField(primary_key=True))
    return [
        CreateModel("Shelf", [key, ("name", models.CharField(max_length=20))]),
        CreateModel("Book", [key, ("shelf", models.ForeignKey(f"{APP}.shelf", models.CASCADE))]),
        # Each points to the other, so one of them has to be added.
        AddField("Shelf", "first", models.ForeignKey(f"{APP}.book", models.SET_NULL, null=True, related_name="+")),
        AddIndex("Book", models.Index(fields=["shelf", "id"], name="made_up_by_shelf")),
        AddConstraint("Shelf", models.UniqueConstraint(fields=["name"], name="made_up_name_once")),
    ]


def migrated(found: list) -> tuple[ProjectState, Migration]:
    migration = Migration("0001_initial", APP)
    migration.operations = found
    state = ProjectState()
    assert state.apps is not None
    with connection.schema_editor(atomic=True) as editor:
        return migration.apply(state, editor), migration


def tables() -> dict:
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name.startswith(APP)]
        return {
            name: (
                {(c.name, c.null_ok) for c in connection.introspection.get_table_description(cursor, name)},
                {
                    (tuple(c["columns"]), c["unique"], c["primary_key"], c["foreign_key"], c["index"], c["check"])
                    for c in connection.introspection.get_constraints(cursor, name).values()
                },
            )
            for name in names
        }


def dropped(state: ProjectState, migration: Migration) -> None:
    with connection.schema_editor(atomic=True) as editor:
        migration.unapply(ProjectState(), editor)


@pytest.mark.django_db(transaction=True)
def test_tables_made_at_once_are_those_made_one_after_the_other():
    state, migration = migrated(operations())
    one_by_one = tables()
    dropped(state, migration)
    assert len(one_by_one) == 2
    assert tables() == {}

    state, migration = migrated([CreateTables(operations())])
    assert tables() == one_by_one
    shelf = state.apps.get_model(APP, "Shelf").objects.create(name="history")
    book = state.apps.get_model(APP, "Book").objects.create(shelf=shelf)
    assert list(shelf.book_set.all()) == [book]
    dropped(state, migration)
    assert tables() == {}


def test_what_is_not_part_of_making_the_tables_is_refused():
    with pytest.raises(ValueError, match="not part of making"):
        CreateTables([*operations(), RunSQL("SELECT 1")])
    with pytest.raises(ValueError, match="not part of making"):
        CreateTables([AddField("Elsewhere", "name", models.TextField())])
