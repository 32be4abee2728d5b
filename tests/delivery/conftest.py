"""What the tests of delivery stand on: no other room works on cases, so that messages are read at the own queue."""

import pytest


@pytest.fixture(autouse=True)
def own_opener(monkeypatch):
    """Let delivery itself open what comes from channels; the mailbox does in the whole product."""
    # Models cannot be imported before Django is set up, which a conftest may be.
    from engage.outreach.delivery import actions
    from engage.participation import cases

    monkeypatch.setattr(cases, "_openers", [actions.open_message])
