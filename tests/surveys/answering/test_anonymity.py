"""An anonymous answer cannot be joined to its invitation: not by order, time, number or transaction."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from engage.accounts.actors import ANYONE, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from surveys import queries
from surveys.answering import actions, links, sheets
from surveys.models import Invitation, Response, SavedResponse, SpentInvitation
from tests.accounts.people import person as somebody
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import BRANCHED
from tests.surveys.answering.test_walk import Person

pytestmark = pytest.mark.django_db(transaction=True)
INVITED = BRANCHED | {"settings": {"one_per": "invitation"}}


@pytest.fixture(autouse=True)
def pool(monkeypatch):
    """A pool of its own: others must not fill it."""
    fresh = links.SpentPool()
    monkeypatch.setattr(links, "spent", fresh)
    return fresh


def invited(count, **fields):
    """Invite people; returns the questionnaire and the secrets, in the order of the invitations."""
    questionnaire = published(INVITED, access="invited", **fields).questionnaire
    secrets = [links.new_secret() for _ in range(count)]
    for secret in secrets:
        Invitation.objects.create(questionnaire=questionnaire, digest=links.invited_digest(secret), language="en")
    return questionnaire, secrets


def answer(secret, *, actor=ANYONE, at=None, **answers):
    now = at or timezone.now()
    shown = queries.published("parks", language="en", actor=ANYONE, now=now)
    code = actions.begin(shown, language="en", secret=secret, now=now)
    sheet = sheets.find(code, language="en", now=now)
    sheet.filled.answers = {"comes": "no"} | answers
    return actions.submit(sheet, language="en", now=now, actor=actor)


def everything():
    """Every value of every row of the database, as text, by table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = [tuple(map(str, row)) for row in cursor.fetchall()]
    return found


def test_a_link_is_used_once_only():
    _questionnaire, [secret] = invited(1)
    answer(secret)
    with pytest.raises(Refused, match="survey_link_used"):
        answer(secret)
    assert Response.objects.count() == 1


def test_two_sheets_of_one_link_make_one_response():
    _questionnaire, [secret] = invited(1)
    now = timezone.now()
    shown = queries.published("parks", language="en", actor=ANYONE, now=now)
    codes = [actions.begin(shown, language="en", secret=secret, now=now) for _ in range(2)]
    found = []
    for code in codes:
        sheet = sheets.find(code, language="en", now=now)
        sheet.filled.answers = {"comes": "no"}
        found.append(sheet)
    actions.submit(found[0], language="en", now=now, actor=ANYONE)
    with pytest.raises(Refused, match="survey_link_used"):
        actions.submit(found[1], language="en", now=now, actor=ANYONE)


def test_without_a_link_or_with_a_made_up_one_nobody_answers():
    invited(1)
    with pytest.raises(Refused, match="survey_by_invitation"):
        answer("")
    with pytest.raises(Refused, match="survey_link_unknown"):
        answer(links.new_secret())
    walker = Person()
    assert "By invitation" in walker.go("/en/surveys/parks/")
    walker.go("/en/surveys/parks/invited/made-up/")
    assert walker.status == 410


def test_an_invited_person_answers_on_the_web_and_the_link_is_over():
    _questionnaire, [secret] = invited(1)
    walker = Person()
    walker.go(f"/en/surveys/parks/invited/{secret}/")
    walker.begin()
    assert secret not in walker.url
    walker.answer(comes="no")
    walker.answer(go="check", comes="no", why_not="")
    walker.go(walker.url, send="1")
    assert "We have your answers" in walker.text
    walker.go(f"/en/surveys/parks/invited/{secret}/")
    assert walker.status == 410 and "used already" in walker.text


def test_no_value_of_an_invitation_stands_beside_an_answer():
    questionnaire, secrets = invited(5)
    sent = [answer(secret) for secret in random.sample(secrets, 3)]
    tables = everything()
    for invitation in questionnaire.invitations.all():
        # The digest of an invitation stands in its own row alone, and the secret nowhere.
        places = [table for table, rows in tables.items() if any(invitation.digest in "".join(row) for row in rows)]
        assert places == ["surveys_invitation"]
    text = "".join("".join(row) for rows in tables.values() for row in rows)
    for secret in secrets:
        assert secret not in text
        assert links.nullifier(secret) != links.invited_digest(secret)
    for response in Response.objects.filter(submission__in=sent):
        places = [table for table, rows in tables.items() if any(response.nullifier in "".join(row) for row in rows)]
        assert places == ["surveys_response"]
        assert response.invitation_id is None and response.wave is None


