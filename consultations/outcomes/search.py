"""What of outcomes can be found: the published ones, in each language."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import ConsultationPage
from consultations.outcomes.models import Outcome
from consultations.outcomes.queries.rows import in_language
from engage.accounts.actors import ANYONE
from engage.search.registry import Entry, Source


def _public() -> QuerySet[Outcome]:
    return Outcome.objects.visible_to(ANYONE).select_related("consultation")


def _entries(outcome: Outcome) -> Iterator[Entry]:
    pages = ConsultationPage.objects.visible_to(ANYONE).filter(consultation=outcome.consultation)
    assert outcome.published_at is not None
    for page in pages.select_related("locale"):
        language = page.locale.language_code
        texts = outcome.content["texts"].get(language, {})
        words = [texts.get("summary", ""), texts.get("next_steps", ""), texts.get("method", "")]
        for row in outcome.content["rows"]:
            words.append(" ".join([in_language(row["titles"], language), row["reasons"].get(language, "")]))
            for said in row["said"]:
                words.append(said["names"].get(language, ""))
                words += [decision["reasons"].get(language, "") for decision in said["decisions"]]
        with translation.override(language):
            title = _("%(title)s: what you said, what we changed") % {"title": page.title}
            url = reverse("outcome", args=[outcome.consultation.slug])
        yield Entry(
            language=language,
            title=title,
            body="\n".join(line for line in words if line.strip()),
            url=url,
            published_at=outcome.published_at,
            department_id=outcome.consultation.department_id,
        )


SOURCE = Source("outcome", gettext_lazy("Outcomes"), Outcome, _public, _entries)
