"""The types of survey rows: every spelling the format has had, and what each of them is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

GROUP, REPEAT, LOOP = "group", "repeat", "loop"
TEXT, NOTE, INTEGER, DECIMAL, DATE, TIME, DATETIME = "text", "note", "integer", "decimal", "date", "time", "datetime"
PHONE, PERCENTAGE, DAYS = "phone", "percentage", "days"
GEOPOINT, GEOTRACE, GEOSHAPE, OSM, BARCODE = "geopoint", "geotrace", "geoshape", "osm", "barcode"
IMAGE, AUDIO, VIDEO, FILE = "image", "audio", "video", "file"
ACKNOWLEDGE, RANGE, CALCULATE, HIDDEN, AUDIT, INCLUDE = (
    "acknowledge",
    "range",
    "calculate",
    "hidden",
    "audit",
    "include",
)
SELECT_ONE, SELECT_MULTIPLE, RANK = "select_one", "select_multiple", "rank"
SELECT_ONE_EXTERNAL, SELECT_ONE_FILE, SELECT_MULTIPLE_FILE = (
    "select_one_external",
    "select_one_from_file",
    "select_multiple_from_file",
)
METADATA, BACKGROUND, EXTERNAL = "metadata", "background", "external"

SELECTS = frozenset((SELECT_ONE, SELECT_MULTIPLE, RANK, SELECT_ONE_EXTERNAL, SELECT_ONE_FILE, SELECT_MULTIPLE_FILE))
FROM_FILE = frozenset((SELECT_ONE_FILE, SELECT_MULTIPLE_FILE))
UNSEEN = frozenset((CALCULATE, HIDDEN, AUDIT, METADATA, BACKGROUND, EXTERNAL))
"""Kinds of rows that ask nothing and need no label."""
EXTERNAL_TYPES = frozenset(("xml-external", "csv-external"))
HINTED = frozenset((PHONE, DAYS))
"""Kinds whose hint is built in, so that they need no label."""

_SPELLINGS: dict[str, tuple[str, ...]] = {
    TEXT: ("text", "string", "q string", "add text prompt"),
    NOTE: ("note", "q note", "add note prompt"),
    INTEGER: ("integer", "int", "q int", "add integer prompt"),
    DECIMAL: ("decimal", "q decimal", "add decimal prompt"),
    DATE: ("date", "q date", "add date prompt"),
    TIME: ("time",),
    DATETIME: (
        "dateTime",
        "datetime",
        "date time",
        "q date time",
        "q dateTime",
        "add date time prompt",
        "add dateTime prompt",
    ),
    PHONE: ("phone number",),
    PERCENTAGE: ("percentage",),
    DAYS: ("number of days in last month", "number of days in last six months", "number of days in last year"),
    GEOPOINT: ("geopoint", "q geopoint", "location", "q location", "add location prompt", "gps"),
    GEOTRACE: ("geotrace", "q geotrace"),
    GEOSHAPE: ("geoshape", "q geoshape"),
    BARCODE: ("barcode", "q barcode", "add barcode prompt"),
    IMAGE: ("image", "photo", "q image", "q picture", "add image prompt", "add photo prompt"),
    AUDIO: ("audio", "q audio", "add audio prompt"),
    VIDEO: ("video", "q video", "add video prompt"),
    FILE: ("file", "add file prompt"),
    ACKNOWLEDGE: ("acknowledge", "trigger", "q acknowledge", "add acknowledge prompt"),
    RANGE: ("range",),
    CALCULATE: ("calculate", "q calculate", "add calculate prompt"),
    HIDDEN: ("hidden",),
    AUDIT: ("audit",),
    INCLUDE: ("include",),
    EXTERNAL: tuple(EXTERNAL_TYPES),
    BACKGROUND: ("start-geopoint", "background-audio", "background-geopoint"),
}
_METADATA: dict[str, tuple[str, ...]] = {
    "start": ("start", "start time", "get start time"),
    "end": ("end", "end time", "get end time"),
    "today": ("today", "get today"),
    "deviceid": ("deviceid", "device id", "get device id", "imei", "uri:deviceid"),
    "subscriberid": ("subscriberid", "subscriber id", "get subscriber id", "uri:subscriberid"),
    "simserial": ("simserial", "sim id", "get sim id", "uri:simserial"),
    "phonenumber": ("phonenumber", "get phone number", "uri:phonenumber"),
    "username": ("username", "uri:username"),
    "email": ("email", "uri:email"),
}
_SELECT_COMMANDS: dict[str, str] = {
    "select_one": SELECT_ONE,
    "select one": SELECT_ONE,
    "select one from": SELECT_ONE,
    "select1": SELECT_ONE,
    "add select one prompt using": SELECT_ONE,
    "select_multiple": SELECT_MULTIPLE,
    "select all that apply": SELECT_MULTIPLE,
    "select all that apply from": SELECT_MULTIPLE,
    "add select multiple prompt using": SELECT_MULTIPLE,
    "select_one_external": SELECT_ONE_EXTERNAL,
    "select_one_from_file": SELECT_ONE_FILE,
    "select one from file": SELECT_ONE_FILE,
    "select_multiple_from_file": SELECT_MULTIPLE_FILE,
    "select multiple from file": SELECT_MULTIPLE_FILE,
    "rank": RANK,
}
_WITHOUT_LIST = frozenset(
    (
        *_SELECT_COMMANDS,
        "select multiple from",
        "select one using",
        "select multiple using",
        "q select",
        "q select1",
        "cascading select",
        "cascading_select",
    )
)
_SECTIONS = {"group": GROUP, "repeat": REPEAT, "lgroup": REPEAT, "looped group": REPEAT, "loop": LOOP}

_PLAIN: Mapping[str, str] = {
    **{spelling: kind for kind, spellings in _SPELLINGS.items() for spelling in spellings},
    **{spelling: METADATA for spellings in _METADATA.values() for spelling in spellings},
}
_WHICH_METADATA = {spelling: what for what, spellings in _METADATA.items() for spelling in spellings}


def _any_of(words: Mapping[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_BEGIN = re.compile(rf"begin[\s_](?P<section>{_any_of(_SECTIONS)})(?: (?:over )?(?P<list>\S+))?")
_END = re.compile(rf"end[\s_](?P<section>{_any_of(_SECTIONS)})")
_SELECT = re.compile(
    rf"(?P<command>{_any_of(_SELECT_COMMANDS)}) (?P<list>\S+)(?P<other> (?:or specify other|or_other|or other))?"
)
_OSM = re.compile(r"osm(?: (?P<list>\S+).*)?")


@dataclass(frozen=True)
class RowType:
    """What a row is. `opens` and `closes` name a section; `written` is the spelling in the form."""

    kind: str
    written: str
    opens: str = ""
    closes: str = ""
    list_name: str = ""
    or_other: bool = False
    metadata: str = ""
    lacks_list: bool = False


def row_type(written: str) -> RowType | None:
    """Return what a type is, None when the format has no such type; case matters, as it does to the converter."""
    if found := _BEGIN.fullmatch(written):
        section = _SECTIONS[found["section"]]
        return RowType(section, written, opens=section, list_name=found["list"] or "")
    if found := _END.fullmatch(written):
        section = _SECTIONS[found["section"]]
        return RowType(section, written, closes=section)
    if found := _SELECT.fullmatch(written):
        kind = _SELECT_COMMANDS[found["command"]]
        return RowType(kind, written, list_name=found["list"], or_other=bool(found["other"]))
    if found := _OSM.fullmatch(written):
        return RowType(OSM, written, list_name=found["list"] or "")
    if written in _PLAIN:
        return RowType(_PLAIN[written], written, metadata=_WHICH_METADATA.get(written, ""))
    if written in _WITHOUT_LIST:
        return RowType(SELECT_ONE, written, lacks_list=True)
    return None
