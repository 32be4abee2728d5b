"""The same content in two languages: the same parts, numbers, dates, links and lists, and about as much of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import combinations
from urllib.parse import urlsplit

from engage.participation import personal_data
from engage.publishing.preflight.bundle import Bundle, Checked, Finding, Form, Outside, Severity
from engage.publishing.preflight.rules.links import links_of
from engage.publishing.preflight.rules.markup import Document, parse
from engage.publishing.preflight.rules.wording import HAN, plain_text

# --- numbers and dates ----------------------------------------------------------------------------------------------

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MONTH = "|".join(_MONTHS)
_ISO = re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b")
_CHINESE_DATE = re.compile(r"(?:(?P<y>\d{4}) ?年 ?)?(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2}) ?[日号]")
_ENGLISH_DATE = re.compile(
    rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<m>{_MONTH})\b(?:,? (?P<y>\d{{4}}))?", re.IGNORECASE
)
_AMERICAN_DATE = re.compile(
    rf"\b(?P<m>{_MONTH}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y>\d{{4}}))?", re.IGNORECASE
)
# Said so differently (24:00, 11:59 pm; 下午2时, 14:00) that comparing would only make noise.
_TIME = re.compile(
    r"\d{1,2}[:：]\d{2}(?: ?[ap]\.?m\.?\b)?|\d{1,2} ?(?:[ap]\.?m\.?\b|[时点]半?)|https?://\S+|[\w.+-]+@[\w.-]+",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?<![\d.])(\d{1,3}(?:[,，]\d{3})+|\d+)(\.\d+)? ?(%|％|per ?cent\b|万亿|亿|千万|百万|万|千|百|trillion\b|billion\b"
    r"|million\b|thousand\b|hundred\b)?",
    re.IGNORECASE,
)
_SCALE = {
    "百": 100, "hundred": 100, "千": 1_000, "thousand": 1_000, "万": 10_000, "百万": 1_000_000, "million": 1_000_000,
    "千万": 10_000_000, "亿": 100_000_000, "billion": 1_000_000_000, "万亿": 10**12, "trillion": 10**12,
}  # fmt: skip
_PERCENT = frozenset({"%", "％", "percent", "per cent"})
# Smaller ones are often words in one of the languages.
LEAST = 10
_HAN_DIGIT = {**{char: value for value, char in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_HAN_UNIT = {"十": 10, "百": 100, "千": 1_000}
_HAN_NUMBER = re.compile(r"(百分之)?([零〇一二两三四五六七八九十百千万亿]+)")
_TENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
}  # fmt: skip
_UNITS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_NUMBER_WORD = re.compile(rf"\b({'|'.join(_TENS)})(?:[- ]({'|'.join(_UNITS)}))?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """The numbers and dates of a text. `maybe`: numbers written as words, which may answer a number elsewhere."""

    numbers: frozenset[str]
    maybe: frozenset[str]
    dates: frozenset[str]


def said(text: str) -> Said:
    """Read the numbers and dates of a text in either language; a date without its year has none."""
    dates = set()

    def date_of(found: re.Match[str]) -> str:
        month = found["m"] if found["m"].isdigit() else str(_MONTHS.index(found["m"].lower()) + 1)
        dates.add(f"{found['y'] or ''}-{int(month):02}-{int(found['d']):02}")
        return " "

    for pattern in (_ISO, _CHINESE_DATE, _ENGLISH_DATE, _AMERICAN_DATE):
        text = pattern.sub(date_of, text)
    text = _TIME.sub(" ", text)
    numbers = {number for found in _NUMBER.finditer(text) if (number := _number(found))}
    maybe = {number for found in _HAN_NUMBER.finditer(text) if (number := _han(found))}
    for found in _NUMBER_WORD.finditer(text):
        maybe.add(str(_TENS[found[1].lower()] + _UNITS.get((found[2] or "").lower(), 0)))
    return Said(frozenset(numbers), frozenset(maybe), frozenset(dates))


def _number(found: re.Match[str]) -> str:
    whole, part, unit = found.groups()
    try:
        value = Decimal(re.sub("[,，]", "", whole) + (part or ""))
    except InvalidOperation:
        return ""
    unit = (unit or "").lower()
    value *= _SCALE.get(unit, 1)
    if unit in _PERCENT:
        return f"{_plain(value)}%"
    return _plain(value) if value >= LEAST or part else ""


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _han(found: re.Match[str]) -> str:
    """Read a number in Chinese characters: 三十, 一百零五, 二〇二六; nothing for one that is none."""
    share, written = found.groups()
    if all(char in _HAN_DIGIT for char in written):
        value = int("".join(str(_HAN_DIGIT[char]) for char in written))
    else:
        value = section = digit = 0
        for char in written:
            if char in _HAN_DIGIT:
                digit = _HAN_DIGIT[char]
            elif char in _HAN_UNIT:
                section, digit = section + (digit or 1) * _HAN_UNIT[char], 0
            else:
                value, section, digit = (value + section + digit) * _SCALE[char], 0, 0
        value += section + digit
    if share:
        return f"{value}%"
    return str(value) if value >= LEAST else ""


def only_in(one: Said, other: Said) -> tuple[list[str], list[str]]:
    """Return the numbers and dates of one text that the other does not say."""
    numbers = one.numbers - other.numbers - other.maybe
    dates = {day for day in one.dates if not any(_same_day(day, told) for told in other.dates)}
    return sorted(numbers, key=lambda number: (len(number), number)), sorted(dates)


def _same_day(one: str, other: str) -> bool:
    years = {day[:-6] for day in (one, other)} - {""}
    return one[-5:] == other[-5:] and len(years) <= 1


# --- comparing forms ------------------------------------------------------------------------------------------------

# English takes about 1.6 words for ten characters of Chinese; twice as much or half of that is another text.
WORDS_FOR_A_CHARACTER = 0.6
SHORTER_MOST = 0.5
CHARACTERS_LEAST = 80
COUNTED = {"lists": ("ul", "ol"), "tables": ("table",), "pictures": ("img",), "headings": ("h2", "h3", "h4")}
_LANGUAGE = re.compile(r"^/(?:zh|en)(?=/)")


def size(text: str) -> float:
    """Return how much a text says, in characters of Chinese."""
    return len(HAN.findall(text)) + len(re.findall(r"[A-Za-z]+", text)) / WORDS_FOR_A_CHARACTER


def check(bundle: Bundle, outside: Outside) -> Checked:
    """Compare each form with the same one in another language, and the parts of both."""
    groups: dict[str, list[Form]] = {}
    for form in bundle.forms:
        groups.setdefault(form.group, []).append(form)
    languages = sorted({form.language for form in bundle.forms if form.language})
    looked_at, findings = 0, list(_parts(bundle, languages))
    for forms in groups.values():
        for one, other in combinations(forms, 2):
            if one.language != other.language:
                looked_at += 1
                findings += list(_compared(bundle, one, other))
    if looked_at == 0 and bundle.blocks and len(languages) > 1:
        looked_at = len(bundle.blocks)
    return Checked("parity", looked_at, findings)


def _parts(bundle: Bundle, languages: list[str]) -> Iterator[Finding]:
    for block in bundle.blocks:
        filled = [language for language in languages if block.texts.get(language, "").strip()]
        for language in set(languages) - set(filled) if filled else ():
            severity = Severity.BLOCKS if block.missing is Severity.BLOCKS else Severity.WARNS
            yield Finding(
                "part_one_language", severity, block.label, "", block.fix_urls.get(language, ""),
                values={"language": language},
            )  # fmt: skip


def _compared(bundle: Bundle, one: Form, other: Form) -> Iterator[Finding]:
    texts = {form.name: _own_text(bundle, form) for form in (one, other)}
    told = {name: said(text) for name, text in texts.items()}
    for here, there in ((one, other), (other, one)):
        numbers, dates = only_in(told[here.name], told[there.name])
        for code, missing in (("numbers_differ", numbers), ("dates_differ", dates)):
            if missing:
                yield _differ(code, here, there, ", ".join(day.lstrip("-") for day in missing[:8]), n=len(missing))
    yield from _lengths(one, other, texts)
    documents = {form.name: document for form in (one, other) if (document := parse(form.html))}
    if len(documents) == 2:
        yield from _counts(one, other, documents)


def _own_text(bundle: Bundle, form: Form) -> str:
    """Return what was written for this form; what the page around it says (days left, dates) is said by us."""
    own = "\n".join(block.texts.get(form.language, "") for block in bundle.blocks)
    return personal_data.mask(own if form.group == "page" and own.strip() else plain_text(form))


def _differ(code: str, here: Form, there: Form, excerpt: str, **values: object) -> Finding:
    values |= {"here": here.language, "there": there.language}
    return Finding(code, Severity.WARNS, here.label, excerpt, there.fix_url, "", values)


def _lengths(one: Form, other: Form, texts: Mapping[str, str]) -> Iterator[Finding]:
    short, long = sorted((one, other), key=lambda form: size(texts[form.name]))
    share = size(texts[short.name]) / max(1, size(texts[long.name]))
    if size(texts[long.name]) >= CHARACTERS_LEAST and share < SHORTER_MOST:
        yield _differ("length_differs", long, short, "", percent=round(100 * share))


def _counts(one: Form, other: Form, documents: Mapping[str, Document]) -> Iterator[Finding]:
    for what, tags in COUNTED.items():
        counts = [len(list(documents[form.name].each(*tags))) for form in (one, other)]
        if counts[0] != counts[1]:
            more, less = (one, other) if counts[0] > counts[1] else (other, one)
            yield _differ(f"{what}_differ", more, less, "", more=max(counts), less=min(counts))
    targets = {
        form.name: {_target(link.href) for link in links_of(form, documents[form.name])} for form in (one, other)
    }
    for here, there in ((one, other), (other, one)):
        if missing := sorted(targets[here.name] - targets[there.name]):
            yield _differ("links_differ", here, there, ", ".join(missing[:5]), n=len(missing))


def _target(href: str) -> str:
    """Return where a link leads, whatever the language: our own pages have one in each address, other sites may."""
    try:
        parts = urlsplit(href)
        if parts.scheme or parts.netloc:
            return parts.hostname or href
    except ValueError:
        return href
    return _LANGUAGE.sub("", parts.path) + (f"?{parts.query}" if parts.query else "")
