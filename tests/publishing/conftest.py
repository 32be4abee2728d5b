"""The fixture that every test of releases stands on."""

import pytest


@pytest.fixture
def desk(db):
    """A topic as a gated kind, with its people; see tests/publishing/gated.py."""
    from tests.publishing.gated import gated_topic

    with gated_topic() as found:
        yield found
