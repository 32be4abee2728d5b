"""What other rooms use of the preflight: they register, the gate asks what stops a content."""

from engage.publishing.preflight.bundle import Attachment, Block, Bundle, Finding, Form, Period, Severity
from engage.publishing.preflight.forms import bundle_of_forms
from engage.publishing.preflight.queries import blocking
from engage.publishing.preflight.registry import (
    Awaited,
    Released,
    Source,
    Watch,
    register,
    register_awaiting,
    register_watch,
)

__all__ = [
    "Attachment",
    "Awaited",
    "Block",
    "Bundle",
    "Finding",
    "Form",
    "Period",
    "Released",
    "Severity",
    "Source",
    "Watch",
    "blocking",
    "bundle_of_forms",
    "register",
    "register_awaiting",
    "register_watch",
]
