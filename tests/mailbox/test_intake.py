"""Taking a letter in: few statements, the rows that saving one by one would write, and one receipt for one token."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection, connections
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM
from engage.calendars import actions as calendars
from engage.calendars.models import Calendar
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.participation import limits
from engage.participation.models import Contact, OutgoingMail, Submission, TimelineEntry
from engage.sessions import SessionStore
from mailbox import actions as cases
from mailbox.desk.models import CaseWords
from mailbox.desk.searching import cases_with_words
from mailbox.letterbox import actions, kept
from mailbox.letterbox.models import AnswerFound, HeldFile, PostalAddress, Wish
from mailbox.models import Case, CaseClock, CaseTally, Intake, Message, Party
from tests.mailbox.factories import case, house
from tests.mailbox.test_public import WORDS, body, fields, send, write
from tests.participation.factories import envelope

pytestmark = pytest.mark.django_db
# What is sealed differs with every writing; keys and what is drawn at random are each row's own.
OWN = {
    JournalRow: {"id", "salt", "digest"},
    Contact: {"id", "name", "email", "phone"},
    OutgoingMail: {"id", "subject", "body", "html", "unsubscribe"},
    PostalAddress: {"text", "contact_id"},
    Submission: {"id", "token_digest"},
    Case: {"submission_id"},
    Wish: {"case_id"},
    CaseWords: {"id"},
}


@pytest.fixture
def place():
    return house()


@pytest.fixture(autouse=True)
def _nobody_is_too_fast(settings):
    settings.FASTEST_PERSON_SECONDS = 0


def grievance(token: uuid.UUID | None = None, **sent: Any) -> Case:
    given = envelope(name="李梅", email="Mei@Example.org ", phone="123", **sent, **({"token": token} if token else {}))
    speaks = [cases.Representative("王刚", "gang@example.org"), cases.Representative("赵敏")]
    new = cases.NewCase("grievance", WORDS, title="题目", people=3, representatives=speaks)
    beside = actions.Beside(delivery="post", address="临河市河东路1号")
    return actions.send_letter(new, beside, given, held="", actor=ANYONE)


def columns(row: Model) -> dict[str, Any]:
    """The row as it stands in the database, column by column, without what is each row's own."""
    key, table = row._meta.pk.column, row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {key} = %s", [row.pk])
        names = [one[0] for one in cursor.description]
        found = dict(zip(names, cursor.fetchone(), strict=True))
    return {name: value for name, value in found.items() if name not in OWN.get(type(row), {"id"})}


def saved_again(row: Model, **changed: Any) -> Model:
    """The same row, saved by the ORM beside the first."""
    values = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if not one.primary_key}
    again = type(row)(**values | changed)
    again.save(force_insert=True)
    return again


# --- the rows -------------------------------------------------------------------------------------------------------


def test_every_row_is_the_one_that_saving_would_write(place):
    case = grievance()
    sent = Submission.objects.get(pk=case.pk)
    twin = saved_again(sent, token_digest="0" * 64)
    assert columns(sent) == columns(twin)
    beside: dict[type[Model], dict[str, Any]] = {
        Case: {"submission_id": twin.pk},
        Wish: {"case_id": twin.pk},
        CaseWords: {"case_id": twin.pk},
        PostalAddress: {"contact_id": Contact.objects.create(delete_after=timezone.now()).pk},
    }
    rows = [
        *Contact.objects.filter(submissions=sent),
        *Contact.objects.filter(pk__in=Party.objects.values("contact")),
        *Case.objects.filter(pk=sent.pk),
        *Message.objects.all(),
        *TimelineEntry.objects.all(),
        *OutgoingMail.objects.all(),
        *JournalRow.objects.filter(submission_id=sent.pk),
        *Wish.objects.all(),
        *PostalAddress.objects.all(),
        *CaseWords.objects.filter(pk=sent.pk),
    ]
    assert len(rows) == 11
    # Saving a message brings the words of its case up to date, so everything is read first.
    for row, stored in [(row, columns(row)) for row in rows]:
        assert stored == columns(saved_again(row, **beside.get(type(row), {}))), row
    other = Case.objects.get(pk=twin.pk)
    for clock in CaseClock.objects.filter(case=case):
        again = columns(saved_again(clock, case_id=other.pk))
        assert columns(clock) | {"case_id": 0} == again | {"case_id": 0}
    assert [(party.position, party.contact.name) for party in Party.objects.all()] == [(1, "王刚"), (2, "赵敏")]
    assert sent.contact.email_index and sent.contact.email == "Mei@Example.org"


