"""A version of a questionnaire at the release gate: its content, and every page of it in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.publishing import registry
from engage.publishing.canonical import canonical_json
from engage.publishing.form_labels import PAGE
from engage.publishing.registry import Form
from surveys import actions, building, queries
from surveys.answering import rules
from surveys.answering.showing import ShownPicture, pictures_of
from surveys.answering.words import minutes_needed
from surveys.definition import model
from surveys.models import Version

_CONTENT = pgettext_lazy("outgoing form", "the definition from which every page is made")


def _stored(version: Version) -> Version:
    return Version.objects.select_related("questionnaire__department").get(pk=version.pk)


def outgoing_forms(version: Version) -> list[Form]:
    """Return every form in which a version goes out."""
    version = _stored(version)
    forms = [Form("content", _CONTENT, "application/json", canonical_json(building.content(version)))]
    for language in building.LANGUAGES:
        with translation.override(language):
            page = body(version, language).encode()
        forms.append(Form(f"page:{language}", PAGE[language], "text/html", page, language=language))
    return forms


def body(version: Version, language: str) -> str:
    """Return the start page and, below, every page with all its questions, answers and messages in one language."""
    shown = queries.shown(version, language=language, now=timezone.now())
    inline = queries.pictures_inline(shown.ready.pictures)
    context = {
        "shown": shown,
        "questionnaire": version.questionnaire,
        "minutes": minutes_needed(shown),
        "kept_days": rules.KEPT.days,
        "foreign_lang": "",
        "pages": [_page(page, shown, inline) for page in shown.definition.pages],
        "closing": shown.runtime.choose(shown.definition.closing, language),
        "quotas": [shown.runtime.choose(quota.message, language) for quota in shown.definition.quotas],
    }
    return render_to_string("surveys/script.html", context)


def _page(page: model.Page, shown: queries.Shown, inline: Mapping[str, str]) -> dict[str, object]:
    words = shown.runtime.choose
    return {
        "title": words(page.title, shown.language),
        "help": words(page.help, shown.language),
        "items": [_item(item, shown, inline) for item in page.items],
    }


def _item(
    item: model.Group | model.Repeat | model.Question, shown: queries.Shown, inline: Mapping[str, str]
) -> dict[str, object]:
    def words(texts: model.Texts) -> str:
        return shown.runtime.choose(texts, shown.language)

    said: dict[str, object] = {
        "label": words(item.label) or item.name,
        "help": words(item.help),
        "pictures": _pictures(item, shown, inline),
        "relevant": item.relevant,
    }
    if not isinstance(item, model.Question):
        return said | {"items": [_item(one, shown, inline) for one in item.items]}
    options, rows = (
        [{"label": words(one.words) or one.value, "pictures": _pictures(one, shown, inline)} for one in several]
        for several in (shown.definition.options_of(item), item.rows)
    )
    messages = [message for message in (words(item.required_message), words(item.constraint_message)) if message]
    return said | {"rows": rows, "options": options, "messages": messages}


def _pictures(
    part: model.Group | model.Repeat | model.Question | model.Option,
    shown: queries.Shown,
    inline: Mapping[str, str],
) -> list[ShownPicture]:
    """Return the pictures of a part with what is in them: it is signed with the words, and seen without an address.

    A sound or film is signed by the digest of its content, which is under its name for ever.
    """
    seen = pictures_of(part, shown.runtime, shown.language, shown.ready.pictures)
    return [
        replace(one, source=inline[one.name]) if one.kind == "image" else replace(one, digest=inline[one.name])
        for one in seen
    ]


def lacks(version: Version) -> list[tuple[str, str]]:
    """Name what is missing before a version may be handed in."""
    version = _stored(version)
    if version.state not in actions.IN_WORK:
        return [(gettext("This version is not being written now, so it cannot be changed"), "")]
    return [(building.gap_sentence(gap), "") for gap in building.gaps(version)]


def title(version: Version) -> str:
    """Name a version, as the desk lists it."""
    shown = queries.shown(_stored(version), language=translation.get_language() or "", now=timezone.now())
    return gettext("Questionnaire: %(title)s") % {"title": shown.title}


GATED = registry.GatedKind(
    actions.KIND,
    _("questionnaire"),
    registry.STANDARD,
    registry.Subject(
        model="surveys.Version",
        forms=outgoing_forms,
        writers=lambda version: set(version.writers.values_list("pk", flat=True)),
        title=title,
        publish=actions.publish,
        unpublish=actions.unpublish,
        lacks=lacks,
    ),
)
