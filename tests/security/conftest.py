"""What the tests of bad input and of published faults stand on."""

import pytest


@pytest.fixture
def world(db, settings):
    """An open call with a comment, and a client for everybody who sends a form."""
    # This file is read before Django is ready.
    from tests.security.hostile import make_world

    settings.FASTEST_PERSON_SECONDS = 0
    return make_world()