def test_sending_touches_no_row_of_an_invitation():
    questionnaire, secrets = invited(4)
    before = list(questionnaire.invitations.order_by("pk").values())
    before_xmin = xmin_of("surveys_invitation")
    answer(secrets[2])
    assert list(questionnaire.invitations.order_by("pk").values()) == before
    assert xmin_of("surveys_invitation") == before_xmin


def xmin_of(table):
    """The transactions that wrote the rows of a table; empty on SQLite, which has no such thing."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT xmin::text FROM {table} ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


def test_used_links_are_written_in_batches_drawn_from_twice_as_many_sorted_and_by_themselves(pool):
    questionnaire, secrets = invited(2 * links.POOL)
    order = random.sample(secrets, len(secrets))
    for number, secret in enumerate(order, start=1):
        answer(secret)
        if number < links.POOL:
            assert not SpentInvitation.objects.exists()
    digests = [links.invited_digest(secret) for secret in order]
    written = list(SpentInvitation.objects.values_list("digest", flat=True))
    assert len(written) % links.BATCH == 0 and written
    assert pool.waiting(questionnaire.pk) + len(written) == len(secrets)
    assert set(written) <= set(digests)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM surveys_spentinvitation")
        rows = cursor.fetchall()
        assert {len(row) for row in rows} == {1}  # nothing beside the digest
    # Each batch is one transaction that wrote no response, so no transaction joins the two.
    assert not set(xmin_of("surveys_spentinvitation")) & set(xmin_of("surveys_response"))
    if connection.vendor == "postgresql":
        assert len(set(xmin_of("surveys_spentinvitation"))) == len(written) // links.BATCH


def test_a_batch_is_stored_in_the_order_of_its_digests_not_of_its_answers():
    _questionnaire, secrets = invited(links.POOL)
    for secret in secrets:
        answer(secret)
    with connection.cursor() as cursor:
        place = "ctid" if connection.vendor == "postgresql" else "rowid"
        cursor.execute(f"SELECT digest FROM surveys_spentinvitation ORDER BY {place}")
        stored = [row[0] for row in cursor.fetchall()]
    assert len(stored) == links.BATCH and stored == sorted(stored)


def test_guessing_by_order_is_no_better_than_chance():
    """Whoever joins the n-th used link to the n-th answer, or by the nearest time, is right as often as a dice."""
    questionnaire, secrets = invited(4 * links.POOL)
    start, truth = timezone.now() - timedelta(hours=2), {}
    for number, secret in enumerate(random.sample(secrets, len(secrets))):
        sent = answer(secret, at=start + timedelta(minutes=number))
        truth[links.invited_digest(secret)] = sent.pk
    with connection.cursor() as cursor:
        place = "ctid" if connection.vendor == "postgresql" else "rowid"
        cursor.execute(f"SELECT digest FROM surveys_spentinvitation ORDER BY {place}")
        stored = [row[0] for row in cursor.fetchall()]
    answers = list(Response.objects.filter(questionnaire=questionnaire).order_by("pk").values_list("pk", flat=True))
    right = sum(truth[digest] == pk for digest, pk in zip(stored, answers, strict=False))
    # Within the window that a batch is drawn from each has one chance in POOL; 12 of 60 is far beyond luck.
    assert right < 12


def test_who_is_signed_in_stands_nowhere_beside_an_anonymous_answer():
    _questionnaire, [secret] = invited(1)
    editor = somebody(Role.EDITOR)
    sent = answer(secret, actor=editor)
    rows = JournalRow.objects.filter(submission_id=sent.pk)
    assert rows and all(row.actor_kind == "anonymous" and row.actor_id == "" for row in rows)


def test_what_is_put_aside_by_an_invited_person_holds_neither_secret_nor_digest_in_the_open():
    _questionnaire, [secret] = invited(1)
    walker = Person()
    walker.go(f"/en/surveys/parks/invited/{secret}/")
    walker.begin()
    saved = str(SavedResponse.objects.values().get())
    for value in (secret, links.invited_digest(secret), links.nullifier(secret)):
        assert value not in saved


def test_a_named_questionnaire_knows_whose_answer_it_is_and_reminds_only_the_others():
    questionnaire, secrets = invited(3, anonymous=False)
    answer(secrets[1])
    response = Response.objects.get()
    assert response.invitation.digest == links.invited_digest(secrets[1]) and response.nullifier is None
    others = {links.invited_digest(secret) for secret in (secrets[0], secrets[2])}
    assert set(questionnaire.invitations.unanswered().values_list("digest", flat=True)) == others
    with pytest.raises(Refused, match="survey_link_used"):
        answer(secrets[1])


def test_a_small_wave_is_not_told_and_a_large_one_is():
    _questionnaire, secrets = invited(actions.WAVE_LEAST)
    answer(secrets[0])
    assert Response.objects.get().wave == 1
