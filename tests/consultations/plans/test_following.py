"""Following: a call without a plan, one letter about its outcome, the mail program's own way to stop the letters."""

import email
import re
from datetime import timedelta
from email.message import Message

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from consultations.calls.actions import extend_call
from consultations.outcomes import actions as outcomes
from consultations.plans import actions
from consultations.plans.models import Follow, Notice
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.journal.models import JournalRow
from engage.participation.actions import deliver_mail
from engage.participation.models import Contact, OutgoingMail
from tests.consultations.factories import call
from tests.consultations.outcomes.builders import decided_call, person, published, revision
from tests.consultations.plans.test_plan import follower, link, move, policy

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


def told() -> list[OutgoingMail]:
    """Forget the letters so far, let the worker do its turns, and return the new ones."""
    OutgoingMail.objects.all().delete()
    actions.move_with_calls(now=timezone.now())
    actions.write_letters(now=timezone.now())
    actions.move_with_calls(now=timezone.now())
    actions.write_letters(now=timezone.now())
    return list(OutgoingMail.objects.order_by("pk"))


def sent() -> Message:
    """Deliver what waits and return the newest letter as a mail program reads it."""
    deliver_mail(now=timezone.now() + DAY)
    return email.message_from_bytes(mail.outbox[-1].message().as_bytes())


def header(letter: Message, name: str) -> str:
    return re.sub(r"\s+", "", letter[name] or "")


def test_a_call_without_a_plan_is_followed_from_its_page(client):
    consultation = call()
    path = f"/en/c/{consultation.slug}/follow/"
    assert path in client.get(f"/en/c/{consultation.slug}/").content.decode()
    assert "Community library rules" in client.get(path).content.decode()
    assert client.post(path, {"email": "nobody"}).status_code == 422
    assert client.post(path, {"email": "li@example.org"}).status_code == 200
    assert "Community library rules" in OutgoingMail.objects.get().subject
    client.post(link("confirm"))
    follow = Follow.objects.get()
    assert follow.call == consultation and follow.policy is None and follow.confirmed_at
    now = timezone.now()
    assert told() == []  # the page said already that it is open
    given = {"closes_at": now + 50 * DAY, "reason_zh": "雪。", "reason_en": "Snow."}
    extend_call(consultation.pk, **given, now=timezone.now(), actor=SYSTEM)
    (letter,) = told()
    assert "Snow." in letter.body
    page = client.get(link("leave"))
    assert page.status_code == 200 and "Community library rules" in page.content.decode()
    assert client.post(link("leave")).status_code == 200
    assert not Follow.objects.exists() and not Contact.objects.exists()


