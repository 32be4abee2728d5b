"""Akoma Ntoso: what we write is valid and reads back as the same draft; what others write becomes what it means."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree

from consultations.drafts import Note, parse_file, parse_text
from consultations.drafts.akomantoso import Publication, to_akoma_ntoso
from consultations.drafts.akomantoso.names import eid_of, id_of
from consultations.drafts.builder import TreeBuilder
from consultations.drafts.labels import CHINESE, ENGLISH
from consultations.drafts.tree import ParsedClause, ParsedDraft
from engage.errors import Refused
from tests.consultations.drafts import noted_drafts
from tests.consultations.test_draft_canonical import EUROPEAN, PLANS, POLICY, UNITED_KINGDOM
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only

FOLDER = Path(__file__).parent / "akomantoso"
SCHEMA = etree.XMLSchema(etree.parse(FOLDER / "akomantoso30.xsd"))
AKN = "{http://docs.oasis-open.org/legaldocml/ns/akn/3.0}"
ABOUT = Publication("elderly-care", date(2026, 1, 5), date(2026, 3, 1), "民政局 <&>", version=2)


def written(draft):
    """Return the XML of a draft and its root, valid."""
    data = to_akoma_ntoso(draft, ABOUT)
    root = etree.fromstring(data)
    SCHEMA.assertValid(root)
    return data, root


def survives(draft):
    data, _root = written(draft)
    assert parse_file(data, name="draft.akn") == draft
    return data


# What we write


@settings(max_examples=200, deadline=None)
@given(draft=noted_drafts(CHINESE))
def test_a_chinese_tree_survives_exactly_and_validly(draft):
    survives(draft)


@settings(max_examples=200, deadline=None)
@given(draft=noted_drafts(ENGLISH))
def test_an_english_tree_survives_exactly_and_validly(draft):
    survives(draft)


@pytest.mark.parametrize(
    "name",
    [
        "zh-charity-v1-2016.txt", "zh-charity-v2-2023.txt", "zh-openinfo-2019.txt", "zh-relief-shanghai-v1-2018.txt",
        "zh-relief-shanghai-v2-2024.txt", "zh-volunteer-2017.txt", "zh-charity-v1-2016.docx",
        "zh-volunteer-2017-autonumbered.docx", "zh-relief-shanghai-tracked-changes.docx",
    ],
)  # fmt: skip
def test_real_laws_survive_exactly_and_validly(name):
    survives(parse_file(shared_file("data", "drafts", name)))


@pytest.mark.parametrize("source", [UNITED_KINGDOM, EUROPEAN, PLANS, POLICY])
def test_drafts_of_every_tradition_survive_exactly_and_validly(source):
    survives(parse_text(source))


@pytest.mark.parametrize(
    "source",
    [
        "办法\n第一条 甲。\n第一条 乙。\n第三条之一 丙。\n",  # a number twice, and an inserted one
        "Rules\nArticle 1\nText.\nDone at Ghent, today\nArticle 2\nText.\n",  # an end that is not the end
        "第一编 甲\n第一分编 乙\n第一章 丙\n第一条 丁。\n",
        "规定\n第一章 甲\n第一条 乙。\n第二章 丙\n第一条 丁。\n",  # articles begin again in each chapter
        "A line.\nAnother line.\n",  # no structure at all
        "办法\n第一条 甲：\n（一）乙：\n1.丙：\n①丁；\n②戊。\n",  # deeper than a sub-item
        "ANNEX I\nList\n1. One.\n",
        "通知\n附件：表\n",
    ],
)
def test_odd_drafts_survive_exactly_and_validly(source):
    survives(parse_text(source))


def test_words_that_look_like_markup_and_breaks_inside_words_survive():
    clause = ParsedClause("art_1", "article", "1", "第一条", "<b>&amp;", None, "", 1)
    words = ParsedClause("art_1__para_1", "paragraph", "1", "", "", "art_1", 'a <x/> & "b"\nc  d', 1)
    counts = parse_text("第一条 甲。").counts
    survives(ParsedDraft("]]>", "", CHINESE, (clause, words), (), counts))


def test_characters_that_xml_cannot_hold_are_replaced():
    _data, root = written(parse_text("Rules\nArticle 1 Text \ufffe end \ud800.\n"))
    assert "Text \ufffd end \ufffd." in "".join(root.itertext())


def test_the_eids_follow_the_naming_convention():
    draft = parse_text("示范法\n第二章 甲\n第十五条之一 乙：\n（一）丙：\n1.丁。\n乙二。\n附件一\n戊\n")
    _data, root = written(draft)
    assert [element.get("eId") for element in root.iter() if element.tag.removeprefix(AKN) in (
        "chapter", "article", "paragraph", "point", "indent", "attachment",
    )] == [
        "chp_2", "art_15-1", "art_15-1__para_1", "art_15-1__para_1__point_1", "art_15-1__para_1__point_1__indent_1",
        "art_15-1__para_2", "att_1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("clause_id", "eid"),
    [
        ("art_12A", "art_12A"),
        ("art_15.1__para_n1", "art_15-1__para_nn_1"),
        ("annex_1__part_2", "att_1__part_2"),
        ("part_1__subpt_2__chp_n3", "part_1__subpart_2__chp_nn_3"),
        ("rec_4", "rec_4"),
        ("preamble_2", "preamble__p_2"),
        ("closing_1", "conclusions__p_1"),
        ("art_1__para_1__item_a__subitem_ii", "art_1__para_1__point_a__indent_ii"),
    ],
)
def test_an_id_becomes_an_eid_and_comes_back(clause_id, eid):
    assert eid_of(clause_id) == eid
    assert id_of(eid) == clause_id


def test_the_metadata_name_work_version_language_and_author():
    _data, root = written(parse_text("示范法\n第一条 甲。\n"))

    def value(level, name, attribute="value"):
        return root.find(f".//{AKN}{level}/{AKN}{name}").get(attribute)

    assert value("FRBRWork", "FRBRuri") == "/akn/cn/bill/2026-01-05/elderly-care"
    assert value("FRBRExpression", "FRBRthis") == "/akn/cn/bill/2026-01-05/elderly-care/zho@2026-03-01/!main"
    assert value("FRBRExpression", "FRBRlanguage", "language") == "zho"
    assert value("FRBRExpression", "FRBRversionNumber") == "2"
    assert value("FRBRManifestation", "FRBRuri").endswith(".akn")
    assert root.find(f".//{AKN}TLCOrganization[@eId='author']").get("showAs") == "民政局 <&>"


def test_the_english_elements_of_a_bill_are_used():
    _data, root = written(parse_text(EUROPEAN))
    names = {element.tag.removeprefix(AKN) for element in root.iter() if element.tag.startswith(AKN)}
    assert {"docTitle", "preamble", "recitals", "recital", "chapter", "article", "point", "conclusions",
            "attachment"} <= names  # fmt: skip


def test_a_file_that_was_edited_by_hand_is_still_read():
    data = survives(parse_text("示范法\n第一章 甲\n第一条 乙。\n第二条 丙。\n"))
    edited = data.replace("乙。".encode(), "乙<b>改</b>。".encode())
    draft = parse_file(edited)
    assert [clause.text for clause in draft.clauses if clause.text] == ["乙改。", "丙。"]
    assert [clause.id for clause in draft.clauses][:2] == ["chp_1", "art_1"]


def test_a_file_that_claims_one_id_twice_gets_ids_of_our_own():
    data = survives(parse_text("示范法\n第一条 乙。\n第二条 丙。\n"))
    draft = parse_file(data.replace(b'eId="art_2"', b'eId="art_1"'))
    assert [clause.id for clause in draft.clauses if clause.level == "article"] == ["art_1", "art_2"]


def test_line_breaks_that_an_editor_put_into_words_are_no_words():
    data = survives(parse_text("Rules\nArticle 1 The body shall decide.\n"))
    assert (
        parse_file(data.replace(b"shall decide", b"shall\n      decide")).clauses[-1].text == "The body shall decide."
    )


# What others write


def akn(body: str, *, before: str = "", after: str = "", kind: str = "act", namespace: str = AKN[1:-1]) -> bytes:
    return (
        f'<akomaNtoso xmlns="{namespace}"><{kind} name="x"><meta><identification source="#s"><FRBRExpression>'
        f'<FRBRlanguage language="eng"/></FRBRExpression></identification></meta>{before}<body>\n{body}</body>{after}'
        f"</{kind}></akomaNtoso>"
    ).encode()


def tree(draft):
    return {clause.id: (clause.label, clause.heading, clause.text) for clause in draft.clauses}


def codes(draft):
    return [doubt.code for doubt in draft.doubts]


def test_a_european_proposal_is_read():
    draft = parse_file(FOLDER / "european.xml")
    assert (draft.title, draft.note) == ("Proposal for a REGULATION on consultation", "(Text with EEA relevance)")
    assert dict(draft.counts) == {
        "part": 1, "chapter": 1, "section": 0, "article": 3, "paragraph": 7, "item": 3, "subitem": 2,
    }  # fmt: skip
    assert tree(draft) == {
        "preamble_1": ("", "", "Having regard to the Treaty,"),
        "rec_1": ("(1)", "Whereas", "First."),
        "rec_2": ("(2)", "", "Second."),
        "preamble_2": ("", "", "HAVE ADOPTED THIS:"),
        "part_1": ("TITLE I", "GENERAL", ""),
        "part_1__chp_1": ("CHAPTER 1", "Scope", ""),
        "art_1": ("Article 1", "Subject matter", ""),
        "art_1__para_1": ("1.", "", "This Regulation lays down rules."),
        "art_1__para_2": ("2.", "", "It does not apply to:"),
        "art_1__para_2__item_a": ("(a)", "", "drafts;"),
        "art_1__para_2__item_b": ("(b)", "", "texts of:"),
        "art_1__para_2__item_b__subitem_i": ("(i)", "", "one; or"),
        "art_1__para_2__item_b__subitem_ii": ("(ii)", "", "two."),
        "art_1__para_n1": ("", "", "For point (b), two is many."),
        "art_2": ("Article 2", "Definitions", ""),
        "art_2__para_1": ("", "", "In this Regulation:"),
        "art_2__para_1__item_1": ("(1)", "", "‘draft’ means any text."),
        "art_2a": ("Article 2a", "", ""),
        "art_2a__para_1": ("", "", "First new words."),
        "art_2a__para_2": ("", "", "Fee | Term"),
        "art_2a__para_3": ("", "", "1 | 2"),
        "closing_1": ("", "", "Done at Ghent, 1 May 2030."),
        "annex_1": ("ANNEX I", "List of authorities", ""),
        "annex_1__para_1": ("1.", "", "The first."),
        "annex_1__para_n1": ("", "", "Loose words."),
    }
    notes = [note for clause in draft.clauses for note in clause.notes]
    assert notes == [Note(15, "2", "See the Journal.")]
    assert {
        "footnote_kept",
        "preamble_kept",
        "table_as_text",
        "tracked_changes_accepted",
        "closing_kept",
        "annex_kept",
    } == {*codes(draft)}


def test_the_same_words_on_paper_give_the_same_clauses():
    paper = parse_text("""PROPOSAL FOR A REGULATION
