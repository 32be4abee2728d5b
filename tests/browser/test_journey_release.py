"""J6: a draft is imported, mended, handed in, and goes public with the sign-offs of five people at its time.

One reviewer asks for a name to be taken out, one hands the review on; a change after two sign-offs makes them fall.
Then a notice that cannot wait goes out with one approver, and the reviews that were skipped are made up for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from wagtail.rich_text import RichText

from consultations.models import Consultation
from engage.accounts.actions import demo_user
from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.outreach.delivery import tasks as delivery_tasks
from engage.outreach.delivery.models import Item
from engage.pages.structure import ensure_structure
from engage.publishing import tasks as gate_tasks
from engage.publishing.models import Release
from tests.accounts.people import person
from tests.browser import outcome_walk as walk
from tests.browser.looking import foreign_words
from tests.consultations.factories import department
from tests.delivery.builders import channel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLUG = "ride-services"
NAME = "联系人陈小明"
REASON = {"zh": "请删去联系人的姓名。", "en": "Take out the name of the person."}
FLOOD = {"zh": "北区进水，请不要出门，等候通知。", "en": "Water rises in the north: stay at home and wait."}
HEAD, LEGAL, OPENNESS, SECRECY = (
    Role.APPROVER,
    Role.REVIEWER_LEGAL,
    Role.REVIEWER_OPENNESS,
    Role.REVIEWER_SECRECY,
)


@dataclass(frozen=True)
class Reader:
    """In which language and on how wide a screen everybody works."""

    language: str
    width: int
    wrong: list[str] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        return "zh" if self.language == "zh-CN" else "en"

    def says(self, zh: str, en: str) -> str:
        return zh if self.prefix == "zh" else en

    def read(self, page: Page) -> None:
        """Note the words of the other language on a page that somebody looks at."""
        if words := foreign_words(page):
            self.wrong.append(f"{page.url}: {words}")


@pytest.fixture
def _world(settings) -> None:
    """Home pages, a department, a channel for notices; pages are not kept between two looks at them."""
    settings.PAGE_CACHE_SECONDS = 0
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    ensure_structure()
    department()
    channel(code="notices", name_zh="本站公告", name_en="Notices")


@pytest.mark.usefixtures("_world")
@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_a_draft_is_signed_by_five_people_and_opens_at_its_time(
    live_server, open_page, sign_in, clock, language, width
):
    site, reader = live_server.url, Reader(language, width)

    def enter(who: Role | User) -> Page:
        return sign_in(who, language, width=width)

    stranger = open_page(f"{site}/{reader.prefix}/", language=language, width=width)
    # Nobody writes rules on a phone.
    editor = sign_in(Role.EDITOR, language)
    opens = timezone.localtime().replace(second=0, microsecond=0) + timedelta(days=1)
    call = write_a_call(editor, site, reader, opens)
    release = hand_in_for(editor, call, opens)

    openness = enter(OPENNESS)
    ask_to_redact(openness, site, reader, release)
    editor.goto(f"{site}/studio/")
    take_the_name_out(editor, site, reader, call, release)
    release = hand_in_for(editor, call, opens)
    address = f"{site}/desk/release/{release.pk}/"

    head, colleague = enter(HEAD), person(LEGAL, email="second-lawyer@example.org")
    read_and_sign(head, site, reader, release)
    hand_on(enter(LEGAL), address, colleague)
    read_and_sign(enter(colleague), site, reader, release)
    change_after_two_sign_offs(editor, site, reader, call, address, (demo_user(HEAD), colleague))
    for page in (head, enter(colleague), openness, enter(SECRECY)):
        walk.sign(page, address)
    release.refresh_from_db()
    assert release.state == Release.State.CLEARED
    assert not is_read(stranger, site, reader)

    clock.go_to(opens + timedelta(minutes=1))
    assert gate_tasks.release_due() == 1
    assert is_read(stranger, site, reader)
    reader.read(stranger)

    item = write_a_notice(editor, site, reader)
    hand_in_an_emergency(editor, reader, item)
    make_up_for_it(editor, head, openness, stranger, site, reader)
    assert not reader.wrong, "\n".join(reader.wrong)


# --- the editor in the Studio


def write_a_call(editor: Page, site: str, reader: Reader, opens: datetime) -> Consultation:
    """Make the call, import its text, mend what the reader doubts, write the pages; one thing is forgotten."""
    closes = opens + timedelta(days=40)
    walk.make_call(editor, site, slug=SLUG, department=department().pk, opens=opens, closes=closes)
    walk.import_text(editor, site, "/studio/drafts/import/", walk.CHINESE, mended=walk.MENDED, as_file=True)
    version = editor.url
    number = version.rstrip("/").rpartition("/")[2]
    walk.import_text(editor, site, f"/studio/drafts/import/?version={number}&purpose=translation", walk.ENGLISH)
    editor.locator("#id_consultation").select_option(label=SLUG)
    editor.locator("form.draft-publish button.button").click()
    # Nothing is written about it yet: the gate names what is missing instead of a button.
    editor.wait_for_url("**/release/hand-in/**")
    expect(editor.locator("section[aria-labelledby=lacks] li").first).to_be_visible()
    expect(editor.locator("main form")).to_have_count(0)
    call = Consultation.objects.get(slug=SLUG)
    words = {
        "zh-hans": walk.PAGES["zh-hans"] | {"contact": f"交通局客运处，{NAME}"},
        "en": walk.PAGES["en"] | {"contact": ""},
    }
    for code, fields in words.items():
        walk.write_page(editor, version, code, **fields)
    # Paragraphs are typed into Wagtail's own editor of blocks; its tests are Wagtail's.
    for page in call.pages.select_related("locale"):
        draft = page.get_latest_revision_as_object()
        draft.body = [("paragraph", RichText(f"<p>{walk.BACKGROUND[page.locale.language_code]}</p>"))]
        draft.save_revision(user=demo_user(Role.EDITOR))
    mend_what_the_preflight_names(editor, version, reader)
    return call


def mend_what_the_preflight_names(editor: Page, version: str, reader: Reader) -> None:
    """Follow the link of the one thing that stops handing in, close the gap there, and look again."""
    editor.goto(version)
    editor.locator("form.draft-publish button.button").click()
    editor.wait_for_url("**/release/hand-in/**")
    expect(editor.locator("section[aria-labelledby=lacks] li")).to_have_count(1)
    editor.locator("a[href*='/desk/preflight/']").click()
    stops = editor.locator("section[aria-labelledby=blocks] li")
    expect(stops).to_have_count(1)
    reader.read(editor)
    report = editor.url
    stops.locator("a").click()
    contact = editor.locator("#id_contact")
    expect(contact).to_have_value("")
    contact.fill(walk.PAGES["en"]["contact"])
    with editor.expect_navigation():
        editor.locator("button.action-save[type=submit]").first.evaluate("button => button.click()")
    editor.goto(report)
    expect(stops).to_have_count(0)
    editor.locator("main a.btn-go").click()


def hand_in_for(editor: Page, call: Consultation, opens: datetime) -> Release:
    """From the page on which a call is handed in: it is to open at a fixed time, and the reviewers have two days."""
    editor.wait_for_url(re.compile(rf"/desk/release/hand-in/call/{call.pk}/"))
    editor.locator("input[name=when][value=at]").check()
    editor.locator("#id_release_at").fill(opens.strftime("%Y-%m-%dT%H:%M"))
    editor.locator("#id_days").fill("2")
    editor.locator("main form .btn-go").click()
    editor.wait_for_url(re.compile(r"/desk/release/\d+/"))
    release = Release.objects.open().get(kind="call", object_id=call.pk)
    assert release.release_at == opens
    return release


def edit_page(editor: Page, site: str, call: Consultation, code: str, field: str, text: str) -> None:
    """Change one field of a page of the call and keep it."""
    page = call.pages.get(locale__language_code=code)
    editor.goto(f"{site}/studio/pages/{page.pk}/edit/")
    editor.locator(f"#id_{field}").fill(text)
    with editor.expect_navigation():
        editor.locator("button.action-save[type=submit]").first.evaluate("button => button.click()")


def take_the_name_out(editor: Page, site: str, reader: Reader, call: Consultation, release: Release) -> None:
    """The Studio says what came back; the release says why; the words are changed and handed in from the editor."""
    editor.locator(f"main a[href='/desk/release/{release.pk}/']").click()
    expect(editor.locator("section[aria-labelledby=reviews]")).to_contain_text(REASON[reader.prefix])
    page = call.pages.get(locale__language_code="zh-hans")
    editor.goto(f"{site}/studio/pages/{page.pk}/edit/")
    editor.locator("#id_contact").fill("交通局客运处")
    with editor.expect_navigation():
        editor.locator("button[name=action-hand-in]").first.evaluate("button => button.click()")


def change_after_two_sign_offs(
    editor: Page, site: str, reader: Reader, call: Consultation, address: str, signers: tuple[User, User]
) -> None:
    """The editor changes a word; the Studio and the release name whose sign-offs fell with it."""
    edit_page(editor, site, call, "en", "summary", "Insurance, tax and ratings of all ride services.")
    for signer in signers:
        expect(editor.locator(".messages")).to_contain_text(str(signer))
    editor.goto(address)
    fell = editor.locator("section[aria-labelledby=reviews] details")
    expect(fell.locator("li")).to_have_count(2)
    for signer in signers:
        expect(fell).to_contain_text(str(signer))
    expect(fell).to_contain_text(reader.says("签字后有改动", "Changed after it was signed"))
    expect(editor.locator("main tbody .chip-ok")).to_have_count(0)
    reader.read(editor)


# --- the reviewers at the desk


def open_review(page: Page, site: str, reader: Reader, release: Release) -> None:
    """Come to the desk's gate, where what waits for oneself is shown first, and open it."""
    page.goto(f"{site}/desk/")
    page.locator(".desk-bar a[href='/desk/release/']").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    reader.read(page)
    page.locator(f"[data-row] a[href='/desk/release/{release.pk}/']").click()
    page.locator("#decide").wait_for()


