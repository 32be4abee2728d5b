"""What changed between two wordings, in pieces a reader understands: characters in Chinese, words in English, numbers.

diff-match-patch does the comparing. It works on characters, so what must stay whole (an English word, a letter with
its accents, an emoji sequence) is replaced by one private character before and put back after.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal

from diff_match_patch import diff_match_patch

Piece = tuple[Literal["keep", "ins", "del"], str]

_CHINESE = "zh-hans"
_NAMES: dict[int, Literal["keep", "ins", "del"]] = {0: "keep", 1: "ins", -1: "del"}
_SECONDS = 1.0  # after this the rest is shown as one replacement: never wrong, only coarse
_FINE_LIMIT = 20_000  # pieces of both texts together; above it sentences are compared, not characters
_PRIVATE = 0xF0000  # supplementary private use: never in a text that passed `lines.clean`, 131,000 places
_SENTENCES = re.compile(r"[^。；！？.;!?\n]*[。；！？.;!?\n]+|[^。；！？.;!?\n]+")
_JOINER = "\u200d"
# What a Chinese number is written with.
_NUMERALS = frozenset("零一二三四五六七八九〇○Ｏ两壹贰叁肆伍陆柒捌玖兩貳參叄陸十拾百佰千仟廿卅卌万萬亿億")
_IN_NUMBERS = frozenset(",.，．")


def diff(before: str, after: str, language: str) -> list[Piece]:
    """Return the pieces of both wordings in order as ("keep" | "ins" | "del", text), none of them empty.

    The kept and deleted pieces make up `before`, the kept and inserted ones `after`. Takes about a second at most.
    """
    if before == after:
        return [("keep", before)] if before else []
    pieces = [_pieces(text, language) for text in (before, after)]
    if sum(map(len, pieces)) > _FINE_LIMIT:
        pieces = [_SENTENCES.findall(text) for text in (before, after)]
    table = _Table()
    coded = [table.encode(part) for part in pieces]
    if table.full:  # more different pieces than private characters: show the whole as replaced
        return [piece for piece in (("del", before), ("ins", after)) if piece[1]]
    engine = diff_match_patch()
    engine.Diff_Timeout = _SECONDS
    differences = engine.diff_main(coded[0], coded[1], False)
    engine.diff_cleanupSemantic(differences)
    return [(_NAMES[kind], table.decode(text)) for kind, text in differences if text]


def _pieces(text: str, language: str) -> list[str]:
    parts = clusters(text)
    return _numbers(parts) if language == _CHINESE else _words(parts)


def _numbers(parts: list[str]) -> list[str]:
    """Join the signs of a number, 五十万 or 1,000: half of one struck out is no number that anybody can read."""
    numbers: list[list[str]] = []
    inside = False
    for part, following in zip(parts, [*parts, " "][1:], strict=True):
        digit = part in _NUMERALS or part.isdecimal()
        if inside and (digit or (part in _IN_NUMBERS and following.isdecimal())):
            numbers[-1].append(part)
        else:
            numbers.append([part])
            inside = digit
    return ["".join(number) for number in numbers]


def _words(parts: list[str]) -> list[str]:
    """Join letters and digits into words, apostrophes and the signs inside numbers too; a Chinese character is one."""
    words: list[str] = []
    inside = False
    for part, following in zip(parts, [*parts, " "][1:], strict=True):
        letter = part[0].isalnum() and not _is_wide(part[0])
        in_number = inside and part in _IN_NUMBERS and following.isdecimal() and words[-1][-1].isdecimal()
        if inside and (letter or in_number or (part in "'’" and following[0].isalnum())):
            words[-1] += part
        else:
            words.append(part)
            inside = letter
    return words


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def clusters(text: str) -> list[str]:
    """Split into user-perceived characters: a base with its marks, a joined emoji, a flag."""
    found: list[str] = []
    flag_open = False
    for character in text:
        is_flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        if found and (_extends(character) or found[-1].endswith(_JOINER) or (is_flag and flag_open)):
            found[-1] += character
            flag_open = False
        else:
            found.append(character)
            flag_open = is_flag
    return found


def _extends(character: str) -> bool:
    return (
        character == _JOINER
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or (not character.isascii() and unicodedata.category(character) in ("Mn", "Me", "Mc"))
    )


class _Table:
    """Gives every piece of more than one character a private character of its own."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._pieces: dict[str, str] = {}

    @property
    def full(self) -> bool:
        return _PRIVATE + len(self._codes) > 0x10FFFD

    def encode(self, pieces: Iterable[str]) -> str:
        return "".join(piece if len(piece) == 1 and ord(piece) < _PRIVATE else self._code(piece) for piece in pieces)

    def _code(self, piece: str) -> str:
        code = self._codes.get(piece)
        if code is None:
            code = chr(min(_PRIVATE + len(self._codes), 0x10FFFF))
            self._codes[piece] = code
            self._pieces[code] = piece
        return code

    def decode(self, text: Sequence[str]) -> str:
        return "".join(self._pieces.get(character, character) for character in text)
