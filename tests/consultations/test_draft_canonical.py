"""A draft written as canonical text and read again is the same draft."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.drafts import ParsedDraft, parse_file, parse_text
from consultations.drafts.builder import TreeBuilder
from consultations.drafts.canonical import to_text
from consultations.drafts.labels import CHINESE, ENGLISH, label
from consultations.drafts.numerals import to_letters, to_roman
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only

# Words that try to look like marks, headings, notes and escapes as well as ordinary sentences.
TRICKY = {
    CHINESE: [
        "为了规范志愿服务，制定本法。", "上门服务", "第三条规定的期限", "第五条　甲", "（一）甲；", "1.乙", "附件一",
        "附则", "目录", "\\反斜线", "[chapter] 丙", "# 井号", "（2020年1月1日通过）", "一、丁", "“引文”", "第一章 总则",
        "序言", "，", "甲 乙", "下列情形：",
    ],
    ENGLISH: [
        "The authority shall decide within twenty days.", "Home visits", "Section 5 does not apply.", "Article 7 Scope",
        "(a) a point;", "1. one", "12 Heading", "Schedule 1", "Contents", "\\backslash", "[section] words", "# sign",
        "(Text with EEA relevance)", "“quoted”", "PART 2", "Whereas:", "the following:", "i. first",
        "Done at Brussels, 1 May 2030.", "of 27 April 2030", "A. Smith",
    ],
}  # fmt: skip
HEADINGS = {
    CHINESE: ["总则", "上门服务", "附则", "定义、范围"],
    ENGLISH: ["Scope", "Home visits", "Definitions and scope", "GENERAL"],
}


def words(language):
    alphabet = "的应当部门决定一二三甲乙，。；：、（）“”" if language == CHINESE else "abc XYZ,.;:()-'12"
    free = st.text(alphabet, min_size=1, max_size=24).map(str.strip).filter(bool)
    return st.one_of(st.sampled_from(TRICKY[language]), free)


def headings(language):
    return st.one_of(st.just(""), st.sampled_from(HEADINGS[language]))


@st.composite
def drafts(draw, language):
    """Draw a tree as the reader builds them: paragraphs in articles, items in paragraphs, sub-items in items."""
    builder = TreeBuilder(language)
    text = words(language)
    for _ in range(draw(st.integers(0, 2))):
        builder.add_loose("preamble", "", label="", line=0, text=draw(text))
    parts, chapters, article = draw(st.integers(0, 2)), draw(st.integers(0, 2)), 0
    for part in range(max(parts, 1)):
        if parts:
            _heading(draw, builder, language, "part", part + 1)
        for chapter in range(max(chapters, 1)):
            if chapters:
                _heading(draw, builder, language, "chapter", chapter + 1)
            for _ in range(draw(st.integers(1, 3))):
                article += 1
                _article(draw, builder, language, article, text)
    if draw(st.booleans()):
        builder.close_all()
        _heading(draw, builder, language, "annex", 1)
        for number in range(draw(st.integers(0, 2))):
            builder.add("paragraph", str(number + 1), label="", line=0, text=draw(text))
    return builder.draft(title=draw(st.one_of(st.just(""), text)), note=draw(st.one_of(st.just(""), text)))


def _heading(draw, builder, language, level, number):
    heading = draw(headings(language))
    builder.add(level, str(number), label=label(level, str(number), language), line=0, heading=heading)


def _article(draw, builder, language, number, text):
    inserted = draw(st.sampled_from(["", ".1"] if language == CHINESE else ["", "A"]))
    for suffix in ["", inserted] if inserted else [""]:
        builder.add("article", f"{number}{suffix}", label="x", line=0, heading=draw(headings(language)))
        numbered = language == ENGLISH and draw(st.booleans())
        for paragraph in range(draw(st.integers(1, 3))):
            place = str(paragraph + 1)
            builder.add("paragraph", place, label="x" if numbered else "", line=0, text=draw(text))
            # An unnumbered paragraph may have the only list of its kind: a second one would go on from the first.
            if numbered or paragraph == 0:
                _items(draw, builder, language, text)


def _items(draw, builder, language, text):
    for item in range(1, draw(st.integers(0, 3)) + 1):
        number = str(item) if language == CHINESE else to_letters(item)
        builder.add("item", number, label="x", line=0, text=draw(text))
        for subitem in range(1, draw(st.sampled_from([0, 0, 0, 2])) + 1):
            number = str(subitem) if language == CHINESE else to_roman(subitem).lower()
            builder.add("subitem", number, label="x", line=0, text=draw(text))


def essence(draft: ParsedDraft):
    return draft.title, draft.note, tuple(replace(clause, label="", line=0) for clause in draft.clauses)


@settings(max_examples=200, deadline=None)
@given(draft=drafts(CHINESE))
def test_a_chinese_tree_survives_being_written_and_read(draft):
    assert essence(parse_text(to_text(draft), language=CHINESE)) == essence(draft)


@settings(max_examples=200, deadline=None)
@given(draft=drafts(ENGLISH))
def test_an_english_tree_survives_being_written_and_read(draft):
    assert essence(parse_text(to_text(draft), language=ENGLISH)) == essence(draft)


UNITED_KINGDOM = """Data Sharing Act 2030
2030 CHAPTER 12
An Act to make provision about the sharing of data.

