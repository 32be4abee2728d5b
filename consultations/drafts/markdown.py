"""Lines of a Markdown text. The parser eats list numbers; they are put back, for in a law they are content."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from consultations.drafts.footnotes import placed, without_definitions
from consultations.drafts.lines import SourceLine, clean, split_lines
from consultations.drafts.tree import Doubt

_HEADING = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(?:.*\n){0,60}?---[ \t]*(?:\n|\Z)")
_TAG = re.compile(r"<[^>]*>")
_DEEPEST = 50  # quotations and lists inside one another
_PARSER = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST}).enable("table").disable("code")


def looks_like_markdown(text: str) -> bool:
    """Tell whether a text has a Markdown heading; nothing else in it is sure enough."""
    return bool(_HEADING.search(text))


def markdown_lines(text: str) -> tuple[list[SourceLine], list[Doubt]]:
    """Return the lines of a Markdown text with the rank of its headings, and doubts for what has no place in a tree."""
    reader = _Reader()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    skipped = 0
    found = _FRONT_MATTER.match(text)
    if found and ":" in found[0]:
        skipped = found[0].count("\n")
        text = text[found.end() :]
        reader.doubts.append(Doubt(1, "front_matter_left_out", {"lines": skipped}))
    reader.offset = skipped + 1
    text, definitions = without_definitions(text, reader.offset)
    tokens = _PARSER.parse(text)
    if any(token.level >= _DEEPEST - 1 for token in tokens):  # below that the parser drops what it reads
        lines, removed = split_lines(text)
        lines, doubts = placed(lines, definitions)
        return lines, [
            Doubt(1, "nested_too_deep"),
            *([Doubt(1, "characters_removed", {"count": removed})] if removed else []),
            *doubts,
        ]
    reader.read(tokens)
    if reader.removed:
        reader.doubts.append(Doubt(1, "characters_removed", {"count": reader.removed}))
    lines, doubts = placed(reader.lines, definitions)
    return lines, [*reader.doubts, *doubts]


class _Reader:
    """Walks the tokens; `_numbers` holds, for each open list, the number its next item shows."""

    def __init__(self) -> None:
        self.lines: list[SourceLine] = []
        self.doubts: list[Doubt] = []
        self.removed = 0
        self.offset = 1
        self._rank = 0
        self._label = ""
        self._lists: list[int | None] = []
        self._row: list[str] | None = None
        self._rows = 0
        self._table_line = 0
        self._row_line = 0

    def read(self, tokens: list[Token]) -> None:
        for token in tokens:
            line = token.map[0] + self.offset if token.map else self._table_line
            kind = token.type
            if kind == "heading_open":
                self._rank = int(token.tag[1])
            elif kind == "heading_close":
                self._rank = 0
            elif kind == "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            elif kind == "bullet_list_open":
                self._lists.append(None)
            elif kind in ("ordered_list_close", "bullet_list_close"):
                self._lists.pop()
            elif kind == "list_item_open":
                self._open_item(token)
            elif kind == "inline":
                self._inline(token, line)
            elif kind in ("fence", "code_block"):
                for step, words in enumerate(token.content.split("\n")):
                    self._add(words, line + (1 if kind == "fence" else 0) + step)
            elif kind == "html_block":
                self._html(token.content, line)
            else:
                self._table(kind, line)

    def _open_item(self, token: Token) -> None:
        number = self._lists[-1]
        if number is None:
            return
        shown = int(token.info) if token.info and int(token.info) != 1 else number
        self._lists[-1] = shown + 1
        self._label = f"{shown}{token.markup} "

    def _table(self, kind: str, line: int) -> None:
        if kind == "table_open":
            self._rows, self._table_line = 0, line
        elif kind == "tr_open":
            self._row = []
            self._rows += 1
            self._row_line = line
        elif kind == "tr_close" and self._row is not None:
            self._add(" | ".join(cell for cell in self._row if cell), self._row_line, plain=True)
            self._row = None
        elif kind == "table_close":
            self.doubts.append(Doubt(self._table_line, "table_as_text", {"rows": self._rows}))

    def _inline(self, token: Token, line: int) -> None:
        words = self._words(token.children or [], line)
        if self._row is not None:
            self._row.append(" ".join(words.split()))
            return
        label, self._label = self._label, ""
        rank = self._rank
        for step, part in enumerate(words.split("\n")):
            self._add(label + part if step == 0 else part, line + step, rank=rank, gap=step == 0)

    def _words(self, children: list[Token], line: int) -> str:
        words = ""
        for child in children:
            if child.type in ("softbreak", "hardbreak"):
                words += "\n"
            elif child.type in ("text", "code_inline"):
                words += child.content
            elif child.type == "image":
                self.doubts.append(Doubt(line, "pictures_left_out", {"count": 1}))
            elif child.type == "html_inline":
                words += "\n" if child.content.lower().startswith("<br") else ""
        return words

    def _html(self, content: str, line: int) -> None:
        words = " ".join(_TAG.sub(" ", re.sub(r"<!--.*?(?:-->|\Z)", "", content, flags=re.DOTALL)).split())
        if words:
            self.doubts.append(Doubt(line, "html_left_out", {"text": words[:300]}))

    def _add(self, raw: str, line: int, *, rank: int = 0, gap: bool = False, plain: bool = False) -> None:
        words, removed = clean(raw)
        self.removed += removed
        if words:
            self.lines.append(SourceLine(words, line, rank=rank, gap=gap, plain=plain))
