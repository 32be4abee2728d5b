"""Files of every kind: how they are encoded, what is refused and why, Markdown, and the command."""

import io
import json
import runpy
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from consultations.drafts import MAX_BYTES, parse_file, parse_text
from consultations.drafts.builder import MAX_CLAUSES
from consultations.drafts.messages import DOUBTS, KINDS, REFUSALS, doubt_message, refusal_message
from consultations.models import Version
from engage.errors import Refused
from tests.consultations.test_draft_word import TYPES, p, word_file
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only

LAW = "示范法\n第一条 为了规范示范活动，保障公民的合法权益，制定本法。\n第二条 民政部门应当公开服务标准。\n"
RULES = "Sample Rules\nArticle 1 The “body” shall decide – promptly.\n"


def refusal(source, **options) -> Refused:
    with pytest.raises(Refused) as found:
        parse_file(source, **options)
    return found.value


def codes(draft):
    return [(doubt.line, doubt.code) for doubt in draft.doubts]


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_that_says_its_encoding_is_read_without_a_doubt(encoding):
    draft = parse_file(LAW.encode(encoding))
    assert draft.clauses == parse_text(LAW).clauses
    assert draft.doubts == ()


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (LAW, "gb18030", "gb18030"),
        (LAW, "gbk", "gb18030"),
        (LAW, "utf-16-le", "utf-16-le"),
        (LAW, "utf-16-be", "utf-16-be"),
        ("示範法\n第一條 民政部門應當公開服務標準，並於每年公布。\n第二條 經費由政府編列預算。\n", "big5", "big5hkscs"),
        ("第一条 㐂㒳䶮𠮷。", "gb18030", "gb18030"),
        (RULES, "cp1252", "cp1252"),
        (RULES, "utf-16-le", "utf-16-le"),
    ],
)
def test_text_that_does_not_is_read_with_a_doubt(text, encoding, told):
    draft = parse_file(text.encode(encoding))
    assert draft.clauses == parse_text(text).clauses
    assert [dict(doubt.values) for doubt in draft.doubts if doubt.code == "encoding_guessed"] == [{"encoding": told}]


def test_a_real_law_in_gb18030_is_the_same_law():
    path = shared_file("data", "drafts", "zh-openinfo-2019.txt")
    text = path.read_text(encoding="utf-8")
    assert parse_file(text.encode("gb18030")).clauses == parse_file(path).clauses


def test_damaged_text_is_refused_with_its_line_and_never_guessed():
    damaged = LAW.encode().replace("民政".encode(), b"\xe6\xb0" + "政".encode())
    found = refusal(damaged)
    assert (found.code, found.values["line"]) == ("wrong_encoding", 3)


@pytest.mark.parametrize("data", ["第一条".encode("utf-16") + b"\x00", b"\xff\xfe\x00\xd8\x00\xd8"])
def test_text_that_breaks_its_own_encoding_is_refused(data):
    assert refusal(data).code == "wrong_encoding"


def test_invisible_characters_are_removed_and_told():
    draft = parse_text("示范法\n第一条 \u202e内\u200b容\x00。\n第二条 \U0001f468\u200d\U0001f469保留。")
    assert [clause.text for clause in draft.clauses if clause.text] == ["内容。", "\U0001f468\u200d\U0001f469保留。"]
    assert draft.doubts[0].values == {"count": 3}


def test_line_ends_of_every_system_are_read():
    for end in ("\n", "\r\n", "\r", "\u2028"):
        assert parse_text(LAW.replace("\n", end)).counts["article"] == 2


# Refusals


