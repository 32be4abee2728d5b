"""A pooled connection is asked whether it lives without a trip, and one that the server ended is not given out."""

import select

import psycopg
import pytest
from django.db import connection, connections

from engage.pooled import Connection

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sent(monkeypatch):
    """The empty statements that went to the server."""
    found, real = [], psycopg.Connection.execute

    def execute(self, query, params=None, **options):
        found.append(query)
        return real(self, query, params, **options)

    monkeypatch.setattr(psycopg.Connection, "execute", execute)
    return found


def end_all_others():
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": psycopg.Cursor}) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s",
            [connection.settings_dict["NAME"]],
        )


def test_a_quiet_connection_is_taken_for_alive_without_a_trip(sent):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert isinstance(connection.connection, Connection)
    connection.close()
    sent.clear()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 2")
        assert cursor.fetchone() == (2,)
    assert "" not in sent


def test_a_connection_that_the_server_ended_is_replaced(sent):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        before = cursor.fetchone()
    kept = connection.connection
    connection.close()
    end_all_others()
    # The server says that it ends a connection a moment before it does.
    assert select.select([kept.fileno()], [], [], 20)[0]
    sent.clear()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != before
    assert "" in sent
    connections.close_all()


def test_a_connection_that_this_side_closed_is_known_as_such():
    made = Connection.connect(**connection.get_connection_params())
    made.close()
    with pytest.raises(psycopg.OperationalError):
        made.execute("")
