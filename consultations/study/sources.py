"""What consultations tell about a call: its comments by channel, agreement with them, the answers given."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import Comment
from consultations.outcomes.queries import counted_comments
from consultations.voices.models import Agreement
from engage.accounts.actors import Actor
from engage.participation.evidence import Input, LeftOut, Source
from engage.participation.models import ModerationState, Submission, TimelineEntry


def comments(call_id: int, actor: Actor) -> list[Input]:
    """Count the comments that an outcome counts, by the channel they came on."""
    rows = (
        counted_comments(call_id)
        .order_by("submission__channel")
        .values_list("submission__channel")
        .annotate(n=Count("pk"), first=Min("submission__received_at"), last=Max("submission__received_at"))
    )
    return [
        Input(mode, n, timezone.localdate(first), timezone.localdate(last), how(mode)) for mode, n, first, last in rows
    ]


def how(mode: str) -> str:
    """Say how comments of a channel were collected."""
    kind = mode.partition(":")[0]
    return {
        "web": _("Written in the form on this site; each sender got a receipt."),
        "paper": _("Written on paper and keyed in by officers; number and date of the paper are kept."),
        "email": _("Sent by e-mail and taken over by officers, each message once."),
        "phone": _("Told on the telephone and written down by an officer."),
        "hearing": _("Said at a hearing and taken from its record."),
        "counter": _("Given at a counter and written down by an officer."),
        "event": _("Said at an event and taken from its record."),
        "live": _("Asked in a live interview and taken from its record."),
        "embed": _("Written in the form of this call in a frame on that site."),
        "import": _("Taken over as a table, each entry once by its own number."),
    }.get(kind, "")


def comments_left_out(call_id: int, actor: Actor) -> list[LeftOut]:
    """Count the comments that nobody counts, by the reason why."""
    active = Q(submission__state=Submission.State.ACTIVE)
    found = Comment.objects.filter(consultation=call_id).aggregate(
        withdrawn=Count("pk", filter=~active),
        rejected=Count("pk", filter=active & Q(moderation_state=ModerationState.REJECTED)),
        held=Count("pk", filter=active & Q(moderation_state=ModerationState.HELD)),
    )
    return [
        LeftOut("withdrawn", _("Comments taken back by their senders before the close"), found["withdrawn"]),
        LeftOut("rejected", _("Comments that moderators rejected, each sender told why"), found["rejected"]),
        LeftOut("held", _("Comments that wait for a moderator"), found["held"]),
    ]


def agreement(call_id: int, actor: Actor) -> list[Input]:
    """Count how often somebody agreed with a comment that counts; never more than once a device and comment."""
    standing = Agreement.objects.filter(comment__in=counted_comments(call_id), withdrawn=False)
    found = standing.aggregate(n=Count("pk"), first=Min("day"), last=Max("day"))
    if not found["n"]:
        return []
    method = _("Pressed beside a comment on this site, without an account; one device counts once for a comment.")
    return [Input("web", found["n"], found["first"], found["last"], method)]


def answers(call_id: int, actor: Actor) -> Sequence[Input]:
    """Count the senders whose own answers stand on their tracking pages."""
    entries = TimelineEntry.objects.filter(code="decided", submission__comments__consultation=call_id)
    found = entries.aggregate(n=Count("submission", distinct=True), first=Min("at"), last=Max("at"))
    if not found["n"]:
        return []
    method = _("Each sender reads on the tracking page what was decided; who left an e-mail address also got a letter.")
    return [Input("web", found["n"], timezone.localdate(found["first"]), timezone.localdate(found["last"]), method)]


SOURCES = [
    Source(
        code="comments",
        label=gettext_lazy("Comments on the draft"),
        inputs=comments,
        nothing=gettext_lazy("Nobody commented on the draft."),
        left_out=comments_left_out,
        order=10,
    ),
    Source(
        code="agreement",
        label=gettext_lazy("Agreement with comments"),
        inputs=agreement,
        nothing=gettext_lazy("Nobody pressed “I agree”."),
        apart=True,
        order=20,
    ),
    Source(
        code="answers",
        label=gettext_lazy("Own answers to senders"),
        inputs=answers,
        nothing=gettext_lazy("No answers yet: the outcome is not published."),
        apart=True,
        order=30,
    ),
]
