"""Finds personal numbers and addresses in what people write, to warn the writer and to mask what is published.

Works from the rules of the numbers, not from words around them, except where a number alone says nothing (a foreign
passport, a local number without its area code). Every pattern is bounded, so the time is linear in the text.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

# Strongest first: where two kinds claim the same characters the one with the harder proof keeps them.
KINDS = ("email", "resident_id", "bank_card", "passport", "mobile", "landline", "plate", "address")
STRENGTH = {kind: rank for rank, kind in enumerate(KINDS)}

MASK = "▇"
MASK_LENGTH = 4


class Finding(NamedTuple):
    """One piece of personal data: `text[start:end]`, `kind` from KINDS."""

    kind: str
    start: int
    end: int


class _Claim(NamedTuple):
    """A possible finding. `attached` = follows other digits so closely that it may be the tail of a longer number."""

    kind: str
    start: int
    end: int
    attached: bool = False


def find(text: str) -> list[Finding]:
    """Return what looks personal in `text`, in order of place and without overlaps; offsets are of `text` itself."""
    return [Finding(claim.kind, claim.start, claim.end) for claim in _settle(_claims(_plain(text)))]


def mask(text: str, findings: Iterable[Finding] | None = None, *, words: Mapping[str, str] | None = None) -> str:
    """Return `text` with each finding replaced by a mark of fixed length, so that not even its length is told.

    Without `findings` the text is searched, and everything that any rule claims is covered, the losing half of an
    overlap too; then what is left is searched again, because a number may have hidden behind its neighbour.
    `words` (kind to a word in the reader's language) puts the word inside the mark.
    """
    if findings is not None:
        return _covered(text, findings, words or {})
    while found := _everything_claimed(text):
        text = _covered(text, found, words or {})
    return text


def _everything_claimed(text: str) -> list[Finding]:
    claims = _claims(_plain(text))
    kept = set(_settle(claims))
    return [Finding(*claim[:3]) for claim in claims if claim in kept or not claim.attached]


def _covered(text: str, findings: Iterable[Finding], words: Mapping[str, str]) -> str:
    parts: list[str] = []
    done = 0
    for kind, start, end in _merged(findings):
        parts += [text[done:start], _mark(words.get(kind, ""))]
        done = end
    return "".join([*parts, text[done:]])


def _mark(word: str) -> str:
    return f"{MASK}{word}{MASK}" if word else MASK * MASK_LENGTH


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """Join overlapping findings; the strongest kind names the union."""
    merged: list[Finding] = []
    for finding in sorted(findings, key=lambda found: (found.start, found.end)):
        if merged and finding.start < merged[-1].end:
            last = merged[-1]
            kind = min(last.kind, finding.kind, key=STRENGTH.__getitem__)
            merged[-1] = Finding(kind, last.start, max(last.end, finding.end))
        else:
            merged.append(finding)
    return merged


# --- One form for every way to write a character -------------------------------------------------------------------

_INVISIBLE = "\u200b"


def _same_character() -> dict[int, str]:
    """One character for one, so that offsets stay true: full width, other digits, spaces, dashes, dots, invisible."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for zero in (0x0660, 0x06F0, 0x0966, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6):
        table |= {zero + value: str(value) for value in range(10)}
    table |= dict.fromkeys([0x09, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
    table |= dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63], "-")
    table |= dict.fromkeys([0x2022, 0x2027, 0x2219, 0x22C5, 0x30FB, 0xFF65], "·")
    invisible = [0xAD, 0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
    table |= dict.fromkeys(invisible, _INVISIBLE)
    return table


_TABLE = _same_character()


def _plain(text: str) -> str:
    if text.isascii():
        return text.replace("\t", " ")
    return text.translate(_TABLE)


# --- Pieces of patterns --------------------------------------------------------------------------------------------

# What people put between the groups of a number; never a line break, comma or full stop.
SEP = rf"[ \-·{_INVISIBLE}]{{1,3}}"
START = r"(?<![0-9])(?<![0-9]\.)"
END = r"(?![0-9])(?!\.[0-9])"
# 13800138000元 is money.
NOT_AN_AMOUNT = r"(?! ?(?:元|万|亿|美元))"

_GAP = rf"(?:{SEP})?"
_SEPARATOR = re.compile(SEP)
_TOKEN_BEFORE = re.compile(r"[0-9A-Za-z]+\Z")
# Letters that people glue to their number; any other letter makes it part of a code (1Z999AA10123456784).
_LABELS = frozenset(
    ["tel", "phone", "mobile", "mob", "cell", "call", "fax", "whatsapp", "wechat", "weixin", "wx", "vx", "v", "qq"]
    + ["id", "no", "card", "at", "is"]
)


def _digits(written: str) -> str:
    return re.sub(r"[^0-9Xx]", "", written)


def _part_of_a_code(text: str, start: int) -> bool:
    """Say whether the number is glued to letters that are no label."""
    token = _TOKEN_BEFORE.search(text[max(0, start - 12) : start])
    return token is not None and token.group().lower() not in _LABELS


def _follows_digits(text: str, start: int) -> bool:
    """Say whether a group of three or more digits ends right before `start`, as inside a longer spaced number."""
    return re.search(rf"[0-9]{{3}}{SEP}\Z", text[max(0, start - 6) : start]) is not None


def _before(text: str, start: int, width: int) -> str:
    return text[max(0, start - width) : start].lower()


def _grouped_like_a_number(written: str, *, last: int = 3) -> bool:
    """Say whether the groups are those of one number and not of a list (1 3 5 7 9 11): three digits or more each."""
    *groups, final = _SEPARATOR.split(written)
    return all(len(group) >= 3 for group in groups) and len(final) >= (last if groups else 1)


def _digit_by_digit(text: str, start: int, end: int) -> bool:
    """Say whether every digit stands alone and no further digit follows or precedes (1 3 8 0 0 1 3 8 0 0 0)."""
    if any(len(group) > 1 for group in _SEPARATOR.split(text[start:end])):
        return False
    follows = re.match(rf"{SEP}[0-9]", text[end : end + 4])
    precedes = re.search(rf"[0-9]{SEP}\Z", text[max(0, start - 4) : start])
    return not follows and not precedes


# --- E-mail --------------------------------------------------------------------------------------------------------

# The look-behind lets a search begin only where a local part can begin: without it a long run is searched again and
# again. Bounds of RFC 5321: local part 64, label 63.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}+@(?:[A-Za-z0-9][A-Za-z0-9\-]{0,62}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z])"
)


def _emails(text: str) -> Iterator[_Claim]:
    for found in _EMAIL.finditer(text):
        yield _Claim("email", found.start(), found.end())


# --- Resident identity number --------------------------------------------------------------------------------------

# GB 11643-1999: region (GB/T 2260), birth date, serial, check character. 81 to 83: residents from Hong Kong, Macao and
# Taiwan; 9: permanent residents of other nationality (since 2023). Century, month and day are looked at first, because
# the pattern throws out most numbers before any Python runs.
_PROVINCES = (
    ("1", "[1-5]"),
    ("2", "[1-3]"),
    ("3", "[1-7]"),
    ("4", "[1-6]"),
    ("5", "[0-4]"),
    ("6", "[1-5]"),
    ("7", "1"),
)
_BEYOND = (("8", "[1-3]"), ("9", "[1-6]"))
_REGION = f"(?:{'|'.join(first + _GAP + second for first, second in _PROVINCES + _BEYOND)})"
_RESIDENT_ID = re.compile(
    rf"{START}(?=({_REGION}(?:{_GAP}[0-9]){{4}}{_GAP}(?:1{_GAP}9|2{_GAP}0)(?:{_GAP}[0-9]){{2}}"
    rf"{_GAP}[01]{_GAP}[0-9]{_GAP}[0-3]{_GAP}[0-9](?:{_GAP}[0-9]){{3}}{_GAP}(?:[0-9]{END}|[Xx](?![0-9A-Za-z]))))"
)
# The form before 1999: no century, no check character; only where the words say that it is an identity number.
_OLD_RESIDENT_ID = re.compile(rf"{START}(?={_REGION})[0-9]{{15}}{END}")
_ID_WORDS = re.compile(r"身份证|身份號|身份号|证件号|公民身份|\bid\b")

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"


def _is_date(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def has_resident_id_check(number: str) -> bool:
    """Say whether 18 characters have a real birth date and the check character of ISO 7064 MOD 11-2."""
    if not _is_date(number[6:10], number[10:12], number[12:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECK[total % 11] == number[17].upper()


def _resident_ids(text: str) -> Iterator[_Claim]:
    for found in _RESIDENT_ID.finditer(text):
        if has_resident_id_check(_digits(found.group(1))):
            yield _Claim("resident_id", *found.span(1))
    for found in _OLD_RESIDENT_ID.finditer(text):
        number = found.group()
        in_words = _ID_WORDS.search(_before(text, found.start(), 16))
        if in_words and _is_date("19" + number[6:8], number[8:10], number[10:12]):
            yield _Claim("resident_id", *found.span())


# --- Bank card -----------------------------------------------------------------------------------------------------

_CARD = re.compile(rf"{START}(?=([3-69](?:{_GAP}[0-9]){{12,18}}))")
# Issuer prefix and lengths (ISO/IEC 7812; China UnionPay 62, 13 to 19 digits by its rules, 16 to 19 in use).
_ISSUERS = (
    (re.compile(r"62"), range(16, 20)),
    (re.compile(r"9558"), range(19, 20)),
    (re.compile(r"4|5[1-5]|2[2-7]|35|6011|64[4-9]|65"), range(16, 17)),
    (re.compile(r"3[47]"), range(15, 16)),
    (re.compile(r"30[0-5]|36|38"), range(14, 15)),
)
_CARD_WORDS = re.compile(r"卡|账号|帐号|账户|帐户|card|account|visa|master")


def has_luhn_check(number: str) -> bool:
    """Say whether the digits pass the check of ISO/IEC 7812-1 annex B (Luhn)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    return (sum(doubled) + sum(int(digit) for digit in number[-1::-2])) % 10 == 0


def _is_card(number: str, *, told: bool) -> bool:
    """`told` = words or the grouping say it is a card; only the prefix 62 is a proof without them."""
    for prefix, lengths in _ISSUERS if told else _ISSUERS[:1]:
        if len(number) in lengths and prefix.match(number):
            # An identity number of Gansu (62) with a wrong check character is not a card by chance.
            looks_like_id = len(number) == 18 and _is_date(number[6:10], number[10:12], number[12:14])
            return has_luhn_check(number) and (told or not looks_like_id)
    return False


def _cards(text: str) -> Iterator[_Claim]:
    for found in _CARD.finditer(text):
        start = found.start(1)
        if _part_of_a_code(text, start):
            continue
        for end in _card_ends(text, start, found.end(1)):
            written = text[start:end]
            told = bool(_CARD_WORDS.search(_before(text, start, 16))) or bool(
                re.fullmatch(rf"(?:[0-9]{{4}}{SEP}){{3}}[0-9]{{4}}", written)
            )
            whole = _grouped_like_a_number(written, last=1) or _digit_by_digit(text, start, end)
            if whole and _is_card(_digits(written), told=told):
                yield _Claim("bank_card", start, end)
                break


def _card_ends(text: str, start: int, limit: int) -> list[int]:
    """Return where the number may end: after the longest row of groups up to 19 digits, or after its first group.

    A shorter row of groups is never tried: a wrong number of 19 would pass as a right one of 16, one time in ten.
    """
    whole, first = limit, start
    while whole < len(text) and text[whole].isdigit() and whole > start and text[whole - 1].isdigit():
        whole -= 1
    while whole > start and not text[whole - 1].isdigit():
        whole -= 1
    while first < limit and text[first].isdigit():
        first += 1
    cut = first == limit and limit < len(text) and text[limit].isdigit()
    ends = [end for end in (whole, first) if end - start >= 13 and not cut]
    return sorted(set(ends), reverse=True)


# --- Telephones ----------------------------------------------------------------------------------------------------

_COUNTRY = rf"(?:(?:\+|00)?86{_GAP})"
_MOBILE = re.compile(
    rf"{START}(?=({_COUNTRY}?0?(1[3-9](?:{_GAP}[0-9]){{9}}|1[3-9][0-9]\.[0-9]{{4}}\.[0-9]{{4}}"
    rf"|1{SEP}[3-9](?:{SEP}[0-9]){{9}}){END}{NOT_AN_AMOUNT}))"
)
# Area codes: 010, 02x, 03xx to 09xx. A local number begins with 2 to 9 and has 7 or 8 digits.
_AREA = r"(?:10|2[0-57-9]|[3-9][0-9]{2})"
_EXTENSION = rf"(?:{_GAP}(?:转|轉|分机号?|分機號?|ext\.?|extension|x|#)[: ]{{0,2}}[0-9]{{1,6}}|-[0-9]{{1,5}})?"
_LOCAL = rf"[2-9](?:{_GAP}[0-9]){{6,7}}"
_LANDLINE = re.compile(
    rf"{START}(?=((?:\(0{_AREA}\)|0{_AREA}|(?:\+|00)86{_GAP}\(?0?\)?{_AREA}\)?){_GAP}({_LOCAL}){_EXTENSION}{END}"
    rf"{NOT_AN_AMOUNT}))",
    re.IGNORECASE,
)
_LOCAL_LANDLINE = re.compile(
    rf"(?:电话|電話|座机|固话|传真|\btel|\bphone|\bfax)(?:号码|号|是|为|no)?[.:]? {{0,2}}"
    rf"([2-8][0-9]{{2,3}}{_GAP}[0-9]{{4}}{_EXTENSION}){END}{NOT_AN_AMOUNT}",
    re.IGNORECASE,
)


def _mobiles(text: str) -> Iterator[_Claim]:
    for found in _MOBILE.finditer(text):
        start, end = found.span(1)
        written, number = found.groups()
        if _part_of_a_code(text, start):
            continue
        if "." in number or _grouped_like_a_number(number) or _digit_by_digit(text, start, end):
            eleven_digits = written.isdigit() and len(written) == 11
            yield _Claim("mobile", start, end, attached=not eleven_digits and _follows_digits(text, start))


def _landlines(text: str) -> Iterator[_Claim]:
    for found in _LANDLINE.finditer(text):
        start, end = found.span(1)
        if _grouped_like_a_number(found.group(2)) and not _part_of_a_code(text, start):
            yield _Claim("landline", start, end, attached=_follows_digits(text, start))
    for found in _LOCAL_LANDLINE.finditer(text):
        yield _Claim("landline", *found.span(1))


# --- Passports and travel permits ----------------------------------------------------------------------------------

# Passports of China: E (also E and a letter), G; D, S, P service, diplomatic and public affairs.
_CN_PASSPORT = re.compile(
    r"(?<![0-9A-Za-z])(?:[EGDSP](?!(?:19|20)[0-9]{2}[01][0-9][0-3][0-9])[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[DSP]E[0-9]{7})"
    r"(?![0-9A-Za-z])"
)
# Any other document number only after the word for the document.
_TOLD_DOCUMENT = re.compile(
    r"(?:护照|護照|通行证|回乡证|台胞证|passport)[^\n0-9A-Za-z]{0,8}(?:(?:no|num|number|is)\b[.:# ]{0,3}){0,2}"
    rf"([A-Za-z]{{0,3}}{_GAP}[0-9](?:{_GAP}[0-9]|[A-Za-z]){{5,10}})(?![0-9A-Za-z])",
    re.IGNORECASE,
)


def _passports(text: str) -> Iterator[_Claim]:
    for found in _CN_PASSPORT.finditer(text):
        yield _Claim("passport", *found.span())
    for found in _TOLD_DOCUMENT.finditer(text):
        number = re.sub(r"[^0-9A-Za-z]", "", found.group(1))
        digits = sum(character.isdigit() for character in number)
        if digits >= 6 and (len(number) == 9 or (digits < len(number) <= 11)):
            yield _Claim("passport", *found.span(1))


# --- Number plates -------------------------------------------------------------------------------------------------

# GA 36-2018: province, letter of the office, five characters without I and O; new energy six, with the letter of the
# drive first (small cars) or last (large); police, trailers, driving schools, Hong Kong and Macao end in a character.
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼滬雲遼魯蘇贛陝閩貴粵寧瓊] ?"
    r"[A-HJ-Z](?P<gap>[ ·.\-]{0,3})"
    r"(?P<serial>[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK]|[A-HJ-NP-Z0-9]{4}[挂学警港澳试超]|[A-HJ-NP-Z0-9]{5})"
    r"(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_PLATE_WORDS = re.compile(r"车|車|牌照|\bcar|plate|vehicle|truck|\bvan|taxi")


def _plates(text: str) -> Iterator[_Claim]:
    for found in _PLATE.finditer(text):
        serial, gap = found["serial"], found["gap"]
        # 云SERVER is no plate: letters alone, or small letters, need the dot or a word about cars.
        sure = any(character.isdigit() for character in serial) and found.group().isupper()
        if sure or "·" in gap or _PLATE_WORDS.search(_before(text, found.start(), 16)):
            yield _Claim("plate", *found.span())


# --- Addresses -----------------------------------------------------------------------------------------------------

# Only what leads to a door of a flat or, after a word like 家住, of a house: the address of a public building is no
# personal data, and a law that says 第三章第五号 is none either.
_COUNT = r"(?:[0-9]{1,5}[A-Za-z]?|[一二三四五六七八九十百]{1,5})"
_HOUSE = rf"(?:路|街|巷|弄|道|胡同|里|村|组){_GAP}(?:{_COUNT}{_GAP}弄{_GAP})?{_COUNT}{_GAP}(?:号|號)"
_BUILDING = rf"(?:{_COUNT}|[A-Za-z]){_GAP}(?:号楼|號樓|栋|幢|座)"
_BETWEEN = rf"[, ]?{_COUNT}{_GAP}(?:号楼|號樓|院|栋|幢|座|单元|單元|门|层|楼)"
_ROOM = rf"[, ]?(?:{_COUNT}{_GAP}(?:室|户|房|号房)|(?<=[元楼栋幢座])[0-9]{{3,4}}(?:号|(?![0-9A-Za-z年元人万米])))"
_FLAT = re.compile(rf"(?:{_HOUSE}(?:楼|院)?|{_BUILDING})(?:{_BETWEEN}){{0,3}}{_ROOM}")
_HOME = re.compile(
    r"(?:家住|住址|家庭地址|居住地址|户籍地址|收件地址|收货地址|[我人]住在?)[是为在]?[: ]{0,2}"
    rf"([一-鿿0-9A-Za-z]{{1,30}}?{_HOUSE}(?:(?:{_BETWEEN}){{0,3}}{_ROOM})?)"
)
_ENGLISH_FLAT = re.compile(
    r"\b(?:room|flat|apartment|apt|unit)\.? ?(?:no\.? ?)?[0-9]{1,5}[a-z]?, ?(?:[a-z0-9.']{1,20},? ){0,8}"
    r"(?:road|street|avenue|lane|rd|st|ave)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(r"[一-鿿0-9A-Za-z]{1,30}\Z")
_NOT_OF_THE_ADDRESS = re.compile(r".*(?:家住|位于|住址|地址|来自|我是|我家|在|住|是|到|至|往|址|我们?)", re.DOTALL)


def _addresses(text: str) -> Iterator[_Claim]:
    for found in _FLAT.finditer(text):
        start = found.start()
        lead = _LEADING.search(text[max(0, start - 30) : start])
        if lead:
            start -= len(_NOT_OF_THE_ADDRESS.sub("", lead.group()))
        yield _Claim("address", start, found.end())
    for found in _HOME.finditer(text):
        yield _Claim("address", *found.span(1))
    for found in _ENGLISH_FLAT.finditer(text):
        yield _Claim("address", *found.span())


# --- Putting them together -----------------------------------------------------------------------------------------

_FINDERS = (_emails, _resident_ids, _cards, _passports, _mobiles, _landlines, _plates, _addresses)


def _claims(text: str) -> list[_Claim]:
    return [claim for finder in _FINDERS for claim in finder(text)]


class _Taken:
    """The spans already given away; none overlap, so one neighbour on each side decides."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def free(self, start: int, end: int) -> bool:
        place = bisect_left(self._spans, (start, start))
        before_is_clear = place == 0 or self._spans[place - 1][1] <= start
        after_is_clear = place == len(self._spans) or self._spans[place][0] >= end
        return before_is_clear and after_is_clear

    def add(self, start: int, end: int) -> None:
        insort(self._spans, (start, end))

    def ends_just_before(self, start: int) -> bool:
        place = bisect_left(self._spans, (start, start))
        return place > 0 and 0 < start - self._spans[place - 1][1] <= 3


def _settle(claims: Sequence[_Claim]) -> list[_Claim]:
    """Give each character to one claim: the strongest kind first, the longer of one kind, the earlier of one length.

    An attached claim counts only behind an accepted number; alone it would be the tail of a longer, wrong number.
    """
    taken, kept = _Taken(), []
    by_strength = sorted(claims, key=lambda claim: (STRENGTH[claim.kind], claim.start - claim.end, claim.start))
    for claim in by_strength:
        if not claim.attached and taken.free(claim.start, claim.end):
            taken.add(claim.start, claim.end)
            kept.append(claim)
    for claim in sorted((claim for claim in claims if claim.attached), key=lambda claim: claim.start):
        if taken.ends_just_before(claim.start) and taken.free(claim.start, claim.end):
            taken.add(claim.start, claim.end)
            kept.append(claim)
    return sorted(kept, key=lambda claim: claim.start)