TITLE I
GENERAL
CHAPTER 1
Scope
Article 1
Subject matter
1. This Regulation lays down rules.
2. It does not apply to:
(a) drafts;
(b) texts of:
(i) one; or
(ii) two.
For point (b), two is many.
Article 2
Definitions
In this Regulation:
(1) ‘draft’ means any text.
""")
    shown = {key: words for key, words in tree(paper).items() if key.startswith(("part", "art"))}
    read = {key: words for key, words in tree(parse_file(FOLDER / "european.xml")).items() if key in shown}
    assert read == shown


def test_changes_can_be_rejected():
    assert tree(parse_file(FOLDER / "european.xml", changes="reject"))["art_2a__para_1"][2] == "First old words."


def test_an_american_chapter_is_read():
    draft = parse_file(FOLDER / "american.xml")
    assert tree(draft) == {
        "chp_3": ("CHAPTER 3", "CONSULTATION", ""),
        "art_301": ("§ 301.", "Notice", ""),
        "art_301__para_1": ("", "", "The notice shall be published."),
        "art_301__para_2": ("", "", "(Added 2030.)"),
        "art_302": ("§ 302.", "Hearing", ""),
        "art_302__para_a": ("(a)", "", "A hearing may be held."),
        "art_302__para_b": ("(b)", "", "It is held:"),
        "art_302__para_b__item_1": ("(1)", "", "in public; or"),
        "art_302__para_b__item_2": ("(2)", "", "online."),
        "art_302__para_n1": ("", "", "It is recorded."),
        "art_303": ("§ 303.", "Answer", ""),
        "art_303__para_1": ("", "", "The answer shall say:"),
        "art_303__para_1__item_1": ("(1)", "", "what was said; and"),
        "art_303__para_1__item_2": ("(2)", "", "what changed."),
    }


def test_a_british_bill_with_block_lists_a_schedule_and_a_cross_heading_is_read():
    draft = parse_file(FOLDER / "british.xml")
    assert draft.title == "Data Act 2030"
    assert tree(draft) == {
        "part_1": ("PART 1", "Preliminary", ""),
        "part_1__sec_n1": ("", "Introductory", ""),
        "art_1": ("1", "Overview", ""),
        "art_1__para_1": ("(1)", "", "In this Act— words mean—"),
        "art_1__para_1__item_a": ("(a)", "", "text, or"),
        "art_1__para_1__item_b": ("(b)", "", "speech—"),
        "art_1__para_1__item_b__subitem_i": ("(i)", "", "live."),
        "annex_1": ("SCHEDULE 1", "Bodies", ""),
        "annex_1__para_1": ("1", "", "A department."),
    }


def test_a_chinese_law_of_others_is_read():
    draft = parse_file(
        akn(
            """<chapter><num>第一章</num><heading>总则</heading><article><num>第一条</num><content><p>为了示范，制定本法。</p>
