"""Makes submissions for tests of the platform, without any domain app's own content."""

import uuid
from datetime import UTC, datetime

from engage.accounts.actors import ANYONE
from engage.participation import actions
from engage.participation.models import Submission

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def envelope(**values) -> actions.Envelope:
    """Return an envelope of the web channel."""
    given = {"token": uuid.uuid4(), "language": "zh-hans", "received_at": NOW} | values
    return actions.Envelope(**given)


def submission(**values) -> tuple[Submission, str]:
    """Open a submission; returns it with its tracking code."""
    given = envelope(**values)
    return actions.once(given, lambda: actions.open_submission("comment", given, actor=ANYONE)), given.code
