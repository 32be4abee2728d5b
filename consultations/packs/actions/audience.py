"""What readers say to a published pack: a submission with a receipt, public after moderation."""

from __future__ import annotations

from consultations.models import Clause
from consultations.packs import queries, rules
from consultations.packs.models import Reaction
from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation.models import Submission

KIND = "reaction"


def send_reaction(
    slug: str, text: str, envelope: participation.Envelope, *, clause: str = "", actor: Actor
) -> Submission:
    """Send a reaction to the newest published pack of a call; a repeated token returns the first receipt.

    `clause` is the key of a clause of the text explained, empty for all of it. Raises Refused("pack_gone"),
    Refused("clause_gone", key=...), Refused("reaction_too_short", ...), Refused("pack_text_too_long", ...).
    """

    def create() -> Submission:
        pack = queries.published(slug, actor=actor)
        if pack is None:
            raise Refused("pack_gone")
        rules.check_reaction(text)
        about = Clause.objects.filter(version=pack.version_id, key=clause).first() if clause else None
        if clause and about is None:
            raise Refused("clause_gone", key=clause)
        submission = participation.open_submission(
            KIND, envelope, actor=actor, department_id=pack.consultation.department_id
        )
        Reaction.objects.create(
            submission=submission,
            pack=pack,
            clause=about,
            text=text,
            language=envelope.language,
            created_at=envelope.received_at,
        )
        return submission

    return participation.once(envelope, create)


def withdraw_reaction(submission_id: int, actor: Actor) -> None:
    """Withdraw a reaction for its sender, at any time."""
    participation.withdraw(submission_id, actor=actor)
