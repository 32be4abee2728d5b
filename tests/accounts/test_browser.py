"""Account pages in a real browser: passkeys under the strict policy, sizes, and axe."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from engage.accounts.models import User
from tests.accounts.people import person
from tests.browser.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery staple"


def with_passkeys(page: Page) -> None:
    """Give the browser a device that keeps passkeys and always says yes."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


@pytest.fixture
def signed_in(live_server, open_page) -> Callable[..., tuple[Page, User]]:
    """Open the account page of a person of these roles, signed in by password: signed_in(Role.EDITOR, width=360)."""

    def open_signed_in(*roles: Role, language: str = "en", **options) -> tuple[Page, User]:
        user = person(*roles, password=PASSWORD)
        page = open_page(
            f"{live_server.url}/{language}/accounts/login/",
            language={"zh": "zh-CN", "en": "en-GB"}[language],
            **options,
        )
        page.locator("#id_login").fill(user.email)
        page.locator("#id_password").fill(PASSWORD)
        page.locator("main .btn-go").click()
        page.wait_for_url(re.compile(f"/{language}/accounts/(2fa/.*)?$"))
        return page, user

    return open_signed_in


def test_a_passkey_opens_the_studio_and_signs_in_the_next_time(signed_in, live_server):
    page, user = signed_in(Role.EDITOR)
    with_passkeys(page)
    page.goto(f"{live_server.url}/studio/")
    expect(page.get_by_text("Your work needs a second step")).to_be_visible()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.locator("#id_passwordless").check()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{live_server.url}/studio/")
    assert page.url == f"{live_server.url}/studio/"
    page.goto(f"{live_server.url}/en/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{live_server.url}/en/accounts/login/?next=/studio/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{live_server.url}/studio/")


def test_all_sign_in_pages_work_without_javascript(signed_in, live_server):
    page, _ = signed_in(Role.CITIZEN, javascript=False)
    page.get_by_role("link", name="Second step at sign-in").click()
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()


PAGES = ["", "email/", "password/change/", "2fa/", "logout/"]
ENTRANCES = ["login/", "signup/", "login/code/", "password/reset/", "demo/"]


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 360)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(language, width, signed_in, open_page, live_server):
    found = []
    page = open_page(f"{live_server.url}/{language}/", width=width)
    for address in ENTRANCES:
        page.goto(f"{live_server.url}/{language}/accounts/{address}")
        found += look(page)
    page.goto(f"{live_server.url}/{language}/accounts/login/")
    page.locator("#id_login").fill("no address")
    page.locator("main form button.btn-go").click()
    page.wait_for_selector(".errors")
    found += look(page)
    page, _ = signed_in(Role.EDITOR, language=language, width=width)
    for address in PAGES:
        page.goto(f"{live_server.url}/{language}/accounts/{address}")
        found += look(page)
    assert found == []


def test_the_key_of_an_app_fits_on_a_phone(live_server, open_page):
    page = open_page(f"{live_server.url}/en/accounts/demo/", width=360, language="en-GB")
    page.get_by_role("button", name="Citizen").click()
    page.goto(f"{live_server.url}/en/accounts/2fa/totp/activate/")
    assert look(page) == []
    assert page.locator("img[alt*=square]").evaluate("image => image.naturalWidth") > 0
