"""Numbers as drafts write them: Chinese, Roman, in words, in letters, and back.

A clause number is a string: "12", "12A", "15.1" (第十五条之一), "a", "iv". Only `number_key` knows how they sort.
"""

import re

_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {
    "〇": 0, "○": 0, "Ｏ": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
    "兩": 2, "貳": 2, "參": 3, "叄": 3, "陸": 6,
}  # fmt: skip
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": 20, "卅": 30, "卌": 40}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_PLAIN = "零一二三四五六七八九"
_FORMAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")

# The characters a Chinese number is written with, for use inside a regular expression's brackets.
CHINESE_CHARACTERS = "".join([*_DIGITS, *_UNITS, *_TENS, *_MYRIADS])

_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
          (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_ROMAN_SIGNS = {sign: worth for worth, sign in _ROMAN if len(sign) == 1}
_ROMAN_SHAPE = re.compile(r"(?=.)M{0,4}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})", re.IGNORECASE)
_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
         "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_DECADES = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
             "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12}  # fmt: skip
_WORDS = {word: value for value, word in enumerate(_ONES, 1)} | {
    word: 10 * value for value, word in enumerate(_DECADES, 2)
}


def from_chinese(text: str) -> int | None:
    """Return the value of a Chinese, Arabic or full-width number; None when `text` is not one.

    Reads 一百二十三, 一二三, 二〇二四, 百一, 廿三, 壹佰, 12 and １２, below 10**12.
    """
    text = text.translate(_FULL_WIDTH)
    if text.isascii():
        return int(text) if text.isdigit() and len(text) <= 12 else None
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total = section = 0
    digit: int | None = None
    smallest = 10_000
    for character in text:
        if character in _DIGITS:
            if digit:  # 一百二二: two digits with no unit between them
                return None
            digit = _DIGITS[character]
        elif character in _TENS:
            section, digit, smallest = section + _TENS[character], None, 10
        elif character in _UNITS:
            unit = _UNITS[character]
            if unit >= smallest:
                return None
            section, digit, smallest = section + (1 if digit in (None, 0) else digit) * unit, None, unit
        elif character in _MYRIADS:
            total = (
                (total + section + (digit or 0)) * _MYRIADS[character]
                if _MYRIADS[character] > 10_000
                else (total + (section + (digit or 0)) * 10_000)
            )
            section, digit, smallest = 0, None, 10_000
        else:
            return None
    if not text or total >= 10**12:
        return None
    return total + section + (digit or 0)


def to_chinese(value: int) -> str:
    """Return a number from 0 to 99,999,999 in the form laws print: 十二, 一百零五, 一万零一十."""
    if not 0 <= value < 100_000_000:
        raise ValueError(f"{value} is outside 0 to 99,999,999")
    if value < 10_000:
        text = _below_myriad(value)
        return text[1:] if text.startswith("一十") else text
    high, low = divmod(value, 10_000)
    text = to_chinese(high) + "万"
    if low:
        text += ("零" if low < 1000 else "") + _below_myriad(low)
    return text


def _below_myriad(value: int) -> str:
    if value == 0:
        return "零"
    text, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if gap and text else "") + _PLAIN[digit] + sign
            gap = False
        else:
            gap = True
    return text


def to_chinese_digits(value: int) -> str:
    """Return the digit-by-digit form: 10 is 一〇."""
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(value))


def to_chinese_formal(value: int) -> str:
    """Return the form used on cheques and by some Word lists: 壹佰零伍."""
    text = to_chinese(value)
    return ("一" + text if text.startswith("十") else text).translate(_FORMAL)


def from_roman(text: str) -> int | None:
    """Return the value of a Roman number in either case; None when `text` is not a well-formed one."""
    if not _ROMAN_SHAPE.fullmatch(text):
        return None
    values = [_ROMAN_SIGNS[sign] for sign in text.upper()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)


def to_roman(value: int) -> str:
    """Return an upper-case Roman number; 1 to 4,999."""
    if not 1 <= value < 5000:
        raise ValueError(f"{value} has no Roman form")
    text = ""
    for worth, sign in _ROMAN:
        count, value = divmod(value, worth)
        text += sign * count
    return text


def from_words(text: str) -> int | None:
    """Return the value of an English number word, 1 to 99 ("Two", "Twenty-one", "First"); None otherwise."""
    word = text.lower()
    if word in _ORDINALS:
        return _ORDINALS[word]
    decade, _, one = word.replace(" ", "-").partition("-")
    if not one:
        return _WORDS.get(word)
    if decade in _DECADES and one in _ONES[:9]:
        return _WORDS[decade] + _WORDS[one]
    return None


def from_letters(text: str) -> int | None:
    """Return the place of a letter label: a is 1, z is 26, aa is 27, bb is 28 (repeated letters, as lists run on)."""
    if not text.isascii() or not text.isalpha() or len(set(text.lower())) != 1:
        return None
    return (len(text) - 1) * 26 + ord(text[0].lower()) - ord("a") + 1


def to_letters(value: int) -> str:
    """Return the lower-case letter label of a place: 27 is aa."""
    if value < 1:
        raise ValueError(f"{value} has no letter")
    repeats, place = divmod(value - 1, 26)
    return chr(ord("a") + place) * (repeats + 1)


_NUMBER_PARTS = re.compile(r"([0-9]+)|([A-Za-z]+)")


def number_key(number: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key for clause numbers: 12 < 12A < 12B < 13, 15 < 15.1 < 15.2 < 16."""
    return tuple(
        (1, int(digits), "") if digits else (0, len(letters), letters.lower())
        for digits, letters in _NUMBER_PARTS.findall(number)
    )
