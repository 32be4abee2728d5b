"""Machines are taken out of a petition's count, and brought back, by a browser; the pages beside."""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass
class Walk:
    """A browser at the desk and what was wrong with the pages that it saw."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Look at the page as it stands, in both themes, for words of the other language, too."""
        self.wrong += [*look(self.page), *foreign_words(self.page)]

    def go(self, path: str) -> None:
        """Open a page and look at it."""
        self.page.goto(self.page.url.partition("/desk/")[0] + path)
        self.look()

    def click(self, selector: str) -> None:
        """Press a button that leads to another page, and look at that."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.look()


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

    page = sign_in(
        person(Role.APPROVER, first_name="芳" if language == "zh-CN" else "Fang"), language=language, width=width
    )
    walk = Walk(page)
    walk.go("/desk/petitions/guard/")
    expect(page.locator("table.fold tbody tr")).to_have_count(1)
    walk.click("a[href*='?suspect=']")

    # Nothing is named, so the form says so; then the domain of the machines, previewed.
    page.locator("#id_domain").fill("no domain")
    page.locator("#id_why").fill("同一台机器")
    walk.click("#order button")
    expect(page.locator("[role=alert], .error-summary").first).to_be_visible()
    page.locator("#id_domain").fill("machine.example")
    walk.click("#order button")
    expect(page.locator("button[value=run]")).to_contain_text("94")
    walk.click("button[value=run]")
    work()
    page.reload()
    expect(page.locator("button[value=undo]")).to_be_visible()
    assert PetitionCount.objects.get(petition=petition).total == 3
    walk.click("button[value=undo]")
    work()
    page.reload()
    assert PetitionCount.objects.get(petition=petition).total == 7
    assert Signature.objects.filter(state="held").count() == 90

    # One of those that are held is let go, one is taken out and brought back by a key of the desk.
    walk.go("/desk/queues/held/")
    walk.click("button[value^='release/']")
    assert Signature.objects.filter(state="pending").count() == 1
    walk.click("button[value^='drop/']")
    assert Signature.objects.filter(state="invalidated").count() == 1
    walk.click(".toast button[data-key=z]")
    assert Signature.objects.filter(state="held").count() == 89

    # The lists, the limits and the pause.
    walk.go("/desk/petitions/guard/lists/")
    page.locator("#id_typed").fill("198.51.100.0/24")
    page.locator("#id_what").select_option("network")
    page.locator("#id_note").fill("一家机房")
    walk.click("#work button")
    expect(page.locator("table.fold")).to_contain_text("198.51.100.0/24")
    walk.go("/desk/petitions/guard/limits/")
    walk.go("/desk/petitions/guard/pause/")
    page.locator("#id_zh").fill("系统维护，今晚八点恢复。")
    walk.click("button[value=pause]")
    assert not PetitionRules.objects.filter(signing_paused=True).exists()
    page.locator("#id_en").fill("Maintenance until eight tonight.")
    walk.click("button[value=pause]")
    assert PetitionRules.objects.get().signing_paused
    walk.go("/desk/petitions/guard/orders/")
    assert not walk.wrong, "\n".join(walk.wrong)
