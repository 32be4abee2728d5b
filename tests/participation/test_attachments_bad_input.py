"""Hostile files are refused with a stable code, or taken as the harmless text they are."""

import subprocess
import sys
from pathlib import Path

import pytest

from engage.errors import Refused
from engage.participation.attachments import KINDS, inspect, sanitise
from engage.participation.attachments import confined as confinement
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only

REFUSED = {
    "10000-parts.eml": "unknown_type",
    "empty.docx": "empty",
    "empty.pdf": "empty",
    "encrypted.xlsx": "encrypted",
    "entity-bomb.akn.xml": "unknown_type",
    "entity-bomb.docx": "entity_bomb",
    "external-entity.akn.xml": "unknown_type",
    "external-entity.docx": "entity_bomb",
    "header-injection.eml": "unknown_type",
    "html-as.jpg": "type_mismatch",
    "macro-renamed.docx": "has_macros",
    "macro.docm": "has_macros",
    "many-entries.zip": "too_many_parts",
    "nested-200.eml": "unknown_type",
    "not-a-docx.docx": "type_mismatch",
    "nul.txt": "type_mismatch",
    "path-escape.zip": "path_escape",
    "pixel-bomb.png": "pixel_bomb",
    "polyglot.pdf": "truncated",
    "script.pdf": "truncated",
    "script.svg": "unknown_type",
    "truncated.docx": "truncated",
    "zip-bomb.docx": "zip_bomb",
}
TAKEN_AS_TEXT = {
    "articles-10000.txt": "第10000条 内容10000。",
    "bom-gb.csv": "编号,内容\n1,测试\n",
    "duplicate-numbers.txt": "第一条 甲。",
    "formula.csv": "@SUM(1),-2+3",
    "gb18030.txt": "第一条 㐂㒳䶮𠮷。",
    "long-line.txt": "长长长",
    "ragged.csv": '"3,unterminated',
    "utf16.txt": "第一条 内容。",
}


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("badinput")
    maker = shared_file("data", "badinput", "make_files.py")
    subprocess.run([sys.executable, str(maker), str(folder)], check=True, capture_output=True)
    return folder


def test_every_file_of_the_maker_has_its_answer(bad_files: Path) -> None:
    assert {path.name for path in bad_files.iterdir()} == {*REFUSED, *TAKEN_AS_TEXT}


@pytest.mark.parametrize(("name", "code"), REFUSED.items())
def test_a_hostile_file_is_refused_with_its_code(bad_files: Path, name: str, code: str) -> None:
    with (bad_files / name).open("rb") as upload, pytest.raises(Refused) as refused:
        inspect(upload, name=name)
    assert refused.value.code == code


@pytest.mark.parametrize(("name", "part"), TAKEN_AS_TEXT.items())
def test_text_in_any_encoding_is_kept_whole_as_utf8(bad_files: Path, name: str, part: str) -> None:
    content = (bad_files / name).read_bytes()
    inspected = inspect(content, name=name)
    assert (inspected.kind, inspected.media_type) == ("text", "text/plain; charset=utf-8")
    assert inspected.safe_name.endswith(".txt")
    assert part in sanitise(inspected, content).decode("utf-8")


@pytest.mark.parametrize("name", [*REFUSED, *TAKEN_AS_TEXT])
@pytest.mark.parametrize("ending", ["", ".jpg", ".pdf", ".docx", ".odt", ".txt", ".mp3"])
def test_no_name_makes_a_file_fall_over(bad_files: Path, name: str, ending: str) -> None:
    content = (bad_files / name).read_bytes()
    try:
        inspected = inspect(content, name=f"file{ending}")
    except Refused as refused:
        assert refused.code
    else:
        assert inspected.kind in KINDS


def test_a_file_over_the_limit_is_not_read_to_its_end() -> None:
    with Path("/dev/zero").open("rb") as endless, pytest.raises(Refused) as refused:
        inspect(Rewindable(endless), name="zeros.txt", max_bytes=1000)
    assert (refused.value.code, refused.value.values) == ("too_large", {"max_bytes": 1000})


class Rewindable:
    """An endless upload that can be rewound."""

    def __init__(self, stream) -> None:
        self.stream = stream
        self.bytes_read = 0

    def seek(self, place: int) -> None:
        assert self.bytes_read <= 1001

    def read(self, size: int) -> bytes:
        self.bytes_read += size
        return self.stream.read(size)


def test_a_parser_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "MAX_SECONDS", 0.01)
    with pytest.raises(Refused) as refused:
        inspect(b"%PDF-1.7\n" + b"1 0 obj" * 1000, name="slow.pdf")
    assert refused.value.code == "too_complex"


def test_a_parser_that_falls_over_is_a_refusal() -> None:
    with pytest.raises(Refused) as refused:
        confinement.run("no.such.module:job", b"content")
    assert refused.value.code == "too_complex"