def ask_to_redact(page: Page, site: str, reader: Reader, release: Release) -> None:
    """The openness reviewer finds a person's name in what would go out, and says by which law it has to go."""
    open_review(page, site, reader, release)
    expect(page.locator("main")).to_contain_text(f"SHA-256 {release.content_hash}")
    reader.read(page)
    page.locator("input[name=decision][value=redact]").check()
    page.locator("form[action*=decide] .btn-go").click()
    # Without a law and without words to the author there is no such decision.
    expect(page.locator(".errors li")).to_have_count(2)
    page.locator("#id_law").select_option("pipl25")
    page.locator("#id_comment").fill(REASON[reader.prefix])
    page.locator("form[action*=decide] .btn-go").click()
    page.locator(".banner-ok").wait_for()
    release.refresh_from_db()
    assert release.state == Release.State.RETURNED


def read_and_sign(page: Page, site: str, reader: Reader, release: Release) -> None:
    """Read the forms one after another, then sign all of them."""
    open_review(page, site, reader, release)
    first = page.locator("#form").inner_text()
    page.locator("#form a[rel=next], article a[rel=next]").first.click()
    expect(page.locator("#form")).not_to_have_text(first)
    walk.sign(page, f"{site}/desk/release/{release.pk}/")


def hand_on(page: Page, address: str, colleague: User) -> None:
    """Hand the review on to a colleague, who is named from then on."""
    page.goto(address)
    page.locator("#id_to").select_option(str(colleague.pk))
    page.locator("#id_note").fill("On leave this week")
    page.locator("form[action*=delegate] button").click()
    expect(page.locator(".banner-ok")).to_contain_text(str(colleague))
    expect(page.locator("section[aria-labelledby=reviews]")).to_contain_text(str(colleague))
    expect(page.locator("form[action*=decide]")).to_have_count(0)


