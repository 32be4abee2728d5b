"""A version as a sheet to print: what stands on it, without a database but for the address."""

import io
from types import SimpleNamespace

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import translation

from engage.accounts.actors import Role
from surveys.definition import model
from surveys.studio.paper import paper_pdf, papers, sheet
from tests.accounts.people import staff_client
from tests.surveys.studio.builders import PARKS, parks

pytestmark = pytest.mark.sqlite_only


def both(chinese, english):
    return {"zh-hans": chinese, "en": english}


ASKED = [
    {"name": "often", "type": "single", "required": True, "label": both("你多久去？", "How often?"), "options": [
        {"value": "never", "label": both("从不", "Never")},
        {"value": "o", "label": both("其他", "Else"), "other": True},
    ]},
    {"name": "why", "type": "long_text", "label": both("为什么？", "Why, as you said ${often}?"),
     "relevant": "${often} = 'never'"},
    {"name": "topics", "type": "multiple", "max_chosen": 2, "options": [{"value": "lawn"}],
     "relevant": "${often} = 'never' and answered(${why}) or ${often} = 'o'"},
    {"name": "agree", "type": "matrix", "options": [{"value": "1"}],
     "rows": [{"value": "r", "label": both("行", "Row")}],
     "relevant": "${often} != 'o' and selected(${topics}, 'lawn')"},
    {"name": "wide", "type": "matrix", "options": [{"value": f"value {n}"} for n in range(8)], "rows": [{"value": "r"}],
     "relevant": "${agree.r} = '1'"},
    {"name": "nps", "type": "nps", "low_label": both("不", "No")},
    {"name": "slide", "type": "slider", "unit": both("分", "points")},
    {"name": "shared", "type": "constant_sum", "unit": both("分", "points"), "options": [{"value": "a"}]},
    {"name": "day", "type": "datetime"},
    {"name": "photo", "type": "photo", "modes": ["web", "paper"],
     "media": [{"kind": "image", "source": {}, "alt": both("公园", "A park")}]},
    {"name": "yes", "type": "consent"},
    {"name": "n", "type": "note", "label": both("好", "Fine")},
    {"name": "g", "type": "repeat", "label": both("家人", "Family"), "items": [{"name": "age", "type": "number"}]},
    {"name": "web", "type": "text", "modes": ["web"]},
]  # fmt: skip
MADE = PARKS | {"introduction": both("为了公园", "For the parks"), "pages": [{"name": "p", "items": ASKED}]}


def version(document=MADE, **more):
    about = SimpleNamespace(key="parks", closes_at=None, department="Parks")
    return SimpleNamespace(parsed=model.parse(document), number=2, state="draft", questionnaire=about, **more)


@pytest.fixture(scope="module")
def english():
    with translation.override("en"):
        return sheet(version(), "en")


def items(values):
    return {item["number"]: item for item in values["pages"][0]["items"] if "number" in item}


def test_it_says_who_asks_why_and_who_learns_what(english):
    assert english["title"] == "Opening hours of parks" and english["why"] == "For the parks"
    assert english["asks"] == "Parks asks" and english["facts"][0].startswith("It is anonymous")
    assert english["url"].endswith("/en/surveys/parks/") and english["foot"] == "parks · Version 2 · Not released"


def test_every_question_has_what_its_answer_needs(english):
    asked = items(english)
    looks = [asked[number]["look"] for number in sorted(asked)]
    assert looks == ["choices", "lines", "choices", "table", "rows", "scale", "fields", "places", "fields", "lines",
                     "choices", "fields"]  # fmt: skip
    assert asked[1]["needed"] and asked[1]["round"] and not asked[3]["round"]
    assert asked[1]["options"][1] == {"label": "Else", "other": True, "pictures": []}
    assert asked[3]["hints"] == ["You may choose several.", "Choose at most 2"]
    assert asked[6]["steps"] == [str(number) for number in range(11)] and asked[6]["low"] == "No"
    assert asked[7]["hints"] == ["From 0 to 100"] and asked[8]["hints"] == ["Share out 100 points in all."]
    assert len(asked[9]["fields"]) == 5 and asked[10]["pictures"] == ["A park"]
    others = [(one["look"], one["label"]) for one in english["pages"][0]["items"] if "number" not in one]
    assert others == [("note", "Fine"), ("heading", "Family")]


def test_who_answers_is_said_in_words(english):
    routes = {number: item["route"] for number, item in items(english).items()}
    assert routes[2] == {"say": "Only if your answer to question 1 is “Never”.", "list": []}
    assert routes[3] == {
        "say": "Only if at least one of these is so:",
        "list": ["your answer to question 1 is “Never”, and you answered question 2",
                 "your answer to question 1 is “Else”"],
    }  # fmt: skip
    assert routes[4]["say"] == "Only if all of this is so:" and len(routes[4]["list"]) == 2
    assert routes[5]["say"] == "Only if your answer to question 4 (“Row”) is “1”."
    assert items(english)[2]["label"] == "Why, as you said (your answer to question 1)?"


def test_each_language_is_a_file_of_its_own_that_can_be_read():
    for code, said in (("en", "How often?"), ("zh-hans", "你多久去？")):
        document = pypdfium2.PdfDocument(io.BytesIO(paper_pdf(version(), code)))
        text = "".join(page.get_textpage().get_text_range() for page in document)
        assert said in text
        text = "".join(text.split())
        assert "/surveys/parks/" in text


def test_a_language_without_words_of_the_platform_is_printed_in_its_own():
    other = MADE | {"languages": ["fr"], "title": {"fr": "Les parcs"}}
    assert paper_pdf(version(other), "fr")[:4] == b"%PDF"
    assert papers(model.parse(MADE | {"settings": {"modes": ["web"]}})) == ()


@pytest.mark.parametrize(
    ("code", "typeset"),
    [("x", "und"), ("1", "und"), ("Portuguese", "und"), ("FIL-PH", "fil"), ("zh-Hant", "zh"), ("und", "und")],
)
def test_any_code_of_a_language_can_be_printed(code, typeset):
    other = {
        "languages": [code],
        "title": {code: "T"},
        "pages": [{"name": "p", "items": [{"name": "q", "type": "text"}]}],
    }
    made = version(PARKS | other)
    assert sheet(made, code)["words_lang"] == typeset and paper_pdf(made, code)[:4] == b"%PDF"


@pytest.mark.django_db
def test_an_editor_prints_the_languages_a_version_has():
    editor, made = staff_client(Role.EDITOR), parks()
    address = reverse("questionnaire_paper", args=[made.pk, "en"])
    assert address in editor.get(reverse("questionnaire_version", args=[made.pk])).content.decode()
    response = editor.get(address)
    assert response.content[:4] == b"%PDF" and 'filename="parks-1.en.pdf"' in response["Content-Disposition"]
    assert editor.get(reverse("questionnaire_paper", args=[made.pk, "fr"])).status_code == 404
