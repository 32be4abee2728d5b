"""How the sender of comments follows them: title, who has it, steps, what may still be done."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from consultations import queries, rules
from consultations.models import Comment, Consultation
from consultations.outcomes import queries as outcomes
from consultations.outcomes.models import Outcome
from consultations.voices import passages, replies
from engage.accounts.actors import Actor
from engage.participation.kinds import SentPart, Step, Story
from engage.participation.models import ModerationState, Submission
from engage.participation.moderation import REASONS


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def comment_story(submission: Submission, actor: Actor, now: datetime) -> Story:
    """Tell the story of a basket of comments."""
    comments = list(
        Comment.objects.visible_to(actor)
        .filter(submission=submission)
        .select_related("consultation__department", "clause", "version", "submission", "passage")
        .order_by("position")
    )
    consultation = comments[0].consultation
    withdrawn = submission.state == Submission.State.WITHDRAWN
    is_open = consultation.state(now) is rules.CallState.OPEN and not withdrawn
    outcome = None if withdrawn else outcomes.outcome_at(consultation)
    parts = _parts(submission, comments, editable=is_open)
    if outcome is not None:
        own = outcomes.own_answers(outcome, comments, get_language() or "")
        for part in parts:
            part["own"] = own.get(part["comment"].pk)
    n = len(comments)
    title = ngettext("We have your %(n)d comment", "We have your %(n)d comments", n) % {"n": n}
    return Story(
        title=_("You withdrew your comments") if withdrawn else title,
        holder=_holder(consultation, comments, withdrawn=withdrawn, outcome=outcome),
        steps=[] if withdrawn else steps(consultation, comments, submission, now, outcome=outcome),
        part_template="consultations/parts.html",
        context={
            "parts": parts,
            "consultation": consultation,
            "page": _page(consultation),
            "withdrawn": withdrawn,
            "outcome": outcome,
        },
        links=[(_("Withdraw them"), reverse("submission_withdraw", args=[submission.reference]))] if is_open else [],
        sent=[
            SentPart(part["title"], part["comment"].text, part["comment"].get_stance_display(), part["whole_pieces"])
            for part in parts
        ],
        is_answered=outcome is not None,
    )


def _page(consultation: Consultation):
    pages = {page.locale.language_code: page for page in consultation.pages.live().select_related("locale")}
    return pages.get(get_language() or "") or next(iter(pages.values()), None)


def _parts(submission: Submission, comments: list[Comment], *, editable: bool) -> list[dict]:
    versions = {comment.version_id: comment.version for comment in comments}
    texts = [queries.text_of(one, language=get_language() or "", with_counts=False) for one in versions.values()]
    articles = {article.clause_id: article for text in texts for article in text.articles}
    written_on = queries.texts_written_on(comments, *texts)
    answered = replies.under_comments(comments)
    quotes: dict[int, passages.Quote] = {}
    for version in versions.values():
        quotes |= passages.quotes([comment for comment in comments if comment.version_id == version.pk], version)
    parts = []
    for comment in comments:
        article = articles.get(comment.clause_id) if comment.clause_id else None
        pieces = queries.suggestion_pieces(comment, written_on)
        parts.append(
            {
                "comment": comment,
                "article": article,
                "title": article.title if article else _("The whole draft"),
                "pieces": queries.shortened(pieces, comment.language),
                "whole_pieces": pieces,
                "replies": answered.get(comment.pk, []),
                "quote": quotes.get(comment.pk),
                "reason": REASONS.get(comment.moderation_reason, ""),
                "edit_url": reverse("comment_edit", args=[submission.reference, comment.pk]) if editable else "",
            }
        )
    return parts


def _holder(
    consultation: Consultation, comments: list[Comment], *, withdrawn: bool, outcome: Outcome | None = None
) -> str:
    if withdrawn:
        return _("With nobody: withdrawn")
    if consultation.withdrawn_at is not None:
        return _("With nobody: the call was withdrawn on %(day)s. %(reason)s") % {
            "day": _day(consultation.withdrawn_at),
            "reason": consultation.withdrawn_reason,
        }
    if outcome is not None and outcome.published_at is not None:
        return _("Answered by %(department)s on %(day)s") % {
            "department": consultation.department.name,
            "day": _day(outcome.published_at),
        }
    if any(comment.moderation_state == ModerationState.HELD for comment in comments):
        return _("With the moderators")
    return _("With %(department)s") % {"department": consultation.department.name}


def steps(
    consultation: Consultation,
    comments: list[Comment],
    submission: Submission,
    now: datetime,
    *,
    outcome: Outcome | None = None,
) -> list[Step]:
    """Return received, checked, read, sorted, decided, each done, now or to do, with its date."""
    held = any(comment.moderation_state == ModerationState.HELD for comment in comments)
    closed = consultation.state(now) is rules.CallState.ANALYSING
    received = date_format(timezone.localtime(submission.received_at), "DATETIME_FORMAT")
    due = rules.answer_due(consultation.closes_at, consultation.answer_days)
    department = consultation.department.name
    if held:
        checked = Step(_("Checked and published"), _("A moderator takes out personal data first"), "now")
    elif all(comment.confidential for comment in comments):
        checked = Step(_("Checked and counted"), _("It is confidential: only the department reads it"), "done")
    else:
        checked = Step(_("Checked and published"), _("Everybody can read it on the draft"), "done")
    after = _("%(department)s, after the close on %(day)s") % {
        "department": department,
        "day": _day(rules.last_moment(consultation.closes_at)),
    }
    sorted_at = _sorted_at(comments)
    if sorted_at is not None:
        read = Step(_("Read by the drafting team"), department, "done")
        put_together = Step(_("Sorted with others like it"), _day(sorted_at), "done")
    else:
        read = Step(_("Read by the drafting team"), after, "now" if not held else "todo")
        put_together = Step(_("Sorted with others like it"), "" if not closed else department, "todo")
    # What was decided is told with the published outcome, to everybody at once.
    if outcome is not None and outcome.published_at is not None:
        decided = Step(_("Decided, with the reason"), _day(outcome.published_at), "done")
        return [Step(_("Received"), received, "done"), checked, read, put_together, decided]
    if consultation.withdrawn_at is not None:
        ended = Step(_("The call was withdrawn"), _day(consultation.withdrawn_at), "done")
        return [Step(_("Received"), received, "done"), ended]
    decided = Step(
        _("Decided, with the reason"),
        _("By %(day)s") % {"day": _day(due)},
        "now" if sorted_at is not None and not held else "todo",
    )
    return [Step(_("Received"), received, "done"), checked, read, put_together, decided]


def _sorted_at(comments: list[Comment]) -> datetime | None:
    """Return when the last of the comments that count was sorted; None while one waits."""
    moments = [comment.coded_at for comment in comments if comment.moderation_state != ModerationState.REJECTED]
    return max(moment for moment in moments if moment) if moments and all(moments) else None
