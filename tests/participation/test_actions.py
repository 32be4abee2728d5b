import uuid
from datetime import timedelta

import pytest
from django.core import mail

from engage.accounts.actors import ANYONE, SYSTEM, ReceiptHolder
from engage.errors import Refused
from engage.participation import actions
from engage.participation.models import Contact, OutgoingMail, Submission, TimelineEntry
from engage.participation.wallet import prove
from tests.participation.factories import NOW, envelope, submission

pytestmark = pytest.mark.django_db


def test_the_same_token_gives_the_same_submission_and_the_same_code():
    token = uuid.uuid4()
    first, code = submission(token=token)
    second, again = submission(token=token)
    assert first.pk == second.pk
    assert code == again
    assert Submission.objects.count() == 1
    assert TimelineEntry.objects.filter(submission=first).count() == 1


def test_the_code_opens_and_any_other_does_not():
    sent, code = submission()
    found = prove(sent.reference, code)
    assert found is not None
    assert found[0] == sent
    assert prove(sent.reference, "0" * 12) is None
    assert prove("C-2026-999999-A", code) is None


def test_the_code_is_not_stored():
    sent, code = submission()
    row = Submission.objects.filter(pk=sent.pk).values().get()
    assert code not in str(row)


def test_consents_name_the_version_that_was_shown():
    sent, _code = submission(consents=("comment-publication",))
    consent = sent.consents.get()
    assert (consent.text.code, consent.text.version) == ("comment-publication", 1)


def test_an_unknown_consent_is_refused_and_nothing_stays():
    with pytest.raises(Refused) as refusal:
        submission(consents=("no-such-text",))
    assert refusal.value.code == "consent_text_missing"
    assert not Submission.objects.exists()


def test_only_the_holder_withdraws():
    sent, _code = submission()
    other, _code = submission()
    with pytest.raises(Submission.DoesNotExist):
        actions.withdraw(sent.pk, actor=ReceiptHolder(other.pk))
    with pytest.raises(Submission.DoesNotExist):
        actions.withdraw(sent.pk, actor=ANYONE)
    with pytest.raises(Refused):
        actions.withdraw(sent.pk, actor=SYSTEM)
    actions.withdraw(sent.pk, actor=ReceiptHolder(sent.pk))
    sent.refresh_from_db()
    assert sent.state == Submission.State.WITHDRAWN


def test_withdrawing_twice_tells_the_story_once():
    sent, _code = submission()
    for _time in range(2):
        actions.withdraw(sent.pk, actor=ReceiptHolder(sent.pk))
    assert sent.timeline.filter(code="withdrawn").count() == 1


def test_a_letter_waits_while_the_mail_server_is_down_and_goes_out_after(settings):
    sent, _code = submission(email="resident@example.org")
    actions.enqueue_mail(sent, subject="回执", body="正文")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    later = NOW + timedelta(days=3650)
    assert actions.deliver_mail(now=later) == 0
    waiting = OutgoingMail.objects.get()
    assert (waiting.tries, waiting.sent_at) == (0, None), "a server that is away uses up no try"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert actions.deliver_mail(now=later) == 0, "it is left alone for a while"
    assert actions.deliver_mail(now=later + actions.MAIL_AWAY_PAUSE) == 1
    assert actions.deliver_mail(now=later + timedelta(days=1)) == 0
    assert [letter.to for letter in mail.outbox] == [["resident@example.org"]]
    assert mail.outbox[0].subject == "回执"


def test_contacts_go_on_their_date_and_submissions_stay():
    sent, _code = submission(email="resident@example.org")
    contact = Contact.objects.get()
    assert actions.delete_expired_contacts(now=contact.delete_after - timedelta(seconds=1), actor=SYSTEM) == 0
    assert actions.delete_expired_contacts(now=contact.delete_after, actor=SYSTEM) == 1
    sent.refresh_from_db()
    assert sent.contact is None


def test_a_new_code_replaces_the_old_one():
    sent, code = submission()
    fresh = actions.renew_code(sent.pk, uuid.uuid4(), actor=ReceiptHolder(sent.pk))
    assert prove(sent.reference, code) is None
    assert prove(sent.reference, fresh) is not None


def test_two_equal_requests_at_once_get_one_submission(monkeypatch):
    """The unique token decides when both have looked and found nothing."""
    given = envelope()
    first = actions.once(given, lambda: actions.open_submission("comment", given, actor=ANYONE))

    def race() -> Submission:
        return actions.open_submission("comment", given, actor=ANYONE)

    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        race()
    assert actions.once(given, race) == first
