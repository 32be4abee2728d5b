"""The import screen: every format by its name, pasted rich text, and what is done with tracked changes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.drafts.exports import to_docx, to_html
from consultations.drafts.reader import parse_text
from engage.accounts.actors import Role
from tests.accounts.people import staff_client
from tests.consultations.test_draft_word import word_file
from tests.consultations.test_several_texts import fields

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

TEXT = "试验办法\n第一条　目的\n为了试验[^1]，制定本办法。\n\n[^1]: 仅在本市。\n"
RICH = "<h1>试验办法</h1><p>第一条　目的</p><p>为了试验，制定本办法。</p>"
TRACKED = (
    "<w:p><w:r><w:t>试验办法</w:t></w:r></w:p>"
    "<w:p><w:r><w:t>第一条 每周开放</w:t></w:r>"
    '<w:del w:id="1" w:author="a"><w:r><w:delText>五天</w:delText></w:r></w:del>'
    '<w:ins w:id="2" w:author="a"><w:r><w:t>六天</w:t></w:r></w:ins><w:r><w:t>。</w:t></w:r></w:p>'
)


def given(**more):
    return staff_client(Role.EDITOR).post(reverse("draft_import"), more)


def words(response):
    assert response.status_code == 200
    return [clause.text for clause in response.context["parsed"].clauses if clause.text]


def test_the_field_takes_every_format_there_is():
    page = staff_client(Role.EDITOR).get(reverse("draft_import")).content.decode()
    assert 'accept=".docx,.odt,.fodt,.txt,.md,.markdown,.html,.htm,.xml,.akn"' in page


@pytest.mark.parametrize("name", ["a.docx", "a.html", "a.txt"])
def test_a_file_with_footnotes_is_shown_with_them(name):
    draft = parse_text(TEXT, language="zh-hans")
    data = {"a.docx": to_docx, "a.html": to_html, "a.txt": lambda _draft: TEXT.encode()}[name](draft)
    response = given(file=SimpleUploadedFile(name, data))
    assert words(response) == ["为了试验，制定本办法。"]
    assert "[^1]: 仅在本市。" in response.context["text"]
    assert "仅在本市。" in response.content.decode().split('id="tree"')[1]


def test_pasted_rich_text_keeps_its_structure():
    response = given(text="试验办法 第一条 目的 为了试验，制定本办法。", html=RICH)
    assert words(response) == ["为了试验，制定本办法。"]
    assert response.context["parsed"].title == "试验办法"


def test_the_pasted_source_of_a_page_is_read_as_a_page():
    assert words(given(text=RICH)) == ["为了试验，制定本办法。"]


@pytest.mark.parametrize(
    ("changes", "expected"), [("accept", "每周开放六天。"), ("reject", "每周开放五天。"), ("", "每周开放六天。")]
)
def test_tracked_changes_are_accepted_or_rejected(changes, expected):
    file = SimpleUploadedFile("a.docx", word_file(TRACKED))
    assert words(given(file=file, changes=changes)) == [expected]


def test_an_unknown_choice_about_changes_is_refused():
    response = given(text=TEXT, changes="maybe")
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["changes"]


def test_an_annex_is_written_in_the_language_of_the_text():
    editor = staff_client(Role.EDITOR)
    source = "试验办法\n第一条　目的\n制定本办法。\n[annex] 收费\n每次五元。\n"
    response = editor.post(reverse("draft_import"), {"text": source})
    assert "[附件] 收费" in response.context["text"] and "[annex]" not in response.context["text"]
    kept = editor.post(reverse("draft_review"), fields(response, keep="1"))
    page = editor.get(kept.url).content.decode()
    assert "收费" in page and "[annex]" not in page
