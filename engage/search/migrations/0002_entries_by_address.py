from django.db import migrations, models

# PostgreSQL: by the hash, as an address may be longer than a row of a tree; and while others go on writing.
POSTGRESQL = "CREATE INDEX CONCURRENTLY search_entry_url ON search_searchentry USING hash (url)"
POSTGRESQL_BACK = "DROP INDEX CONCURRENTLY search_entry_url"
SQLITE = "CREATE INDEX search_entry_url ON search_searchentry (url)"
SQLITE_BACK = "DROP INDEX search_entry_url"


def create_index(apps, schema_editor):
    """Create the index of this database."""
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def drop_index(apps, schema_editor):
    """Drop it again."""
    schema_editor.execute(POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("search", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex("searchentry", models.Index(fields=["url"], name="search_entry_url")),
            ],
            database_operations=[migrations.RunPython(create_index, drop_index, elidable=False)],
        ),
    ]
