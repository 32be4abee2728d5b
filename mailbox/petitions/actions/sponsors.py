"""Sponsors: who stands behind a petition before it is published. They sign as everybody does, by a secret link."""

from __future__ import annotations

from django.utils.translation import gettext as _

from engage.errors import Refused
from mailbox.petitions.actions import letters, signing
from mailbox.petitions.actions.starting import advance, locked
from mailbox.petitions.models import Petition, Signature
from mailbox.petitions.queries import starting as queries
from mailbox.petitions.queries.consent import Shown
from mailbox.petitions.queries.settings import rules as settings_of_petitions
from mailbox.petitions.signing import links as signing_links
from mailbox.petitions.starting import rules

# Not the purpose of readers' links: those lead to the page of signing.
PURPOSE = "sponsor"
LETTER = "sponsor"


def ask_to_sponsor(petition: Petition, ask: signing.Ask, agreed: Shown | None = None) -> signing.Receipt:
    """Write a sponsor's request with its letter; the same token leads to the same one.

    Raises Refused("petition_sponsors_full" | "petition_sponsors_over") when no more are taken, Refused as
    `signing.ask_to_sign`.
    """
    if rules.may_sponsor(petition.state, queries.sponsors_of(petition)):
        return signing.ask_to_sign(ask, agreed)
    try:
        return signing.asked_before(ask)
    except Refused:
        full = petition.state in rules.GATHERS
        raise Refused("petition_sponsors_full" if full else "petition_sponsors_over") from None


def follow_sponsor(signature: Signature) -> None:
    """Let the petition go on when a sponsor confirmed; raises Refused("petition_sponsors_full") for one too many."""
    petition = locked(signature.petition_id)
    assert signature.confirmed_at is not None
    if petition.state not in rules.GATHERS:
        return
    sponsors = queries.sponsors_of(petition)
    if sponsors.confirmed > sponsors.most:
        raise Refused("petition_sponsors_full")
    advance(petition, at=signature.confirmed_at)


def compose(letter: letters.Letter) -> letters.Words | None:
    """Say what a sponsor's letter says: the link, or why there is none. Nothing of a petition that is shut goes out."""
    title = letter.petition.title
    if letter.signature.state != Signature.State.PENDING or letter.petition.is_shut:
        return None
    if letter.standing == "signed":
        return letters.Words(
            _("You support this petition already: %(title)s") % {"title": title},
            _("Your signature under “%(title)s” counts already. There is nothing to do.") % {"title": title},
        )
    if letter.standing == "full":
        return letters.Words(
            _("This address is used already: %(title)s") % {"title": title},
            _("Two persons have signed “%(title)s” with this address. A third needs an address of their own.")
            % {"title": title},
        )
    return letters.Words(
        _("Confirm that you support: %(title)s") % {"title": title},
        _(
            "You were asked to support a petition before it is published:\n\n%(title)s\n\n%(action)s\n\n"
            "Open this page within %(days)d days and press the button:\n%(url)s\n\n"
            "If you did not ask for this letter, do nothing: nothing counts."
        )
        % {
            "title": title,
            "action": letter.petition.action,
            "days": settings_of_petitions().confirm_days,
            "url": signing_links.address(
                "petition_confirm_sponsor", PURPOSE, letter.signature.pk, letter.signature.language
            ),
        },
    )
