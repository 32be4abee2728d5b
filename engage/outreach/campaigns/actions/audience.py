"""What people say to a campaign: a submission with a receipt, public after moderation."""

from __future__ import annotations

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.outreach.campaigns import queries, rules
from engage.outreach.campaigns.models import Voice
from engage.participation import actions as participation
from engage.participation.models import Submission

KIND = "campaign_voice"


def send_voice(slug: str, text: str, envelope: participation.Envelope, *, actor: Actor) -> Submission:
    """Send words to a published campaign that asks for them; a repeated token returns the first receipt.

    Raises Refused("campaign_gone"), Refused("voice_too_short", ...), Refused("campaign_text_too_long", ...).
    """

    def create() -> Submission:
        campaign = queries.published(slug, actor=actor)
        if campaign is None or queries.question_of(campaign.content) is None:
            raise Refused("campaign_gone")
        rules.check_voice(text)
        submission = participation.open_submission(KIND, envelope, actor=actor, department_id=campaign.department_id)
        Voice.objects.create(
            submission=submission,
            campaign=campaign,
            text=text,
            language=envelope.language,
            created_at=envelope.received_at,
        )
        return submission

    return participation.once(envelope, create)


def withdraw_voice(submission_id: int, actor: Actor) -> None:
    """Withdraw the words for their sender, at any time."""
    participation.withdraw(submission_id, actor=actor)
