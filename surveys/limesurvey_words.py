"""The sentences about surveys of LimeSurvey: why one is refused, and what is held in another way or not at all."""

from __future__ import annotations

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from surveys.definition.limesurvey import LeftOut, Place

REFUSALS = {
    "lss_too_large": _("The file is larger than %(max_megabytes)s MB."),
    "lss_not_xml": _("Line %(line)s of the file cannot be read. Export the survey structure (.lss) again."),
    "lss_unsafe": _("The file declares entities of its own (DOCTYPE), which no export of LimeSurvey does."),
    "lss_not_survey": _("This is no survey of LimeSurvey (“%(kind)s”). Export the survey structure (.lss)."),
    "lss_too_many": _("The file has more than %(max_rows)s rows."),
    "lss_too_many_languages": _("The survey has more than %(limit)s languages."),
    "lss_too_many_questions": _("The survey has more than %(limit)s questions and fields of tables."),
    "lss_too_many_texts": _(
        "The answers that LimeSurvey words itself (yes and no, scales, other) have more than %(limit)s texts in all "
        "languages together."
    ),
    "lss_no_language": _("The survey names no language."),
    "lss_no_questions": _("The survey has no question."),
    "lss_not_taken": _("This breaks a rule of questionnaires (%(rule)s)."),
}

LEFT_OUT = {
    "lss_renamed": _("It is called “%(what)s” here, because names are plain letters and used once."),
    "lss_markup": _("A text has no “%(what)s”; only its words are taken."),
    "lss_text_expression": _("“{%(what)s}” in a text has no counterpart; it stands there as it was written."),
    "lss_words_missing": _("LimeSurvey says its own words here; write them in the language “%(what)s”."),
    "lss_expression": _("This expression has no counterpart, so it is left out: %(what)s"),
    "lss_pattern": _("This pattern has no counterpart, so it is left out: %(what)s"),
    "lss_settings": _("These settings have no counterpart: %(what)s"),
    "lss_setting": _("This setting has no counterpart: %(what)s"),
    "lss_inherited": _("The file does not say these settings, which come from elsewhere; set them here: %(what)s"),
    "lss_format": _("Each group is a page here, not all on one or each question alone (%(what)s)."),
    "lss_survey_text": _("The text “%(what)s” has no place here."),
    "lss_table": _("This part of the file has no counterpart: %(what)s"),
    "lss_orphans": _("These rows belong to nothing in the file, so they are left out: %(what)s"),
    "lss_stranger": _("There are words in “%(what)s”, which is no language of the survey; they are left out."),
    "lss_looks": _("These options of questions say how they look, and are left out: %(what)s"),
    "lss_attribute": _("This option has no counterpart: %(what)s"),
    "lss_quota_off": _("The quota “%(what)s” is switched off and is left out."),
    "lss_quota": _("The members of the quota “%(what)s” cannot be said here; it is left out."),
    "lss_soft": _("It does not insist on an answer: whoever skips it is not asked again."),
    "lss_hidden": _("It is hidden from everybody, so a hidden value keeps its name."),
    "lss_type_hidden": _("A question of the type “%(what)s” cannot be asked here; a hidden one keeps its name."),
    "lss_default": _("This answer given beforehand is left out: %(what)s"),
    "lss_comment": _("The comments beside its answers are questions of their own."),
    "lss_by_column": _("Its table stands by rows."),
    "lss_two_scales": _("Its two scales are two tables."),
    "lss_fields": _("The fields of its table are questions of their own."),
    "lss_language": _("The language is chosen above the page, not by a question; its value is kept."),
}


def place_words(where: Place) -> str:
    """Name the place of a fault for a person."""
    if where.part == "survey":
        return pgettext("place in a file", "the survey")
    return {
        "group": gettext("group “%(code)s”"),
        "question": gettext("question %(code)s"),
        "quota": gettext("quota “%(code)s”"),
    }[where.part] % {"code": where.code}


def left_out_sentence(one: LeftOut) -> str:
    """Say what is held in another way, or not at all."""
    return str(LEFT_OUT[one.code]) % {"what": one.what}
