"""The database itself keeps the journal append-only, and notes each new row for the sealer.

Whoever owns the database can drop these triggers; `manage.py journal_verify` is there for that. The triggers stop
everybody and everything else: a bug, a script, a careless console.
"""

from django.db import migrations

FROZEN = ["journal_journalrow", "journal_journalseal", "journal_journalnode", "journal_journalcheckpoint"]
# What would let SQLite's INSERT OR REPLACE exchange a row: it deletes without firing DELETE triggers.
SQLITE_KEYS = {
    "journal_journalrow": "id = NEW.id",
    "journal_journalseal": "sequence = NEW.sequence OR row_id = NEW.row_id",
    "journal_journalnode": "id = NEW.id OR (level = NEW.level AND position = NEW.position)",
    "journal_journalcheckpoint": "number = NEW.number OR (kind = NEW.kind AND due_at = NEW.due_at)",
}

POSTGRES = [
    # The number of the transaction that writes the row: the sealer stays behind the oldest one still open.
    "ALTER TABLE journal_journalpending ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()",
    """
    CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE FUNCTION journal_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO journal_journalpending (row_id) VALUES (NEW.id);
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION journal_keep_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM journal_journalseal WHERE row_id = OLD.row_id) THEN
            RAISE EXCEPTION 'the row is not sealed yet' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER journal_note AFTER INSERT ON journal_journalrow
    FOR EACH ROW EXECUTE FUNCTION journal_note()
    """,
    """
    CREATE TRIGGER journal_keep_note BEFORE DELETE ON journal_journalpending
    FOR EACH ROW EXECUTE FUNCTION journal_keep_note()
    """,
    """
    CREATE TRIGGER journal_refuse_update BEFORE UPDATE ON journal_journalpending
    FOR EACH ROW EXECUTE FUNCTION journal_refuse()
    """,
    """
    CREATE TRIGGER journal_refuse_truncate BEFORE TRUNCATE ON journal_journalpending
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()
    """,
    *(
        f"""
        CREATE TRIGGER journal_refuse BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION journal_refuse()
        """
        for table in FROZEN
    ),
    *(
        f"""
        CREATE TRIGGER journal_refuse_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()
        """
        for table in FROZEN
    ),
]
POSTGRES_BACK = [
    "DROP FUNCTION journal_refuse() CASCADE",
    "DROP FUNCTION journal_note() CASCADE",
    "DROP FUNCTION journal_keep_note() CASCADE",
    "ALTER TABLE journal_journalpending DROP COLUMN xid",
]

SQLITE = {
    "journal_note": """
        AFTER INSERT ON journal_journalrow BEGIN
            INSERT INTO journal_journalpending (row_id) VALUES (NEW.id);
        END
    """,
    "journal_keep_note": """
        BEFORE DELETE ON journal_journalpending
        WHEN NOT EXISTS (SELECT 1 FROM journal_journalseal WHERE row_id = OLD.row_id) BEGIN
            SELECT RAISE(ABORT, 'the row is not sealed yet');
        END
    """,
    "journal_refuse_update_journal_journalpending": """
        BEFORE UPDATE ON journal_journalpending BEGIN
            SELECT RAISE(ABORT, 'the journal is append-only');
        END
    """,
    **{
        f"journal_refuse_{verb.lower()}_{table}": f"""
        BEFORE {verb} ON {table} BEGIN
            SELECT RAISE(ABORT, 'the journal is append-only');
        END
        """
        for table in FROZEN
        for verb in ("UPDATE", "DELETE")
    },
    **{
        f"journal_refuse_replace_{table}": f"""
        BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key}) BEGIN
            SELECT RAISE(ABORT, 'the journal is append-only');
        END
        """
        for table, key in SQLITE_KEYS.items()
    },
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
        statements = POSTGRES_BACK
    else:
        statements = [f"DROP TRIGGER {name}" for name in SQLITE]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunPython(protect, open_up)]
