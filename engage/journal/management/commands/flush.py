"""`flush` empties every table; with triggers in the way it lifts these first and brings them back.

The journal's refuse; those of other rooms would write into tables that are empty already. A room names the tables its
triggers stand on as `trigger_tables` of its AppConfig.

Tests that commit are cleaned up by this command. In production the journal stays, so nothing is flushed there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def unprotected(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Lift the triggers of such tables inside a transaction, so that a failure brings them back."""
    tables = [model._meta.db_table for model in apps.get_app_config("journal").get_models()]
    tables += [table for config in apps.get_app_configs() for table in getattr(config, "trigger_tables", ())]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lift = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
            restore = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
        else:
            places = ", ".join(["%s"] * len(tables))
            cursor.execute(
                f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({places})", tables
            )
            found = cursor.fetchall()
            lift = [f"DROP TRIGGER {name}" for name, _sql in found]
            restore = [sql for _name, sql in found]
        for statement in lift:
            cursor.execute(statement)
        yield
        for statement in restore:
            cursor.execute(statement)


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("An installation in production keeps its journal; flush is for development and tests.")
        with unprotected(connections[options["database"]]):
            super().handle(**options)
