"""Letters with links: each once, the secret in the letter alone, reminders without it."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation.models import OutgoingMail
from surveys import actions
from surveys.actions import Invitee
from surveys.answering import links
from surveys.models import Invitation, Response, SpentInvitation
from tests.accounts.people import person
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import BRANCHED
from tests.surveys.answering.test_anonymity import INVITED
from tests.surveys.answering.test_walk import Person

pytestmark = pytest.mark.django_db
NOW = timezone.now()
PEOPLE = [Invitee("wang@example.org"), Invitee("li@example.org", "en", "north")]


@pytest.fixture
def questionnaire():
    return published(INVITED, access="invited").questionnaire


def invite(questionnaire, people=PEOPLE, **more):
    given = {"now": NOW, "actor": person(Role.EDITOR)} | more
    return actions.invite(questionnaire.pk, people, **given)


def test_each_person_gets_a_letter_whose_link_opens_the_questionnaire_once(questionnaire):
    assert invite(questionnaire) == actions.Invited(2, 0)
    participation.deliver_mail(now=timezone.now())
    letter = next(one for one in mail.outbox if one.to == ["li@example.org"])
    link = re.search(r"http\S+/surveys/parks/invited/\S+", letter.body)[0]
    walker = Person()
    walker.go("/en/" + link.split("/en/")[1])
    walker.begin()
    walker.answer(go="check", comes="no")
    walker.go(walker.url, send="1")
    assert Response.objects.count() == 1
    # The letter has gone, and with it the only place that held the secret.
    secret = link.rstrip("/").rsplit("/", 1)[1]
    assert not any(secret in one.body for one in OutgoingMail.objects.all())
    assert Invitation.objects.filter(digest=links.invited_digest(secret), group="north").exists()


def test_nobody_is_invited_twice(questionnaire):
    invite(questionnaire)
    again = [*PEOPLE, Invitee("LI@example.org"), Invitee("zhao@example.org")]
    assert invite(questionnaire, again, wave=2) == actions.Invited(1, 2)
    assert Invitation.objects.count() == OutgoingMail.objects.count() == 3


def test_one_wrong_line_invites_nobody(questionnaire):
    with pytest.raises(Refused) as wrong:
        invite(questionnaire, [*PEOPLE, Invitee("not an address")])
    assert (wrong.value.code, wrong.value.values) == ("survey_address_wrong", {"line": 3})
    with pytest.raises(Refused, match="survey_language_unknown"):
        invite(questionnaire, [Invitee("a@example.org", "fr")])
    assert not Invitation.objects.exists() and not OutgoingMail.objects.exists()


def test_an_open_questionnaire_invites_nobody_and_only_editors_invite(questionnaire):
    with pytest.raises(Refused, match="survey_not_by_invitation"):
        invite(published(BRANCHED, key="open").questionnaire)
    with pytest.raises(Refused, match="not_allowed"):
        invite(questionnaire, actor=person(Role.OFFICER))


def test_who_is_known_to_have_answered_and_who_was_written_to_lately_is_not_reminded(questionnaire):
    invite(questionnaire, [*PEOPLE, Invitee("zhao@example.org")])
    editor = person(Role.EDITOR)
    assert actions.remind(questionnaire.pk, now=NOW + timedelta(days=1), actor=editor) == 0
    answered = Invitation.objects.first()
    SpentInvitation.objects.create(digest=answered.digest)
    later = NOW + actions.inviting.BETWEEN_REMINDERS
    assert actions.remind(questionnaire.pk, now=later, actor=editor) == 2
    assert actions.remind(questionnaire.pk, now=later + timedelta(days=1), actor=editor) == 0
    letters = OutgoingMail.objects.order_by("-pk")[:2]
    assert answered.contact not in [letter.contact for letter in letters]
    assert all("/invited/" not in letter.body for letter in letters)


def test_a_closed_questionnaire_sends_no_letters(questionnaire):
    questionnaire.closes_at = NOW
    questionnaire.save()
    with pytest.raises(Refused, match="survey_closed"):
        invite(questionnaire)


def test_nobody_is_invited_to_what_is_not_asked_on_the_web():
    by_telephone = INVITED | {"settings": {**INVITED.get("settings", {}), "modes": ["phone"]}}
    with pytest.raises(Refused) as refused:
        invite(published(by_telephone, access="invited", key="by-telephone").questionnaire)
    assert refused.value.code == "survey_other_way"
    assert not Invitation.objects.exists()
