"""An event of the tests' own."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _news() -> Iterator[None]:
    from engage.outreach.follows import registry
    from tests.follows import builders

    builders.register_news()
    yield
    registry.unregister_event(builders.NEWS)
