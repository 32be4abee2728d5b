"""How the outgoing forms that many kinds have are called: language of the form to its name, in the active language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

PAGE: Mapping[str, Promise] = {
    "zh-hans": pgettext_lazy("outgoing form", "page in Chinese"),
    "en": pgettext_lazy("outgoing form", "page in English"),
}
FEED: Mapping[str, Promise] = {
    "zh-hans": pgettext_lazy("outgoing form", "feed entry in Chinese"),
    "en": pgettext_lazy("outgoing form", "feed entry in English"),
}
API: Mapping[str, Promise] = {
    "zh-hans": pgettext_lazy("outgoing form", "answer of the API in Chinese"),
    "en": pgettext_lazy("outgoing form", "answer of the API in English"),
}
