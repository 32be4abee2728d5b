"""The words of letters, each in the language of who gets it."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engage.outreach.follows import links, registry
from engage.outreach.follows.models import Follower
from engage.outreach.follows.registry import Tag, Told


def titles(tags: Sequence[Tag]) -> list[str]:
    """Return how things are called in the active language, in their order; what is hidden is left out."""
    names = registry.names_of(tags)
    return [names[tag].title for tag in tags if tag in names]


def asked(follower: Follower, tags: Sequence[Tag], *, language: str, rhythm: str, known: bool) -> tuple[str, str]:
    """Return subject and text of the letter that asks for the confirmation; `known`: it follows all of it already."""
    with translation.override(language):
        called = titles(tags)
        if len(called) == 1:
            subject = _("Please confirm: follow “%(title)s”") % {"title": called[0]}
        else:
            subject = _("Please confirm what you want to follow")
        what = "\n".join(f"- {title}" for title in called)
        if known:
            body = _(
                "You follow this already:\n%(what)s\n\nTo change it, to pause or to stop, open this page:\n%(manage)s"
            )
            return subject, body % {"what": what, "manage": managed(follower, language)}
        confirm = links.address("follow_confirm", links.confirming(follower, language=language, rhythm=rhythm))
        body = _(
            "Somebody asked us to write to this address when there is news of:\n%(what)s\n\nIf it was you, open this "
            "page within 7 days and press the button:\n%(confirm)s\n\nIf it was not you, do nothing: we forget it."
        )
        return subject, body % {"what": what, "confirm": confirm}


def managed(follower: Follower, language: str) -> str:
    """Return the address of the page where a follower changes, pauses or stops."""
    return links.address("follow_manage", links.managing(follower), language=language)


def one_click(follower: Follower) -> str:
    """Return the address to which the reader's mail program posts in order to stop the letters (RFC 8058)."""
    return links.address("follow_stop_at_once", links.managing(follower))


def told(words: Told) -> tuple[str, str]:
    """Return subject and text of the letter about one event, in the active language."""
    body = _("%(sentence)s\n\nRead more:\n%(address)s")
    return words.headline, body % {"sentence": words.text, "address": settings.PUBLIC_URL + words.path}


def digest(several: Sequence[Told], rhythm: str) -> tuple[str, str]:
    """Return subject and text of one letter about several events, in the active language."""
    n = len(several)
    if rhythm == Follower.Rhythm.WEEKLY:
        subject = ngettext("This week: %(n)d piece of news", "This week: %(n)d pieces of news", n)
    else:
        subject = ngettext("Today: %(n)d piece of news", "Today: %(n)d pieces of news", n)
    parts = [f"{one.headline}\n{one.text}\n{settings.PUBLIC_URL}{one.path}" for one in several]
    return subject % {"n": n}, "\n\n\n".join(parts)


def foot(follower: Follower) -> str:
    """Return what stands below every letter, in the active language."""
    words = _("You get this letter because you follow our news. To change what you hear of, to pause or to stop:")
    return f"\n\n--\n{words}\n{managed(follower, follower.language)}\n"
