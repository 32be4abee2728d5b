"""The sentences around comments: refusals by code, timeline entries by code."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "comment_hidden": (_("This comment is no longer public"), 404),
    "agreeing_closed": (_("You can agree with comments while the call is open, and it is not"), 403),
    "own_comment": (_("This is your own comment: it counts already"), 403),
    "organisation_incomplete": _("Give the name of the organisation, its size and what you do there"),
    "reply_gone": (_("What you want to reply to is no longer there. Load the page again"), 409),
    "replying_closed": _("The department replies from the opening of a call until its outcome; it is not that time"),
    "reply_length": _("A reply has %(least)d to %(most)d characters"),
    "reply_language": _("Choose the language of the reply"),
    "files_full": _("A comment takes %(most)d files. Remove one first"),
    "file_missing": _("Choose a file"),
    "passage_gone": _("The marked words are not in the text any more. Mark them again, or comment on the whole clause"),
    "frame_stale": _("This form is too old. Your text is kept: load the page again and paste it"),
    "translation_language": _("Choose another language than the comment's own"),
    "paper_known": (_("The number %(number)s was keyed in before; nothing was added"), 409),
    "table_article_unknown": _("“%(given)s” is no article of the text. Write its number, or leave it empty"),
    "table_view_unknown": _("“%(given)s” is none of the views. Write support, change, oppose, question, or nothing"),
    "table_date_wrong": _("“%(given)s” is no date. Write it like 2026-03-09"),
    "table_email_wrong": _("“%(given)s” is no e-mail address"),
    "table_sender_differs": _("Line %(first)d has another value for the number %(number)s, and one sender has one"),
    "report_reason": _("Choose what is wrong with it"),
    "report_note": _("The note has at most %(most)d characters"),
    "device_unknown": (
        _("To count each device once, this page keeps a cookie. Allow cookies for this site and press again"),
        403,
    ),
}

TIMELINE = {
    "replied": _("The department replied. Its words stand beside your comment"),
}
