"""The words that must not get out, and everything that can be read in what does get out."""

from __future__ import annotations

import gzip
import html
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from email.header import decode_header, make_header
from urllib.parse import unquote

from django.http import HttpResponse

from engage.errors import Refused
from engage.publishing import registry
from engage.publishing.documents import read_here
from engage.publishing.redaction.engine import redact_here
from engage.publishing.redaction.marks import Mark
from engage.publishing.redaction.texts import redact_text

# Made and never handed in; released and then written in again; handed in and not signed; turned away by a reviewer.
NEVER, EDITED, WAITING, RETURNED = "never", "edited", "waiting", "returned"
STAGES = (NEVER, EDITED, WAITING, RETURNED)
# Stand beside every marker, so that a search can ask for a plant without saying its marker.
NEIGHBOURS = ("quernstone", "磨盘石")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_MARK = re.compile(rf"zqmark[a-z]*|鼹鼠[{_STEMS}{_BRANCHES}]{{0,2}}")
_TAGS = re.compile(r"<[^<>]*>")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Marker:
    """A Latin and a Chinese word that stand for one kind at one stage, and nowhere else."""

    kind: str
    stage: str
    latin: str
    chinese: str

    def said(self, language: str) -> str:
        """Return a sentence with both words in a language."""
        if language == "zh-hans":
            return f"磨盘石{self.chinese} {self.latin}"
        return f"Quernstone {self.latin} {self.chinese}"

    def file(self, content: bytes, ending: str) -> tuple[str, bytes]:
        """Return a file with its name, which is the marker."""
        return f"{self.latin}.{ending}", content

    @property
    def slug(self) -> str:
        """Its place in an address."""
        return self.latin

    @property
    def zh(self) -> str:
        """The sentence in Chinese."""
        return self.said("zh-hans")

    @property
    def en(self) -> str:
        """The sentence in English."""
        return self.said("en")


class Redacted(Marker):
    """The same words, taken out of every sentence, file and name by the redaction tool before anything is planted."""

    @property
    def marks(self) -> list[Mark]:
        """What is taken out."""
        return [Mark("word", word, basis="personal-privacy") for word in (self.latin, self.chinese)]

    def said(self, language: str) -> str:
        """Return the sentence without the words."""
        return redact_text(super().said(language), self.marks).text

    def file(self, content: bytes, ending: str) -> tuple[str, bytes]:
        """Return the file as the tool makes it."""
        whole = Mark("box", page=1, x=0.1, y=0.1, width=0.8, height=0.3, basis="personal-privacy")
        # What a box hides in a picture is known to nobody as words: whoever draws it names the file.
        is_picture = ending in ("png", "jpg")
        marks, name = ([whole], self.slug) if is_picture else (self.marks, self.latin)
        made = redact_here(content, f"{name}.{ending}", marks, title=super().said("en"), language="en")
        return made.name, made.content

    @property
    def slug(self) -> str:
        """An editor's own choice, without the words."""
        return f"redacted-{self.kind.replace('_', '-')}-{self.stage}"


def marker(kind: str, stage: str, *, redacted: bool = False) -> Marker:
    """Return the words of a kind at a stage."""
    number = [one.code for one in registry.registered()].index(kind) * len(STAGES) + STAGES.index(stage)
    latin = f"zqmark{re.sub('[^a-z]', '', kind)}{stage}"
    made = Redacted if redacted else Marker
    return made(kind, stage, latin, f"鼹鼠{_STEMS[number // 12]}{_BRANCHES[number % 12]}")


def found_in(text: str) -> set[str]:
    """Return the markers in a text, however it writes them: as entities, escapes, cut by tags, in an address."""
    text = text.lower()
    unescaped = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
    read = html.unescape(unescaped)
    seen: set[str] = set()
    for form in (read, unquote(read), _TAGS.sub("", read)):
        seen |= set(_MARK.findall(form))
    return seen


def read_bytes(content: bytes, name: str = "") -> str:
    """Return everything that a person or a tool reads in a file, the files inside it too."""
    if content[:2] == b"\x1f\x8b":
        return read_bytes(gzip.decompress(content), name)
    said = [name, content.decode("utf-8", "replace")]
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            said += [read_bytes(archive.read(one), one) for one in archive.namelist()]
    if content[:4] == b"%PDF" or content[:4] in (b"\x89PNG", b"RIFF") or content[:2] in (b"\xff\xd8", b"PK"):
        said.append(_document(content))
    return "\n".join(said)


def _document(content: bytes) -> str:
    kinds = {b"%P": "a.pdf", b"\x89P": "a.png", b"RI": "a.webp", b"\xff\xd8": "a.jpg", b"PK": "a.zip"}
    for name in (kinds[content[:2]], "a.docx", "a.xlsx"):
        try:
            read = read_here(content, name)
        except Refused:
            continue
        traces = (f"{trace.where} {trace.excerpt}" for trace in read.traces)
        return "\n".join([read.text, *(f"{key} {value}" for key, value in read.metadata.items()), *traces])
    return ""


def read_answer(response: HttpResponse) -> str:
    """Return what an answer says, its headers too."""
    content = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    headers = (f"{key}: {_header(value)}" for key, value in response.headers.items())
    return "\n".join([*headers, read_bytes(content)])


def news_in(response: HttpResponse, asked: str) -> set[str]:
    """Return the markers in an answer that the address did not say itself: a page that is not there names its address.

    Whatever says one word of a plant says the other too, and an address never has both.
    """
    return found_in(read_answer(response)) - found_in(asked)


def _header(value: str) -> str:
    return str(make_header(decode_header(value))) if "=?" in value else value


def markers_in(texts: Iterable[str]) -> set[str]:
    """Return the markers in many texts."""
    return set().union(*map(found_in, texts))
