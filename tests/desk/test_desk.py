"""The desk over HTTP, without JavaScript: who gets in, what is shown, what actions do and how they are taken back."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.desk import actions
from engage.desk.models import SavedView, Undo
from engage.desk.registry import queue_for
from engage.errors import Refused
from engage.pages.messages import registered_codes
from tests.accounts.people import person, sign_in, staff_client
from tests.accounts.strict import inline_code
from tests.desk.double import Letters, registered

pytestmark = pytest.mark.django_db

QUEUE = "/desk/queues/letters/"
ACT = "/desk/queues/letters/act/"


@pytest.fixture
def letters():
    letters = Letters(["apple", "banana", "cherry", "date"])
    with registered(letters.queue()):
        yield letters


@pytest.fixture
def officer(letters) -> Client:
    client = staff_client(Role.OFFICER)
    client.cookies["django_language"] = "en"
    return client


def body(response) -> str:
    return response.content.decode()


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, "there is no undo on the page"
    return found[1]


# --- who gets in ---


def test_strangers_are_sent_to_sign_in(letters):
    for address in ("/desk/", QUEUE, "/desk/keys/"):
        response = Client().get(address)
        assert response.status_code == 302
        assert response.url == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR}))
def test_for_who_has_no_queue_there_is_no_desk(role, letters):
    client = staff_client(role)
    for address in ("/desk/queues/letters/", "/desk/queues/nothing/"):
        assert client.get(address).status_code == 404
    assert client.post(ACT, {"act": "accept", "id": "letter:1"}).status_code == 404
    assert letters.done == {}


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR])
def test_who_has_a_queue_gets_in(role, letters):
    client = staff_client(role)
    assert client.get("/desk/").status_code == 302
    assert client.get(QUEUE).status_code == 200


def test_the_desk_opens_the_first_queue(officer):
    with registered(Letters([]).queue("another")):
        assert officer.get("/desk/").url in {QUEUE, "/desk/queues/moderation/"}


def test_a_queue_of_other_roles_is_not_there(officer):
    with registered(Letters([]).queue("secret", roles=(Role.ANALYST,))):
        assert officer.get("/desk/queues/secret/").status_code == 404
        assert "secret" not in body(officer.get(QUEUE))


def test_without_a_second_factor_nothing_is_shown(letters):
    client = Client()
    client.force_login(person(Role.OFFICER), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(QUEUE).url.startswith(reverse("mfa_index"))
    assert client.post(ACT, {"act": "accept", "id": "letter:1"}).status_code == 302
    assert letters.done == {}


# --- what is shown ---


def test_a_page_shows_rows_counts_filters_and_nothing_that_the_policy_stops(officer):
    response = officer.get(QUEUE)
    page = body(response)
    assert inline_code(page) == []
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert "New, 4 items" in page and "REF-letter:1" in page and "by post" in page
    assert "apple" in page and "date" not in re.sub("<head>.*</head>", "", page, flags=re.S).split("<tbody>")[1]
    assert '<html lang="en">' in page and 'class="desk"' in page
    assert page.count("<h1") == 1


def test_rows_are_parted_into_pages_and_an_address_beyond_the_end_shows_the_last(officer, letters):
    assert "date" in body(officer.get(QUEUE + "?page=2"))
    page = body(officer.get(QUEUE + "?page=99"))
    assert "Page 2 of 2" in page and "date" in page
    for odd in ("0", "-1", "x", "9" * 40, "١"):
        assert "apple" in body(officer.get(QUEUE, {"page": odd})) or "date" in body(officer.get(QUEUE, {"page": odd}))


def test_a_view_a_search_and_a_filter_narrow_the_rows(officer, letters):
    letters.done["letter:1"] = "accepted"
    page = body(officer.get(QUEUE + "?view=done"))
    assert "apple" in page and "banana" not in page
    page = body(officer.get(QUEUE, {"q": "err"}))
    assert "cherry" in page and "banana" not in page
    page = body(officer.get(QUEUE, {"starts": "b"}))
    assert "banana" in page and "cherry" not in page


@pytest.mark.parametrize("odd", ["x", "\x00", "' OR 1=1", "<script>alert(1)</script>", "😀" * 500, "\u202e"])
def test_odd_parameters_narrow_nothing_wrongly_and_break_nothing(odd, officer, letters):
    response = officer.get(QUEUE, {"view": odd, "starts": odd, "q": odd, "other": odd})
    assert response.status_code == 200
    assert inline_code(body(response)) == []
    view, filters, page = letters.asked[-1]
    assert view == "new" and "starts" not in filters and len(filters.get("q", "")) <= 200


def test_the_empty_queue_says_what_comes_next_and_the_empty_search_how_to_leave_it(officer, letters):
    letters.waiting.clear()
    page = body(officer.get(QUEUE))
    assert "Queue clear" in page and "Next due Thursday." in page
    page = body(officer.get(QUEUE, {"q": "nothing"}))
    assert "Nothing here matches" in page and "Queue clear" not in page


def test_what_a_room_shows_is_escaped(officer, letters):
    letters.waiting["letter:9"] = '"><script>alert(1)</script>'
    page = body(officer.get(QUEUE, {"q": "script"}))
    assert inline_code(page) == [] and "&lt;script&gt;" in page


def test_a_row_offers_only_the_actions_it_allows(officer, letters):
    letters.waiting = {"letter:1": "locked letter"}
    page = body(officer.get(QUEUE))
    assert 'value="accept/letter:1"' in page and 'value="reject/letter:1"' not in page


def test_a_long_text_is_folded_and_keeps_its_language(officer, letters):
    letters.waiting = {"letter:1": "long letter"}
    page = body(officer.get(QUEUE))
    assert re.search(r'<summary data-open lang="en">word', page)


def test_the_pages_speak_the_language_of_the_cookie(officer):
    assert '<html lang="en">' in body(officer.get(QUEUE))
    officer.cookies["django_language"] = "zh-hans"
    assert '<html lang="zh-Hans">' in body(officer.get(QUEUE))


def test_the_language_switch_keeps_the_page_and_stays_on_this_host(officer):
    response = officer.post("/desk/language/", {"language": "zh-hans", "next": QUEUE + "?q=a"})
    assert response.url == QUEUE + "?q=a"
    assert '<html lang="zh-Hans">' in body(officer.get(QUEUE))
    assert "evil" not in officer.post("/desk/language/", {"language": "en", "next": "//evil.example/"}).url
    assert officer.get("/desk/language/").status_code == 405


# --- actions ---


def test_a_button_on_a_row_acts_on_that_row_alone(officer, letters):
    response = officer.post(ACT, {"act": "accept/letter:2", "id": ["letter:1", "letter:3"], "back": "view=new&q=a"})
    assert response.url == QUEUE + "?view=new&q=a"
    assert letters.done == {"letter:2": "accepted"}
    assert "1 accepted." in body(officer.get(QUEUE))


def test_a_button_above_the_table_acts_on_the_chosen_rows(officer, letters):
    officer.post(ACT, {"act": "accept", "id": ["letter:1", "letter:3"]})
    assert set(letters.done) == {"letter:1", "letter:3"}


def test_without_a_choice_nothing_is_done_and_the_page_says_so(officer, letters):
    response = officer.post(ACT, {"act": "accept"})
    assert response.status_code == 422
    assert "Choose at least one row first." in body(response)
    assert letters.done == {}


def test_an_action_for_one_row_refuses_two_and_keeps_the_choice(officer, letters):
    response = officer.post(ACT, {"act": "burn", "id": ["letter:1", "letter:2"]})
    assert response.status_code == 422
    assert len(re.findall(r'value="letter:[12]"[^>]* checked', body(response))) == 2
    assert letters.done == {}


def test_too_many_rows_are_refused(officer, letters):
    response = officer.post(ACT, {"act": "accept", "id": [f"letter:{n}" for n in range(300)]})
    assert response.status_code == 422 and letters.done == {}


def test_an_unknown_action_and_an_unknown_item_do_nothing(officer, letters):
    assert officer.post(ACT, {"act": "explode", "id": "letter:1"}).status_code == 404
    assert officer.post(ACT, {"id": "letter:1"}).status_code == 404
    assert officer.post(ACT, {"act": "accept", "id": "letter:999"}).status_code == 403
    assert officer.get(ACT).status_code == 405
    assert letters.done == {}


def test_a_second_click_on_the_same_row_is_refused_by_the_queue(officer, letters):
    officer.post(ACT, {"act": "accept/letter:1"})
    assert officer.post(ACT, {"act": "accept/letter:1"}).status_code == 403


def test_an_action_that_needs_a_reason_asks_for_it_and_keeps_what_was_typed(officer, letters):
    asked = officer.post(ACT, {"act": "reject", "id": ["letter:1", "letter:2"], "back": "view=new"})
    assert asked.status_code == 200 and "2 items of the queue Letters" in body(asked)
    assert letters.done == {}
    sent = {"act": "reject", "id": ["letter:1", "letter:2"], "back": "view=new", "filled": "yes"}
    again = officer.post(ACT, sent | {"reason": "far too long for this little field"})
    assert again.status_code == 422
    assert "far too long for this little field" in body(again)
    assert re.search(r"<title>\s*Error:", body(again))
    assert inline_code(body(again)) == []
    done = officer.post(ACT, sent | {"reason": "off topic"})
    assert done.url == QUEUE + "?view=new"
    assert letters.done == {"letter:1": "off topic", "letter:2": "off topic"}


def test_the_form_of_an_action_needs_the_csrf_token(letters):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, person(Role.OFFICER))
    assert client.post(ACT, {"act": "accept/letter:1"}).status_code == 403
    assert letters.done == {}


def test_the_way_back_never_leaves_the_queue(officer):
    response = officer.post(ACT, {"act": "accept/letter:1", "back": "https://evil.example/?x=1"})
    assert response.url.startswith(QUEUE + "?")


# --- undo ---


def test_the_last_action_is_taken_back_once(officer, letters):
    officer.post(ACT, {"act": "accept/letter:1"})
    page = body(officer.get(QUEUE))
    assert "Undo (10 seconds)" in page
    sent = {"token": token_in(page), "queue": "letters", "back": "view=new"}
    assert officer.post("/desk/undo/", sent).url == QUEUE + "?view=new"
    assert letters.done == {}
    assert "Brought back." in body(officer.get(QUEUE))
    assert officer.post("/desk/undo/", sent).status_code == 409


def test_only_the_last_action_can_be_taken_back(officer, letters):
    officer.post(ACT, {"act": "accept/letter:1"})
    first = token_in(body(officer.get(QUEUE)))
    officer.post(ACT, {"act": "accept/letter:2"})
    assert officer.post("/desk/undo/", {"token": first, "queue": "letters"}).status_code == 409
    assert set(letters.done) == {"letter:1", "letter:2"}


def test_an_action_that_cannot_be_taken_back_ends_the_undo_before_it(officer, letters):
    officer.post(ACT, {"act": "accept/letter:1"})
    token = token_in(body(officer.get(QUEUE)))
    officer.post(ACT, {"act": "burn/letter:2"})
    page = body(officer.get(QUEUE))
    assert "Burnt for good." in page and 'name="token"' not in page
    assert officer.post("/desk/undo/", {"token": token, "queue": "letters"}).status_code == 409


def test_nobody_takes_back_what_another_did(officer, letters):
    officer.post(ACT, {"act": "accept/letter:1"})
    token = token_in(body(officer.get(QUEUE)))
    other = staff_client(Role.OFFICER)
    assert other.post("/desk/undo/", {"token": token, "queue": "letters"}).status_code == 409
    assert letters.done == {"letter:1": "accepted"}


def test_after_its_time_an_action_stays_done(letters):
    actor, queue = person(Role.OFFICER), queue_for(person(Role.ADMINISTRATOR), "letters")
    now = timezone.now()
    acted = actions.act(actor, queue, queue.action("accept"), ["letter:1"], {}, now=now)
    with pytest.raises(Refused) as refused:
        actions.undo(actor, acted.token, now=now + timedelta(seconds=16))
    assert refused.value.code == "undo_too_late"
    assert actions.undo(actor, acted.token, now=now + timedelta(seconds=14)) == "Brought back."


def test_who_lost_the_queue_can_take_nothing_back(letters):
    actor, queue = person(Role.OFFICER), queue_for(person(Role.ADMINISTRATOR), "letters")
    acted = actions.act(actor, queue, queue.action("accept"), ["letter:1"], {}, now=timezone.now())
    actor.groups.clear()
    with pytest.raises(Refused):
        actions.undo(User.objects.get(pk=actor.pk), acted.token, now=timezone.now())
    assert letters.done == {"letter:1": "accepted"}


def test_a_queue_that_refuses_the_undo_keeps_it_for_a_second_try(officer, letters, monkeypatch):
    officer.post(ACT, {"act": "accept/letter:1"})
    token = token_in(body(officer.get(QUEUE)))
    letters.done = {}
    assert Undo.objects.filter(token=token).exists()
    with pytest.raises(KeyError):
        officer.post("/desk/undo/", {"token": token, "queue": "letters"})
    assert Undo.objects.filter(token=token).exists()


# --- saved views ---


def test_filters_are_kept_under_a_name_and_found_again(officer, letters):
    response = officer.post(
        QUEUE + "views/", {"name": "  My\n fruit ", "back": "view=new&starts=b&q=an&other=x&page=2"}
    )
    assert response.status_code == 302
    view = SavedView.objects.get()
    assert (view.name, view.filters) == ("My fruit", {"view": "new", "starts": "b", "q": "an"})
    page = body(officer.get(QUEUE, view.filters))
    assert re.search(r'aria-current="page" data-page-key="1"><span><kbd>1</kbd> <span class="typed">My fruit', page)
    assert "banana" in page and "apple" not in page


@pytest.mark.parametrize(("name", "said"), [("", "Give the view a name."), ("x" * 61, "at most 60 characters")])
def test_a_view_needs_a_name_that_fits(name, said, officer):
    response = officer.post(QUEUE + "views/", {"name": name, "back": "view=new&q=a"})
    assert response.status_code == 422 and said in body(response)
    assert not SavedView.objects.exists()


def test_two_views_of_one_name_are_one_too_many(officer):
    officer.post(QUEUE + "views/", {"name": "Fruit", "back": "q=a"})
    response = officer.post(QUEUE + "views/", {"name": "Fruit", "back": "q=b"})
    assert response.status_code == 409 and SavedView.objects.count() == 1


def test_there_is_an_end_to_views(officer):
    for n in range(30):
        officer.post(QUEUE + "views/", {"name": f"View {n}", "back": "q=a"})
    assert officer.post(QUEUE + "views/", {"name": "One more", "back": "q=a"}).status_code == 422


def test_a_view_is_renamed_and_deleted_by_its_owner_only(officer):
    officer.post(QUEUE + "views/", {"name": "Fruit", "back": "q=a"})
    view = SavedView.objects.get()
    other = staff_client(Role.OFFICER)
    assert other.post(f"/desk/views/{view.pk}/", {"change": "delete"}).status_code == 404
    assert "Fruit" not in body(other.get(QUEUE))
    officer.post(f"/desk/views/{view.pk}/", {"change": "rename", "name": "Vegetables"})
    assert SavedView.objects.get().name == "Vegetables"
    assert officer.post(f"/desk/views/{view.pk}/", {"change": "rename", "name": " "}).status_code == 422
    officer.post(f"/desk/views/{view.pk}/", {"change": "delete"})
    assert not SavedView.objects.exists()


def test_actions_check_the_owner_themselves(officer):
    officer.post(QUEUE + "views/", {"name": "Fruit", "back": "q=a"})
    view = SavedView.objects.get()
    with pytest.raises(Refused):
        actions.delete_view(person(Role.OFFICER), view)
    with pytest.raises(Refused):
        actions.rename_view(person(Role.ADMINISTRATOR), view, "Mine")


# --- keys ---


def test_every_key_has_a_button_on_the_page(officer):
    officer.post(ACT, {"act": "accept/letter:1"})
    page = body(officer.get(QUEUE))
    for key in ("a", "r"):
        assert re.search(rf'<button[^>]*data-key="{key}"', page) and re.search(rf'data-bulk-key="{key}"', page)
    assert re.search(r'<button[^>]*data-key="z"', page)
    assert "data-search" in page and "data-sheet-opener" in page
    assert page.count("data-press=") == 2


def test_the_sheet_is_a_page_too_and_lists_every_key(officer):
    page = body(officer.get("/desk/keys/"))
    assert [key for key in ("j", "k", "a", "r", "z", "/", "?", "Enter", "Esc") if f"<kbd>{key}</kbd>" not in page] == []
    assert inline_code(page) == []


def test_single_keys_are_turned_off_and_on_by_each_person(officer):
    assert 'data-keys="on"' in body(officer.get(QUEUE))
    response = officer.post("/desk/keys/", {"single_keys": "off", "next": QUEUE})
    assert response.url == QUEUE
    page = body(officer.get(QUEUE))
    assert 'data-keys="off"' in page and "data-press" not in page
    assert 'data-keys="on"' in body(staff_client(Role.OFFICER).get(QUEUE))
    officer.post("/desk/keys/", {"single_keys": "on", "next": "https://evil.example/"})
    assert 'data-keys="on"' in body(officer.get(QUEUE))


def test_every_refusal_of_the_desk_has_a_sentence():
    from pathlib import Path

    source = Path(actions.__file__).read_text(encoding="utf-8")
    used = set(re.findall(r'Refused\("(\w+)"', source))
    assert used and used <= registered_codes()


def test_the_desk_needs_few_queries(officer, django_assert_max_num_queries):
    officer.get(QUEUE)
    with django_assert_max_num_queries(10), translation.override("en"):
        officer.get(QUEUE)
