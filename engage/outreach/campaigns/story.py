"""How the sender of words to a campaign follows them."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from engage.accounts.actors import Actor
from engage.outreach.campaigns import queries
from engage.outreach.campaigns.models import Voice
from engage.participation.kinds import SentPart, Step, Story
from engage.participation.models import ModerationState, Submission
from engage.participation.moderation import REASONS


def voice_story(submission: Submission, actor: Actor, now: datetime) -> Story:
    """Tell the story of one voice."""
    voice = Voice.objects.visible_to(actor).select_related("campaign", "submission").get(submission=submission)
    withdrawn = submission.state == Submission.State.WITHDRAWN
    shown = queries.shown(voice.campaign.content, get_language() or "")
    public = queries.published(voice.campaign.slug, actor=actor) is not None
    return Story(
        title=_("You withdrew your words") if withdrawn else _("We have your words"),
        holder=_holder(voice, withdrawn=withdrawn),
        steps=[] if withdrawn else _steps(voice, submission),
        part_template="campaigns/part.html",
        context={
            "voice": voice,
            "title": shown.title,
            "url": reverse("campaign", args=[shown.slug]) if public else "",
            "reason": REASONS.get(voice.moderation_reason, ""),
            "withdrawn": withdrawn,
        },
        links=[] if withdrawn else [(_("Withdraw it"), reverse("submission_withdraw", args=[submission.reference]))],
        sent=[SentPart(shown.title, voice.text)],
    )


def _holder(voice: Voice, *, withdrawn: bool) -> str:
    if withdrawn:
        return _("With nobody: withdrawn")
    if voice.moderation_state == ModerationState.HELD:
        return _("With the moderators")
    return _("With nobody: it was read")


def _steps(voice: Voice, submission: Submission) -> list[Step]:
    received = date_format(timezone.localtime(submission.received_at), "DATETIME_FORMAT")
    if voice.moderation_state == ModerationState.HELD:
        read = Step(_("Checked and published"), _("A moderator takes out personal data first"), "now")
    elif voice.moderation_state == ModerationState.PUBLISHED:
        read = Step(_("Checked and published"), _("Everybody can read it on the page of the campaign"), "done")
    else:
        read = Step(_("Checked, not published"), "", "done")
    return [Step(_("Received"), received, "done"), read]
