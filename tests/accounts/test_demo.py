"""The demo's sign-in page exists only on a demo."""

import pytest
from django.test import Client
from django.urls import reverse

from engage.accounts.actions import demo_email, demo_user, make_demo_users
from engage.accounts.actors import Role, roles_of
from engage.accounts.models import User
from engage.errors import Refused

pytestmark = pytest.mark.django_db

PAGE = "/zh/accounts/demo/"


def test_there_is_one_demo_user_for_each_role(settings):
    settings.DEMO = True
    users = make_demo_users()
    assert {role: roles_of(user) for role, user in users.items()} == {role: {role} for role in Role}
    assert users[Role.REVIEWER_LEGAL].email == "demo-reviewer-legal@example.org"


def test_making_them_again_makes_nobody_new(settings):
    settings.DEMO = True
    first = make_demo_users()
    assert make_demo_users() == first
    assert User.objects.filter(email__startswith="demo-").count() == len(Role)


def test_no_demo_user_has_a_password(settings):
    settings.DEMO = True
    assert not any(user.has_usable_password() for user in make_demo_users().values())


def test_the_page_names_every_role(settings):
    settings.DEMO = True
    body = Client().get(PAGE).content.decode()
    assert all(f'value="{role}"' in body for role in Role)


@pytest.mark.parametrize("role", list(Role))
def test_choosing_a_role_signs_in(role, settings):
    settings.DEMO = True
    client = Client()
    response = client.post(PAGE, {"role": role.value})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(email=demo_email(role)).pk)


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.OFFICER, "/desk/queues/moderation/"),
        (Role.REVIEWER_LEGAL, "/desk/release/"),
        (Role.REVIEWER_OPENNESS, "/desk/release/"),
        (Role.REVIEWER_SECRECY, "/desk/release/"),
        (Role.CITIZEN, "/zh/accounts/"),
    ],
)
def test_who_works_at_the_desk_comes_to_what_waits_there(role, opens, settings):
    settings.DEMO = True
    client = Client(headers={"accept-language": "zh-hans"})
    page = client.post(PAGE, {"role": role.value}, follow=True)
    assert page.redirect_chain[-1][0] == opens
    assert ('href="/desk/"' in client.get("/zh/accounts/").content.decode()) == (role != Role.CITIZEN)


def test_the_page_that_was_wanted_follows(settings):
    settings.DEMO = True
    assert Client().post(PAGE, {"role": "editor", "next": "/studio/pages/"}).url == "/studio/pages/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_no_other_host_follows(elsewhere, settings):
    settings.DEMO = True
    assert "evil" not in Client().post(PAGE, {"role": "citizen", "next": elsewhere}).url


@pytest.mark.parametrize("role", ["", "root", "ADMINISTRATOR"])
def test_an_unknown_role_is_nobody(role, settings):
    settings.DEMO = True
    assert Client().post(PAGE, {"role": role}).status_code == 404


def test_without_the_demo_there_is_no_page(settings):
    settings.DEMO = False
    assert Client().get(PAGE).status_code == 404
    assert Client().post(PAGE, {"role": "administrator"}).status_code == 404
    assert not User.objects.exists()
    with pytest.raises(Refused):
        make_demo_users()
    with pytest.raises(Refused):
        demo_user(Role.CITIZEN)


def test_the_sign_in_page_leads_to_it_only_on_a_demo(settings):
    settings.DEMO = True
    assert reverse("demo_sign_in") in Client().get(reverse("account_login")).content.decode()
    settings.DEMO = False
    assert reverse("demo_sign_in") not in Client().get(reverse("account_login")).content.decode()


def test_the_demo_door_needs_the_csrf_token(settings):
    settings.DEMO = True
    assert Client(enforce_csrf_checks=True).post(PAGE, {"role": "administrator"}).status_code == 403
