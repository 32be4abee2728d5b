"""Word files: numbers that Word computes, tracked changes, and the things a clause tree has no place for."""

import io
import zipfile

import pytest

from consultations.drafts import Note, parse_file
from consultations.drafts.word.package import W
from engage.errors import Refused
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only

NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:v="urn:schemas-microsoft-com:vml"'
)
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def word_file(body: str, **parts: str) -> bytes:
    """Return the bytes of a .docx with this body; `parts`: styles, numbering, footnotes and the like by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {NAMESPACES}>{content}</w:{name}>")
    return buffer.getvalue()


def p(text: str = "", *, number: str = "", level: int = 0, style: str = "", more: str = "", mark: str = "") -> str:
    """Return a paragraph; `number`: its list; `mark`: properties of its paragraph mark; `more`: runs after the text."""
    numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p><w:pPr>{styled}{numbering}<w:rPr>{mark}</w:rPr></w:pPr>{run}{more}</w:p>"


def lvl(index: int, form: str, text: str, *, start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def abstract(number: str, *levels: str, more: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{more}{"".join(levels)}</w:abstractNum>'


def num(number: str, definition: str, more: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{definition}"/>{more}</w:num>'


def read(body: str, **parts: str):
    return parse_file(word_file(body, **parts), name="draft.docx")


def codes(draft):
    return [(doubt.line, doubt.code) for doubt in draft.doubts]


def labels(draft):
    return [clause.label for clause in draft.clauses if clause.label]


LAW_LIST = abstract(
    "1",
    lvl(0, "chineseCountingThousand", "第%1章"),
    lvl(1, "chineseCountingThousand", "第%2条", more='<w:lvlRestart w:val="0"/>'),
    lvl(2, "chineseCounting", "（%3）"),
    lvl(3, "decimal", "%4."),
) + num("1", "1")


def test_chinese_numbers_are_computed_over_all_levels():
    body = p("示范办法") + "".join(
        p(text, number="1", level=level)
        for level, text in [
            (0, "总则"), (1, "为了示范，制定本办法。"), (1, "下列情形："), (2, "甲："), (3, "子；"), (3, "丑；"),
            (2, "乙。"), (0, "附则"), (1, "下列情形："), (2, "丙。"),
        ]
    )  # fmt: skip
    draft = read(body, numbering=LAW_LIST)
    assert labels(draft) == [
        "第一章", "第一条", "第二条", "（一）", "1.", "2.", "（二）", "第二章", "第三条", "（一）",
    ]  # fmt: skip
    assert draft.clauses[-1].id == "art_3__para_1__item_1"


@pytest.mark.parametrize(
    ("form", "text", "eleventh"),
    [
        ("chineseCounting", "第%1条", "第十一条"),
        ("chineseCountingThousand", "第%1条", "第十一条"),
        ("ideographDigital", "第%1条", "第一一条"),
        ("chineseLegalSimplified", "第%1条", "第壹拾壹条"),
        ("taiwaneseCountingThousand", "第%1條", "第十一條"),
        ("decimalFullWidth", "第%1条", "第１１条"),
        ("decimal", "第%1条", "第11条"),
        ("decimalZero", "第%1条", "第11条"),
    ],
)
def test_every_chinese_number_format_is_written_and_read(form, text, eleventh):
    body = p("示范办法") + "".join(p(f"内容{place}。", number="1") for place in range(11))
    draft = read(body, numbering=abstract("1", lvl(0, form, text)) + num("1", "1"))
    assert labels(draft)[-1] == eleventh
    assert draft.clauses[-1].id == "art_11__para_1"
    assert draft.doubts == ()


@pytest.mark.parametrize(
    ("form", "text", "third"),
    [
        ("upperRoman", "Article %1", "art_3"),
        ("decimal", "Article %1.", "art_3"),
        ("cardinalText", "Article %1", "art_3"),
        ("decimal", "%1.", "art_3"),
        ("decimal", "%1", "art_3"),
    ],
)
def test_english_article_numbers_are_computed(form, text, third):
    body = p("Sample Rules") + "".join(p(f"Text {place}.", number="1") for place in range(3))
    draft = read(body, numbering=abstract("1", lvl(0, form, text)) + num("1", "1"))
    assert [clause.id for clause in draft.clauses if clause.level == "article"][-1] == third


def test_letters_and_roman_numbers_are_computed():
    numbering = abstract(
        "1", lvl(0, "decimal", "Article %1"), lvl(1, "lowerLetter", "(%2)"), lvl(2, "lowerRoman", "(%3)")
    )
    body = p("Sample Rules") + p("Duties", number="1") + p("The body shall:")
    for level, text in [(1, "plan:"), (2, "well; and"), (2, "early;"), (1, "report.")]:
        body += p(text, number="1", level=level)
    draft = read(body, numbering=numbering + num("1", "1"))
    assert labels(draft) == ["Article 1", "(a)", "(i)", "(ii)", "(b)"]
    assert draft.clauses[0].heading == "Duties"


def test_legal_numbering_repeats_the_upper_numbers_in_digits():
    numbering = abstract("1", lvl(0, "upperRoman", "%1."), lvl(1, "decimal", "%1.%2", more="<w:isLgl/>"))
    body = p("Policy") + p("Aim", number="1") + p("Data are open.", number="1", level=1)
    draft = read(body + p("Data are free.", number="1", level=1), numbering=numbering + num("1", "1"))
    assert labels(draft)[-2:] == ["1.1", "1.2"]


def test_two_lists_on_one_definition_count_on_together():
    numbering = abstract("1", lvl(0, "chineseCounting", "第%1条")) + num("1", "1") + num("2", "1")
    draft = read(p("办法") + p("甲。", number="1") + p("乙。", number="2"), numbering=numbering)
    assert labels(draft) == ["第一条", "第二条"]


def test_a_list_that_says_where_it_starts_begins_anew_once():
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    numbering = abstract("1", lvl(0, "chineseCounting", "第%1条")) + num("1", "1") + num("2", "1", override)
    body = p("办法") + p("甲。", number="1") + p("乙。", number="2") + p("丙。", number="2")
    assert labels(read(body, numbering=numbering)) == ["第一条", "第五条", "第六条"]


def test_a_level_may_be_overridden_whole():
    override = f'<w:lvlOverride w:ilvl="0">{lvl(0, "decimal", "第%1条", start=3)}</w:lvlOverride>'
    numbering = abstract("1", lvl(0, "chineseCounting", "第%1条")) + num("1", "1", override)
    assert labels(read(p("办法") + p("甲。", number="1"), numbering=numbering)) == ["第3条"]


def test_a_style_brings_its_list_and_level():
    numbering = abstract(
        "1",
        lvl(0, "chineseCounting", "第%1章", more='<w:pStyle w:val="Z"/>'),
        lvl(1, "chineseCounting", "第%2条", more='<w:lvlRestart w:val="0"/><w:pStyle w:val="T"/>'),
    ) + num("7", "1")
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>{base}<w:pPr><w:numPr>'
        '<w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
        for name, base in (("Z", ""), ("T", ""))
    )
    styles += '<w:style w:type="paragraph" w:styleId="T2"><w:name w:val="T2"/><w:basedOn w:val="Z"/></w:style>'
    body = p("办法") + p("总则", style="Z") + p("甲。", style="T") + p("附则", style="T2") + p("乙。", style="T")
    draft = read(body, numbering=numbering, styles=styles)
    assert labels(draft) == ["第一章", "第一条", "第二章", "第二条"]


def test_a_paragraph_may_leave_the_list_of_its_style():
    numbering = abstract("1", lvl(0, "chineseCounting", "第%1条", more='<w:pStyle w:val="T"/>')) + num("7", "1")
    styles = (
        '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="T"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr>'
        "</w:pPr></w:style>"
    )
    body = p("办法") + p("甲。", style="T") + p("第二款。", style="T", number="0") + p("乙。", style="T")
    draft = read(body, numbering=numbering, styles=styles)
    assert labels(draft) == ["第一条", "第二条"]
    assert draft.counts["paragraph"] == 3


def test_a_list_style_holds_the_levels_of_lists_that_link_to_it():
    numbering = (
        abstract("1", more='<w:numStyleLink w:val="Law"/>')
        + abstract("2", lvl(0, "chineseCounting", "第%1条"))
        + num("1", "1")
        + num("2", "2")
    )
    styles = (
        '<w:style w:type="numbering" w:styleId="Law"><w:name w:val="Law"/>'
        '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    )
    assert labels(read(p("办法") + p("甲。", number="1"), numbering=numbering, styles=styles)) == ["第一条"]


def test_bullets_and_empty_paragraphs_are_not_counted():
    numbering = abstract("1", lvl(0, "chineseCounting", "第%1条"), lvl(1, "bullet", "•")) + num("1", "1")
    body = (
        p("办法") + p("甲。", number="1") + p("", number="1") + p("点。", number="1", level=1) + p("乙。", number="1")
    )
    draft = read(body, numbering=numbering)
    assert labels(draft) == ["第一条", "第二条"]
    assert draft.clauses[2].text == "点。"


def test_an_unknown_number_format_is_told():
    draft = read(
        p("办法") + p("甲。", number="1"), numbering=abstract("1", lvl(0, "klingon", "第%1条")) + num("1", "1")
    )
    assert labels(draft) == ["第1条"]
    assert codes(draft) == [(1, "numbering_unknown")]


def test_a_damaged_numbering_part_is_survived():
    numbering = abstract("1", '<w:lvl w:ilvl="x"><w:start w:val="many"/></w:lvl>') + num("1", "9") + num("2", "1")
    draft = read(p("办法") + p("第一条 甲。", number="1") + p("第二条 乙。", number="2"), numbering=numbering)
    assert draft.counts["article"] == 2


HEADINGS = (
    "".join(
        f'<w:style w:type="paragraph" w:styleId="H{rank}"><w:name w:val="heading {rank}"/></w:style>' for rank in (1, 2)
    )
    + '<w:style w:type="paragraph" w:styleId="Ti"><w:name w:val="Title"/></w:style>'
)


def test_headings_by_style_make_the_tree_when_there_are_no_numbers():
    body = p("服务指南", style="Ti") + p("总体要求", style="H1") + p("目标", style="H2") + p("到明年全面实施。")
    body += p("原则", style="H2") + p("公开。") + p("保障", style="H1") + p("经费", style="H2") + p("财政承担。")
    draft = read(body, styles=HEADINGS)
    assert draft.title == "服务指南"
    assert [(clause.level, clause.heading) for clause in draft.clauses if clause.heading] == [
        ("chapter", "总体要求"), ("article", "目标"), ("article", "原则"), ("chapter", "保障"), ("article", "经费"),
    ]  # fmt: skip
    assert (draft.counts["chapter"], draft.counts["article"], draft.counts["paragraph"]) == (2, 3, 3)


def test_a_styled_contents_is_left_out():
    styles = HEADINGS + '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="toc 1"/></w:style>'
    body = p("办法") + p("第一章 总则\t1", style="C") + p("第一章 总则", style="H1") + p("第一条 甲。")
    draft = read(body, styles=styles)
    assert draft.counts["chapter"] == 1
    assert codes(draft) == [(2, "contents_skipped")]


def test_a_contents_field_is_left_out_over_all_its_paragraphs():
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \\o "1-3"</w:instrText></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    body = p("办法") + p("第一章 总则 1", more=begin) + p("第二章 附则 2") + p("", more=end)
    body += p("第一章 总则") + p("第一条 甲。") + p("第二章 附则") + p("第二条 乙。")
    draft = read(body)
    assert (draft.counts["chapter"], draft.counts["article"]) == (2, 2)
    assert codes(draft) == [(2, "contents_skipped")]


def ins(text: str) -> str:
    return f'<w:ins w:id="1" w:author="A"><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:ins>'


def deleted(text: str) -> str:
    return f'<w:del w:id="2" w:author="A"><w:r><w:delText xml:space="preserve">{text}</w:delText></w:r></w:del>'


def test_tracked_changes_are_accepted_and_counted():
    body = p("办法") + p("第一条 应当", more=deleted("二十") + ins("三十") + "<w:r><w:t>日内决定。</w:t></w:r>")
    draft = read(body)
    assert draft.clauses[-1].text == "应当三十日内决定。"
    assert draft.doubts[0].values == {"count": 2}


def test_a_deleted_paragraph_takes_no_number():
    body = p("办法") + p("甲。", number="1", level=1)
    body += p("", number="1", level=1, more=deleted("删去的条。"), mark="<w:del/>") + p("乙。", number="1", level=1)
    draft = read(body, numbering=LAW_LIST)
    assert [clause.text for clause in draft.clauses if clause.text] == ["甲。", "乙。"]
    assert labels(draft) == ["第一条", "第二条"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs():
    draft = read(p("办法") + p("第一条 前半句，", mark="<w:del/>") + p("后半句。"))
    assert draft.clauses[-1].text == "前半句，后半句。"


def test_a_moved_sentence_stands_where_it_was_moved_to():
    moved_from = "<w:moveFrom><w:r><w:t>移动的话。</w:t></w:r></w:moveFrom>"
    moved_to = "<w:moveTo><w:r><w:t>移动的话。</w:t></w:r></w:moveTo>"
    draft = read(p("办法") + p("第一条 甲。", more=moved_from) + p("第二条 乙。", more=moved_to))
    assert [clause.text for clause in draft.clauses if clause.text] == ["甲。", "乙。移动的话。"]


def reject(body: str, **parts: str):
    return parse_file(word_file(body, **parts), name="draft.docx", changes="reject")


def test_rejecting_tracked_changes_gives_the_older_text():
    body = p("办法") + p("第一条 应当", more=deleted("二十") + ins("三十") + "<w:r><w:t>日内决定。</w:t></w:r>")
    draft = reject(body)
    assert draft.clauses[-1].text == "应当二十日内决定。"
    assert (draft.doubts[0].code, draft.doubts[0].values) == ("tracked_changes_rejected", {"count": 2})


def test_rejecting_gives_a_deleted_paragraph_its_number_back_and_takes_it_from_an_inserted_one():
    body = p("办法") + p("甲。", number="1", level=1)
    body += p("", number="1", level=1, more=deleted("删去的条。"), mark="<w:del/>")
    body += p("", number="1", level=1, more=ins("新增的条。"), mark="<w:ins/>") + p("乙。", number="1", level=1)
    draft = reject(body, numbering=LAW_LIST)
    assert [clause.text for clause in draft.clauses if clause.text] == ["甲。", "删去的条。", "乙。"]
    assert labels(draft) == ["第一条", "第二条", "第三条"]
    assert [clause.text for clause in read(body, numbering=LAW_LIST).clauses if clause.text] == [
        "甲。", "新增的条。", "乙。",
    ]  # fmt: skip


def test_rejecting_parts_a_paragraph_that_was_split_and_joins_one_that_was_joined():
    body = (
        p("办法")
        + p("第一条 前半句，", mark="<w:ins/>")
        + p("后半句。")
        + p("第二条 甲。", mark="<w:del/>")
        + p("乙。")
    )
    assert [clause.text for clause in reject(body).clauses if clause.text] == ["前半句，后半句。", "甲。", "乙。"]
    assert [clause.text for clause in read(body).clauses if clause.text] == ["前半句，", "后半句。", "甲。乙。"]


def test_rejecting_a_move_leaves_the_sentence_where_it_was():
    moved_from = "<w:moveFrom><w:r><w:t>移动的话。</w:t></w:r></w:moveFrom>"
    moved_to = "<w:moveTo><w:r><w:t>移动的话。</w:t></w:r></w:moveTo>"
    draft = reject(p("办法") + p("第一条 甲。", more=moved_from) + p("第二条 乙。", more=moved_to))
    assert [clause.text for clause in draft.clauses if clause.text] == ["甲。移动的话。", "乙。"]


def test_rejecting_gives_a_paragraph_the_list_it_had():
    before = '<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    change = f'<w:pPrChange w:id="1" w:author="A">{before}</w:pPrChange>'
    body = p("办法") + f"<w:p><w:pPr>{change}</w:pPr><w:r><w:t>甲。</w:t></w:r></w:p>" + p("乙。", number="1", level=1)
    assert labels(reject(body, numbering=LAW_LIST)) == ["第一条", "第二条"]
    assert labels(read(body, numbering=LAW_LIST)) == ["第一条"]


def test_inserted_and_deleted_table_rows_follow_the_choice():
    def row(text: str, mark: str = "") -> str:
        return f"<w:tr><w:trPr>{mark}</w:trPr><w:tc>{p(text)}</w:tc><w:tc>{p('值')}</w:tc></w:tr>"

    body = p("办法") + p("第一条 表：") + f"<w:tbl>{row('旧', '<w:del/>')}{row('新', '<w:ins/>')}{row('同')}</w:tbl>"
    assert [clause.text for clause in read(body).clauses][2:] == ["新 | 值", "同 | 值"]
    assert [clause.text for clause in reject(body).clauses][2:] == ["旧 | 值", "同 | 值"]


@pytest.mark.parametrize(("changes", "version"), [("reject", "v1-2018"), ("accept", "v2-2024")])
def test_a_real_law_with_tracked_changes_is_both_its_versions(changes, version):
    tracked = shared_file("data", "drafts", "zh-relief-shanghai-tracked-changes.docx")
    draft = parse_file(tracked, changes=changes)
    assert draft == parse_file(shared_file("data", "drafts", f"zh-relief-shanghai-{version}.txt"))
    assert [(doubt.code, dict(doubt.values)) for doubt in draft.doubts] == [
        (f"tracked_changes_{changes}ed", {"count": 84})
    ]


def test_changes_are_accepted_or_rejected_and_nothing_else():
    with pytest.raises(ValueError, match="neither"):
        parse_file(word_file(p("办法")), changes="keep")


def test_a_line_break_is_a_line_of_its_own():
    draft = read(
        p("办法") + p("第一条 下列情形：", more="<w:r><w:br/><w:t>（一）甲；</w:t><w:br/><w:t>（二）乙。</w:t></w:r>")
    )
    assert draft.counts["item"] == 2
    assert {clause.line for clause in draft.clauses} == {2}


def test_words_inside_links_fields_and_controls_are_kept():
    more = (
        "<w:hyperlink><w:r><w:t>链接，</w:t></w:r></w:hyperlink><w:fldSimple><w:r><w:t>域，</w:t></w:r></w:fldSimple>"
        "<w:sdt><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt><w:r><w:noBreakHyphen/><w:t>完。</w:t></w:r>"
    )
    body = f"<w:sdt><w:sdtContent>{p('第一条 文字，', more=more)}</w:sdtContent></w:sdt>"
    assert read(p("办法") + body).clauses[-1].text == "文字，链接，域，控件-完。"


def test_a_table_is_read_as_text_with_a_doubt():
    rows = "".join(
        f"<w:tr><w:tc>{p(left)}</w:tc><w:tc>{p(right)}</w:tc></w:tr>"
        for left, right in [("项目", "标准"), ("1.甲", "乙")]
    )
    draft = read(p("办法") + p("第一条 标准如下：") + f"<w:tbl>{rows}</w:tbl>")
    assert [clause.text for clause in draft.clauses if clause.level == "paragraph"] == [
        "标准如下：", "项目 | 标准", "1.甲 | 乙",
    ]  # fmt: skip
    assert (3, "table_as_text") in codes(draft)


def test_a_frame_of_one_column_is_no_table():
    body = f"<w:tbl><w:tr><w:tc>{p('第一条 甲。')}{p('第二条 乙。')}</w:tc></w:tr></w:tbl>"
    draft = read(p("办法") + body)
    assert draft.counts["article"] == 2
    assert draft.doubts == ()


def footnote(number: str) -> str:
    return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'


def test_footnotes_are_kept_with_their_clause_at_their_place():
    more = footnote("3") + "<w:r><w:t>（一）乙；</w:t></w:r>"
    notes = f'<w:footnote w:id="3">{p("脚注内容。")}</w:footnote><w:footnote w:id="4">{p("另注。")}</w:footnote>'
    body = p("办法") + p("第一条 【目的】甲如下", more=more) + p("（一）丙。", more=footnote("4"))
    draft = read(body, footnotes=notes)
    kept = {clause.id: clause.notes for clause in draft.clauses if clause.notes}
    assert kept == {
        "art_1__para_1": (Note(3, "1", "脚注内容。"),),
        "art_1__para_1__item_1": (Note(2, "2", "另注。"),),
    }
    assert draft.as_json()["clauses"][1]["notes"] == [{"mark": "1", "text": "脚注内容。"}]
    assert [code for _line, code in codes(draft)].count("footnote_kept") == 2


def test_a_footnote_on_a_heading_hangs_on_the_heading():
    notes = f'<w:footnote w:id="3">{p("脚注。")}</w:footnote>'
    draft = read(p("办法") + p("第一章 总则", more=footnote("3")) + p("第一条 甲。"), footnotes=notes)
    assert draft.clauses[0].notes == (Note(-1, "1", "脚注。"),)


def test_a_footnote_on_the_title_is_told_with_its_words():
    notes = f'<w:footnote w:id="3">{p("题注。")}</w:footnote>'
    draft = read(p("办法", more=footnote("3")) + p("第一条 甲。"), footnotes=notes)
    assert [(doubt.code, dict(doubt.values)) for doubt in draft.doubts] == [("footnote_left_out", {"text": "题注。"})]


def test_a_text_box_is_told_once_with_its_words():
    box = f"<w:txbxContent>{p('框内文字')}</w:txbxContent>"
    more = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    draft = read(p("办法") + p("第一条 甲。", more=more))
    assert [(doubt.code, dict(doubt.values)) for doubt in draft.doubts] == [("text_box_left_out", {"text": "框内文字"})]


def test_pictures_comments_formulas_and_hidden_words_are_told():
    more = (
        '<w:r><w:drawing/></w:r><w:r><w:commentReference w:id="0"/></w:r>'
        "<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>内部意见</w:t></w:r>"
    )
    draft = read(p("办法") + p("第一条 等于", more=more) + p("第二条 乙。") + "<w:altChunk/>")
    assert draft.clauses[1].text == "等于a+b"
    assert {code for _line, code in codes(draft)} == {
        "pictures_left_out", "comments_left_out", "formula_as_text", "hidden_text_left_out", "embedded_left_out",
    }  # fmt: skip


def test_the_line_is_the_place_of_the_paragraph_in_the_file():
    draft = read(p("办法") + p() + p() + p("第一条 甲。"))
    assert draft.clauses[0].line == 4


def test_strict_files_are_read_too():
    strict = word_file(p("办法") + p("第一条 甲。"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(strict)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")
            target.writestr(name, content)
    assert parse_file(buffer.getvalue()).counts["article"] == 1


def test_ten_thousand_articles_in_word_are_read():
    body = p("办法") + "".join(p(f"内容{number}。", number="1", level=1) for number in range(10_000))
    draft = read(body, numbering=LAW_LIST)
    assert draft.counts["article"] == 10_000
    assert draft.clauses[-1].id == "art_10000__para_1"
    assert draft.doubts == ()


def test_a_word_file_without_words_is_refused():
    with pytest.raises(Refused) as refusal:
        read(p() + p())
    assert refusal.value.code == "no_text"
