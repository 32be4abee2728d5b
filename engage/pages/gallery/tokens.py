"""The design tokens, read from the style sheet itself, and how strongly their colours contrast. Knows no Django."""

from __future__ import annotations

import re
from dataclasses import dataclass

Colour = tuple[int, int, int]

# What stands on what, and the contrast WCAG 2.2 AA asks for there: 4.5 for text, 3 for shapes that carry meaning.
PAIRS: tuple[tuple[str, str, float], ...] = (
    ("ink", "page", 4.5), ("ink", "surface", 4.5), ("ink", "sunk", 4.5),
    ("ink-2", "page", 4.5), ("ink-2", "surface", 4.5), ("ink-2", "sunk", 4.5),
    ("link", "page", 4.5), ("link", "surface", 4.5), ("link", "sunk", 4.5), ("visited", "surface", 4.5),
    ("on-brand", "brand", 4.5), ("on-brand", "brand-hover", 4.5), ("brand", "brand-soft", 4.5),
    ("on-seal", "seal", 4.5), ("seal", "page", 3), ("seal", "surface", 3),
    ("ok", "ok-soft", 4.5), ("warn", "warn-soft", 4.5), ("bad", "bad-soft", 4.5), ("info", "info-soft", 4.5),
    ("ink", "ok-soft", 4.5), ("ink", "warn-soft", 4.5), ("ink", "info-soft", 4.5), ("ink", "mute-soft", 4.5),
    ("bad", "surface", 4.5), ("ok", "page", 4.5), ("ins", "ins-bg", 4.5), ("del", "del-bg", 4.5),
    ("line-strong", "surface", 3), ("line-strong", "page", 3), ("focus", "page", 3), ("focus", "surface", 3),
    ("on-ramp-low", "ramp-1", 4.5), ("on-ramp-low", "ramp-3", 4.5), ("on-ramp-high", "ramp-5", 4.5),
    ("cat-1", "surface", 3), ("cat-2", "surface", 3), ("cat-3", "surface", 3), ("cat-4", "surface", 3),
    ("cat-5", "surface", 3),
)  # fmt: skip
_BLOCK = re.compile(r"^(?P<selector>[^@{}\n]+)\{\n(?P<body>.*?)\n\}", re.MULTILINE | re.DOTALL)
_DECLARATION = re.compile(r"--(?P<name>[\w-]+):(?P<value>[^;]+);")
_MARKS = {"light": "[data-theme]", "dark": "[data-theme=dark]"}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Contrast:
    """One colour on another in one theme; `least` is what is asked for."""

    front: str
    back: str
    ratio: float
    least: float

    @property
    def is_enough(self) -> bool:
        """Whether the pair may be used as it is."""
        return self.ratio >= self.least


@dataclass(frozen=True)
class Tokens:
    """Name to value: all of the light theme, and what the dark theme changes."""

    light: dict[str, str]
    dark: dict[str, str]

    def of(self, theme: str) -> dict[str, str]:
        """Return every token as it is in a theme."""
        return self.light | (self.dark if theme == "dark" else {})

    def colours(self, theme: str) -> list[tuple[str, str]]:
        """List name and value of the tokens that are one colour."""
        return [(name, value) for name, value in self.of(theme).items() if colour(value)]

    def starting(self, *beginnings: str) -> list[tuple[str, str]]:
        """List the tokens of the light theme whose names start so, in the order of the file."""
        return [(name, value) for name, value in self.light.items() if name.startswith(beginnings)]

    def contrasts(self, theme: str) -> list[Contrast]:
        """Work out the contrast of every pair that the components use."""
        values = self.of(theme)
        return [Contrast(front, back, contrast(values[front], values[back]), least) for front, back, least in PAIRS]


def read_tokens(css: str) -> Tokens:
    """Read the two themes; raises ValueError when the style sheet has lost one of them."""
    found: dict[str, dict[str, str]] = {}
    for block in _BLOCK.finditer(_COMMENT.sub("", css)):
        declared = {match["name"]: match["value"].strip() for match in _DECLARATION.finditer(block["body"])}
        for theme, mark in _MARKS.items():
            if mark in block["selector"].split(","):
                found[theme] = declared
    if set(found) != set(_MARKS):
        raise ValueError(f"the style sheet has no block for each of {', '.join(_MARKS.values())}")
    return Tokens(found["light"], found["dark"])


def colour(value: str) -> Colour | None:
    """Return red, green and blue of `#rgb` or `#rrggbb`; None for anything else."""
    digits = value.removeprefix("#")
    if not value.startswith("#") or not re.fullmatch(r"[0-9a-fA-F]{3}|[0-9a-fA-F]{6}", digits):
        return None
    wide = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    return int(wide[:2], 16), int(wide[2:4], 16), int(wide[4:], 16)


def contrast(front: str, back: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    first, second = colour(front), colour(back)
    if first is None or second is None:
        raise ValueError(f"{front} on {back} are not two colours")
    lights = sorted((_luminance(first), _luminance(second)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(rgb: Colour) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (each / 255 for each in rgb)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
