"""Rooms append rows; nobody, the database included, changes or deletes one."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from engage.accounts.actors import ANYONE, SYSTEM, ReceiptHolder
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions
from engage.journal.models import JournalCheckpoint, JournalNode, JournalPending, JournalRow, JournalSeal
from tests.journal import builders
from tests.journal.tampering import fresh_digest

pytestmark = pytest.mark.django_db

FROZEN = [JournalRow, JournalSeal, JournalNode, JournalCheckpoint]


@pytest.fixture
def full_journal():
    """A journal with something in every table."""
    builders.write(300)
    builders.checkpoint()
    return builders.write(1)[0]


def test_recording_is_one_insert_and_reads_nothing():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        actions.record(SYSTEM, "comment.received", "participation.submission:1", channel="web")
    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]


@pytest.mark.parametrize(
    ("actor", "kind", "actor_id"),
    [(SYSTEM, "system", "system"), (ANYONE, "anonymous", ""), (ReceiptHolder(7), "receipt", "7")],
)
def test_the_row_says_who_acted(actor, kind, actor_id):
    actions.record(actor, "comment.edited", "participation.submission:7")
    row = JournalRow.objects.get()
    assert (row.actor_kind, row.actor_id, row.submission_id) == (kind, actor_id, 7)


def test_the_row_names_a_person_by_number_never_by_address():
    person = User.objects.create_user("person@example.org")
    actions.record(person, "role.granted", person, role="officer")
    row = JournalRow.objects.get()
    assert (row.actor_id, row.target, row.content) == (
        str(person.pk),
        f"accounts.user:{person.pk}",
        {"role": "officer"},
    )


def test_the_row_carries_the_hash_of_what_the_database_gives_back():
    actions.record(
        SYSTEM, "draft.imported", "consultations.version:3", title="草案", parts=[1, 2], of={"b": 1, "a": None}
    )
    row = JournalRow.objects.get()
    assert bytes(row.digest) == fresh_digest(row.pk)


def test_a_row_about_many_things_names_their_kind():
    actions.record(SYSTEM, "contact.expired", "participation.contact", n=3)
    assert JournalRow.objects.get().target == "participation.contact:"


def test_something_unsaved_cannot_be_named():
    with pytest.raises(ValueError):
        actions.record(SYSTEM, "thing.made", User(email="nobody@example.org"))


def test_a_row_belongs_to_the_receipt_of_what_it_is_about():
    thing = ContentType.objects.first()
    thing.submission_id = 12
    actions.record(SYSTEM, "moderation.published", thing)
    assert JournalRow.objects.get().submission_id == 12


def test_a_row_goes_with_its_transaction():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        builders.write(1)
        _never = 1 / 0
    assert not JournalRow.objects.exists()
    assert not JournalPending.objects.exists()


def test_only_administrators_read_rows():
    builders.write(1)
    clerk = User.objects.create_user("clerk@example.org")
    boss = User.objects.create_superuser("boss@example.org")
    assert [JournalRow.objects.visible_to(actor).count() for actor in (ANYONE, clerk, boss)] == [0, 0, 1]


@pytest.mark.parametrize("model", FROZEN)
def test_the_models_refuse_every_change(full_journal, model):
    thing = model.objects.first()
    for change in (
        thing.save,
        thing.delete,
        model.objects.all().delete,
        lambda: model.objects.update(pk=0),
        lambda: model.objects.bulk_update([thing], ["pk"]),
    ):
        with pytest.raises(Refused) as refusal:
            change()
        assert refusal.value.code == "journal_append_only"


@pytest.mark.parametrize("model", FROZEN)
def test_the_database_refuses_every_change(full_journal, model):
    table, key, count = model._meta.db_table, model._meta.pk.column, model.objects.count()
    statements = [f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"]
    if connection.vendor == "postgresql":
        statements.append(f"TRUNCATE {table} CASCADE")
    else:
        statements.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
    for statement in statements:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert model.objects.count() == count


def test_the_database_keeps_the_note_of_a_row_until_it_is_sealed(full_journal):
    assert list(JournalPending.objects.values_list("pk", flat=True)) == [full_journal]
    for statement in ("DELETE FROM journal_journalpending", "UPDATE journal_journalpending SET row_id = 0"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_flush_empties_the_journal_and_leaves_it_protected():
    builders.write(1)
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True, reset_sequences=False)
    assert not JournalRow.objects.exists()
    builders.write(1)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_journalrow")


@pytest.mark.django_db(transaction=True)
def test_an_installation_in_production_is_not_flushed(settings):
    settings.PRODUCTION = True
    builders.write(1)
    with pytest.raises(CommandError):
        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
    assert JournalRow.objects.count() == 1
    settings.PRODUCTION = False
