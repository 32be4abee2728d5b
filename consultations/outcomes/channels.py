"""How the channels by which comments came are called in a table."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def channel_label(channel: str) -> str:
    """Name a channel: `web`, `paper`, `embed:<host>`, `import:<name>` ..."""
    names = {
        "web": pgettext("channel of a comment", "This site"),
        "paper": pgettext("channel of a comment", "Paper"),
        "phone": pgettext("channel of a comment", "Telephone"),
        "hearing": pgettext("channel of a comment", "Hearing"),
        "counter": pgettext("channel of a comment", "Counter"),
        "email": pgettext("channel of a comment", "E-mail"),
        "event": pgettext("channel of a comment", "Event"),
        "live": pgettext("channel of a comment", "Live interview"),
    }
    kind, _colon, source = channel.partition(":")
    if kind == "embed" and source:
        return _("The form on %(host)s") % {"host": source}
    if kind == "import" and source:
        return _("Taken over from %(source)s") % {"source": source}
    return names.get(channel, channel)
