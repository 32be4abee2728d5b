"""Every committed row gets a place in the chain, none is skipped and none has two."""

import os
import threading
from collections.abc import Callable
from queue import Queue

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from engage.accounts.actors import SYSTEM
from engage.journal import actions, rules, tasks
from engage.journal.actions import sealing
from engage.journal.models import JournalPending, JournalRow, JournalSeal
from tests.journal import builders


def sealed_rows() -> list[int]:
    return list(JournalSeal.objects.order_by("sequence").values_list("row_id", flat=True))


@pytest.mark.django_db
def test_rows_are_sealed_in_order_without_gaps():
    ids = builders.write(5)
    assert actions.seal() == 5
    assert sealed_rows() == ids
    assert list(JournalSeal.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert not JournalPending.objects.exists()


@pytest.mark.django_db
def test_each_link_follows_from_the_one_before():
    builders.write(3)
    actions.seal()
    chain = rules.GENESIS
    for seal in JournalSeal.objects.all():
        chain = rules.next_link(chain, seal.sequence, seal.row_id, bytes(seal.row.digest))
        assert bytes(seal.chain) == chain


@pytest.mark.django_db
def test_sealing_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 2)
    ids = builders.write(5)
    assert actions.seal(batches=1) == 2
    ids += builders.write(1, first=6)
    assert actions.seal() == 4
    assert sealed_rows() == ids


@pytest.mark.django_db
def test_without_waiting_rows_nothing_is_written():
    with CaptureQueriesContext(connection) as queries:
        tasks.seal()
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"]


@pytest.mark.django_db
def test_the_worker_knows_both_tasks():
    from engage.schedule import jobs

    assert {"engage.journal.tasks.seal", "engage.journal.tasks.take_checkpoints"} <= {job.name for job in jobs()}


class Writer:
    """A second connection whose transaction takes one step at a time; left open, it is rolled back at the end."""

    def __init__(self) -> None:
        self._orders: Queue[Callable[[], object] | None] = Queue()
        self._answers: Queue[object] = Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._thread.is_alive():
            self._orders.put(self._give_up)
            self._thread.join()

    def do(self, order: Callable[[], object]) -> object:
        self._orders.put(order)
        answer = self._answers.get(timeout=60)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def commit(self) -> None:
        self._orders.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            with transaction.atomic():
                while order := self._orders.get():
                    self._answers.put(order())
        except BaseException as error:
            self._answers.put(error)
        finally:
            connection.close()

    @staticmethod
    def _give_up() -> None:
        raise TimeoutError("The test ended while this transaction was open")


def record(name: str) -> Callable[[], None]:
    return lambda: actions.record(SYSTEM, f"test.{name}", "test")


def row_of(name: str) -> int:
    return JournalRow.objects.get(verb=f"test.{name}").pk


def begin() -> None:
    """Give the transaction its number before it writes anything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_holds_the_sealer_back_and_is_not_skipped():
    with Writer() as slow:
        slow.do(record("early"))
        record("late")()
        assert actions.seal() == 0
        assert JournalPending.objects.count() == 1
        slow.commit()
    builders.seal_all()
    assert sealed_rows() == [row_of("early"), row_of("late")]
    assert row_of("early") < row_of("late")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_lower_id_that_commits_after_a_higher_one_was_sealed_comes_after_it():
    with Writer() as first, Writer() as second:
        first.do(begin)
        second.do(record("lower"))
        first.do(record("higher"))
        first.commit()
        builders.seal_all()
        assert sealed_rows() == [row_of("higher")]
        second.commit()
    builders.seal_all()
    assert sealed_rows() == [row_of("higher"), row_of("lower")]
    assert row_of("lower") < row_of("higher")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_transaction_open_in_another_database_of_the_server_holds_nothing_back():
    with psycopg.connect(os.environ["DATABASE_URL"]) as elsewhere, elsewhere.transaction():
        elsewhere.execute("SELECT pg_current_xact_id()")
        record("here")()
        assert builders.seal_all() == 1
    assert sealed_rows() == [row_of("here")]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_while_one_process_seals_another_does_nothing():
    record("one")()
    with transaction.atomic(), Writer() as other:
        assert sealing.hold(sealing.SEALING)
        assert other.do(actions.seal) == 0
        other.commit()
    assert builders.seal_all() == 1


@pytest.mark.postgres
@pytest.mark.django_db
def test_rows_that_waited_when_the_database_moved_to_another_server_are_sealed():
    ids = builders.write(1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_journalpending DISABLE TRIGGER USER")
        cursor.execute("UPDATE journal_journalpending SET xid = '9000000000000'")
        cursor.execute("ALTER TABLE journal_journalpending ENABLE TRIGGER USER")
    assert actions.seal() == 1
    assert sealed_rows() == ids


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_lose_nothing():
    def write_some() -> None:
        for _turn in range(10):
            actions.record(SYSTEM, "test.crowd", "test")
        connection.close()

    writers = [threading.Thread(target=write_some) for _each in range(6)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        actions.seal()
    builders.seal_all()
    assert JournalRow.objects.count() == 60
    assert sorted(sealed_rows()) == sorted(JournalRow.objects.values_list("pk", flat=True))
