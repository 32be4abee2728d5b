"""The sentences of the coding desk: refusals by code, timeline entries by code."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    # themes
    "theme_needs_name": _("Give the theme a name"),
    "theme_name_too_long": _("The name of a theme has at most %(most)d characters"),
    "description_too_long": _("The description of a theme has at most %(most)d characters"),
    "theme_name_taken": (_("There is a theme “%(name)s” in this place already"), 409),
    "too_many_themes": _("A consultation has at most %(most)d themes. Merge some first"),
    "theme_gone": (_("This theme is no longer in use. Choose another; what you chose or typed is kept"), 409),
    "theme_merged": (
        _("“%(name)s” was merged into “%(into)s” meanwhile. Use that one; what you chose or typed is kept"),
        409,
    ),
    "theme_changed": (
        _("Somebody changed the theme “%(name)s” meanwhile. Look at it again below, then send; what you typed is kept"),
        409,
    ),
    "theme_below_itself": _("A theme cannot be moved below itself"),
    "tree_too_deep": _("Themes stand at most %(most)d levels deep"),
    "merge_with_itself": _("Choose another theme to merge into"),
    "merge_below_itself": _("Merge it into a theme that is not below it, or move that one first"),
    "theme_in_use": (_("“%(name)s” has points or themes below it. Merge it into another instead"), 409),
    "points_gone": (_("One of the chosen points has left this theme meanwhile. Look at the list again"), 409),
    # points
    "stretch_empty": _("Choose some words of the comment first"),
    "stretch_outside": _("The chosen words are not in the comment. Choose them again"),
    "stretch_overlaps": _(
        "Part of this is marked already: “%(quote)s”. Give that point a second theme, or unmark it first"
    ),
    "point_gone": (_("This point was taken away meanwhile. Look at the comment again"), 409),
    # comments
    "comment_gone": (_("This comment was withdrawn or rejected meanwhile and does not count any more"), 409),
    "comment_changed": (
        _("Its sender changed the comment meanwhile. Read it again, then choose the words once more"),
        409,
    ),
    "nothing_coded": _("Give it a theme first, or say that there is nothing to answer"),
    "points_left": _("Points are marked in it. Unmark them first if there is nothing to answer"),
    "point_without_theme": _("This point has no theme yet: “%(quote)s”. Give it one, or unmark it"),
    # decisions
    "decision_missing": _("Choose a decision"),
    "reason_kind_missing": _("Choose the kind of reason"),
    "reason_text_missing": _("Write the reason: it is published"),
    "reason_too_long": _("A reason has at most %(most)d characters"),
    "forwarding_missing": _("Write where it was forwarded"),
    "department_gone": _("This department is no longer in service. Choose another"),
    "decision_changed": (
        _("Somebody decided meanwhile: “%(decision)s”. Look at it below, then send yours; what you typed is kept"),
        409,
    ),
    "decision_gone": (_("This decision is no longer in force"), 409),
    # undo
    "nothing_to_undo": (_("There is no step of yours to take back"), 409),
    "undo_overtaken": (_("Others went on from your last step: it cannot be taken back any more"), 409),
    # the second coder
    "not_a_coder": _("Choose somebody who may code this consultation"),
    "nothing_to_sample": _("No finished comment is left that this person has not coded"),
    "sample_open": (_("This person has a sample to finish first"), 409),
    # many at once
    "theme_missing": _("Choose a theme"),
    "too_many_comments": _("At most %(most)d comments can be coded at once. Narrow the choice"),
    "order_running": (_("The order is under way. Stop it first"), 409),
}

TIMELINE = {
    "comments_sorted": _("Sorted with others like it"),
}
