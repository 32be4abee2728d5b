"""The Studio's draft desk: a text comes in, is looked at, corrected, translated and published by editors only."""

import html
import io
import re
import runpy
import sys
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from consultations.drafts.reader import parse_file
from consultations.models import Consultation, Draft, Version
from consultations.studio.shown import Source, shown
from engage.accounts.actors import ANYONE, Role
from engage.journal.models import JournalRow
from tests.accounts.people import staff_client
from tests.consultations.factories import CHINESE, ENGLISH, call, department
from tests.consultations.test_draft_word import TYPES, p, word_file
from tests.publishing.signing import release_call, sign_newest
from tests.shared import shared_file

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

DOUBTFUL = """某市试验办法
（某局起草）
目录
第一章 总则
第二章 附则
第一章 总则
第一条 为了试验，制定本办法。
（一）甲；
（三）丙。
第三条 办法由本局解释。
第三条 办法自发布之日起施行。
"""


@pytest.fixture
def editor() -> Client:
    return in_language(staff_client(Role.EDITOR), "zh-hans")


def in_language(client: Client, code: str) -> Client:
    """Set the language of a browser as the switch of the site does."""
    client.cookies["django_language"] = code
    return client


def upload(client: Client, data: bytes, name: str, **more: str):
    return client.post(reverse("draft_import"), {"file": SimpleUploadedFile(name, data), **more})


def paste(client: Client, text: str, **more: str):
    return client.post(reverse("draft_import"), {"text": text, **more})


def fields(response) -> dict[str, str]:
    """Return what the review form would send back."""
    found = {name: response.context[name] for name in ("text", "source", "purpose")}
    for name in ("draft", "version"):
        if response.context[name]:
            found[name] = response.context[name].pk
    return {**found, "language": response.context["parsed"].language}


def keep(client: Client, response, **changed: str):
    """Send the review form with the button that keeps the text."""
    return client.post(reverse("draft_review"), {**fields(response), **changed, "keep": "1"})


def kept(client: Client, text: str = CHINESE) -> Version:
    keep(client, paste(client, text))
    return Version.objects.latest("pk")


def words(response) -> str:
    """Return what a reader sees, without tags."""
    main = response.content.decode().split('id="main"', 1)[1].split("</main>")[0]
    seen = re.sub(r"<(script|style|template|svg)\b.*?</\1>", "", f"<main {main}", flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(strip_tags(seen.replace("<", " <"))))


def problems(response) -> list[str]:
    assert response.status_code == 422, response.status_code
    form = response.context["form"]
    return [str(problem) for listed in form.errors.values() for problem in listed]


def empty_call(slug: str = "library-new") -> Consultation:
    """Return a call that has no text yet."""
    with_text = call(slug=f"{slug}-with-text")
    return Consultation.objects.create(
        slug=slug, department=department(), opens_at=with_text.opens_at, closes_at=with_text.closes_at
    )


# A text comes in


@pytest.mark.parametrize(
    "name",
    [
        "zh-charity-v1-2016.txt",
        "zh-charity-v2-2023.txt",
        "zh-openinfo-2019.txt",
        "zh-relief-shanghai-v1-2018.txt",
        "zh-volunteer-2017.txt",
        "zh-charity-v1-2016.docx",
        "zh-volunteer-2017-autonumbered.docx",
        "zh-relief-shanghai-tracked-changes.docx",
    ],
)
def test_a_real_law_is_uploaded_seen_and_kept(editor, name):
    path = shared_file("data", "drafts", name)
    response = upload(editor, path.read_bytes(), name)
    assert response.status_code == 200
    expected = parse_file(path)
    assert [row["clause"].id for row in response.context["rows"]] == [clause.id for clause in expected.clauses]
    assert keep(editor, response).status_code == 302
    version = Version.objects.get()
    assert version.source_name == name
    assert list(version.clauses.order_by("position").values_list("key", flat=True)) == [c.id for c in expected.clauses]


def test_pasted_text_is_shown_as_a_tree_with_counts(editor):
    response = paste(editor, CHINESE)
    shown_words = words(response)
    assert "条：3" in shown_words and "章：2" in shown_words
    assert shown_words.index("第二条") < shown_words.index("社区图书馆每周开放不少于五天")
    assert Version.objects.count() == 0


