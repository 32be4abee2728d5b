"""OpenDocument texts: numbers that the word processor computes, tracked changes, notes, and what has no place."""

import io
import zipfile

import pytest

from consultations.drafts import Note, parse_file, parse_text
from engage.errors import Refused
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only

SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("text", "text"), ("style", "style"), ("table", "table"),
                         ("draw", "drawing"), ("dc", "meta"))
) + ' xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'  # fmt: skip
TEXT = "application/vnd.oasis.opendocument.text"


def odt(body: str, *, styles: str = "", automatic: str = "", kind: str = TEXT, parts: dict | None = None) -> bytes:
    """Return the bytes of an .odt; `styles` and `automatic` go into styles.xml and content.xml."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(
            "content.xml",
            f"<office:document-content {SPACES}><office:automatic-styles>{automatic}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
        archive.writestr(
            "styles.xml",
            (parts or {}).get("styles.xml")
            or f"<office:document-styles {SPACES}><office:styles>{styles}</office:styles></office:document-styles>",
        )
        for name, content in (parts or {}).items():
            if name != "styles.xml":
                archive.writestr(name, content)
    return buffer.getvalue()


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>' if style else f"<text:p>{text}</text:p>"


def read(body: str, **options):
    changes = options.pop("changes", "accept")
    return parse_file(odt(body, **options), name="draft.odt", changes=changes)


def labels(draft):
    return [clause.label for clause in draft.clauses if clause.label]


def texts(draft):
    return [clause.text for clause in draft.clauses if clause.text]


def codes(draft):
    return [doubt.code for doubt in draft.doubts]


def level(number: int, form: str, *, before: str = "", after: str = "", more: str = "") -> str:
    return (
        f'<text:list-level-style-number text:level="{number}" style:num-format="{form}" style:num-prefix="{before}" '
        f'style:num-suffix="{after}" {more}/>'
    )


LAW = (
    '<text:list-style style:name="L">'
    + level(1, "一, 二, 三, ...", before="第", after="条")
    + level(2, "一, 二, 三, ...", before="（", after="）")
    + level(3, "1", after=".")
    + "</text:list-style>"
)


def item(*content: str, start: int | None = None) -> str:
    begun = f' text:start-value="{start}"' if start else ""
    return f"<text:list-item{begun}>{''.join(content)}</text:list-item>"


def items(*content: str, more: str = 'text:style-name="L"') -> str:
    return f"<text:list {more}>{''.join(content)}</text:list>"


def test_chinese_numbers_are_computed_over_all_levels():
    body = p("示范办法") + items(
        item(p("为了示范。")),
        item(p("下列情形："), items(item(p("甲："), items(item(p("子；")), item(p("丑；")))), item(p("乙。")))),
        item(p("施行。"), p("第二款。")),
        more='text:style-name="L"',
    )
    draft = read(body, automatic=LAW)
    assert labels(draft) == ["第一条", "第二条", "（一）", "1.", "2.", "（二）", "第三条"]
    assert texts(draft)[-2:] == ["施行。", "第二款。"]


def test_a_list_goes_on_where_it_says_so_and_begins_anew_where_not():
    body = p("办法") + items(item(p("甲。")), more='text:style-name="L" xml:id="a"') + p("第二款。")
    body += items(item(p("乙。")), more='text:style-name="L" text:continue-numbering="true"') + p("另款。")
    body += items(item(p("丙。")), more='text:style-name="L" text:continue-list="a"')
    body += items(item(p("丁。"), start=9))
    assert labels(read(body, automatic=LAW)) == ["第一条", "第二条", "第三条", "第九条"]


def test_a_sublist_in_an_item_of_its_own_goes_on():
    """Files that come from Word hold every paragraph in a list of its own."""
    deep = 'text:style-name="L" text:continue-numbering="true"'
    body = p("办法") + items(item(p("情形：")), more=deep)
    body += items(item(items(item(p("甲；")))), more=deep) + items(item(items(item(p("乙。")))), more=deep)
    body += items(item(p("其他。")), more=deep)
    assert labels(read(body, automatic=LAW)) == ["第一条", "（一）", "（二）", "第二条"]


@pytest.mark.parametrize(
    ("form", "before", "after", "label"),
    [
        ("1", "第", "条", "第3条"),
        ("１, ２, ３, ...", "第", "条", "第３条"),
        ("壹, 贰, 叁, ...", "第", "条", "第叁条"),
        ("I", "Article ", "", "Article III"),
        ("1", "", ".", "3."),
        ("1", "", "", "3."),
    ],
)
def test_every_number_format_is_written_and_read(form, before, after, label):
    style = f'<text:list-style style:name="L">{level(1, form, before=before, after=after)}</text:list-style>'
    title, words = ("Rules", "Text {}.") if label.startswith("Article") else ("示范办法", "内容{}。")
    body = p(title) + items(*(item(p(words.format(number))) for number in range(3)))
    assert labels(read(body, automatic=style))[-1] == label


def test_a_newer_file_writes_its_pattern_whole():
    first = level(1, "1", more='loext:num-list-format="第%1%条"')
    second = level(2, "1", more='loext:num-list-format="%1%.%2%" text:display-levels="2"')
    style = f'<text:list-style style:name="L">{first}{second}</text:list-style>'
    draft = read(p("办法") + items(item(p("情形："), items(item(p("甲。"))))), automatic=style)
    assert labels(draft)[0] == "第1条"


def test_headings_take_the_numbers_of_the_outline():
    styles = f"<text:outline-style>{level(1, '一, 二, 三, ...', before='第', after='章').replace('list-level-style-number', 'outline-level-style')}</text:outline-style>"  # noqa: E501
    body = p("办法", "Title") + '<text:h text:outline-level="1">总则</text:h>' + p("第一条 甲。")
    body += '<text:h text:outline-level="1" text:is-list-header="true">附</text:h>' + p("第二条 乙。")
    body += '<text:h text:outline-level="1">附则</text:h>' + p("第三条 丙。")
    draft = read(body, styles=styles + '<style:style style:name="Title" style:family="paragraph"/>')
    assert draft.title == "办法"
    assert [clause.label for clause in draft.clauses if clause.level == "chapter"] == ["第一章", "", "第二章"]


def test_bullets_and_empty_items_take_no_number():
    style = '<text:list-style style:name="L"><text:list-level-style-bullet text:level="1"/></text:list-style>'
    draft = read(p("办法") + p("第一条 甲：") + items(item(p("点。")), item(p(""))), automatic=style)
    assert texts(draft) == ["甲：", "点。"]
    assert labels(draft) == ["第一条"]


REGIONS = (
    '<text:tracked-changes><text:changed-region text:id="i1"><text:insertion/></text:changed-region>'
    '<text:changed-region text:id="d1"><text:deletion><text:p>二十</text:p></text:deletion></text:changed-region>'
    "</text:tracked-changes>"
)


def change(name: str, kind: str = "") -> str:
    return f'<text:change{kind} text:change-id="{name}"/>'


@pytest.mark.parametrize(("changes", "words"), [("accept", "应当三十日内决定。"), ("reject", "应当二十日内决定。")])
def test_tracked_words_follow_the_choice(changes, words):
    line = f"第一条 应当{change('d1')}{change('i1', '-start')}三十{change('i1', '-end')}日内决定。"
    draft = read(REGIONS + p("办法") + p(line), changes=changes)
    assert texts(draft) == [words]
    assert [(doubt.code, dict(doubt.values)) for doubt in draft.doubts] == [
        (f"tracked_changes_{changes}ed", {"count": 2})
    ]


def test_an_inserted_item_takes_no_number_when_it_is_rejected():
    body = REGIONS + p("办法") + items(
        item(p(f"甲。{change('i1', '-start')}")), item(p(f"新增。{change('i1', '-end')}")), item(p("乙。"))
    )  # fmt: skip
    assert texts(read(body, automatic=LAW)) == ["甲。", "新增。", "乙。"]
    rejected = read(body, automatic=LAW, changes="reject")
    assert texts(rejected) == ["甲。", "乙。"]
    assert labels(rejected) == ["第一条", "第二条"]


def test_deleted_paragraphs_come_back_when_they_are_rejected():
    regions = REGIONS.replace("<text:p>二十</text:p>", "<text:p>旧款。</text:p>")
    draft = read(regions + p("办法") + p("第一条 甲。") + change("d1") + p("第二条 乙。"), changes="reject")
    assert texts(draft) == ["甲。", "旧款。", "乙。"]


def test_footnotes_are_kept_with_their_clause():
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
        "<text:p>脚注内容。</text:p></text:note-body></text:note>"
    )
    draft = read(p("办法") + p(f"第一条 甲{note}乙。"))
    assert draft.clauses[-1].text == "甲乙。"
    assert draft.clauses[-1].notes == (Note(1, "1", "脚注内容。"),)


def test_spaces_tabs_breaks_links_and_ruby_are_words():
    ruby = "<text:ruby><text:ruby-base>汉字</text:ruby-base><text:ruby-text>hanzi</text:ruby-text></text:ruby>"
    body = p("办法") + p(
        f'第一条<text:s text:c="2"/>甲<text:span>乙<text:a>丙</text:a></text:span>{ruby}。<text:line-break/>'
        "第二条<text:tab/>丁。"
    )
    assert texts(read(body)) == ["甲乙丙汉字。", "丁。"]


def test_a_table_is_text_and_a_frame_of_one_column_is_none():
    cell = "<table:table-cell>{}</table:table-cell>".format
    row = "<table:table-row>{}</table:table-row>".format
    table = "<table:table><table:table-header-rows>{}</table:table-header-rows>{}</table:table>".format(
        row(cell(p("项目")) + cell(p("标准"))), row(cell(p("1.甲")) + cell(p("乙")))
    )
    frame = f"<table:table>{row(cell(p('第一条 表如下：') + table))}{row(cell(p('第二条 丙。')))}</table:table>"
    draft = read(p("办法") + frame)
    assert texts(draft) == ["表如下：", "项目 | 标准", "1.甲 | 乙", "丙。"]
    assert codes(draft) == ["table_as_text"]


def test_contents_comments_pictures_boxes_and_hidden_words_are_told():
    hidden = (
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="HP" style:family="paragraph" style:parent-style-name="H"/>'
    )
    body = (
        p("办法") + "<text:table-of-content><text:index-body><text:p>第一章 总则 1</text:p></text:index-body>"
        "</text:table-of-content>" + p("第一章 总则")
        + p('第一条 甲<office:annotation><text:p>批注</text:p></office:annotation>'
            '<draw:frame><draw:image/></draw:frame><draw:frame><draw:text-box><text:p>框内</text:p></draw:text-box>'
            '</draw:frame><draw:frame><draw:object/></draw:frame><text:span text:style-name="H">暗</text:span>。')
        + p("藏起来的话。", "HP") + '<text:section text:display="none"><text:p>节。</text:p></text:section>'
    )  # fmt: skip
    draft = read(body, automatic=hidden)
    assert texts(draft) == ["甲。"]
    assert draft.counts["chapter"] == 1
    assert sorted(codes(draft)) == [
        "comments_left_out", "contents_skipped", "embedded_left_out", "hidden_text_left_out", "hidden_text_left_out",
        "hidden_text_left_out", "pictures_left_out", "text_box_left_out",
    ]  # fmt: skip


def test_styles_that_build_on_each_other_end():
    style = '<style:style style:name="{}" style:parent-style-name="{}"/>'.format
    loop = style("A", "B") + style("B", "A")
    assert texts(read(p("办法") + p("第一条 甲。", "A"), automatic=loop)) == ["甲。"]


def test_a_flat_file_is_read_too():
    flat = (
        f'<?xml version="1.0"?><office:document {SPACES} office:mimetype="{TEXT}"><office:automatic-styles>{LAW}'
        f"</office:automatic-styles><office:body><office:text>{p('办法')}{items(item(p('甲。')))}</office:text></office:body>"
        "</office:document>"
    ).encode()
    draft = parse_file(flat, name="draft.fodt")
    assert labels(draft) == ["第一条"]
    assert draft.doubts == ()


def test_a_real_law_as_an_open_document_is_the_same_law():
    path = shared_file("data", "drafts", "zh-relief-shanghai-v2-2024.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert read("".join(map(p, lines))) == parse_text("\n".join(lines))


ENCRYPTED = '<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>'
SCRIPTED = f'<office:document {SPACES} office:mimetype="{TEXT}"><office:scripts><x:libraries xmlns:x="http://openoffice.org/2000/script"/></office:scripts></office:document>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (odt(p("x"), parts={"META-INF/manifest.xml": ENCRYPTED}), "encrypted"),
        (odt(p("x"), parts={"encrypted-package": "x"}), "encrypted"),
        (odt(p("x"), parts={"Basic/Standard/Module1.xml": "x"}), "has_macros"),
        (odt(p("x"), parts={"Scripts/python/x.py": "x"}), "has_macros"),
        (SCRIPTED.encode(), "has_macros"),
        (odt(p("x"), kind="application/vnd.oasis.opendocument.spreadsheet"), "not_a_document"),
        (odt(p("x"), kind="application/vnd.oasis.opendocument.graphics"), "not_a_document"),
        (odt("<text:p>"), "broken_file"),
        (odt("<text:p>" * 300 + "</text:p>" * 300), "too_complex"),
        (odt(p("x"), parts={"styles.xml": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'}), "broken_file"),
        (odt(""), "no_text"),
        (odt(p("x"))[:-30], "broken_file"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused(data, code):
    with pytest.raises(Refused) as refusal:
        parse_file(data, name="draft.odt")
    assert refusal.value.code == code
