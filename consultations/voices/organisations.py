"""For whom a submission speaks: checked and stored with it."""

from __future__ import annotations

from dataclasses import dataclass

from consultations.voices.models import Organisation
from engage.errors import Refused
from engage.participation import personal_data
from engage.participation.models import Submission


@dataclass(frozen=True)
class OnBehalf:
    """An organisation as its speaker describes it; `size` is one of Organisation.Size."""

    name: str
    size: str
    role: str


def check(given: OnBehalf) -> None:
    """Raise Refused("organisation_incomplete") unless name, size and role are given and fit."""
    fits = 0 < len(given.name) <= 120 and given.size in Organisation.Size.values and 0 < len(given.role) <= 80
    if not fits:
        raise Refused("organisation_incomplete")


def store(submission: Submission, given: OnBehalf) -> None:
    """Write for whom a submission speaks, inside the caller's transaction."""
    Organisation.objects.create(submission=submission, name=given.name, size=given.size, role=given.role)


def public_name(organisation: Organisation) -> str:
    """Return how an organisation is named in public; masked like every published text."""
    return f"{personal_data.mask(organisation.name)} · {organisation.get_size_display()}"
