"""Each check with what it must find and what it must leave alone, in both languages."""

import io

import pytest
from PIL import Image

from engage.errors import Refused
from engage.publishing.preflight import rules
from engage.publishing.preflight.bundle import Attachment, Block, Bundle, Form, Outside, Period, Severity
from engage.publishing.preflight.rules import parity, pictures, wording
from engage.publishing.reading.found import DocumentText, Trace

ZH, EN = "zh-hans", "en"
OUTSIDE = Outside(
    internal=lambda path: "gone" if "gone" in path else "",
    anchor=lambda path, name: name == "there",
    external=lambda url: {"https://dead.example/": "404", "https://new.example/": None}.get(url, ""),
    hosts=frozenset({"engage.example"}),
)


def page(main: str, language: str = EN, whole: bool = True) -> Form:
    html = f"<html><body><nav><a href='/gone'></a></nav><main><h1>T</h1>{main}</main></body></html>" if whole else main
    return Form(f"page:{language}", f"page {language}", language, html=html, fix_url=f"/edit/{language}/")


def codes(*forms: Form, **parts) -> set[str]:
    return {finding.code for finding in rules.run(Bundle("t", forms=forms, **parts), OUTSIDE).findings}


# code, language, what must be found, what must not
TABLE = [
    ("link_broken", EN, '<a href="/en/gone/">The rules</a>', '<a href="/en/c/library/">The rules</a>'),
    ("link_broken", ZH, '<a href="https://engage.example/zh/gone/">办法</a>', '<a href="/zh/c/library/">办法</a>'),
    ("link_vague", EN, '<a href="/x">Click here</a>', '<a href="/x">The draft rules</a>'),
    ("link_vague", ZH, '<a href="/x">点击这里</a>', '<a href="/x">管理办法草案</a>'),
    ("link_vague", ZH, '<a href="/x">【详情】</a>', '<a href="/x">详情见说明</a>'),
    ("link_empty", EN, '<a href="/x"><img src="/a.png" alt=""></a>', '<a href="/x"><img src="/a.png" alt="Map"></a>'),
    ("link_empty", ZH, '<a href="/x"> </a>', '<a href="/x" aria-label="地图"></a>'),
    ("link_not_https", EN, '<a href="http://a.example/">Site</a>', '<a href="https://a.example/">Site</a>'),
    ("link_no_place", EN, '<a href="#none">Fees</a>', '<a href="#fees">Fees</a><h2 id="fees">Fees</h2>'),
    ("link_no_place", ZH, '<a href="/zh/p/#none">收费</a>', '<a href="/zh/p/#there">收费</a>'),
    ("link_nowhere", EN, '<a href="">Fees</a>', '<a href="#top">Fees</a>'),
    ("link_script", EN, '<a href="javascript:x()">Fees</a>', '<a href="mailto:a@b.example">Fees</a>'),
    ("link_dead", EN, '<a href="https://dead.example/#a">A law</a>', '<a href="https://well.example/">A law</a>'),
    ("links_untried", ZH, '<a href="https://new.example/">法规</a>', '<a href="https://well.example/">法规</a>'),
    ("picture_silent", EN, '<img src="/a.png">', '<img src="/a.png" alt="">'),
    ("picture_silent", ZH, '<svg role="img"></svg>', '<svg role="img"><title>地图</title></svg>'),
    ("picture_file_name", EN, '<img src="/a.png" alt="IMG_2031">', '<img src="/a.png" alt="Readers at a desk">'),
    ("picture_file_name", ZH, '<img src="/a.png" alt="微信图片3.jpg">', '<img src="/a.png" alt="阅览室里的读者">'),
    ("picture_long", EN, f'<img src="/a.png" alt="{"word " * 40}">', f'<img src="/a.png" alt="{"word " * 20}">'),
    ("picture_long", ZH, f'<img src="/a.png" alt="{"字" * 81}">', f'<img src="/a.png" alt="{"字" * 80}">'),
    ("heading_jump", EN, "<h3>Fees</h3>", "<h2>Fees</h2><h3>Who pays</h3><h2>Next</h2>"),
    ("heading_two_firsts", ZH, "<h1>收费</h1>", "<h2>收费</h2>"),
    ("heading_empty", ZH, "<h2> </h2>", "<h2>收费</h2>"),
    ("table_no_heads", EN, "<table><tr><td>1</td></tr></table>", "<table><tr><th>1</th></tr></table>"),
    ("table_no_heads", ZH, "<table><tr><td>甲</td></tr></table>", "<table><tr><th>甲</th></tr></table>"),
    ("capitals", EN, "<p>THIS IS VERY IMPORTANT FOR YOU</p>", "<p>PDF, DOCX, ODT and XLSX of the ISO 9001</p>"),
    ("capitals", ZH, "<p>请读 PLEASE READ THE RULES HERE</p>", "<p>可用 PDF、DOCX 格式</p>"),
    ("foreign_unmarked", EN, "<p>A 征求意见稿 is a draft</p>", '<p>A <i lang="zh-Hans">征求意见稿</i></p>'),
    ("foreign_unmarked", ZH, "<p>意思是 a call for public comment</p>", '<p lang="en">a call for public comment</p>'),
    ("foreign_unmarked", ZH, "<p>a call for public comment</p>", "<p>用 Akoma Ntoso 格式</p>"),
    ("personal_data", EN, "<p>ID 11010519491231002X</p>", "<p>Order 713, 20 December 2026, no. 110105</p>"),
    ("personal_data", ZH, "<p>电话：13800138000</p>", "<p>咨询电话：010-65432100</p>"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "language", "bad", "good"), TABLE)
