"""Footnotes: read from text and Markdown, kept in the canonical text, with a version, on the page, in every file."""

from datetime import date

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations import actions, exports, queries
from consultations.drafts import Note, parse_file, parse_html, parse_text
from consultations.drafts.akomantoso import Publication, to_akoma_ntoso
from consultations.drafts.canonical import to_text
from consultations.drafts.exports import to_docx, to_html
from consultations.drafts.labels import CHINESE, ENGLISH
from engage.accounts.actors import SYSTEM
from tests.consultations import factories
from tests.consultations.drafts import noted_drafts
from tests.consultations.test_draft_canonical import essence

CHINESE_TEXT = """社区图书馆管理办法（征求意见稿）

第一条　目的[^a]
为了方便居民[^1]读书，制定本办法。
第二条　借书
居民凭读者证借书[^2]。

[^a]: 条标是起草时加的。
[^1]: 居民包括在本市居住半年以上的人。
[^2 *]: 读者证免费办理。
"""


def notes(draft):
    return {clause.id: clause.notes for clause in draft.clauses if clause.notes}


def codes(draft):
    return [doubt.code for doubt in draft.doubts]


def test_a_plain_text_keeps_its_footnotes():
    draft = parse_text(CHINESE_TEXT)
    assert notes(draft) == {
        "art_1": (Note(-1, "a", "条标是起草时加的。"),),
        "art_1__para_1": (Note(6, "1", "居民包括在本市居住半年以上的人。"),),
        "art_2__para_1": (Note(8, "*", "读者证免费办理。"),),
    }
    assert "[^" not in "".join(clause.text + clause.heading for clause in draft.clauses)


def test_a_markdown_text_keeps_its_footnotes_with_the_lines_that_belong_to_them():
    draft = parse_text("# Rules\n\n## Article 1 Scope\n\nThe body[^n] decides.\n\n[^n]: Any body\n    of the town.\n")
    assert notes(draft) == {"art_1__para_1": (Note(8, "n", "Any body of the town."),)}
    assert draft.clauses[-1].text == "The body decides."


def test_brackets_without_a_footnote_stay_words():
    draft = parse_text("Rules\nArticle 1 The sign [^1] is printed.\n")
    assert draft.clauses[-1].text == "The sign [^1] is printed."
    assert notes(draft) == {}


def test_a_footnote_that_nothing_refers_to_or_that_stands_twice_is_told():
    draft = parse_text("Rules\nArticle 1 The body[^1] decides.\n\n[^1]: Any.\n[^1]: Another.\n[^2]: Lonely.\n")
    assert codes(draft).count("footnote_left_out") == 2
    assert [note.text for note in draft.clauses[-1].notes] == ["Any."]


def test_a_reference_alone_on_its_line_belongs_to_the_words_before_it():
    draft = parse_text("Rules\nArticle 1 The body decides.\n[^1]\n\n[^1]: Any.\n")
    assert draft.clauses[-1].notes == (Note(17, "1", "Any."),)


def test_a_note_in_words_that_stand_below_their_mark_is_kept():
    draft = parse_text("Rules\nArticle 1 Scope\n(a)\n\\(b) is a sign[^1];\n(b) two.\n\n[^1]: Not a mark.\n")
    (kept,) = [clause for clause in draft.clauses if clause.notes]
    assert (kept.text, kept.notes) == ("(b) is a sign;", (Note(13, "1", "Not a mark."),))


@pytest.mark.sqlite_only
@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
def test_the_canonical_text_keeps_every_footnote(language):
    @settings(max_examples=150, deadline=None)
    @given(draft=noted_drafts(language))
    def survives(draft):
        assert essence(parse_text(to_text(draft), language=language)) == essence(draft)

    survives()


@settings(max_examples=60, deadline=None)
@given(st.text("[^1]: a\n\\甲第一条", max_size=60))
def test_no_brackets_break_the_reader(text):
    source = f"Rules\nArticle 1 The body decides.\n{text}\n"
    draft = parse_text(source)
    again = parse_text(to_text(draft), language=draft.language)
    assert [clause.text for clause in again.clauses] == [clause.text for clause in draft.clauses]


PUBLICATION = {"name": "x", "author": "A", "author_code": "a", "version": 1}


