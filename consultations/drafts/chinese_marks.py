"""The marks of Chinese drafts: 编, 章, 节, 条, （一）, 1., 附件 and their variants.

Forms after the Legislation Law (立法法 2023, art. 65) and, for policy documents, GB/T 9704-2012 (一、 （一） 1. （1）).
"""

import re
import unicodedata

from consultations.drafts.marks import Mark
from consultations.drafts.numerals import CHINESE_CHARACTERS, from_chinese

_NUMBER = f"[{CHINESE_CHARACTERS}0-9０-９]{{1,12}}"
_HAN = f"[{CHINESE_CHARACTERS}]{{1,8}}"
_ARABIC = "[0-9０-９]{1,3}"
_ARTICLE = re.compile(rf"第[ 　]?({_NUMBER})[ 　]?[条條]((?:之{_NUMBER}(?![般切些定])){{0,3}})")
_HEADING = re.compile(rf"第[ 　]?({_NUMBER})[ 　]?(分编|分編|部分|编|編|篇|章|节|節)((?:之{_NUMBER}(?![般切些定]))?)")
_UNIT = {"分编": "subpart", "分編": "subpart", "部分": "part", "编": "part", "編": "part", "篇": "part",
         "章": "chapter", "节": "section", "節": "section"}  # fmt: skip
_SET_OFF = re.compile(r"[【〔\[（(]([^【】〔〕\[\]（）()。；，：]{1,40})[】〕\]）)]\s*")
_BRACKETED = re.compile(rf"[（(]\s?({_HAN})\s?[）)][、.．]?")
_BRACKETED_ARABIC = re.compile(rf"[（(]\s?({_ARABIC})\s?[）)][、.．]?")
_HAN_COMMA = re.compile(rf"({_HAN})[、．.](?!{_HAN}[、级類类等款项])")
_ARABIC_DOT = re.compile(rf"({_ARABIC})\s?[.．、](?![0-9０-９])")
_ARABIC_HALF = re.compile(rf"({_ARABIC})[)）]")
_LETTER = re.compile(r"[（(]?([A-Za-z])[)）.．、](?![A-Za-z.])")
_ANNEX = re.compile(rf"(附件|附录|附錄|附表|附图)\s?({_NUMBER}|[A-Z](?![A-Za-z]))?\s*[:：.．、]?\s*|附\s?[:：]\s*")
_ANNEX_REFERENCE = re.compile("的|规定|所|中|一并|、|和")
_PREAMBLE = re.compile(r"(?:序\s*言|序|前\s*言|引\s*言)$")
# After a number these words continue a sentence about that article: a reference, not the article itself.
_REFERENCE = re.compile(
    rf"(?:[和及与至到或、]\s?)?第{_NUMBER}[款项目條条章节]|规定|規定|的|、|，|。|；|所列|所称|之|以外"
)
_WEAK_REFERENCE = re.compile(r"和|及|与|至|到|或|以|中|前|后|关于|等|修改|删去")
_CIRCLED = {chr(0x2460 + place): place + 1 for place in range(20)}  # ①
_STOPPED = {chr(0x2488 + place): place + 1 for place in range(20)}  # ⒈
_IN_PARENS = {chr(0x2474 + place): place + 1 for place in range(20)}  # ⑴
_HAN_IN_PARENS = {chr(0x3220 + place): place + 1 for place in range(10)}  # ㈠
_SIGNS = (
    (_HAN_IN_PARENS, "（一）"), (_STOPPED, "1."), (_IN_PARENS, "（1）"), (_CIRCLED, "①"),
)  # fmt: skip
_STARTS = frozenset("第（(附序前引" + CHINESE_CHARACTERS + "0123456789０１２３４５６７８９") | {
    sign for signs, _style in _SIGNS for sign in signs
} | frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")  # fmt: skip
_SENTENCE = re.compile(r"[。；：，！？;:!?]")
# Words of a rule; a heading names its subject and commands nothing.
_NORM = re.compile(r"应当|不得|可以|必须|是指|有权")


def read_mark(text: str) -> Mark | None:
    """Return the mark at the beginning of a line of a Chinese draft, if there is one."""
    if text[0] not in _STARTS:
        return None
    if text[0] == "第":
        return _article(text) or _heading(text)
    if text[0] == "附":
        return _annex(text)
    if len(text) <= 6 and _PREAMBLE.match(text):
        return Mark("preamble", "", "", "", heading="".join(text.split()))
    return _list(text)


