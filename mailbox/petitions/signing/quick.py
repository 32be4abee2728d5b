"""The short way of signing and confirming (engage.quick): what is in perfect order, in one statement for many."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.utils.http import http_date

from engage import quick
from engage.participation.forms import clean_text, read_token
from engage.participation.queries import about_options
from mailbox.petitions.actions import signing
from mailbox.petitions.countries import countries
from mailbox.petitions.models import Signature
from mailbox.petitions.queries import consent
from mailbox.petitions.signing import device, group, links
from mailbox.petitions.signing.typed import read

# How long a process remembers which regions there are and which words of consent are in force; what is not among them
# goes the ordinary way.
_KEPT_SECONDS = 10
_regions: tuple[float, frozenset[str]] = (0.0, frozenset())
# The mark of the words, and the number of their version; 0 while nobody agreed to them.
_consent = ("", 0)


def regions() -> frozenset[str]:
    """Return the codes of regions, read once in a while with the version of the words of consent."""
    global _regions, _consent
    if time.monotonic() > _regions[0] or not _consent[1]:
        shown = consent.shown(Signature.Part.SIGNER)
        found = consent.version(shown.part, shown.months)
        _consent = (shown.mark, found[0] if found else 0)
        _regions = time.monotonic() + _KEPT_SECONDS, frozenset(code for code, _label in about_options("region"))
    return _regions[1]


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(code for code, _name in countries())


def sign(post: quick.Post) -> quick.SeeOther | None:
    """Ask to sign, as views.sign does."""
    fields = post.fields
    typed = read(lambda name, otherwise: fields.get(name, otherwise), clean_text, regions(), _countries())
    token = read_token(typed.token)
    if typed.faults or token is None:
        return None
    mark, version = _consent
    if not version or typed.consent not in ("", mark):
        return None
    ask = signing.Ask(
        petition_id=int(post.match["petition"]),
        token=token,
        name=typed.name,
        email=typed.email,
        language=post.language,
        region=typed.region,
        country=typed.country,
        wants_news=typed.news,
        client=post.client,
        consent=version,
    )
    written = group.asking.submit(ask.row())
    if written is None:
        return None
    receipt = signing.receipt(written.pk, written.asked_at, "")
    path = settings.LANGUAGE_PATHS[post.language]
    return quick.SeeOther(f"/{path}/petitions/signatures/{receipt.reference}/", _cookie(token.hex, int(time.time())))


def _cookie(value: str, now: int) -> str:
    """Write the cookie as `device.keep` does."""
    secure = "; Secure" if settings.PRODUCTION else ""
    return (
        f"{device.COOKIE}={value}; expires={_expires(now)}; HttpOnly; Max-Age={device.KEPT_SECONDS}; Path=/; "
        f"SameSite=Lax{secure}"
    )


@lru_cache(maxsize=4)
def _expires(now: int) -> str:
    return http_date(now + timedelta(seconds=device.KEPT_SECONDS).total_seconds())


def confirm(post: quick.Post) -> quick.SeeOther | None:
    """Confirm a request, as views.confirm does."""
    pk, key = int(post.match["signature"]), post.match["key"]
    if "act" in post.fields or not links.fits(links.CONFIRM, pk, key):
        return None
    return quick.SeeOther(f"{post.path}done/") if group.confirming.submit(pk) else None


def plug_in() -> None:
    """Register both."""
    quick.register(r"/petitions/(?P<petition>\d{1,18})/sign/", sign)
    quick.register(rf"/petitions/signatures/(?P<signature>\d{{1,18}})/(?P<key>[\w-]{{{links.KEY_LENGTH}}})/", confirm)