def test_a_check_finds_the_bad_and_leaves_the_good(code, language, bad, good):
    found = [f for f in rules.run(Bundle("t", forms=[page(bad, language)]), OUTSIDE).findings if f.code == code]
    assert [(f.where, f.fix_url) for f in found] == [
        (f"page {language}", f"/edit/{language}/")
    ] or code == "links_untried"
    assert found
    assert code not in codes(page(good, language))


def test_what_the_frame_of_the_site_holds_is_nobodys_fault():
    assert codes(page("<p>Words</p>")) == set()
    assert "heading_no_first" in codes(Form("page:en", "", EN, html="<main><p>Words</p></main>"))
    # A piece of a page has no main heading of its own and may begin at any level.
    assert codes(page("<h3>Fees</h3><h4>Who</h4>", whole=False)) == set()


def test_personal_data_is_covered_in_the_report_and_weighs_by_its_kind():
    form = page("<p>证件 11010519491231002X，手机 13800138000</p>", ZH)
    found = rules.run(Bundle("t", forms=[form, page("<p>no number</p>")]), OUTSIDE).findings
    told = {f.values["kind"]: f for f in found if f.code == "personal_data"}
    assert told["resident_id"].severity is Severity.BLOCKS
    assert told["mobile"].severity is Severity.WARNS
    for finding in found:
        assert "11010519491231002" not in finding.excerpt
        assert "13800138000" not in finding.excerpt


# --- both languages ----------------------------------------------------------------------------------------------

SAME = [
    ("2026年12月20日前，35万元，占62%", "Before 20 December 2026, 350,000 yuan, 62 per cent"),
    ("十二月的第三十条，共四十二人", "Article 30; forty-two people"),
    ("12月20日24:00截止", "Closes at 11:59 pm on December 20, 2026"),
    ("1.2亿元；二〇二六年", "120 million yuan; in 2026"),
    ("百分之六十二；一百零五天", "62%; 105 days"),
    ("第三条，共5人，3小时", "Article three, five people, 3 hours"),
]
OTHER = [
    ("35万元", "3,500,000 yuan", ["350000"], ["3500000"]),
    ("占62%", "a share of 26%", ["62%"], ["26%"]),
    ("不少于30日", "at least a month", ["30"], []),
    ("2026年12月20日", "20 December 2027", ["2026-12-20"], ["2027-12-20"]),
    ("12月20日", "21 December", ["-12-20"], ["-12-21"]),
]


@pytest.mark.parametrize(("chinese", "english"), SAME)
def test_the_same_numbers_are_the_same_however_they_are_written(chinese, english):
    zh, en = parity.said(chinese), parity.said(english)
    assert parity.only_in(zh, en) == ([], [])
    assert parity.only_in(en, zh) == ([], [])


@pytest.mark.parametrize(("chinese", "english", "only_zh", "only_en"), OTHER)
def test_other_numbers_are_found(chinese, english, only_zh, only_en):
    zh, en = parity.said(chinese), parity.said(english)
    assert sum(parity.only_in(zh, en), []) == only_zh
    assert sum(parity.only_in(en, zh), []) == only_en


