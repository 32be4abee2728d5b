"""The demo's figures: counted from its cases like any others."""

from __future__ import annotations

from django.utils import timezone

from mailbox.performance import actions


def load() -> None:
    """Count the years of the demo's cases."""
    actions.count_due(today=timezone.localdate())
