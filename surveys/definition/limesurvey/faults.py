"""What is wrong in a survey or was not carried over, each at its question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Part = Literal["survey", "group", "question", "quota"]


@dataclass(frozen=True)
class Place:
    """Where something stands: a question by its code, a group or quota by its name, or the survey as a whole."""

    part: Part = "survey"
    code: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the place as a command prints it."""
        return {"part": self.part, "code": self.code}


@dataclass(frozen=True)
class Fault:
    """Why a survey is refused: a stable code and its values; `surveys/limesurvey_words.py` has the sentence."""

    code: str
    where: Place
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftOut:
    """Something that is held in another way or not at all: `what` is the name or text in the file, `code` says why."""

    code: str
    what: str
    where: Place
