"""What people attach: told by its content, bounded, and cleaned of everything it says about its author."""

from engage.participation.attachments.inspection import MAX_BYTES, Inspected, inspect, sanitise
from engage.participation.attachments.kinds import KINDS

__all__ = ["KINDS", "MAX_BYTES", "Inspected", "inspect", "sanitise"]
