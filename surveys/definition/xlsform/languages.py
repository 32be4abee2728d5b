"""Languages of a form, written as its author liked, as tags (BCP 47): "English (en)", "français", "中文"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

UNTAGGED = ""
"""Words without a language; they are in the form's default language."""
UNDETERMINED = "und"

_TAG = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_IN_BRACKETS = re.compile(r"\(([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\)\s*$")
_NAMES: Mapping[str, str] = {
    "english": "en", "french": "fr", "français": "fr", "francais": "fr", "spanish": "es", "español": "es",
    "espanol": "es", "portuguese": "pt", "português": "pt", "portugues": "pt", "arabic": "ar", "العربية": "ar",
    "russian": "ru", "русский": "ru", "german": "de", "deutsch": "de", "italian": "it", "italiano": "it",
    "japanese": "ja", "日本語": "ja", "korean": "ko", "한국어": "ko", "hindi": "hi", "bengali": "bn", "swahili": "sw",
    "kiswahili": "sw", "indonesian": "id", "vietnamese": "vi", "thai": "th", "turkish": "tr", "persian": "fa",
    "nepali": "ne", "urdu": "ur", "macedonian": "mk", "chinese": "zh", "mandarin": "zh", "中文": "zh",
    "汉语": "zh-hans", "simplified chinese": "zh-hans", "chinese simplified": "zh-hans", "简体中文": "zh-hans",
    "traditional chinese": "zh-hant", "chinese traditional": "zh-hant", "繁體中文": "zh-hant", "繁体中文": "zh-hant",
    "tibetan": "bo", "uyghur": "ug", "uighur": "ug", "mongolian": "mn", "zhuang": "za",
}  # fmt: skip


def language_tags(names: Iterable[str], default: str) -> dict[str, str]:
    """Return the tag of every language of a form, that of its default language first.

    `names` are the languages its headings have, `default` the setting, "" when there is none. UNTAGGED has the tag of
    the default language, UNDETERMINED when that is not said. No two names have one tag, except UNTAGGED.
    """
    tags: dict[str, str] = {}
    if default and default != "default":
        tags[UNTAGGED] = tags[default] = language_tag(default)
    else:
        tags[UNTAGGED] = tags["default"] = UNDETERMINED
    for name in names:
        if name in tags:
            continue
        tag, number = language_tag(name), 1
        while tag in tags.values():
            number += 1
            tag = f"{language_tag(name)}-x-{number}"
        tags[name] = tag
    return tags


def language_tag(name: str) -> str:
    """Return the tag for one name: what stands in brackets, else a known name, else as much of it as a tag may have."""
    if found := _IN_BRACKETS.search(name):
        return found[1].replace("_", "-").lower()
    plain = " ".join(name.lower().replace("_", " ").split())
    if plain in _NAMES:
        return _NAMES[plain]
    joined = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30].strip("-")
    return joined if _TAG.fullmatch(joined) else UNDETERMINED
