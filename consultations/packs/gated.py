"""A pack at the release gate: one content, and the words that pages, feeds and the API make of it."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from consultations.packs import actions, queries
from consultations.packs.actions.writing import IN_WORK
from consultations.packs.models import Pack
from consultations.packs.words import gap_url, missing_sentence
from engage.pages.translation import HTML_LANG
from engage.publishing import registry
from engage.publishing.canonical import canonical_json
from engage.publishing.form_labels import API, FEED, PAGE
from engage.publishing.registry import Form

_CONTENT = pgettext_lazy("outgoing form", "all that the page, the feed and the API are made from")


def body(content: dict[str, Any], pack: Pack, language: str) -> str:
    """Return the part of the public page that a pack fills, in its own language."""
    with translation.override(language):
        reading = queries.reading(pack, language)
        context = {
            "blocks": queries.shown(content, language, reading),
            "consultation": pack.consultation,
            "foreign_lang": HTML_LANG.get(reading.text.language, "") if reading.text.language != language else "",
        }
        return render_to_string("consultations/packs/body.html", context)


def outgoing_forms(pack: Pack) -> list[Form]:
    """Return every form in which a pack goes out, from its parts as they stand now."""
    pack = Pack.objects.select_related("consultation", "version__draft").get(pk=pack.pk)
    pack.content = queries.build(pack).content
    forms = [Form("content", _CONTENT, "application/json", canonical_json(pack.content))]
    for language in queries.LANGUAGES:
        with translation.override(language):
            heading = gettext("Explained: %(title)s") % {"title": pack.consultation.title}
            page = format_html("<h1>{}</h1>\n{}", heading, body(pack.content, pack, language)).encode()
            link = reverse("interpretation_edition", args=[pack.consultation.slug, pack.number])
            entry = {"title": heading, "description": queries.background_of(pack, language), "link": link}
            data = queries.words_as_data(pack, language, queries.reading(pack, language))
        forms += [
            Form(f"page:{language}", PAGE[language], "text/html", page, language=language),
            Form(f"feed:{language}", FEED[language], "application/json", canonical_json(entry), language=language),
            Form(f"api:{language}", API[language], "application/json", canonical_json(data), language=language),
        ]
    return forms


def lacks(pack: Pack) -> list[tuple[str, str]]:
    """Name what is missing before a pack may be handed in, with where to close the gap."""
    if pack.state not in IN_WORK:
        return [(gettext("This interpretation is not being written now, so it cannot be changed"), _edit_url(pack))]
    blocks = queries.blocks_of(pack)
    gaps = queries.build(pack).missing
    return [(missing_sentence(gap), gap_url(pack, gap, blocks) or _edit_url(pack)) for gap in gaps]


def _edit_url(pack: Pack) -> str:
    return reverse("pack_builder", args=[pack.pk])


def _title(pack: Pack) -> str:
    return gettext("Interpretation: %(title)s") % {"title": pack.consultation.title}


GATED = registry.GatedKind(
    actions.KIND,
    _("interpretation of a draft or a final document"),
    registry.STANDARD,
    registry.Subject(
        model="packs.Pack",
        forms=outgoing_forms,
        writers=lambda pack: set(pack.writers.values_list("pk", flat=True)),
        title=_title,
        edit_url=_edit_url,
        publish=actions.publish,
        unpublish=actions.unpublish,
        lacks=lacks,
    ),
)
