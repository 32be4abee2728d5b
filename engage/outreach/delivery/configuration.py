"""What an administrator filled in for a channel, kept sealed; read by this room alone."""

from __future__ import annotations

import json
from typing import Any

from engage.outreach.delivery.models import Channel


def of(channel: Channel) -> dict[str, Any]:
    """Return the settings of a channel, secrets included."""
    return json.loads(channel.settings_sealed) if channel.settings_sealed else {}


def store(channel: Channel, values: dict[str, Any]) -> None:
    """Put settings into the row, which the caller saves."""
    channel.settings_sealed = json.dumps(values, ensure_ascii=False, sort_keys=True)
