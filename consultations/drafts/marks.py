"""What the beginning of a line can say: the mark of a clause, a heading or a list, in either language."""

from dataclasses import dataclass, replace

# Levels whose marks open a heading, from the outside in; "subpart" is 分编, a division of a part.
HEADS = ("annex", "part", "subpart", "chapter", "section", "article")


@dataclass(frozen=True, slots=True)
class Mark:
    """A recognised mark.

    `kind`: one of HEADS, or "list", "preamble" (序言), "title", "note", "closing", or "reference": words that only
    begin like a clause (第十二条第二款规定的…). `values`: for a list mark, each way to read it as (style, place): "(i)"
    is the ninth letter and the first Roman number. `doubtful`: may be a reference; to be believed only when its
    number comes next. `heading`: words set off as a heading. `rest`: the words after the mark. `form`: the style of a
    mark, to notice a change of style.
    """

    kind: str
    number: str
    label: str
    rest: str
    heading: str = ""
    values: tuple[tuple[str, int], ...] = ()
    doubtful: bool = False
    form: str = ""

    def as_kind(self, kind: str) -> "Mark":
        return replace(self, kind=kind)