def test_markdown_is_uploaded(editor):
    markdown = "# 示范办法\n\n## 第一章 总则\n\n**第一条** 为了示范，制定本办法。\n\n第二条 本办法自发布之日起施行。\n"
    response = upload(editor, markdown.encode(), "rules.md")
    assert [row["clause"].id for row in response.context["rows"] if row["clause"].level == "article"] == [
        "art_1",
        "art_2",
    ]


def test_a_hand_made_word_file_is_uploaded(editor):
    body = p("示范办法") + p("第一条 为了示范，制定本办法。") + p("第二条 本办法自发布之日起施行。")
    response = upload(editor, word_file(body), "rules.docx")
    assert response.context["parsed"].title == "示范办法"
    assert response.context["parsed"].counts["article"] == 2


def test_the_language_can_be_told(editor):
    response = paste(editor, ENGLISH, language="en")
    assert response.context["parsed"].language == "en"
    assert 'lang="en"' in response.content.decode()


# Doubts


def test_every_doubt_names_the_line_of_the_text_beside_it(editor):
    response = paste(editor, DOUBTFUL)
    lines = response.context["text"].split("\n")
    told = dict(response.context["doubts"])
    third = ["第三条　办法由本局解释。", "第三条　办法自发布之日起施行。"]
    assert {lines[line - 1] for line in told} == {"（三）丙。", *third}
    again = next(message for line, message in told.items() if lines[line - 1].endswith("施行。"))
    assert f"第{lines.index(third[0]) + 1}行" in again


def test_the_tree_counts_the_same_lines(editor):
    response = paste(editor, DOUBTFUL)
    lines = response.context["text"].split("\n")
    for row in response.context["rows"]:
        clause = row["clause"]
        assert (clause.text or clause.heading or clause.label) in lines[clause.line - 1]


def test_what_was_left_out_of_the_source_is_told_and_stays_told(editor):
    response = paste(editor, DOUBTFUL)
    assert "原文第3行" in words(response)
    again = editor.post(reverse("draft_review"), fields(response))
    assert "原文第3行" in words(again)
    keep(editor, again)
    version = Version.objects.get()
    assert [doubt["line"] for doubt in version.doubts][0] == 0
    page = words(editor.get(reverse("draft_version", args=[version.pk])))
    assert "原文：" in page and "第0行" not in page


def test_kept_doubts_name_the_lines_of_the_kept_text(editor):
    keep(editor, paste(editor, DOUBTFUL))
    version = Version.objects.get()
    lines = version.texts.get().source.split("\n")
    assert {lines[doubt["line"] - 1][:4] for doubt in version.doubts if doubt["line"]} == {"（三）丙", "第三条　"}
    correction = editor.get(reverse("draft_correct", args=[version.pk]))
    assert correction.context["text"].split("\n") == lines
    assert {line for line, _message in correction.context["doubts"]} == {
        doubt["line"] for doubt in version.doubts if doubt["line"]
    }


def test_accepted_changes_of_a_word_file_are_told(editor):
    path = shared_file("data", "drafts", "zh-relief-shanghai-tracked-changes.docx")
    response = upload(editor, path.read_bytes(), path.name)
    assert [doubt.code for doubt in Source.unsealed(response.context["source"]).doubts] == ["tracked_changes_accepted"]
    keep(editor, response)
    assert Version.objects.get().doubts[0]["code"] == "tracked_changes_accepted"


def test_nobody_makes_up_a_source(editor):
    response = paste(editor, CHINESE)
    assert keep(editor, response, source="W10:forged:forged").status_code == 400
    assert Version.objects.count() == 0


def test_a_text_without_doubts_says_so(editor):
    assert "每一行都认清楚了" in words(paste(editor, CHINESE))


# Correction and keeping


def test_a_corrected_text_is_read_again_before_it_is_kept(editor):
    response = paste(editor, DOUBTFUL)
    corrected = response.context["text"].replace("（三）丙", "（二）丙").replace("第三条　办法由", "第二条　办法由")
    again = editor.post(reverse("draft_review"), {**fields(response), "text": corrected})
    assert again.context["doubts"] == []
    assert Version.objects.count() == 0
    keep(editor, again)
    assert list(Version.objects.get().clauses.filter(level="article").values_list("key", flat=True)) == [
        "art_1",
        "art_2",
        "art_3",
    ]


