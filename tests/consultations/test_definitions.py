"""Defined terms: found in real laws, and leading from an article to the one that defines them."""

import pytest
from django.test import Client

from consultations.drafts.definitions import Line, defined_terms, uses
from consultations.drafts.reader import parse_text
from consultations.footnotes import Footnote, pieces
from tests.consultations.factories import call
from tests.shared import shared_file

DEFINING = """社区图书馆管理办法（征求意见稿）

第一条　本办法所称社区图书馆，是指设在社区、向居民免费开放的图书馆。
社区图书馆由街道办理。
第二条　社区图书馆应当为读者证持有人（以下简称读者）提供服务。
社区图书馆不得收费。
第三条　读者可以在社区图书馆借书。
"""
ENGLISH = """Library rules

Article 1 Definitions
(1) “reader” means a person who holds a reader's card;
(2) “reading room” means a room of a library.
Article 2 Opening
A reading room is open to all readers.
The culture office (“the Office”) counts the visits.
Article 3 Report
The office reports each year.
"""


def lines_of(text: str, language: str) -> list[Line]:
    parsed = parse_text(text, language=language)
    found, article = [], ""
    for clause in parsed.clauses:
        article = clause.id if clause.level == "article" else article
        found.append(Line(article, clause.text))
    return found


def test_the_terms_of_the_charity_law_lead_to_their_articles():
    text = shared_file("data", "drafts", "zh-charity-v1-2016.txt").read_text("utf-8")
    terms = defined_terms(lines_of(text, "zh-hans"), "zh-hans")
    assert {
        "慈善活动": "art_3",
        "慈善组织": "art_8",
        "慈善募捐": "art_21",
        "慈善捐赠": "art_34",
        "慈善信托": "art_44",
        "慈善服务": "art_61",
    }.items() <= terms.items()


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("zh-hans", "本条例所称的政府信息，是指行政机关制作的信息。", {"政府信息"}),
        ("zh-hans", "对生活无着的流浪、乞讨人员（以下简称“流浪乞讨人员”）实行救助。", {"流浪乞讨人员"}),
        ("zh-hans", "本法所称人，是指自然人。", set()),
        ("zh-hans", "这是指导意见。", set()),
        ("en", "‘data’ means information in any form.", {"data"}),
        ("en", "In these Regulations “price”, in relation to goods, is low.", set()),
        ("en", 'The Library Council (the "Council") decides.', {"Council"}),
        ("en", "The authority (hereinafter referred to as “the Authority”) decides.", {"Authority"}),
    ],
)
def test_a_definition_is_what_says_so(language, text, expected):
    assert set(defined_terms([Line("art_1", text)], language)) == expected


def test_a_list_of_definitions_gives_each_item():
    lines = [
        Line("art_9", "本办法下列用语的含义："),
        Line("art_9", "读者，是指持有读者证的人。"),
        Line("art_9", "“外借”指把书带出图书馆。"),
        Line("art_10", "规则，是指别的。"),
    ]
    assert defined_terms(lines, "zh-hans") == {"读者": "art_9", "外借": "art_9"}


def test_a_term_with_two_definitions_leads_nowhere():
    lines = [Line("art_1", "“data” means one thing."), Line("art_2", "“data” means another.")]
    assert defined_terms(lines, "en") == {}


def test_the_first_use_in_an_article_leads_there_and_the_longer_term_counts():
    lines = [
        Line("art_1", "本法所称志愿服务，是指自愿提供的服务。"),
        Line("art_2", "本法所称志愿服务组织，是指非营利性组织。"),
        Line("art_3", "志愿服务组织开展志愿服务，志愿服务不收费。"),
    ]
    found = uses(lines, defined_terms(lines, "zh-hans"), "zh-hans")
    assert [(use.line, lines[use.line].text[use.start : use.end], use.article) for use in found] == [
        (2, "志愿服务组织", "art_2"),
        (2, "志愿服务", "art_1"),
    ]


def test_an_english_term_is_found_in_the_plural_and_in_any_case_but_not_inside_a_word():
    lines = [Line("a", "“reader” means somebody."), Line("b", "Readers read; a proofreader does too.")]
    (use,) = uses(lines, defined_terms(lines, "en"), "en")
    assert (use.line, use.start, use.end) == (1, 0, 6)


def test_words_footnotes_and_terms_give_the_text_back():
    text = "读者可以在图书馆借书。"
    notes = (Footnote(1, "1", "甲", 2), Footnote(2, "2", "乙", 7))
    found = list(pieces(text, notes, ((0, 2, "art-1"), (5, 8, "art-2"))))
    assert "".join(piece.words for piece in found) == text
    assert [(piece.words, piece.defined_in, piece.note.mark if piece.note else "") for piece in found] == [
        ("读者", "art-1", "1"),
        ("可以在", "", ""),
        ("图书馆", "art-2", "2"),
        ("借书。", "", ""),
    ]


@pytest.mark.django_db
def test_a_reader_gets_from_a_term_to_its_definition(client: Client):
    consultation = call(chinese=DEFINING, english=ENGLISH)
    page = client.get(f"/zh/c/{consultation.slug}/draft/").content.decode()
    assert '<a class="term" href="#art-1">社区图书馆</a>应当为' in page
    assert page.count('class="term"') == 3
    third = client.get(f"/zh/c/{consultation.slug}/art-3/").content.decode()
    assert '<a class="term" href="../art-2/">读者</a>可以在<a class="term" href="../art-1/">社区图书馆</a>借书' in third
    english = client.get(f"/en/c/{consultation.slug}/draft/").content.decode()
    assert (
        'A <a class="term" href="#art-1">reading room</a> is open to all <a class="term" href="#art-1">reader</a>s.'
        in english
    )
    assert 'The <a class="term" href="#art-2">office</a> reports' in english
