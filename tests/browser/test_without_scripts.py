"""Everything a citizen does, with JavaScript switched off, on a phone, in both languages."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only]
OPEN, ANSWERED, SITE = "elderly-care", "charity-fundraising", "www.linhe-community.example.org"
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
WORDS = {
    "zh": "夜里也应当有人值班，独居老人摔倒了要有人来。",
    "en": "Somebody should be on call at night, too, for people who live alone and fall.",
}
CHANGED = {"zh": "夜里和周末都应当有人值班。", "en": "Somebody should be on call at night and at weekends."}
BEFORE = {"zh": "每周不少于一次", "en": "at least once a week"}
AFTER = {"zh": "每周不少于三次", "en": "at least three times a week"}


@pytest.fixture(params=["zh", "en"])
def language(request) -> str:
    return request.param


@pytest.fixture
def visit(demo_site, open_page: Callable[..., Page], language: str) -> Callable[[str], Page]:
    """Return visit(path): a page below the language's address, each time in a browser of its own, without scripts."""

    def visit(path: str) -> Page:
        address = f"{demo_site.url}/{language}/{path}"
        return open_page(address, language=LOCALES[language], javascript=False, width=360)

    return visit


def press(page: Page, selector: str) -> None:
    """Press the first button or link that there is, which opens another page, or the same one anew."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def below(page: Page, language: str, path: str) -> None:
    """Go to another address with the same cookies."""
    page.goto(f"{'/'.join(page.url.split('/')[:3])}/{language}/{path}")


def fill_comment(page: Page, words: str) -> None:
    page.locator("form#comment input[value=change]").check()
    page.locator("form#comment [name=text]").fill(words)


def test_reading_and_looking_for_something(visit, language):
    page = visit("")
    press(page, f"a[href*='/c/{OPEN}/']")
    expect(page.locator("h1")).to_be_visible()
    press(page, ".tabs a[href$='/draft/']")
    page.locator("#art-12 h3 a").click()
    expect(page.locator(".clause .rule").first).to_contain_text(BEFORE[language])
    press(page, "a[rel=next]")
    expect(page).to_have_url(re.compile("/art-13/"))
    below(page, language, f"c/{OPEN}/comments/?clause=art-12")
    assert page.locator(".voice").count() > 1
    page.locator("select[name=sort]").select_option("newest")
    press(page, "form.filter button")
    expect(page).to_have_url(re.compile("sort=newest"))
    expect(page.locator("select#clause")).to_have_value("art-12")
    below(page, language, "search/")
    page.locator("main input[type=search]").first.fill("食堂" if language == "zh" else "canteen")
    press(page, "main form button")
    assert page.locator("main .list li, main article").count() > 0
    below(page, language, "c/")
    expect(page.locator("main")).to_contain_text("社区养老" if language == "zh" else "Community elderly care")


def test_a_comment_from_the_text_to_its_withdrawal(visit, language, tmp_path):
    page = visit(f"c/{OPEN}/draft/")
    press(page, "#art-12 a.btn")
    # What is missing is said at the top, and at its field.
    press(page, "form#comment button.btn-go")
    expect(page.locator(".errors a").first).to_be_visible()
    fill_comment(page, WORDS[language])
    # Without scripts the suggested wording opens by itself, as every <details> does.
    suggested = page.locator("form#comment [name=suggested]")
    if not suggested.is_visible():
        page.locator("form#comment summary").click()
    suggested.fill(suggested.input_value().replace(BEFORE[language], AFTER[language]))
    press(page, "form#comment button.btn-go")
    # Words that were marked travel in the address: a link like that works without scripts, too.
    below(page, language, f"c/{OPEN}/art-13/comment/?from=0&to=8&v=1")
    quote = page.locator("form#comment blockquote").inner_text()
    assert len(quote.replace(" ", "")) == 8
    fill_comment(page, WORDS[language])
    press(page, "form#comment button.btn-go")
    below(page, language, f"c/{OPEN}/comment/")
    fill_comment(page, WORDS[language])
    page.locator("#id_confidential").check()
    press(page, "form#comment button.btn-go")
    expect(page.locator("dl.check > div")).to_have_count(3)
    expect(page.locator("dl.check blockquote")).to_have_text(quote)
    # One is taken out, one gets a file, one is changed.
    press(page, "dl.check > div:nth-child(3) button[name=remove]")
    expect(page.locator("dl.check > div")).to_have_count(2)
    press(page, "dl.check a[href*='/files/']")
    (tmp_path / "note.txt").write_text(WORDS[language], encoding="utf-8")
    page.locator("#file").set_input_files(tmp_path / "note.txt")
    press(page, "form:has(#file) button")
    expect(page.locator("main .list li")).to_have_count(1)
    press(page, "main a.btn-go")
    press(page, "dl.check > div:nth-child(2) a[href*='item=']")
    page.locator("form#comment [name=text]").fill(CHANGED[language])
    press(page, "form#comment button.btn-go")
    expect(page.locator("dl.check")).to_contain_text(CHANGED[language])
    press(page, "main a.btn-go")
    page.locator("#id_region").select_option(index=2)
    page.locator("#organisation summary").click()
    page.locator("#id_organisation").fill("Linhe Night Watch")
    press(page, "main form button.btn-go")
    expect(page.locator(".errors")).to_be_visible()
    page.locator("#id_organisation").fill("")
    page.locator("#id_email").fill("night@example.org")
    press(page, "main form button.btn-go")
    expect(page.locator("main")).to_contain_text("night@example.org")
    assert page.locator("dl.check ins").count() > 0
    page.wait_for_timeout(2_100)  # a person reads what is checked; faster is taken for a program
    press(page, "#send button.btn-go")
    expect(page).to_have_url(re.compile("/receipt/"))
    reference, code = page.locator(".receipt .ref").first.inner_text(), page.locator(".receipt .code").inner_text()
    with page.expect_download() as saved:
        page.locator("a[href$='receipt.pdf']").click()
    assert saved.value.path().read_bytes().startswith(b"%PDF-")
    # Elsewhere, with what was noted down.
    other = visit("track/")
    other.locator("#id_reference").fill(reference)
    other.locator("#id_code").fill(code)
    press(other, "main form button.btn-go")
    expect(other.locator("main .voice")).to_have_count(2)
    press(other, "main .voice a[href*='/comments/']")
    other.locator("[name=text]").fill(CHANGED[language] + WORDS[language])
    press(other, "main form button.btn-go")
    expect(other.locator("main .voice").first).to_contain_text(CHANGED[language] + WORDS[language])
    press(other, "a[href$='/withdraw/']")
    press(other, "main form button.btn-bad")
    expect(other.locator("main")).to_contain_text(reference)
    expect(other.locator("a[href$='/withdraw/']")).to_have_count(0)
    # Whoever lost the code has another one sent.
    below(other, language, "track/lost-code/")
    other.locator("main input:not([type=hidden])").first.fill(reference)
    press(other, "main form button.btn-go")
    expect(other.locator("h1")).to_be_visible()
    expect(other.locator(".errors")).to_have_count(0)


def test_agreeing_with_a_comment_and_reporting_one(visit, language):
    page = visit(f"c/{OPEN}/comments/")
    press(page, "[data-behaviour=agree]")
    press(page, "[data-agree] button[value=agree]")
    expect(page.locator("[data-agreed]")).to_be_visible()
    press(page, "[data-agree] button[value=take_back]")
    expect(page.locator("[data-agreed]")).to_have_count(0)
    below(page, language, f"c/{OPEN}/comments/")
    press(page, ".voice a[href$='/report/']")
    page.locator("#id_reason input").first.check()
    page.locator("#id_note").fill(WORDS[language])
    press(page, "main form button.btn-go")
    expect(page.locator("main [role=status]")).to_be_visible()
    below(page, language, f"c/{OPEN}/art-35/")
    expect(page.locator("main .reply").first).to_contain_text("“一般”")


def test_the_outcome_its_files_and_what_changed(visit, language):
    page = visit("answers/")
    press(page, f"a[href*='/c/{ANSWERED}/outcome/']")
    expect(page.locator("table.outcome del").first).to_be_visible()
    assert page.locator("table.outcome tbody").count() >= 8
    below(page, language, f"c/{ANSWERED}/draft/")
    press(page, f"a[href$='/c/{ANSWERED}/compare/']")
    expect(page.locator("article.compare")).to_have_count(3)
    press(page, ".tabs a[href*='view=inline']")
    expect(page.locator("article.compare ins")).not_to_have_count(0)
    below(page, language, f"c/{ANSWERED}/draft/")
    for name, begins in (("docx", b"PK"), ("pdf", b"%PDF-"), ("akn", b"<?xml"), ("html", b"<!")):
        with page.expect_download() as saved:
            page.locator(f"a[href$='/download/{name}/']").click()
        assert saved.value.path().read_bytes().startswith(begins), name
    below(page, language, "awaiting-outcome/")
    expect(page.locator("h1")).to_be_visible()


def test_following_the_forward_plan(visit, language):
    page = visit("plan/")
    page.locator("#topic").select_option("volunteering")
    press(page, "form.filter button")
    press(page, "a[href*='/plan/volunteer-insurance/']")
    press(page, "a[href$='/follow/']")
    press(page, "main form button.btn-go")
    expect(page.locator(".errors")).to_be_visible()
    page.locator("#id_email").fill("follower@example.org")
    press(page, "main form button.btn-go")
    expect(page.locator("main")).to_contain_text("follower@example.org")


def test_the_form_in_a_frame_of_another_site(visit, language):
    page = visit(f"embed/{OPEN}/?site={SITE}")
    press(page, "form button.btn-go")
    expect(page.locator(".errors")).to_be_visible()
    page.locator("input[value=support]").check()
    page.locator("#id_text").fill(WORDS[language])
    page.wait_for_timeout(2_100)  # faster is taken for a program
    press(page, "form button.btn-go")
    expect(page.locator(".receipt .ref").first).to_have_text(re.compile(r"C-\d{4}-\d{6}-[A-Z]"))
    assert page.context.cookies() == []


def test_the_language_is_changed_on_every_page(visit, language):
    other = {"zh": "en", "en": "zh"}[language]
    for path in ("", f"c/{OPEN}/draft/", f"c/{ANSWERED}/outcome/", "plan/", "answers/"):
        page = visit(path)
        press(page, f"header a[hreflang^={other}], header a[href='/{other}/{path}'], header form button")
        expect(page).to_have_url(re.compile(f"/{other}/{path}$"))