def test_footnotes_of_every_kind_of_file_reach_the_same_place():
    draft = parse_text(CHINESE_TEXT, language=CHINESE)
    day = date(2030, 1, 1)
    about = Publication(work_date=day, version_date=day, **PUBLICATION)
    assert notes(parse_file(to_akoma_ntoso(draft, about))) == notes(draft)
    words = {key: [note.text for note in found] for key, found in notes(draft).items()}
    for data in (to_docx(draft), to_html(draft)):
        found = notes(parse_file(data, language=CHINESE))
        assert {key: [note.text for note in kept] for key, kept in found.items()} == words


@pytest.mark.django_db
def test_a_version_keeps_its_footnotes_and_gives_them_to_every_file():
    parsed = parse_text(CHINESE_TEXT, language=CHINESE)
    version = actions.store_draft(parsed, actor=SYSTEM)
    assert exports.draft_of(version, CHINESE) == parsed
    kept = version.texts.get()
    assert parse_text(kept.source, language=CHINESE) == parsed
    for name in exports.FORMATS:
        data = exports.file_of(version, name, language=CHINESE, address="https://example.org/", authority="文化处")
        if name in ("html", "akn"):
            assert "居民包括在本市居住半年以上的人。" in data.decode()
            assert notes(parse_file(data, language=CHINESE)).keys() == notes(parsed).keys()


@pytest.mark.django_db
def test_a_correction_and_a_translation_keep_footnotes():
    version = actions.store_draft(parse_text(CHINESE_TEXT, language=CHINESE), actor=SYSTEM)
    english = "Rules\nArticle 1 Scope\nFor residents[^1].\nArticle 2 Lending\nWith a card.\n\n[^1]: Of half a year.\n"
    actions.add_translation(version, parse_text(english, language=ENGLISH), actor=SYSTEM)
    assert notes(exports.draft_of(version, ENGLISH)) == {"art_1__para_1": (Note(13, "1", "Of half a year."),)}
    fewer = CHINESE_TEXT.replace("[^1]: 居民包括在本市居住半年以上的人。\n", "").replace("居民[^1]", "居民")
    actions.replace_text(version.pk, parse_text(fewer, language=CHINESE), actor=SYSTEM)
    assert notes(exports.draft_of(version, CHINESE)).keys() == {"art_1", "art_2__para_1"}


@pytest.mark.django_db
def test_the_page_shows_footnotes_with_ways_there_and_back():
    call = factories.call(chinese=CHINESE_TEXT, english="")
    version = queries.published_version(call)
    article = queries.text_of(version, language=CHINESE).article("art-1")
    assert [(note.number, note.mark) for note in article.footnotes] == [(1, "a"), (2, "1")]
    assert article.text == "为了方便居民读书，制定本办法。"
    for address in (f"/zh/c/{call.slug}/draft/", f"/zh/c/{call.slug}/art-1/"):
        page = Client().get(address).content.decode()
        for number in (1, 2):
            assert page.count(f'id="ref-art-1-{number}"') == page.count(f'href="#ref-art-1-{number}"') == 1
            assert page.count(f'id="note-art-1-{number}"') == page.count(f'href="#note-art-1-{number}"') == 1
        assert "居民包括在本市居住半年以上的人。" in page
    form = Client().get(f"/zh/c/{call.slug}/art-1/comment/").content.decode()
    assert "居民读书" in form and "note-art-1" not in form


@pytest.mark.django_db
def test_footnotes_are_found_and_told_by_the_api():
    call = factories.call(chinese=CHINESE_TEXT, english="")
    article = Client().get(f"/api/v1/consultations/{call.slug}/text").json()["articles"][0]
    assert article["footnotes"] == [{"at": -1, "mark": "a", "text": "条标是起草时加的。"}]
    assert article["lines"][0]["footnotes"] == [{"at": 6, "mark": "1", "text": "居民包括在本市居住半年以上的人。"}]
    actions.index_version(queries.published_version(call))
    page = Client().get("/zh/search/", {"q": "居住半年"}).content.decode()
    assert f"/zh/c/{call.slug}/art-1/" in page


def test_pasted_rich_text_keeps_footnotes():
    draft = parse_html(
        '<p>Rules</p><p>Article 1 The body<sup><a href="#n" role="doc-noteref">1</a></sup> decides.</p>'
        '<section role="doc-endnotes"><ol><li id="n">Any body.</li></ol></section>'
    )
    assert essence(parse_text(to_text(draft), language=ENGLISH)) == essence(draft)
