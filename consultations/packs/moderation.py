"""How readers' reactions look in the moderation queue."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consultations.drafts.labels import label
from consultations.packs.models import Reaction
from engage.participation.moderation import Source


def _title(reaction: Reaction) -> str:
    parts = [reaction.pack.consultation.title]
    if reaction.clause is not None:
        where = label(reaction.clause.level, reaction.clause.number, get_language() or "")
        parts += [where] if where else []
    return " · ".join(parts)


def _text(reaction: Reaction) -> str:
    return reaction.text


def _url(reaction: Reaction) -> str:
    address = reverse("interpretation", args=[reaction.pack.consultation.slug])
    return f"{address}#reaction-{reaction.pk}"


SOURCE = Source(
    code="reaction",
    label=_("Reactions to interpretations"),
    model=Reaction,
    title=_title,
    text=_text,
    url=_url,
    related=("pack__consultation", "clause", "submission"),
    prefetch=("pack__consultation__pages__locale",),
)
