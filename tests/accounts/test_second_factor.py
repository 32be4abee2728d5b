"""A second factor stands before every staff page."""

import json

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from engage.accounts import second_factor
from engage.accounts.actors import STAFF_ROLES, Role, is_staff, roles_of
from engage.accounts.middleware import StaffSecondFactorMiddleware
from engage.journal.models import JournalRow
from tests.accounts.people import person, sign_in, staff_client, with_app

pytestmark = pytest.mark.django_db

GUARDED = ["/desk/", "/studio/", "/studio/pages/"]


def app_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def without_factor(*roles: Role) -> Client:
    client = Client()
    client.force_login(person(*roles), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
@pytest.mark.parametrize("address", GUARDED)
def test_staff_without_a_second_factor_are_led_to_set_one_up(role, address):
    response = without_factor(role).get(address)
    assert response.status_code == 302
    assert response.url.startswith(reverse("mfa_index") + "?next=")


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.JOURNALIST])
def test_the_studio_and_the_desk_do_not_exist_for_who_does_not_work_here(role):
    client = without_factor(role)
    assert [client.get(address).status_code for address in GUARDED] == [404, 404, 404]


def test_visitors_are_sent_to_our_sign_in_page_and_come_back():
    response = Client().get("/studio/pages/", follow=True)
    assert response.redirect_chain[-1][0] == reverse("account_login") + "?next=%2Fstudio%2Fpages%2F"


def test_a_password_sent_to_the_door_of_the_studio_opens_nothing():
    user = person(Role.ADMINISTRATOR, password="correct horse battery staple")
    client = Client()
    response = client.post("/studio/login/", {"username": user.email, "password": "correct horse battery staple"})
    assert response.status_code == 302 and response.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_the_password_reset_of_the_studio_is_closed():
    assert Client().get("/studio/password_reset/").url.startswith(reverse("account_login"))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR, Role.REVIEWER_LEGAL, Role.APPROVER])
def test_with_a_second_factor_the_studio_opens(role):
    assert staff_client(role).get("/studio/").status_code == 200


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ANALYST, Role.INTERVIEWER])
def test_the_studio_does_not_exist_for_staff_who_have_no_work_there(role):
    assert staff_client(role).get("/studio/").status_code == 404


def test_a_session_without_the_factor_is_asked_for_it_when_the_account_has_one():
    user = person(Role.EDITOR)
    with_app(user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/studio/").url == reverse("mfa_reauthenticate") + "?next=%2Fstudio%2F"


def test_showing_the_factor_again_opens_the_page_that_was_wanted():
    user = person(Role.EDITOR)
    secret = with_app(user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    asked = client.get("/studio/").url
    response = client.post(asked, {"code": app_code(secret), "next": "/studio/"})
    assert response.url == "/studio/"
    assert client.get("/studio/").status_code == 200


# allauth tells of the new factor once it is committed, so this one needs real transactions.
@pytest.mark.django_db(transaction=True)
def test_setting_up_an_authenticator_app_opens_the_studio_at_once():
    client = without_factor(Role.EDITOR)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    response = client.post(reverse("mfa_activate_totp"), {"code": app_code(secret)})
    assert response.status_code == 302
    assert client.get("/studio/").status_code == 200
    assert JournalRow.objects.filter(verb="second_factor.added").count() == 1


def test_taking_the_factor_away_closes_the_studio_in_the_same_session():
    client = Client()
    user = person(Role.EDITOR)
    sign_in(client, user)
    assert client.get("/studio/").status_code == 200
    user.authenticator_set.all().delete()
    assert client.get("/studio/").url.startswith(reverse("mfa_index"))


def test_the_factor_of_one_person_does_not_open_the_session_of_another():
    client = Client()
    sign_in(client, person(Role.EDITOR))
    other = person(Role.EDITOR)
    with_app(other)
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/studio/").url.startswith(reverse("mfa_reauthenticate"))


def test_the_api_answers_staff_without_a_factor_in_json():
    middleware = StaffSecondFactorMiddleware(lambda request: HttpResponse())
    request = as_sent_by(without_factor(Role.OFFICER), "/api/anything/")
    middleware(request)
    response = middleware.process_view(request, lambda: None, [], {})
    assert response.status_code == 403
    assert json.loads(response.content)["errors"][0]["code"] == "second_factor_needed"


def as_sent_by(client: Client, address: str) -> HttpRequest:
    """A request with the session of this browser, as it reaches the middleware."""
    request = RequestFactory().get(address)
    request.COOKIES["sessionid"] = client.session.session_key
    request.session = client.session
    request.user = get_user(request)
    return request


def seen_on_a_public_page(client: Client) -> frozenset[str]:
    """The roles a view of a public page would see in this browser."""
    seen: list[frozenset[str]] = []

    def view(request):
        seen.append(roles_of(request.user))
        return HttpResponse()

    StaffSecondFactorMiddleware(view)(as_sent_by(client, "/zh/"))
    return seen[0]


def test_without_the_factor_staff_have_only_public_roles_on_public_pages():
    assert seen_on_a_public_page(without_factor(Role.ADMINISTRATOR, Role.CITIZEN)) == {Role.CITIZEN}


def test_with_the_factor_they_have_all():
    assert seen_on_a_public_page(staff_client(Role.EDITOR)) == {Role.EDITOR}


def test_a_superuser_is_staff_and_needs_the_factor_too():
    user = person()
    user.is_superuser = True
    user.save()
    assert is_staff(user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/studio/").status_code == 302
    assert client.get("/desk/").status_code == 302


def test_a_visitor_without_a_session_costs_no_query(django_assert_num_queries):
    request = RequestFactory().get("/zh/")
    with django_assert_num_queries(0):
        StaffSecondFactorMiddleware(lambda request: HttpResponse())(request)


def test_the_demo_counts_as_a_factor_only_while_the_demo_is_on(settings):
    client = Client()
    settings.DEMO = True
    client.post(reverse("demo_sign_in"), {"role": "editor"})
    assert client.get("/studio/").status_code == 200
    settings.DEMO = False
    assert client.get("/studio/").url.startswith(reverse("mfa_index"))


def test_secrets_of_authenticator_apps_are_sealed_in_the_database():
    user = person()
    secret = with_app(user)
    stored = user.authenticator_set.get().data["secret"]
    assert secret not in stored
    assert second_factor.has_factor(user)
