"""One test for each fault that the review before launch found; each failed on the code it was written against."""

import io
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model

from consultations import actions, queries
from consultations.models import Change, Comment, ConsultationPage
from consultations.search import SOURCES
from engage.accounts.actors import SYSTEM, ReceiptHolder, Role
from engage.accounts.tasks import forget_old_sessions
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation import challenge, limits, tasks, vault, wallet
from engage.participation.models import Contact, OutgoingMail
from engage.participation.rules import Window
from engage.secrets import production_faults
from tests.accounts.people import person, sign_in, staff_client, with_app
from tests.consultations.factories import call, comment
from tests.security.hostile import sender

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
LANGUAGES = ("zh", "en")
BACKEND = "django.contrib.auth.backends.ModelBackend"


# Signing in ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_login_that_wagtail_brings_for_its_pages_signs_nobody_in(language):
    """It knows no second factor and counts no wrong passwords."""
    user = person(Role.ADMINISTRATOR, password=PASSWORD)
    with_app(user)
    client = Client()
    door = f"/{language}/_util/login/"
    answer = client.post(f"{door}?next=/{language}/search/", {"username": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.url == f"/{language}/accounts/login/?next=%2F{language}%2Fsearch%2F"
    assert "_auth_user_id" not in client.session
    assert client.get(door).url.startswith(f"/{language}/accounts/login/")


def _session_from_before_the_factor() -> Client:
    """Somebody signed in with the password alone; later the owner of the account set up an app."""
    user = person(Role.ADMINISTRATOR, password=PASSWORD)
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    with_app(user)
    return client


@pytest.mark.parametrize(
    "name",
    [
        "mfa_deactivate_totp",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
    ],
)
def test_the_second_factor_is_shown_before_anything_about_it_is_changed(name):
    """A password would do for allauth: with it an old session could put its own factor in the place of the owner's."""
    client = _session_from_before_the_factor()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for answer in (client.get(reverse(name)), client.post(reverse(name))):
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("mfa_reauthenticate") + "?next=")


def test_who_has_shown_the_factor_manages_it():
    client = sign_in(Client(), person(Role.EDITOR, password=PASSWORD))
    assert client.get(reverse("mfa_list_webauthn")).status_code == 200
    without = Client()
    without.force_login(person(Role.CITIZEN), backend=BACKEND)
    assert without.get(reverse("mfa_activate_totp")).status_code == 200


def test_the_address_of_an_account_is_not_changed_past_our_actions():
    """Wagtail's page for one's own account would write it unconfirmed and without a row in the journal."""
    client = staff_client(Role.EDITOR)
    page = client.get("/studio/account/").content.decode()
    assert 'name="name_email-first_name"' in page
    assert 'name="name_email-email"' not in page


# Limits --------------------------------------------------------------------------------------------------------------


def _address(remote: str) -> str:
    return limits.client_address(RequestFactory().get("/", REMOTE_ADDR=remote))


def test_one_line_with_many_ipv6_addresses_is_one_sender():
    assert _address("2001:db8:1:2:3:4:5:6") == _address("2001:db8:1:2:ffff::1")
    assert _address("2001:db8:1:2::1") != _address("2001:db8:1:3::1")
    assert _address("::ffff:192.0.2.7") == _address("192.0.2.7") == "192.0.2.7"
    assert _address("unix:") == "unix:"


def test_a_form_that_waited_passes_once():
    """Else one form, opened once, sends for twenty minutes from everywhere, and nobody computes anything."""
    asked = timezone.now()
    opened = challenge.sign_moment(asked)
    later = asked + timedelta(seconds=31)
    challenge.check("", opened, later)
    with pytest.raises(Refused, match="challenge_open"):
        challenge.check("", opened, later)
    form = challenge.sign_moment(asked + timedelta(microseconds=1))
    challenge.check("", form, later, "one token")
    challenge.check("", form, later, "one token")
    with pytest.raises(Refused, match="challenge_open"):
        challenge.check("", form, later, "another token")


def test_one_sender_does_not_fill_the_database_with_baskets(world, monkeypatch):
    monkeypatch.setattr("consultations.basket.NEW_WINDOWS", (Window(2, 3600),))
    for _visitor in range(2):
        sender(world["call"])
    third = Client()
    form = {"stance": "change", "text": "Open on Sundays too, please"}
    answer = third.post("/en/c/shown/art-2/comment/", form)
    assert answer.status_code == 422
    assert "Too many tries from here" in answer.content.decode()
    assert "Open on Sundays too, please" in answer.content.decode()
    assert Session.objects.count() == 2


def test_a_body_that_no_form_needs_is_refused_before_it_is_read(world):
    """Django writes each file of a form to the disk, also for a page that takes none."""
    upload = io.BytesIO(b"\0" * (4 * 1024 * 1024))
    upload.name = "large.bin"
    answer = Client(raise_request_exception=False).post("/en/track/", {"reference": "x", "file": upload})
    assert answer.status_code == 413
    assert "Content-Security-Policy" in answer.headers


# What is kept --------------------------------------------------------------------------------------------------------


def test_an_address_in_the_basket_is_as_secret_as_one_in_a_contact(world):
    visitor = sender(world["call"])
    visitor.post("/zh/c/shown/mine/about/", {"email": "marker.person@example.org", "signature": "Lin"})
    stored = [SessionStore().decode(row.session_data) for row in Session.objects.all()]
    assert stored and "marker.person" not in str(stored)
    assert "marker.person@example.org" in visitor.get("/zh/c/shown/mine/about/").content.decode()
    fields = dict(
        re.findall(r'name="(token|opened)" value="([^"]*)"', visitor.get("/zh/c/shown/mine/check/").content.decode())
    )
    visitor.post("/zh/c/shown/mine/check/", fields)
    assert OutgoingMail.objects.latest("pk").contact.email == "marker.person@example.org"


def test_sessions_that_are_over_are_deleted(world):
    sender(world["call"])
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    sender(world["call"])
    forget_old_sessions()
    assert Session.objects.count() == 1


def test_every_contact_goes_on_its_date_however_many_are_due(monkeypatch):
    due = timezone.now() - timedelta(minutes=1)
    Contact.objects.bulk_create(Contact(email_index=str(number), delete_after=due) for number in range(1_203))
    assert tasks.delete_expired_contacts() == 1_203
    assert not Contact.objects.exists()


def test_a_letter_whose_key_is_lost_does_not_stop_the_others(settings):
    shown = call()
    comment(shown, email="first@example.org")
    OutgoingMail.objects.update(next_try_at=timezone.now() - timedelta(hours=1))
    settings.CONTACT_KEYS = [Fernet.generate_key().decode()]
    comment(shown, email="second@example.org", text="Another comment of some length")
    assert participation.deliver_mail(now=timezone.now() + timedelta(seconds=1)) == 1
    assert [letter.to for letter in mail.outbox] == [["second@example.org"]]
    unread = OutgoingMail.objects.filter(sent_at=None).values("tries", "last_error").get()
    assert unread == {"tries": 1, "last_error": "key_missing"}


# Receipts ------------------------------------------------------------------------------------------------------------


def test_a_wrong_code_reads_no_contact(world, monkeypatch):
    """Else the time of the answer tells which receipts have an address, and a lost key makes a wrong code a fault."""
    _sent, submission, _code = comment(world["call"], email="reader@example.org", text="Open on Sunday evening too")
    opened = []
    unseal = vault.unseal
    monkeypatch.setattr(vault, "unseal", lambda sealed: opened.append(sealed) or unseal(sealed))
    assert wallet.prove(submission.reference, "WRNG-WRNG-WRNG") is None
    assert opened == []


def test_the_wallet_keeps_the_code_and_not_how_it_was_typed(world):
    visitor = Client()
    typed = f"  {world['code'][:4].lower()}  -  {world['code'][4:].lower()} " + " " * 100
    reference = world["submission"].reference
    visitor.post("/zh/track/", {"reference": reference, "code": typed})
    assert wallet.read(_with_cookies(visitor)) == {reference: world["code"]}


def _with_cookies(client: Client):
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    return request


# Moderation and what is hidden ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", ["rejected", "held", "private"])
def test_a_change_does_not_publish_what_a_moderator_took_back(decision):
    sent, submission, _code = comment(call(moderation="post"))
    assert sent.moderation_state == "published"
    participation.moderate(sent, decision, reason="personal_attack", actor=SYSTEM)
    changed = actions.CommentInput(key="", stance="change", text="The same attack with one more word")
    actions.edit_comment(sent.pk, changed, now=timezone.now(), actor=ReceiptHolder(submission.pk))
    sent.refresh_from_db()
    assert sent.moderation_state == "held"
    assert not Comment.objects.visible_to(Client).filter(pk=sent.pk).exists()


def test_a_change_of_what_stands_in_public_stays_in_public():
    sent, submission, _code = comment(call(moderation="post"))
    changed = actions.CommentInput(key="", stance="change", text="The same with one more word")
    actions.edit_comment(sent.pk, changed, now=timezone.now(), actor=ReceiptHolder(submission.pk))
    sent.refresh_from_db()
    assert sent.moderation_state == "published"


def test_the_title_of_a_page_that_is_not_published_is_told_nowhere():
    shown = call(slug="half")
    page = ConsultationPage.objects.get(consultation=shown, locale__language_code="en")
    page.title = "Secret working title"
    page.live = False
    page.save(clean=False)
    Change.objects.create(
        consultation=shown, article="2", before_zh="五", after_zh="六", before_en="five", after_en="six", people=1
    )
    comment(shown)
    Comment.objects.update(language="en")
    told = str(queries.published_changes(language="en", limit=5))
    source = next(source for source in SOURCES if source.kind == "comment")
    told += str([entry.title for found in source.queryset() for entry in source.entry(found)])
    assert "half" in told and "Secret" not in told


# Headers and files ---------------------------------------------------------------------------------------------------


def test_another_site_does_not_learn_where_a_reader_came_from(world):
    for path in ("/zh/", "/zh/nothing-here/", "/static/css/base.css", "/api/v1/openapi.json"):
        assert Client().get(path).headers["Referrer-Policy"] == "same-origin", path


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "page.xhtml", "program.js", "feed.xml"])
def test_a_document_that_a_browser_would_run_is_not_taken(name):
    upload = io.BytesIO(b"<script>alert(1)</script>")
    upload.name = name
    staff_client(Role.EDITOR).post("/studio/documents/add/", {"title": "Harmless", "file": upload})
    assert not get_document_model().objects.exists()


