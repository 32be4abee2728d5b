"""The sentences of studies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "study_name_missing": _("Give it a name"),
    "study_campaign_unknown": _("There is no such campaign any more"),
    "study_changed_meanwhile": (
        _("Somebody else changed this study meanwhile. Read it again; what you typed is kept below"),
        409,
    ),
    "study_waves_many": _("A study has at most %(most)d waves"),
    "study_wave_gone": (_("This wave is no longer in the study"), 409),
    "study_days_wrong": _("The last day is before the first"),
    "study_questionnaire_unknown": _("Choose a questionnaire that was published"),
    "study_version_unknown": _("The questionnaire has no published version %(version)s"),
    "study_waves_overlap": (
        _("The same answers would be in the wave “%(wave)s” too. Waves need different people: set other days, "
          "another version or another wave of invitations"),
        409,
    ),
    "study_waves_alike": _("Choose two different waves"),
    "study_weights_missing": _("The wave “%(wave)s” has no such weights"),
    "study_source_missing": _("Say where the shares come from"),
    "study_benchmarks_many": _("A study has at most %(most)d benchmarks"),
    "study_file_large": _("The file is larger than %(most)d KB"),
    "study_group_unknown": _("Line %(line)d: “%(group)s” is no answer to this question"),
    "study_group_twice": _("Line %(line)d: “%(group)s” stands there twice"),
    "study_share_wrong": _("Line %(line)d, “%(group)s”: the share is no percentage from 0 to 100"),
    "study_group_missing": _("“%(group)s” has no line. Put a dash where the share is not known"),
    "study_shares_few": _("Give at least two groups a share above 0"),
    "study_shares_sum": _("The shares add up to %(sum)s instead of 100"),
    "survey_groups_too_few": _("A rate needs two groups of people who were asked, and somebody who answered."),
}  # fmt: skip
