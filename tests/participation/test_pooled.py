"""A pooled connection is asked whether it lives without a trip, and one that the server ended is not given out."""

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
    """End every other connection with this database, and wait until the server has done so."""
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": psycopg.Cursor}) as other:
        ended = other.execute(
            "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = %s",
            [connection.settings_dict["NAME"]],
        )
        assert all(done for (done,) in ended)


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


def test_a_server_that_started_anew_costs_one_wait_however_many_connections_it_ended(monkeypatch):
    waits = []
    monkeypatch.setattr("psycopg_pool.pool.sleep", waits.append)
    with connection.cursor():
        pool = connection.pool
    connection.close()

    def eight():
        held = [pool.getconn() for _ in range(8)]
        servers = {one.info.backend_pid for one in held if one.execute("SELECT 3").fetchone() == (3,)}
        for one in held:
            pool.putconn(one)
        return servers

    before = eight()
    end_all_others()
    after = eight()
    assert len(before) == len(after) == 8 and not before & after
    assert len(waits) == 1
    connections.close_all()


def test_a_connection_that_this_side_closed_is_known_as_such():
    made = Connection.connect(**connection.get_connection_params())
    made.close()
    with pytest.raises(psycopg.OperationalError):
        made.execute("")
