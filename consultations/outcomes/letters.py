"""The letter to each sender who left an address: their own points, the decisions, and the changed words."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from consultations.models import Comment, Consultation
from consultations.outcomes import queries
from consultations.outcomes.models import Outcome
from engage.participation import actions as participation
from engage.participation.models import OutgoingMail, Submission
from engage.participation.receipts import track_url

QUOTED = 200


def write_letter(submission: Submission, outcome: Outcome, before: Outcome | None) -> OutgoingMail | None:
    """Write the letter into the outbox, in the sender's language; None without an address.

    After a correction (`before` is what it replaces) only those get one whose own answers are different now.
    """
    comments = list(Comment.objects.filter(submission=submission).order_by("position"))
    language = submission.language
    with translation.override(language):
        own = queries.own_answers(outcome, comments, language)
        if before is not None and own == queries.own_answers(before, comments, language):
            return None
        title = _title(outcome.consultation, language)
        body = "\n\n".join(
            [
                _opening(title, corrected=before is not None),
                *(_about(own[comment.pk], comment.text) for comment in comments if comment.pk in own),
                _closing(outcome, submission.reference, track_url(submission)),
            ]
        )
        subject = _subject(title, submission.reference)
        return participation.enqueue_mail(submission, subject=subject, body=body, about=outcome.letters)


def all_words(outcome: Outcome, language: str) -> str:
    """Return all that the letters about a content can say, in the active language, for who signs them."""
    title, sent = _title(outcome.consultation, language), "…"
    return "\n\n".join(
        [
            _subject(title, sent),
            _opening(title, corrected=outcome.number > 1),
            *(_about(own) for own in queries.answers_of(outcome.content, language)),
            _closing(outcome, sent, sent),
        ]
    )


def _subject(title: str, reference: str) -> str:
    return _("What was decided on your comments: %(title)s (%(reference)s)") % {"title": title, "reference": reference}


def _closing(outcome: Outcome, reference: str, track: str) -> str:
    return _("Everything that was said and decided:\n%(outcome)s\n\nWhat you sent, %(reference)s:\n%(track)s") % {
        "outcome": settings.PUBLIC_URL + reverse("outcome", args=[outcome.consultation.slug]),
        "reference": reference,
        "track": track,
    }


def _title(consultation: Consultation, language: str) -> str:
    pages = {page.locale.language_code: page.title for page in consultation.pages.select_related("locale")}
    return pages.get(language) or next(iter(pages.values()), consultation.slug)


def _opening(title: str, *, corrected: bool) -> str:
    if corrected:
        return _("The answer to your comments on %(title)s was corrected. This is what it says now.") % {"title": title}
    return _("You commented on %(title)s. This is what was decided, and why.") % {"title": title}


def _about(own: queries.OwnComment, wrote: str = "") -> str:
    lines = [
        own.title or _("The whole draft"),
        *([_("You wrote: %(text)s") % {"text": _begun(wrote)}] if wrote else []),
    ]
    for answer in own.answers:
        if not answer.disposition:
            lines.append(_("We found nothing in it to decide about, and have read it."))
            continue
        if answer.passage:
            lines.append(_("On “%(passage)s”:") % {"passage": _begun(answer.passage)})
        lines.append(_("Decision: %(decision)s") % {"decision": answer.disposition_label})
        if answer.reason:
            lines.append(_("Reason: %(reason)s") % {"reason": answer.reason})
        if answer.forwarded:
            lines.append(_("Forwarded to: %(place)s") % {"place": answer.forwarded})
        if answer.department:
            lines.append(_("Responsible: %(department)s") % {"department": answer.department})
    if own.pieces:
        before = "".join(words for op, words in own.pieces if op != "ins")
        after = "".join(words for op, words in own.pieces if op != "del")
        lines.append(_("The words before: %(before)s") % {"before": before or _("(nothing)")})
        lines.append(_("The words now: %(after)s") % {"after": after or _("(taken out)")})
    return "\n".join(lines)


def _begun(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else f"{line[:QUOTED]}…"
