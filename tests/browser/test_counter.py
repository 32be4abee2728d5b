"""The counter by keys alone, its slip on a telephone; an absence with its deputy; a case as one file."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from mailbox.models import Absence, Case
from tests.browser.looking import foreign_words, look
from tests.mailbox import factories
from tests.mailbox.factories import House, handed_in, house

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "社区食堂什么时候开门？老人要走很远才能吃上饭。"


@pytest.fixture
def place() -> House:
    return house()


def ready(page: Page) -> None:
    """Wait until the page listens to keys."""
    expect(page.locator("html[data-bound]")).to_have_count(1)


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for its script."""
    with page.expect_navigation():
        page.keyboard.press(key)
    ready(page)


def desk(page: Page, path: str) -> None:
    page.goto(page.url.partition("/desk/")[0] + path)
    ready(page)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_a_caller_is_keyed_in_by_keys_and_the_slip_opens_the_case(sign_in, open_page, place, language, width):
    page = sign_in(place.clerk, language=language, width=width)
    desk(page, "/desk/counter/")
    assert look(page) == [] and foreign_words(page) == []
    press(page, "1")
    assert look(page) == [] and foreign_words(page) == []
    # The first field has the focus: how it came. The telephone is one further down.
    page.keyboard.press("ArrowDown")
    press(page, "Control+Enter")
    expect(page.locator(".errors")).to_be_focused()
    assert look(page) == [] and foreign_words(page) == []
    page.locator("#id_text").focus()
    page.keyboard.type(WORDS)
    press(page, "Control+Enter")
    expect(page.get_by_text(WORDS)).to_be_visible()
    assert look(page) == [] and foreign_words(page) == []
    press(page, "y")
    assert look(page) == [] and foreign_words(page) == []
    case = Case.objects.get()
    assert case.submission.channel == "phone"
    code = page.locator(".receipt .code").inner_text()

    # What the QR code holds, on a telephone: the code is in its field, one press opens the case.
    slip = page.request.get(page.url + "slip.pdf")
    assert slip.headers["content-type"] == "application/pdf"
    prefix = "zh" if language == "zh-CN" else "en"
    address = page.url.partition("/desk/")[0]
    scanned = open_page(
        f"{address}/{prefix}/track/?reference={case.reference}#{code.replace('-', '')}", language=language, width=360
    )
    expect(scanned.locator("#id_code")).to_have_value(code)
    with scanned.expect_navigation():
        scanned.locator("#id_code").press("Enter")
    expect(scanned.get_by_text(WORDS).first).to_be_visible()

    press(page, "n")
    assert code not in page.content()
    desk(page, "/desk/counter/slip/")
    assert page.url.endswith("/desk/counter/")


def test_a_scan_goes_along_without_a_script(sign_in, place, tmp_path: Path):
    scan = tmp_path / "letter.txt"
    scan.write_text("一封纸质来信。", encoding="utf-8")
    page = sign_in(place.clerk, language="en-GB", javascript=False)
    page.goto(page.url.partition("/desk/")[0] + "/desk/counter/new/letter/")
    page.locator("input[name=way][value=post]").check()
    page.locator("#id_text").fill(WORDS)
    page.locator("#files").set_input_files(scan)
    page.get_by_role("button", name="Next: check").last.click()
    expect(page.get_by_text("letter.txt")).to_be_visible()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Registered")).to_be_visible()
    assert Case.objects.get().submission.attachments.get().name == "letter.txt"


def test_an_absence_is_noted_by_keys_and_its_deputy_approves(sign_in, place):
    deputy = factories.member(place.water, Role.APPROVER, first_name="Min", last_name="Zhao")
    made = factories.taken_on(place, now=timezone.now())
    handed_in(place, made, now=timezone.now(), chain=[place.approver.pk])
    page = sign_in(place.approver, language="en-GB")
    desk(page, "/desk/workload/")
    assert look(page) == [] and foreign_words(page) == []
    press(page, "c")
    assert look(page) == []
    today = timezone.localdate()
    page.locator("#id_first").fill(today.isoformat())
    page.locator("#id_last").fill((today + timedelta(days=2)).isoformat())
    page.locator("#id_deputy").select_option(label=str(deputy))
    page.locator("#away button").focus()
    press(page, "Enter")
    expect(page.locator(".planner .today")).to_contain_text(f"{deputy} stands in")
    assert look(page) == []
    assert Absence.objects.get().deputy == deputy
    press(page, "]")
    press(page, "[")

    other = sign_in(deputy, language="en-GB")
    desk(other, f"/desk/cases/{made.pk}/")
    button = other.locator("#steps [href$='/steps/approve/']")
    press(other, button.get_attribute("data-page-key"))
    press(other, "Control+Enter")
    expect(other.get_by_text(f"{deputy} in place of {place.approver}")).to_be_visible()
    assert look(other) == []


def test_a_case_is_taken_along_as_one_file_and_cases_are_given_on(sign_in, place):
    made = factories.taken_on(place, now=timezone.now())
    colleague = factories.member(place.water, Role.OFFICER, first_name="力", last_name="王")
    page = sign_in(place.officer, language="en-GB")
    desk(page, f"/desk/cases/{made.pk}/")
    with page.expect_download() as begun:
        page.get_by_role("button", name="Export the whole case (ZIP)").click()
    pack = zipfile.ZipFile(io.BytesIO(Path(begun.value.path()).read_bytes()))
    assert begun.value.suggested_filename.startswith(made.reference)
    assert json.loads(pack.read("manifest.json"))["reference"] == made.reference and pack.testzip() is None

    head = sign_in(place.approver, language="zh-CN")
    desk(head, f"/desk/workload/people/{place.officer.pk}/?unit={place.water.pk}")
    assert look(head) == [] and foreign_words(head) == []
    head.locator("[data-choose-all]").click()
    head.locator("#to").select_option(label=str(colleague))
    with head.expect_navigation():
        head.locator("#give .btn-go").click()
    made.refresh_from_db()
    assert made.owner == colleague
    for path in ("handovers/", "turned-away/"):
        desk(head, f"/desk/workload/{path}")
        assert look(head) == [] and foreign_words(head) == []
