"""Which files a question takes, and where it is asked."""

import pytest

from surveys.definition import files
from surveys.definition.checks import check
from surveys.definition.paper import numbers

from .builders import definition, question, sitting

pytestmark = pytest.mark.sqlite_only

PNG, PDF = ({"image/png"}, ("png", "apng")), ({"application/pdf"}, ("pdf",))


@pytest.mark.parametrize(
    ("kind", "accept", "png", "pdf"),
    [
        ("file", [], True, True),
        ("photo", [], True, False),
        ("file", ["image/*"], True, False),
        ("file", [" .PNG "], True, False),
        ("file", ["png"], True, False),
        ("file", ["application/pdf", ".docx"], False, True),
        ("file", ["*/*"], True, True),
        ("file", ["*"], True, True),
        ("file", ["video/*"], False, False),
        ("file", ["image"], False, False),
        ("photo", [".pdf"], False, False),
        ("photo", ["*/*"], True, False),
    ],
)
def test_a_question_takes_the_kinds_that_its_author_named(kind, accept, png, pdf):
    asked = definition([question(kind, "f", accept=accept)]).by_name["f"].item
    taken = [files.takes(asked, media_types=types, endings=endings) for types, endings in (PNG, PDF)]
    assert taken == [png, pdf]


@pytest.mark.parametrize(
    ("modes", "web", "phone", "paper"),
    [
        ([], True, False, False),
        (["web"], True, False, False),
        (["web", "phone", "paper"], True, False, True),
        (["phone"], False, False, False),
        (["paper"], False, False, True),
    ],
)
def test_a_file_is_asked_on_the_web_and_on_paper_where_that_is_said(modes, web, phone, paper):
    from surveys.definition.runtime import Runtime

    made = definition([question("photo", "f", modes=modes, required=True), question("text", "t")])
    runtime = Runtime(made)
    asked = {
        mode: "f" in {shown.key for shown in runtime.course({}, sitting(mode=mode)).shown()}
        for mode in ("web", "phone", "paper")
    }
    assert asked == {"web": web, "phone": phone, "paper": paper}
    assert ("f" in numbers(made)) is paper


def test_an_author_hears_that_a_file_is_asked_on_the_web_alone():
    def said(item, **settings):
        found = check(definition([item], settings=settings))
        return [(one.path, one.severity) for one in found if one.code == "web_only"]

    assert said(question("file", "f")) == [("/pages/0/items/0", "note")]
    assert said(question("file", "f", modes=["web"])) == []
    assert said(question("file", "f"), modes=["web"]) == []
    assert said(question("text", "f")) == []
