"""A version as DDI-Codebook 2.5: well-formed, in the order of the schema, its variables those of the CSV."""

import pytest
from lxml import etree

from surveys.definition.model import parse
from surveys.results.ddi import NAMESPACE, About, codebook
from surveys.results.layout import layout_of
from tests.surveys.studio.builders import PARKS

pytestmark = pytest.mark.sqlite_only

# Children in the order of codebook.xsd of DDI-Codebook 2.5, as far as they are written here.
ORDER = {
    "codeBook": ["stdyDscr", "dataDscr"],
    "stdyDscr": ["citation", "stdyInfo", "method"],
    "citation": ["titlStmt", "prodStmt", "verStmt", "holdings"],
    "titlStmt": ["titl", "parTitl", "IDNo"],
    "prodStmt": ["producer"],
    "verStmt": ["version"],
    "stdyInfo": ["abstract"],
    "method": ["dataColl"],
    "dataColl": ["collMode"],
    "dataDscr": ["varGrp", "var"],
    "varGrp": ["labl"],
    "var": ["labl", "qstn", "valrng", "invalrng", "universe", "catgry", "derivation", "varFormat", "notes"],
    "qstn": ["qstnLit", "ivuInstr"],
    "valrng": ["range"],
    "invalrng": ["item"],
    "catgry": ["catValu", "labl"],
    "derivation": ["drvcmd"],
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SAID = ("chosen", "not_chosen", "yes", "no", "own_words", "in_repeat", "private", "dont_know", "refused", "unreadable",
        "web", "phone", "paper")  # fmt: skip
WORDS = {name: {"en": name.replace("_", " "), "zh-hans": f"字{name}"} for name in SAID}
ABOUT = About("parks", 3, "Parks & lakes", "https://example.org/en/surveys/parks/")


def both(chinese, english):
    return {"zh-hans": chinese, "en": english}


ASKED = [
    {"name": "topics", "type": "multiple", "label": both("什么", "What"), "options": [
        {"value": "lawn", "label": both("草坪", "Lawns")}, {"value": "more", "other": True}]},
    {"name": "agree", "type": "matrix", "options": [{"value": "1", "label": both("同意", "Yes")}],
     "rows": [{"value": "clean", "label": both("干净", "Clean")}]},
    {"name": "mail", "type": "email", "label": both("邮箱", "Mail"), "relevant": "${agree.clean} = '1'"},
    {"name": "ok", "type": "consent"},
    {"name": "day", "type": "date", "help": both("哪天", "The day\x0b of it")},
    {"name": "twice", "type": "calculation", "calculation": "${hours} * 2"},
    {"name": "said", "type": "note", "label": both("好", "Fine")},
    {"name": "people", "type": "repeat", "items": [{"name": "age", "type": "number"}]},
]  # fmt: skip
MADE = parse(
    PARKS
    | {"introduction": both("为了公园", "For the parks")}
    | {"pages": [*PARKS["pages"], {"name": "more", "relevant": "${hours} > 2", "items": ASKED}]}
)


def tag(element):
    return etree.QName(element).localname


@pytest.fixture(scope="module")
def book():
    return etree.fromstring(codebook(MADE, ABOUT, WORDS), etree.XMLParser(resolve_entities=False, no_network=True))


def variables(book):
    return {one.get("name"): one for one in book.iter(f"{{{NAMESPACE}}}var")}


def texts(element, name):
    return {one.get(LANG): one.text for one in element.findall(f"{{{NAMESPACE}}}{name}")}


def test_it_is_a_codebook_of_the_standard_with_every_element_in_its_place(book):
    assert book.tag == f"{{{NAMESPACE}}}codeBook" and book.get("version") == "2.5"
    for element in book.iter():
        names = [tag(child) for child in element]
        places = [ORDER[tag(element)].index(name) for name in names]
        assert places == sorted(places), tag(element)


def test_marks_are_there_once_and_groups_lead_to_variables(book):
    marks = [one.get("ID") for one in book.iter() if one.get("ID")]
    assert len(marks) == len(set(marks))
    groups = {one.get("name"): one for one in book.iter(f"{{{NAMESPACE}}}varGrp")}
    assert {name: one.get("type") for name, one in groups.items()} == {
        "visits": "section", "wishes": "section", "more": "section", "topics": "multipleResp", "agree": "grid",
    }  # fmt: skip
    assert set(" ".join(one.get("var") for one in groups.values()).split()) <= set(marks)


def test_the_study_has_its_title_in_both_languages(book):
    citation = book[0][0][0]
    assert texts(citation, "titl") == {"zh-hans": "公园开放时间"}
    assert texts(citation, "parTitl") == {"en": "Opening hours of parks"}
    assert book.findtext(f".//{{{NAMESPACE}}}producer") == "Parks & lakes"


def test_variables_are_the_columns_of_the_files_and_what_has_none_says_so(book):
    columns = [
        name
        for column in layout_of({3: MADE}).columns
        for name in (
            [f"{column.key}.{level.value}" for level in column.levels] if column.kind == "mask" else [column.key]
        )
    ]
    found = variables(book)
    noted = {name: texts(one, "notes") for name, one in found.items() if texts(one, "notes")}
    assert noted == {"mail": WORDS["private"], "age": WORDS["in_repeat"]}
    assert [name for name in found if name not in noted] == columns


def test_questions_labels_and_codes_are_there_in_both_languages(book):
    often = variables(book)["often"]
    asked = both("您多久去一次公园？", "How often do you go to a park?")
    assert texts(often, "labl") == asked and texts(often[2], "qstnLit") == asked
    codes = {one[0].text: (one.get("missing"), texts(one, "labl")) for one in often.iterfind(f"{{{NAMESPACE}}}catgry")}
    assert codes["weekly"] == ("N", both("每周", "Every week")) and codes["refused"] == ("Y", WORDS["refused"])
    assert [item.get("VALUE") for item in often.iter(f"{{{NAMESPACE}}}item")] == ["dont_know", "refused", "unreadable"]


def test_parts_ranges_conditions_and_calculations_are_told(book):
    found = variables(book)
    assert texts(found["topics.lawn"], "labl") == both("什么: 草坪", "What: Lawns")
    assert texts(found["agree.clean"], "labl")["en"] == "agree: Clean"
    [span] = found["hours"].iter(f"{{{NAMESPACE}}}range")
    assert dict(span.attrib) == {"UNITS": "REAL", "min": "0", "max": "24"} and found["hours"].get("intrvl") == "contin"
    assert found["mail"].findtext(f"{{{NAMESPACE}}}universe") == "(${hours} > 2) and (${agree.clean} = '1')"
    assert found["twice"].findtext(f".//{{{NAMESPACE}}}drvcmd") == "${hours} * 2"
    assert found["ok"].findtext(f".//{{{NAMESPACE}}}catValu") == "1"
    assert texts(found["day"][1], "ivuInstr")["en"] == "The day of it"


def test_only_the_web_knows_no_reason_for_a_missing_answer():
    made = parse(PARKS | {"settings": {"modes": ["web"]}})
    assert b"dont_know" not in codebook(made, ABOUT, WORDS)


def test_answers_that_are_pictures_alone_are_named_by_what_they_show():
    shown = [{"kind": "image", "source": {"en": "pond.png"}, "alt": both("池塘", "The pond")}]
    bare = [{"value": "a1", "media": shown}, {"value": "a2", "label": both("路", "Path"), "media": shown}]
    single = {"type": "single", "name": "one", "label": both("哪个？", "Which?"), "options": bare}
    table = {"type": "matrix", "name": "table", "label": both("多好？", "How good?"), "options": bare, "rows": bare}
    pages = [{"name": "first", "items": [single, table]}]
    parsed = parse({"format": "engage-questionnaire/1", "languages": ["zh-hans", "en"], "pages": pages})
    columns = {column.key: column for column in layout_of({1: parsed}).columns}
    assert [level.label["en"] for level in columns["one"].levels] == ["The pond", "Path"]
    assert columns["table.a1"].part_label == both("池塘", "The pond")