LONG_ZH = "图书馆每周开放五天，读者凭证借书，每次可以借五册，借期三十天，可以续借一次。" * 4
LONG_EN = (
    "The library opens five days a week. Readers borrow five books at a time with a card, for thirty days, and may "
    "renew the loan once. "
) * 4


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("numbers_differ", "<p>共300人</p>", "<p>Some people</p>"),
        ("dates_differ", "<p>12月20日截止</p>", "<p>Closes soon</p>"),
        ("links_differ", '<p><a href="/zh/c/x/">草案</a></p>', "<p>The draft</p>"),
        ("lists_differ", "<ul><li>甲</li></ul>", "<p>A</p>"),
        ("tables_differ", "<table><tr><th>甲</th></tr></table>", "<p>A</p>"),
        ("pictures_differ", '<img src="/a.png" alt="图">', "<p>A</p>"),
        ("headings_differ", "<h2>收费</h2>", "<p>A</p>"),
        ("length_differs", f"<p>{LONG_ZH}</p>", "<p>The library opens five days.</p>"),
        ("length_differs", "<p>开放五天。</p>", f"<p>{LONG_EN}</p>"),
    ],
)
def test_what_one_language_says_more_is_found(code, chinese, english):
    assert code in codes(page(chinese, ZH), page(english, EN))


def test_words_that_only_style_tells_apart_are_read_apart():
    chinese = page("<p><span>养老处</span><time>2026年11月3日</time></p>", ZH)
    english = page("<p><span>Division</span><time>3 November 2026</time><!-- 12 --><b>s</b>ee</p>")
    assert codes(chinese, english) == set()
    assert wording.plain_text(english).endswith("Division 3 November 2026 see")


def test_two_texts_that_say_the_same_are_left_alone():
    chinese = f'<h2>开放</h2><p>{LONG_ZH}</p><ul><li><a href="/zh/c/x/">办法</a></li></ul>'
    english = f'<h2>Hours</h2><p>{LONG_EN}</p><ul><li><a href="/en/c/x/">Rules</a></li></ul>'
    assert codes(page(chinese, ZH), page(english, EN)) == set()


def test_parts_are_asked_for_and_compared_where_they_are_written():
    blocks = [
        Block("summary", "Summary", {}, {ZH: "/zh-edit"}, missing=Severity.BLOCKS),
        Block("contact", "Contact", {ZH: "电话"}, {EN: "/en-edit"}, missing=Severity.BLOCKS),
        Block("note", "Note", {EN: "Read <this> 13800138000", ZH: "注"}, {EN: "/note"}),
    ]
    forms = [page("<p>Read this 13800138000</p>", EN), page("<p>电话</p>", ZH)]
    found = rules.run(Bundle("t", forms=forms, blocks=blocks, languages=[ZH, EN, "fr"]), OUTSIDE).findings
    told = {(f.code, f.severity, f.where, f.fix_url) for f in found}
    assert ("part_missing", Severity.BLOCKS, "Summary", "/zh-edit") in told
    assert ("part_one_language", Severity.BLOCKS, "Contact", "/en-edit") in told
    assert ("language_missing", Severity.BLOCKS, "", "") in told
    # A finding in the page leads to the part in which its words were written.
    assert ("personal_data", Severity.WARNS, "page en · Note", "/note") in told


@pytest.mark.parametrize(
    ("days", "reason", "code"), [(30, False, ""), (29, False, "period_short"), (29, True, "period_explained")]
)
def test_a_short_period_needs_a_reason(days, reason, code):
    found = rules.run(Bundle("t", periods=[Period(days, 30, reason, "/call")]), OUTSIDE).findings
    assert [f.code for f in found] == ([code] if code else [])


# --- readability -------------------------------------------------------------------------------------------------

HARD = "Notwithstanding considerations regarding administrative responsibilities, municipal institutions necessarily "
HARD += (
    "undertake comprehensive evaluations concerning implementation possibilities throughout participating districts. "
)


@pytest.mark.parametrize(
    ("word", "n"),
    [("the", 1), ("library", 3), ("opens", 2), ("asked", 1), ("wanted", 2), ("table", 2), ("people", 2), ("make", 1)],
)
def test_syllables_are_counted_as_they_are_spoken(word, n):
    assert wording.syllables(word) == n


