"""What signers who asked are told by mail: that there is an answer, that a debate is planned, what happened there."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mailbox.petitions.actions.letters import Compose, Letter, Words
from mailbox.petitions.models import Petition, PetitionEvent
from mailbox.petitions.queries import answering


def _values(petition: Petition) -> dict[str, str]:
    return {
        "title": petition.title,
        "reference": petition.reference,
        "url": settings.PUBLIC_URL + reverse("petition", args=[petition.pk]) + "#outcome",
    }


def answered(letter: Letter) -> Words | None:
    """Say that the government has answered; nothing where the answer is not public any more."""
    petition = letter.petition
    if not answering.is_answered(petition):
        return None
    return Words(
        _("The government has answered: %(title)s") % _values(petition),
        _(
            "The government has answered the petition that you signed:\n%(title)s (%(reference)s)\n\n"
            "Read the answer:\n%(url)s"
        )
        % _values(petition),
    )


def planned(letter: Letter) -> Words | None:
    """Say when a debate or hearing is; nothing once it is called off or over."""
    debate = _debate(letter, "planned")
    if debate is None or debate.on is None:
        return None
    values = _values(letter.petition) | {"what": debate.label, "day": date_format(debate.on, "DATE_FORMAT")}
    return Words(
        _("%(what)s planned for %(day)s: %(title)s") % values,
        _(
            "There will be a debate or hearing about the petition that you signed:\n%(title)s (%(reference)s)\n\n"
            "%(what)s on %(day)s. Where it is and how to follow it:\n%(url)s"
        )
        % values,
    )


def debated(letter: Letter) -> Words | None:
    """Say that it was held and where to read what happened."""
    if _debate(letter, "held") is None:
        return None
    return Words(
        _("What happened at the debate: %(title)s") % _values(letter.petition),
        _(
            "A debate or hearing was held about the petition that you signed:\n%(title)s (%(reference)s)\n\n"
            "Read what happened:\n%(url)s"
        )
        % _values(letter.petition),
    )


def not_held(letter: Letter) -> Words | None:
    """Say that it was called off, or that there will be none, and where to read why."""
    if _debate(letter, "called_off", "none") is None:
        return None
    return Words(
        _("No debate for now: %(title)s") % _values(letter.petition),
        _(
            "The debate or hearing about the petition that you signed does not take place as planned:\n"
            "%(title)s (%(reference)s)\n\nRead why:\n%(url)s"
        )
        % _values(letter.petition),
    )


def _debate(letter: Letter, *stages: str) -> answering.ShownDebate | None:
    """Return the debate an event is about, while the public reads it at one of these stages and nothing newer."""
    event = PetitionEvent.objects.filter(pk=letter.row.about, petition=letter.petition).first()
    key = event.params.get("debate", 0) if event else 0
    # A plan that got another day meanwhile is told by the letter about that day alone.
    if PetitionEvent.objects.filter(petition=letter.petition, params__debate=key, pk__gt=letter.row.about).exists():
        return None
    shown = [one for one in answering.debates_of(letter.petition) if one.pk == key]
    return shown[0] if shown and shown[0].stage in stages else None


KINDS: Mapping[str, Compose] = {
    "answered": answered,
    "planned": planned,
    "debated": debated,
    "not_held": not_held,
}
