"""From the first sentence to the moderators: look, write, check, confirm, find sponsors; mend, withdraw."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from engage.accounts.actors import ANYONE, ReceiptHolder, Role
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation.models import AboutOption, OutgoingMail, Submission
from engage.search.queries import search
from mailbox.models import Case
from mailbox.petitions.actions import letters, signing, sponsors, starting
from mailbox.petitions.hashes import address_key, network_key
from mailbox.petitions.models import Listed, Petition, PetitionRules, Signature, SignatureLetter, State, Wording
from mailbox.petitions.queries import starting as queries
from mailbox.petitions.signing import links as signing_links
from mailbox.petitions.starting import links, rules
from mailbox.petitions.starting.rules import Sponsors
from tests.accounts.people import person
from tests.petitions import factories

pytestmark = pytest.mark.django_db
TITLE = "在老旧小区出入口加装无障碍坡道"
VALUES = {
    "title": TITLE,
    "action": "请在2027年底前为每个老旧小区的主要出入口加装坡道和扶手。",
    "background": "我们走访了四十六个小区，三十一个只有台阶。",
    "details": "",
    "name": "李小河",
    "email": "li@example.org",
    "region": "east",
    "country": "",
    "eligible": "yes",
}
WORDS = ("title", "action", "background", "details")


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.FASTEST_PERSON_SECONDS = 0
    for code, zh, en in (("east", "城东", "East"), ("west", "城西", "West")):
        AboutOption.objects.get_or_create(kind="region", code=code, defaults={"label_zh": zh, "label_en": en})


def body(response) -> str:
    return html.unescape(response.content.decode())


def looked(client: Client, title: str = TITLE, prefix: str = "zh"):
    return client.post(f"/{prefix}/petitions/start/", {"title": title})


def written(client: Client, prefix: str = "zh", **values):
    looked(client, prefix=prefix)
    return client.post(f"/{prefix}/petitions/start/write/", VALUES | values)


def sent(client: Client, prefix: str = "zh", **values):
    """Send a petition, or the same one to another address."""
    assert written(client, prefix, **values).url == f"/{prefix}/petitions/start/check/"
    page = client.get(f"/{prefix}/petitions/start/check/")
    fields = dict(re.findall(r'name="(token|opened)" value="([^"]*)"', body(page)))
    return client.post(f"/{prefix}/petitions/start/check/", fields)


def letter_link(part: str) -> str:
    """Return the newest link of that kind in the outbox, without the host."""
    for letter in OutgoingMail.objects.order_by("-pk"):
        if found := re.search(rf"https?://[^/\s]+(/\S*{part}\S*)", letter.body):
            return found[1]
    raise AssertionError(part)


def begun(client: Client, **values) -> Petition:
    """A petition whose starter has confirmed."""
    sent(client, **values)
    assert client.post(letter_link("/start/confirm/")).status_code == 302
    return Petition.objects.latest("pk")


def sponsor_path(petition: Petition, prefix: str = "zh") -> str:
    return f"/{prefix}/petitions/{petition.pk}/sponsor/{links.sponsor_key(petition.pk)}/"


def ask(petition: Petition, number: int = 1, **values) -> signing.Ask:
    given = {
        "petition_id": petition.pk,
        "token": uuid4(),
        "name": f"联署人{number}",
        "email": f"s{number}@example.org",
        "language": "zh-hans",
        "region": "east",
        "client": "127.0.0.1",
        "part": Signature.Part.SPONSOR,
        "letter": "sponsor",
    }
    return signing.Ask(**(given | values))


def sponsored(petition: Petition, many: int, first: int = 1) -> None:
    for number in range(first, first + many):
        assert signing.confirm(sponsors.ask_to_sponsor(petition, ask(petition, number)).pk) == "confirmed"
    petition.refresh_from_db()


# --- pure ------------------------------------------------------------------------------------------------------------


def test_a_petition_goes_to_the_moderators_once_starter_and_sponsors_have_confirmed():
    assert rules.state_after("pending", Sponsors(0, 5, 20), starter_confirmed=False) == "pending"
    assert rules.state_after("pending", Sponsors(1, 5, 20), starter_confirmed=False) == "collecting"
    assert rules.state_after("pending", Sponsors(0, 5, 20), starter_confirmed=True) == "collecting"
    assert rules.state_after("collecting", Sponsors(5, 5, 20), starter_confirmed=False) == "collecting"
    assert rules.state_after("collecting", Sponsors(5, 5, 20), starter_confirmed=True) == "waiting"
    for state in ("waiting", "flagged", "dormant", "open", "rejected"):
        assert rules.state_after(state, Sponsors(9, 5, 20), starter_confirmed=True) == state
    assert Sponsors(2, 5, 20).missing == 3 and Sponsors(7, 5, 20).missing == 0
    assert rules.may_sponsor("waiting", Sponsors(19, 5, 20)) and not rules.may_sponsor("waiting", Sponsors(20, 5, 20))
    assert not rules.may_sponsor("open", Sponsors(5, 5, 20))


# --- looking and writing (behaviours 1 to 6) -------------------------------------------------------------------------


def test_a_starter_must_look_at_similar_petitions_before_the_form_opens(client: Client):
    assert client.get("/zh/petitions/start/write/").url == "/zh/petitions/start/"
    assert client.post("/zh/petitions/start/write/", VALUES).url == "/zh/petitions/start/"
    assert client.get("/zh/petitions/start/check/").url == "/zh/petitions/start/"
    there = factories.petition(title="为老旧小区加装坡道")
    starting.search.index(there)
    page = body(client.get("/zh/petitions/start/", {"q": TITLE}))
    assert there.title in page and f"/zh/petitions/{there.pk}/" in page
    assert f'value="{TITLE}"' in page
    assert looked(client).url == "/zh/petitions/start/write/"
    assert TITLE in body(client.get("/zh/petitions/start/write/"))


def test_the_list_that_is_shown_while_typing_is_the_same(client: Client):
    there = factories.petition(title="为老旧小区加装坡道")
    starting.search.index(there)
    page = body(client.get("/zh/petitions/start/alike/", {"q": TITLE}))
    assert "data-answers" in page and there.title in page
    assert "data-answers" in body(client.get("/zh/petitions/start/alike/"))


def test_title_background_and_details_keep_their_limits_with_a_live_count_and_without_scripts(client: Client):
    looked(client)
    page = body(client.get("/zh/petitions/start/write/"))
    for name, most in (("title", 80), ("action", 300), ("background", 300), ("details", 800)):
        assert re.search(rf'name="{name}"[^>]*data-most="{most}"', page) or re.search(
            rf'data-most="{most}"[^>]*name="{name}"', page
        )
        assert f'id="count-{name}"' in page
        long = {name: "长" * (most + 7)}
        response = client.post("/zh/petitions/start/write/", VALUES | long)
        assert response.status_code == 422
        assert "7" in re.search(rf'id="id_{name}_error">([^<]*)', body(response))[1]
        assert long[name] in body(response)
        exact = client.post("/zh/petitions/start/write/", VALUES | {name: "长" * most})
        assert exact.status_code == 302


def test_missing_fields_are_listed_and_entered_text_is_kept(client: Client):
    looked(client)
    response = client.post("/en/petitions/start/write/", {"title": "Ramps for all", "details": "Kept words"})
    page = body(response)
    assert response.status_code == 422
    for name in ("action", "background", "name", "email", "region", "eligible"):
        assert f'href="#id_{name}"' in page, name
    assert "Ramps for all" in page and "Kept words" in page
    assert not Petition.objects.exists()


@pytest.mark.parametrize("who", ["domain", "subdomain", "address", "network", "limit"])
def test_a_starter_over_the_limit_or_blocked_sees_the_same_page_and_no_petition_is_made(client: Client, who):
    listed = {
        "domain": ("domain", "example.org"),
        "subdomain": ("domain", "example.org"),
        "address": ("address", address_key("li@example.org")),
        "network": ("network", network_key("127.0.0.0/24")),
    }
    email = "li@mail.example.org" if who == "subdomain" else "li@example.org"
    usual = Client(REMOTE_ADDR="198.51.100.7")
    sent(usual, email="wang@example.net")
    welcome = body(usual.get("/zh/petitions/start/sent/")).replace("wang@example.net", "X")
    if who in listed:
        what, value = listed[who]
        Listed.objects.create(what=what, value=value, shown=value)
    else:
        for _time in range(2):
            sent(Client(), email=email)
    before = Petition.objects.count()
    assert sent(client, email=email).url == "/zh/petitions/start/sent/"
    page = body(client.get("/zh/petitions/start/sent/")).replace(email, "X")
    hidden = re.compile(r'value="[A-Za-z0-9]{64}"|nonce-\S+')
    assert hidden.sub("", page) == hidden.sub("", welcome)
    assert Petition.objects.count() == Submission.objects.filter(kind="petition").count() == before
    assert not OutgoingMail.objects.filter(submission=None).exists()


def test_all_spellings_of_one_address_share_its_limit(client: Client):
    for email in ("liwei@gmail.com", "Li.Wei@gmail.com", "li.wei+petition@googlemail.com"):
        sent(Client(), email=email)
    assert Petition.objects.count() == 2


def test_what_is_allowed_wins_over_what_is_blocked():
    Listed.objects.create(what="domain", value="example.org", shown="example.org")
    assert queries.is_blocked("li@example.org", "127.0.0.1")
    Listed.objects.create(what="address", value=address_key("li@example.org"), shown="li@example.org", allowed=True)
    assert not queries.is_blocked("li@example.org", "127.0.0.1")
    assert queries.is_blocked("wang@example.org", "127.0.0.1")


def test_script_text_in_a_search_box_is_shown_as_text(client: Client):
    script = "<script>alert(1)</script>"
    for path in ("/zh/petitions/start/", "/zh/petitions/start/alike/"):
        page = client.get(path, {"q": script}).content.decode()
        assert script not in page
        assert html.escape(script) in page


def test_a_starter_may_be_abroad_the_region_becomes_a_country(client: Client):
    assert written(client, region="abroad").status_code == 422
    assert written(client, region="abroad", country="XX").status_code == 422
    assert written(client, region="north").status_code == 422
    sent(client, region="abroad", country="SE")
    petition = Petition.objects.get()
    assert (petition.region, petition.country) == ("", "SE")
    signature = petition.signatures.get()
    assert (signature.region, signature.country, signature.part) == ("", "SE", "starter")
    sent(Client(REMOTE_ADDR="198.51.100.7"), region="east", country="SE", email="wang@example.net")
    assert (Petition.objects.latest("pk").region, Petition.objects.latest("pk").country) == ("east", "")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "买房找我 www.example.com"),
        ("name", "x" * 10_000),
        ("name", "\u202e\u200b"),
        ("email", "li@example.org\r\nBcc: all@example.org"),
        ("email", "x" * 320 + "@example.org"),
        ("email", '"li li"@example.org'),
        ("email", "li@-example.org"),
        ("title", "\x00"),
        ("action", "\ud800" * 400),
        ("region", "\x00" * 10_000),
    ],
)
def test_bad_input_is_refused_beside_its_field(client: Client, field, typed):
    response = written(client, **{field: typed}) if "\ud800" not in typed else written(client, **{field: "长" * 10_000})
    assert response.status_code == 422
    assert f'href="#id_{field}"' in body(response)


def test_an_address_in_another_script_is_taken(client: Client):
    sent(client, email="li@例子.中国")
    assert Petition.objects.get().signatures.get().domain == "xn--fsqu00a.xn--fiqs8s"


def test_a_full_width_address_is_written_to_in_plain_characters(client: Client):
    sent(client, email="ｌi＠example.org")
    assert Petition.objects.get().signatures.get().email == "li@example.org"
    assert OutgoingMail.objects.get().contact.email == "li@example.org"


# --- to another way and back -----------------------------------------------------------------------------------------


def test_text_goes_along_to_a_letter_and_back(client: Client):
    looked(client)
    response = client.post("/zh/petitions/start/write/", VALUES | {"to": "grievance"})
    assert response.url == "/zh/write/grievance/"
    page = body(client.get(response.url))
    assert VALUES["action"] in page and VALUES["background"] in page and TITLE in page and "李小河" in page
    assert VALUES["action"] in body(client.get("/zh/petitions/start/write/"))
    other = Client()
    moved = other.post("/zh/write/letter/", {"text": "每个小区都要有坡道，不只是我们这里。", "to": "petition"})
    assert moved.url == "/zh/write/petition/"
    assert other.get(moved.url).url == "/zh/petitions/start/"
    assert "每个小区都要有坡道" in body(other.get("/zh/petitions/start/"))
    looked(other)
    assert "不只是我们这里" in body(other.get("/zh/petitions/start/write/"))
    assert not Case.objects.exists()


def test_a_petition_is_one_of_the_ways_of_writing(client: Client):
    page = body(client.get("/zh/write/"))
    assert "/zh/write/petition/" in page
    assert client.get("/zh/write/petition/").url == "/zh/petitions/start/"
    assert "/zh/write/petition/" in body(client.get("/zh/write/which/4/"))


# --- sending and confirming ------------------------------------------------------------------------------------------


def test_a_petition_waits_for_its_starters_confirmation_by_a_button(client: Client):
    response = sent(client, prefix="en", title="Ramps for all")
    assert response.url == "/en/petitions/start/sent/"
    assert "li@example.org" in body(client.get(response.url))
    petition = Petition.objects.get()
    assert (petition.state, petition.language) == (State.PENDING, "en")
    assert Wording.objects.get(petition=petition).action == VALUES["action"]
    assert not Petition.objects.visible_to(person(Role.OFFICER)).exists()
    link = letter_link("/start/confirm/")
    scanner = Client()
    for _time in range(2):
        page = scanner.get(link)
        assert page.status_code == 200 and "noindex" in page.headers["X-Robots-Tag"]
    petition.refresh_from_db()
    assert petition.state == State.PENDING
    response = client.post(link)
    assert response.url == f"/en/receipt/{petition.reference}/"
    receipt = body(client.get(response.url))
    assert petition.reference in receipt and sponsor_path(petition, "en") in receipt
    petition.refresh_from_db()
    assert petition.state == State.COLLECTING
    assert petition.signatures.get().state == Signature.State.CONFIRMED
    assert [event.code for event in petition.events.all()] == ["started"]
    code = re.search(r"Tracking code: (\S+)", OutgoingMail.objects.latest("pk").body)[1]
    assert code in receipt
    # Opened and pressed once more, from another device: the same receipt, and no more letters.
    letters_sent = OutgoingMail.objects.count()
    other = Client()
    once_more = body(other.get(link))
    assert "You have confirmed your petition" in once_more and "Yes, this is my petition" not in once_more
    assert code in body(other.get(other.post(link).url))
    assert OutgoingMail.objects.count() == letters_sent


def test_a_starter_who_is_held_gets_the_link_for_sponsors_once_confirmed(client: Client):
    sent(client)
    starter = Signature.objects.filter(part="starter")
    starter.update(state=Signature.State.HELD, why="network")
    assert client.post(letter_link("/start/confirm/")).status_code == 302
    assert OutgoingMail.objects.count() == 1
    starter.update(state=Signature.State.PENDING, why="", confirmed_at=None)
    assert client.post(letter_link("/start/confirm/")).status_code == 302
    assert OutgoingMail.objects.count() == 2


def test_the_same_form_sent_twice_makes_one_petition(client: Client):
    written(client)
    fields = dict(re.findall(r'name="(token|opened)" value="([^"]*)"', body(client.get("/zh/petitions/start/check/"))))
    for _time in range(2):
        assert client.post("/zh/petitions/start/check/", fields).url == "/zh/petitions/start/sent/"
    assert Petition.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_who_only_filled_in_the_form_cannot_confirm_it(client: Client):
    written(client, email="somebody@example.org")
    token = re.search(r'name="token" value="([^"]*)"', body(client.get("/zh/petitions/start/check/")))[1]
    sent(client, email="somebody@example.org")
    for forged in (token, token.replace("-", ""), "x" * 300, "%00", links.starter_key(uuid4()), "a:b", "é:é"):
        assert client.post(f"/zh/petitions/start/confirm/{forged}/").status_code == 410, forged
    cut = letter_link("/start/confirm/")[:-3] + "/"
    assert client.get(cut).status_code == 410
    assert Petition.objects.get().state == State.PENDING


def test_a_link_that_is_too_old_leads_to_a_new_start_and_the_petition_is_stopped(client: Client):
    sent(client)
    link = letter_link("/start/confirm/")
    old = timezone.now() - timedelta(days=9)
    Signature.objects.update(asked_at=old)
    assert client.post(link).status_code == 410
    Petition.objects.update(created_at=old)
    assert starting.stop_unconfirmed(now=timezone.now()) == 1
    assert Petition.objects.get().state == State.STOPPED
    assert client.get(link).status_code == 410
    assert starting.stop_unconfirmed(now=timezone.now()) == 0


def test_the_letter_is_sent_again_after_a_minute_a_few_times(client: Client):
    sent(client)
    assert client.post("/zh/petitions/start/sent/").status_code == 200
    assert OutgoingMail.objects.count() == 1
    for _time in range(6):
        OutgoingMail.objects.update(created_at=timezone.now() - timedelta(seconds=61))
        client.post("/zh/petitions/start/sent/")
    assert OutgoingMail.objects.count() == starting.LETTERS_MOST


def test_after_one_petition_was_sent_the_next_begins_empty(client: Client):
    looked(client)
    assert "discard" in body(client.get("/zh/petitions/start/"))
    sent(client)
    assert "discard" not in body(client.get("/zh/petitions/start/"))
    looked(client, "另一件事")
    page = body(client.get("/zh/petitions/start/write/"))
    assert "另一件事" in page and VALUES["action"] not in page
    client.post("/zh/petitions/start/discard/")
    assert client.get("/zh/petitions/start/write/").url == "/zh/petitions/start/"


def test_a_wrong_address_is_changed_and_the_first_letter_leads_nowhere_else(client: Client):
    sent(client, email="wrong@example.org")
    assert "wrong@example.org" in body(client.get("/zh/petitions/start/write/"))
    sent(client, email="right@example.org")
    assert client.post(letter_link("/start/confirm/")).status_code == 302
    first, second = Petition.objects.order_by("pk")
    assert (first.state, second.state) == (State.PENDING, State.COLLECTING)


# --- sponsors (behaviours 7 to 10) -----------------------------------------------------------------------------------


def test_the_page_while_collecting_sponsors_shows_how_many_are_still_needed(client: Client):
    petition = begun(client)
    for confirmed in range(5):
        page = client.get(sponsor_path(petition, "en"))
        needed = "1 sponsor is still" if confirmed == 4 else f"{5 - confirmed} sponsors are still"
        assert needed in body(page)
        assert "noindex" in page.headers["X-Robots-Tag"]
        assert needed in body(client.get(f"/en/track/{petition.reference}/"))
        sponsored(petition, 1, first=confirmed + 1)


def test_the_pages_promise_the_months_that_the_rules_say(client: Client):
    PetitionRules.objects.update_or_create(pk=1, defaults={"keep_months": 9})
    cache.clear()
    written(client, "en")
    assert "deleted 9 months after the petition has ended" in body(client.get("/en/petitions/start/check/"))
    petition = factories.petition(State.COLLECTING, sponsor_digest="x")
    assert "deleted 9 months after the petition has ended" in body(client.get(sponsor_path(petition, "en")))
    cache.clear()


def test_the_page_while_waiting_for_moderation_says_so_and_cannot_be_found_by_search(client: Client):
    petition = begun(client)
    sponsored(petition, 5)
    assert petition.state == State.WAITING and petition.waiting_since is not None
    starting.search.index(petition)
    page = client.get(sponsor_path(petition, "en"))
    assert "not published yet" in body(page) and 'content="noindex"' in body(page)
    assert "noindex" in page.headers["X-Robots-Tag"]
    stranger = Client()
    for word in (TITLE, "无障碍坡道"):
        assert not search(word, language="zh-hans").total
        assert petition.title not in body(stranger.get("/zh/petitions/start/alike/", {"q": "无障碍 坡道 小区"}))
    assert "With the moderators" in body(client.get(f"/en/track/{petition.reference}/"))
    assert stranger.get(f"/zh/petitions/{petition.pk}/").status_code == 404


def test_the_first_sponsor_confirming_makes_the_petition_visible_to_moderators_as_collecting(client: Client):
    sent(client)
    petition, officer = Petition.objects.get(), person(Role.OFFICER)
    assert not Petition.objects.visible_to(officer).exists()
    sponsored(petition, 1)
    assert petition.state == State.COLLECTING
    assert Petition.objects.visible_to(officer).get() == petition
    # Whoever sponsored, without its starter's own confirmation it does not go to the queue.
    sponsored(petition, 4, first=2)
    assert petition.state == State.COLLECTING
    assert client.post(letter_link("/start/confirm/")).status_code == 302
    petition.refresh_from_db()
    assert petition.state == State.WAITING


def test_a_sponsor_can_correct_a_wrong_address_before_confirming(client: Client):
    petition = begun(client)
    visitor = Client()
    path = sponsor_path(petition)
    given = {"name": "王大江", "email": "wrong@example.org", "region": "west", "eligible": "yes", "token": str(uuid4())}
    assert visitor.post(path, given).url == f"{path}sent/"
    assert "wrong@example.org" in body(visitor.get(f"{path}sent/"))
    assert visitor.post(f"{path}sent/", {"email": "not an address"}).status_code == 422
    assert visitor.post(f"{path}sent/", {"email": "right@example.org"}).url == f"{path}sent/"
    page = body(visitor.get(f"{path}sent/"))
    assert "right@example.org" in page and "wrong@example.org" not in page
    first, second = Signature.objects.filter(part="sponsor").order_by("pk")
    assert signing.confirm(first.pk) == "expired"
    assert signing.confirm(second.pk) == "confirmed"
    assert (second.name, second.region) == ("王大江", "west")
    assert "right@example.org" not in body(visitor.get(f"{path}sent/"))


def test_a_sponsor_signs_by_letter_and_button(client: Client, settings):
    petition = begun(client)
    visitor, path = Client(), sponsor_path(petition, "en")
    assert visitor.post(path, {"name": "Wang"}).status_code == 422
    given = {"name": "Wang", "email": "wang@example.net", "region": "west", "eligible": "yes", "token": str(uuid4())}
    for _time in range(2):
        assert visitor.post(path, given).url == f"{path}sent/"
    assert Signature.objects.filter(part="sponsor").count() == 1
    assert letters.carry() == 1
    said = mail.outbox[-1]
    assert said.to == ["wang@example.net"] and said.body.count("http") == 1
    link = re.search(r"https?://[^/\s]+(/\S+)", said.body)[1]
    for _time in range(2):
        assert "noindex" in Client().get(link).headers["X-Robots-Tag"]
    assert queries.sponsors_of(petition).confirmed == 0
    for _time in range(2):
        assert visitor.post(link).status_code in (200, 302)
        assert "4 sponsors are still" in body(visitor.get(link))
    assert queries.sponsors_of(petition).confirmed == 1
    for forged in (link.replace("/sponsors/", "/sponsors/9"), f"{link[:-4]}AAA/"):
        assert visitor.get(forged).status_code == 410


def test_a_sponsors_letter_is_sent_again_a_minute_after_the_last(client: Client):
    petition = begun(client)
    visitor, path = Client(), sponsor_path(petition)
    given = {"name": "王大江", "email": "wang@example.net", "region": "west", "eligible": "yes", "token": str(uuid4())}
    visitor.post(path, given)
    Signature.objects.filter(part="sponsor").update(asked_at=timezone.now() - timedelta(hours=1))
    assert letters.carry() == 1
    for minutes, many in ((0, 0), (2, 1), (0, 0)):
        if minutes:
            SignatureLetter.objects.update(sent_at=timezone.now() - timedelta(minutes=minutes))
        assert visitor.post(f"{path}sent/").status_code == 200
        assert letters.carry() == many


@pytest.mark.parametrize("state", [State.HIDDEN, State.WITHDRAWN])
def test_a_sponsor_reads_no_words_of_a_petition_that_is_shut(client: Client, state):
    petition = begun(client)
    sponsored(petition, 1)
    done = Signature.objects.get(part="sponsor")
    waiting = Signature.objects.get(pk=sponsors.ask_to_sponsor(petition, ask(petition, 2)).pk)
    Petition.objects.update(state=state, reason=factories.reason(hides=True))
    for row in (done, waiting):
        address = signing_links.address("petition_confirm_sponsor", sponsors.PURPOSE, row.pk, "en")
        path = re.sub(r"^https?://[^/]+", "", address)
        for answer in (Client().get(path), Client().post(path)):
            assert TITLE not in body(answer) and VALUES["action"] not in body(answer)
        if row == done:
            assert petition.reference in body(answer)
    assert letters.carry() == 0
    assert set(SignatureLetter.objects.values_list("state", flat=True)) == {"stopped"}


def test_a_sponsor_who_comes_after_the_close_reads_that_it_is_closed_and_finds_no_button(client: Client):
    petition = begun(client)
    row = Signature.objects.get(pk=sponsors.ask_to_sponsor(petition, ask(petition, 2)).pk)
    address = signing_links.address("petition_confirm_sponsor", sponsors.PURPOSE, row.pk, "en")
    path = re.sub(r"^https?://[^/]+", "", address)
    opened = timezone.now() - timedelta(days=200)
    ends = {"opened_at": opened, "closes_at": timezone.now() - timedelta(seconds=1)}
    for state in (State.OPEN, State.CLOSED):
        Petition.objects.update(state=state, **ends)
        for held in ("pending", "held"):
            Signature.objects.filter(pk=row.pk).update(state=held)
            for answer in (Client().get(path), Client().post(path)):
                assert (answer.status_code, "This petition is closed" in body(answer)) == (409, True)
                assert "Yes, I support it" not in body(answer)
    Petition.objects.update(state=State.OPEN, closes_at=timezone.now() + timedelta(days=1))
    PetitionRules.objects.update(signing_paused=True, pause_en="We move to new servers")
    cache.clear()
    answer = Client().get(path)
    assert (answer.status_code, "We move to new servers" in body(answer)) == (503, True)
    PetitionRules.objects.update(signing_paused=False)
    cache.clear()
    assert "Yes, I support it" in body(Client().get(path))


def test_the_fifth_sponsor_brings_it_to_the_moderators_once(client: Client):
    petition = begun(client)
    letters_before = OutgoingMail.objects.count()
    sponsored(petition, 7)
    assert petition.state == State.WAITING
    assert [event.code for event in petition.events.all()] == ["started", "sponsored"]
    assert OutgoingMail.objects.count() == letters_before + 1
    assert petition.submission.timeline.filter(code="petition_sponsored").count() == 1


def test_at_most_twenty_sponsors_sign_before_publication(client: Client):
    PetitionRules.objects.update(sponsors_needed=2, sponsors_most=3)
    petition = begun(client)
    late = sponsors.ask_to_sponsor(petition, ask(petition, 90))
    sponsored(petition, 3)
    assert "as many sponsors as it may have" in body(client.get(sponsor_path(petition, "en")))
    with pytest.raises(Refused, match="petition_sponsors_full"):
        sponsors.ask_to_sponsor(petition, ask(petition, 91))
    with pytest.raises(Refused, match="petition_sponsors_full"):
        signing.confirm(late.pk)
    given = {"name": "W", "email": "w@example.net", "region": "west", "eligible": "yes", "token": str(uuid4())}
    assert Client().post(sponsor_path(petition), given).status_code == 409
    assert queries.sponsors_of(petition).confirmed == 3


def test_the_link_for_sponsors_opens_nothing_else(client: Client):
    petition = begun(client)
    key = links.sponsor_key(petition.pk)
    for path in (
        f"/zh/petitions/{petition.pk + 1}/sponsor/{key}/",
        f"/zh/petitions/{petition.pk}/sponsor/{key[:-1]}/",
        f"/zh/petitions/{2**70}/sponsor/{key}/",
        f"/zh/petitions/{petition.pk}/sponsor/é/",
        f"/zh/petitions/{petition.pk}/",
    ):
        assert client.get(path).status_code == 404, path
    sent(Client(REMOTE_ADDR="198.51.100.7"), email="wang@example.net")
    unconfirmed = Petition.objects.latest("pk")
    assert client.get(sponsor_path(unconfirmed)).status_code == 404


# --- turned down, mended, withdrawn ----------------------------------------------------------------------------------


def test_who_is_turned_down_reads_why_and_how_to_mend_it_and_sends_it_again(client: Client):
    petition = begun(client)
    sponsored(petition, 5)
    reason = factories.reason()
    Petition.objects.filter(pk=petition.pk).update(
        state=State.REJECTED,
        reason=reason,
        reason_note="第二句不清楚",
        decided_at=timezone.now(),
        ended_at=timezone.now(),
    )
    page = body(client.get(f"/zh/track/{petition.reference}/"))
    assert reason.title_zh in page and reason.mend_zh in page and "第二句不清楚" in page
    again = f"/zh/petitions/mine/{petition.reference}/again/"
    assert Client().post(again).status_code == 404
    assert client.post(again).url == "/zh/petitions/start/write/"
    form = body(client.get("/zh/petitions/start/write/"))
    assert VALUES["action"] in form and reason.mend_zh in form and "li@example.org" not in form
    changed = VALUES | {"action": "请先在五个小区试点。"}
    assert client.post("/zh/petitions/start/write/", changed).status_code == 302
    fields = dict(re.findall(r'name="(token|opened)" value="([^"]*)"', body(client.get("/zh/petitions/start/check/"))))
    client.post("/zh/petitions/start/check/", fields)
    assert client.post(letter_link("/start/confirm/")).status_code == 302
    new = Petition.objects.latest("pk")
    assert (new.resubmitted_from, new.state, new.action) == (petition, State.COLLECTING, "请先在五个小区试点。")
    assert queries.sponsors_of(new).confirmed == 0


def test_only_what_was_turned_down_is_sent_again(client: Client):
    petition = begun(client)
    with pytest.raises(Refused, match="petition_not_rejected"):
        starting.to_write_again(petition.pk, actor=ReceiptHolder(petition.pk))
    with pytest.raises(Refused, match="not_allowed"):
        starting.to_write_again(petition.pk, actor=ReceiptHolder(petition.pk + 1))
    assert client.post(f"/zh/petitions/mine/{petition.reference}/again/").status_code == 409


def test_before_its_opening_a_withdrawn_petition_is_gone_for_everybody(client: Client):
    petition = begun(client)
    path = f"/zh/petitions/mine/{petition.reference}/withdraw/"
    assert path in body(client.get(f"/zh/track/{petition.reference}/"))
    assert Client().get(path).status_code == 404
    assert client.get(path).status_code == 200
    for _time in range(2):
        assert client.post(path).url == f"/zh/track/{petition.reference}/"
    petition.refresh_from_db()
    assert petition.state == State.WITHDRAWN and petition.ended_at is not None
    assert client.get(sponsor_path(petition)).status_code == 404
    assert client.get(f"/zh/petitions/{petition.pk}/").status_code == 404
    assert client.get(f"/zh/track/{petition.reference}/").status_code == 200
    assert path not in body(client.get(f"/zh/track/{petition.reference}/"))


def test_after_its_opening_a_withdrawn_petition_stays_in_the_archive():
    petition = factories.petition(State.OPEN)
    factories.signature(petition)
    starting.withdraw_petition(petition.pk, actor=ReceiptHolder(petition.pk), now=factories.NOW)
    petition.refresh_from_db()
    assert petition.state == State.WITHDRAWN
    assert Petition.objects.public().filter(pk=petition.pk).exists()
    assert Signature.objects.counted().filter(petition=petition).count() == 1
    assert petition.events.get().code == "withdrawn"
    with pytest.raises(Refused, match="petition_not_open"):
        signing.ask_to_sign(ask(petition, 1, part=Signature.Part.SIGNER, letter="confirm"))


@pytest.mark.parametrize("state", [State.CLOSED, State.REJECTED, State.HIDDEN, State.REMOVED])
def test_what_has_ended_is_not_withdrawn(state):
    petition = factories.petition(state)
    with pytest.raises(Refused, match="petition_stays"):
        starting.withdraw_petition(petition.pk, actor=ReceiptHolder(petition.pk), now=factories.NOW)
    with pytest.raises(Submission.DoesNotExist):
        participation.withdraw(petition.pk, actor=ANYONE)


def test_every_state_has_a_page_for_its_starter(client: Client):
    petition = begun(client)
    for state in State:
        fields = {"state": state, "opened_at": factories.NOW, "closes_at": timezone.now(), "reason": factories.reason()}
        Petition.objects.filter(pk=petition.pk).update(**fields)
        for prefix in ("zh", "en"):
            for path in (f"/{prefix}/track/{petition.reference}/", f"/{prefix}/receipt/{petition.reference}/"):
                assert client.get(path).status_code == 200, (state, path)
    assert client.get(f"/zh/receipt/{petition.reference}/receipt.pdf").content.startswith(b"%PDF")
