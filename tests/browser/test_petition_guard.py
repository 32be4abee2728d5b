"""Machines are taken out of a petition's count, and brought back, by a browser; the pages beside."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from mailbox.petitions.actions import counting, guarding, invalidation
from mailbox.petitions.models import PetitionCount, PetitionRules, Signature, SignatureLetter
from tests.accounts.people import person
from tests.browser.looking import foreign_words, look
from tests.petitions import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def click(page: Page, selector: str) -> None:
    """Press a button that leads to another page."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def go(page: Page, path: str) -> None:
    page.goto(page.url.partition("/desk/")[0] + path)
    assert look(page) == []
    assert foreign_words(page) == []


def work() -> None:
    """Do what the worker does every two seconds."""
    while invalidation.step(now=timezone.now()):
        continue
    counting.roll_up(timezone.now())


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_machines_are_taken_out_of_the_count_and_brought_back(sign_in, language, width):
    now = timezone.now()
    petition = factories.petition(now=now)
    for _n in range(3):
        factories.signature(petition, now=now)
    for _n in range(4):
        factories.signature(petition, now=now, domain="machine.example", network="m" * 32)
    waiting = [
        factories.signature(petition, Signature.State.PENDING, now=now, network="m" * 32, domain="machine.example")
        for _n in range(90)
    ]
    SignatureLetter.objects.bulk_create([SignatureLetter(signature=one, kind="confirm") for one in waiting])
    held = guarding.hold(waiting, now)
    Signature.objects.filter(pk__in=held).update(state="held", why="limit_network")
    work()
    assert PetitionCount.objects.get(petition=petition).total == 7

    page = sign_in(person(Role.APPROVER, first_name="Fang", last_name="Wang"), language=language, width=width)
    go(page, "/desk/petitions/guard/")
    expect(page.locator("table.fold tbody tr")).to_have_count(1)
    click(page, "a[href*='?suspect=']")
    assert look(page) == []

    # Nothing is named, so the form says so; then the domain of the machines, previewed.
    page.locator("#id_domain").fill("no domain")
    page.locator("#id_why").fill("同一台机器")
    click(page, "#order button")
    expect(page.locator("[role=alert], .error-summary").first).to_be_visible()
    assert look(page) == []
    page.locator("#id_domain").fill("machine.example")
    click(page, "#order button")
    assert look(page) == []
    assert foreign_words(page) == []
    expect(page.locator("button[value=run]")).to_contain_text("94")
    click(page, "button[value=run]")
    assert look(page) == []
    work()
    page.reload()
    expect(page.locator("button[value=undo]")).to_be_visible()
    assert PetitionCount.objects.get(petition=petition).total == 3
    assert foreign_words(page) == []
    click(page, "button[value=undo]")
    work()
    page.reload()
    assert PetitionCount.objects.get(petition=petition).total == 7
    assert Signature.objects.filter(state="held").count() == 90

    # One of those that are held is let go, one is taken out and brought back by a key of the desk.
    go(page, "/desk/queues/held/")
    click(page, "button[value^='release/']")
    assert Signature.objects.filter(state="pending").count() == 1
    click(page, "button[value^='drop/']")
    assert Signature.objects.filter(state="invalidated").count() == 1
    click(page, ".toast button[data-key=z]")
    assert Signature.objects.filter(state="held").count() == 89

    # The lists, the limits and the pause.
    go(page, "/desk/petitions/guard/lists/")
    page.locator("#id_typed").fill("198.51.100.0/24")
    page.locator("#id_what").select_option("network")
    page.locator("#id_note").fill("一家机房")
    click(page, "#work button")
    expect(page.locator("table.fold")).to_contain_text("198.51.100.0/24")
    assert look(page) == []
    go(page, "/desk/petitions/guard/limits/")
    go(page, "/desk/petitions/guard/pause/")
    page.locator("#id_zh").fill("系统维护，今晚八点恢复。")
    click(page, "button[value=pause]")
    assert not PetitionRules.objects.filter(signing_paused=True).exists()
    page.locator("#id_en").fill("Maintenance until eight tonight.")
    click(page, "button[value=pause]")
    assert PetitionRules.objects.get().signing_paused
    assert look(page) == []
    go(page, "/desk/petitions/guard/orders/")
