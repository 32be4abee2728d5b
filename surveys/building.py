"""What of a version goes to the gate: its canonical content, and what stands against publishing it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from engage.publishing.canonical import canonical_json
from surveys import queries, quotas
from surveys.answering.file_kinds import kinds_taken
from surveys.answering.private import PERSONAL_TYPES
from surveys.definition import checks, model, pictures
from surveys.finding_words import finding_sentence, place_of
from surveys.models import Questionnaire, Version

# The languages of the site: a questionnaire has to be whole in both.
LANGUAGES = ("zh-hans", "en")
# A file says no more of who somebody is than what is in it; its sender is told so beside the field.
ASKS_WHO = PERSONAL_TYPES - model.FILE_TYPES


@dataclass(frozen=True)
class Gap:
    """One thing that stands against publishing; `path` is a JSON Pointer into the definition."""

    code: str
    path: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    sentence: str = ""


def access_of(definition: model.Definition) -> str:
    """Who may answer by what the definition says."""
    invited = definition.settings.one_per == "invitation"
    return Questionnaire.Access.INVITED if invited else Questionnaire.Access.OPEN


def definition_hash(version: Version) -> str:
    """The SHA-256 of a definition in canonical JSON."""
    return hashlib.sha256(canonical_json(version.definition)).hexdigest()


def content(version: Version) -> dict[str, Any]:
    """All that a version says in public; the definition with who asks and when."""
    questionnaire = version.questionnaire
    return {
        "key": questionnaire.key,
        "number": version.number,
        "department": questionnaire.department.code,
        "opens_at": questionnaire.opens_at,
        "closes_at": questionnaire.closes_at,
        "definition": version.definition,
    }


def content_hash(version: Version) -> str:
    """The SHA-256 of the content in canonical JSON."""
    return hashlib.sha256(canonical_json(content(version))).hexdigest()


def gaps(version: Version) -> list[Gap]:
    """List what stands against publishing a version, the definition's own faults first."""
    definition = version.parsed
    found = [
        Gap(finding.code, finding.path, finding.values, finding_sentence(finding, definition))
        for finding in checks.check(definition)
        if finding.severity == "error"
    ]
    if not definition.pages:
        found.append(Gap("no_pages"))
    if not definition.settings.modes:
        found.append(Gap("no_ways"))
    complete = checks.completeness(definition)
    for language in LANGUAGES:
        if language not in complete:
            found.append(Gap("language_missing", "/languages", {"language": language}))
        elif complete[language].done < complete[language].total:
            missing = complete[language].total - complete[language].done
            found.append(Gap("texts_missing", "", {"language": language, "n": missing}))
    found += _of_questions(definition)
    found += _of_media(definition)
    for number, quota in enumerate(definition.quotas):
        if quota.limit > quotas.PLACES_MOST:
            found.append(Gap("quota_too_large", f"/quotas/{number}", {"name": quota.name, "most": quotas.PLACES_MOST}))
    return found + _of_settings(version, definition)


def _of_questions(definition: model.Definition) -> list[Gap]:
    found = []
    for entry in definition.entries:
        item = entry.item
        if not isinstance(item, model.Question):
            continue
        values = {"place": place_of(entry.path, definition)}
        if item.type in model.FILE_TYPES and not kinds_taken(item):
            found.append(Gap("accept_nothing", f"{entry.path}/accept", values))
        if definition.settings.anonymous and (item.personal or item.type in ASKS_WHO):
            found.append(Gap("anonymous_asks_who", entry.path, values))
    return found


def _of_media(definition: model.Definition) -> list[Gap]:
    """Find pictures, sounds and films that are not there, and names of files that are something else."""
    found = []
    there = queries.picture_sizes(pictures.names(definition)).keys()
    for shown in pictures.places(definition):
        place, kind = place_of(shown.path, definition), shown.medium.kind
        if not any(shown.medium.source.values()):
            found.append(Gap("picture_unnamed" if kind == "image" else "sound_unnamed", shown.path, {"place": place}))
        for name in sorted(set(shown.medium.source.values()) - {""}):
            if name not in there:
                code = "picture_missing" if kind == "image" else "sound_missing"
            elif pictures.kind_of(name) != kind:
                code = "medium_mistaken"
            else:
                continue
            found.append(Gap(code, shown.path, {"place": place, "name": name}))
    return found


def _of_settings(version: Version, definition: model.Definition) -> list[Gap]:
    questionnaire, found = version.questionnaire, []
    if definition.settings.one_per == "contact":
        found.append(Gap("one_per_untaken", "/settings/one_per"))
    if definition.settings.anonymous != questionnaire.anonymous and (
        questionnaire.responses.exists() or questionnaire.invitations.exists()
    ):
        found.append(Gap("anonymity_changed", "/settings/anonymous"))
    return found


def gap_sentence(gap: Gap) -> str:
    """Say one gap in the active language."""
    return gap.sentence or _own_sentence(gap)


def _own_sentence(gap: Gap) -> str:
    languages = {"zh-hans": gettext("Chinese"), "en": gettext("English")}
    values = {**gap.values, "language": languages.get(str(gap.values.get("language")), "")}
    sentences = {
        "no_pages": gettext("The questionnaire has no page yet"),
        "no_ways": gettext("The settings name no way in which it is answered"),
        "language_missing": gettext("The questionnaire is not in %(language)s"),
        "texts_missing": gettext("In %(language)s texts are missing: %(n)s"),
        "quota_too_large": gettext("The quota “%(name)s” has more than %(most)s places"),
        "accept_nothing": gettext("%(place)s: we take none of the kinds of files that are named; films for one"),
        "picture_missing": gettext("%(place)s: the picture “%(name)s” is not there; add it under Pictures"),
        "picture_unnamed": gettext("%(place)s: a picture has no file"),
        "sound_missing": gettext("%(place)s: the sound or film “%(name)s” is not there; add it under Pictures"),
        "sound_unnamed": gettext("%(place)s: a sound or film has no file"),
        "medium_mistaken": gettext(
            "%(place)s: “%(name)s” is not of the kind it is named as; choose a picture, a sound or a film again"
        ),
        "anonymous_asks_who": gettext("%(place)s: an anonymous questionnaire does not ask who somebody is"),
        "one_per_untaken": gettext("Answering once per contact cannot be held to; use invitations"),
        "anonymity_changed": gettext("People were invited or have answered, so anonymity cannot be changed any more"),
    }
    return sentences[gap.code] % values
