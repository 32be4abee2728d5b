"""What a proposal is made from. Pure, and apart from the suggester, which brings numpy and scipy."""

from __future__ import annotations

from dataclasses import dataclass

# Characters of a letter that are read for a proposal.
TEXT_MOST = 4_000


@dataclass(frozen=True)
class Letter:
    """What is known of a letter before anybody read it."""

    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and text."""
        return f"{self.title}\n{self.text[:TEXT_MOST]}"
