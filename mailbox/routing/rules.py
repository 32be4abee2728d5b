"""What the words of a letter say of who is in charge: places, units that are named, items of a list of duties. Pure.

Nothing here knows a unit or a letter of its own: places and abbreviations are read from the names of the units, what
lies in a place from a gazetteer and from past letters ("X county Y town"), duties from the list that the house keeps.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from engage.search.terms import CJK_CHARACTER, fold, pairs, stem
from mailbox.routing.gazetteer import Gazetteer

SHOWN_MOST = 3
# Nothing is chosen beforehand unless the first stands clearly before the second.
CHOSEN_FROM, CHOSEN_MARGIN = 0.5, 0.25
# An item of the list is a reason when this much of what it says, weighed by rarity, is in the letter.
DUTY_LEAST, DUTY_TERMS_LEAST = 0.34, 2
TOWNS_MOST = 20_000

_TERRITORY_ZH = re.compile(
    r"^(?:.{1,6}(?:省|市|州)(?=.{2,}))?([\u4e00-\u9fff]{1,6}?)(自治县|自治州|县|区|市|镇|乡|街道)"
    r"(?:人民)?(?:政府|管委会|管理委员会|办事处)$"
)
_TERRITORY_EN = re.compile(
    r"^([A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?) (County|District|Town|Township)"
    r"(?: (?:People['’]s )?Government| Administrative Committee| Administration)?$"
)
_TOWN = re.compile(r"(?=([\u4e00-\u9fff]{2,3})(镇|乡|街道|办事处|街办))")
_AFTER_A_PLACE = r"(?:人民政府|政府)?(?=([\u4e00-\u9fff]{2,3}?)(镇|乡|街道|办事处|街办|社区|村|小区))"
_SPOT = re.compile(
    r"(?=([\u4e00-\u9fff]{2,3})"
    r"(镇|乡|街道|街办|办事处|社区|村|小区|路|街|中学|小学|县|区|河|沟|岭|园|城|桥|站))"
)
_LATIN_WORD = re.compile(r"[a-z][a-z'-]+")


@dataclass(frozen=True)
class DutyItem:
    """One item of the list of powers and responsibilities: its number and its words in either language."""

    number: str
    words: str


@dataclass(frozen=True)
class Office:
    """A unit to which letters go, by what it is called and what it is there for."""

    key: str
    names: tuple[str, ...]
    duties: tuple[DutyItem, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why an office is proposed: `said` is what was found in the letter.

    `kind` is "duty", "place", "named", "usual" or "words"; "often" where nothing in the letter speaks for it: "31/120"
    of the letters learned from were its own.
    """

    kind: str
    said: str


@dataclass(frozen=True)
class Proposal:
    """One office for a letter. `confidence` is the share of like letters for which it was the right one."""

    office: str
    confidence: float
    reasons: tuple[Reason, ...] = ()


def chosen_beforehand(proposals: Sequence[Proposal]) -> str:
    """Return the office a form may choose beforehand; empty where two are too close to one another."""
    if not proposals or proposals[0].confidence < CHOSEN_FROM:
        return ""
    second = proposals[1].confidence if len(proposals) > 1 else 0.0
    return proposals[0].office if proposals[0].confidence - second >= CHOSEN_MARGIN else ""


# --- places ---------------------------------------------------------------------------------------------------------


