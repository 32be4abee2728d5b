"""An outcome at the release gate: one content, and the words that pages, feeds and letters make of it."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from consultations.coding.models import Decision
from consultations.outcomes import actions, letters, queries, rules
from consultations.outcomes.exports.about import about, masking_note
from consultations.outcomes.models import Outcome
from consultations.outcomes.words import gap_url, missing_sentence
from engage.publishing import registry
from engage.publishing.canonical import canonical_json
from engage.publishing.form_labels import FEED, PAGE
from engage.publishing.registry import Form

_CONTENT = pgettext_lazy("outgoing form", "all that the API and the files (XLSX, CSV, DOCX, PDF, JSON) are made from")
_LETTER = {
    "zh-hans": pgettext_lazy("outgoing form", "letters to senders in Chinese, each with the parts on their own points"),
    "en": pgettext_lazy("outgoing form", "letters to senders in English, each with the parts on their own points"),
}


def body(content: dict[str, Any], outcome: Outcome, language: str) -> str:
    """Return the part of the public page that an outcome fills, in its own language."""
    with translation.override(language):
        shown = queries.shown(content, language)
        context = {
            "view": shown,
            "consultation": outcome.consultation,
            "masking_note": masking_note(shown.took_part),
            "least": rules.LEAST,
        }
        return render_to_string("consultations/outcomes/body.html", context)


def outgoing_forms(outcome: Outcome) -> list[Form]:
    """Return every form in which an outcome goes out, from the desk's work as it stands now."""
    outcome = Outcome.objects.select_related("consultation", "version", "version_after").get(pk=outcome.pk)
    outcome.content = queries.build(outcome).content
    forms = [Form("content", _CONTENT, "application/json", canonical_json(outcome.content))]
    for language in queries.LANGUAGES:
        with translation.override(language):
            told = about(outcome, language)
            link = reverse("outcome", args=[outcome.consultation.slug])
            page = format_html("<h1>{}</h1>\n{}", told.heading, body(outcome.content, outcome, language)).encode()
            entry = {"title": told.heading, "description": told.shown.texts.get("summary", ""), "link": link}
            letter = letters.all_words(outcome, language).encode()
        forms += [
            Form(f"page:{language}", PAGE[language], "text/html", page, language=language),
            Form(f"feed:{language}", FEED[language], "application/json", canonical_json(entry), language=language),
            Form(f"letter:{language}", _LETTER[language], "text/plain", letter, language=language),
        ]
    return forms


def writers(outcome: Outcome) -> set[int]:
    """Return whose words go out: of the outcome, and of the reasons of the decisions in force."""
    decisions = Decision.objects.filter(
        consultation=outcome.consultation_id, replaced_at=None, decided_by__isnull=False
    )
    return {
        *outcome.writers.values_list("pk", flat=True),
        *decisions.values_list("decided_by", flat=True),
    }


def lacks(outcome: Outcome) -> list[tuple[str, str]]:
    """Name what is missing before an outcome may be handed in, with where to close the gap."""
    if outcome.state not in queries.IN_WORK:
        return [(gettext("This outcome is not being written now, so it cannot be changed"), _edit_url(outcome))]
    gaps = queries.build(outcome).missing
    return [(missing_sentence(gap), gap_url(outcome.consultation.slug, gap)) for gap in gaps]


def _edit_url(outcome: Outcome) -> str:
    return reverse("outcome_builder", args=[outcome.consultation.slug])


def _title(outcome: Outcome) -> str:
    return gettext("Outcome: %(title)s") % {"title": outcome.consultation.title}


GATED = registry.GatedKind(
    actions.KIND,
    _("outcome of a consultation"),
    registry.STANDARD,
    registry.Subject(
        model="outcomes.Outcome",
        forms=outgoing_forms,
        writers=writers,
        title=_title,
        edit_url=_edit_url,
        publish=actions.publish,
        unpublish=actions.unpublish,
        lacks=lacks,
    ),
)
