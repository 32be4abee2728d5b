"""The canonical content of a row: the same bytes for the same words, whoever asks and whenever."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


def canonical_json(value: Any) -> bytes:
    """Return a value as JSON in UTF-8: keys sorted, no spaces between, nothing escaped."""
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def row_content(row: models.Model, *, leave_out: Collection[str] = ()) -> dict[str, Any]:
    """Return the columns of a row as plain values, without those that say nothing to a reader."""
    return {
        field.attname: field.value_to_string(row)
        if isinstance(field, models.FileField)
        else getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in leave_out and not field.primary_key
    }
