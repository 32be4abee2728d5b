"""What the room says: refusals, timeline of the starter's receipt, public story of a petition."""

from django.utils.functional import Promise

REFUSALS: dict[str, str | Promise] = {}

TIMELINE: dict[str, str | Promise] = {}