def _article(text: str) -> Mark | None:
    found = _ARTICLE.match(text)
    if not found or (value := from_chinese(found[1])) is None:
        return None
    number = ".".join([str(value), *_inserted(found[2])])
    rest = text[found.end() :]
    spaced = rest[:1] in (" ", "　")
    rest = rest.strip().lstrip("：:").strip() if not spaced else rest.strip()
    set_off = _SET_OFF.match(rest)
    if set_off and not _BRACKETED.match(rest) and not _BRACKETED_ARABIC.match(rest):
        return Mark("article", number, found[0], rest[set_off.end() :].strip(), heading=set_off[1].strip(), form="第条")
    label = "".join(found[0].split())
    found_reference = _REFERENCE.match(rest)
    if found_reference and (not spaced or "第" in found_reference[0]):
        return Mark("reference", number, label, rest)
    doubtful = not spaced and bool(_WEAK_REFERENCE.match(rest))
    return Mark("article", number, label, rest, doubtful=doubtful, form="第条")


def _heading(text: str) -> Mark | None:
    found = _HEADING.match(text)
    if not found or (value := from_chinese(found[1])) is None:
        return None
    rest = text[found.end() :]
    words = rest.strip(" 　：:")
    if len(words) > 60 or words.endswith(("。", "；", "：", ":", ";")):
        return None
    if rest[:1] not in ("", " ", "　", ":", "：") and (_REFERENCE.match(words) or _SENTENCE.search(words)):
        return None
    if rest and words.startswith("第") and _ARTICLE.match(words):
        return None
    number = ".".join([str(value), *_inserted(found[3])])
    return Mark(_UNIT[found[2]], number, "".join(found[0].split()), "", heading=tidy_heading(words), form="第章")


def _inserted(text: str) -> list[str]:
    return [str(value) for part in text.split("之")[1:] if (value := from_chinese(part)) is not None]


_LEADER = re.compile(r"(?:[ \t　]*(?:[.…·．]{2,}|…)[ \t　.…·．]*|\t)\s*[0-9０-９]{1,4}$|[.…·．]{3,}$")


def tidy_heading(words: str) -> str:
    """Return a heading without dots and page number of a contents line and without spaced-out characters (总 则)."""
    words = _LEADER.sub("", words).strip()
    parts = words.split()
    if len(parts) > 1 and all(len(part) == 1 and unicodedata.east_asian_width(part) == "W" for part in parts):
        return "".join(parts)
    return " ".join(parts)


def heading_shaped(words: str) -> bool:
    """Tell whether words look like a heading: short, without any mark of a sentence."""
    if not 0 < len(words) <= 30 or words[0] in "“‘《" or not any(map(str.isalpha, words)):
        return False
    return not _SENTENCE.search(words) and not _NORM.search(words)


def _annex(text: str) -> Mark | None:
    found = _ANNEX.match(text)
    if not found:
        return None
    words = text[found.end() :].strip()
    if len(words) > 60 or words.endswith(("。", "；")) or _ANNEX_REFERENCE.match(words):
        return None
    value = from_chinese(found[2]) if found[2] else None
    number = str(value) if value is not None else (found[2] or "")
    return Mark("annex", number, found[0].strip(" 　:：.．、"), "", heading=tidy_heading(words))


def _list(text: str) -> Mark | None:
    for pattern, style in ((_BRACKETED, "（一）"), (_BRACKETED_ARABIC, "（1）"), (_HAN_COMMA, "一、"),
                           (_ARABIC_DOT, "1."), (_ARABIC_HALF, "1）")):  # fmt: skip
        found = pattern.match(text)
        if found:
            value = from_chinese(found[1])
            return _list_mark(str(value), found[0], text[found.end() :], style, value) if value else None
    for signs, style in _SIGNS:
        if text[0] in signs:
            return _list_mark(str(signs[text[0]]), text[0], text[1:], style, signs[text[0]])
    found = _LETTER.match(text)
    if found:
        return _list_mark(found[1], found[0], text[found.end() :], "a", ord(found[1].lower()) - ord("a") + 1)
    return None


def _list_mark(number: str, label: str, rest: str, style: str, value: int) -> Mark:
    return Mark("list", number, label.strip(), rest.strip(), values=((style, value),), form=style)
