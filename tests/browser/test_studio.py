"""The Studio in a real browser: its menu per role, no inline script anywhere, the draft desk for everybody."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser import looking

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.django_db]
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
DRAFT = """示范办法
第一章 总则
第一条 为了示范，制定本办法。
（一）甲；
（三）丙。
第二条 本办法自发布之日起施行。
"""
MENUS = {
    "administrator": {
        "zh": "征求意见 草案 政策解读 问卷 发布关口 宣传活动 内容保鲜 群发邮件 新闻稿 遮盖处理 页面 图片 文件 部门 "
        "日历与时限 人员 帮助与练习 设置 快捷键",
        "en": "Consultations Drafts Interpretations Questionnaires Release gate Campaigns Freshness Mailings Press "
        "releases Redaction Pages Images Documents Departments Calendars and clocks People Help and practice Settings "
        "Shortcuts",
    },
    "editor": {
        "zh": "征求意见 草案 政策解读 问卷 发布关口 宣传活动 内容保鲜 群发邮件 新闻稿 遮盖处理 页面 图片 文件 部门 "
        "日历与时限 帮助与练习 快捷键",
        "en": "Consultations Drafts Interpretations Questionnaires Release gate Campaigns Freshness Mailings Press "
        "releases Redaction Pages Images Documents Departments Calendars and clocks Help and practice Shortcuts",
    },
    "approver": {
        "zh": "发布关口 群发邮件 页面 帮助与练习 快捷键",
        "en": "Release gate Mailings Pages Help and practice Shortcuts",
    },
    "reviewer_legal": {
        "zh": "发布关口 遮盖处理 帮助与练习 快捷键",
        "en": "Release gate Redaction Help and practice Shortcuts",
    },
}


@pytest.fixture
def studio(demo_site, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Return studio(role, language="en", **options) -> the Studio's first page, signed in by the demo's door.

    A request of a page that fails is a fault of the page.
    """
    failed: list[str] = []

    def enter(role: str, language: str = "en", **options) -> Page:
        door = f"{demo_site.url}/{language}/accounts/demo/?next=/studio/"
        page = open_page(door, language=LOCALES[language], **options)

        def note(response: Response) -> None:
            if response.status >= 400 and response.request.resource_type != "document":
                failed.append(f"{response.status} {response.url} on {page.url}")

        page.on("response", note)
        page.locator(f"button[value={role}]").click()
        page.locator("[data-wagtail-sidebar] .sidebar-menu-item, .sidebar-main-menu").first.wait_for(state="attached")
        return page

    yield enter
    assert not failed, "\n".join(failed)


def visit(page: Page, path: str) -> None:
    """Open a page of the Studio and wait until its scripts have asked for all they want."""
    answer = page.goto(path)
    assert answer is not None and answer.status == 200, (path, answer and answer.status)
    assert page.url.split("?")[0].endswith(path.split("?")[0]), f"{path} leads to {page.url}"
    looking.settle(page)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", list(MENUS))
def test_the_menu_holds_what_the_role_works_with(studio, role, language):
    page = studio(role, language)
    top = page.locator(".sidebar-main-menu__list > li > :is(a, button)")
    expect(top.first).to_be_visible()
    assert " ".join(label.strip() for label in top.all_inner_texts()) == MENUS[role][language]


PAGES = [
    "/studio/",
    "/studio/pages/",
    "/studio/pages/search/",
    "/studio/images/",
    "/studio/images/add/",
    "/studio/documents/",
    "/studio/documents/multiple/add/",
    "/studio/snippets/consultations/consultation/",
    "/studio/snippets/consultations/consultation/add/",
    "/studio/snippets/consultations/change/",
    "/studio/snippets/consultations/change/add/",
    "/studio/snippets/pages/topic/",
    "/studio/drafts/",
    "/studio/drafts/import/",
    "/studio/questionnaires/",
    "/studio/questionnaires/new/",
    "/studio/questionnaires/import/",
    "/studio/departments/",
    "/studio/departments/new/",
    "/studio/department-members/",
    "/studio/department-members/new/",
    "/studio/calendar-days/",
    "/studio/calendar-days/new/",
    "/studio/calendar-years/",
    "/studio/clock-profiles/",
    "/studio/users/",
    "/studio/users/new/",
    "/studio/account/",
    "/studio/redirects/",
    "/studio/redirects/add/",
    "/studio/collections/",
    "/studio/collections/add/",
    "/studio/sites/",
    "/studio/workflows/list/",
    "/studio/workflows/add/",
    "/studio/reports/site-history/",
]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_runs_under_the_policy(demo_site, studio, language):
    """What the policy stops, an exception in a script and another host fail in `open_page`, a lost file in `studio`."""
    page = studio("administrator", language)
    for path in PAGES:
        visit(page, demo_site.url + path)


