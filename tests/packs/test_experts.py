"""Experts without an account: one link for one block; heard, sent back, taken over word for word."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from consultations.packs import actions, queries
from consultations.packs.models import Invitation, Pack
from engage.accounts.actors import ANYONE, Role
from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.participation.models import Contact, OutgoingMail
from tests.accounts.people import person
from tests.packs.builders import COMMENTARY, hand_in, invited, publish, revision, submit, write, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return person(Role.EDITOR)


@pytest.fixture
def pack(editor) -> Pack:
    return written(author=editor)


def refused_code(function, *arguments, **values) -> str:
    with pytest.raises(Refused) as refused:
        function(*arguments, **values)
    assert refusal_message(refused.value)
    return refused.value.code


def address(token: str, language: str = "zh-hans") -> str:
    with translation.override(language):
        return reverse("expert_write", args=[token])


FORM = {
    "name": "示范专家",
    "affiliation": "示范大学图书馆学系",
    "declares": "none",
    "interest": "",
    "written_in": "zh-hans",
    "text": COMMENTARY["text"],
}


# --- the link


def test_the_letter_holds_the_link_and_the_database_only_its_hash(pack, editor):
    invitation, token = invited(pack, editor=editor, language="en")
    mail = OutgoingMail.objects.get(contact=invitation.contact)
    assert address(token, "en") in mail.body
    assert "Culture unit" in mail.body
    assert token not in invitation.token_digest
    row = OutgoingMail.objects.filter(pk=mail.pk).extra(select={"raw": "body"}).values("raw").get()
    assert token not in row["raw"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"email": "not an address"}, "email_wrong"),
        ({"days": 0}, "days_wrong"),
        ({"days": 61}, "days_wrong"),
        ({"language": "fr"}, "pack_unknown_text"),
    ],
)
def test_a_wrong_invitation_is_refused_and_writes_nothing(pack, editor, values, code):
    before = pack.blocks.count()
    with pytest.raises(Refused) as refused:
        invited(pack, editor=editor, **values)
    assert refused.value.code == code
    assert refusal_message(refused.value)
    assert (pack.blocks.count(), OutgoingMail.objects.count()) == (before, 0)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER])
def test_only_editors_invite(pack, role):
    with pytest.raises(Refused) as refused:
        invited(pack, editor=person(role))
    assert refused.value.code == "not_allowed"


def test_the_link_opens_the_draft_and_one_form_without_an_account(pack, editor):
    _invitation, token = invited(pack, editor=editor)
    response = Client().get(address(token))
    assert response.status_code == 200
    page = response.content.decode()
    assert "每周开放不少于五天" in page
    assert 'name="text"' in page
    assert "noindex" in page
    # Of the pack itself nothing is shown: the link is for one block.
    assert "图书馆为什么要多开两天" not in page


def test_a_text_that_nobody_read_is_not_removed_with_its_block(pack, editor):
    invitation, token = invited(pack, editor=editor)
    seen = revision(pack)
    hand_in(token)
    assert refused_code(actions.remove_block, invitation.block_id, revision=seen, actor=editor) == (
        "invitation_waits_for_you"
    )
    assert Invitation.objects.get().text == COMMENTARY["text"]
    actions.revoke_invitation(invitation.pk, now=timezone.now(), actor=editor)
    actions.remove_block(invitation.block_id, revision=seen, actor=editor)
    assert not Invitation.objects.exists()


def test_whoever_guesses_links_holds_up_nobody_with_a_right_one(pack, editor):
    _invitation, token = invited(pack, editor=editor)
    answers = [Client().get(address(f"{token[:-6]}{number:06}")).status_code for number in range(22)]
    assert (answers[0], answers[-1]) == (410, 429)
    assert Client().get(address(token)).status_code == 200


@pytest.mark.parametrize("how", ["forged", "expired", "revoked", "accepted", "removed", "renewed"])
def test_a_link_that_is_over_opens_nothing(pack, editor, how):
    invitation, token = invited(pack, editor=editor)
    now = timezone.now()
    if how == "forged":
        token = token[:-1] + ("a" if token[-1] != "a" else "b")
    elif how == "expired":
        Invitation.objects.update(expires_at=now)
    elif how == "revoked":
        actions.revoke_invitation(invitation.pk, now=now, actor=editor)
    elif how == "accepted":
        hand_in(token)
        actions.accept_text(invitation.pk, revision=revision(pack), now=now, actor=editor)
    elif how == "removed":
        actions.remove_block(invitation.block_id, revision=revision(pack), actor=editor)
    else:
        actions.renew_invitation(invitation.pk, now=now, actor=editor)
    page = Client().get(address(token))
    assert page.status_code == 410
    assert "每周开放不少于五天" not in page.content.decode()
    typed = Client().post(address(token), FORM)
    assert typed.status_code == 410
    # What was typed comes back.
    assert COMMENTARY["text"] in typed.content.decode()
    assert refused_code(hand_in, token) == "invitation_over"


def test_guessing_links_is_stopped_and_the_answer_says_when_to_come_back(pack, editor):
    client = Client()
    answers = [client.get(address(f"guess-{number}")).status_code for number in range(21)]
    assert answers == [410] * 20 + [429]


def test_handing_in_again_and_again_is_stopped(pack, editor):
    invitation, token = invited(pack, editor=editor)
    client = Client()
    answers = set()
    for _turn in range(11):
        Invitation.objects.filter(pk=invitation.pk).update(state=Invitation.State.INVITED)
        answers.add(client.post(address(token), FORM).status_code)
    assert answers == {302, 429}


def test_an_ended_invitation_forgets_the_address_and_the_letters_that_wait(pack, editor):
    invitation, _token = invited(pack, editor=editor)
    actions.revoke_invitation(invitation.pk, now=timezone.now(), actor=editor)
    assert not Contact.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert refused_code(actions.renew_invitation, invitation.pk, now=timezone.now(), actor=editor) == (
        "invitation_address_gone"
    )


def test_a_new_link_works_and_the_old_one_no_longer(pack, editor):
    invitation, old = invited(pack, editor=editor)
    Invitation.objects.update(expires_at=timezone.now())
    _renewed, new = actions.renew_invitation(invitation.pk, now=timezone.now(), actor=editor)
    assert queries.invitation_by(old, now=timezone.now()) is None
    assert queries.invitation_by(new, now=timezone.now()) == invitation
    assert OutgoingMail.objects.count() == 2


def test_an_invitation_reaches_one_block_of_one_pack(pack, editor):
    first, token = invited(pack, editor=editor)
    second, _other = invited(pack, editor=editor, email="other@example.org")
    hand_in(token)
    second.refresh_from_db()
    assert (second.state, second.text) == (Invitation.State.INVITED, "")
    assert not Invitation.objects.visible_to(ANYONE).exists()


# --- writing


def test_an_expert_hands_in_without_scripts_and_reads_what_was_sent(pack, editor):
    invitation, token = invited(pack, editor=editor)
    client = Client()
    sent = client.post(address(token), FORM)
    assert (sent.status_code, sent.headers["Location"]) == (302, address(token))
    page = client.get(address(token)).content.decode()
    assert COMMENTARY["text"] in page
    assert 'name="text"' not in page
    invitation.refresh_from_db()
    assert (invitation.state, invitation.no_interest) == (Invitation.State.HANDED_IN, True)
    assert refused_code(hand_in, token) == "invitation_waits"
    assert client.post(address(token), FORM).status_code == 409


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"declares": ""}, "declares"),
        ({"declares": "perhaps"}, "declares"),
        ({"declares": "none", "interest": "股东"}, "declares"),
        ({"declares": "some"}, "interest"),
        ({"name": ""}, "name"),
        ({"affiliation": " "}, "affiliation"),
        ({"text": "太短"}, "text"),
        ({"text": "长" * 8_001}, "text"),
        ({"written_in": "fr"}, "written_in"),
    ],
)
def test_an_interest_is_declared_or_none_is_said_and_nothing_typed_is_lost(pack, editor, values, field):
    invitation, token = invited(pack, editor=editor)
    given = FORM | values
    response = Client().post(address(token), given)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    page = response.content.decode()
    assert f'href="#id_{field}' in page
    for name in ("name", "text"):
        assert given[name] in page
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.INVITED


def test_the_database_holds_no_commentary_without_a_declaration(pack, editor):
    invitation, token = invited(pack, editor=editor)
    hand_in(token)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(no_interest=False)


# --- deciding


def test_a_text_goes_back_with_the_reason_and_comes_again_changed(pack, editor):
    invitation, token = invited(pack, editor=editor, language="en")
    assert refused_code(actions.return_text, invitation.pk, "x", now=timezone.now(), actor=editor) == (
        "invitation_not_handed_in"
    )
    hand_in(token)
    assert refused_code(actions.return_text, invitation.pk, " ", now=timezone.now(), actor=editor) == "note_missing"
    actions.return_text(invitation.pk, "Please name the clause.", now=timezone.now(), actor=editor)
    assert "Please name the clause." in OutgoingMail.objects.order_by("-pk")[0].body
    page = Client().get(address(token, "en")).content.decode()
    assert "Please name the clause." in page
    assert COMMENTARY["text"] in page
    hand_in(token, text="第二条写得好，请把节假日的开放时间也写进去。")
    invitation.refresh_from_db()
    assert (invitation.state, invitation.returned_note) == (Invitation.State.HANDED_IN, "")


def test_who_gets_a_text_back_late_has_a_week_to_change_it(pack, editor):
    invitation, token = invited(pack, editor=editor, days=1)
    hand_in(token)
    now = timezone.now()
    actions.return_text(invitation.pk, "请写明条款。", now=now, actor=editor)
    assert queries.invitation_by(token, now=now + timedelta(days=6)) is not None
    assert queries.invitation_by(token, now=now + timedelta(days=7)) is None


def test_the_words_are_taken_over_as_they_are_with_the_declared_interest(pack, editor):
    invitation, token = invited(pack, editor=editor)
    hand_in(token, no_interest=False, interest="为该馆做过无偿顾问。")
    actions.accept_text(invitation.pk, revision=revision(pack), now=timezone.now(), actor=editor)
    block = pack.blocks.get(kind="expert")
    text = block.texts.get()
    assert (text.language, text.body, text.byline) == ("zh-hans", COMMENTARY["text"], COMMENTARY["name"])
    assert (text.affiliation, text.interest) == (COMMENTARY["affiliation"], "为该馆做过无偿顾问。")
    assert "文化处" in text.source
    assert (block.original_language, block.no_interest) == ("zh-hans", False)
    assert block.dated == timezone.localdate()
    assert OutgoingMail.objects.count() == 2
    again = {"now": timezone.now(), "actor": editor}
    assert refused_code(actions.accept_text, invitation.pk, revision=revision(pack), **again) == (
        "invitation_not_handed_in"
    )
    assert refused_code(actions.revoke_invitation, invitation.pk, **again) == "invitation_done"
    assert refused_code(actions.renew_invitation, invitation.pk, **again) == "invitation_done"


def test_nobody_writes_in_the_experts_name(pack, editor):
    invitation, token = invited(pack, editor=editor)
    block = invitation.block

    def put(language: str, **words) -> str:
        given = {"texts": {language: words}, "dated": None, "revision": revision(pack), "actor": editor}
        return refused_code(actions.write_block, block.pk, **given)

    # Before anything was taken over in no language, afterwards not in the original.
    assert put("en", body="I say so.") == "expert_words"
    hand_in(token)
    actions.accept_text(invitation.pk, revision=revision(pack), now=timezone.now(), actor=editor)
    for name in ("body", "byline", "affiliation", "interest"):
        assert put("zh-hans", **{name: "改了"}) == "expert_words"
    translated = {"body": "Put the hours in.", "byline": "Demo expert", "affiliation": "Demo university", "source": "x"}
    write(block, author=editor, texts={"en": translated, "zh-hans": {"heading": "写明时间"}})
    assert block.texts.get(language="zh-hans").body == COMMENTARY["text"]


def test_a_pack_waits_for_its_expert_and_prints_the_declaration(pack, editor, client):
    invitation, token = invited(pack, editor=editor)
    with pytest.raises(Refused, match="release_incomplete"):
        submit(pack, editor)
    assert [gap.code for gap in queries.build(pack).missing] == ["expert_awaited"]
    hand_in(token)
    actions.accept_text(invitation.pk, revision=revision(pack), now=timezone.now(), actor=editor)
    translated = {"body": "Put the hours in.", "byline": "Demo expert", "affiliation": "Demo university", "source": "x"}
    write(invitation.block, author=editor, texts={"en": translated})
    publish(submit(pack, editor))
    slug = pack.consultation.slug
    chinese = client.get(f"/zh/c/{slug}/interpretation/").content.decode()
    english = client.get(f"/en/c/{slug}/interpretation/").content.decode()
    assert COMMENTARY["text"] in chinese
    assert "Put the hours in." in english
    assert "None, as the expert declared" in english
    assert "Translated by the editors" in english
    block = client.get(f"/api/v1/interpretations/{slug}?language=en").json()["blocks"][-1]
    assert (block["no_interest"], block["written_in"], block["affiliation"]) == (True, "zh-hans", "Demo university")
