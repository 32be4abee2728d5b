"""Every address of the Studio, Wagtail's own included: nothing of it opens for who does not work there."""

import itertools

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from engage.accounts.actors import Role
from tests.consultations.factories import call
from tests.security.test_url_matrix import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
# What must open without an account: the way in and what the sign-in page itself needs.
OPEN = ("studio/login/", "studio/logout/", "studio/password_reset/", "studio/jsi18n/", "studio/sprite/")


def patterns(resolver: URLResolver, prefix: str = "") -> list[str]:
    """Collect the routes below a resolver, as Django prints them."""
    found: list[str] = []
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            found += patterns(pattern, route)
        elif isinstance(pattern, URLPattern):
            found.append(route)
    return found


def addresses(prefix: str) -> list[str]:
    """Return one concrete address for each simple route below a prefix."""
    made = []
    for route in patterns(get_resolver()):
        if not route.startswith(prefix):
            continue
        parts = route.replace("<", "\0<").split("\0")
        filled = "".join(
            part if not part.startswith("<") else _value(part[1 : part.index(">")]) + part[part.index(">") + 1 :]
            for part in parts
        )
        if not set("(?*+\\[") & set(filled):
            made.append("/" + filled)
    return sorted(set(made))


def _value(converter: str) -> str:
    kind = converter.partition(":")[0] if ":" in converter else "str"
    return {"int": "1", "uuid": "6f1c9e0e-9f2b-4a57-8c1c-0d5a2f3b4c5d", "slug": "wagtailcore"}.get(kind, "1")


@pytest.mark.parametrize("actor", ["anonymous", Role.CITIZEN, Role.OFFICER, Role.JOURNALIST])
def test_the_studio_is_closed_to_who_does_not_work_there(actor):
    call()
    client = client_of(actor)
    opened = []
    studio = addresses("studio/")
    assert len(studio) > 150
    for address in studio:
        if address.lstrip("/").startswith(OPEN):
            continue
        response = client.get(address)
        if response.status_code == 200:
            opened.append(address)
    assert not opened, "\n".join(opened)


def test_documents_and_images_of_the_tree_need_the_gate():
    stranger = Client(raise_request_exception=False)
    for address in itertools.chain(addresses("zh/documents/"), addresses("zh/images/")):
        assert stranger.get(address).status_code in (302, 403, 404), address


def test_there_is_no_other_way_to_write():
    """No address takes DELETE, PUT or PATCH."""
    stranger = Client(raise_request_exception=False)
    for method in (stranger.delete, stranger.put, stranger.patch):
        for address in ("/api/v1/consultations/", "/zh/c/", "/zh/track/"):
            assert method(address).status_code in (403, 404, 405), (method, address)
