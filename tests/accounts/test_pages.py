"""Every page of the account room: ours in looks, strict in policy, complete in both languages."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import translation

from engage.accounts.actors import Role
from engage.accounts.models import User
from tests.accounts.people import person, sign_in, with_app
from tests.accounts.strict import inline_code

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

FOR_VISITORS = [
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_reset_password",
    "account_inactive",
    "demo_sign_in",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
]
FOR_PEOPLE = [
    "account_home",
    "account_email",
    "account_logout",
    "account_set_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "socialaccount_connections",
]
WITH_APP = [
    "mfa_index",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
]
# What allauth adds to the room and is not walked above: answers to a step that must come first (walked in
# test_signing_in.py), downloads, forms that only take POST, and redirects.
ELSEWHERE = {
    "account_change_password",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_reauthenticate",
    "account_confirm_password_reset_code",
    "account_complete_password_reset",
    "account_password_reset_completed",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "openid_connect_callback",
    "openid_connect_login",
    "socialaccount_signup",
}


def check(response, language: str, status: int = 200) -> None:
    body = response.content.decode()
    assert response.status_code == status
    assert inline_code(body) == []
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "script-src 'self'" in policy
    assert f'<html lang="{ {"zh-hans": "zh-Hans", "en": "en"}[language] }">' in body
    assert 'class="site-head"' in body
    assert len(re.findall(r"<h1[ >]", body)) == 1
    title = re.search(r"<title>\s*(.*?)\s*</title>", body, re.S)
    assert title and not title[1].startswith("-")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", FOR_VISITORS)
def test_pages_for_visitors_are_ours_and_strict(name, language):
    with translation.override(language):
        check(Client().get(reverse(name)), language, status=401 if name == "socialaccount_login_error" else 200)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_pages_for_people_with_an_account_are_ours_and_strict(name, language):
    client = Client()
    client.force_login(person(Role.CITIZEN), backend="django.contrib.auth.backends.ModelBackend")
    with translation.override(language):
        check(client.get(reverse(name)), language)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", WITH_APP)
def test_pages_of_the_second_step_are_ours_and_strict(name, language):
    client, user = Client(), person(Role.CITIZEN)
    sign_in(client, user)
    _recently(client, user)
    with translation.override(language):
        check(client.get(reverse(name)), language)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_recovery_codes_and_passkeys_are_ours_and_strict(language):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    client, user = Client(), person(Role.CITIZEN)
    sign_in(client, user)
    _recently(client, user)
    RecoveryCodes.activate(user)
    key = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Key ring", "credential": {}}
    )
    with translation.override(language):
        check(client.get(reverse("mfa_view_recovery_codes")), language)
        check(client.get(reverse("mfa_edit_webauthn", args=[key.pk])), language)
        check(client.get(reverse("mfa_remove_webauthn", args=[key.pk])), language)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_between_two_steps_are_ours_and_strict(language):
    user = person(Role.CITIZEN, password="correct horse battery staple")
    with_app(user)
    with translation.override(language):
        client = Client()
        client.post(reverse("account_login"), {"login": user.email})
        check(client.get(reverse("account_confirm_login_code")), language)
        client = Client()
        sent = client.post(reverse("account_login"), {"login": user.email, "password": "correct horse battery staple"})
        assert sent.url == reverse("mfa_authenticate")
        check(client.get(reverse("mfa_authenticate")), language)
        client = Client()
        client.post(reverse("account_signup"), {"email": "new@example.org"})
        check(client.get(reverse("account_email_verification_sent")), language)
        client = Client()
        client.post(reverse("account_reset_password"), {"email": user.email})
        check(client.get(reverse("account_confirm_password_reset_code")), language)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_the_password_are_ours_and_strict(language):
    client, user = Client(), person(Role.CITIZEN, password="correct horse battery staple")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with translation.override(language):
        check(client.get(reverse("account_change_password")), language)
        check(client.get(reverse("account_reauthenticate")), language)


def test_every_address_of_the_room_is_walked_or_named_here():
    names = {name for name in _names(get_resolver("engage.accounts.urls")) if name}
    unknown = names - {*FOR_VISITORS, *FOR_PEOPLE, *WITH_APP, *ELSEWHERE}
    assert unknown == set()


def test_an_error_stands_first_in_the_title_and_beside_its_field():
    with translation.override("en"):
        response = Client().post(reverse("account_login"), {"login": "no address"})
        body = response.content.decode()
    assert re.search(r"<title>\s*Error:", body)
    assert 'aria-invalid="true"' in body and 'id="id_login-error"' in body
    assert 'value="no address"' in body


def test_the_account_page_leads_who_works_here_to_the_work(client):
    sign_in(client, person(Role.EDITOR))
    with translation.override("en"):
        assert reverse("wagtailadmin_home") in client.get(reverse("account_home")).content.decode()


def test_the_account_page_warns_who_still_needs_a_second_step(client):
    client.force_login(person(Role.EDITOR), backend="django.contrib.auth.backends.ModelBackend")
    with translation.override("en"):
        body = client.get(reverse("account_home")).content.decode()
    assert "Your work needs a second step" in body
    assert reverse("wagtailadmin_home") not in body


def test_the_account_page_asks_strangers_to_sign_in(client):
    assert client.get(reverse("account_home")).url.startswith(reverse("account_login"))


def test_the_page_after_too_many_tries_is_ours(client):
    from engage.accounts.views import too_many_requests

    request = client.get(reverse("account_login")).wsgi_request
    response = too_many_requests(request)
    assert response.status_code == 429 and inline_code(response.content.decode()) == []


def _recently(client: Client, user: User) -> None:
    """Write into the session that the factor was shown a moment ago, as allauth does after asking again."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
    ]
    session.save()


def _names(resolver) -> list[str]:
    found = []
    for pattern in resolver.url_patterns:
        found += _names(pattern) if hasattr(pattern, "url_patterns") else [pattern.name]
    return found
