"""What the columns of an XLSForm are called: spellings, old names, and the parts of a heading.

A heading names an attribute, often with a part and a language after it: `label::English (en)`, `media::image::fr`,
`bind::jr:constraintMsg`. The rules are those of the XLSForm reference (https://xlsform.org/en/ref-table/) and what its
converter does where the reference is silent: case and spaces do not matter in known names, a single colon separates
only where no heading of the sheet has two, and a heading that is not known stays as it is, since filters of choices
name such columns.
"""

from __future__ import annotations

from collections.abc import Mapping

Path = tuple[str, ...]
"""A heading in its parts, the name of the attribute first."""

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
EXTERNAL_CHOICES, ENTITIES, OSM = "external_choices", "entities", "osm"
SHEETS = (SURVEY, CHOICES, SETTINGS, EXTERNAL_CHOICES, ENTITIES, OSM)

TYPE: Path = ("type",)
NAME: Path = ("name",)
LABEL: Path = ("label",)
HINT: Path = ("hint",)
GUIDANCE: Path = ("guidance_hint",)
MEDIA: Path = ("media",)
LIST: Path = ("list name",)
DEFAULT: Path = ("default",)
TRIGGER: Path = ("trigger",)
PARAMETERS: Path = ("parameters",)
CHOICE_FILTER: Path = ("choice_filter",)
DISABLED: Path = ("disabled",)
RELEVANT: Path = ("bind", "relevant")
REQUIRED: Path = ("bind", "required")
REQUIRED_MESSAGE: Path = ("bind", "jr:requiredMsg")
READ_ONLY: Path = ("bind", "readonly")
CONSTRAINT: Path = ("bind", "constraint")
CONSTRAINT_MESSAGE: Path = ("bind", "jr:constraintMsg")
CALCULATE: Path = ("bind", "calculate")
SAVE_TO: Path = ("bind", "entities:saveto")
APPEARANCE: Path = ("control", "appearance")
COUNT: Path = ("control", "jr:count")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PICTURES_AND_SOUND: dict[str, Path] = {kind: ("media", kind) for kind in ("image", "big-image", "audio", "video")}

_SURVEY_ALIASES: dict[str, Path] = {
    **_PICTURES_AND_SOUND,
    "caption": LABEL,
    "command": TYPE,
    "tag": NAME,
    "value": NAME,
    "relevant": RELEVANT,
    "relevance": RELEVANT,
    "required": REQUIRED,
    "required_message": REQUIRED_MESSAGE,
    "requiredmsg": REQUIRED_MESSAGE,
    "read_only": READ_ONLY,
    "readonly": READ_ONLY,
    "constraint": CONSTRAINT,
    "constraint_message": CONSTRAINT_MESSAGE,
    "constraining_message": CONSTRAINT_MESSAGE,
    "calculation": CALCULATE,
    "calculate": CALCULATE,
    "appearance": APPEARANCE,
    "count": COUNT,
    "repeat_count": COUNT,
    "jr:count": COUNT,
    "rows": ("control", "rows"),
    "autoplay": ("control", "autoplay"),
    "body": ("control",),
    "save_to": SAVE_TO,
    "noapperrorstring": ("bind", "jr:noAppErrorString"),
    "no_app_error_string": ("bind", "jr:noAppErrorString"),
    "compact_tag": ("instance", "odk:tag"),
}
_SURVEY_KNOWN = _names(
    "type name label hint guidance_hint media bind control instance default trigger parameters choice_filter "
    "list_name choices itemset query extra_data actions parent sms_field sms_option sms_separator sms_allow_media "
    "sms_date_format sms_datetime_format sms_response"
)
_LIST_ALIASES: dict[str, Path] = {**_PICTURES_AND_SOUND, "caption": LABEL, "value": NAME, "list_name": LIST}
_LIST_KNOWN = _names("name label media parent extra_data sms_option")
_SETTINGS_ALIASES: dict[str, Path] = {
    "form_title": ("title",),
    "set_form_title": ("title",),
    "form_id": ("id_string",),
    "set_form_id": ("id_string",),
}
SETTINGS_OF_SURVEY: Mapping[str, str] = {alias: path[0] for alias, path in _SETTINGS_ALIASES.items()} | {
    "prefix": "prefix"
}
"""Types of survey rows that are settings written there: their name is the value."""
_SETTINGS_KNOWN = _names(
    "name label title id_string version default_language instance_name instance_xmlns style flat public_key "
    "submission_url auto_send auto_delete allow_choice_duplicates add_none_option clean_text_values "
    "omit_instanceID namespaces attribute client_editable sms_keyword sms_separator sms_allow_media "
    "sms_date_format sms_datetime_format sms_response delimiter prefix type bind control hint media instance"
)
_ENTITIES_KNOWN = _names("dataset entity_id create_if update_if repeat label")

_ALIASES: dict[str, dict[str, Path]] = {
    SURVEY: _SURVEY_ALIASES,
    CHOICES: _LIST_ALIASES,
    EXTERNAL_CHOICES: _LIST_ALIASES,
    OSM: _LIST_ALIASES,
    SETTINGS: _SETTINGS_ALIASES,
    ENTITIES: {"list_name": ("dataset",)},
}
_KNOWN: dict[str, frozenset[str]] = {
    SURVEY: _SURVEY_KNOWN,
    CHOICES: _LIST_KNOWN,
    EXTERNAL_CHOICES: _LIST_KNOWN,
    OSM: _LIST_KNOWN,
    SETTINGS: _SETTINGS_KNOWN,
    ENTITIES: _ENTITIES_KNOWN,
}


def heading_path(kind: str, heading: str, *, double_colons: bool) -> tuple[Path, bool]:
    """Return the parts of a heading, and whether it is spelled otherwise than the attribute's own name.

    `double_colons` says that a heading of the same sheet has "::"; then a single colon belongs to the name.
    """
    aliases, known = _ALIASES[kind], _KNOWN[kind]
    plain = _plain(heading)
    for whole in (heading, plain):
        if whole in known and whole not in aliases:
            return (whole,), whole != heading
    parts = _parts(heading, "::" if double_colons or "::" in heading else ":")
    first = _plain(parts[0])
    if first in aliases:
        return aliases[first] + parts[1:], True
    if first in known:
        return (first, *parts[1:]), first != heading
    return parts, False


def known_path(kind: str, path: Path) -> bool:
    """Say whether a column of this kind of sheet is one that the format has."""
    return path[0] in _KNOWN[kind] or any(path[0] == full[0] for full in _ALIASES[kind].values())


def _plain(name: str) -> str:
    return "_".join(name.split()).lower()


def _parts(heading: str, separator: str) -> Path:
    parts = [part.strip() for part in heading.split(separator)]
    if separator == ":" and "jr" in parts[:-1]:
        # The one namespace that was written with single colons: jr:count, bind:jr:constraintMsg.
        at = parts.index("jr")
        parts[at : at + 2] = [f"jr:{parts[at + 1]}"]
    return tuple(parts)
