"""Canonical content: the same bytes for the same words, whoever asks and whenever."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def canonical_json(value: Any) -> bytes:
    """Return a value as JSON in UTF-8: keys sorted, no spaces between, nothing escaped."""
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()
