"""RTF: words, the group of properties, changes, comments, hidden words and objects."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from engage.errors import Refused
from engage.publishing.reading.found import (
    AUTHOR,
    COMMENT,
    EMBEDDED,
    HIDDEN,
    TRACKED_CHANGE,
    DocumentText,
    Gathering,
)

MOST_DEPTH = 500

_TOKEN = re.compile(
    rb"\\(?P<word>[a-z]{1,32})(?P<number>-?[0-9]{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-z'])"
    rb"|(?P<open>\{)|(?P<close>\})|(?P<plain>[^\\{}\r\n]+)|(?P<rest>[\r\n\\])",
    re.DOTALL,
)
_CODE_PAGES = {936: "gb18030", 950: "big5", 932: "cp932", 949: "cp949", 65001: "utf-8", 10008: "gb18030"}
_SKIPPED = frozenset(["fonttbl", "colortbl", "stylesheet", "listtable", "listoverridetable", "pict", "themedata"])
_SKIPPED |= {"colorschememapping", "latentstyles", "datastore", "rsidtbl", "generator", "xmlnstbl"}
_INFO = frozenset(["title", "subject", "author", "manager", "company", "operator", "category", "keywords", "doccomm"])
_INFO |= {"comment", "hlinkbase"}
_SIGNS = {"par": "\n", "line": "\n", "cell": "\n", "row": "\n", "tab": "\t", "page": "\n", "sect": "\n"}
_SIGNS |= {
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
}


@dataclass(frozen=True)
class _State:
    goes_to: str = "text"
    hidden: bool = False
    changed: bool = False
    after_unicode: int = 1


def read(content: bytes) -> DocumentText:
    """Read a document. Raises Refused: "truncated", "too_complex"."""
    reader = _Reader()
    reader.run(content)
    return reader.found.done()


class _Reader:
    def __init__(self) -> None:
        self.found = Gathering()
        self._states = [_State()]
        self._encoding = "cp1252"
        self._bytes = bytearray()
        self._text: list[str] = []
        self._kept: dict[str, list[str]] = {}
        self._skip = 0

    def run(self, content: bytes) -> None:
        for token in _TOKEN.finditer(content):
            kind = token.lastgroup
            if kind == "number":
                kind = "word"
            getattr(self, f"_{kind}")(token)
        self._flush()
        self.found.say(*_whole("".join(self._text)).split("\n"))
        for name, pieces in self._kept.items():
            self._tell(name, _whole("".join(pieces)))

    @property
    def _state(self) -> _State:
        return self._states[-1]

    def _set(self, **values: object) -> None:
        self._states[-1] = replace(self._state, **values)  # type: ignore[arg-type]

    def _open(self, _token: re.Match[bytes]) -> None:
        self._flush()
        if len(self._states) > MOST_DEPTH:
            raise Refused("too_complex")
        self._states.append(self._state)

    def _close(self, _token: re.Match[bytes]) -> None:
        self._flush()
        before = self._state.goes_to
        if len(self._states) > 1:
            self._states.pop()
        if before != self._state.goes_to and before in self._kept:
            self._tell(before, _whole("".join(self._kept.pop(before))))

    def _tell(self, name: str, said: str) -> None:
        if not said.strip():
            return
        if name == "annotation":
            self.found.trace(COMMENT, "", said)
            self.found.say(said)
        elif name == "objdata":
            self.found.trace(EMBEDDED, "object", f"{len(said) // 2} B")
            self.found.say(*_words_in_hex(said))
        elif name in {"author", "operator", "atnauthor", "revtbl"}:
            self.found.tell(name, said)
            self.found.trace(AUTHOR, name, said)
        elif name in _INFO:
            self.found.tell(name, said)
        else:
            self.found.say(said)

    def _word(self, token: re.Match[bytes]) -> None:
        word = token["word"].decode()
        number = int(token["number"]) if token["number"] else None
        if word == "u" and number is not None:
            self._flush()
            self._say(chr(number % 0x10000))
            self._skip = self._state.after_unicode
        elif word == "bin" and number:
            raise Refused("too_complex")
        elif word == "ansicpg" and number:
            self._encoding = _CODE_PAGES.get(number, f"cp{number}")
        elif word == "uc":
            self._set(after_unicode=max(0, number or 0))
        elif word in _SIGNS:
            self._flush()
            self._say(_SIGNS[word])
        elif word in {"v", "deleted", "revised"}:
            self._flush()
            self._set(**{"hidden" if word == "v" else "changed": number != 0})
        elif word in _SKIPPED:
            self._set(goes_to="")
        elif word in _INFO or word in {"annotation", "atnauthor", "objdata", "revtbl"}:
            self._set(goes_to=word)

    def _hex(self, token: re.Match[bytes]) -> None:
        if self._skip:
            self._skip -= 1
            return
        self._bytes.append(int(token["hex"], 16))

    def _sign(self, token: re.Match[bytes]) -> None:
        sign = token["sign"]
        self._flush()
        if sign in b"\\{}":
            self._say(sign.decode())
        elif sign in b"~\n\r":
            self._say(" ")

    def _plain(self, token: re.Match[bytes]) -> None:
        plain = token["plain"]
        cut = min(self._skip, len(plain))
        self._skip -= cut
        self._bytes += plain[cut:]

    def _rest(self, _token: re.Match[bytes]) -> None:
        """Line ends of the file mean nothing."""

    def _flush(self) -> None:
        if self._bytes:
            try:
                said = bytes(self._bytes).decode(self._encoding, errors="replace")
            except LookupError:
                said = bytes(self._bytes).decode("gb18030", errors="replace")
            self._bytes.clear()
            self._say(said)

    def _say(self, said: str) -> None:
        state = self._state
        if not state.goes_to:
            return
        if state.goes_to != "text":
            self._kept.setdefault(state.goes_to, []).append(said)
            return
        self._text.append(said)
        if said.strip():
            if state.hidden:
                self.found.trace(HIDDEN, "", _whole(said))
            if state.changed:
                self.found.trace(TRACKED_CHANGE, "", _whole(said))


def _whole(text: str) -> str:
    """Join the halves of characters beyond the first plane, which RTF writes one by one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _words_in_hex(said: str) -> list[str]:
    from engage.publishing.reading.parts import readable_runs

    digits = re.sub(r"[^0-9a-fA-F]", "", said)
    return list(readable_runs(bytes.fromhex(digits[: len(digits) // 2 * 2])))
