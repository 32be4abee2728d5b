"""The sentences of channels and deliveries."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


def _late(values: dict[str, Any]) -> str:
    return ngettext(
        "The other side did not answer within %(seconds)d second",
        "The other side did not answer within %(seconds)d seconds",
        values["seconds"],
    ) % {"seconds": values["seconds"]}


REFUSALS = {
    "outbound_address_wrong": _("This is not a complete web address. Write it as https://name/path"),
    "outbound_scheme": _("The address must begin with https://"),
    "outbound_credentials": _("Take the user name and the password out of the address"),
    "outbound_port": _("The site may not connect to port %(port)s"),
    "outbound_host_closed": _("%(host)s lies in a closed network, where the site may not send anything"),
    "outbound_host_unknown": _("There is no server of the name %(host)s"),
    "outbound_redirects": _("The address leads on more than %(most)d times"),
    "outbound_redirect_scheme": _("The address leads on to another kind of address"),
    "outbound_late": _late,
    "outbound_too_large": _("The answer is larger than %(most)d bytes"),
    "outbound_unreachable": _("%(host)s cannot be reached, or breaks off"),
    "outbound_tls": _("The certificate of %(host)s is not valid"),
}
