"""The pack in a real browser: accessible and whole on every screen, and everything a citizen does without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from consultations.packs import actions
from consultations.packs.models import Invitation, Pack, Reaction
from engage.accounts.actors import SYSTEM, Role
from engage.participation import actions as participation
from tests.accounts.people import person
from tests.browser.looking import look
from tests.packs.builders import COMMENTARY, hand_in, invited, publish, reaction, revision, submit, write, written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "看了解读才明白为什么要多开两天。"


def full_pack() -> tuple[Pack, str]:
    """Publish a pack with every part and a reaction; returns it with the token of another, open invitation."""
    editor = person(Role.EDITOR)
    pack = written(author=editor)
    for kind in ("message", "case", "link", "media"):
        block = actions.add_block(pack.pk, kind, revision=revision(pack), actor=editor)
        write(block, author=editor, url="https://example.org/")
    invitation, token = invited(pack, editor=editor)
    hand_in(token)
    actions.accept_text(invitation.pk, revision=revision(pack), now=invitation.created_at, actor=editor)
    translated = {"body": "Put the hours in.", "byline": "Demo expert", "affiliation": "Demo university", "source": "x"}
    write(invitation.block, author=editor, texts={"en": translated})
    publish(submit(pack, editor))
    made, *_ = reaction(pack)
    participation.moderate(made, "published", actor=SYSTEM)
    other = written(author=editor)
    return pack, invited(other, editor=editor)[1]


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 320)])
def test_axe_finds_nothing_and_nothing_is_cut_off(live_server, open_page: Callable[..., Page], language, width):
    pack, token = full_pack()
    slug = pack.consultation.slug
    locale = {"zh": "zh-CN", "en": "en-GB"}[language]
    paths = (
        f"c/{slug}/interpretation/",
        f"c/{slug}/interpretation/say/",
        f"c/{slug}/draft/",
        f"interpretation/write/{token}/",
    )
    for path in paths:
        page = open_page(f"{live_server.url}/{language}/{path}", language=locale, width=width)
        assert look(page) == []


def test_a_reader_follows_a_clause_to_the_pack_and_says_something_without_scripts(live_server, open_page, settings):
    settings.FASTEST_PERSON_SECONDS = 0
    pack, _token = full_pack()
    slug = pack.consultation.slug
    page = open_page(f"{live_server.url}/zh/c/{slug}/draft/", javascript=False, width=320)
    page.locator("#art-2 [data-explained] a").first.click()
    assert "/interpretation/" in page.url
    page.locator("#reactions a.btn-go").click()
    page.locator("#id_text").fill(WORDS + "谢谢。")
    page.locator("main form button.btn-go").click()
    page.locator(".receipt .ref").first.wait_for()
    assert Reaction.objects.filter(moderation_state="held").get().text == WORDS + "谢谢。"


def test_an_expert_writes_by_the_link_alone_without_scripts(live_server, open_page):
    _pack, token = full_pack()
    page = open_page(f"{live_server.url}/zh/interpretation/write/{token}/", javascript=False, width=360)
    page.locator("#id_name").fill("示范专家")
    page.locator("#id_affiliation").fill("示范大学")
    page.locator("#id_text").fill(COMMENTARY["text"])
    page.locator("main form button.btn-go").click()
    # Nothing was declared: the form comes back with everything in it.
    page.locator(".errors").wait_for()
    assert page.locator("#id_text").input_value() == COMMENTARY["text"]
    page.locator('input[name="declares"][value="none"]').check()
    page.locator("main form button.btn-go").click()
    page.locator('.banner-ok[role="status"]').wait_for()
    assert Invitation.objects.latest("pk").state == Invitation.State.HANDED_IN
