"""What the walk from a draft to an outcome needs: the texts, 300 real statements, and the steps of each role."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from docx import Document
from playwright.sync_api import Page, expect

from tests.shared import shared_file

# The numbering jumps: the wizard has to say so, and the editor mends it before the text is kept.
CHINESE = """网络预约出租汽车服务规定（征求意见稿）
（某市交通局起草）

第一章 总则
第一条　目的
为了让乘客放心乘车、司机公平营业，制定本规定。
第二条　适用范围
本规定适用于在本市提供网络预约出租汽车服务的平台和司机。
第二章 服务
第三条　保险
平台应当为每次行程投保，每位乘客的保险金额不少于五十万元。
第四条　纳税
平台应当每季度向税务机关报送司机的收入。
第五条　评价
平台应当让乘客在行程结束后评价下列事项，评价保留三个月：
（一）服务态度；
（三）行车路线。
第六条　与出租汽车的关系
平台车辆不得在街上揽客。
第七条　施行
本规定自公布之日起三个月后施行。
"""
ENGLISH = """Rules on ride services booked online (draft)
(Drafted by the transport office)

Chapter 1 General
Article 1 Purpose
These rules let passengers travel safely and drivers compete fairly.
Article 2 Scope
These rules apply to platforms and drivers that offer rides booked online in the city.
Chapter 2 Service
Article 3 Insurance
The platform insures each ride for at least 500,000 yuan for each passenger.
Article 4 Tax
The platform reports the income of drivers to the tax office every quarter.
Article 5 Ratings
The platform lets passengers rate the following after a ride and keeps the ratings for three months:
(1) how they were treated;
(2) the way that was taken.
Article 6 Taxis
Vehicles of a platform do not pick up passengers in the street.
Article 7 Beginning
These rules take effect three months after they are published.
"""
MENDED = CHINESE.replace("（三）行车路线", "（二）行车路线")
CHINESE_AFTER = MENDED.replace("不少于五十万元", "不少于一百万元").replace("评价保留三个月", "评价公开并保留一年")
ENGLISH_AFTER = ENGLISH.replace("at least 500,000 yuan", "at least 1,000,000 yuan").replace(
    "and keeps the ratings for three months", "publishes the ratings and keeps them for a year"
)


PAGES = {
    "zh-hans": {
        "summary": "网约车的保险、纳税、评价怎么定。",
        "affected": "乘客\n司机和平台",
        "how_decided": "每条意见都编码、讨论，处理结果逐条公布。",
        "contact": "交通局客运处",
    },
    "en": {
        "summary": "Insurance, tax and ratings of ride services.",
        "affected": "Passengers\nDrivers and platforms",
        "how_decided": "Each comment is coded and discussed; what became of it is published.",
        "contact": "Transport office, passenger section",
    },
}
BACKGROUND = {
    "zh-hans": "本市的网约车越来越多，保险和评价还没有统一的规定。",
    "en": "More and more rides are booked online, and insurance and ratings have no common rule yet.",
}


@dataclass(frozen=True)
class Topic:
    """What the coders take a statement to be about: theme, article, words that tell it, and what is decided."""

    zh: str
    en: str
    key: str
    words: tuple[str, ...]
    disposition: str
    reason_code: str = ""


TOPICS = (
    Topic("保险和安全", "Insurance and safety", "art_3", ("保險", "保险", "安全"), "adopted"),
    Topic("报税", "Tax", "art_4", ("稅",), "covered"),
    Topic("评价和品质", "Ratings and quality", "art_5", ("評價", "品質", "評分"), "in_part", "not_feasible"),
    Topic("出租汽车的处境", "The taxi trade", "art_6", ("計程車", "小黃", "司機"), "not_adopted", "conflict"),
    Topic("最低工资", "Minimum wage", "", ("wage", "$15", "15/h", "worker", "business"), "out_of_scope"),
    Topic("选举办法", "How elections work", "", ("vot", "elect", "party", "propor", "candidat"), "out_of_scope"),
)
OTHER = Topic("其他想法", "Other thoughts", "", (), "not_adopted", "unclear")


def topic_of(text: str) -> Topic:
    """Return the first topic whose words are in a statement; a person reads more, but not differently every time."""
    small = text.lower()
    return next((topic for topic in TOPICS if any(word in small for word in topic.words)), OTHER)


def statements(n: int = 300) -> list[tuple[str, str]]:
    """Return (language, words) of real people's statements, each once, without those that their site took down."""
    found: dict[str, str] = {}
    for conversation, language in (
        ("vtaiwan.uberx", "zh-hans"),
        ("canadian-electoral-reform", "en"),
        ("15-per-hour-seattle", "en"),
    ):
        written = shared_file("data", "opinion", conversation, "comments.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(io.StringIO(written)):
            text = row["comment-body"].strip()
            if row["moderated"] != "-1" and text:
                found.setdefault(text, language)
    assert len(found) >= n
    return [(language, text) for text, language in list(found.items())[:n]]


def as_word_file(text: str) -> bytes:
    """Return a text as somebody's word processor saves it."""
    document = Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def local(moment) -> str:
    """Write a moment as the Studio's date fields read it."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


# --- the editor in the Studio


def make_call(page: Page, site: str, *, slug: str, department: int, opens, closes) -> None:
    """Make a call for comments."""
    page.goto(f"{site}/studio/snippets/consultations/consultation/add/")
    page.locator("#id_slug").fill(slug)
    page.locator("#id_department").select_option(str(department))
    page.locator("#id_opens_at").fill(local(opens))
    page.locator("#id_closes_at").fill(local(closes))
    page.locator("#id_moderation").select_option("post")
    page.locator("main form footer button[type=submit], main form button[type=submit].action-save").first.click()
    page.wait_for_url("**/consultations/consultation/")


def import_text(page: Page, site: str, address: str, text: str, *, mended: str = "", as_file: bool = False) -> None:
    """Take a text through the wizard: source, tree with doubts, kept."""
    page.goto(f"{site}{address}")
    if as_file:
        page.locator("#id_file").set_input_files(
            {
                "name": "draft.docx",
                "mimeType": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "buffer": as_word_file(text),
            }
        )
    else:
        page.locator("#id_text").fill(text)
    page.locator("form.draft-import button.button").click()
    page.locator(".draft-tree").wait_for()
    if mended:
        expect(page.locator(".help-warning")).to_be_visible()
        typed = page.locator("#id_text")
        for wrong, right in zip(text.splitlines(), mended.splitlines(), strict=True):
            if wrong != right:
                typed.fill(typed.input_value().replace(wrong, right))
        page.locator(".draft-buttons button").first.click()
    expect(page.locator(".help-warning")).to_have_count(0)
    page.locator("button[name=keep]").click()
    page.wait_for_url("**/drafts/versions/*/")


def write_page(page: Page, version_url: str, language: str, **words: str) -> None:
    """Make the page of the call in one language from its text, write it and keep it."""
    page.goto(version_url)
    page.locator(f"form[action$='/page/{language}/'] button, form[action*='{language}'] button").first.click()
    page.wait_for_url("**/edit/")
    for name, value in words.items():
        page.locator(f"#id_{name}").fill(value)
    with page.expect_navigation():
        page.locator("button.action-save[type=submit]").first.evaluate("button => button.click()")


# --- the release gate


def hand_in(page: Page, site: str, pk: int, kind: str = "call") -> str:
    """Hand a call, or something of another kind, in for release; returns the address where it is reviewed."""
    page.goto(f"{site}/desk/release/hand-in/{kind}/{pk}/")
    page.locator("main form .btn-go").click()
    page.wait_for_url(re.compile(r"/desk/release/\d+/"))
    return page.url.partition("?")[0]


def sign(page: Page, address: str) -> None:
    """Let a release go as far as one reviewer is concerned."""
    page.goto(address)
    page.locator("input[name=decision][value=open]").check()
    page.locator("#id_read").check()
    page.locator("form[action*=decide] .btn-go").click()
    page.locator(".banner-ok").wait_for()


# --- the coders at the desk


def ready(page: Page) -> None:
    """Wait until the coding desk's scripts are there."""
    page.locator("html[data-bound]").wait_for(state="attached")


def press(page: Page, key: str) -> None:
    """Press a key that leads on."""
    with page.expect_navigation():
        page.keyboard.press(key)
    ready(page)


def code_by_keys(page: Page, n: int) -> list[int]:
    """Read the next comments and give each its theme by the keyboard alone; returns which comments."""
    done = []
    for _number in range(n):
        done.append(int(page.locator("input[name=comment]").get_attribute("value") or 0))
        topic = topic_of(page.locator("[data-text]").inner_text())
        button = page.locator(".tree button", has=page.get_by_text(topic.zh, exact=True))
        if button.count():
            press(page, button.get_attribute("data-page-key") or "")
        else:
            page.keyboard.press("n")
            page.keyboard.type(topic.zh)
            press(page, "Enter")
        press(page, "f")
    return done


def code_many(page: Page, desk: str, theme: str, **choice: str) -> None:
    """Give one theme to everything that a filter shows and that is not coded yet."""
    page.goto(f"{desk}bulk/?" + "&".join(f"{name}={value}" for name, value in choice.items()))
    if page.locator("#bulk-theme").count() == 0:
        return
    label = page.locator("#bulk-theme option", has_text=theme)
    page.locator("#bulk-theme").select_option(label.get_attribute("value"))
    page.locator("section[aria-labelledby=chosen] form button.btn-go").click()
    expect(page.locator("[data-behaviour=coding-progress]")).to_have_attribute("data-running", "no")


def decide(page: Page, address: str, topic: Topic) -> None:
    """Decide about a theme or a point, with the reason in both languages."""
    page.goto(address)
    page.locator(f"input[name=disposition][value={topic.disposition}]").check()
    page.locator("#id_reason_code").select_option(topic.reason_code)
    page.locator("#id_reason_zh").fill(f"理由：{topic.zh}。")
    page.locator("#id_reason_en").fill(f"Reason: {topic.en}.")
    if topic.disposition == "out_of_scope":
        page.locator("#id_forwarded_zh").fill("人大常委会")
        page.locator("#id_forwarded_en").fill("the standing committee")
    page.locator("form button.btn-go").click()
    page.wait_for_url("**/decisions/")


def cohen(pairs: Iterable[tuple[bool, bool]]) -> float:
    """Return Cohen's kappa of two coders' yes and no, counted anew."""
    rows = list(pairs)
    n = len(rows)
    observed = sum(one == two for one, two in rows) / n
    first, second = (sum(row[place] for row in rows) / n for place in (0, 1))
    expected = first * second + (1 - first) * (1 - second)
    return (observed - expected) / (1 - expected)
