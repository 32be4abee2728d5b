from django.db import migrations

# Which cases the desk counts, and the places they are counted at.
COUNTS = "({row}.at_desk OR {row}.low_rated)"
COLUMNS = ("desk_id", "kind", "phase", "due_order", "low_rated", "suspect")
WATCHED = (*COLUMNS, "at_desk")


def _change(row: str, change: str) -> str:
    names = ", ".join(COLUMNS)
    values = ", ".join(f"{row}.{column}" for column in COLUMNS)
    return f"""
        INSERT INTO mailbox_casetally ({names}, change) SELECT {values}, {change} WHERE {COUNTS.format(row=row)};
    """


ADD, TAKE = _change("NEW", "1"), _change("OLD", "-1")


def _differs(sign: str) -> str:
    return " OR ".join(f"OLD.{column} {sign} NEW.{column}" for column in WATCHED)


POSTGRES = [
    f"""
    CREATE FUNCTION mailbox_tally_case() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN {TAKE} END IF;
        IF TG_OP <> 'DELETE' THEN {ADD} END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER mailbox_tally_case AFTER INSERT OR DELETE ON mailbox_case
    FOR EACH ROW EXECUTE FUNCTION mailbox_tally_case()
    """,
    f"""
    CREATE TRIGGER mailbox_tally_changed AFTER UPDATE OF {", ".join(WATCHED)} ON mailbox_case
    FOR EACH ROW WHEN ({_differs("IS DISTINCT FROM")}) EXECUTE FUNCTION mailbox_tally_case()
    """,
]
POSTGRES_BACK = ["DROP FUNCTION mailbox_tally_case() CASCADE"]

# A later migration that makes SQLite copy the table of cases (any AlterField) loses these and must create them again.
SQLITE = {
    "mailbox_tally_added": f"AFTER INSERT ON mailbox_case BEGIN {ADD} END",
    "mailbox_tally_gone": f"AFTER DELETE ON mailbox_case BEGIN {TAKE} END",
    "mailbox_tally_changed": f"""
        AFTER UPDATE OF {", ".join(WATCHED)} ON mailbox_case WHEN {_differs("IS NOT")} BEGIN {TAKE} {ADD} END
    """,
}


def keep_count(apps, schema_editor):
    """Create the triggers."""
    if schema_editor.connection.vendor == "postgresql":
        statements = POSTGRES
    else:
        statements = [f"CREATE TRIGGER {name} {body}" for name, body in SQLITE.items()]
    for statement in statements:
        schema_editor.execute(statement)


def stop_counting(apps, schema_editor):
    """Drop the triggers."""
    if schema_editor.connection.vendor == "postgresql":
        statements = POSTGRES_BACK
    else:
        statements = [f"DROP TRIGGER {name}" for name in SQLITE]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0001_initial")]

    operations = [migrations.RunPython(keep_count, stop_counting)]
