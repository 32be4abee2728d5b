"""The sentences of the surveys that belong to no single room."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


def _unreadable(values: dict[str, Any]) -> str:
    return ngettext(
        "The definition cannot be read: there is %(n)d mistake in it, first at %(path)s",
        "The definition cannot be read: there are %(n)d mistakes in it, the first at %(path)s",
        len(values["errors"]),
    ) % {"n": len(values["errors"]), "path": values["errors"][0].path or "/"}


REFUSALS = {
    "sample_too_large": _("A file may have %(rows)s rows at most. Split it."),
    "survey_design_not_json": _("The design in %(file)s cannot be read as JSON."),
    "survey_key_unknown": _("The design has an unknown key: %(key)s."),
    "survey_key_missing": _("The design lacks the key %(key)s."),
    "survey_key_wrong": _("The key %(key)s of the design has a value that cannot be used."),
    "survey_statistic_unknown": _("%(statistic)s is no statistic that can be estimated (%(key)s)."),
    "survey_column_missing": _("The table has no column %(column)s."),
    "survey_not_a_number": _("Line %(line)d, column %(column)s: this is not a number."),
    "survey_number_negative": _("Line %(line)d, column %(column)s: the number is below 0."),
    "survey_cell_missing": _("Line %(line)d, column %(column)s: a value is needed here."),
    "survey_clusters_cross_strata": _("A cluster lies in more than one stratum. Set nest if each numbers its own."),
    "survey_fpc_mixed": _("Finite populations are either all sizes or all shares, not both."),
    "survey_fpc_too_small": _("At stage %(stage)d a population is smaller than the sample drawn from it."),
    "survey_fpc_varies": _("At stage %(stage)d the size of the population differs within a stratum."),
    "survey_fpc_stages": _("There are %(given)d finite populations for %(stages)d stages."),
    "survey_strata_stages": _("There are %(given)d columns of strata for %(stages)d stages."),
    "survey_weights_negative": _("A weight is below 0."),
    "survey_weights_zero": _("All weights are 0."),
    "survey_lonely_cluster": _("At stage %(stage)d a stratum has one cluster only, so its variance is not known."),
    "survey_raking_levels": _("Column %(column)s: %(level)s is either not in the table or has no total."),
    "survey_raking_empty_group": _("A group of %(variable)s has a total but no weight in the sample."),
    "survey_raking_totals_differ": _("The totals of the variables add up to different sums: %(lowest)s, %(highest)s."),
    "survey_raking_not_converged": _("The weights did not settle within %(rounds)d rounds."),
    "survey_ratio_of_nothing": _("The denominator of the ratio adds up to 0."),
    "survey_domain_empty": _("No row with weight is left to estimate from."),
    "survey_test_one_level": _("A test needs two levels of each variable."),
    "survey_test_options_overlap": _("Options that can be chosen together are not tested."),
    "survey_options_unclear": _("The columns %(column)s_1, _2 and so on do not hold one option each."),
    "survey_weight_bounds": _("The bounds of weights lie below and above 1, the mean."),
    "survey_nps_out_of_range": _("Answers are whole numbers from 0 to 10; %(value)s is not."),
    "survey_alpha_undefined": _("Alpha needs two questions and three people whose answers differ."),
    "survey_test_sparse": _("Too few answers for a test."),
    "survey_no_picture": _("This is no picture. Send a JPEG, PNG, WebP, GIF or HEIC file"),
    "survey_no_sound": _(
        "This is no sound or film that all browsers play, or it has subtitles or another track besides picture and "
        "sound. Send MP3, M4A, Ogg or WAV, or a film as MP4 (H.264) or WebM, with its subtitles in the picture"
    ),
    "survey_key_of_address": _("An address has at most %(most)d letters, digits and hyphens, and is no reserved word"),
    "survey_key_taken": (_("There is a questionnaire at this address already: %(key)s"), 409),
    "survey_definition_unreadable": (_unreadable, 422),
    "survey_not_in_work": (_("This version is not being written now, so it cannot be changed"), 409),
    "survey_changed_meanwhile": (
        _("Somebody else changed this questionnaire meanwhile. Read it again; what you typed is kept below"),
        409,
    ),
    "survey_kept_title": _("Give it a title in Chinese and in English"),
    "survey_kept_many": _(
        "The library keeps parts of at most %(most)d questions; take the questionnaire's file instead"
    ),
    "survey_kept_changed": (
        _("Somebody else changed this entry of the library meanwhile. Read it again; what you typed is kept below"),
        409,
    ),
    "survey_period_wrong": _("The end must be later than the beginning"),
    "survey_period_told": (
        _("People were told when this is open: the beginning stays, and the end can only become later"),
        409,
    ),
    "survey_not_by_invitation": (_("Nobody can be invited: it is not published, or everybody may answer it"), 409),
    "survey_address_wrong": _("Line %(line)d: this is not an e-mail address"),
    "survey_language_unknown": _("Line %(line)d: letters are written in Chinese or English"),
}
