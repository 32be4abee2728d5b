"""The sentences of packs: refusals by code, what is missing, names of kinds and fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from consultations.outcomes.words import language_name
from consultations.packs.models import Block, Pack
from consultations.packs.rules import Missing
from engage.pages.templatetags.wording import in_words


def kind_label(kind: str) -> str:
    """Name a kind of block in the active language."""
    return str(Block.Kind(kind).label)


def field_label(name: str) -> str:
    """Name a field of a block in the active language."""
    return {
        "body": pgettext("field of a pack", "the text"),
        "byline": pgettext("field of a pack", "the byline"),
        "source": pgettext("field of a pack", "the source"),
        "affiliation": pgettext("field of a pack", "the affiliation"),
        "interest": pgettext("field of a pack", "the declared interest"),
    }[name]


def _words(values: Mapping[str, Any]) -> str:
    return gettext("%(kind)s: %(fields)s missing in %(language)s") % {
        "kind": kind_label(values["kind"]),
        "fields": in_words([field_label(name) for name in values["fields"]]),
        "language": language_name(values["language"]),
    }


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "version_unpublished": lambda values: (
        gettext("Version %(number)d, which this explains, is not published yet") % dict(values)
    ),
    "not_answered": lambda values: gettext("The outcome of the call is not published, so there is no final document"),
    "block_missing": lambda values: gettext("The part “%(kind)s” is missing") % {"kind": kind_label(values["kind"])},
    "words_missing": _words,
    "date_missing": lambda values: gettext("%(kind)s: the date is missing") % {"kind": kind_label(values["kind"])},
    "address_missing": lambda values: (
        gettext("%(kind)s: the web address is missing") % {"kind": kind_label(values["kind"])}
    ),
    "expert_awaited": lambda values: gettext(
        "An expert's text is not taken over yet: wait for it and accept it, or remove the part"
    ),
}


def missing_sentence(gap: Missing) -> str:
    """Say one gap in the active language."""
    return _SENTENCES[gap.code](gap.values)


def gap_url(pack: Pack, gap: Missing, blocks: Iterable[Block]) -> str:
    """Return the address where a gap is closed; empty when it is closed elsewhere."""
    block = next((one for one in blocks if one.pk == gap.block), None)
    if block is None:
        return ""
    awaited = gap.code == "expert_awaited" and getattr(block, "invitation", None) is not None
    return reverse("pack_expert" if awaited else "pack_block", args=[pack.pk, block.pk])


def _incomplete(values: dict[str, Any]) -> str:
    first, *rest = values["missing"]
    if not rest:
        return gettext("This cannot go on yet: %(gap)s") % {"gap": missing_sentence(first)}
    return ngettext(
        "This cannot go on yet: %(gap)s. %(n)d more thing is missing",
        "This cannot go on yet: %(gap)s. %(n)d more things are missing",
        len(rest),
    ) % {"gap": missing_sentence(first), "n": len(rest)}


REFUSALS = {
    "pack_incomplete": (_incomplete, 409),
    "pack_without_call": _("This text belongs to no call, so there is nowhere to show an interpretation"),
    "pack_call_not_answered": (_("The outcome of this call is not published yet, so there is no final document"), 409),
    "pack_not_final": _("The outcome names another version as the final document"),
    "pack_not_open": (_("This interpretation is not being written now, so it cannot be changed"), 409),
    "pack_changed_meanwhile": (
        _("Somebody else changed this interpretation meanwhile. Read it again; what you typed is kept below"),
        409,
    ),
    "pack_text_too_long": _("A text has at most %(most)d characters here"),
    "pack_full": _("An interpretation has at most %(most)d parts"),
    "pack_clauses_too_many": _("Choose at most %(most)d clauses"),
    "pack_unknown_text": _("There is no such text in an interpretation"),
    "block_kind_wrong": _("There is no such part to add"),
    "block_required": (_("Every interpretation has this part, so it cannot be removed"), 409),
    "address_wrong": _("Write a web address that begins with https:// or http://"),
    "expert_words": _("These are the expert's own words: only the translation can be written here"),
    "note_missing": _("Write what has to change: the writer reads it"),
    "days_wrong": _("An invitation lasts %(least)d to %(most)d days"),
    "email_wrong": _("Write the e-mail like name@example.org"),
    "invitation_over": (_("This invitation is over, so nothing can be sent with it any more"), 410),
    "invitation_waits_for_you": (
        _("The expert handed in a text that nobody has read yet. Accept it, send it back or end the invitation first"),
        409,
    ),
    "invitation_waits": (_("What you wrote is with the editors. You can change it when they send it back"), 409),
    "invitation_not_handed_in": (_("The expert has not handed anything in"), 409),
    "invitation_done": (_("This text is taken over already"), 409),
    "invitation_address_gone": (_("The expert's address is not kept any more. Remove the part and invite again"), 409),
    "expert_name_missing": _("Write your name as it is to be printed"),
    "affiliation_missing": _("Write where you work or what you do"),
    "interest_missing": _("Say whether you have an interest in the matter; “none” has to be said too"),
    "interest_both": _("You chose that there is no interest to declare and declared one: choose one of the two"),
    "commentary_too_short": _("Write your commentary, at least %(least)d characters"),
    "reaction_too_short": _("Write at least %(least)d characters"),
    "pack_gone": (_("This interpretation is no longer public"), 404),
    "form_used_up": (_("The form was open for too long. Your words are kept below: send them once more"), 409),
}
