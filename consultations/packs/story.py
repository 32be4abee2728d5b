"""How the sender of a reaction follows it."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consultations.packs import queries
from consultations.packs.models import Reaction
from engage.accounts.actors import Actor
from engage.participation.kinds import SentPart, Step, Story
from engage.participation.models import ModerationState, Submission
from engage.participation.moderation import REASONS


def reaction_story(submission: Submission, actor: Actor, now: datetime) -> Story:
    """Tell the story of one reaction."""
    reaction = (
        Reaction.objects.visible_to(actor)
        .select_related("pack__consultation", "pack__version", "clause", "submission")
        .get(submission=submission)
    )
    withdrawn = submission.state == Submission.State.WITHDRAWN
    language = get_language() or ""
    articles = {article.key: article for article in queries.articles_of(reaction.pack.version, language)}
    article = articles.get(reaction.clause.key) if reaction.clause else None
    title = article.title if article else _("The whole interpretation")
    call = reaction.pack.consultation
    public = queries.published(call.slug, actor=actor) is not None
    return Story(
        title=_("You withdrew your reaction") if withdrawn else _("We have your reaction"),
        holder=_holder(reaction, withdrawn=withdrawn),
        steps=[] if withdrawn else _steps(reaction, submission),
        part_template="consultations/packs/part.html",
        context={
            "reaction": reaction,
            "title": title,
            "call": call,
            "url": reverse("interpretation", args=[call.slug]) if public else "",
            "reason": REASONS.get(reaction.moderation_reason, ""),
            "withdrawn": withdrawn,
        },
        links=[] if withdrawn else [(_("Withdraw it"), reverse("submission_withdraw", args=[submission.reference]))],
        sent=[SentPart(title, reaction.text)],
    )


def _holder(reaction: Reaction, *, withdrawn: bool) -> str:
    if withdrawn:
        return _("With nobody: withdrawn")
    if reaction.moderation_state == ModerationState.HELD:
        return _("With the moderators")
    return _("With nobody: it was read")


def _steps(reaction: Reaction, submission: Submission) -> list[Step]:
    received = date_format(timezone.localtime(submission.received_at), "DATETIME_FORMAT")
    if reaction.moderation_state == ModerationState.HELD:
        read = Step(_("Checked and published"), _("A moderator takes out personal data first"), "now")
    elif reaction.moderation_state == ModerationState.PUBLISHED:
        read = Step(_("Checked and published"), _("Everybody can read it with the interpretation"), "done")
    else:
        read = Step(_("Checked, not published"), "", "done")
    return [Step(_("Received"), received, "done"), read]
