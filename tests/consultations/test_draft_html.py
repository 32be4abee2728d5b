"""Web pages and text pasted from Word, WPS and browsers: what is law in them is kept, what is not is told."""

import pytest

from consultations.drafts import Note, parse_file, parse_html, parse_text
from consultations.drafts.builder import MAX_CLAUSES
from engage.errors import Refused
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only


def texts(draft):
    return [clause.text for clause in draft.clauses if clause.text]


def codes(draft):
    return [(doubt.line, doubt.code) for doubt in draft.doubts]


def outline(draft):
    return [f"{clause.label or '-'} {clause.id}" for clause in draft.clauses]


PASTED_FROM_WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:w">
<head><meta charset="utf-8"><title>不要的题目</title><!--[if gte mso 9]><xml><w:WordDocument>不要</w:WordDocument></xml>
<![endif]--><style>p.MsoNormal{font-size:16pt}</style></head><body lang=ZH-CN>
<p class=MsoTitle align=center><b><span>示范办法</span></b></p>
<p class=MsoNormal style='mso-outline-level:1'><span>第一章<span>&nbsp;</span>总则<o:p></o:p></span></p>
<p class=MsoNormal><span>第一条&nbsp;&nbsp; 有下列情形<a href="#_ftn1" name="_ftnref1"><span class=MsoFootnoteReference>
<span style='mso-special-character:footnote'><![if !supportFootnotes]>[1]<![endif]></span></span></a>的：</span></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>（一）<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>甲；</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>（二）<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>乙<span style='mso-hide:all'>内部</span>。</p>
<table class=MsoTableGrid><tr><td><p>项目</p></td><td><p>标准</p></td></tr>
<tr><td><p>1.丙</p></td><td>丁</td></tr></table>
<div style='mso-element:footnote-list'><br clear=all><hr align=left><div style='mso-element:footnote' id=ftn1>
<p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1">[1]</a> 见附表。</p></div></div></body></html>"""


def test_text_pasted_from_word_is_read():
    draft = parse_html(PASTED_FROM_WORD)
    assert draft.title == "示范办法"
    assert outline(draft) == [
        "第一章 chp_1", "第一条 art_1", "- art_1__para_1", "（一） art_1__para_1__item_1",
        "（二） art_1__para_1__item_2",
        "- art_1__para_2", "- art_1__para_3",
    ]  # fmt: skip
    assert texts(draft) == ["有下列情形的：", "甲；", "乙。", "项目 | 标准", "1.丙 | 丁"]
    assert draft.clauses[2].notes == (Note(5, "1", "见附表。"),)
    assert {code for _line, code in codes(draft)} == {"table_as_text", "footnote_kept", "hidden_text_left_out"}


def test_a_saved_page_gives_its_law_and_tells_what_else_was_on_it():
    draft = parse_file(
        """<!DOCTYPE html><html><head><meta charset="utf-8"><script>var 第一条;</script></head><body>
<nav><a href="/">首页</a></nav><header>门户网站</header><main><h1>示范条例</h1><p>（2030年1月1日通过）</p>
<h2>第一章　总则</h2><p>　　第一条　为了示范。<br>　　第二条　适用。</p><img src="x"><iframe src="//x"></iframe></main>
<footer>版权所有</footer></body></html>""".encode(),
        name="law.html",
    )
    assert (draft.title, draft.note) == ("示范条例", "（2030年1月1日通过）")
    assert (draft.counts["chapter"], draft.counts["article"]) == (1, 2)
    assert texts(draft) == ["为了示范。", "适用。"]
    assert {code for _line, code in codes(draft)} == {"pictures_left_out", "embedded_left_out"}


def test_furniture_without_a_main_part_is_told_with_its_words():
    draft = parse_html("<p>示范办法</p><nav>首页 新闻</nav><p>第一条 甲。</p><footer>版权</footer>")
    assert [dict(doubt.values)["text"] for doubt in draft.doubts if doubt.code == "html_left_out"] == [
        "首页 新闻",
        "版权",
    ]


@pytest.mark.parametrize(
    ("markup", "labels"),
    [
        ("<ol><li>甲；</li><li>乙。</li></ol>", ["1.", "2."]),
        ("<ol start=3><li>甲；</li><li value=7>乙。</li></ol>", ["3.", "7."]),
        ("<ol type=a><li>甲；</li><li>乙。</li></ol>", ["a.", "b."]),
        ('<ol style="list-style-type: cjk-ideographic"><li>甲；</li><li>乙。</li></ol>', ["一、", "二、"]),
        ('<ol style="list-style: none"><li>（一）甲；</li><li>（二）乙。</li></ol>', ["（一）", "（二）"]),
        ("<ol><li>1. 甲；</li><li>2. 乙。</li></ol>", ["1.", "2."]),
        ("<ul><li>甲；</li><li>乙。</li></ul>", []),
        ("<ol><li><p>甲：</p><ol type=a><li>子；</li></ol></li><li>乙。</li></ol>", ["1.", "a.", "2."]),
    ],
)
def test_the_numbers_a_browser_shows_are_computed(markup, labels):
    draft = parse_html(f"<p>示范办法</p><p>第一条 有下列情形的：</p>{markup}")
    assert [clause.label for clause in draft.clauses if clause.label][1:] == labels


