"""Following: a call without a plan, one letter about its outcome."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from consultations.calls.actions import extend_call
from consultations.outcomes import actions as outcomes
from consultations.plans import actions
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.outreach.follows import actions as follows
from engage.outreach.follows.models import Event, Follower
from engage.participation.models import Contact, OutgoingMail
from tests.consultations.factories import call
from tests.consultations.outcomes.builders import decided_call, hand_in, person, published
from tests.consultations.plans.test_plan import policy
from tests.follows.builders import asked_link, follower, link, sent, tags
from tests.publishing.signing import sign_object

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def told() -> list[EmailMessage]:
    """Let the worker do its turns, and return the new letters."""
    actions.move_with_calls(now=timezone.now())
    letters = sent()
    actions.move_with_calls(now=timezone.now())
    return letters + sent()


def test_a_call_without_a_plan_is_followed_from_its_page(client):
    consultation = call()
    path = f"/en/c/{consultation.slug}/follow/"
    assert path in client.get(f"/en/c/{consultation.slug}/").content.decode()
    assert "Community library rules" in client.get(path).content.decode()
    assert client.post(path, {"email": "nobody"}).status_code == 422
    assert client.post(path, {"email": "li@example.org"}).status_code == 200
    assert "Community library rules" in OutgoingMail.objects.get().subject
    (follow,) = Follower.objects.get().follows.all()
    client.post(asked_link(), {"row": follow.pk})
    follow.refresh_from_db()
    assert (follow.kind, follow.ref) == ("call", consultation.pk) and follow.confirmed_at
    now = timezone.now()
    assert told() == []  # the page said already that it is open
    given = {"closes_at": now + 50 * DAY, "reason_zh": "雪。", "reason_en": "Snow."}
    extend_call(consultation.pk, **given, now=timezone.now(), actor=SYSTEM)
    (letter,) = told()
    assert "Snow." in letter.body
    stop = link(letter).replace("/manage/", "/stop/")
    page = client.get(stop)
    assert page.status_code == 200 and "Community library rules" in page.content.decode()
    assert client.post(stop).status_code == 200
    assert not Follower.objects.exists() and not Contact.objects.exists()


def test_there_is_nothing_to_follow_in_a_hidden_or_an_answered_call(client):
    hidden = call(live=False)
    assert client.get(f"/en/c/{hidden.slug}/follow/").status_code == 404
    answered = published().consultation
    assert client.get(f"/en/c/{answered.slug}/follow/").status_code == 404
    assert f"/c/{answered.slug}/follow/" not in client.get(f"/en/c/{answered.slug}/").content.decode()


def test_followers_get_one_letter_about_the_outcome_whatever_they_follow_and_whatever_is_corrected():
    consultation = decided_call()
    first, second = policy(), policy(slug="another")
    first.calls.add(consultation)
    second.calls.add(consultation)
    for about in (first, second, consultation):
        follower(about, "li@example.org")
    follower(consultation, "wang@example.org", language="zh-hans")
    asked = {"email": "late@example.org", "language": "en"}
    late = follows.ask_to_follow(tags(consultation), **asked, now=timezone.now(), actor=ANYONE)
    told()
    published(consultation)
    given = {"follows": [late.follows.get().pk], "language": "en", "rhythm": "at_once"}
    follows.confirm(late.pk, **given, now=timezone.now(), actor=ANYONE)
    letters = told()
    assert sorted(letter.to for letter in letters) == [["li@example.org"], ["wang@example.org"]]
    english, chinese = sorted(letters, key=lambda letter: letter.to)
    assert f"/en/c/{consultation.slug}/outcome/" in english.body and "/en/follow/manage/" in english.body
    assert f"/zh/c/{consultation.slug}/outcome/" in chinese.body and "outcome is published" not in chinese.body
    assert told() == []
    author = person(Role.EDITOR)
    again = outcomes.open_outcome(consultation.pk, actor=author)
    hand_in(again, author)
    sign_object(outcomes.KIND, again)
    assert told() == []
    assert Event.objects.filter(kind="call.answered").count() == 1


def test_an_outcome_under_a_hidden_call_is_told_when_it_is_public_again():
    consultation = decided_call()
    follower(consultation)
    told()
    published(consultation)
    consultation.pages.update(live=False)
    assert told() == []
    consultation.pages.update(live=True)
    assert len(told()) == 1
    assert told() == []
