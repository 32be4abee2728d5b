"""The library of a test. It is imported late: pytest reads this before Django is set up."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.search.library import Library


@pytest.fixture
def library(db: None, monkeypatch: pytest.MonkeyPatch) -> "Library":
    """Give an empty library; nothing else can be found while it is open."""
    from engage.search import registry
    from tests.search.library import Library

    monkeypatch.setattr(registry, "_sources", {})
    return Library()
