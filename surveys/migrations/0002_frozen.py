"""The database itself keeps a published version as it was signed.

A later migration that makes SQLite copy the table (any AlterField) loses the triggers and must create them again.
"""

from django.db import migrations

TABLE = "surveys_version"
COLUMNS = ("definition", "definition_hash", "questionnaire_id", "number", "published_at")

POSTGRES = [
    """
    CREATE FUNCTION surveys_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    f"""
    CREATE TRIGGER surveys_frozen BEFORE UPDATE OF {", ".join(COLUMNS)} ON {TABLE}
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL
        AND ({" OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in COLUMNS)}))
    EXECUTE FUNCTION surveys_refuse()
    """,
]
SQLITE = {
    "surveys_frozen": f"""
        BEFORE UPDATE OF {", ".join(COLUMNS)} ON {TABLE} WHEN OLD.published_at IS NOT NULL
        AND ({" OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in COLUMNS)})
        BEGIN SELECT RAISE(ABORT, 'a published version never changes'); END
    """,
}


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        statements = POSTGRES
    else:
        statements = [f"CREATE TRIGGER {name} {body}" for name, body in SQLITE.items()]
    for statement in statements:
        schema_editor.execute(statement)


def open_up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        statements = ["DROP FUNCTION surveys_refuse() CASCADE"]
    else:
        statements = [f"DROP TRIGGER {name}" for name in SQLITE]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [migrations.RunPython(protect, open_up)]