def test_an_unpublished_version_is_corrected_in_place(editor):
    version = kept(editor)
    response = editor.get(reverse("draft_correct", args=[version.pk]))
    keep(editor, response, text=response.context["text"].replace("五天", "六天"))
    version.refresh_from_db()
    assert Version.objects.count() == 1
    assert "六天" in version.texts.get().source
    assert JournalRow.objects.filter(verb="draft.corrected").exists()


def test_a_new_version_belongs_to_the_same_draft(editor):
    version = kept(editor)
    response = paste(editor, CHINESE.replace("五册", "十册"), draft=version.draft_id, purpose="version")
    keep(editor, response)
    assert [v.number for v in Draft.objects.get().versions.all()] == [1, 2]


def test_a_translation_meets_the_clauses_by_number(editor):
    version = kept(editor)
    response = paste(editor, ENGLISH, version=version.pk, purpose="translation")
    answer = keep(editor, response)
    assert answer.url == reverse("draft_version", args=[version.pk])
    article = version.clauses.get(key="art_3")
    assert {text.language for text in article.texts.all()} == {"zh-hans", "en"}


def test_clauses_that_stand_in_one_language_only_are_named(editor):
    version = kept(editor)
    response = paste(editor, ENGLISH.replace("Article 3", "Article 7"), version=version.pk, purpose="translation")
    page = editor.post(reverse("draft_review"), {**fields(response), "keep": "1"}, follow=True)
    assert "art_3" in words(page) and "art_7" in words(page)


def test_keeping_is_written_to_the_journal(editor):
    kept(editor)
    assert JournalRow.objects.filter(verb="draft.imported").count() == 1


# Publishing


def test_publishing_asks_which_call_the_text_belongs_to(editor):
    version, target = kept(editor), empty_call()
    address = reverse("draft_publish", args=[version.pk])
    assert problems(editor.post(address)) == ["选择这份草案属于哪一次征求意见"]
    assert editor.post(address, {"consultation": target.pk}).url == reverse("release_hand_in", args=["call", target.pk])
    version.refresh_from_db()
    assert version.published_at is None
    release_call(target)
    version.refresh_from_db()
    assert version.published_at is not None
    assert version.draft.consultation == target and version.draft.published == version


def test_calls_are_chosen_by_title(editor):
    taken = call(slug="taken")
    taken.drafts.update(consultation=None)
    version = kept(editor)
    page = editor.get(reverse("draft_version", args=[version.pk])).content.decode()
    assert f'<option value="{taken.pk}">社区图书馆管理办法</option>' in page
    english = in_language(editor, "en").get(reverse("draft_version", args=[version.pk])).content.decode()
    assert f'<option value="{taken.pk}">Community library rules</option>' in english


def test_a_call_that_has_a_text_is_no_choice(editor):
    version, taken = kept(editor), call()
    address = reverse("draft_publish", args=[version.pk])
    assert "已经有草案了" in problems(editor.post(address, {"consultation": taken.pk}))[0]
    version.refresh_from_db()
    assert version.published_at is None


def test_without_a_call_the_page_leads_to_making_one(editor):
    version = kept(editor)
    page = editor.get(reverse("draft_version", args=[version.pk])).content.decode()
    assert reverse("wagtailsnippets_consultations_consultation:add") in page


def test_a_published_version_offers_neither_publishing_nor_correction(editor):
    version = call().drafts.get().published
    page = editor.get(reverse("draft_version", args=[version.pk])).content.decode()
    assert reverse("draft_publish", args=[version.pk]) not in page
    assert reverse("draft_correct", args=[version.pk]) not in page
    assert editor.get(reverse("draft_correct", args=[version.pk])).status_code == 404


def test_publishing_twice_changes_nothing(editor):
    version = call().drafts.get().published
    before = version.published_at
    assert editor.post(reverse("draft_publish", args=[version.pk])).status_code == 302
    version.refresh_from_db()
    assert version.published_at == before
    assert JournalRow.objects.filter(verb="draft.published").count() == 1