</content></article><article><num>第二条之一</num><paragraph><content><p>有下列情形之一的：</p><blockList><item><num>（一）</num>
<p>甲；</p></item><item><num>（二）</num><p>乙。</p></item></blockList></content></paragraph></article></chapter>"""
        ).replace(b'"eng"', b'"zho"')
    )
    assert draft.language == CHINESE
    assert [clause.id for clause in draft.clauses] == [
        "chp_1", "art_1", "art_1__para_1", "art_2.1", "art_2.1__para_1", "art_2.1__para_1__item_1",
        "art_2.1__para_1__item_2",
    ]  # fmt: skip


def test_quotations_pictures_notes_and_parts_elsewhere_are_told():
    quoted = "<quotedStructure><section><num>5A</num><content><p>New.</p></content></section></quotedStructure>"
    more = '<img src="x.png"/><noteRef href="#n1" marker="*"/>'
    section = f"<section><num>1</num><content><p>Insert <mod>{quoted}</mod>{more}</p></content></section>"
    elsewhere = '<attachments><attachment><documentRef href="http://127.0.0.1:9/y"/></attachment></attachments>'
    notes = b'</identification><notes source="#s"><note eId="n1"><p>The note.</p></note></notes>'
    data = akn(f'{section}<componentRef src="http://127.0.0.1:9/x"/>', after=elsewhere)
    draft = parse_file(data.replace(b"</identification>", notes))
    assert tree(draft)["art_1__para_1"] == ("", "", "Insert 5A New.")
    assert draft.clauses[1].notes[0].text == "The note."
    assert sorted(codes(draft)) == [
        "external_left_out", "external_left_out", "footnote_kept", "no_title", "pictures_left_out", "quoted_as_text",
    ]  # fmt: skip


def test_numbers_twice_missing_or_out_of_order_are_doubts():
    draft = parse_file(
        akn("".join(f"<section><num>{number}</num><content><p>x</p></content></section>" for number in (1, 3, 3, 2)))
    )
    assert [clause.id for clause in draft.clauses if clause.level == "article"] == [
        "art_1",
        "art_3",
        "art_3_2",
        "art_2",
    ]
    assert [code for code in codes(draft) if code != "no_title"] == [
        "missing_numbers",
        "duplicate_number",
        "out_of_order",
    ]


def test_components_that_name_each_other_end():
    first = '<component eId="a"><documentRef href="#b"/></component>'
    second = '<doc name="x"><meta/><mainBody><componentRef src="#a"/><p>Words.</p></mainBody></doc>'
    loop = f'<components>{first}<component eId="b">{second}</component></components>'
    draft = parse_file(akn("<section><num>1</num><content><p>x</p></content></section>", after=loop))
    assert "external_left_out" in codes(draft)
    assert draft.clauses[-1].text == "Words."


# Refusals


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><akomaNtoso>&x;</akomaNtoso>', "unsafe_xml"),
        (b'<!DOCTYPE akomaNtoso SYSTEM "http://127.0.0.1:9/x.dtd"><akomaNtoso/>', "unsafe_xml"),
        (b'<!DOCTYPE akomaNtoso [<!ENTITY % p SYSTEM "file:///etc/hostname">%p;]><akomaNtoso/>', "unsafe_xml"),
        (akn("<section>")[:-30], "broken_file"),
        (akn("<section>" * 300 + "</section>" * 300), "too_complex"),
        (b'<?xml version="1.0"?><rss/>', "not_a_document"),
        (akn("").replace(b"<body>", b"<judgmentBody>").replace(b"</body>", b"</judgmentBody>"), "not_a_document"),
        (akn("<section/>").replace(b"<section/>", b"<hcontainer/>"), "no_text"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused(data, code):
    with pytest.raises(Refused) as refusal:
        parse_file(data, name="draft.akn")
    assert refusal.value.code == code


def test_ten_thousand_articles_come_back():
    builder = TreeBuilder(CHINESE)
    for number in range(1, 10_001):
        builder.add("article", str(number), label=f"第{number}条", line=number)
        builder.add("paragraph", "1", label="", line=number, text=f"内容{number}。")
    draft = builder.draft(title="办法", note="")
    assert parse_file(to_akoma_ntoso(draft, ABOUT)) == draft