PART 1
Preliminary

Introductory

1 Overview
(1) This Act makes provision about the sharing of data.
(2) Part 2 makes provision about—
(a) gateways, and
(b) codes of practice.
2 Limits
A public body must not share data for profit.

SCHEDULE 1
Section 2
PUBLIC BODIES
1 (1) A department.
(2) An agency.
"""

EUROPEAN = """REGULATION (EU) 2030/123 OF THE EUROPEAN PARLIAMENT AND OF THE COUNCIL
of 27 April 2030
(Text with EEA relevance)
Having regard to the Treaty on the Functioning of the European Union,
Whereas:
(1) The consultation of citizens is a fundamental matter.
CHAPTER I
General provisions
Article 1
Subject matter
1. This Regulation lays down rules.
For the purposes of this paragraph, rules include practices.
2. It does not apply to drafts:
(a) outside Union law;
(b) of a Member State.
Done at Brussels, 27 April 2030.
For the Council
ANNEX I
List of authorities
1. The first authority.
"""

PLANS = """某市开放数据工作要点

一、完善制度
（一）修订目录。每年修订一次。
（二）健全标准，包括：
1. 分类标准；
2. 质量标准。
二、加强公开
各部门应当按月更新数据。
附件：任务分工表
一、市数据局负责目录。
"""

POLICY = """Open Data Policy

1. Purpose
This policy sets out how we publish data.
2. Scope
2.1 This policy applies to all departments.
2.2 It does not apply to:
2.2.1 personal data;
2.2.2 secret data.
"""


@pytest.mark.parametrize("source", [UNITED_KINGDOM, EUROPEAN, PLANS, POLICY])
def test_drafts_of_every_tradition_survive_being_written_and_read(source):
    draft = parse_text(source)
    again = parse_text(to_text(draft))
    assert essence(again) == essence(draft)
    assert again.counts == draft.counts


@pytest.mark.parametrize(
    "name", ["zh-charity-v2-2023.txt", "zh-openinfo-2019.txt", "zh-volunteer-2017-autonumbered.docx"]
)
def test_real_laws_survive_being_written_and_read(name):
    draft = parse_file(shared_file("data", "drafts", name))
    assert essence(parse_text(to_text(draft))) == essence(draft)


def test_the_text_looks_like_a_printed_law_where_that_reads_back():
    source = (
        "示范法\n第一章　总则\n第一条　为了示范，制定本法。\n第二条　【对象】适用于下列人员：\n（一）甲；\n（二）乙。\n"
    )
    assert to_text(parse_text(source)) == source.replace("示范法\n", "示范法\n\n")


def test_words_that_look_like_a_mark_are_escaped():
    draft = parse_text("示范法\n第一条　内容。\n\\第二条　不是条。\n")
    assert draft.counts["article"] == 1
    assert "\\第二条　不是条。" in to_text(draft)
