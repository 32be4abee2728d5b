"""The page of a petition for its starter: where it is, and what comes next."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from engage.accounts.actors import Actor
from engage.participation.kinds import SentPart, Step, Story
from engage.participation.models import Submission
from mailbox.petitions.models import Petition, State

_DONE_AT = {State.PENDING: 0, State.COLLECTING: 1, State.WAITING: 2, State.FLAGGED: 2, State.DORMANT: 2}


def petition_story(submission: Submission, actor: Actor, now: datetime) -> Story:
    """Tell the story of a petition to its starter."""
    petition = Petition.objects.visible_to(actor).select_related("submission", "reason").get(pk=submission.pk)
    return Story(
        title=petition.title,
        holder=_holder(petition),
        steps=_steps(petition),
        part_template="petitions/words.html",
        context={"petition": petition},
        sent=[SentPart(petition.title, petition.action)],
        is_answered=petition.answer_state == Petition.Answer.ANSWERED,
    )


def _holder(petition: Petition) -> str:
    if petition.state == State.PENDING:
        return _("Your confirmation is awaited")
    if petition.state == State.COLLECTING:
        return _("Your sponsors are awaited")
    if petition.state in (State.WAITING, State.FLAGGED, State.DORMANT):
        return _("With the moderators")
    return ""


def _steps(petition: Petition) -> list[Step]:
    names = [_("Received"), _("Sponsors found"), _("Looked at by the moderators"), _("Open for signatures"), _("Ended")]
    done = _DONE_AT.get(State(petition.state), 4 if petition.state == State.OPEN else len(names))
    if petition.state == State.COLLECTING:
        done = 1
    return [
        Step(name, state="done" if place < done else "now" if place == done else "todo")
        for place, name in enumerate(names)
    ]
