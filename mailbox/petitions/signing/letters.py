"""The words of the letter that asks for the confirmation, each in the language of who gets it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mailbox.petitions.actions.letters import Letter, Words
from mailbox.petitions.models import Signature
from mailbox.petitions.queries.settings import rules
from mailbox.petitions.signing import links

UNCONFIRMED = (Signature.State.PENDING,)


def confirmation(letter: Letter) -> Words | None:
    """Ask for the confirmation; who signed already, and a third person at one address, learn it here and nowhere else.

    The page is the same for all, so that nobody can try out who signed what.
    Of a petition that is shut nothing goes out.
    """
    signature, title = letter.signature, letter.petition.title
    if signature.state not in UNCONFIRMED or letter.petition.is_shut:
        return None
    if letter.other is not None:
        return Words(
            _("You have signed already: %(title)s") % {"title": title},
            _(
                "Somebody asked to sign this petition with your name and this address:\n%(title)s\n\n"
                "Your signature counts already; there is nothing to do. To see or withdraw it:\n%(mine)s\n\n"
                "If it was not you, do nothing."
            )
            % {"title": title, "mine": links.managing(letter.other, signature.language)},
        )
    if letter.standing == "full":
        return Words(
            _("This address is in use: %(title)s") % {"title": title},
            _(
                "Somebody asked to sign this petition with this address:\n%(title)s\n\n"
                "Two persons have signed with it already, and more cannot. Whoever else wants to sign needs an "
                "address of their own."
            )
            % {"title": title},
        )
    return Words(
        _("Please confirm your signature: %(title)s") % {"title": title},
        _(
            "Somebody asked to sign this petition with this address:\n%(title)s\n\n"
            "If it was you, open this page within %(days)s days and press the button. Only then your signature counts:"
            "\n%(confirm)s\n\n"
            "If it was not you, do nothing: without the button nothing counts."
        )
        % {
            "title": title,
            "days": rules().confirm_days,
            "confirm": links.confirming(signature.pk, signature.language),
        },
    )
