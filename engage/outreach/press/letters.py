"""Letters of the media list, each in the language it was asked for in."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from engage.outreach.press.models import MediaContact


def _address(name: str, *args: object) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)


def leaving(language: str, signature: str) -> str:
    """Return the address of the page on which the letters are stopped."""
    with translation.override(language):
        return _address("media_leave", signature)


def one_click(language: str, signature: str) -> str:
    """Return the address to which the reader's mail program posts in order to stop the letters (RFC 8058)."""
    with translation.override(language):
        return _address("media_leave_at_once", signature)


def asked(row: MediaContact, signature: str) -> tuple[str, str]:
    """Return subject and text of the letter that asks for the confirmation."""
    with translation.override(row.language):
        subject = _("Please confirm: the media list")
        if row.confirmed_at is not None:
            body = _("You are on our media list already. To stop these letters, open this page:\n%(leave)s")
        else:
            body = _(
                "Somebody asked us to send the monthly media digest to this address. If it was you, open this page "
                "within 7 days and press the button:\n%(confirm)s\n\nIf it was not you, do nothing: we forget the "
                "address."
            )
        return subject, body % {
            "confirm": _address("media_confirm", signature),
            "leave": _address("media_leave", signature),
        }


def entered(row: MediaContact, signature: str) -> tuple[str, str]:
    """Return subject and text of the letter that tells a journalist that we entered them."""
    with translation.override(row.language):
        subject = _("You are on our media list")
        body = _(
            "We put this address on our media list, on this basis: %(basis)s (%(note)s). Once a month we write what "
            "we published.\n\nTo stop these letters and have the address forgotten:\n%(leave)s"
        )
        return subject, body % {
            "basis": row.get_basis_display(),
            "note": row.basis_note,
            "leave": _address("media_leave", signature),
        }
