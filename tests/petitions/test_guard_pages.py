"""The pages against fraud: who sees what, and what a form that is wrong says."""

import pytest
from django.test import Client
from django.utils import timezone, translation

from engage.accounts.actors import Role
from mailbox.petitions.models import Invalidation, Listed, Signature, Suspect, Trend
from tests.accounts.people import staff_client
from tests.petitions import factories

pytestmark = pytest.mark.django_db
HOME, ORDERS, LISTS, PAUSE = (f"/desk/petitions/guard/{part}" for part in ("", "orders/", "lists/", "pause/"))


@pytest.fixture
def approver() -> Client:
    return staff_client(Role.APPROVER)


def test_the_page_shows_what_came_in_and_whom_it_suspects(approver):
    now = timezone.now()
    Trend.objects.create(
        what="domain", value="busy.example", hour=now.replace(minute=0, second=0, microsecond=0), total=7
    )
    Suspect.objects.create(
        what="domain",
        value="busy.example",
        why="sequence",
        total=5,
        noticed_at=now,
        until=now.replace(year=now.year + 1),
    )
    factories.signature(factories.petition(now=now), domain="busy.example", now=now)
    with translation.override("en"):
        page = approver.get(HOME, headers={"accept-language": "en"}).content.decode()
    assert page.count("busy.example") >= 3
    assert f"suspect={Suspect.objects.get().pk}" in page
    approver.post(f"/desk/petitions/guard/suspects/{Suspect.objects.get().pk}/")
    assert Suspect.objects.get().let_go_at is not None


def test_officers_see_orders_and_lists_and_change_nothing():
    officer = staff_client(Role.OFFICER)
    Listed.objects.create(what="domain", value="bad.example", shown="bad.example")
    for path in (HOME, ORDERS, LISTS, PAUSE):
        page = officer.get(path)
        assert page.status_code == 200
        assert b'class="btn btn-go"' not in page.content
    given = {"domain": "bad.example", "why": "x"}
    assert officer.post(ORDERS, given).status_code >= 400
    assert officer.post(f"{LISTS}{Listed.objects.get().pk}/").status_code == 302
    assert Listed.objects.exists()
    assert not Invalidation.objects.exists()


def test_what_is_wrong_with_an_order_is_said_and_what_was_typed_stays(approver):
    for given in (
        {"domain": "no domain", "why": "x"},
        {"network": "10.0.0.0/8", "why": "x"},
        {"petition": "P-2026-1-A", "why": "x"},
        {"since": "2026-11-24 08:00", "until": "2026-11-23 08:00", "why": "x"},
        {"why": "nothing named"},
        {"domain": "bad.example"},
    ):
        page = approver.post(ORDERS, given)
        assert page.status_code >= 400, given
        assert given.get("domain", "") in page.content.decode()
    assert not Invalidation.objects.exists()


def test_an_order_is_previewed_run_and_seen_on_its_page(approver):
    petition = factories.petition()
    factories.signature(petition, domain="bad.example")
    given = {"domain": "bad.example", "petition": petition.reference, "region": "", "why": "machines"}
    page = approver.post(ORDERS, given)
    order = Invalidation.objects.get()
    assert page.headers["Location"].endswith(f"/orders/{order.pk}/")
    assert (order.found, order.counted, order.petition) == (1, 1, petition)
    shown = approver.get(page.headers["Location"]).content.decode()
    assert "bad.example" in shown
    assert "signer" not in shown
    approver.post(f"{page.headers['Location']}act/", {"act": "run"})
    order.refresh_from_db()
    assert order.state == "running"
    assert approver.post(f"{page.headers['Location']}act/", {"act": "run"}).status_code >= 400
    assert approver.post(f"{page.headers['Location']}act/", {"act": "else"}).status_code == 404


def test_the_queue_of_held_ones_shows_no_name_and_no_address(approver):
    held = factories.signature(factories.petition(), Signature.State.HELD, why="blocked")
    page = approver.get("/desk/queues/held/?view=lists").content.decode()
    assert "example.org" in page
    assert held.name not in page
    assert held.email not in page
    assert "example.org" not in approver.get("/desk/queues/held/?view=limits").content.decode().partition("<main")[2]
