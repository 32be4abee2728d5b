"""How much was said and by whom: counted in one place for the outcome, the evidence page and all files."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Q, QuerySet

from consultations.models import Comment
from consultations.outcomes import rules
from engage.participation.models import ModerationState, Submission

# Features of all senders, then of the organisations among them.
OF_ALL = ("region", "capacity", "channel")
OF_ORGANISATIONS = ("organisation_size", "organisation_role")
FEATURES = (*OF_ALL, *OF_ORGANISATIONS)

TookPart = dict[str, rules.Masked | None]


def active_comments(consultation_id: int) -> QuerySet[Comment]:
    """Return the comments of a call that their senders did not take back."""
    return Comment.objects.filter(consultation=consultation_id, submission__state=Submission.State.ACTIVE)


def counted_comments(consultation_id: int) -> QuerySet[Comment]:
    """Return what an outcome counts: what a moderator let the public read, and what was read without being shown."""
    return active_comments(consultation_id).filter(
        moderation_state__in=[ModerationState.PUBLISHED, ModerationState.PRIVATE]
    )


def figures(consultation_id: int) -> dict[str, int]:
    """Return comments, people (senders), organisations among them, comments kept private, confidential among them."""
    return (
        counted_comments(consultation_id)
        .order_by()
        .aggregate(
            comments=Count("pk"),
            people=Count("submission", distinct=True),
            organisations=Count("submission__organisation", distinct=True),
            private=Count("pk", filter=Q(moderation_state=ModerationState.PRIVATE)),
            confidential=Count("pk", filter=Q(confidential=True)),
        )
    )


def who_took_part(consultation_id: int) -> TookPart:
    """Return the senders by each feature, small counts hidden; a feature of nobody is left out.

    What a sender does in an organisation is free text: what fewer than five said is counted together.
    """
    senders = Submission.objects.filter(pk__in=counted_comments(consultation_id).order_by().values("submission"))
    counts: dict[str, Counter[str]] = {name: Counter() for name in FEATURES}
    for *values, n in senders.order_by().values_list(*OF_ALL).annotate(n=Count("pk")):
        for name, value in zip(OF_ALL, values, strict=True):
            counts[name][value] += n
    organisations = senders.filter(organisation__isnull=False).order_by()
    for size, role, n in organisations.values_list("organisation__size", "organisation__role").annotate(n=Count("pk")):
        counts["organisation_size"][size] += n
        counts["organisation_role"][" ".join(role.split())] += n
    counts["organisation_role"] = Counter(rules.rare_together(counts["organisation_role"]))
    return {
        name: rules.mask_counts({code: found[code] for code in sorted(found)})
        for name, found in counts.items()
        if found
    }
