"""Names that are safe to hand out, and plain text in the encodings people send."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.errors import Refused
from engage.participation.attachments import inspect, sanitise
from engage.participation.attachments.naming import safe_name

pytestmark = pytest.mark.sqlite_only

LETTER = "商洛市商州区夜村镇的饮水问题，望给予解决。\n多年前，村民自行筹资从后边山里疏通自来水。\n" * 4


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("意见 书.docx", "意见_书.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\li\\photo.jpg", "photo.jpg"),
        ("report.exe", "report.jpg"),
        ("a\u202egpj.exe", "a_gpj.jpg"),
        ("zero\u200bwidth.png", "zero_width.jpg"),
        ("x<script>\"'&.png", "x_script.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("con.png", "file_con.jpg"),
        ("", "file.jpg"),
        ("\0\n\r", "file.jpg"),
        ("…", "….jpg"),
        ("长" * 300 + ".png", "长" * 80 + ".jpg"),
        ("e\u0301te\u0301.png", "été.jpg"),
    ],
)
def test_a_name_keeps_its_words_and_loses_everything_else(name: str, expected: str) -> None:
    assert safe_name(name, "jpg") == expected


@given(st.text(max_size=120))
def test_any_name_becomes_one_plain_file_name(name: str) -> None:
    safe = safe_name(name, "pdf")
    assert safe.endswith(".pdf")
    assert 4 < len(safe) <= 90
    assert not set(safe) & set('/\\:*?"<>|\0\r\n\u202e')
    assert not safe.startswith((".", "-"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32", "gbk"])
def test_a_chinese_letter_is_read_in_any_encoding(encoding: str) -> None:
    content = LETTER.encode(encoding)
    inspected = inspect(content, name="letter.txt")
    assert sanitise(inspected, content) == LETTER.encode("utf-8")


def test_a_letter_in_big5_is_not_taken_for_gb18030() -> None:
    text = "臺北市的計程車服務應該改善，政府要聽民眾的聲音，現行法規並不合理。\n" * 4
    content = text.encode("big5")
    assert sanitise(inspect(content, name="letter.txt"), content).decode() == text


def test_text_without_an_ending_is_text() -> None:
    inspected = inspect("只有一句话。".encode(), name="意见")
    assert (inspected.kind, inspected.safe_name, inspected.size) == ("text", "意见.txt", 18)


def test_control_characters_go_and_lines_end_in_one_way() -> None:
    content = codecs.BOM_UTF8 + "一\r\n二\r三\x07\x1b[31m\t四\n".encode()
    assert sanitise(inspect(content, name="a.txt"), content).decode() == "一\n二\n三[31m\t四\n"


@pytest.mark.parametrize("text", ["<!doctype html><p>x", "\n <svg onload=alert(1)>", "<?xml version='1.0'?><a/>"])
def test_markup_under_the_name_of_text_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        inspect(text.encode(), name="note.txt")
    assert refused.value.code == "type_mismatch"


@pytest.mark.parametrize("name", ["run.sh", "page.html", "mail.eml", "code.py", "macro.vbs"])
def test_text_of_other_kinds_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        inspect(b"echo hello", name=name)
    assert refused.value.code == "unknown_type"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\0" + bytes(200), "setup.exe", "unknown_type"),
        (b"MZ\x90\0" + bytes(200), "photo.jpg", "type_mismatch"),
        (b"Rar!\x1a\x07\0" + bytes(50), "files.rar", "unknown_type"),
        (b"\x7fELF" + bytes(200), "notes", "unknown_type"),
        (b"\xff\xfe\xff", "odd.txt", "type_mismatch"),
    ],
)
def test_programs_and_archives_are_refused_whatever_they_are_called(content: bytes, name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        inspect(content, name=name)
    assert refused.value.code == code
