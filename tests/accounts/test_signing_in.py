"""Signing in by e-mail code, by password, with a second step; and what strangers cannot find out."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from engage.accounts.actions import open_account
from engage.accounts.actors import SYSTEM, Role, is_staff, roles_of
from engage.accounts.models import User
from tests.accounts.people import person, with_app
from tests.accounts.test_second_factor import app_code

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def code_in(message) -> str:
    """The code stands alone on a line of the mail."""
    (code,) = re.findall(r"^[A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*$", message.body, re.M)
    return code


def ask_for_code(client: Client, email: str, **extra: str):
    return client.post(reverse("account_login"), {"login": email, **extra})


def test_an_address_and_the_code_that_is_mailed_to_it_sign_in():
    user, client = person(Role.CITIZEN), Client()
    assert ask_for_code(client, user.email).url == reverse("account_confirm_login_code")
    response = client.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox[0])})
    assert response.url == reverse("account_home")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_wrong_code_signs_nobody_in_and_three_are_the_end():
    user, client = person(Role.CITIZEN), Client()
    ask_for_code(client, user.email)
    for _ in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "AAAA-0000"})
    response = client.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox[0])})
    assert response.status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_password_signs_in_who_has_one():
    user, client = person(Role.CITIZEN, password=PASSWORD), Client()
    ask_for_code(client, user.email, password=PASSWORD)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert mail.outbox == []


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer():
    user = person(Role.CITIZEN, password=PASSWORD)
    answers = [
        ask_for_code(Client(), address, password="not the password").context["form"].errors
        for address in (user.email, "nobody@example.org")
    ]
    assert answers[0] == answers[1] != {}


def test_an_unknown_address_gets_the_same_page_and_another_mail():
    user = person(Role.CITIZEN)
    pages = []
    for address in (user.email, "nobody-1@example.org"):
        client = Client()
        pages.append(ask_for_code(client, address).url)
        page = client.get(pages[-1]).content.decode().replace(address, "ADDRESS")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert pages[:2] == pages[2:]
    assert [message.to for message in mail.outbox] == [[user.email], ["nobody-1@example.org"]]
    assert "No account uses this address" in mail.outbox[1].body


def test_opening_an_account_makes_a_citizen_and_nothing_more():
    client = Client()
    response = client.post(
        reverse("account_signup"),
        {"email": "new@example.org", "role": "administrator", "roles": "editor", "groups": "1", "is_superuser": "on"},
    )
    assert response.url == reverse("account_email_verification_sent")
    client.post(response.url, {"code": code_in(mail.outbox[0])})
    user = User.objects.get(email="new@example.org")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert roles_of(user) == {Role.CITIZEN}
    assert not (is_staff(user) or user.is_superuser or user.is_staff or user.has_usable_password())


def test_opening_an_account_for_an_address_that_has_one_looks_the_same():
    person(Role.OFFICER, email="taken@example.org")
    pages = []
    for address in ("taken@example.org", "free@example.org"):
        client = Client()
        pages.append(client.post(reverse("account_signup"), {"email": address}).url)
        page = client.get(pages[-1]).content.decode().replace(address, "ADDRESS")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert pages[:2] == pages[2:]
    assert User.objects.filter(email="taken@example.org").count() == 1
    assert "It has one" in mail.outbox[0].body


def test_a_new_password_for_an_unknown_address_looks_the_same():
    user = person(Role.CITIZEN)
    urls = [
        Client().post(reverse("account_reset_password"), {"email": address}).url
        for address in (user.email, "nobody@example.org")
    ]
    assert urls[0] == urls[1]


def test_an_account_with_an_app_is_asked_for_the_second_step():
    user, client = person(Role.EDITOR), Client()
    secret = with_app(user)
    ask_for_code(client, user.email)
    response = client.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox[0])})
    assert response.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get("/studio/").status_code == 200


def test_a_person_whose_account_was_opened_in_the_studio_signs_in_by_code():
    user, client = open_account(User(email="staff@example.org"), actor=SYSTEM), Client()
    ask_for_code(client, "Staff@Example.org")
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox[0])})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_closed_account_does_not_open():
    user, client = person(Role.CITIZEN, password=PASSWORD, is_active=False), Client()
    ask_for_code(client, user.email, password=PASSWORD)
    assert "_auth_user_id" not in client.session


def test_signing_in_leads_back_to_the_page_that_was_wanted_but_to_no_other_host():
    user = person(Role.CITIZEN, password=PASSWORD)
    assert ask_for_code(Client(), user.email, password=PASSWORD, next="/en/track/").url == "/en/track/"
    assert "evil" not in ask_for_code(Client(), user.email, password=PASSWORD, next="https://evil.example/").url


@pytest.mark.parametrize(("language", "kept"), [("en", "en"), ("zh-hans", "zh-hans")])
def test_the_language_of_the_sign_in_page_is_kept_for_desk_and_studio(language, kept):
    user, client = person(Role.CITIZEN, password=PASSWORD), Client()
    with translation.override(language):
        ask_for_code(client, user.email, password=PASSWORD)
    assert client.cookies["django_language"].value == kept


def test_too_many_wrong_passwords_are_stopped():
    user, client = person(Role.CITIZEN, password=PASSWORD), Client()
    for _ in range(6):
        ask_for_code(client, user.email, password="not the password")
    assert "_auth_user_id" not in client.session
    response = ask_for_code(client, user.email, password=PASSWORD)
    assert "_auth_user_id" not in client.session and response.status_code == 200


def test_mails_carry_no_account_prefix_and_speak_the_language_of_the_page():
    user = person(Role.CITIZEN)
    ask_for_code(Client(), user.email)
    assert mail.outbox[0].subject == "Your sign-in code"
    assert "\n--\nEngage " in mail.outbox[0].body


def test_a_password_can_be_set_and_then_changed():
    user, client = person(Role.CITIZEN), Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("account_set_password"), {"password1": PASSWORD, "password2": PASSWORD})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    "address",
    ["", " ", "a" * 400 + "@example.org", "a\x00b@example.org", "\u202ea@example.org", "😀", "a@b", "x" * 10_000],
)
def test_an_address_that_is_none_is_refused_with_a_sentence(address):
    response = ask_for_code(Client(), address)
    assert response.status_code == 200
    assert response.context["form"].errors["login"]
    assert mail.outbox == []
