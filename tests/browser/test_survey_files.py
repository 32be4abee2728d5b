"""A photograph with an answer: given on a phone without scripts, or at a desk, and read by an administrator."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from engage.accounts.actors import Role
from surveys.models import AnswerFile, Response
from tests.browser.looking import foreign_words, look, settle
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import both, definition, page, question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STREET = definition(
    page(
        "street",
        question("hole", "photo", max_files=2, label=both("路坏在哪里？拍张照片。", "A photo of the hole?")),
        question("plan", "file", accept=[".pdf", ".txt"], label=both("还有什么材料？", "Do you have a paper?")),
        question("where", "text", required=True, label=both("在哪条路？", "Which road?")),
    ),
    title=both("路坏在哪里", "Broken roads"),
)
# Called the same in both languages.
ENDINGS = {"JPG", "PNG", "WEBP", "HEIC", "GIF", "TXT"}
STREET["pages"][0]["title"] = both("道路", "Roads")


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_a_photograph_is_given_kept_removed_sent_and_taken(
    live_server, open_page, sign_in, settings, tmp_path, language, width
):
    settings.FASTEST_PERSON_SECONDS = 0
    published(STREET, key="roads")
    prefix, narrow = ("zh" if language == "zh-CN" else "en"), width < 1000
    for name, colour in (("one.png", "red"), ("two.png", "blue")):
        Image.new("RGB", (60, 40), colour).save(tmp_path / name)
    (tmp_path / "song.txt").write_text("x" * 50, encoding="utf-8")
    sender = open_page(
        f"{live_server.url}/{prefix}/surveys/roads/", language=language, width=width, javascript=not narrow
    )

    def press(selector):
        with sender.expect_navigation():
            sender.locator(selector).first.click()

    press("main form .btn-go")
    camera, chosen = sender.locator("#q-hole-camera"), sender.locator("#q-hole-file")
    assert camera.get_attribute("capture") == "environment" and chosen.get_attribute("capture") is None
    chosen.set_input_files([tmp_path / "one.png", tmp_path / "two.png"])
    sender.locator("#q-plan-file").set_input_files(tmp_path / "one.png")
    press("main form .btn-go:visible")
    expect(sender.locator(".errors a")).to_have_count(2)
    expect(sender.locator("#q-hole li")).to_have_count(2)
    if not narrow:
        settle(sender)
        assert look(sender) == []
    assert sender.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert set(foreign_words(sender)) <= ENDINGS
    press("#q-hole li:first-of-type button")
    expect(sender.locator("#q-hole li")).to_have_count(1)
    sender.locator("#q-plan-file").set_input_files(tmp_path / "song.txt")
    press("#q-plan button[name=give]")
    expect(sender.locator("#q-plan li")).to_have_count(1)
    sender.locator("#q-where").fill("长安街")
    press("main form .btn-go:visible")
    expect(sender.locator("main dl")).to_contain_text("two.png")
    press("main form .btn-go")
    expect(sender).to_have_url(re.compile("/sent/"))
    assert Response.objects.get().answers == {"where": "长安街", "hole#files": 1, "plan#files": 1}

    reader = sign_in(Role.ADMINISTRATOR, language, width=width)
    reader.goto(f"{live_server.url}/desk/results/roads/given/")
    expect(reader.locator("main a[download]")).to_have_count(2)
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with reader.expect_download() as download:
        reader.locator(f"a[href$='{AnswerFile.objects.get(question='hole').stored}/']").click()
    assert Image.open(download.value.path()).size == (60, 40)
