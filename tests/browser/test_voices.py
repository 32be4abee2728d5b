"""What scripts add around comments: agreeing without leaving the page, marking words."""

import pytest

from consultations.voices import tasks
from consultations.voices.models import AgreementTotal, Passage
from tests.consultations.factories import call, comment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "开放五天太少，周末也应当开放到晚上九点。"
MARK = """words => {
  const walker = document.createTreeWalker(document.querySelector("#art-2 .rule"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const place = node.data.indexOf(words);
    if (place < 0) continue;
    const range = document.createRange();
    range.setStart(node, place);
    range.setEnd(node, place + words.length);
    document.getSelection().removeAllRanges();
    document.getSelection().addRange(range);
  }
}"""


def test_one_press_agrees_and_the_reader_stays_on_the_page(live_server, open_page):
    consultation = call()
    sent, *_ = comment(consultation)
    page = open_page(f"{live_server.url}/zh/c/{consultation.slug}/comments/")
    page.locator('[data-behaviour="agree"]').click()
    page.locator('.voice [role="status"]').wait_for()
    assert page.url.endswith("/comments/")
    tasks.roll_up_agreements()
    assert AgreementTotal.objects.get(comment=sent).devices == 1


def test_without_a_script_the_same_press_takes_a_page_with_one_button(live_server, open_page):
    consultation = call()
    sent, *_ = comment(consultation)
    page = open_page(f"{live_server.url}/zh/c/{consultation.slug}/comments/", javascript=False, width=320)
    page.locator('[data-behaviour="agree"]').click()
    page.locator('[data-agree] button[value="agree"]').click()
    page.locator("[data-agreed]").wait_for()
    tasks.roll_up_agreements()
    assert AgreementTotal.objects.get(comment=sent).devices == 1


@pytest.mark.parametrize("width", [1280, 360])
def test_marked_words_are_what_the_comment_is_about(live_server, open_page, settings, width):
    settings.FASTEST_PERSON_SECONDS = 0
    consultation = call()
    page = open_page(f"{live_server.url}/zh/c/{consultation.slug}/draft/", width=width)
    assert page.locator(".mark-passage").count() == 0
    page.evaluate(MARK, "不少于五天")
    page.locator("#art-2 .mark-passage").click()
    page.locator("#comment blockquote").wait_for()
    assert page.locator("#comment blockquote").inner_text() == "不少于五天"
    page.locator('#comment input[value="change"]').check()
    page.locator("#comment #id_text").fill(WORDS)
    page.locator("#comment button.btn-go").click()
    page.locator(".check blockquote").wait_for()
    page.goto(f"{live_server.url}/zh/c/{consultation.slug}/mine/about/")
    page.locator("main form button.btn-go").click()
    page.locator("#send button.btn-go").click()
    page.wait_for_url("**/receipt/**")
    assert Passage.objects.get().exact == "不少于五天"
