"""Words for the index and for a question, the same on every database: pure text in, plain values out.

Chinese, Japanese and Korean have no spaces between words, so a run of their characters is indexed as its single
characters and its overlapping pairs; other words are indexed by their English stem, numbers as they are written.
Punctuation is a gap that no pair crosses.
"""

import re
import threading
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

QUERY_MAX_LENGTH = 200
WORD_MAX_LENGTH = 64
# PostgreSQL refuses a tsvector of more than 1 MiB of terms.
TERMS_MAX_BYTES = 900_000
MARKS_PER_CHARACTER = 8
# A control character, so no folded text has it.
WORD_END = "\x1f"

_CJK = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
WORD_CHARACTER = rf"[^\W_{_CJK}]"
CJK_CHARACTER = re.compile(f"[{_CJK}]")
TOKEN = re.compile(rf"(?P<cjk>[{_CJK}]+)|{WORD_CHARACTER}+(?:'{WORD_CHARACTER}+)*")
# Signs inside a reference, a date or an amount; between Chinese characters every sign is a gap.
_JOINT = rf"(?:(?<={WORD_CHARACTER})['./:-](?={WORD_CHARACTER})|(?<=\d),(?=\d))"
_PIECE = re.compile(rf"[^\W_]+(?:{_JOINT}[^\W_]+)*")
_SPACE_BESIDE_CJK = re.compile(rf"(?<=[{_CJK}])\s+(?=[^{_CJK}\s])|(?<=[^{_CJK}\s])\s+(?=[{_CJK}])")
_SPACES = re.compile(r"\s+")