# --- what the public reads


def is_read(stranger: Page, site: str, reader: Reader) -> bool:
    """Tell whether a stranger finds the call on its page, in the feed and by searching: in all of them or in none."""
    base = f"{site}/{reader.prefix}"
    title = reader.says("网络预约出租汽车服务规定", "Rules on ride services booked online")
    feed = title in stranger.request.get(f"{base}/c/feed.rss").text()
    stranger.goto(f"{base}/search/?q={reader.says('网络预约出租汽车', 'ride services')}")
    found = stranger.locator(f"main a[href='/{reader.prefix}/c/{SLUG}/']").count() > 0
    answer = stranger.goto(f"{base}/c/{SLUG}/")
    assert answer is not None
    opened = answer.status == 200
    if opened:
        expect(stranger.locator("h1")).to_contain_text(title)
        assert NAME not in stranger.content()
    assert {feed, found, opened} == {opened}
    return opened


# --- what cannot wait


def write_a_notice(editor: Page, site: str, reader: Reader) -> Item:
    """Write a notice in both languages for the page of notices."""
    editor.goto(f"{site}/desk/outbox/")
    editor.locator("form[action$='/begin/'] button").click()
    editor.wait_for_url(re.compile(r"/desk/outbox/items/\d+/"))
    for code, prefix, title in (("zh-hans", "zh", "北区进水"), ("en", "en", "Flood in the north")):
        editor.locator(f"[name='title_{code}']").fill(title)
        editor.locator(f"[name='summary_{code}']").fill(FLOOD[prefix])
    editor.locator("main form[action$='/'] .btn-go").first.click()
    for box in editor.locator("input[name=pairs]").all():
        box.check()
    editor.locator("form[action$='/channels/'] button, form:has(input[name=pairs]) button").first.click()
    expect(editor.locator("section:has(#versions) tbody tr")).to_have_count(2)
    reader.read(editor)
    return Item.objects.get()