def archive(*entries: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries:
            file.writestr(name, data)
    return buffer.getvalue()


def compound_file(*names: str) -> bytes:
    """Return the smallest OLE file with these empty streams (MS-CFB, version 3, one directory and one FAT sector)."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0) + b"\xff" * 432

    def entry(name: str, kind: int, right: int, child: int) -> bytes:
        encoded = name.encode("utf-16-le") + b"\0\0"
        return (
            encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, 0xFFFFFFFF, right, child)
            + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)
        )  # fmt: skip

    entries = [entry("Root Entry", 5, 0xFFFFFFFF, 1)]
    for place, name in enumerate(names, 1):
        entries.append(entry(name, 2, place + 1 if place < len(names) else 0xFFFFFFFF, 0xFFFFFFFF))
    fat = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    return header + fat + b"".join(entries).ljust(512, b"\0")


def protected_archive() -> bytes:
    data = bytearray(archive(("word/document.xml", b"<w/>")))
    for place in (6, data.index(b"PK\x01\x02") + 8):  # the flag "encrypted" in both headers
        data[place] |= 1
    return bytes(data)


DOCUMENT_TYPE = b'<!DOCTYPE d [<!ENTITY a "b">]>'
MACRO_TYPES = TYPES.replace("document.main", "document.macroEnabled.main").encode()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "no_text"),
        ("\ufeff\u3000".encode(), "no_text"),
        (b"a" * (MAX_BYTES + 1), "too_large"),
        (archive(("word/document.xml", b"<w>" + b"A" * 70_000_000)), "zip_bomb"),
        (archive(*((f"{place}", b"") for place in range(5_000))), "zip_bomb"),
        (archive(("word/vbaProject.bin", b"x")), "has_macros"),
        (archive(("[Content_Types].xml", MACRO_TYPES), ("word/document.xml", b"<w/>")), "has_macros"),
        (protected_archive(), "encrypted"),
        (compound_file("EncryptedPackage"), "encrypted"),
        (compound_file("WordDocument", "Macros"), "has_macros"),
        (compound_file("WordDocument"), "not_a_document"),
        (compound_file("Workbook"), "not_a_document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "broken_file"),
        (archive(("xl/workbook.xml", b"<w/>")), "not_a_document"),
        (archive(("a.txt", b"x")), "not_a_document"),
        (archive(("word/document.xml", b"<w/>")), "not_a_document"),
        (archive(("word/document.xml", b"<w")), "broken_file"),
        (archive(("word/document.xml", DOCUMENT_TYPE + b"<d>&a;</d>")), "broken_file"),
        (word_file(p("第一条 甲。"))[:-40], "broken_file"),
        (word_file(p("第一条 甲。"))[:60], "broken_file"),
        (b"%PDF-1.7\n", "not_a_document"),
        (b"{\\rtf1 text}", "not_a_document"),
        (b"\x89PNG\r\n\x1a\n", "not_a_document"),
        (b"<!doctype html><script>text</script>", "no_text"),
        (b"<!doctype html>" + b"<i>" * 1_000_001, "too_complex"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_document"),
        (b'<?xml version="1.0"?><a/>', "not_a_document"),
        (bytes(range(256)) * 8, "not_a_document"),
        (bytes(range(1, 32)) * 8, "not_a_document"),
    ],
    # An archive holds the time it was made: as a name it would differ between the workers of one run.
    ids=lambda value: value if isinstance(value, str) else "file",
)  # fmt: skip
def test_a_file_that_is_no_draft_is_refused_by_its_content(data, code):
    found = refusal(data, name="draft.docx" if code != "broken_file" else "draft.bin")
    assert found.code == code
    assert "%(" not in refusal_message(found.code, found.values)


def test_an_unreadable_container_under_a_word_name_is_a_protected_file():
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), name="draft.docx").code == "encrypted"


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert refusal(path).code == "too_large"


@pytest.mark.parametrize(("text", "code"), [("", "empty"), (" \n\u3000", "no_text"), ("甲" * 4_000_000, "too_large")])
def test_pasted_text_is_refused_for_the_same_reasons(text, code):
    with pytest.raises(Refused) as found:
        parse_text(text)
    assert found.value.code == code


def test_a_text_of_far_too_many_clauses_is_refused():
    with pytest.raises(Refused) as found:
        parse_text("甲\n" * (MAX_CLAUSES + 2))
    assert found.value.code == "too_many_clauses"


def test_every_hostile_file_gets_an_answer(tmp_path, monkeypatch, capsys):
    script = shared_file("data", "badinput", "make_files.py")
    monkeypatch.setattr(sys, "argv", ["make_files.py", str(tmp_path)])
    runpy.run_path(str(script))
    capsys.readouterr()
    answers = {}
    for path in sorted(tmp_path.iterdir()):
        try:
            draft = parse_file(path)
        except Refused as found:
            answers[path.name] = found.code
            assert "%(" not in refusal_message(found.code, found.values)
        else:
            answers[path.name] = dict(draft.counts)["article"]
    expected = {
        "empty.docx": "empty", "truncated.docx": "broken_file", "zip-bomb.docx": "zip_bomb",
        "entity-bomb.docx": "broken_file", "external-entity.docx": "broken_file", "macro.docm": "has_macros",
        "macro-renamed.docx": "has_macros",
        "encrypted.xlsx": "encrypted", "articles-10000.txt": 10_000, "duplicate-numbers.txt": 4, "gb18030.txt": 1,
        "utf16.txt": 1, "nul.txt": 1, "long-line.txt": 1, "not-a-docx.docx": 1, "polyglot.pdf": "not_a_document",
        "many-entries.zip": "zip_bomb", "path-escape.zip": "not_a_document", "html-as.jpg": "no_text",
        "entity-bomb.akn.xml": "unsafe_xml", "external-entity.akn.xml": "unsafe_xml", "script.svg": "not_a_document",
    }  # fmt: skip
    assert answers | expected == answers


# Kinds


def test_the_content_tells_the_kind_and_a_wrong_name_is_a_doubt():
    draft = parse_file(LAW.encode(), name="law.docx")
    assert draft.counts["article"] == 2
    assert draft.doubts[0].values == {"name": "law.docx", "kind": "plain text"}
    assert parse_file(word_file(p("办法") + p("第一条 甲。")), name="law.txt").doubts[0].code == "name_differs"
    assert parse_file(b"# Law\n\nArticle 1 Text.\n", name="law.txt").doubts == ()


def test_markdown_headings_lists_and_emphasis_are_read():
    draft = parse_file(
        """---
title: 示范
---
# 示范条例

2030年1月1日 第一次会议通过

<!-- INFO END -->

## 第一章 总则

**第一条** 为了示范，制定本条例。

第二条 下列情形：

（一）甲；

1. 子；
2. 丑；

（二）乙。

> 引文也是正文。

## 第二章 附则

第三条 链接见[网站](https://example.org)。<br>第二行。

<div>网页</div>

| 项目 | 标准 |
| --- | --- |
| 甲 | 乙 |
""".encode()
    )
    assert draft.title == "示范条例"
    assert draft.note == "2030年1月1日 第一次会议通过"
    assert dict(draft.counts) == {
        "part": 0, "chapter": 2, "section": 0, "article": 3, "paragraph": 7, "item": 2, "subitem": 2,
    }  # fmt: skip
    texts = {clause.id: clause.text for clause in draft.clauses}
    assert texts["art_2__para_1__item_1__subitem_2"] == "丑；"
    assert texts["art_3__para_1"] == "链接见网站。"
    assert texts["art_3__para_3"] == "项目 | 标准"
    assert codes(draft) == [(1, "front_matter_left_out"), (29, "html_left_out"), (31, "table_as_text")]


def test_markdown_headings_without_numbers_make_the_tree():
    draft = parse_text("# Guide\n\n## Aims\n\n### Speed\n\nDecide fast.\n\n### Care\n\nDecide well.\n")
    assert draft.title == "Guide"
    assert [(clause.level, clause.heading) for clause in draft.clauses if clause.heading] == [
        ("chapter", "Aims"), ("article", "Speed"), ("article", "Care"),
    ]  # fmt: skip


def test_a_heading_without_number_among_numbered_ones_is_not_counted():
    draft = parse_text("# 法\n\n## 序言\n\n话。\n\n## 第一章 总则\n\n第一条 甲。\n\n## 结语\n\n话。\n")
    assert draft.counts["chapter"] == 1
    assert draft.clauses[0].heading == "序言"


def test_numbers_of_a_markdown_list_are_kept_as_written():
    draft = parse_text("# Rules\n\nArticle 1\n\n3. three\n4. four\n")
    assert [clause.number for clause in draft.clauses[1:]] == ["3", "4"]


def test_the_plan_of_a_ministry_has_its_parts_and_sections():
    draft = parse_file(shared_file("plan", "plan-2016.zh.md"))
    assert (draft.counts["article"], draft.counts["item"]) == (5, 16)
    assert draft.clauses[0].heading == "围绕中央改革重点工作加强公开"


# Messages and the command


def test_every_doubt_and_refusal_can_be_worded():
    class Anything(dict):
        def __missing__(self, key):
            return "x"

    for code, sentence in (DOUBTS | REFUSALS).items():
        assert sentence % Anything(), code
    assert all("%(" not in kind for kind in KINDS)


def test_the_kind_of_a_file_is_translated_with_its_sentence():
    words = {
        "This file cannot be read as a draft; it looks like %(kind)s. Save it as Word, OpenDocument, text, "
        "Markdown, HTML or Akoma Ntoso.": "看来是%(kind)s",
        "a PDF file": "PDF",
    }
    assert refusal_message("not_a_document", {"kind": "a PDF file"}, lambda text: words.get(text, text)) == "看来是PDF"
    assert doubt_message("contents_skipped", {"lines": 3}).startswith("A table of contents of 3 lines")


def run(*arguments):
    out = io.StringIO()
    call_command("import_draft", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_prints_one_json_object(tmp_path):
    path = tmp_path / "law.txt"
    path.write_text("示范法\n第一条 【目的】甲。\n第三条 乙。\n", encoding="utf-8")
    shown = json.loads(run(str(path), "--json", "--dry-run"))
    assert shown == {
        "title": "示范法",
        "language": "zh-hans",
        "counts": {"part": 0, "chapter": 0, "section": 0, "article": 2, "paragraph": 2, "item": 0, "subitem": 0},
        "clauses": [
            {"id": "art_1", "level": "article", "number": "1", "heading": "目的", "parent": None, "text": ""},
            {
                "id": "art_1__para_1",
                "level": "paragraph",
                "number": "1",
                "heading": None,
                "parent": "art_1",
                "text": "甲。",
            },
            {"id": "art_3", "level": "article", "number": "3", "heading": None, "parent": None, "text": ""},
            {
                "id": "art_3__para_1",
                "level": "paragraph",
                "number": "1",
                "heading": None,
                "parent": "art_3",
                "text": "乙。",
            },
        ],
        "doubts": [{"line": 3, "message": shown["doubts"][0]["message"]}],
    }
    assert "第三条" in shown["doubts"][0]["message"]


def test_the_command_shows_counts_and_doubts_to_a_person(tmp_path):
    path = tmp_path / "law.txt"
    path.write_text("示范法\n第一条 甲。\n第三条 乙。\n", encoding="utf-8")
    shown = run(str(path), "--dry-run")
    assert "示范法" in shown
    assert "article         2" in shown
    assert "3" in shown.splitlines()[-1]


@pytest.mark.django_db
def test_the_command_keeps_the_draft_only_without_dry_run(tmp_path):
    path = tmp_path / "law.txt"
    path.write_text(LAW, encoding="utf-8")
    run(str(path), "--json", "--dry-run")
    assert Version.objects.count() == 0
    shown = json.loads(run(str(path), "--json"))
    version = Version.objects.get()
    assert version.source_name == "law.txt"
    assert version.clauses.count() == len(shown["clauses"])
    assert version.published_at is None


def test_the_command_settles_tracked_changes_either_way():
    path = shared_file("data", "drafts", "zh-relief-shanghai-tracked-changes.docx")
    for changes, same in (("reject", "v1-2018"), ("accept", "v2-2024")):
        shown = json.loads(run(str(path), "--json", "--dry-run", "--changes", changes))
        other = shared_file("data", "drafts", f"zh-relief-shanghai-{same}.txt")
        assert shown["clauses"] == json.loads(run(str(other), "--json", "--dry-run"))["clauses"]
        assert "84" in shown["doubts"][0]["message"]


@pytest.mark.parametrize(
    ("content", "options", "code", "status"),
    [
        (b"", ["--dry-run"], "empty", 1),
        (b"%PDF-1.7", [], "not_a_document", 1),
        (b"Article 1 Text.", ["--language", "fr"], "unknown_language", 2),
        (None, ["--dry-run"], "cannot_open", 2),
    ],
)
def test_the_command_refuses_with_a_code_and_a_status(tmp_path, content, options, code, status):
    path = tmp_path / "draft.txt"
    if content is not None:
        path.write_bytes(content)
    out = io.StringIO()
    with pytest.raises(CommandError) as found:
        call_command("import_draft", str(path), "--json", *options, stdout=out, stderr=io.StringIO())
    error = json.loads(out.getvalue())["errors"][0]
    assert (error["code"], found.value.returncode) == (code, status)
    assert error["message"]
    assert set(error) == {"code", "message", "where"}


def test_a_damaged_line_is_named_in_the_refusal(tmp_path):
    path = tmp_path / "draft.txt"
    path.write_bytes(LAW.encode().replace("民政".encode(), b"\xe6\xb0" + "政".encode()))
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_draft", str(path), "--json", "--dry-run", stdout=out)
    assert json.loads(out.getvalue())["errors"][0]["where"] == {"line": 3}


def test_the_command_line_exits_with_the_status_and_leaves_the_output_to_json(tmp_path):
    root = Path(__file__).resolve().parents[2]
    path = tmp_path / "空 白.txt"
    path.write_bytes(b"")
    ended = subprocess.run(
        [sys.executable, "manage.py", "import_draft", str(path), "--json", "--dry-run"],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["errors"][0]["code"] == "empty"


def test_reading_a_draft_needs_no_django():
    root = Path(__file__).resolve().parents[2]
    program = "import sys, consultations.drafts, consultations.drafts.canonical, consultations.drafts.wording; " \
              "sys.exit('django' in sys.modules)"  # fmt: skip
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