# Full-width forms map one to one, which keeps the common case (Chinese text with its own punctuation) quick.
_ONE_TO_ONE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2019: 0x27}
_ODD = re.compile(
    "[\\n\\x20-\\x7e\u3001-\u3003\u3005-\u3011\u3014-\u3017\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff\u201c\u201d\u2014]?"
    "[^\\n\\x20-\\x7e\u3001-\u3003\u3005-\u3011\u3014-\u3017\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff\u201c\u201d\u2014]+"
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』﹁﹂", '"'))
_QUOTED = re.compile(r'"([^"]*)"')
_VOICED_MARKS = "\uff9e\uff9f"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_stemmers = threading.local()


def storable(text: str) -> str:
    """Drop what PostgreSQL cannot store: NUL and halves of surrogate pairs."""
    return _UNSTORABLE.sub("", text)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the English stem of a folded word; words with other letters or with digits stay whole."""
    word = word[:WORD_MAX_LENGTH]
    if word.isascii() and not any(character.isdigit() for character in word):
        # A snowball stemmer keeps the word it works on in itself, so threads must not share one.
        if not hasattr(_stemmers, "english"):
            # The package brings the stemmers of forty languages: a fifth of a second, for who stems a word.
            import snowballstemmer

            _stemmers.english = snowballstemmer.stemmer("english")
        word = _stemmers.english.stemWord(word)
    return word.replace("'", "")


def _joins_previous(character: str) -> bool:
    """Tell whether a character is written onto the one before it (accents, voiced marks, Korean vowels)."""
    return (
        unicodedata.category(character) in {"Mn", "Me"}
        or character in _VOICED_MARKS
        or "\u1160" <= character <= "\u11ff"
    )


def _clusters(text: str) -> Iterator[str]:
    """Cut text into characters with the marks written onto them; the count of marks is bounded."""
    start = 0
    for position in range(1, len(text) + 1):
        if position == len(text) or not _joins_previous(text[position]) or position - start > MARKS_PER_CHARACTER:
            yield text[start:position]
            start = position


@lru_cache(maxsize=16_384)
def _fold_cluster(cluster: str) -> str:
    category = unicodedata.category(cluster[0])
    if category == "Cf":
        # Invisible: zero-width spaces, direction marks, soft hyphens. What looks alike is found alike.
        return ""
    if category in {"Cc", "Cs"}:
        return "\n" if cluster[0] == "\n" else " "
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cluster).casefold())
    return "".join(character for character in folded if unicodedata.category(character) not in {"Mn", "Me"})


def fold(text: str) -> str:
    """Return the form in which texts are compared: NFKC, lower case, without invisible characters."""
    return _ODD.sub(lambda odd: "".join(map(_fold_cluster, _clusters(odd[0]))), text.translate(_ONE_TO_ONE)).casefold()


def fold_with_offsets(text: str) -> tuple[str, "array[int] | range"]:
    """Return the folded text and, for each of its characters and its end, where it comes from in the text."""
    plain = text.translate(_ONE_TO_ONE)
    if not _ODD.search(plain):
        return plain.casefold(), range(len(text) + 1)
    folded: list[str] = []
    offsets = array("I")
    done = 0
    for odd in _ODD.finditer(plain):
        folded.append(plain[done : odd.start()].casefold())
        offsets.extend(range(done, odd.start()))
        done = odd.start()
        for cluster in _clusters(odd[0]):
            letters = _fold_cluster(cluster)
            folded.append(letters)
            offsets.extend([done] * len(letters))
            done += len(cluster)
    folded.append(plain[done:].casefold())
    offsets.extend(range(done, len(plain) + 1))
    return "".join(folded), offsets


def _without_loose_spaces(folded: str) -> str:
    """Leave one space where a space tells words apart, none between Chinese and Latin writing."""
    return _SPACES.sub(" ", _SPACE_BESIDE_CJK.sub("", folded)).strip()


def haystack(title: str, body: str) -> str:
    """Return what phrases are looked for in; no phrase reaches from the title into the body."""
    return "\n\n".join(_with_word_ends(_without_loose_spaces(fold(text))) for text in (title, body))


def _with_word_ends(text: str) -> str:
    """Mark where words other than Chinese begin and end, so that the phrase `open data` is not in `open database`."""
    return TOKEN.sub(lambda token: token[0] if token["cjk"] else f"{WORD_END}{token[0]}{WORD_END}", text)


def terms_in(folded: str) -> set[str]:
    """Return the index terms of a folded text, from its beginning on as many as a database takes."""
    found: set[str] = set()
    # A character stands alone and in two pairs, of four bytes at most each: of most texts nothing has to be measured.
    if 5 * 4 * len(folded) <= TERMS_MAX_BYTES:
        for token in TOKEN.finditer(folded):
            found.update(_terms_of_token(token))
        return found
    size = 0
    for token in TOKEN.finditer(folded):
        for term in _terms_of_token(token):
            if term not in found:
                size += len(term.encode())
                if size > TERMS_MAX_BYTES:
                    return found
                found.add(term)
    return found


def _terms_of_token(token: re.Match[str]) -> list[str]:
    run = token[0]
    return [stem(run)] if token["cjk"] is None else [*run, *pairs(run)]


def pairs(run: str) -> list[str]:
    """Return the overlapping pairs of characters."""
    return [run[at : at + 2] for at in range(len(run) - 1)]


@dataclass(frozen=True)
class Question:
    """What a person asks for: every term must be in the index entry, every phrase in its haystack.

    `words` (stems) and `phrases_to_mark` say what to mark in the excerpt; `asked` is false when nothing was typed,
    `cut` true when more was typed than is looked at.
    """

    terms: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    phrases_to_mark: tuple[str, ...] = ()
    asked: bool = False
    cut: bool = False


class _Reading:
    """Collects the parts of a question while it is read."""

    def __init__(self) -> None:
        self.terms: set[str] = set()
        self.words: set[str] = set()
        self.phrases: dict[str, None] = {}
        self.marks: dict[str, None] = {}

    def add_phrase(self, literal: str) -> None:
        """Ask for a literal sequence, from its first to its last letter."""
        tokens = list(TOKEN.finditer(literal))
        if tokens:
            literal = literal[tokens[0].start() : tokens[-1].end()]
            self._add_terms(tokens)
            self.phrases[_with_word_ends(literal)] = self.marks[literal] = None

    def add_piece(self, piece: str) -> None:
        """Ask for what was typed without a space: a Chinese word, an English word, `5G网络`, `C-2026-004217-K`."""
        tokens = list(TOKEN.finditer(piece))
        chinese = [token[0] for token in tokens if token["cjk"] is not None]
        if len(tokens) > 1 and (chinese or any(character.isdigit() for character in piece)):
            self.add_phrase(piece)
            return
        self._add_terms(tokens)
        self.words.update(stem(token[0]) for token in tokens if token["cjk"] is None)
        self.marks.update(dict.fromkeys(chinese))
        # One or two characters are a term of their own; only a longer run can hide pairs from different places.
        self.phrases.update(dict.fromkeys(run for run in chinese if len(run) > 2))

    def _add_terms(self, tokens: list[re.Match[str]]) -> None:
        for token in tokens:
            run = token[0]
            if token["cjk"] is None:
                self.terms.add(stem(run))
            else:
                self.terms.update(pairs(run) or run)


def read_question(text: str) -> Question:
    """Read what a person typed. Quotes ask for a phrase; every other sign is a gap; nothing is an error."""
    reading = _Reading()
    cut = len(text) > QUERY_MAX_LENGTH
    folded = fold(text[:QUERY_MAX_LENGTH]).translate(_QUOTES)
    for quoted in _QUOTED.finditer(folded):
        reading.add_phrase(_without_loose_spaces(quoted[1]))
    for chunk in _QUOTED.sub(" ", folded).split():
        for piece in _PIECE.finditer(chunk):
            reading.add_piece(piece[0])
    return Question(
        terms=frozenset(reading.terms),
        phrases=tuple(reading.phrases),
        words=frozenset(reading.words),
        phrases_to_mark=tuple(reading.marks),
        asked=bool(text[:QUERY_MAX_LENGTH].strip()) or cut,
        cut=cut,
    )
