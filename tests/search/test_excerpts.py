"""What is shown of a text: no database."""

from hypothesis import given
from hypothesis import strategies as st

from engage.search.excerpts import EXCERPT_WIDTH, excerpt, marked
from engage.search.terms import read_question


def shown(text: str, question: str) -> str:
    """Write the excerpt with brackets for marks."""
    return "".join(f"[{part.text}]" if part.marked else part.text for part in excerpt(text, read_question(question)))


def test_chinese_words_are_marked_where_they_stand():
    assert shown("国家建立社会救助制度。", "社会救助 制度") == "国家建立[社会救助][制度]。".replace("][", "")


def test_english_is_marked_in_every_form_of_the_word():
    assert (
        shown("Apply early. Applying late, you applied.", "apply") == "[Apply] early. [Applying] late, you [applied]."
    )


def test_a_quoted_phrase_is_marked_as_a_whole_and_its_words_elsewhere_are_not():
    text = "Open data is data that is open data in an open database."
    assert shown(text, '"open data"') == "[Open data] is data that is [open data] in an open database."


def test_full_width_and_invisible_characters_are_marked_with_the_word():
    assert shown("报名ＡＢＣ和a\u200bbc", "abc") == "报名[ＡＢＣ]和[a\u200bbc]"


def test_a_ligature_is_marked_whole():
    assert shown("the ﬁle", "file") == "the [ﬁle]"


def test_a_phrase_is_marked_across_spaces_that_the_index_ignores():
    assert shown("第 15 条", "第15条") == "[第 15 条]"


def test_the_excerpt_begins_at_the_sentence_of_the_first_hit():
    text = "第一句说别的事。" * 40 + "第二句说养老服务。" + "后面还有。" * 60
    assert shown(text, "养老").startswith("…第二句说[养老]服务。后面")
    assert shown(text, "养老").endswith("…")


def test_an_excerpt_never_splits_an_english_word_or_a_character_from_its_marks():
    text = "wonderfully " * 60 + "zebra " + "marvellously " * 60
    words = shown(text, "zebra").strip("…").replace("[", "").replace("]", "").split()
    assert set(words) == {"wonderfully", "zebra", "marvellously"}
    family = "👨\u200d👩\u200d👧"
    assert not shown(family * 100, "x").strip("…").endswith("\u200d")


def test_without_a_hit_the_beginning_is_shown():
    assert shown("甲" * 400, "乙") == "甲" * (EXCERPT_WIDTH // 2) + "…"


def test_a_title_is_marked_whole():
    parts = marked("社会救助法（草案）", read_question("救助"))
    assert [tuple(part) for part in parts] == [("社会", False), ("救助", True), ("法（草案）", False)]


@given(st.text(max_size=80), st.text(max_size=20))
def test_marking_never_changes_a_text(text, question):
    assert "".join(part.text for part in marked(text, read_question(question))) == text


@given(
    st.text(alphabet="养老服务，。 abc\n\u200b\u0301é", max_size=400),
    st.sampled_from(["养老", "abc", "服", "x", "老服务"]),
)
def test_an_excerpt_is_a_stretch_of_the_text(text, question):
    excerpted = "".join(part.text for part in excerpt(text, read_question(question)))
    assert excerpted.removeprefix("…").removesuffix("…") in text
