"""What moderation says: refusals, the starter's timeline, names of acts."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.pages.messages import Sentence

REFUSALS: dict[str, Sentence | tuple[Sentence, int]] = {
    "petition_gone": (_("One of the petitions is no longer here. Look at the list again"), 409),
    "petition_moved": (_("Somebody did something with this petition meanwhile. Look at it as it is now"), 409),
    "petition_act_not_now": (_("This cannot be done with the petition as it stands now"), 409),
    "petition_starter_unconfirmed": (
        _("The starter has not confirmed the address yet: it cannot be opened before that"),
        409,
    ),
    "petition_reason_missing": _("Choose a reason; it is shown to everybody"),
    "petition_reason_hides": _("This reason hides the petition: two persons decide about that"),
    "petition_reason_shown": _("Choose a reason for which a petition is not shown at all"),
    "petition_second_person": (_("The second person must be somebody else than the first"), 403),
    "petition_note_missing": _("Write why: the second person reads it"),
    "petition_other_missing": _("Name the open petition that asks for the same"),
    "petition_other_unknown": _("There is no open petition of this reference"),
    "petition_other_itself": _("This is the petition itself. Name another one"),
    "petition_words_same": _("Nothing is changed in the words"),
    "petition_words_missing": _("Title, ask and background may not be empty"),
    "petition_words_long": _("One of the texts is longer than a petition's may be"),
    "petition_words_signs": _("There is a sign in the text that cannot be kept. Write the text again"),
    "petition_tag_missing": _("Write a tag"),
    "petition_note_long": _("Write at most %(most)d characters"),
}

TIMELINE: dict[str, str | Promise] = {
    "petition_opened": _("Published: everybody can sign it until %(day)s"),
    "petition_rejected": _("Not published: %(reason)s"),
    "petition_hidden": _("Not published and not shown: %(reason)s"),
    "petition_merged": _("Not published: %(reference)s asks for the same and is open"),
    "petition_told_of": _("You were told of an open petition that asks for the same: %(reference)s"),
    "petition_edited": _("A moderator changed the words before publication; the letter to you has both texts"),
    "petition_removed": _("Taken down: %(reason)s"),
    "petition_stopped": _("Stopped before publication: petitions are not taken any more"),
    "petition_unsupported": _("Stopped: it did not find its sponsors within %(months)s months"),
    "petition_left_aside": _("Stopped: the moderators set it aside and did not decide within %(months)s months"),
    "petition_closed": _("Closed: the time for signing is over"),
}

# What the desk calls the acts, and what the journal's verbs are called in a petition's history.
ACTS: Mapping[str, str | Promise] = {
    "open": pgettext_lazy("petition", "Publish"),
    "reject": pgettext_lazy("petition", "Turn down"),
    "merge": pgettext_lazy("petition", "Turn down as a duplicate"),
    "tell": pgettext_lazy("petition", "Tell of an open one"),
    "edit": pgettext_lazy("petition", "Edit the words"),
    "ask_hide": pgettext_lazy("petition", "Turn down as unlawful"),
    "ask_remove": pgettext_lazy("petition", "Take down"),
    "agree": pgettext_lazy("petition", "I agree: do not show it"),
    "decline": pgettext_lazy("petition", "I do not agree"),
    "flag": pgettext_lazy("petition", "Set aside"),
    "dormant": pgettext_lazy("petition", "Let it rest"),
    "back": pgettext_lazy("petition", "Back to the queue"),
    "note": pgettext_lazy("petition", "Write the note"),
    "tag": pgettext_lazy("petition", "Tag"),
    "untag": pgettext_lazy("petition", "Take the tag off"),
}

HISTORY: Mapping[str, str | Promise] = {
    "petition.received": pgettext_lazy("petition", "Handed in"),
    "petition.opened": pgettext_lazy("petition", "Published"),
    "petition.rejected": pgettext_lazy("petition", "Turned down"),
    "petition.merged": pgettext_lazy("petition", "Turned down as a duplicate"),
    "petition.told_of": pgettext_lazy("petition", "Starter and sponsors told of an open petition"),
    "petition.edited": pgettext_lazy("petition", "Words edited"),
    "petition.hide_asked": pgettext_lazy("petition", "Asked not to show it"),
    "petition.hide_declined": pgettext_lazy("petition", "The second person did not agree"),
    "petition.hidden": pgettext_lazy("petition", "Turned down as unlawful"),
    "petition.removed": pgettext_lazy("petition", "Taken down"),
    "petition.flagged": pgettext_lazy("petition", "Set aside for a second look"),
    "petition.dormant": pgettext_lazy("petition", "Put to rest"),
    "petition.back": pgettext_lazy("petition", "Back to the queue"),
    "petition.stopped": pgettext_lazy("petition", "Stopped before publication"),
    "petition.closed": pgettext_lazy("petition", "Closed"),
    "petition.noted": pgettext_lazy("petition", "Note written"),
    "petition.tagged": pgettext_lazy("petition", "Tagged"),
    "petition.untagged": pgettext_lazy("petition", "Tag taken off"),
}
