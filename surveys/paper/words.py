"""The sentences of paper answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "paper_not_published": _("The questionnaire is not published, so no answers can be taken in."),
    "paper_not_asked": _(
        "Nothing of this questionnaire is asked on paper; its settings say on which ways it is asked."
    ),
    "paper_ballots": _(
        "This questionnaire draws who is asked what. Paper cannot do that, so its sheets cannot be taken in."
    ),
    "paper_empty": _("The table has no sheet below its headings."),
    "paper_too_many": _("A table may have %(most)s sheets at most. Split it."),
    "paper_column_unknown": _("No question that is asked on paper is called so."),
    "paper_column_twice": _("This column stands there twice."),
    "paper_column_missing": _("The column with the number of each sheet is missing."),
    "paper_sheet_missing": _("Give each sheet a number."),
    "paper_sheet_too_long": _("The number of a sheet may have %(most)s characters at most."),
    "paper_sheet_twice": _("Sheet %(number)s stands in row %(first)s already."),
    "paper_sheet_known": (_("Sheet %(number)s was taken in before."), 409),
    "paper_language": _("The questionnaire has no text in %(value)s; it has %(languages)s."),
    "paper_day": _("%(value)s is not a day. Write it like 2026-11-24."),
    "paper_day_future": _("That day has not come yet."),
    "paper_day_early": _("The questionnaire was open from %(day)s on. A sheet cannot have come before."),
    "paper_day_late": _("The questionnaire closed on %(day)s. Give the day on which the sheet came in."),
    "paper_not_offered": _("%(value)s is neither a code nor a label of this question."),
    "paper_mark": _("%(value)s is neither a mark nor empty. Write 1 or x."),
    "paper_part_needed": _("Give this answer in columns of its own, such as those of the template."),
    "paper_cell_stray": _("“%(value)s” stands under no heading."),
    "paper_answered_twice": _("This question is answered in another column too. Fill in one of them."),
    "paper_answer_lost": _(
        "This would be lost: its option is not chosen, its row is not asked, or it is longer than we keep."
    ),
    "paper_part_missing": _("Why there is no answer is said for the whole question, in the column %(column)s."),
}
