"""What readers say to a pack: a receipt for each, public after moderation, personal data hidden."""

import re
import uuid

import pytest
from django.core.cache import cache
from django.test import Client

from consultations.packs import actions
from consultations.packs.models import Reaction
from engage.accounts.actors import ANYONE, SYSTEM, ReceiptHolder, Role
from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.participation import actions as participation
from engage.participation.models import Submission
from tests.accounts.people import person
from tests.consultations.factories import call
from tests.packs.builders import published, reaction, submitted
from tests.participation.factories import envelope
from tests.security.test_url_matrix import client_of

pytestmark = pytest.mark.django_db
WORDS = "看了解读才明白为什么要多开两天。"


@pytest.fixture(autouse=True)
def _slow_hands(settings):
    settings.FASTEST_PERSON_SECONDS = 0


def send(client: Client, slug: str, language: str = "zh", **values):
    page = client.get(f"/{language}/c/{slug}/interpretation/say/").content.decode()
    hidden = dict(re.findall(r'name="(token|opened)" value="([^"]*)"', page))
    return client.post(f"/{language}/c/{slug}/interpretation/say/", hidden | {"text": WORDS} | values)


def test_a_reader_gets_a_receipt_and_is_shown_after_a_moderator_read_it():
    pack, client = published(), Client()
    slug = pack.consultation.slug
    sent = send(client, slug, clause="art_2", signature="读者")
    assert sent.status_code == 302
    assert "/receipt/R-" in sent.headers["Location"]
    receipt = client.get(sent.headers["Location"]).content.decode()
    made = Reaction.objects.get()
    assert made.submission.reference in receipt
    assert WORDS in client.get(f"/zh/track/{made.submission.reference}/").content.decode()
    assert client.get(f"/zh/receipt/{made.submission.reference}/receipt.pdf").content.startswith(b"%PDF")
    public = f"/zh/c/{slug}/interpretation/"
    assert WORDS not in Client().get(public).content.decode()
    cache.clear()
    participation.moderate(made, "published", actor=SYSTEM)
    page = Client().get(public).content.decode()
    assert WORDS in page
    assert f'id="reaction-{made.pk}"' in page
    assert "读者" in page
    assert Client().get(f"/api/v1/interpretations/{slug}").json()["reactions"][0]["clause"] == "art_2"


def test_it_stands_in_the_moderators_queue_with_what_it_is_about():
    pack = published()
    made, *_ = reaction(pack, clause="art_2")
    queue = client_of(Role.OFFICER).get("/desk/queues/moderation/", headers={"accept-language": "zh"})
    page = queue.content.decode()
    assert WORDS in page
    assert "第二条" in page
    assert f"reaction:{made.pk}" in page


@pytest.mark.parametrize("decision", ["private", "rejected"])
def test_what_is_not_released_is_shown_to_nobody_but_its_sender(decision):
    pack = published()
    made, submission, _code = reaction(pack)
    participation.moderate(made, decision, reason="off_topic", actor=SYSTEM)
    assert WORDS not in Client().get(f"/zh/c/{pack.consultation.slug}/interpretation/").content.decode()
    assert not Reaction.objects.visible_to(ANYONE).exists()
    assert Reaction.objects.visible_to(ReceiptHolder(submission.pk)).get() == made


def test_personal_data_is_hidden_in_public():
    pack = published()
    made, *_ = reaction(pack, "我的电话是13812345678，请回电。", signature="13812345678")
    participation.moderate(made, "published", actor=SYSTEM)
    slug = pack.consultation.slug
    page = Client().get(f"/zh/c/{slug}/interpretation/").content.decode()
    (row,) = Client().get(f"/api/v1/interpretations/{slug}").json()["reactions"]
    for shown in (page, row["text"] + row["signature"]):
        assert "13812345678" not in shown
        assert "请回电" in shown