def test_a_newer_version_replaces_the_text_the_public_reads(editor, client):
    consultation = call()
    old = consultation.drafts.get().published
    keep(editor, paste(editor, CHINESE.replace("五册", "十册"), draft=old.draft_id, purpose="version"))
    new = Version.objects.latest("pk")
    editor.post(reverse("draft_publish", args=[new.pk]))
    assert "十册" not in client.get(f"/zh/c/{consultation.slug}/draft/?before").content.decode()
    release_call(consultation)
    assert "十册" in client.get(f"/zh/c/{consultation.slug}/draft/").content.decode()
    assert "被新版取代" in words(editor.get(reverse("draft_version", args=[old.pk])))


def test_a_published_version_takes_no_translation(editor):
    version = call(english="").drafts.get().published
    response = paste(editor, ENGLISH, version=version.pk, purpose="translation")
    refused = keep(editor, response)
    assert "已" in problems(refused)[0]
    assert "Community library rules" in refused.context["form"]["text"].value()
    assert version.texts.count() == 1


# Refusals: a reason in the editor's language, and nothing typed is lost


def test_nothing_at_all_is_refused(editor):
    assert problems(paste(editor, "")) == ["选一个文件，或粘贴文本"]
    assert problems(paste(editor, " \n\u3000\n")) == ["选一个文件，或粘贴文本"]


def test_an_empty_file_is_refused(editor):
    assert problems(upload(editor, b"", "empty.txt")) == ["文件是空的。请选择含有正文的文件。"]


def test_a_file_that_is_too_large_is_refused(editor):
    assert "10" in problems(upload(editor, b"a" * (10 * 1024 * 1024 + 1), "large.txt"))[0]


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", b"<w:document>" + b" " * 300_000_000)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Return the folder of hostile files that the real input makes."""
    folder = tmp_path_factory.mktemp("hostile")
    maker = shared_file("data", "badinput", "make_files.py")
    arguments, sys.argv = sys.argv, [str(maker), str(folder)]
    try:
        runpy.run_path(str(maker), run_name="__main__")
    finally:
        sys.argv = arguments
    return folder


def test_a_zip_bomb_is_refused(editor):
    assert "解压" in problems(upload(editor, bomb(), "bomb.docx"))[0]


def macro_file() -> bytes:
    buffer = io.BytesIO(word_file(p("第一条 为了示范，制定本办法。")))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return buffer.getvalue()


def test_a_file_with_macros_is_refused(editor):
    assert "宏" in problems(upload(editor, macro_file(), "macro.docx"))[0]


def test_a_file_with_a_password_is_refused(editor):
    locked = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2000
    assert "密码" in problems(upload(editor, locked, "locked.docx"))[0]


def test_gb18030_is_read_and_doubted(editor):
    response = upload(editor, CHINESE.encode("gb18030"), "rules.txt")
    assert response.status_code == 200
    assert "社区图书馆" in response.context["text"]
    assert "encoding_guessed" in [doubt.code for doubt in Source.unsealed(response.context["source"]).doubts] + [
        doubt.code for doubt in response.context["parsed"].doubts
    ]


@pytest.mark.sqlite_only  # says nothing about the database, and takes long
def test_no_hostile_file_is_a_fault_of_ours(editor, hostile):
    files = sorted(path for path in hostile.iterdir() if path.is_file())
    assert len(files) > 20
    for path in files:
        response = upload(editor, path.read_bytes(), path.name)
        assert response.status_code in (200, 422), path.name
        if response.status_code == 422:
            assert re.search("[\u4e00-\u9fff]", problems(response)[0]), path.name


@pytest.mark.sqlite_only  # says nothing about the database, and takes long
def test_ten_thousand_articles_come_through(editor):
    text = "示范办法\n" + "".join(f"第{n}条 这一条写的是第{n}件事。\n" for n in range(1, 10_001))
    response = upload(editor, text.encode(), "long.txt")
    assert response.status_code == 200
    assert response.context["parsed"].counts["article"] == 10_000
    assert keep(editor, response).status_code == 302
    assert Version.objects.get().clauses.filter(level="article").count() == 10_000


def test_a_text_that_fits_no_form_is_refused_at_once(editor):
    article = "这一条很长。" * 200
    text = "示范办法\n" + "".join(f"第{n}条 {article}\n" for n in range(1, 900))
    assert "2" in problems(upload(editor, text.encode(), "long.txt"))[0]