def test_the_case_that_is_returned_is_the_one_that_stands(place):
    made = grievance()
    stands = Case.objects.get(pk=made.pk)
    for one in Case._meta.concrete_fields:
        assert getattr(made, one.attname) == getattr(stands, one.attname), one.attname
    assert made.submission == stands.submission and not made._state.adding


def test_the_desk_counts_and_finds_it_at_once(place):
    case = grievance()
    assert sum(CaseTally.objects.filter(desk=place.intake).values_list("change", flat=True)) == 1
    assert list(cases_with_words(Case.objects.all(), "社区食堂")) == [case]


def test_sending_a_letter_takes_few_statements(client: Client, place):
    write(client, email="mei@example.org")
    send(client)
    other = Client()
    write(other, email="gang@example.org")
    page = fields(body(other.get("/zh/write/mine/check/")))
    with CaptureQueriesContext(connection) as queries:
        assert other.post("/zh/write/mine/check/", page).status_code == 302
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    # On PostgreSQL: the session read, the token looked up with new numbers, all rows, the session written.
    most = 4 if connection.vendor == "postgresql" else 13
    assert len(statements) <= most, "\n".join(statement[:120] for statement in statements)


# --- one token, one receipt -----------------------------------------------------------------------------------------


def test_the_same_token_finds_the_first_case(place):
    token = uuid.uuid4()
    first = grievance(token)
    assert grievance(token) == first
    assert (Case.objects.count(), Message.objects.count(), OutgoingMail.objects.count()) == (1, 1, 1)
    assert JournalRow.objects.filter(verb="grievance.received").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_token_at_the_same_moment_gives_one_receipt():
    house()
    token, both, found = uuid.uuid4(), threading.Barrier(2), []

    def post() -> None:
        both.wait()
        try:
            found.append(grievance(token).reference)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2 and len(set(found)) == 1
    assert (Case.objects.count(), Submission.objects.count(), Message.objects.count()) == (1, 1, 1)
    assert (OutgoingMail.objects.count(), Party.objects.count()) == (1, 2)


# --- what is set -----------------------------------------------------------------------------------------------------


def test_the_receiving_unit_that_was_just_set_receives(place):
    assert grievance().triage == place.intake
    cases.set_intake("grievance", department_id=place.roads.pk, actor=SYSTEM)
    assert grievance().triage == place.roads
    Intake.objects.filter(kind="grievance").get().delete()
    assert grievance().triage == place.root


def test_a_day_off_that_was_just_set_counts(place):
    before = case("letter").due
    assert before is not None
    calendars.override_day(SYSTEM, "cn", before, is_workday=False)
    after = case("letter")
    assert after.due is not None and after.due > before
    revision = Calendar.objects.get(pk="cn").revision
    assert {clock.counted_at for clock in after.clocks.all()} == {revision}


# --- the letter in the session --------------------------------------------------------------------------------------


def test_what_was_typed_for_another_kind_is_not_sent(client: Client, place):
    write(client, "grievance")
    write(client, "letter")
    assert send(client).status_code == 302
    case = Case.objects.get()
    assert case.kind == "letter" and case.submission.contact is None and not PostalAddress.objects.exists()


def test_a_letter_whose_sealed_part_no_longer_opens_is_typed_again(client: Client, place, settings):
    from cryptography.fernet import Fernet

    write(client, email="mei@example.org")
    page = fields(body(client.get("/zh/write/mine/check/")))
    settings.CONTACT_KEYS = [Fernet.generate_key().decode()]
    assert client.post("/zh/write/mine/check/", page).url == "/zh/write/letter/"
    assert not Case.objects.exists()
    assert WORDS in body(client.get("/zh/write/letter/"))


def test_a_unit_that_is_gone_is_chosen_again(client: Client, place):

    write(client, department=str(place.roads.pk))
    page = fields(body(client.get("/zh/write/mine/check/")))
    place.roads.active = False
    place.roads.save()
    cache.clear()
    assert client.post("/zh/write/mine/check/", page).url == "/zh/write/letter/"
    assert not Case.objects.exists()


