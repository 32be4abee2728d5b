"""Regular expressions that cannot run away: a pattern becomes an automaton whose states all move at once.

One character of the text costs at most as many steps as the automaton has states, whatever the pattern (Thompson,
"Regular Expression Search Algorithm", CACM 11(6), 1968), so no nesting of quantifiers takes exponential time. What
an automaton cannot do, back-references and looking around, is refused.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

MAX_PATTERN = 1_000
MAX_STATES = 5_000
MAX_NESTING = 30
MAX_REPEAT = 1_000
MAX_EXAMPLE = 400
_ALPHABET = "0123456789abcdefgxyzABCDXYZ中文张三 -_.,@/+()!"


class PatternError(ValueError):
    """A pattern that is not taken. `at` is the character, from 0.

    Codes: pattern_too_long (limit), pattern_too_large (limit), pattern_unsupported (what), pattern_syntax.
    """

    def __init__(self, code: str, at: int, **values: Any) -> None:
        super().__init__(f"{code} at {at}")
        self.code = code
        self.at = at
        self.values = values


Test = Callable[[str], bool]


@dataclass(slots=True)
class _State:
    """Either moves on a character (`test`), or splits without one; `edge` holds at the start or the end alone."""

    test: Test | None = None
    edge: str = ""
    to: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Pattern:
    """A pattern that is ready to match."""

    states: tuple[_State, ...]
    start: int
    final: int

    def matches(self, text: str) -> bool:
        """Whether the whole text fits, as XForms engines ask it of a constraint."""
        return self._run(text)[0]

    def steps(self, text: str) -> int:
        """How many moves the text took: at most states x (characters + 1)."""
        return self._run(text)[1]

    def example(self, choose: Callable[[Sequence[Any]], Any]) -> str:
        """A text that probably fits, for test runs; `choose` picks one of several, as `random.Random.choice` does."""
        left = self._steps_to_the_end()
        text, number = "", self.start
        for step in range(MAX_EXAMPLE):
            state = self.states[number]
            if number == self.final:
                break
            if state.test is not None:
                text += choose([each for each in _ALPHABET if state.test(each)] or ["?"])
            ways = [target for target in state.to if target in left]
            if not ways:
                break
            number = choose(ways) if step < MAX_EXAMPLE // 4 else min(ways, key=left.__getitem__)
        return text

    def _steps_to_the_end(self) -> dict[int, int]:
        before: dict[int, list[int]] = {}
        for number, state in enumerate(self.states):
            for target in state.to:
                before.setdefault(target, []).append(number)
        left, waiting = {self.final: 0}, deque([self.final])
        while waiting:
            here = waiting.popleft()
            for number in before.get(here, ()):
                if number not in left:
                    left[number] = left[here] + 1
                    waiting.append(number)
        return left

    def _run(self, text: str) -> tuple[bool, int]:
        steps = 0
        here = self._spread([self.start], at_start=True, at_end=not text)
        steps += len(here)
        for index, character in enumerate(text):
            moved = [
                target
                for number in here
                if (test := self.states[number].test) is not None and test(character)
                for target in self.states[number].to
            ]
            here = self._spread(moved, at_start=False, at_end=index == len(text) - 1)
            steps += len(here)
            if not here:
                return False, steps
        return self.final in here, steps

    def _spread(self, numbers: list[int], *, at_start: bool, at_end: bool) -> set[int]:
        found: set[int] = set()
        waiting = list(numbers)
        while waiting:
            number = waiting.pop()
            if number in found:
                continue
            state = self.states[number]
            if (state.edge == "start" and not at_start) or (state.edge == "end" and not at_end):
                continue
            found.add(number)
            if state.test is None:
                waiting.extend(state.to)
        return found


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Pattern:
    """Make a pattern ready. Raises PatternError."""
    return _Builder(pattern).build()


# A piece of a pattern: ("test", Test), ("edge", name), ("all", pieces), ("any", pieces), ("times", piece, least, most).
_Piece = tuple[Any, ...]


class _Builder:
    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_PATTERN:
            raise PatternError("pattern_too_long", MAX_PATTERN, limit=MAX_PATTERN)
        self.pattern = pattern
        self.at = 0
        self.nesting = 0
        self.states: list[_State] = []

    def build(self) -> Pattern:
        piece = self.alternatives()
        if self.at < len(self.pattern):
            raise PatternError("pattern_syntax", self.at)
        final = self.state()
        start = self.wire(piece, final)
        return Pattern(tuple(self.states), start, final)

    # Reading

    def peek(self) -> str:
        return self.pattern[self.at] if self.at < len(self.pattern) else ""

    def take(self) -> str:
        if self.at >= len(self.pattern):
            raise PatternError("pattern_syntax", self.at)
        self.at += 1
        return self.pattern[self.at - 1]

    def alternatives(self) -> _Piece:
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        return branches[0] if len(branches) == 1 else ("any", branches)

    def sequence(self) -> _Piece:
        pieces = []
        while self.peek() not in ("", "|", ")"):
            pieces.append(self.quantified())
        return ("all", pieces)

    def quantified(self) -> _Piece:
        start = self.at
        piece = self.atom()
        least, most = self.quantifier()
        if (least, most) == (1, 1):
            return piece
        if piece[0] == "edge":
            raise PatternError("pattern_syntax", start)
        if self.peek() == "+":
            raise PatternError("pattern_unsupported", self.at, what="possessive quantifier")
        if self.peek() == "?":  # A lazy quantifier fits the same texts.
            self.at += 1
        if self.peek() in ("*", "+", "?"):
            raise PatternError("pattern_syntax", self.at)
        return ("times", piece, least, most)

    def quantifier(self) -> tuple[int, int | None]:
        sign = self.peek()
        if sign in ("*", "+", "?") and sign:
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        found = re.compile(r"\{([0-9]{1,5})(,([0-9]{0,5}))?\}").match(self.pattern, self.at)
        if found is None:
            return 1, 1
        least = int(found[1])
        most = least if found[2] is None else (int(found[3]) if found[3] else None)
        if most is not None and most < least:
            raise PatternError("pattern_syntax", self.at)
        if max(least, most or 0) > MAX_REPEAT:
            raise PatternError("pattern_too_large", self.at, limit=MAX_REPEAT)
        self.at = found.end()
        return least, most

    def atom(self) -> _Piece:
        start = self.at
        character = self.take()
        if character == "(":
            return self.group(start)
        if character == "[":
            return ("test", self.set_of_characters(start))
        if character == ".":
            return ("test", lambda found: found != "\n")
        if character == "^":
            return ("edge", "start")
        if character == "$":
            return ("edge", "end")
        if character == "\\":
            return self.escaped(start)
        if character in "*+?":
            raise PatternError("pattern_syntax", start)
        return ("test", character.__eq__)

    def group(self, start: int) -> _Piece:
        if self.peek() == "?":
            if not self.pattern.startswith("?:", self.at):
                raise PatternError("pattern_unsupported", start, what=self.pattern[start : start + 4])
            self.at += 2
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise PatternError("pattern_too_large", start, limit=MAX_NESTING)
        piece = self.alternatives()
        self.nesting -= 1
        if self.peek() != ")":
            raise PatternError("pattern_syntax", start)
        self.at += 1
        return piece

    def escaped(self, start: int) -> _Piece:
        character = self.take()
        if character == "A":
            return ("edge", "start")
        if character in "zZ":
            return ("edge", "end")
        test = self.escape_class(character, start)
        return ("test", test if test is not None else self.escape_character(character, start).__eq__)

    def escape_class(self, character: str, start: int) -> Test | None:
        if character in _CLASSES:
            return _CLASSES[character]
        if character in "pP":
            found = re.compile(r"\{([A-Za-z_]+)\}").match(self.pattern, self.at)
            if found is None:
                raise PatternError("pattern_syntax", start)
            self.at = found.end()
            test = _property(found[1])
            if test is None:
                raise PatternError("pattern_unsupported", start, what=f"\\{character}{{{found[1]}}}")
            return test if character == "p" else lambda found: not test(found)
        return None

    def escape_character(self, character: str, start: int) -> str:
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character in "xu":
            digits = self.pattern[self.at : self.at + (2 if character == "x" else 4)]
            if not re.fullmatch(r"[0-9a-fA-F]{2}|[0-9a-fA-F]{4}", digits):
                raise PatternError("pattern_syntax", start)
            self.at += len(digits)
            return chr(int(digits, 16))
        if character.isascii() and character.isalnum():
            # Back-references, word boundaries and whatever else has a meaning that an automaton does not know.
            raise PatternError("pattern_unsupported", start, what=f"\\{character}")
        return character

    def set_of_characters(self, start: int) -> Test:
        negated = self.peek() == "^"
        if negated:
            self.at += 1
        singles: set[str] = set()
        ranges: list[tuple[str, str]] = []
        classes: list[Test] = []
        first = True
        while first or self.peek() != "]":
            if self.at >= len(self.pattern):
                raise PatternError("pattern_syntax", start)
            first = False
            low = self.member()
            if not isinstance(low, str):
                classes.append(low)
                continue
            if self.peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("", "]"):
                self.at += 1
                high = self.member()
                if not isinstance(high, str) or high < low:
                    raise PatternError("pattern_syntax", start)
                ranges.append((low, high))
            else:
                singles.add(low)
        self.at += 1

        def test(found: str) -> bool:
            inside = (
                found in singles
                or any(low <= found <= high for low, high in ranges)
                or any(member(found) for member in classes)
            )
            return inside != negated

        return test

    def member(self) -> str | Test:
        start = self.at
        character = self.take()
        if character == "[" and self.peek() in (":", "=", "."):
            raise PatternError("pattern_unsupported", start, what="[" + self.peek())
        if character == "&" and self.peek() == "&":
            raise PatternError("pattern_unsupported", start, what="&&")
        if character != "\\":
            return character
        escape = self.take()
        return self.escape_class(escape, start) or ("\b" if escape == "b" else self.escape_character(escape, start))

    # Wiring: each piece is built backwards, towards the state that follows it.

    def state(self, **kind: Any) -> int:
        if len(self.states) >= MAX_STATES:
            raise PatternError("pattern_too_large", len(self.pattern), limit=MAX_STATES)
        self.states.append(_State(**kind))
        return len(self.states) - 1

    def wire(self, piece: _Piece, to: int) -> int:
        if piece[0] == "test":
            return self.state(test=piece[1], to=[to])
        if piece[0] == "edge":
            return self.state(edge=piece[1], to=[to])
        if piece[0] == "all":
            for part in reversed(piece[1]):
                to = self.wire(part, to)
            return to
        if piece[0] == "any":
            return self.state(to=[self.wire(part, to) for part in piece[1]])
        return self.times(piece, to)

    def times(self, piece: _Piece, to: int) -> int:
        _, part, least, most = piece
        if most is None:
            again = self.state(to=[to])
            self.states[again].to.append(self.wire(part, again))
            to = again
        else:
            end = to
            for _ in range(most - least):
                to = self.state(to=[self.wire(part, to), end])
        for _ in range(least):
            to = self.wire(part, to)
        return to


def _digit(found: str) -> bool:
    return "0" <= found <= "9"


def _word(found: str) -> bool:
    return found.isalnum() or found == "_"


_CLASSES: dict[str, Test] = {
    "d": _digit,
    "D": lambda found: not _digit(found),
    "w": _word,
    "W": lambda found: not _word(found),
    "s": str.isspace,
    "S": lambda found: not found.isspace(),
}
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}


def _property(name: str) -> Test | None:
    """Unicode general categories (`L`, `Lu`, `Nd` ...) and Han characters."""
    if name in ("Han", "IsHan", "Script_Han"):
        return lambda found: unicodedata.name(found, "").startswith("CJK UNIFIED IDEOGRAPH")
    categories = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn"
    if name in categories.split() or (len(name) == 1 and name in "LMNPSZC"):
        return lambda found: unicodedata.category(found).startswith(name)
    return None
