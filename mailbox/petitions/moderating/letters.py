"""What starter and sponsors of a petition are told by mail: its publication, why it was turned down, other words."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from engage.participation.receipts import track_url
from mailbox.petitions.actions import letters as signers
from mailbox.petitions.models import Petition, State

Letter = tuple[str, str]


def address(petition: Petition) -> str:
    """Return where everybody reads a petition, in the active language."""
    return settings.PUBLIC_URL + reverse("petition", args=[petition.pk])


def _values(petition: Petition) -> dict[str, str]:
    return {
        "title": petition.title,
        "reference": petition.reference,
        "url": address(petition),
        "track": track_url(petition.submission),
    }


def _because(petition: Petition) -> str:
    """Say why it was turned down, in the moderators' own words too, and how that can be mended."""
    assert petition.reason is not None
    said = [_("Reason: %(reason)s") % {"reason": petition.reason}]
    if petition.reason_note:
        said.append(petition.reason_note)
    return "\n\n".join(said)


def opened(petition: Petition, *, as_starter: bool) -> Letter:
    """Say that it is open for signatures, and until when."""
    assert petition.closes_at is not None
    values = _values(petition) | {"until": date_format(localtime(petition.closes_at), "DATETIME_FORMAT")}
    if as_starter:
        return (
            _("Your petition is open for signatures: %(title)s (%(reference)s)") % values,
            _(
                "The moderators have published your petition:\n%(title)s\n\n"
                "Everybody can sign it until %(until)s. Your own signature and those of your sponsors count.\n\n"
                "Its address, to pass on:\n%(url)s\n\nYour receipt, where you follow what becomes of it:\n%(track)s"
            )
            % values,
        )
    return (
        _("The petition you support is open for signatures: %(title)s (%(reference)s)") % values,
        _(
            "The moderators have published the petition that you support:\n%(title)s\n\n"
            "Everybody can sign it until %(until)s. You have signed it as one of its sponsors; there is nothing more "
            "for you to do.\n\nIts address, to pass on:\n%(url)s"
        )
        % values,
    )


def rejected(petition: Petition, *, as_starter: bool) -> Letter:
    """Say why it is not published, and how to mend it."""
    assert petition.reason is not None
    values = _values(petition) | {"why": _because(petition), "mend": petition.reason.mend}
    if as_starter:
        return (
            _("Your petition was not published: %(title)s (%(reference)s)") % values,
            _(
                "The moderators have not published your petition:\n%(title)s\n\n%(why)s\n\n"
                "What you can do: %(mend)s\n\n"
                "On the page of your receipt you can change the words and hand it in again:\n%(track)s\n\n"
                "Everybody can read the petition with this reason, but nobody can sign it:\n%(url)s"
            )
            % values,
        )
    return (
        _("The petition you support was not published: %(title)s (%(reference)s)") % values,
        _(
            "The moderators have not published the petition that you support:\n%(title)s\n\n%(why)s\n\n"
            "Its starter may change the words and hand it in again. You can read it here:\n%(url)s"
        )
        % values,
    )


def merged(petition: Petition, other: Petition, *, as_starter: bool) -> Letter:
    """Say that another petition asks for the same, and lead there."""
    values = _values(petition) | {"why": _because(petition), "other": other.title, "other_url": address(other)}
    if as_starter:
        return (
            _("Your petition was not published, one like it is open: %(title)s (%(reference)s)") % values,
            _(
                "The moderators have not published your petition, because an open one asks for the same:\n%(title)s"
                "\n\n%(why)s\n\nSign the open one instead, so that all signatures count together:\n"
                "%(other)s\n%(other_url)s\n\nYour receipt:\n%(track)s"
            )
            % values,
        )
    return (
        _("The petition you support was not published, one like it is open: %(title)s (%(reference)s)") % values,
        _(
            "The moderators have not published the petition that you support, because an open one asks for the "
            "same:\n%(title)s\n\n%(why)s\n\nSign the open one instead, so that all signatures count together:\n"
            "%(other)s\n%(other_url)s"
        )
        % values,
    )


def told_of(petition: Petition, other: Petition, *, as_starter: bool) -> Letter:
    """Say that an open petition asks for the same; this one goes on."""
    values = _values(petition) | {"other": other.title, "other_url": address(other)}
    if as_starter:
        return (
            _("An open petition asks for the same as yours: %(other)s (%(reference)s)") % values,
            _(
                "You started this petition:\n%(title)s\n\nOne that is open already asks for much the same:\n"
                "%(other)s\n%(other_url)s\n\n"
                "If it says what you want, sign it: signatures of both would not be added up. You can withdraw your "
                "own on the page of your receipt; if you do nothing, it goes on.\n%(track)s"
            )
            % values,
        )
    return (
        _("An open petition asks for the same as the one you support: %(other)s (%(reference)s)") % values,
        _(
            "You support this petition, which is not published yet:\n%(title)s\n\n"
            "One that is open already asks for much the same:\n%(other)s\n%(other_url)s\n\n"
            "If it says what you want, you can sign it, too."
        )
        % values,
    )