def test_what_came_beside_a_letter_while_it_was_sent_is_brought_in_step(place):
    given = envelope()
    old = timezone.now() - actions.SENT_BESIDE - timedelta(seconds=1)
    row = HeldFile(
        letter=given.digest, name="照片.txt", media_type="text/plain", size=3, sha256="0" * 64, created_at=old
    )
    row.file.save("x.txt", ContentFile(b"abc"))
    HeldFile.objects.create(letter="1" * 64, name="y", media_type="text/plain", size=1, sha256="1" * 64, created_at=old)
    AnswerFound.objects.create(token_digest=given.digest, kind="letter", language="zh-hans", url="/zh/")
    case = actions.send_letter(
        cases.NewCase("letter", WORDS), actions.Beside(), given, held="", helped=False, actor=ANYONE
    )
    assert not case.submission.attachments.exists()
    assert actions.settle_sent(now=timezone.now()) == 2
    assert [one.name for one in case.submission.attachments.all()] == ["照片.txt"]
    assert [one.letter for one in HeldFile.objects.all()] == ["1" * 64] and not AnswerFound.objects.exists()
    assert actions.settle_sent(now=timezone.now()) == 0


def test_a_file_of_a_letter_that_is_not_sent_goes_along_though_another_window_wrote(client: Client, place):
    write(client)
    client.post("/zh/write/mine/files/", {"file": ContentFile("说明".encode(), name="说明.txt")})
    write(client)
    assert send(client).status_code == 302
    assert [one.name for one in Submission.objects.get().attachments.all()] == ["说明.txt"]
    assert kept.SESSION_KEY not in client.session


def test_a_letter_leaves_the_session_with_the_statement_that_writes_its_case(client, place, monkeypatch, settings):
    settings.SESSION_ENGINE = "engage.sessions"
    write(client)
    key = client.session.session_key

    def refuse(*_args, **_options):
        raise RuntimeError("the end of the request writes the session again")

    with monkeypatch.context() as patched:
        patched.setattr("engage.sessions.SessionStore.save", refuse)
        assert send(client).status_code == 302
    left = SessionStore(key)
    assert left.exists(key) and kept.SESSION_KEY not in left
    assert Submission.objects.count() == 1


def test_a_session_that_ended_while_its_letter_was_sent_stays_ended(client, place, monkeypatch, settings):
    settings.SESSION_ENGINE = "engage.sessions"
    write(client)
    key, real = client.session.session_key, SessionStore.saved_beside

    def sign_out_first(session):
        SessionStore(key).flush()
        real(session)

    monkeypatch.setattr(SessionStore, "saved_beside", sign_out_first)
    assert send(client).status_code == 302
    assert dict(SessionStore(key).items()) == {}


def test_a_letter_that_is_refused_stays_in_the_session(client, place, monkeypatch, settings):
    settings.SESSION_ENGINE = "engage.sessions"
    write(client)

    def fail(*_args, **_options):
        raise Refused("department_gone")

    with monkeypatch.context() as patched:
        patched.setattr("mailbox.actions.register.enqueue_receipt_mail", fail)
        assert send(client).status_code == 422
    assert kept.SESSION_KEY in client.session and not Submission.objects.exists()
    assert send(client).status_code == 302
    assert kept.SESSION_KEY not in client.session and Submission.objects.count() == 1


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_contact_over_its_limit_still_counts_for_the_address():
    now = 1_000_000_020.0
    address = limits.Event("send", "192.0.2.1", limits.SEND_WINDOWS)
    contact = limits.Event("send-contact", "mei@example.org", limits.CONTACT_WINDOWS)
    for _time in range(limits.CONTACT_WINDOWS[0].limit):
        limits.Counts.read([limits.SITE, address, contact], now).take([address, contact], also=[limits.SITE])
    refused = 0
    for _time in range(limits.SEND_WINDOWS[0].limit):
        with pytest.raises(Refused):
            limits.Counts.read([limits.SITE, address, contact], now).take([address, contact], also=[limits.SITE])
        refused += 1
        if limits.peek("send", "192.0.2.1", limits.SEND_WINDOWS, now):
            break
    assert refused == limits.SEND_WINDOWS[0].limit - limits.CONTACT_WINDOWS[0].limit
    assert not limits.peek("send", "192.0.2.2", limits.SEND_WINDOWS, now)
