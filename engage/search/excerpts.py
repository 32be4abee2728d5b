"""The few words of a text that show why it was found: pure, offsets and plain strings only."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from engage.search.terms import CJK_CHARACTER, TOKEN, WORD_CHARACTER, Question, fold_with_offsets, stem

# Widths count a Chinese character as two, any other as one: about three lines on a wide screen.
EXCERPT_WIDTH = 240
LEAD_WIDTH = 60
LONGEST_WORD_KEPT_WHOLE = 30

_SENTENCE_ENDS = "。！？；!?;\n"


class Part(NamedTuple):
    """A stretch of text, marked or not."""

    text: str
    marked: bool


def _phrase_pattern(question: Question) -> re.Pattern[str] | None:
    """Match the phrases in folded text; spaces that the index ignores may stand between two scripts."""
    patterns = []
    for phrase in sorted(question.phrases_to_mark, key=len, reverse=True):
        pattern = re.escape(phrase[0])
        for before, character in zip(phrase, phrase[1:], strict=False):
            if character == " ":
                pattern += r"\s+"
                continue
            loose = before != " " and bool(CJK_CHARACTER.match(before)) != bool(CJK_CHARACTER.match(character))
            pattern += (r"\s*" if loose else "") + re.escape(character)
        # A phrase that begins or ends with a word of letters does so at the ends of that word.
        before, after = f"(?<!{WORD_CHARACTER})", f"(?!{WORD_CHARACTER})"
        first, last = (CJK_CHARACTER.match(end) for end in (phrase[0], phrase[-1]))
        patterns.append(f"{'' if first else before}{pattern}{'' if last else after}")
    return re.compile("|".join(patterns)) if patterns else None


def _found(folded: str, question: Question) -> Iterator[tuple[int, int]]:
    """Give the places in folded text that answer the question, phrases before words, each in order."""
    if pattern := _phrase_pattern(question):
        for match in pattern.finditer(folded):
            yield match.span()
    if question.words:
        for token in TOKEN.finditer(folded):
            if token["cjk"] is None and stem(token[0]) in question.words:
                yield token.span()


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def marked_places(text: str, question: Question) -> list[tuple[int, int]]:
    """Return where the text answers the question: sorted, not overlapping, in offsets of the text itself."""
    folded, offsets = fold_with_offsets(text)
    spans = []
    for start, end in _found(folded, question):
        first, last = offsets[start], offsets[end]
        while last == first and end < len(folded):
            # The hit ends inside a character that folds to several (a ligature): mark it whole.
            end += 1
            last = offsets[end]
        spans.append((first, last))
    return _merged(spans)


def _width(character: str) -> int:
    return 2 if CJK_CHARACTER.match(character) or "\u3000" <= character <= "\u303f" or character >= "\uff00" else 1


def _inside_word(text: str, at: int) -> bool:
    """Tell whether cutting here would split a word of letters or a character from its marks."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if CJK_CHARACTER.match(after):
        return False
    letters = after.isalnum() and before.isalnum() and not CJK_CHARACTER.match(before)
    written_on = not after.isalnum() and not after.isprintable() and not after.isspace()
    return letters or written_on or _is_mark(after)


def _is_mark(character: str) -> bool:
    return (
        "\u0300" <= character <= "\u036f"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def _window(text: str, hit: int) -> tuple[int, int]:
    """Choose where the excerpt begins and ends: at a sentence when one is near, never inside a word."""
    start, width = hit, 0
    while start > 0 and width < LEAD_WIDTH and text[start - 1] not in _SENTENCE_ENDS:
        start -= 1
        width += _width(text[start])
    whole = start
    while whole < hit and (_inside_word(text, whole) or text[whole].isspace()):
        whole += 1
    start = whole
    end, width = start, 0
    while end < len(text) and width < EXCERPT_WIDTH:
        width += _width(text[end])
        end += 1
    whole = end
    while whole > start and end - whole < LONGEST_WORD_KEPT_WHOLE and _inside_word(text, whole):
        whole -= 1
    return start, (end if _inside_word(text, whole) else whole)


def _cut_into_parts(text: str, places: list[tuple[int, int]], start: int, end: int) -> Iterator[Part]:
    done = start
    for first, last in places:
        first, last = max(first, start), min(last, end)
        if first >= last:
            continue
        yield Part(text[done:first], False)
        yield Part(text[first:last], True)
        done = last
    yield Part(text[done:end], False)


def marked(text: str, question: Question) -> list[Part]:
    """Return the whole text in parts; for titles."""
    return [part for part in _cut_into_parts(text, marked_places(text, question), 0, len(text)) if part.text]


def excerpt(text: str, question: Question) -> list[Part]:
    """Return the stretch of the text around its first answer, or its beginning when the answer is elsewhere."""
    places = marked_places(text, question)
    start, end = _window(text, places[0][0] if places else 0)
    parts = list(_cut_into_parts(text, places, start, end))
    if start > 0 and text[:start].strip():
        parts.insert(0, Part("…", False))
    if text[end:].strip():
        parts.append(Part("…", False))
    return [part for part in parts if part.text]
