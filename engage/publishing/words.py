"""The sentences of the release gate: refusals by code."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engage.pages.templatetags.wording import in_words
from engage.publishing import registry


def _missing(values: dict[str, Any]) -> str:
    labels = [str(key.label) for key in registry.get(values["kind"]).keys if key.code in values["keys"]]
    return gettext("This version still needs: %(keys)s") % {"keys": in_words(labels)}


REFUSALS = {
    "sign_off_own": (_("You wrote in it yourself. Somebody else has to approve it"), 403),
    "sign_off_missing": (_missing, 409),
}