def territories(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return (short, full) of the territory that an office of these names governs; empty for a unit with a subject."""
    found = []
    for name in names:
        if match := _TERRITORY_ZH.match(name):
            found.append((match[1], match[1] + match[2]))
        elif match := _TERRITORY_EN.match(name):
            found.append((match[1].lower(), f"{match[1]} {match[2]}".lower()))
    return tuple(found)


def spots(text: str) -> set[str]:
    """Return what may be names of villages, roads, schools: two or three characters before a word for a place."""
    found = set()
    for match in _SPOT.finditer(text):
        found.add(match[1] + match[2])
        found.add(match[1][-2:] + match[2])
    return found


def towns_said(text: str) -> list[set[str]]:
    """Return for each town of a text the ways it may be called."""
    return [{m[1] + m[2], m[1][-2:] + m[2], m[1], m[1][-2:]} for m in _TOWN.finditer(text)]


@dataclass(frozen=True)
class Places:
    """Whose territory a letter comes from. `towns` and `spots` count per territory where a word was seen in letters."""

    offices: tuple[str, ...]
    names: tuple[tuple[tuple[str, str], ...], ...]
    share: tuple[float, ...] = ()
    towns: Mapping[str, Sequence[float]] = field(default_factory=dict)
    spots: Mapping[str, Sequence[float]] = field(default_factory=dict)
    listed: Gazetteer = field(default_factory=Gazetteer)

    @classmethod
    def of(cls, offices: Sequence[Office]) -> Places:
        """Return what the names alone tell."""
        with_place = [(one.key, names) for one in offices if (names := territories(one.names))]
        keys = tuple(key for key, _names in with_place)
        even = tuple(1 / len(keys) for _key in keys)
        called = tuple(names for _key, names in with_place)
        listed = Gazetteer.of([[full for _short, full in names] for names in called])
        return cls(keys, called, even, listed=listed)

    def learn(self, texts: Sequence[str], labels: Sequence[str]) -> Places:
        """Learn towns from all texts and further spots from the letters of each territory."""
        towns = _towns_of(self.names, texts)
        at = {key: number for number, key in enumerate(self.offices)}
        share = [1.0] * len(self.offices)
        seen: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(self.offices))
        for text, label in zip(texts, labels, strict=True):
            if (number := at.get(label)) is not None:
                share[number] += 1
                for spot in spots(text):
                    seen[spot][number] += 1
        whole = sum(share) or 1
        kept = dict(sorted(seen.items(), key=lambda item: (-sum(item[1]), item[0]))[:TOWNS_MOST])
        return replace(self, share=tuple(one / whole for one in share), towns=towns, spots=kept)


def _towns_of(names: Sequence[Sequence[tuple[str, str]]], texts: Iterable[str]) -> dict[str, list[float]]:
    """Read "X county Y town" in texts: which town was said right after which territory."""
    patterns = [
        (number, re.compile(f"(?:{re.escape(full)}|{re.escape(short)}){_AFTER_A_PLACE}"))
        for number, called in enumerate(names)
        for short, full in called
    ]
    found: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(names))
    for text in texts:
        for number, pattern in patterns:
            for match in pattern.finditer(text):
                found[match[1] + match[2]][number] += 1
                found[match[1]][number] += 1
    return dict(sorted(found.items(), key=lambda item: (-sum(item[1]), item[0]))[:TOWNS_MOST])


# --- units that are named -------------------------------------------------------------------------------------------


@lru_cache(maxsize=200_000)
def is_short_for(said: str, name: str) -> bool:
    """Tell whether a word is made of characters of a name in their order, as 住建局 is of 住房和城乡建设局."""
    said = said.removeprefix("市")
    if len(said) < 3:
        return False
    characters = iter(name)
    return all(one in characters for one in said)


def mention(text: str, name: str) -> tuple[bool, bool, bool, str]:
    """Tell whether a unit is named, by a word of four or more, as one of the city; and the longest word for it."""
    if not CJK_CHARACTER.search(name):
        named = len(name) > 3 and name.lower() in text.lower()
        return named, named, False, name if named else ""
    last, longest, of_city = name[-1], "", False
    at = text.find(last)
    while at >= 0:
        for length in range(2, 7):
            word = text[max(0, at - length) : at + 1]
            if len(word) <= length:
                break
            if is_short_for(word, name):
                longest = max(longest, word, key=len)
                before = text[max(0, at - length - 1) : max(0, at - length)]
                of_city = of_city or "市" in (word[0], before)
        at = text.find(last, at + 1)
    return bool(longest), len(longest) > 3, of_city, longest


def own_parts(offices: Sequence[Office]) -> dict[str, tuple[str, ...]]:
    """Return for each office the shortest parts of its names that no other office has in its own."""
    parts = {one.key: {part for name in one.names for part in _parts(name)} for one in offices}
    seen = Counter(part for found in parts.values() for part in found)
    own = {key: {part for part in found if seen[part] == 1} for key, found in parts.items()}
    return {
        key: tuple(sorted(one for one in found if not any(other != one and other in one for other in found)))
        for key, found in own.items()
    }


def _parts(name: str) -> set[str]:
    if not CJK_CHARACTER.search(name):
        return {word for word in _LATIN_WORD.findall(name.lower()) if len(word) > 3}
    return {name[at : at + length] for length in range(2, len(name) + 1) for at in range(len(name) - length + 1)}


# --- the list of duties ---------------------------------------------------------------------------------------------


def words_in(text: str) -> frozenset[str]:
    """Return what a duty and a letter are compared by: pairs of Chinese characters, stems of other words."""
    found: set[str] = set()
    run = ""
    folded = fold(text)
    for character in folded + " ":
        if CJK_CHARACTER.match(character):
            run += character
            continue
        found.update(pairs(run))
        run = ""
    found.update(stem(word) for word in _LATIN_WORD.findall(folded) if len(word) > 3)
    return frozenset(found)


@dataclass(frozen=True)
class DutyList:
    """The list of powers and responsibilities, ready to be compared with letters."""

    items: tuple[tuple[str, DutyItem, frozenset[str], float], ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, offices: Sequence[Office]) -> DutyList:
        """Weigh each word by how few items hold it: "management" says little, "water meter" much."""
        items = tuple((one.key, item, words_in(item.words)) for one in offices for item in one.duties)
        seen = Counter(word for _key, _item, words in items for word in words)
        weights = {word: 1 / n for word, n in seen.items()}
        whole = tuple((key, item, words, sum(weights[word] for word in words)) for key, item, words in items)
        return cls(whole, weights)

    def matches(self, text: str) -> dict[str, tuple[float, DutyItem]]:
        """Return for each office its item that is nearest to a letter, with the share of it that the letter says."""
        if not self.items:
            return {}
        said = words_in(text) & self.weights.keys()
        best: dict[str, tuple[float, DutyItem]] = {}
        for key, item, words, whole in self.items:
            both = words & said
            if len(both) < min(DUTY_TERMS_LEAST, len(words)) or not whole:
                continue
            share = sum(self.weights[word] for word in both) / whole
            if share > best.get(key, (0.0,))[0]:
                best[key] = (share, item)
        return best


# --- the product's list of duties -----------------------------------------------------------------------------------

_NUMBER = re.compile(r"^\s*[（(]?(\d+(?:[.．]\d+)*)[)）.、．:：]?\s*(?=\S)")


def numbered(position: int, texts: Sequence[str]) -> DutyItem:
    """Return an item of a unit's list: the number that its text begins with, else its place in the list."""
    for text in texts:
        if match := _NUMBER.match(text):
            return DutyItem(match[1], "\n".join(_NUMBER.sub("", one) for one in texts if one))
    return DutyItem(str(position + 1), "\n".join(one for one in texts if one))