def open_consultation_page(page: Page, site: str) -> None:
    """Walk down the tree of pages to the demo's first call, and edit it."""
    visit(page, f"{site}/studio/pages/")
    for title in ("Home", "Have your say"):
        with page.expect_navigation():
            page.get_by_role("link", name=f"Explore child pages of '{title}'").click()
        looking.settle(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Community elderly care rules (draft)", exact=True).first.click()
    looking.settle(page)
    expect(page).to_have_url(re.compile(r"/studio/pages/\d+/edit/"))


def test_a_consultation_page_is_edited_and_previewed(demo_site, studio):
    page = studio("editor")
    open_consultation_page(page, demo_site.url)
    chooser = page.locator("#id_consultation-chooser")
    expect(chooser.locator(".chooser__title")).to_have_text("Community elderly care rules (draft)")
    chooser.locator("button[aria-label=Actions]").click()
    page.locator("[data-chooser-action-choose]:visible").first.click()
    expect(page.locator(".modal-body")).to_contain_text("Charity fundraising disclosure rules")
    page.locator(".modal-body a", has_text="Charity fundraising").click()
    expect(chooser.locator(".chooser__title")).to_contain_text("Charity fundraising")
    page.get_by_role("button", name=re.compile("preview", re.IGNORECASE)).first.click()
    frame = page.frame_locator("iframe#w-preview-iframe, iframe[title=Preview]").first
    expect(frame.locator("h1")).to_contain_text("Community elderly care rules")


def test_blocks_and_pictures_are_put_into_a_text(demo_site, studio, tmp_path):
    page = studio("editor")
    open_consultation_page(page, demo_site.url)
    body = page.locator("#panel-child-content-body-content, [id^=panel-child-content-body]").first
    body.locator("button[aria-label*='Insert'], button.c-sf-add-button").last.click()
    page.get_by_role("option", name="Picture").click()
    page.locator("[data-contentpath] .image-chooser [data-chooser-action-choose]").last.click()
    expect(page.locator(".modal-content")).to_be_visible()


def test_dates_are_picked_from_a_calendar(demo_site, studio):
    page = studio("editor", "zh")
    visit(page, f"{demo_site.url}/studio/snippets/consultations/consultation/add/")
    page.locator("#id_opens_at").click()
    picker = page.locator(".xdsoft_datetimepicker:visible")
    picker.locator(".xdsoft_date:not(.xdsoft_disabled)").first.click()
    expect(page.locator("#id_opens_at")).to_have_value(re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d$"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_a_draft_goes_from_the_clipboard_to_the_public(demo_site, studio, language, width):
    page = studio("editor", language, width=width)
    faults: list[str] = []

    def look() -> None:
        looking.settle(page)
        faults.extend(looking.look(page))

    look()
    visit(page, f"{demo_site.url}/studio/drafts/")
    look()
    visit(page, f"{demo_site.url}/studio/drafts/import/")
    look()
    page.locator("form.draft-import button.button").click()
    expect(page).to_have_title(re.compile("^(错误：|Error: )"))
    look()
    page.locator("#id_text").fill(DRAFT)
    page.locator("form.draft-import button.button").click()
    expect(page.locator(".draft-tree")).to_contain_text("为了示范")
    look()
    text = page.locator("#id_text")
    text.fill(text.input_value().replace("（三）", "（二）"))
    page.locator(".draft-buttons button").first.click()
    expect(page.locator(".help-warning")).to_have_count(0)
    page.locator("button[name=keep]").click()
    page.wait_for_url("**/drafts/versions/*/")
    look()
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_first_page_says_what_waits(demo_site, studio, language):
    page = studio("editor", language)
    soon = {"zh": "快截止的征求意见", "en": "Calls that close soon"}[language]
    title = {"zh": "社区养老服务管理办法（征求意见稿）", "en": "Community elderly care rules (draft)"}[language]
    section = page.locator("section", has=page.get_by_role("heading", name=soon))
    section.get_by_role("link", name=title).click()
    expect(page.locator("#id_slug")).to_have_value("elderly-care")
    assert "Wagtail" not in page.title()
