"""A list of questions is read into a draft whose articles are questions, and written back for correction."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.drafts import parse_file, parse_text
from consultations.drafts.labels import CHINESE, ENGLISH
from consultations.drafts.questions import MOST, questions_text, read_questions
from engage.errors import Refused
from tests.consultations.test_draft_canonical import essence
from tests.consultations.test_draft_word import p, word_file

pytestmark = pytest.mark.sqlite_only


def questions(text, language=None):
    return parse_text(text, language=language, read=read_questions)


def asked(draft):
    """Return the questions as lists of their lines."""
    found = []
    for clause in draft.clauses:
        if clause.level == "article":
            found.append([])
        else:
            found[-1].append(clause.text)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. Do you agree?\n2) Why?\n", [["Do you agree?"], ["Why?"]]),
        ("Q1: Do you agree?\nSay why.\nQ2. What else?\n", [["Do you agree?", "Say why."], ["What else?"]]),
        ("Question 1 Do you agree?\nQuestion 2 Why?\n", [["Do you agree?"], ["Why?"]]),
        ("一、您是否同意？\n二、理由是什么？\n", [["您是否同意？"], ["理由是什么？"]]),
        ("问题1：您是否同意？\n（一）是哪一条？\n", [["您是否同意？"], ["是哪一条？"]]),
        ("您是否同意？\n请说明理由。\n\n还有什么建议？\n", [["您是否同意？", "请说明理由。"], ["还有什么建议？"]]),
        ("Do you agree?\nWhat else?\n", [["Do you agree?"], ["What else?"]]),
    ],
)
def test_numbers_blank_lines_or_lines_part_questions(text, expected):
    assert asked(questions(text)) == expected


def test_questions_are_numbered_in_their_order_and_named_in_both_languages():
    draft = questions("3. Do you agree?\n7. Why?\n")
    assert [(c.id, c.label) for c in draft.clauses if c.level == "article"] == [
        ("art_1", "Question 1"),
        ("art_2", "Question 2"),
    ]
    assert draft.title == "Consultation questions"
    chinese = questions("[标题] 关于办法的问题\n1. 您是否同意？\n")
    assert (chinese.title, chinese.clauses[0].label) == ("关于办法的问题", "问题一")


def test_a_heading_is_the_title():
    assert questions("# What we ask\n\n1. Do you agree?\n").title == "What we ask"


def test_questions_of_a_word_file_are_read():
    draft = parse_file(word_file(p("1. Do you agree?") + p("2. Why?")), name="q.docx", read=read_questions)
    assert asked(draft) == [["Do you agree?"], ["Why?"]]


def test_a_law_in_akoma_ntoso_is_no_list_of_questions():
    akn = b'<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act name="x"/></akomaNtoso>'
    with pytest.raises(Refused) as refused:
        parse_file(akn, read=read_questions)
    assert refused.value.code == "akn_is_a_text"


@pytest.mark.parametrize("text", ["[title] Only a title", "\n \n"])
def test_no_question_is_refused(text):
    with pytest.raises(Refused) as refused:
        questions(text)
    assert refused.value.code == "no_text"


def test_too_many_questions_are_refused():
    with pytest.raises(Refused) as refused:
        questions("".join(f"{number}. Why?\n" for number in range(1, MOST + 2)))
    assert (refused.value.code, refused.value.values) == ("many_questions", {"most": MOST})


LINES = st.lists(
    st.lists(
        st.text("您是否同意？ab 1.(2)、一[]^#\\", min_size=1, max_size=20).map(str.strip).filter(bool),
        min_size=1,
        max_size=3,
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=200, deadline=None)
@given(found=LINES, language=st.sampled_from([CHINESE, ENGLISH]))
def test_what_was_read_is_written_and_read_the_same(found, language):
    source = "\n\n".join(
        "\n".join(
            f"{place}. {line}" if first else f"\\{line}"
            for first, line in zip([True, False, False], lines, strict=False)
        )
        for place, lines in enumerate(found, 1)
    )
    draft = questions(source, language)
    assert essence(questions(questions_text(draft), language)) == essence(draft)


def test_footnotes_of_questions_are_kept():
    draft = questions("1. Do you agree[^1]?\n\n[^1]: With all of it.\n")
    assert [note.text for note in draft.clauses[1].notes] == ["With all of it."]
    assert essence(questions(questions_text(draft))) == essence(draft)