def hidden(petition: Petition, *, as_starter: bool) -> Letter:
    """Say that it is not shown. Its words are not repeated."""
    assert petition.reason is not None
    values = {
        "reference": petition.reference,
        "reason": str(petition.reason),
        "mend": petition.reason.mend,
        "track": track_url(petition.submission),
    }
    if as_starter:
        return (
            _("Your petition is not shown: %(reference)s") % values,
            _(
                "Two moderators have decided that your petition %(reference)s is not shown to anybody.\n\n"
                "Reason: %(reason)s\n\nWhat you can do: %(mend)s\n\nYour receipt:\n%(track)s"
            )
            % values,
        )
    return (
        _("The petition you support is not shown: %(reference)s") % values,
        _(
            "Two moderators have decided that the petition %(reference)s, which you support, is not shown to "
            "anybody.\n\nReason: %(reason)s"
        )
        % values,
    )


def edited(petition: Petition, before: Mapping[str, str], note: str) -> Letter:
    """Give the starter both texts."""
    labels = {
        "title": _("What should be done"),
        "action": _("What exactly you ask for"),
        "background": _("Why"),
        "details": _("More details"),
    }
    parts = [
        _("%(label)s\nYour words: %(before)s\nThe words now: %(after)s")
        % {
            "label": labels[name],
            "before": before[name] or _("(nothing)"),
            "after": getattr(petition, name) or _("(taken out)"),
        }
        for name in labels
        if before[name] != getattr(petition, name)
    ]
    values = _values(petition)
    said = [
        _("A moderator has changed the words of your petition before its publication."),
        *([note] if note else []),
        *parts,
        _("If you do not want it published so, withdraw it on the page of your receipt:\n%(track)s") % values,
    ]
    return _("The words of your petition were changed: %(title)s (%(reference)s)") % values, "\n\n".join(said)


def stopped(petition: Petition) -> Letter:
    """Say that petitions are not taken any more."""
    values = _values(petition)
    return (
        _("Your petition was stopped: %(title)s (%(reference)s)") % values,
        _(
            "Petitions are not taken for the time being, because the body that would answer them has ended its "
            "work. Yours was not published yet and is stopped:\n%(title)s\n\n"
            "You can hand it in again when petitions are taken once more. Your receipt:\n%(track)s"
        )
        % values,
    )


def unsupported(petition: Petition, months: int) -> Letter:
    """Say that it did not find its sponsors in time."""
    values = _values(petition) | {"months": months}
    return (
        _("Your petition was stopped: %(title)s (%(reference)s)") % values,
        _(
            "Your petition did not find its sponsors within %(months)d months. It was not published and is "
            "stopped:\n%(title)s\n\n"
            "You can start it again at any time. Your receipt:\n%(track)s"
        )
        % values,
    )


def left_aside(petition: Petition, months: int) -> Letter:
    """Say that the moderators came to no decision about it in time."""
    values = _values(petition) | {"months": months}
    return (
        _("Your petition was stopped: %(title)s (%(reference)s)") % values,
        _(
            "The moderators set your petition aside and did not decide about it within %(months)d months. It was not "
            "published and is stopped:\n%(title)s\n\n"
            "You can start it again at any time; ask us if you want to know why. Your receipt:\n%(track)s"
        )
        % values,
    )


# --- to sponsors, composed by the worker when they are sent ---------------------------------------------------------


def sponsor_opened(letter: signers.Letter) -> signers.Words | None:
    """Compose the letter to a sponsor of a petition that was published; none once it is not open any more."""
    petition = letter.petition
    return signers.Words(*opened(petition, as_starter=False)) if petition.state == State.OPEN else None


def sponsor_rejected(letter: signers.Letter) -> signers.Words | None:
    """Compose the letter to a sponsor of a petition that was turned down."""
    petition = letter.petition
    return signers.Words(*rejected(petition, as_starter=False)) if petition.state == State.REJECTED else None


def sponsor_merged(letter: signers.Letter) -> signers.Words | None:
    """Compose the letter that leads a sponsor to the petition that is open."""
    other = letter.petition.merged_into
    if other is None or letter.petition.state != State.REJECTED:
        return None
    return signers.Words(*merged(letter.petition, other, as_starter=False))


def sponsor_told_of(letter: signers.Letter) -> signers.Words | None:
    """Compose the letter that tells a sponsor of an open petition; none when that is over meanwhile."""
    other = Petition.objects.filter(pk=letter.row.about, state=State.OPEN).first()
    return signers.Words(*told_of(letter.petition, other, as_starter=False)) if other else None


def sponsor_hidden(letter: signers.Letter) -> signers.Words | None:
    """Compose the letter to a sponsor of a petition that is not shown."""
    petition = letter.petition
    return signers.Words(*hidden(petition, as_starter=False)) if petition.state == State.HIDDEN else None


TO_SPONSORS: Mapping[str, signers.Compose] = {
    "opened": sponsor_opened,
    "rejected": sponsor_rejected,
    "merged": sponsor_merged,
    "told_of": sponsor_told_of,
    "hidden": sponsor_hidden,
}
