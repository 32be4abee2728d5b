"""Followers as a channel of the outbox."""

import pytest
from django.core import mail
from django.utils import timezone

from engage.outreach.delivery import audience_senders
from engage.outreach.delivery.audience_senders import MAIL_FOLLOWERS, Message, Progress
from engage.outreach.follows import actions
from tests.consultations.factories import call, department
from tests.follows.builders import EVERYTHING, follower, of_topic

pytestmark = pytest.mark.django_db


def message(key: str, **values) -> Message:
    return Message(key=key, language="en", title="News", text="Words.", url="https://example.org/en/x/", **values)


def test_a_message_goes_once_to_those_who_follow_what_it_is_about_in_its_language():
    consultation = call()
    follower(of_topic(), "topic@example.org")
    follower(consultation, "call@example.org", rhythm="weekly")
    follower(EVERYTHING, "all@example.org")
    follower(EVERYTHING, "chinese@example.org", language="zh-hans")
    follower(of_topic("fees", zh="收费", en="Fees"), "fees@example.org")
    sender = audience_senders.find(MAIL_FOLLOWERS)
    about = {"topics": ("elderly-care", "none"), "subject": ("consultations.consultation", str(consultation.pk))}
    sent = message("one", department_id=department().pk, **about)
    for _turn in range(2):
        assert sender.queue(sent, timezone.now()) == 3
        actions.carry()
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "all@example.org",
        "call@example.org",
        "topic@example.org",
    ]
    assert "https://example.org/en/x/" in mail.outbox[0].body
    assert sender.progress(["one", "two"]) == {"one": Progress(3, 3, 0)}
    assert sender.queue(message("two", subject=("nothing", "x"), department_id=999_999), timezone.now()) == 1