def test_english_lists_and_headings_make_the_tree():
    draft = parse_html(
        "<h1>Open Data Policy</h1><h2>Article 1 – Scope</h2><p>1. This policy applies:</p>"
        '<ol style="list-style-type:lower-alpha"><li>to data;</li><li>to texts.</li></ol>'
        "<h2>Article 2</h2><p>It ends.</p>"
    )
    assert outline(draft) == [
        "Article 1 art_1", "1. art_1__para_1", "a. art_1__para_1__item_a", "b. art_1__para_1__item_b",
        "Article 2 art_2",
        "- art_2__para_1",
    ]  # fmt: skip


def test_headings_of_a_page_without_numbers_make_the_tree():
    draft = parse_html("<h1>Guide</h1><h2>Aims</h2><h3>Speed</h3><p>Decide fast.</p><h3>Care</h3><p>Decide well.</p>")
    assert [(clause.level, clause.heading) for clause in draft.clauses if clause.heading] == [
        ("chapter", "Aims"), ("article", "Speed"), ("article", "Care"),
    ]  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), [("accept", "应当三十日内决定。"), ("reject", "应当二十日内决定。")])
def test_inserted_and_deleted_words_follow_the_choice(changes, words):
    draft = parse_html("<p>办法</p><p>第一条 应当<del>二十</del><ins>三十</ins>日内决定。</p>", changes=changes)
    assert texts(draft) == [words]
    assert [doubt.code for doubt in draft.doubts] == [f"tracked_changes_{changes}ed"]


def test_a_table_that_lays_out_a_page_is_no_table():
    inner = "<table><tr><td>项目</td><td>标准</td></tr></table>"
    draft = parse_html(f"<table><tr><td><p>办法</p><p>第一条 甲。</p>{inner}</td><td>侧栏</td></tr></table>")
    assert draft.counts["article"] == 1
    assert "项目 | 标准" in texts(draft)


def test_footnotes_marked_for_screen_readers_are_kept():
    draft = parse_html(
        '<p>Rules</p><p>Article 1 The body<sup><a href="#n" role="doc-noteref">1</a></sup> decides.</p>'
        '<section role="doc-endnotes"><ol><li id="n">Any body. <a href="#r">↩</a></li></ol></section>'
    )
    assert draft.clauses[-1].notes == (Note(8, "1", "Any body."),)


def test_a_footnote_that_nothing_refers_to_is_told():
    draft = parse_html('<p>Rules</p><p>Article 1 Text.</p><section class="footnotes"><p>Lonely.</p></section>')
    assert [(doubt.code, dict(doubt.values)) for doubt in draft.doubts] == [("footnote_left_out", {"text": "Lonely."})]


@pytest.mark.parametrize("charset", ["gb2312", "gbk", "big5", "utf-8", "windows-1252"])
def test_a_page_is_decoded_as_it_says(charset):
    words = "第一条 内容。" if charset not in ("big5", "windows-1252") else "第一條 內容。"
    words = "Article 1 Café – text." if charset == "windows-1252" else words
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><p>{words}</p>'
    draft = parse_file(page.encode({"gb2312": "gb18030"}.get(charset, charset)), name="law.htm")
    assert draft.counts["article"] == 1
    assert draft.clauses[-1].text in words
    assert "encoding_guessed" not in {code for _line, code in codes(draft)}


def test_a_page_that_is_wrong_about_its_encoding_is_read_all_the_same():
    page = '<html><head><meta charset="utf-8"></head><p>第一条 内容充实，应当公开。</p>'.encode("gb18030")
    draft = parse_file(page, name="law.html")
    assert texts(draft) == ["内容充实，应当公开。"]


def test_the_content_decides_and_a_wrong_name_is_a_doubt():
    draft = parse_file(b"<!doctype html><p>Rules</p><p>Article 1 Text.</p>", name="rules.docx")
    assert dict(draft.doubts[0].values) == {"name": "rules.docx", "kind": "a web page"}
    assert parse_file(b"Rules\nArticle 1 The <b> is a letter.\n", name="rules.txt").doubts == ()


def test_a_page_as_xml_is_a_page():
    head = b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y">'
    page = head + b'<html xmlns="u"><body><p>Rules</p><p>Article 1 Text.</p></body></html>'
    assert parse_file(page, name="rules.xhtml").counts["article"] == 1


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 3_000 + "第一条 深。",
        "<table><tr><td>" * 3_000 + "第一条 深。",
        "<b><i>" * 3_000 + "第一条 深。",
    ],
)
def test_a_page_nested_without_end_loses_no_words(page):
    draft = parse_html("<p>办法</p>" + page)
    assert texts(draft)[-1] == "深。"
    assert "nested_too_deep" in {doubt.code for doubt in draft.doubts}


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("", "empty"),
        ("<p> </p><script>x</script>", "no_text"),
        ("<!-- only a comment -->", "no_text"),
        ("<i>" * 1_000_001, "too_complex"),
        ("<p>x" * (MAX_CLAUSES + 2), "too_many_clauses"),
        ("<p>" + "甲" * 4_000_000, "too_large"),
    ],
)
def test_a_page_that_cannot_be_taken_is_refused(page, code):
    with pytest.raises(Refused) as refusal:
        parse_html(page)
    assert refusal.value.code == code


def test_a_real_law_as_a_page_is_the_same_law():
    path = shared_file("data", "drafts", "zh-charity-v2-2023.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    page = "".join(f"<p>{line}</p>" for line in lines)
    assert parse_html(page) == parse_text("\n".join(lines))