def test_typed_text_is_kept_when_the_file_is_refused(editor):
    response = upload(editor, b"%PDF-1.7", "law.pdf", text="我粘贴的文字", language="zh-hans")
    assert "PDF" in problems(response)[0]
    body = response.content.decode()
    assert "我粘贴的文字" in body and 'value="zh-hans" selected' in body


def test_a_corrected_text_that_is_refused_comes_back(editor):
    response = paste(editor, CHINESE)
    refused = keep(editor, response, text="\u200b\u200b")
    assert problems(refused)
    empty = keep(editor, response, text="")
    assert problems(empty) and Version.objects.count() == 0


@pytest.mark.parametrize("text", ["😀" * 50, "\u202eabc\u200b", "a\x00b", "<script>alert(1)</script>", "'; DROP TABLE"])
def test_strange_text_is_shown_as_text(editor, text):
    response = paste(editor, text)
    assert response.status_code in (200, 422)
    assert "<script>alert" not in response.content.decode()


def test_an_unknown_language_is_found_out_again(editor):
    response = paste(editor, CHINESE)
    assert keep(editor, response, language="xx").status_code == 302


def test_the_page_of_a_refusal_begins_its_title_with_the_error(editor):
    assert "<title>错误：导入草案" in re.sub(r"\s+", " ", paste(editor, "").content.decode()).replace(
        "<title> ", "<title>"
    )
    english = in_language(editor, "en")
    assert "Error: Import a draft" in paste(english, "").content.decode()


# Who


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.OFFICER, Role.APPROVER, Role.REVIEWER_LEGAL, Role.ANALYST])
def test_nobody_else_finds_the_draft_desk(role):
    version = call().drafts.get().published
    client = staff_client(role)
    for address in ("drafts", "draft_import", "draft_review"):
        assert client.get(reverse(address)).status_code == 404
        assert client.post(reverse(address), {"text": CHINESE, "keep": "1"}).status_code == 404
    for address in ("draft_version", "draft_correct", "draft_publish"):
        assert client.get(reverse(address, args=[version.pk])).status_code == 404
        assert client.post(reverse(address, args=[version.pk])).status_code == 404
    assert Version.objects.count() == 1


def test_an_administrator_edits_too():
    client = staff_client(Role.ADMINISTRATOR)
    assert client.get(reverse("draft_import")).status_code == 200


# What lists say


def test_lists_speak_in_words(editor):
    call(slug="library-words")
    page = words(editor.get(reverse("drafts")))
    assert "社区图书馆管理办法" in page and "library-words" not in page
    version = Version.objects.get()
    page = words(editor.get(reverse("draft_version", args=[version.pk])))
    assert "语言：中文和英文" in page and "zh-hans" not in page and "library-words" not in page


def test_the_draft_desk_has_no_english_on_its_chinese_pages(editor):
    version, _target = kept(editor, DOUBTFUL), empty_call()
    pages = [
        editor.get(reverse("drafts")),
        editor.get(reverse("draft_import")),
        paste(editor, ""),
        paste(editor, DOUBTFUL),
        editor.get(reverse("draft_version", args=[version.pk])),
        editor.get(reverse("draft_correct", args=[version.pk])),
    ]
    formats = {"Word", "OpenDocument", "Markdown", "HTML", "Akoma", "Ntoso", "MB"}
    allowed = formats | {"library", "new"}  # these two: a call before it has a page
    for page in pages:
        told = set(re.findall(r"[A-Za-z]{2,}", words(page)))
        assert told <= allowed, told


def test_shown_text_reads_back_as_itself():
    with translation.override("zh-hans"):
        first = shown(parse_file(DOUBTFUL.encode()), name="a.txt")
        second = shown(parse_file(first.text.encode()), source=first.source)
    assert second.text == first.text
    assert [(d.line, d.code) for d in second.draft.doubts] == [(d.line, d.code) for d in first.draft.doubts]


# Calls


def call_fields(**changed) -> dict[str, str]:
    return {
        "slug": "parks",
        "kind": "draft",
        "department": department().pk,
        "opens_at": "2026-12-01 09:00",
        "closes_at": "2027-01-01 00:00",
        "answer_days": "60",
        "moderation": "pre",
        **changed,
    }


