"""Makes a request to sign of what was posted, the same for readers and for sponsors."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from engage.errors import Refused
from engage.participation import limits
from engage.participation.forms import read_token
from mailbox.petitions.actions import signing
from mailbox.petitions.actions.signing import Ask
from mailbox.petitions.models import Petition, Signature
from mailbox.petitions.queries import consent as queries
from mailbox.petitions.starting.forms import SignerFields


def asked(
    request: HttpRequest,
    petition: Petition,
    form: SignerFields,
    *,
    part: str = Signature.Part.SIGNER,
    letter: str = "confirm",
) -> tuple[Ask, queries.Shown | None]:
    """Return the request of a form without faults, and the words of consent that it showed.

    Raises Refused("petition_consent_changed") when the words of consent are other ones than those that were shown.
    """
    values = form.cleaned_data
    agreed = queries.agreed(part, values["consent"])
    ask = Ask(
        petition_id=petition.pk,
        token=read_token(values["token"]) or uuid.uuid4(),
        name=values["name"],
        email=values["email"],
        language=get_language() or settings.LANGUAGE_CODE,
        wants_news=values.get("news", False),
        client=limits.client_address(request),
        part=part,
        letter=letter,
        **form.place(),
    )
    if agreed is None and not signing.is_known(ask):
        raise Refused("petition_consent_changed")
    return ask, agreed
