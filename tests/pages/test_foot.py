"""The foot of every page leads to a letter about that page, unless its address is a key."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_page_can_be_asked_about(client):
    assert "?about=/zh/search/" in client.get("/zh/search/").content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "follow/confirm",
        "petitions/start/confirm",
        "petitions/7/sponsor",
        "surveys/parks/invited",
        "surveys/parks/answer",
        "track/new-code",
        "track/E-2026-1/proof",
        "no/such/address",
    ],
)
def test_an_address_that_is_a_key_stands_in_no_link_to_the_office(client, path):
    page = client.get(f"/zh/{path}/secret-part/").content.decode()
    assert "<footer" in page
    assert "about=" not in page
