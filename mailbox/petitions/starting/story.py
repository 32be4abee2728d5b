"""The page of a petition for its starter: where it is, what comes next, and what can be done."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from engage.accounts.actors import Actor
from engage.participation.kinds import SentPart, Step, Story
from engage.participation.models import Submission
from mailbox.petitions.actions.starting import sponsors_url
from mailbox.petitions.models import Petition, State
from mailbox.petitions.queries import starting as queries
from mailbox.petitions.starting import rules

# How many steps are behind a petition in each state; the last is the end.
_DONE = {
    State.PENDING: 0,
    State.COLLECTING: 1,
    State.WAITING: 2,
    State.FLAGGED: 2,
    State.DORMANT: 2,
    State.OPEN: 3,
}


def petition_story(submission: Submission, actor: Actor, now: datetime) -> Story:
    """Tell the story of a petition to its starter."""
    petition = Petition.objects.visible_to(actor).select_related("submission", "reason").get(pk=submission.pk)
    gathers = petition.state in rules.GATHERS and petition.sponsor_digest != ""
    context = {
        "petition": petition,
        "is_rejected": petition.state in rules.MAY_RESUBMIT,
        "with_moderators": petition.state in rules.WITH_MODERATORS,
    }
    if gathers:
        context |= {"sponsors": queries.sponsors_of(petition), "sponsors_url": sponsors_url(petition)}
    return Story(
        title=petition.title,
        holder=_holder(petition),
        steps=_steps(petition),
        part_template="petitions/starter.html",
        aside_template="petitions/starter_next.html",
        next_template="petitions/starter_next.html",
        context=context,
        links=_links(petition),
        sent=[SentPart(petition.title, petition.action), *_more(petition)],
        is_answered=petition.answer_state == Petition.Answer.ANSWERED,
    )


def _more(petition: Petition) -> list[SentPart]:
    parts = [(_("Why"), petition.background), (_("More details"), petition.details)]
    return [SentPart(title, text) for title, text in parts if text]


def _holder(petition: Petition) -> str:
    if petition.state == State.PENDING:
        return _("Your confirmation is awaited")
    if petition.state == State.COLLECTING:
        return _("Your sponsors are awaited")
    if petition.state in rules.WITH_MODERATORS:
        return _("With the moderators")
    if petition.state in (State.HIDDEN, State.REMOVED):
        return _("Not shown")
    if petition.state == State.REJECTED:
        return pgettext("petition", "Turned down")
    return capfirst(petition.get_state_display())


def _steps(petition: Petition) -> list[Step]:
    names = [_("Confirmed"), _("Sponsors found"), _("Looked at by the moderators"), _("Signatures collected")]
    state = State(petition.state)
    if state in _DONE:
        at = _DONE[state]
        return [
            Step(name, state="done" if place < at else "now" if place == at else "todo")
            for place, name in enumerate(names)
        ]
    if state == State.CLOSED:
        return [Step(name, state="done") for name in names]
    # What ended before its time shows how far it came, and that it ended.
    came = 3 if petition.opened_at else 2 if petition.waiting_since else 1
    return [*(Step(name, state="done") for name in names[:came]), Step(_holder(petition), state="done")]


def _links(petition: Petition) -> list[tuple[str, str]]:
    links = []
    if Petition.objects.public().filter(pk=petition.pk).exists():
        links.append((_("See the public page"), reverse("petition", args=[petition.pk])))
    if petition.state in rules.MAY_WITHDRAW:
        links.append((_("Withdraw it"), reverse("petition_withdraw", args=[petition.reference])))
    return links