def test_an_editor_makes_a_call_and_the_journal_hears_of_it(editor):
    add = reverse("wagtailsnippets_consultations_consultation:add")
    assert editor.post(add, call_fields()).status_code == 302
    made = Consultation.objects.get(slug="parks")
    assert not Consultation.objects.visible_to(ANYONE).exists()
    edit = reverse("wagtailsnippets_consultations_consultation:edit", args=[made.pk])
    assert editor.post(edit, call_fields(closes_at="2027-01-31 00:00")).status_code == 302
    made.refresh_from_db()
    assert made.closes_at.isoformat() == "2027-01-30T16:00:00+00:00"
    assert list(JournalRow.objects.filter(verb__startswith="call.").order_by("pk").values_list("verb", flat=True)) == [
        "call.made",
        "call.changed",
    ]


def test_a_close_before_the_opening_is_refused_at_its_field(editor):
    add = reverse("wagtailsnippets_consultations_consultation:add")
    response = editor.post(add, call_fields(closes_at="2026-11-30 00:00"))
    assert response.status_code == 200
    assert response.context["form"].errors == {"closes_at": ["截止时间要晚于开始时间"]}
    assert 'value="parks"' in response.content.decode()


def test_calls_are_listed_by_title_and_state(editor):
    call(slug="library-listed")
    page = words(editor.get(reverse("wagtailsnippets_consultations_consultation:list")))
    assert "社区图书馆管理办法" in page and "正在征求" in page and "library-listed" not in page


@pytest.mark.parametrize("role", [Role.APPROVER, Role.REVIEWER_LEGAL])
def test_others_of_the_studio_change_no_call(role):
    consultation = call()
    client = staff_client(role)
    edit = reverse("wagtailsnippets_consultations_consultation:edit", args=[consultation.pk])
    assert client.post(edit, call_fields()).status_code == 302
    consultation.refresh_from_db()
    assert consultation.slug != "parks"


def test_the_journal_hears_of_every_deletion(editor):
    administrator = in_language(staff_client(Role.ADMINISTRATOR), "zh-hans")
    first, second, third = (
        Consultation.objects.create(
            slug=slug,
            department=department(),
            opens_at="2026-12-01T09:00+08:00",
            closes_at="2026-12-31T00:00+08:00",
        )
        for slug in ("one", "two", "three")
    )
    delete = "wagtailsnippets_consultations_consultation:delete"
    assert editor.post(reverse(delete, args=[first.pk])).status_code == 302
    assert Consultation.objects.count() == 3
    administrator.post(reverse(delete, args=[first.pk]))
    several = reverse("wagtail_bulk_action", args=["consultations", "consultation", "delete"])
    administrator.post(f"{several}?id={second.pk}&id={third.pk}")
    assert not Consultation.objects.exists()
    assert JournalRow.objects.filter(verb="call.deleted").count() == 3


def test_a_call_with_a_text_is_not_deleted():
    consultation = call()
    client = in_language(staff_client(Role.ADMINISTRATOR), "zh-hans")
    delete = reverse("wagtailsnippets_consultations_consultation:delete", args=[consultation.pk])
    assert "所以不能删除" in client.post(delete, follow=True).content.decode()
    several = reverse("wagtail_bulk_action", args=["consultations", "consultation", "delete"])
    client.post(f"{several}?id={consultation.pk}")
    assert Consultation.objects.filter(pk=consultation.pk).exists()
    assert not JournalRow.objects.filter(verb="call.deleted").exists()


def test_a_published_change_is_journalled(editor):
    consultation = call()
    add = reverse("wagtailsnippets_consultations_change:add")
    given = {
        "consultation": consultation.pk,
        "article": "3",
        "before_zh": "五册",
        "after_zh": "十册",
        "before_en": "five books",
        "after_en": "ten books",
        "people": "12",
        "published_at": "2026-12-01 09:00",
    }
    assert editor.post(add, given).status_code == 302
    assert not JournalRow.objects.filter(verb="change.published").exists()
    sign_newest("change")
    assert JournalRow.objects.filter(verb="change.published").count() == 1
    page = words(editor.get(reverse("wagtailsnippets_consultations_change:list")))
    assert "社区图书馆管理办法：第三条" in page
