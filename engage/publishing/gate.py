"""The port of the gate: what rooms that publish call."""

from engage.publishing.actions import release_by_platform, request, touched
from engage.publishing.models import released
from engage.publishing.queries import release_of, require_form, require_signed, standing_of

__all__ = [
    "release_by_platform",
    "release_of",
    "released",
    "request",
    "require_form",
    "require_signed",
    "standing_of",
    "touched",
]
