"""Published answers and disclosures at the release gate: one frozen content, and what is made from it.

A published answer needs the head of the department, openness and secrecy; a disclosure the legal review too, since a
decision and its ground are told.
"""

from __future__ import annotations

from collections.abc import Callable

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.publishing import registry
from engage.publishing.canonical import canonical_json
from engage.publishing.form_labels import API, FEED, PAGE
from engage.publishing.registry import HEAD, OPENNESS, SECRECY, STANDARD, Form
from mailbox.models import Draft
from mailbox.publication import actions, building, queries, rules
from mailbox.publication.models import Publication
from mailbox.publication.words import LACKS, LEFT

_CONTENT = pgettext_lazy("outgoing form", "all that page, feed, search and API are made from")


def body(item: queries.Shown, *, preview: bool = False) -> str:
    """Return the part of the public page that an item fills, in the active language."""
    return render_to_string("mailbox/publication/body.html", {"item": item, "preview": preview})


def outgoing_forms(publication: Publication) -> list[Form]:
    """Return every form in which an item goes out, from its rows as they stand now."""
    built = building.build(publication)
    forms = [Form("content", _CONTENT, "application/json", canonical_json(built.content))]
    for language in rules.LANGUAGES:
        with translation.override(language):
            item = queries.shown(publication, language, content=built.content, titles=False)
            page = format_html("<h1>{}</h1>\n{}", item.title, body(item, preview=True)).encode()
            entry = {"title": item.title, "description": item.excerpt, "link": item.url}
            data = queries.as_data(item)
        forms += [
            Form(f"page:{language}", PAGE[language], "text/html", page, language=language),
            Form(f"feed:{language}", FEED[language], "application/json", canonical_json(entry), language=language),
            Form(f"api:{language}", API[language], "application/json", canonical_json(data), language=language),
        ]
    for file in publication.files.filter(removed_at=None).exclude(file=""):
        forms.append(
            Form(
                f"file:{file.pk}",
                file.name,
                file.media_type,
                text=file.text or file.name,
                sha256=file.sha256,
                size=file.size,
            )
        )
    return forms


def writers(publication: Publication) -> set[int]:
    """Return who wrote the answer and who prepared it for the public: none of them signs it."""
    case = publication.case
    drafts = Draft.objects.filter(case__in=[case.pk, case.merged_into_id or case.pk], state=Draft.State.SENT)
    found = set(publication.writers.values_list("pk", flat=True))
    found |= {pk for pk in drafts.values_list("writers", flat=True) if pk is not None}
    plainly = case.steps.filter(code="answer_plainly", by__isnull=False)
    return found | set(plainly.values_list("by_id", flat=True))


def edit_url(publication: Publication) -> str:
    """Return where it is prepared."""
    return reverse("desk_case_publish", args=[publication.case_id])


def _lacks_of(form: str) -> Callable[[Publication], list[tuple[str, str]]]:
    def lacks(publication: Publication) -> list[tuple[str, str]]:
        address = edit_url(publication)
        if publication.form != form:
            return [(gettext("The case was moved or decided anew; what is prepared does not fit it any more"), address)]
        built = building.build(publication)
        found = [(str(LACKS[code]), address) for code in built.lacks]
        return [*found, *((str(LEFT) % {"words": words}, address) for words in built.left)]

    return lacks


def title(publication: Publication) -> str:
    """Return what it is called, without what is taken out."""
    words = building.build(publication).content["words"]
    return str(words[publication.language]["title"]) or gettext("Without a title")


def _subject(form: str) -> registry.Subject:
    return registry.Subject(
        model="publication.Publication",
        forms=outgoing_forms,
        writers=writers,
        title=title,
        edit_url=edit_url,
        publish=actions.publish,
        unpublish=actions.unpublish,
        lacks=_lacks_of(form),
    )


KINDS = (
    registry.GatedKind(rules.REPLY, _("published answer"), (HEAD, OPENNESS, SECRECY), _subject(rules.REPLY)),
    registry.GatedKind(rules.DISCLOSURE, _("disclosure"), STANDARD, _subject(rules.DISCLOSURE)),
)