def test_a_sender_withdraws_it_at_any_time():
    pack, client = published(), Client()
    slug = pack.consultation.slug
    send(client, slug)
    made = Reaction.objects.get()
    participation.moderate(made, "published", actor=SYSTEM)
    reference = made.submission.reference
    assert client.post(f"/zh/track/{reference}/withdraw/").status_code == 302
    cache.clear()
    assert WORDS not in Client().get(f"/zh/c/{slug}/interpretation/").content.decode()
    assert client.get(f"/zh/track/{reference}/").status_code == 200


def test_the_same_form_sent_twice_is_one_reaction():
    pack = published()
    given = envelope()
    first = actions.send_reaction(pack.consultation.slug, WORDS, given, actor=ANYONE)
    again = actions.send_reaction(pack.consultation.slug, WORDS, given, actor=ANYONE)
    assert (first, Reaction.objects.count()) == (again, 1)


@pytest.mark.parametrize(
    ("text", "clause", "code"),
    [("好", "", "reaction_too_short"), ("好" * 1_001, "", "pack_text_too_long"), (WORDS, "art_99", "clause_gone")],
)
def test_bad_reactions_are_refused_and_leave_no_submission(text, clause, code):
    pack = published()
    with pytest.raises(Refused) as refused:
        actions.send_reaction(pack.consultation.slug, text, envelope(), clause=clause, actor=ANYONE)
    assert refused.value.code == code
    assert refusal_message(refused.value)
    assert not Submission.objects.exists()


def test_a_pack_that_is_not_public_takes_no_reactions():
    pack = submitted()
    with pytest.raises(Refused) as refused:
        actions.send_reaction(pack.consultation.slug, WORDS, envelope(), actor=ANYONE)
    assert refused.value.code == "pack_gone"
    assert Client().get(f"/zh/c/{pack.consultation.slug}/interpretation/say/").status_code == 404


@pytest.mark.parametrize(
    ("values", "status"),
    [({"text": ""}, 422), ({"text": "长" * 1_001}, 422), ({"clause": "art_99"}, 422), ({"token": "x"}, 409)],
)
def test_a_refused_form_keeps_what_was_typed(values, status):
    pack, client = published(), Client()
    response = send(client, pack.consultation.slug, language="en", signature="A reader", **values)
    assert response.status_code == status
    page = response.content.decode()
    assert "There is a problem" in page
    assert values.get("text", WORDS) in page
    assert "A reader" in page
    assert not Reaction.objects.exists()


def test_a_form_without_a_token_is_sent_once_more_with_the_new_one():
    pack, client = published(), Client()
    url = f"/zh/c/{pack.consultation.slug}/interpretation/say/"
    refused = client.post(url, {"text": WORDS})
    assert refused.status_code == 409
    token = re.search(r'name="token" value="([^"]+)"', refused.content.decode())[1]
    assert uuid.UUID(token)
    assert client.post(url, {"text": WORDS, "token": token}).status_code == 302


def test_what_a_program_filled_is_kept_for_the_moderator_to_see():
    pack = published()
    assert send(Client(), pack.consultation.slug, website="http://spam.example.org").status_code == 302
    assert Reaction.objects.get().submission.flagged


def test_one_address_does_not_send_without_end():
    pack, client = published(), Client()
    url = f"/zh/c/{pack.consultation.slug}/interpretation/say/"
    answers = [client.post(url, {"text": WORDS, "token": str(uuid.uuid4())}).status_code for _turn in range(21)]
    assert answers == [302] * 20 + [429]
    last = client.post(url, {"text": WORDS, "token": str(uuid.uuid4())})
    assert WORDS in last.content.decode()


def test_a_reaction_outlives_a_correction_of_the_pack():
    from consultations.packs.models import Pack
    from tests.packs.builders import opened, publish, submit

    consultation, editor = call(), person(Role.EDITOR)
    first = published(consultation)
    made, *_ = reaction(first)
    participation.moderate(made, "published", actor=SYSTEM)
    second = opened(consultation, author=editor)
    publish(submit(second, editor))
    assert Pack.objects.visible_to(ANYONE).get() == second
    assert WORDS in Client().get(f"/zh/c/{consultation.slug}/interpretation/").content.decode()