def test_readability_is_told_in_each_language_and_never_of_a_law():
    assert wording.grade("The cat sat on the mat. " * 20) < 3
    assert wording.grade(HARD * 6) > 20
    assert wording.grade("The cat sat.") is None
    easy, hard = "读者凭证借书，每次可以借五册。" * 20, f"{'各有关单位应当结合实际认真组织实施' * 6}。" * 3
    assert wording.mean_characters(easy) < 20
    assert {"reading_grade"} <= codes(page(f"<p>{HARD * 6}</p>"))
    assert {"reading_mean", "sentence_characters"} <= codes(page(f"<p>{hard}</p>", ZH))
    assert codes(page(f"<p>{easy}</p>", ZH)) == set()
    law = Form("text:en", "", EN, text=HARD * 6, is_rule_text=True)
    assert "reading_grade" not in codes(law)


# --- files and pictures ------------------------------------------------------------------------------------------


def test_what_files_still_carry_is_found():
    def read(content: bytes, name: str) -> DocumentText:
        if name == "broken.docx":
            raise Refused("truncated")
        traces = [Trace("tracked_change", "p1", "out"), Trace("tracked_change", "p2", "in"), Trace("author", "", "Li")]
        return DocumentText("号码 11010519491231002X", {}, traces if name == "draft.docx" else [])

    files = [Attachment(name, name, lambda: b"", f"/{name}") for name in ("draft.docx", "broken.docx", "clean.pdf")]
    found = rules.run(Bundle("t", attachments=files), Outside(read=read)).findings
    told = {(f.code, f.values.get("kind"), f.severity, f.fix_url) for f in found}
    assert ("file_trace", "tracked_change", Severity.BLOCKS, "/draft.docx") in told
    assert ("file_trace", "author", Severity.WARNS, "/draft.docx") in told
    assert ("file_unreadable", None, Severity.WARNS, "/broken.docx") in told
    assert ("personal_data", "resident_id", Severity.BLOCKS, "/clean.pdf") in told


def drawn(*colours: str) -> bytes:
    picture = Image.new("RGB", (100, 100), colours[0])
    for place, colour in enumerate(colours[1:]):
        picture.paste(colour, (10 * place, 0, 10 * place + 10, 50))
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9" fill="%s"/><text fill="%s">A</text></svg>'


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", drawn("white", "#bbbbbb"), "contrast_low"),
        ("a.png", drawn("white", "black"), "contrast_unsure"),
        ("a.png", b"no picture", "contrast_unsure"),
        ("a.svg", SVG % (b"#ffffff", b"#999999"), "contrast_low"),
        ("a.svg", SVG % (b"#ffffff", b"#222222"), ""),
        ("a.svg", SVG % (b"url(#x)", b"#222222"), "contrast_unsure"),
        ("a.svg", b"<svg", "contrast_unsure"),
    ],
)
def test_contrast_is_told_where_it_can_be(name, content, code):
    found = rules.run(Bundle("t", pictures=[Attachment(name, "picture", lambda: content)]), OUTSIDE).findings
    assert [f.code for f in found] == ([code] if code else [])


def test_contrast_is_the_one_of_the_guidelines():
    white, black, grey = (pictures.luminance(*rgb) for rgb in [(255,) * 3, (0,) * 3, (0x76,) * 3])
    assert pictures.contrast(white, black) == 21
    # The lightest grey that passes on white.
    assert round(pictures.contrast(white, grey), 2) == 4.54


# --- the report --------------------------------------------------------------------------------------------------


def test_a_report_says_what_was_looked_at_and_well():
    report = rules.run(Bundle("t", forms=[page('<a href="/x">The rules</a>')]), OUTSIDE)
    assert {check.code: check.looked_at for check in report.clean}["links"] == 1
    assert "files" in {check.code for check in report.not_asked}


@pytest.mark.parametrize(
    "html", ["", "<", "<!-- -->", "\x00", "<main>", "<p>" * 3000, "<a href='http://[x'>a b</a>", "<p>x" * 2_000]
)
def test_markup_that_nobody_can_mean_is_read_all_the_same(html):
    rules.run(Bundle("t", forms=[Form("page:en", "", EN, html=html), Form("page:zh", "", ZH, html=html)]), OUTSIDE)