def hand_in_an_emergency(editor: Page, reader: Reader, item: Item) -> None:
    """Say why the reviews cannot be waited for; without a reason of some length it is not taken."""
    editor.locator(f"a[href$='/hand-in/channel_item/{item.pk}/']").click()
    editor.locator("#id_is_emergency").check()
    editor.locator("main form .btn-go").click()
    expect(editor.locator(".errors li")).to_have_count(1)
    editor.locator("#id_emergency").fill(FLOOD[reader.prefix])
    editor.locator("main form .btn-go").click()
    editor.wait_for_url(re.compile(r"/desk/release/\d+/"))
    expect(editor.locator(".banner-warn")).to_contain_text(FLOOD[reader.prefix])
    expect(editor.locator("section[aria-labelledby=reviews] tbody tr")).to_have_count(1)
    reader.read(editor)


def make_up_for_it(editor: Page, head: Page, openness: Page, stranger: Page, site: str, reader: Reader) -> None:
    """One approver lets it go; the other reviews are owed, stand on the reviewers' desks, and one is made up for."""
    release = Release.objects.open().get(kind="channel_item")
    walk.sign(head, f"{site}/desk/release/{release.pk}/")
    delivery_tasks.hand_over_due()
    stranger.goto(f"{site}/{reader.prefix}/notices/")
    expect(stranger.locator("main")).to_contain_text(FLOOD[reader.prefix])
    editor.goto(f"{site}/desk/release/?view=owed")
    expect(editor.locator("[data-row]")).to_have_count(1)
    open_review(openness, site, reader, release)
    walk.sign(openness, f"{site}/desk/release/{release.pk}/")
    made_up = openness.locator("section[aria-labelledby=reviews] tbody tr", has_text=reader.says("事后", "afterwards"))
    expect(made_up).to_have_count(3)
    expect(made_up.locator(".chip-ok")).to_have_count(1)
    openness.goto(f"{site}/desk/release/audit/")
    expect(openness.locator("main")).to_contain_text(release.content_hash[:12])
    reader.read(openness)
