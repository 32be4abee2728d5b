"""What the checks of a definition find, as sentences for its author."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from surveys.definition import model
from surveys.definition.checks import Finding

_SENTENCES: dict[str, str | Promise] = {
    "circular": _("%(place)s: conditions go round in a circle: %(names)s"),
    "refers_later": _("%(place)s: the condition reads “%(name)s”, which is asked later"),
    "unreachable": _("%(place)s: nobody can ever see this, for its condition is never met"),
    "value_not_offered": _("%(place)s: the condition asks for “%(value)s”, which “%(name)s” does not offer"),
    "never_offered": _("%(place)s: the answer “%(value)s” is never offered"),
    "dead_end": _("%(place)s: whoever comes here can neither answer nor go on"),
    "empty_range": _("%(place)s: no number lies between %(minimum)s and %(maximum)s"),
    "no_options": _("%(place)s: there is nothing to choose from"),
    "no_rows": _("%(place)s: the table has no rows"),
    "no_calculation": _("%(place)s: it is not said how this is calculated"),
    "no_label": _("%(place)s: the words of the question are missing"),
    "option_unnamed": _("%(place)s: write its words, or say in a few what its picture, sound or film is"),
    "no_alternative_text": _("%(place)s: say in words what the picture shows"),
    "no_transcript": _("%(place)s: write in words all that is said and seen in the sound or film"),
    "film_captions": _(
        "%(place)s: if someone speaks in the film, have captions in its picture or write what is said on the page "
        "(WCAG 1.2.2)"
    ),
    "empty_page": _("%(place)s: the page is empty"),
    "required_note": _("%(place)s: a note cannot be answered, so it cannot be needed"),
    "required_unasked": _("%(place)s: nobody is asked this, so it cannot be needed"),
    "duplicate_label": _("%(place)s: the answer “%(label)s” stands there twice"),
    "unknown_language": _("%(place)s: there are words in a language the questionnaire does not have: %(language)s"),
    "translation_missing": _("%(place)s: words are missing in this language: %(language)s"),
    "piped_unknown": _("%(place)s: the text names “%(name)s”, and there is no such question"),
    "long_question": _("%(place)s: the question is long (%(length)s); people forget how it began past %(limit)s"),
    "quota_closed": _("%(place)s: the quota takes nobody"),
    "web_only": _("%(place)s: files are given on the web; by telephone and on paper this is not asked"),
    # of expressions
    "unknown_name": _("%(place)s: the condition names “%(name)s”, and there is no such question"),
    "no_own_value": _("%(place)s: “.” means nothing here"),
    "not_in_filter": _("%(place)s: “@%(name)s” is no field of these answers"),
    "type_clash": _("%(place)s: the condition compares or adds what does not fit together"),
    "never_equal": _("%(place)s: the condition compares with “%(value)s”, which it can never be"),
    "use_selected": _("%(place)s: several answers can be chosen in “%(name)s”: ask with selected()"),
    "zero_division": _("%(place)s: the calculation divides by zero"),
    "needs_name": _("%(place)s: the function %(function)s needs the name of a question"),
}
_OTHER = _("%(place)s: the condition or the pattern cannot be worked out")


def place_of(path: str, definition: model.Definition) -> str:
    """Name the part of a definition that a JSON Pointer leads to, as its author knows it."""
    language = get_language() or ""

    def words(texts: Any) -> str:
        for wanted in (language, *definition.languages):
            if texts.get(wanted):
                return str(texts[wanted])[:80]
        return ""

    holder = max((e for e in definition.entries if f"{path}/".startswith(f"{e.path}/")), key=_length, default=None)
    if holder is not None:
        return words(holder.item.label) or holder.item.name
    steps = path.split("/")
    if steps[1:2] == ["pages"] and len(steps) > 2 and steps[2].isdigit() and int(steps[2]) < len(definition.pages):
        page = definition.pages[int(steps[2])]
        return gettext("Page “%(title)s”") % {"title": words(page.title) or page.name}
    if steps[1:2] == ["quotas"] and len(steps) > 2 and steps[2].isdigit() and int(steps[2]) < len(definition.quotas):
        return gettext("Quota “%(name)s”") % {"name": definition.quotas[int(steps[2])].name}
    return gettext("The questionnaire")


def _length(entry: model.Entry) -> int:
    return len(entry.path)


def finding_sentence(finding: Finding, definition: model.Definition) -> str:
    """Say a finding in the active language."""
    values = {name: ", ".join(map(str, v)) if isinstance(v, list | tuple) else v for name, v in finding.values.items()}
    values["place"] = place_of(finding.path, definition)
    return str(_SENTENCES.get(finding.code, _OTHER)) % values
