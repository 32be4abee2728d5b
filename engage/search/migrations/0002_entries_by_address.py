from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class AddIndexBesideWriters(AddIndexConcurrently):
    """Add an index while others write: concurrently on PostgreSQL, plainly elsewhere."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        """Create it."""
        way = super() if schema_editor.connection.vendor == "postgresql" else super(AddIndexConcurrently, self)
        way.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Drop it again."""
        way = super() if schema_editor.connection.vendor == "postgresql" else super(AddIndexConcurrently, self)
        way.database_backwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("search", "0001_initial"),
    ]

    operations = [
        AddIndexBesideWriters("searchentry", models.Index(fields=["url"], name="search_entry_url")),
    ]
