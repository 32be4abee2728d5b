"""How a clause is named in print, in both languages, from its level and number.

The forms are those of the Legislation Law of the PRC (立法法 2023, art. 65): 编, 章, 节, 条 carry Chinese numbers,
款 none, 项 a Chinese number in brackets, 目 an Arabic number; English follows the usual citation forms.
"""

from collections.abc import Sequence

from consultations.drafts.numerals import to_chinese

CHINESE, ENGLISH = "zh-hans", "en"

_CHINESE_UNIT = {
    "part": "编", "subpart": "分编", "chapter": "章", "section": "节", "article": "条", "paragraph": "款", "item": "项",
    "subitem": "目",
}  # fmt: skip
_ENGLISH_WORD = {
    "part": "Part", "subpart": "Subpart", "chapter": "Chapter", "section": "Section", "article": "Article",
    "annex": "Annex",
}  # fmt: skip


def label(level: str, number: str, language: str) -> str:
    """Return the printable label of a clause; "" for a clause without a number.

    `level` is one of tree.LEVELS, or "subpart" (分编) or "annex". "15.1" is 第十五条之一 and Article 15-1. A paragraph
    has none: 款 are counted but not numbered, and where a draft does print numbers they are in ParsedClause.label.
    """
    if not number or level == "paragraph":
        return ""
    return _chinese(level, number) if language == CHINESE else _english(level, number)


def _chinese(level: str, number: str) -> str:
    if level == "annex":
        return f"附件{number}"
    if level == "item":
        return f"（{chinese_number(number)}）"
    if level == "subitem":
        return f"{number}." if number.isdigit() else f"（{number}）"
    head, *inserted = number.split(".")
    unit = _CHINESE_UNIT[level]
    return f"第{chinese_number(head)}{unit}" + "".join(f"之{chinese_number(part)}" for part in inserted)


def _english(level: str, number: str) -> str:
    if level in ("item", "subitem"):
        return f"({number})"
    return f"{_ENGLISH_WORD[level]} {number.replace('.', '-')}"


def question_label(number: str, language: str) -> str:
    """Return how a question of a call is called in print."""
    return f"问题{chinese_number(number)}" if language == CHINESE else f"Question {number}"


def chinese_number(number: str) -> str:
    """Return 十二 for "12"; what is not a whole number below a hundred million stays as it is."""
    return to_chinese(int(number)) if number.isdecimal() and number.isascii() and len(number) <= 8 else number


def citation(steps: Sequence[tuple[str, str]], language: str) -> str:
    """Return how a lawyer cites a clause, from its (level, number) steps, the article first.

    [("article", "12"), ("paragraph", "2"), ("item", "3")] is 第十二条第二款第三项 or Article 12(2)(3).
    """
    if language == CHINESE:
        parts = []
        for level, number in steps:
            if level in ("item", "subitem"):
                parts.append(f"第{chinese_number(number)}{_CHINESE_UNIT[level]}")
            else:
                parts.append(_chinese(level, number))
        return "".join(parts)
    text = ""
    for level, number in steps:
        word = f"({number})" if level == "paragraph" else _english(level, number)
        text += word if word.startswith("(") or not text else f", {word}"
    return text