# Running it ----------------------------------------------------------------------------------------------------------

SOUND = {
    "SECRET_KEY": "s" * 50,
    "INDEX_KEY": "i" * 32,
    "TRACKING_KEY": "t" * 32,
    "CONTACT_KEYS": [Fernet.generate_key().decode()],
    "ALLOWED_HOSTS": ["engage.example.org"],
    "PUBLIC_URL": "https://engage.example.org",
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "REDIS_URL": "redis://redis",
    "DEMO": False,
}


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("INDEX_KEY", "", "ENGAGE_INDEX_KEY"),
        ("TRACKING_KEY", "", "ENGAGE_TRACKING_KEY"),
        ("CONTACT_KEYS", [], "ENGAGE_CONTACT_KEYS"),
        ("CONTACT_KEYS", ["not a key"], "ENGAGE_CONTACT_KEYS"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
        ("PUBLIC_URL", "http://engage.example.org", "PUBLIC_URL"),
        ("DATABASES", {"default": {"ENGINE": "django.db.backends.sqlite3"}}, "DATABASE_URL"),
        ("REDIS_URL", "", "REDIS_URL"),
        ("DEMO", True, "ENGAGE_DEMO"),
    ],
)
def test_production_does_not_start_unsafe(setting, value, named):
    environ = {"EMAIL_URL": "smtp://mail"}
    assert production_faults(SOUND, environ) == []
    (fault,) = production_faults(SOUND | {setting: value}, environ)
    assert named in fault
    assert production_faults(SOUND, {}) and production_faults(SOUND, environ | {"DEBUG": "1"})


@pytest.mark.parametrize("mode", ["prod", "Production", "production ", ""])
def test_a_misspelt_mode_is_not_the_demo(mode):
    done = subprocess.run(
        [sys.executable, "-c", "import engage.settings"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"ENGAGE_MODE": mode},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ENGAGE_MODE" in done.stderr