def test_a_follow_is_of_one_thing():
    contact = Contact.objects.create(email="li@example.org", delete_after=timezone.now() + DAY)
    for wrong in ({}, {"call": call(), "policy": policy()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Follow.objects.create(contact=contact, email_index="x", language="en", **wrong)


def test_there_is_nothing_to_follow_in_a_hidden_or_an_answered_call(client):
    hidden = call(live=False)
    assert client.get(f"/en/c/{hidden.slug}/follow/").status_code == 404
    answered = published().consultation
    assert client.get(f"/en/c/{answered.slug}/follow/").status_code == 404
    assert "/follow/" not in client.get(f"/en/c/{answered.slug}/").content.decode()


def test_followers_get_one_letter_about_the_outcome_whatever_they_follow_and_whatever_is_corrected():
    consultation = decided_call()
    first, second = policy(), policy(slug="another")
    first.calls.add(consultation)
    second.calls.add(consultation)
    for about in (first, second, consultation):
        follower(about, "li@example.org")
    follower(consultation, "wang@example.org", language="zh-hans")
    asked = {"email": "late@example.org", "language": "en"}
    late = actions.ask_to_follow(consultation, **asked, now=timezone.now(), actor=ANYONE)
    told()
    published(consultation)
    actions.confirm_follow(late.pk, now=timezone.now(), actor=ANYONE)
    letters = told()
    assert sorted(letter.contact.email for letter in letters) == ["li@example.org", "wang@example.org"]
    english, chinese = sorted(letters, key=lambda letter: letter.contact.email)
    assert f"/en/c/{consultation.slug}/outcome/" in english.body and "/plan/leave/" in english.body
    assert f"/zh/c/{consultation.slug}/outcome/" in chinese.body and "outcome is published" not in chinese.body
    assert told() == []
    author = person(Role.EDITOR)
    again = outcomes.open_outcome(consultation.pk, actor=author)
    again = outcomes.submit(again.pk, revision=revision(again), actor=author)
    outcomes.approve(again.pk, again.content_hash, now=timezone.now(), actor=person(Role.APPROVER))
    assert told() == []
    assert Notice.objects.filter(kind=Notice.Kind.ANSWERED).count() == 1


def test_an_outcome_under_a_hidden_call_is_told_when_it_is_public_again():
    consultation = decided_call()
    follower(consultation)
    consultation.pages.update(live=False)
    told()
    published(consultation)
    assert told() == []
    consultation.pages.update(live=True)
    assert len(told()) == 1
    assert told() == []


def test_letters_about_an_outcome_are_written_in_batches_and_never_twice():
    consultation = decided_call()
    for number in range(5):
        follower(consultation, f"reader{number}@example.org")
    told()
    published(consultation)
    OutgoingMail.objects.all().delete()
    now = timezone.now()
    assert [actions.write_letters(now=now, limit=2) for _turn in range(4)] == [2, 2, 1, 0]
    assert OutgoingMail.objects.values("contact").distinct().count() == OutgoingMail.objects.count() == 5


def test_a_letter_to_followers_can_be_stopped_by_the_mail_program_alone():
    row = policy()
    follow = follower(row)
    move(row, "planned")
    actions.write_letters(now=timezone.now())
    letter = sent()
    assert header(letter, "List-Unsubscribe-Post") == ONE_CLICK
    target = header(letter, "List-Unsubscribe")
    assert target.startswith("<") and target.endswith(">") and "," not in target
    path = re.sub(r"^https?://[^/]+", "", target[1:-1])
    robot = Client(enforce_csrf_checks=True)
    opened = robot.get(path)
    assert (opened.status_code, opened.url) == (302, path.removesuffix("at-once/"))
    assert robot.post(path, "", content_type=FORM).status_code == 410
    assert robot.post(path, "x=1", content_type=FORM).status_code == 410
    assert Follow.objects.filter(pk=follow.pk).exists()
    for _press in range(2):
        answer = robot.post(path, ONE_CLICK, content_type=FORM)
        assert answer.status_code == 200 and not answer.cookies
    assert not Follow.objects.exists() and not Contact.objects.exists()
    forged = path.replace("/leave/", "/leave/x")
    assert robot.post(forged, ONE_CLICK, content_type=FORM).status_code == 410
    assert list(JournalRow.objects.filter(verb="follow.ended").values_list("target_pk", flat=True)) == [str(follow.pk)]


def test_a_mail_program_may_send_its_one_field_as_multipart():
    row = policy()
    follower(row)
    move(row, "planned")
    actions.write_letters(now=timezone.now())
    path = re.sub(r"^https?://[^/]+", "", OutgoingMail.objects.latest("pk").unsubscribe)
    assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follow.objects.exists()


def test_the_address_to_stop_is_a_key_and_does_not_outlive_its_letter():
    row = policy()
    follower(row)
    move(row, "planned")
    actions.write_letters(now=timezone.now())
    newest = OutgoingMail.objects.latest("pk")
    stored = (
        OutgoingMail.objects.filter(pk=newest.pk).extra(select={"raw": "unsubscribe"}).values_list("raw", flat=True)
    )
    assert newest.unsubscribe and "/plan/leave/" not in str(stored[0])
    sent()
    newest.refresh_from_db()
    assert newest.unsubscribe == ""


def test_other_letters_are_no_list():
    actions.ask_to_follow(call(), email="li@example.org", language="en", now=timezone.now(), actor=ANYONE)
    assert sent()["List-Unsubscribe"] is None
