"""The sentences of campaigns: refusals by code, what is missing, names of stages, kinds, fields and channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.outreach.campaigns.models import Part
from engage.outreach.campaigns.rules import Missing, Stage
from engage.pages.messages import Sentence
from engage.pages.templatetags.wording import in_words

STAGES: dict[str, Promise] = {
    Stage.PLANNING: pgettext_lazy("campaign", "being planned"),
    Stage.PREPARING: pgettext_lazy("campaign", "being prepared"),
    Stage.IN_REVIEW: pgettext_lazy("campaign", "in review"),
    Stage.RUNNING: pgettext_lazy("campaign", "running"),
    Stage.ENDED: pgettext_lazy("campaign", "ended"),
    Stage.REPORTED: pgettext_lazy("campaign", "reported"),
}
# The channel that is the page of the campaign itself; others are those of the outbox.
SITE: dict[str, Promise] = {"site": pgettext_lazy("channel of a campaign", "Page of the campaign")}


def language_name(code: str) -> str:
    """Name a language in the active one."""
    return {"zh-hans": gettext("Chinese"), "en": gettext("English")}.get(code, code)


def kind_label(kind: str) -> str:
    """Name a kind of part in the active language."""
    return str(Part.Kind(kind).label)


def voices_label() -> str:
    """Name what people say to a campaign as a way to take part."""
    return pgettext("way to take part in a campaign", "What people say")


def field_label(name: str) -> str:
    """Name a field of a campaign or of a part in the active language."""
    return {
        "title": pgettext("field of a campaign", "the title"),
        "summary": pgettext("field of a campaign", "the summary"),
        "body": pgettext("field of a pack", "the text"),
        "byline": pgettext("field of a pack", "the byline"),
        "source": pgettext("field of a pack", "the source"),
        "affiliation": pgettext("field of a pack", "the affiliation"),
        "interest": pgettext("field of a pack", "the declared interest"),
    }[name]


def _campaign_words(values: Mapping[str, Any]) -> str:
    return gettext("%(fields)s missing in %(language)s") % {
        "fields": in_words([field_label(name) for name in values["fields"]]),
        "language": language_name(values["language"]),
    }


def _part_words(values: Mapping[str, Any]) -> str:
    return gettext("%(kind)s: %(fields)s missing in %(language)s") % {
        "kind": kind_label(values["kind"]),
        "fields": in_words([field_label(name) for name in values["fields"]]),
        "language": language_name(values["language"]),
    }


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "campaign_words_missing": _campaign_words,
    "part_missing": lambda values: gettext("The part “%(kind)s” is missing") % {"kind": kind_label(values["kind"])},
    "part_words_missing": _part_words,
    "part_date_missing": lambda values: gettext("%(kind)s: the date is missing") % {"kind": kind_label(values["kind"])},
    "part_address_missing": lambda values: (
        gettext("%(kind)s: the web address is missing") % {"kind": kind_label(values["kind"])}
    ),
    "part_link_gone": lambda values: (
        gettext("%(kind)s: what it points to cannot be read in %(language)s by everybody")
        % {"kind": kind_label(values["kind"]), "language": language_name(values["language"])}
    ),
}


def missing_sentence(gap: Missing) -> str:
    """Say one gap in the active language."""
    return _SENTENCES[gap.code](gap.values)


REFUSALS: dict[str, tuple[Sentence, int] | Sentence] = {
    "campaign_date_missing": _("Choose an observance and a year, or write a day"),
    "campaign_date_twice": _("Choose an observance or write a day of your own, not both"),
    "observance_unknown": _("There is no such observance"),
    "campaign_days_wrong": _("A campaign begins and ends at most %(most)d days from its day"),
    "campaign_slug_wrong": _(
        "Write the address in small Latin letters, digits and single hyphens, like seniors-day-2026"
    ),
    "campaign_slug_taken": (_("Another campaign has this address already. Choose another one"), 409),
    "campaign_title_missing": _("Write a title in at least one language"),
    "campaign_department_gone": _("Choose a department that is in service"),
    "campaign_topic_unknown": _("Choose topics of the list"),
    "audience_unknown": _("Choose groups of the list"),
    "campaign_owner_gone": _("Choose somebody who works on campaigns"),
    "template_gone": (_("This list of tasks is not in force any more. Choose another one"), 409),
    "template_empty": _("This list has no tasks. Add one, or choose another list"),
    "template_name_missing": _("Write the name of the list in both languages"),
    "template_days_reversed": _("The list ends before it begins"),
    "campaign_unknown_text": _("There is no such text in a campaign"),
    "campaign_text_too_long": _("A text has at most %(most)d characters here"),
    "campaign_changed_meanwhile": (
        _("Somebody else changed this campaign meanwhile. Read it again; what you typed is kept below"),
        409,
    ),
    "campaign_address_wrong": _("Write a web address that begins with https:// or http://"),
    "campaign_gone": (_("This campaign is no longer public"), 404),
    "part_kind_wrong": _("There is no such part here"),
    "part_there": (_("The campaign has this part already"), 409),
    "parts_full": _("A campaign has at most %(most)d parts"),
    "part_required": (_("Every campaign has this part, so it cannot be removed"), 409),
    "part_link_unknown": _("Choose something of the list that everybody can read already"),
    "offset_wrong": _("A task is at most %(most)d days away from the day"),
    "task_title_missing": _("Write the task in both languages"),
    "tasks_full": _("There are at most %(most)d tasks"),
    "task_done": (_("This task is done, so it stays"), 409),
    "campaign_channel_unknown": _("There is no such channel"),
    "campaign_target_wrong": _("A target is a number from 1 to %(most)d"),
    "wave_wrong": _("Write how many were asked, and how many of them knew: a number that is not greater"),
    "wave_phase_wrong": _("Choose whether people were asked before or after the campaign"),
    "report_finished": (_("The report is finished, so its figures stay as they are"), 409),
    "campaign_not_over": (_("The report is finished after the last day of a public campaign"), 409),
    "campaign_form_used_up": (
        _("The form was open for too long. Your words are kept below: send them once more"),
        409,
    ),
    "voice_too_short": _("Write at least %(least)d characters"),
}
