from django.db import migrations

# A signature counts while it is confirmed; the hour is the one of its confirmation, in UTC.
COLUMNS = "petition_id, signature_id, region, country, hour, change"


def _add(hour: str) -> str:
    return f"""
        INSERT INTO petitions_signaturetally ({COLUMNS})
        VALUES (NEW.petition_id, NEW.id, NEW.region, NEW.country, {hour.format(row="NEW")}, 1);
    """


def _take(hour: str) -> str:
    return f"""
        INSERT INTO petitions_signaturetally ({COLUMNS})
        VALUES (OLD.petition_id, NULL, OLD.region, OLD.country, {hour.format(row="OLD")}, -1);
    """


POSTGRES_HOUR = "date_trunc('hour', {row}.confirmed_at, 'UTC')"
SQLITE_HOUR = "strftime('%Y-%m-%d %H:00:00', {row}.confirmed_at)"
BEGINS = "NEW.state = 'confirmed' AND OLD.state <> 'confirmed'"
CEASES = "OLD.state = 'confirmed' AND NEW.state <> 'confirmed'"

POSTGRES = [
    f"""
    CREATE FUNCTION petitions_signature_counts() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN {_add(POSTGRES_HOUR)} RETURN NULL; END $$
    """,
    f"""
    CREATE FUNCTION petitions_signature_ceases() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN {_take(POSTGRES_HOUR)} RETURN NULL; END $$
    """,
    """
    CREATE TRIGGER petitions_tally_added AFTER INSERT ON petitions_signature
    FOR EACH ROW WHEN (NEW.state = 'confirmed') EXECUTE FUNCTION petitions_signature_counts()
    """,
    f"""
    CREATE TRIGGER petitions_tally_begins AFTER UPDATE OF state ON petitions_signature
    FOR EACH ROW WHEN ({BEGINS}) EXECUTE FUNCTION petitions_signature_counts()
    """,
    f"""
    CREATE TRIGGER petitions_tally_ceases AFTER UPDATE OF state ON petitions_signature
    FOR EACH ROW WHEN ({CEASES}) EXECUTE FUNCTION petitions_signature_ceases()
    """,
    """
    CREATE TRIGGER petitions_tally_gone AFTER DELETE ON petitions_signature
    FOR EACH ROW WHEN (OLD.state = 'confirmed') EXECUTE FUNCTION petitions_signature_ceases()
    """,
]
POSTGRES_BACK = [
    "DROP FUNCTION petitions_signature_counts() CASCADE",
    "DROP FUNCTION petitions_signature_ceases() CASCADE",
]

# A later migration that makes SQLite copy the table of signatures (any AlterField) loses these and must create them again.
SQLITE = {
    "petitions_tally_added": f"""
        AFTER INSERT ON petitions_signature WHEN NEW.state = 'confirmed' BEGIN {_add(SQLITE_HOUR)} END
    """,
    "petitions_tally_begins": f"""
        AFTER UPDATE OF state ON petitions_signature WHEN {BEGINS} BEGIN {_add(SQLITE_HOUR)} END
    """,
    "petitions_tally_ceases": f"""
        AFTER UPDATE OF state ON petitions_signature WHEN {CEASES} BEGIN {_take(SQLITE_HOUR)} END
    """,
    "petitions_tally_gone": f"""
        AFTER DELETE ON petitions_signature WHEN OLD.state = 'confirmed' BEGIN {_take(SQLITE_HOUR)} END
    """,
}


def keep_count(apps, schema_editor):
    """Create the triggers."""
    if schema_editor.connection.vendor == "postgresql":
        statements = POSTGRES
    else:
        statements = [f"CREATE TRIGGER {name} {body}" for name, body in SQLITE.items()]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def stop_counting(apps, schema_editor):
    """Drop the triggers."""
    if schema_editor.connection.vendor == "postgresql":
        statements = POSTGRES_BACK
    else:
        statements = [f"DROP TRIGGER {name}" for name in SQLITE]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("petitions", "0001_initial")]

    operations = [migrations.RunPython(keep_count, stop_counting)]
