"""Rows written without the ORM's way of saving: the same columns, the same refusals, in one trip or in several."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engage import rows
from engage.accounts.actors import ANYONE
from engage.journal.models import JournalRow
from engage.participation import actions
from engage.participation.models import Attachment, Contact, OutgoingMail, Submission, TimelineEntry
from tests.participation.factories import envelope, submission

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# SQLite writes each row at once.
on_postgres = pytest.mark.postgres


def entry(sent: Submission, code: str = "received") -> TimelineEntry:
    return TimelineEntry(submission=sent, code=code, params={"day": {"day": "2026-12-03"}}, at=NOW)


def drawn(token: uuid.UUID, *models: type) -> dict:
    digest = envelope(token=token).digest
    known, numbers = rows.found_or_drawn(Submission, "token_digest", digest, *models)
    assert known is None
    return numbers


def test_a_row_written_at_once_has_its_key_and_reads_as_it_was_given():
    sent, _code = submission()
    written = entry(sent)
    rows.write(written)
    saved = entry(sent)
    saved.save()
    assert not written._state.adding and written.pk == saved.pk - 1
    first, second = (TimelineEntry.objects.filter(pk=one.pk).values().get() for one in (written, saved))
    assert {**first, "id": 0} == {**second, "id": 0}
    assert first["params"] == {"day": {"day": "2026-12-03"}} and first["at"] == NOW


def test_a_sealed_column_is_sealed_and_opens_again():
    contact = Contact(name="李梅", email="mei@example.org", delete_after=NOW)
    rows.write(contact)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM participation_contact WHERE id = %s", [contact.pk])
        name, phone = cursor.fetchone()
    assert "李梅" not in name and phone == ""
    assert Contact.objects.get(pk=contact.pk).name == "李梅"


def test_what_belongs_together_stands_when_the_block_has_ended():
    given = envelope(email="mei@example.org")
    with transaction.atomic():
        with rows.together(drawn(given.token, Contact, Submission)):
            sent = actions.open_submission("comment", given, actor=ANYONE)
            letter = actions.enqueue_mail(sent, subject="标题", body="正文")
        assert letter is not None and sent.pk and not sent._state.adding
    assert Submission.objects.get(pk=sent.pk).contact.email == "mei@example.org"
    assert [one.code for one in sent.timeline.all()] == ["received"]
    assert OutgoingMail.objects.get(submission=sent).body == "正文"
    assert JournalRow.objects.get(submission_id=sent.pk).target == f"participation.submission:{sent.pk}"


@on_postgres
def test_together_is_one_statement_and_nothing_before_its_end():
    given = envelope(email="mei@example.org")
    numbers = drawn(given.token, Contact, Submission)
    with transaction.atomic(), CaptureQueriesContext(connection) as seen, rows.together(numbers):
        sent = actions.open_submission("comment", given, actor=ANYONE)
        rows.write(entry(sent), entry(sent))
        assert not Submission.objects.filter(pk=sent.pk).exists()
    statements = [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"]]
    assert len(statements) == 2, statements
    assert sent.timeline.count() == 3


@on_postgres
def test_a_block_that_fails_writes_nothing():
    with pytest.raises(RuntimeError), rows.together({}):
        rows.write(Contact(delete_after=NOW))
        raise RuntimeError
    assert not Contact.objects.exists()
    # Nothing of it waits for the next block either.
    with rows.together({}):
        rows.write(Contact(delete_after=NOW))
    assert Contact.objects.count() == 1


@on_postgres
def test_a_row_that_needs_a_key_nobody_drew_is_refused():
    contact = Contact(email="mei@example.org", delete_after=NOW)
    with pytest.raises(ValueError, match="contact of a OutgoingMail has no key"), rows.together({}):
        rows.write(contact, OutgoingMail(contact=contact, subject="标题", body="正文"))
    assert not Contact.objects.exists()


def test_the_database_refuses_what_it_refuses_a_saved_row():
    given = envelope()
    actions.once(given, lambda: actions.open_submission("comment", given, actor=ANYONE))
    with pytest.raises(IntegrityError), transaction.atomic(), rows.together({Submission: 10**9}):
        actions.open_submission("comment", given, actor=ANYONE)
    assert Submission.objects.count() == 1
    assert JournalRow.objects.count() == 1


def test_what_is_known_is_found_and_draws_no_number():
    sent, _code = submission()
    assert rows.found_or_drawn(Submission, "token_digest", sent.token_digest, Submission) == (sent.pk, {})
    following, _code = submission()
    assert following.pk == sent.pk + 1


def test_a_number_that_was_given_is_not_drawn():
    """A self-test that is rolled back must not use up a number of people's receipts."""
    first, _code = submission()
    given = envelope(number=10**9, email="mei@example.org")
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.once(given, lambda: actions.open_submission("comment", given, actor=ANYONE), together=True)
        raise RuntimeError
    following = envelope()
    sent = actions.once(following, lambda: actions.open_submission("comment", following, actor=ANYONE), together=True)
    assert sent.pk == first.pk + 1


