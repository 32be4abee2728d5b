"""Journey J9: an editor makes a questionnaire, it is released, people answer it, and everybody sees what came of it.

One answers without scripts on a phone, stops, and goes on with the code on another device in the other language.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyreadstat
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from engage.accounts.actors import ANYONE, Role
from surveys import queries
from surveys.answering import actions as answering
from surveys.answering import sheets
from surveys.definition.respondents import random_respondent
from surveys.models import Questionnaire, Response, SavedResponse, Version
from tests.browser import outcome_walk as walk
from tests.browser.looking import foreign_words, look, settle
from tests.publishing.signing import sign_newest
from tests.surveys.answering.builders import department

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEY = "parks-2026"
OTHERS = 40
TITLE = {"zh": "公园怎么开放", "en": "How parks are open"}
PAGES = (("去公园", "Visits"), ("你的愿望", "Your wishes"))
WHY = {"zh": "我们想知道公园几点开门最合适。", "en": "We want to know when parks should open."}
THANKS = {"zh": "谢谢，结果年底公布。", "en": "Thank you. The results come at the end of the year."}
OFTEN = ("你多久去一次公园？", "How often do you go to a park?")
WHY_NOT = ("为什么不去？", "Why not?")
LIKES = ("你喜欢公园里的什么？", "What do you like in parks?")
STATE = ("下面这些怎么样？", "How are these?")
HOURS = ("公园每天应当开放几小时？", "How many hours a day should parks be open?")
WISH = ("还有什么想说的？", "What else do you want to say?")
OPTIONS = {
    "often": "weekly | 每周 | Every week\nmonthly | 每月 | Every month\nnever | 从不 | Never",
    "likes": "trees | 树 | Trees\nwater | 水面 | Water\nnone | 都不喜欢 | None of these | {alone}",
    "state": "good | 好 | Good\nbad | 不好 | Bad",
    "rows": "paths | 小路 | Paths\nlamps | 路灯 | Lamps",
}
ALONE = {"zh": "独选", "en": "alone"}
SAID = {"zh": "夜里请留一盏灯。", "en": "Leave one lamp on at night."}


@dataclass
class Reader:
    """In which language somebody works; what is wrong on the screens they saw, `axe`: for axe, too."""

    language: str
    axe: bool
    wrong: list[str] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        return "zh" if self.language == "zh-CN" else "en"

    @property
    def place(self) -> int:
        """Where the words of this language stand in a pair."""
        return ("zh", "en").index(self.prefix)

    def read(self, page: Page, *, axe: bool = False) -> None:
        """Note the words of the other language on a screen, and what axe finds."""
        if words := foreign_words(page):
            self.wrong.append(f"{page.url}: {words}")
        if axe and self.axe:
            self.wrong += look(page)

    def look(self, page: Page) -> None:
        """Note what axe finds in the Studio, whose screens have names of properties: there no word is foreign."""
        if self.axe:
            settle(page)
            self.wrong += look(page)


# --- the editor -----------------------------------------------------------------------------------------------------


def begin(page: Page, site: str, reader: Reader) -> None:
    """Begin the questionnaire; what is missing is said first."""
    page.goto(f"{site}/studio/questionnaires/")
    page.locator("a[href$='/questionnaires/new/']").first.click()
    page.wait_for_url("**/new/")
    page.locator("form.draft-import button.button").click()
    expect(page.locator("#problems")).to_be_visible()
    for name, words in (("title_zh", TITLE["zh"]), ("title_en", TITLE["en"]), ("key", KEY)):
        page.locator(f"[name={name}]").fill(words)
    page.locator("[name=department]").select_option(str(department().pk))
    page.locator("form.draft-import button.button").click()
    page.wait_for_url(re.compile(r"/questionnaires/versions/\d+/$"))


def side_by_side(page: Page, name: str, words: tuple[str, str]) -> None:
    for language, said in zip(("zh-hans", "en"), words, strict=True):
        page.locator(f"[name='{name}:{language}']").fill(said)


def save(page: Page) -> None:
    with page.expect_navigation():
        page.locator("form.draft-import button.button").click()
    assert page.locator("#problems").all_inner_texts() == []
    page.wait_for_url(re.compile(r"/questionnaires/versions/\d+/(#.*)?$"))


def add(page: Page, place: str, kind: str, name: str, label: tuple[str, str], **given: str) -> None:
    """Add a question at the end of a page."""
    chosen = page.locator(f"form:has(input[name=page][value={place}])")
    chosen.locator("select[name=type]").select_option(kind)
    chosen.locator("button").click()
    page.wait_for_url("**/add/?**")
    page.locator("[name=name]").fill(name)
    side_by_side(page, "label", label)
    for field_name, value in given.items():
        at = page.locator(f"[name={field_name}]")
        if field_name == "required":
            at.select_option(value)
        else:
            at.fill(value)
    save(page)


def write_questions(page: Page, reader: Reader) -> None:
    """Two pages and six questions in both languages; one English label comes later."""
    page.locator("section#page-page1 h2 a").click()
    side_by_side(page, "title", PAGES[0])
    save(page)
    outline = page.url.partition("#")[0]
    page.locator("a[href$='/add/?type=page']").click()
    page.locator("[name=name]").fill("wishes")
    side_by_side(page, "title", PAGES[1])
    save(page)
    add(page, "page1", "single", "often", OFTEN, options=OPTIONS["often"], required="yes")
    add(page, "page1", "text", "why_not", WHY_NOT, relevant="${often} = 'never'")
    likes = OPTIONS["likes"].format(alone=ALONE[reader.prefix])
    add(page, "wishes", "multiple", "likes", LIKES, options=likes)
    add(page, "wishes", "matrix", "state", STATE, options=OPTIONS["state"], rows=OPTIONS["rows"])
    add(page, "wishes", "number", "hours", HOURS, minimum="0", maximum="24")
    add(page, "wishes", "long_text", "wish", (WISH[0], ""))
    page.goto(outline)
    reader.look(page)
    page.locator("#item-often a").first.click()
    reader.look(page)
    page.goto(f"{outline}settings/")
    side_by_side(page, "introduction", (WHY["zh"], WHY["en"]))
    side_by_side(page, "closing", (THANKS["zh"], THANKS["en"]))
    reader.look(page)
    save(page)


def check_and_try(page: Page, outline: str, reader: Reader) -> None:
    """The checks find the words that are missing; 200 respondents walk through; the preview stands in two sizes."""
    page.goto(f"{outline}checks/")
    missing = page.locator(".survey-findings a[href*='/item/wish/']")
    expect(missing).to_have_count(1)
    reader.look(page)
    missing.click()
    page.locator("[name='label:en']").fill(WISH[1])
    save(page)
    page.goto(f"{outline}checks/")
    expect(page.locator(".survey-findings")).to_have_count(0)
    page.goto(f"{outline}test/")
    page.locator("main form button.button").click()
    expect(page.locator("#walked")).to_contain_text("200")
    reader.look(page)
    page.goto(f"{outline}preview/{('zh-hans', 'en')[reader.place]}/")
    for name in ("phone", "desk"):
        expect(page.frame_locator(f"iframe.survey-{name}").locator("legend")).to_contain_text(OFTEN[reader.place])


# --- the respondents ------------------------------------------------------------------------------------------------


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def answer_and_stop(page: Page, reader: Reader) -> str:
    """Begin, forget the needed answer, answer the first page, write something and stop; returns the code."""
    reader.read(page)
    press(page, "main form .btn-go")
    expect(page.locator("legend")).to_contain_text(OFTEN[reader.place])
    press(page, "main form .btn-go")
    expect(page.locator(".errors a")).to_have_attribute("href", "#q-often")
    reader.read(page)
    page.locator("input[value=never]").check()
    press(page, "main form .btn-go")
    page.locator("[name='q:why_not']").fill("=1+1")
    press(page, "main form .btn-go")
    reader.read(page)
    page.locator("input[value=trees]").check()
    page.locator("[name='q:wish']").fill(SAID["zh"])
    press(page, "button[value=aside]")
    reader.read(page)
    return page.locator(".savecode").inner_text()


def resume_and_send(page: Page, code: str, reader: Reader) -> str:
    """Go on with the code, finish, check and send; returns the reference of the receipt."""
    reader.read(page)
    page.locator("#id_code").fill("7KQM-3XHD-9RWA")
    press(page, "main form .btn-go")
    expect(page.locator(".errors")).to_be_visible()
    page.locator("#id_code").fill(f" {code.lower()} ")
    press(page, "main form .btn-go")
    expect(page.locator("input[value=trees]")).to_be_checked()
    expect(page.locator("[name='q:wish']")).to_have_value(SAID["zh"])
    page.locator("input[name='q:state:lamps'][value=bad]").check()
    page.locator("[name='q:hours']").fill("18")
    press(page, "main form .btn-go")
    return check_and_send(page, reader)


def check_and_send(page: Page, reader: Reader, *, axe: bool = False) -> str:
    page.wait_for_url("**/check/")
    reader.read(page, axe=axe)
    press(page, "main form .btn-go")
    page.wait_for_url("**/sent/")
    expect(page.locator("main")).to_contain_text(THANKS[reader.prefix])
    reader.read(page, axe=axe)
    return page.locator(".ref").first.inner_text()


def answer_at_once(page: Page, reader: Reader) -> None:
    """Answer everything in one go, with scripts on a desk, and look at every screen."""
    reader.read(page, axe=True)
    press(page, "main form .btn-go")
    reader.read(page, axe=True)
    page.locator("input[value=weekly]").check()
    press(page, "main form .btn-go")
    reader.read(page)
    page.locator("[name='q:hours']").fill("30")
    press(page, "main form .btn-go")
    expect(page.locator(".errors")).to_be_focused()
    reader.read(page, axe=True)
    page.locator("[name='q:hours']").fill("14")
    page.locator("input[name='q:state:paths'][value=good]").check()
    press(page, "main form .btn-go")
    check_and_send(page, reader, axe=True)


def others_answer(n: int) -> None:
    """Let made-up people answer, as the test run does."""
    now = timezone.now()
    for number in range(n):
        language = ("zh-hans", "en")[number % 2]
        shown = queries.published(KEY, language=language, actor=ANYONE, now=now)
        sheet = sheets.find(answering.begin(shown, language=language, now=now), language=language, now=now)
        walked = random_respondent(shown.runtime, replace(sheet.sitting(now), seed=f"person {number}"))
        sheet.filled.answers = walked.answers
        answering.submit(sheet, language=language, now=now, actor=ANYONE)


# --- the results ----------------------------------------------------------------------------------------------------


def read_results(page: Page, reader: Reader) -> None:
    """From the questionnaire, which is closed, to its results: they say what the rows say, and no text."""
    reader.read(page, axe=True)
    press(page, f"main a[href$='/surveys/{KEY}/results/']")
    weekly = ("每周", "Every week")[reader.place]
    counted = Response.objects.filter(answers__often="weekly").count()
    table = page.locator("section", has=page.get_by_role("heading", name=OFTEN[reader.place])).locator("details")
    table.locator("summary").click()
    expect(table.locator("tr", has_text=weekly).locator("td").first).to_have_text(str(counted))
    expect(page.locator("main")).not_to_contain_text(SAID["zh"])
    reader.read(page, axe=True)


def take_the_file(page: Page, site: str, folder: Path, reader: Reader) -> None:
    """An analyst takes the file for SPSS; read back it is the rows."""
    page.goto(f"{site}/desk/results/")
    reader.read(page)
    page.locator("main .list a").first.click()
    page.wait_for_url(f"**/results/{KEY}/")
    reader.read(page, axe=True)
    with page.expect_download() as download:
        page.locator("a[href$='/files/sav/']").click()
    path = folder / "answers.sav"
    download.value.save_as(path)
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    rows = list(Response.objects.order_by("pk").values_list("answers", flat=True))
    values = {name: [line.split(" | ")[0] for line in OPTIONS[name].splitlines()] for name in ("often", "state")}

    def codes(answers: list[str | None], of: str) -> list[float]:
        return [np.nan if answer is None else values[of].index(answer) for answer in answers]

    wanted = {
        "often": codes([row["often"] for row in rows], "often"),
        "hours": [row.get("hours", np.nan) for row in rows],
        "state.lamps": codes([row.get("state", {}).get("lamps") for row in rows], "state"),
        "likes.trees": [float("trees" in row["likes"]) if "likes" in row else np.nan for row in rows],
    }
    for name, column in wanted.items():
        assert np.array_equal(frame[name].to_numpy(float), np.array(column, float), equal_nan=True), name
    for name in ("why_not", "wish"):
        assert frame[name].tolist() == [row.get(name, "") for row in rows]
    assert SAID["zh"] in frame["wish"].tolist() and "=1+1" in frame["why_not"].tolist()
    assert meta.variable_value_labels["often"][0] in ("每周", "Every week")


@pytest.mark.parametrize(("language", "second"), [("zh-CN", "en-GB"), ("en-GB", "zh-CN")])
def test_a_questionnaire_goes_from_its_first_question_to_its_results(
    live_server, open_page, sign_in, settings, clock, tmp_path, language, second
):
    settings.FASTEST_PERSON_SECONDS = settings.PAGE_CACHE_SECONDS = 0
    site, reader, other = live_server.url, Reader(language, axe=language == "zh-CN"), Reader(second, axe=False)
    department()
    editor = sign_in(Role.EDITOR, language)
    begin(editor, site, reader)
    outline = editor.url
    write_questions(editor, reader)
    check_and_try(editor, outline, reader)

    version = Version.objects.get()
    stranger = open_page(f"{site}/{reader.prefix}/surveys/", language=language, width=360, javascript=False)
    assert stranger.goto(f"{site}/{reader.prefix}/surveys/{KEY}/").status == 404
    walk.hand_in(editor, site, version.pk, "questionnaire")
    reader.read(editor)
    sign_newest("questionnaire")
    version.refresh_from_db()
    assert version.state == Version.State.PUBLISHED

    stranger.goto(f"{site}/{reader.prefix}/surveys/")
    reader.read(stranger)
    stranger.locator(f"main a[href$='/surveys/{KEY}/']").click()
    code = answer_and_stop(stranger, reader)
    assert SAID["zh"] not in json.dumps(SavedResponse.objects.get().sealed, ensure_ascii=False)
    device = open_page(f"{site}/{other.prefix}/surveys/continue/", language=second, width=1280)
    reference = resume_and_send(device, code, other)
    sent = Response.objects.get()
    assert sent.submission.reference == reference
    assert sent.answers == {
        "often": "never",
        "why_not": "=1+1",
        "likes": ["trees"],
        "state": {"lamps": "bad"},
        "hours": 18,
        "wish": SAID["zh"],
    }
    assert not SavedResponse.objects.exists()
    answer_at_once(open_page(f"{site}/{reader.prefix}/surveys/{KEY}/", language=language), reader)
    others_answer(OTHERS)
    assert Response.objects.count() == OTHERS + 2

    closes = timezone.now() + timedelta(minutes=5)
    Questionnaire.objects.update(closes_at=closes)
    early = open_page(f"{site}/{reader.prefix}/surveys/{KEY}/results/", language=language)
    expect(early.locator("main .empty")).to_be_visible()
    clock.go_to(closes + timedelta(minutes=1))
    read_results(open_page(f"{site}/{reader.prefix}/surveys/{KEY}/", language=language), reader)
    take_the_file(sign_in(Role.ANALYST, language), site, tmp_path, reader)
    assert not reader.wrong + other.wrong, "\n".join(reader.wrong + other.wrong)
