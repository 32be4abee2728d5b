"""How somebody who has answered follows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from engage.accounts.actors import Actor
from engage.pages.translation import HTML_LANG
from engage.participation.kinds import SentPart, Step, Story
from engage.participation.models import Submission
from engage.participation.queries import about_options
from surveys import queries
from surveys.answering import files, rules, showing
from surveys.answering.private import joined
from surveys.definition.model import FILE_TYPES
from surveys.definition.runtime import Sitting
from surveys.models import Questionnaire, Response


def response_story(submission: Submission, actor: Actor, now: datetime) -> Story:
    """Tell the story of one response, with the answers as they were given."""
    response = (
        Response.objects.visible_to(actor)
        .select_related("version__questionnaire__department", "submission")
        .get(submission=submission)
    )
    shown = queries.shown(response.version, language=response.language, now=now)
    withdrawn = submission.state == Submission.State.WITHDRAWN
    entries = list(answers_said(response, shown))
    active = get_language() or ""
    foreign = shown.language != active
    questionnaire = shown.questionnaire
    has_results = not withdrawn and rules.may_see_results(
        questionnaire.results, queries.period_of(questionnaire), now, has_answered=True
    )
    results = reverse("survey_results", args=[questionnaire.key]) if has_results else ""
    links = [(_("See the results"), results)] if results else []
    if not withdrawn:
        links.append((_("Withdraw it"), reverse("submission_withdraw", args=[submission.reference])))
    return Story(
        title=_("You withdrew your answers") if withdrawn else _("We have your answers"),
        holder=_("With nobody: withdrawn") if withdrawn else questionnaire.department.name,
        steps=[] if withdrawn else _steps(submission, shown),
        part_template="surveys/part.html",
        context={
            "title": shown.title,
            "url": reverse("survey", args=[questionnaire.key]) if shown.is_on_web else "",
            "results_url": results,
            "entries": entries,
            "foreign_lang": HTML_LANG.get(shown.language, shown.language) if foreign else "",
            "closing": shown.runtime.choose(shown.definition.closing, shown.language),
        },
        links=links,
        sent=[SentPart(one.label, "\n".join(one.lines)) for one in entries if one.lines],
        next_template="surveys/next.html",
    )


def answers_said(response: Response, shown: queries.Shown) -> Iterator[showing.Said]:
    """Yield the questions of a response with their answers in words, as they were shown to this person."""
    answers = joined(response.answers, json.loads(response.private) if response.private else {})
    asked = {entry.item.name for entry in shown.definition.entries}
    raw = {name: value for name, value in answers.items() if name.partition("#")[0] in asked}
    received = timezone.localtime(response.submission.received_at).replace(tzinfo=None)
    course = shown.runtime.course(
        raw, Sitting(now=received, seed=response.seed, language=shown.language, calculated=answers)
    )
    regions = dict(about_options("region"))
    takes_files = any(question.type in FILE_TYPES for question in shown.definition.questions)
    names = files.names_of(response.submission) if takes_files else {}
    for page in course.pages:
        yield from showing.said(course, page.items, regions, names)


def _steps(submission: Submission, shown: queries.Shown) -> list[Step]:
    received = date_format(timezone.localtime(submission.received_at), "DATETIME_FORMAT")
    steps = [Step(_("Received"), received, "done")]
    questionnaire = shown.questionnaire
    if questionnaire.results == Questionnaire.Results.NEVER:
        return [*steps, Step(_("Counted with all other answers"), "", "now")]
    note = ""
    if questionnaire.closes_at is not None:
        day = date_format(timezone.localtime(questionnaire.closes_at), "DATE_FORMAT")
        note = _("The questionnaire closes on %(day)s") % {"day": day}
    closed = shown.state == "closed"
    return [
        *steps,
        Step(_("Counted with all other answers"), note, "done" if closed else "now"),
        Step(_("Results are shown"), "", "now" if closed else "todo"),
    ]
