"""Every address by every role. An address without a row fails, so a new one gets its row the day it is born."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.calendars.models import CalendarDay, CalendarYear, ClockProfile
from mailbox.performance.actions import count_year
from tests.consultations.factories import call, comment
from tests.security.matrix import ROWS, SKIPPED_NAMESPACES

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
ACTORS = ("anonymous", Role.CITIZEN, Role.OFFICER, Role.EDITOR, Role.REVIEWER_LEGAL, Role.ADMINISTRATOR)


def named_urls(resolver: URLResolver, namespace: str = "") -> set[str]:
    """Collect the names of all addresses, with their namespaces."""
    names: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            names |= named_urls(pattern, inner)
        elif isinstance(pattern, URLPattern):
            names.add(f"{namespace}{pattern.name or pattern.lookup_str}")
    return names


def is_ours(name: str) -> bool:
    """Leave out Wagtail's and allauth's own addresses, except those we named."""
    return name in ROWS or not name.startswith(SKIPPED_NAMESPACES)


def test_every_address_has_a_row():
    names = {name for name in named_urls(get_resolver()) if is_ours(name)}
    missing = names - set(ROWS)
    assert not missing, f"no row in tests/security/matrix.py for: {sorted(missing)}"
    gone = set(ROWS) - names
    assert not gone, f"rows for addresses that do not exist: {sorted(gone)}"


@pytest.fixture
def world(settings):
    """One call that everybody may see, one hidden; a comment on each."""
    settings.FASTEST_PERSON_SECONDS = 0
    shown = call(slug="shown")
    hidden = call(slug="hidden")
    public, submission, _code = comment(shown)
    secret, _submission, _code = comment(hidden)
    hidden.pages.update(live=False)
    count_year(2026, today=date(2026, 11, 24))
    return {
        "shown": shown,
        "hidden": hidden,
        "public": public,
        "secret": secret,
        "submission": submission,
        "version": shown.drafts.get().published,
        "department": shown.department,
        "day": CalendarDay.objects.first(),
        "year": CalendarYear.objects.first(),
        "profile": ClockProfile.objects.first(),
    }


def client_of(actor: str) -> Client:
    """Return a signed-in client; staff have shown their second factor."""
    client = Client(raise_request_exception=False)
    if actor == "anonymous":
        return client
    user = User.objects.create_user(f"{actor}@example.org")
    user.groups.add(Group.objects.get(name=actor))
    if actor == Role.ADMINISTRATOR:
        user.is_superuser = user.is_staff = True
        user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    show_second_factor(client)
    return client


def show_second_factor(client: Client) -> None:
    """Mark the session as the demo sign-in does."""
    session = client.session
    session["second_factor"] = {"user": int(session["_auth_user_id"]), "how": "demo"}
    session.save()


@pytest.mark.parametrize("actor", ACTORS)
def test_every_address_answers_each_role_as_the_matrix_says(world, actor):
    client = client_of(actor)
    wrong = []
    for name, row in ROWS.items():
        with translation.override("zh-hans"):
            url = reverse(name, args=row.arguments(world))
        response = client.get(url, headers={"accept-language": "zh"})
        expected = row.status_for(actor)
        if response.status_code != expected:
            wrong.append(f"{name} {url}: {response.status_code}, the matrix says {expected}")
    assert not wrong, "\n".join(wrong)


def test_hidden_things_do_not_exist_for_strangers(world):
    stranger = Client(raise_request_exception=False)
    secret = world["secret"]
    paths = [
        "/zh/c/hidden/",
        "/zh/c/hidden/draft/",
        "/zh/c/hidden/art-2/",
        "/zh/c/hidden/comments/",
        f"/zh/c/hidden/comments/{secret.pk}/",
        f"/zh/c/shown/comments/{secret.pk}/",
        "/zh/c/hidden/art-2/comment/",
        "/zh/c/hidden/comment/",
        "/zh/c/hidden/mine/",
        "/api/v1/consultations/hidden",
        "/api/v1/consultations/hidden/text",
        "/api/v1/consultations/hidden/comments",
        f"/zh/track/{world['submission'].reference}/proof.json",
        f"/zh/track/{world['submission'].reference}/files/1/",
        f"/zh/receipt/{world['submission'].reference}/receipt.pdf",
    ]
    for path in paths:
        assert stranger.get(path).status_code == 404, path
    for path in (
        "/zh/c/",
        "/zh/c/feed.rss",
        "/zh/c/feed.atom",
        "/sitemap.xml",
        "/api/v1/consultations/",
        "/zh/search/?q=图书馆",
    ):
        body = stranger.get(path, follow=True).content.decode()
        assert "/c/hidden" not in body, path
        assert '"hidden"' not in body, path
