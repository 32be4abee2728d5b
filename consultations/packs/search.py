"""What of packs can be found: the published ones, in each language."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import ConsultationPage
from consultations.packs import queries
from consultations.packs.models import Pack
from consultations.packs.words import kind_label
from engage.accounts.actors import ANYONE
from engage.search.registry import Entry, Source


def _public() -> QuerySet[Pack]:
    return queries.published_packs(actor=ANYONE)


def _entries(pack: Pack) -> Iterator[Entry]:
    pages = ConsultationPage.objects.visible_to(ANYONE).filter(consultation=pack.consultation)
    assert pack.published_at is not None
    for page in pages.select_related("locale"):
        language = page.locale.language_code
        with translation.override(language):
            title = _("Explained: %(title)s") % {"title": page.title}
            url = reverse("interpretation_edition", args=[pack.consultation.slug, pack.number])
            lines = []
            for block in pack.content["blocks"]:
                words = block["texts"].get(language, {})
                lines.append(" ".join(part for part in (kind_label(block["kind"]), words.get("heading", "")) if part))
                lines += [words.get(name, "") for name in ("body", "byline", "affiliation", "source")]
        yield Entry(
            language=language,
            title=title,
            body="\n".join(line for line in lines if line.strip()),
            url=url,
            published_at=pack.published_at,
            department_id=pack.consultation.department_id,
        )


SOURCE = Source("pack", gettext_lazy("Interpretations"), Pack, _public, _entries)
