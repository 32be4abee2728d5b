"""How the sender of a message on a channel follows it, once the office gave them the code."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engage.accounts.actors import Actor
from engage.outreach.delivery.models import Message
from engage.participation.kinds import SentPart, Step, Story
from engage.participation.models import Submission


def message_story(submission: Submission, actor: Actor, now: datetime) -> Story:
    """Tell the story of one message."""
    message = Message.objects.visible_to(actor).get(submission=submission)
    received = date_format(timezone.localtime(submission.received_at), "DATETIME_FORMAT")
    if message.done_at:
        done = Step(
            _("Read and dealt with"), date_format(timezone.localtime(message.done_at), "DATETIME_FORMAT"), "done"
        )
    else:
        done = Step(_("Read and dealt with"), _("An officer reads it and passes it on"), "now")
    return Story(
        title=_("We have your message"),
        holder=_("With nobody: it was dealt with") if message.done_at else _("With the officers who read messages"),
        steps=[Step(_("Received"), received, "done"), done],
        part_template="delivery/part.html",
        context={"message": message},
        sent=[SentPart(_("Your message"), message.text)],
    )