def test_a_row_is_deleted_with_what_is_written_beside_it():
    old, _code = submission()
    written = entry(old)
    rows.write(written)
    given = envelope()
    with transaction.atomic(), rows.together(drawn(given.token, Contact, Submission)):
        rows.remove(TimelineEntry, written.pk)
        sent = actions.open_submission("comment", given, actor=ANYONE)
    assert not TimelineEntry.objects.filter(pk=written.pk).exists()
    assert sent.timeline.count() == 1 and old.timeline.count() == 1


def test_a_row_deleted_alone_is_gone_at_once_and_one_that_is_not_there_is_no_fault():
    sent, _code = submission()
    written = entry(sent)
    rows.write(written)
    for _again in range(2):
        rows.remove(TimelineEntry, written.pk)
        assert not TimelineEntry.objects.filter(pk=written.pk).exists()


def test_a_row_is_changed_with_what_is_written_beside_it_and_alone():
    old, _code = submission()
    written = entry(old)
    rows.write(written)
    given = envelope()
    with transaction.atomic(), rows.together(drawn(given.token, Contact, Submission)):
        rows.change(TimelineEntry, written.pk, code="mended", params={"why": "光"})
        actions.open_submission("comment", given, actor=ANYONE)
    written.refresh_from_db()
    assert (written.code, written.params, written.at) == ("mended", {"why": "光"}, entry(old).at)
    rows.change(TimelineEntry, written.pk, at=given.received_at)
    written.refresh_from_db()
    assert written.at == given.received_at and written.code == "mended"
    rows.change(TimelineEntry, 0, code="nobody")
    assert not TimelineEntry.objects.filter(code="nobody").exists()


def test_what_a_reading_finds_is_what_the_query_finds():
    sent, _code = submission(email="mei@example.org")
    other, _code = submission()

    def build(number, before):
        found = Submission.objects.filter(received_at__lte=before, pk=number)
        return found.select_related("contact", "department").defer("region")

    reading = rows.Reading(build)
    later = sent.received_at + timedelta(days=1)
    for one in (sent, other):
        read, plain = reading.first(one.pk, later), build(one.pk, later).get()
        assert read == plain and read.contact == plain.contact and read.department is None
        assert read.get_deferred_fields() == {"region"} and not read._state.adding
        assert read.received_at == plain.received_at and read.flagged is plain.flagged
    assert reading.first(sent.pk, later).contact.email == "mei@example.org"
    assert reading.first(sent.pk, sent.received_at - timedelta(days=1)) is None
    with CaptureQueriesContext(connection) as seen:
        reading.first(sent.pk, later)
    assert len(seen) == 1


def test_a_reading_finds_all_rows_for_as_many_values_as_it_is_given():
    keys = [submission()[0].pk for _one in range(4)]
    reading = rows.Reading(lambda before, *wanted: Submission.objects.filter(received_at__lte=before, pk__in=wanted))
    later = timezone.now() + timedelta(days=1)
    for wanted in (keys[:1], keys[1:], keys[:3], keys[2:]):
        with CaptureQueriesContext(connection) as seen:
            assert {one.pk for one in reading.all(later, *wanted)} == set(wanted)
        assert len(seen) == 1
    assert reading.all(later - timedelta(days=9), *keys) == []
    assert reading.first(later, keys[3]).pk == keys[3]
    newest = rows.Reading(lambda before: Submission.objects.filter(received_at__lte=before).order_by("-pk")[:2])
    assert [one.pk for one in newest.all(later)] == [keys[3], keys[2]]


def test_a_reading_whose_values_are_not_those_of_its_filters_is_refused():
    sent, _code = submission()
    reading = rows.Reading(lambda number, _unused: Submission.objects.filter(pk=number))
    with pytest.raises(TypeError, match="in none of its filters"):
        reading.first(sent.pk, 1)


def test_a_new_row_is_what_its_model_makes():
    sent, _code = submission()
    given = {
        Contact: {"name": "李梅", "email": "mei@example.org", "delete_after": sent.received_at},
        TimelineEntry: {"submission": sent, "code": "received", "at": sent.received_at},
        Submission: {"pk": None, "kind": "comment", "letter": "C", "received_at": sent.received_at},
        OutgoingMail: {"contact": None, "submission_id": sent.pk, "subject": "题目", "body": "正文"},
    }
    for model, values in given.items():
        made, usual = rows.new(model, **values), model(**values)
        drawn = {field.attname for field in model._meta.concrete_fields if callable(field.default)} - {*values}
        for field in model._meta.concrete_fields:
            if field.attname not in drawn:
                assert getattr(made, field.attname) == getattr(usual, field.attname), field.attname
            assert type(getattr(made, field.attname)) in (type(getattr(usual, field.attname)), str)
        assert made._state.adding and made._state.db == usual._state.db
        assert made._state.fields_cache == usual._state.fields_cache
    first, second = (rows.new(TimelineEntry, submission=sent, code="received") for _one in range(2))
    assert first.params == {} and first.params is not second.params
    first.save()
    assert TimelineEntry.objects.get(pk=first.pk).submission == sent


def test_a_new_row_takes_no_name_that_is_no_field():
    with pytest.raises(TypeError, match="no field nam$"):
        rows.new(Contact, nam="李梅")
    with pytest.raises(TypeError, match="more than keep a value"):
        rows.new(Attachment, name="说明.txt")
