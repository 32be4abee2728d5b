"""The sentences of the telephone desk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "phone_missing": _("A telephone number is needed."),
    "phone_region_unknown": _("%(region)s is not a country whose numbers can be read here."),
    "phone_spoiled": _("A spreadsheet turned %(value)s into a decimal. Format the column as text and save again."),
    "phone_unreadable": _("%(value)s is not a telephone number."),
    "phone_service": _("%(value)s is a service number. No household answers there."),
    "phone_invalid": _("%(value)s is not a complete number. Write it with the area code."),
    "phone_in_sample": _("%(value)s is in the sample already."),
    "phone_twice": _("%(value)s stands in row %(first)s already."),
    "region_zone_unknown": _("No time zone is set for the region %(region)s."),
    "sample_zone_unknown": _("%(zone)s is not a time zone."),
    "sample_language_unknown": _("The questionnaire has no text in %(value)s."),
    "sample_stratum_unknown": _("%(value)s is not a stratum of this sample."),
    "disposition_not_for_calls": _("%(value)s is not a result that a call can have."),
    "call_windows_missing": _("Say on which days and at what hours people may be called."),
    "call_window_backwards": _("The hours from %(opens)s to %(closes)s end before they begin."),
    "call_windows_overlap": _("The hours from %(opens)s begin before the ones before them end at %(closes)s."),
    "call_attempts_invalid": _("The numbers of calls must be 1 or more, and no period may be negative."),
    "call_spacing_missing": _("Say how long to wait after a call with these results: %(codes)s."),
    "appointment_past": _("The time agreed has passed."),
    "appointment_too_far": _("An appointment can be at most %(days)s days ahead."),
    "appointment_closed": _("No calls are made at that time where the person lives. Agree on another."),
    "appointment_missing": _("Say when to call again."),
    "call_rules_unreadable": _("The rules of calls cannot be read."),
    "call_window_unreadable": _("%(value)s are no hours. Write them like 9:00-12:00, 14:00-21:00."),
    "telephone_rules_changed": (_("Somebody else has changed the rules meanwhile. Open them again."), 409),
    "do_not_call_reason": _("Say why."),
    "sample_column_twice": _("The column %(column)s stands there twice."),
    "telephone_name_missing": _("Give the study a name."),
    "telephone_anonymous": _(
        "This questionnaire promises that nobody knows whose an answer is. On the telephone the number is known: "
        "publish a version that does not promise it."
    ),
    "telephone_closes_early": _("The field must end after it begins."),
    "telephone_shares_invalid": _("The shares of strata must be above 0."),
    "telephone_nothing_to_ask": _("The questionnaire is not published yet."),
    "telephone_not_asked": _("This questionnaire is not asked by telephone. Its settings say how it is answered."),
    "telephone_field_closed": _("No calls are made in this study now."),
    "telephone_paused": _("You are on a break. Go on to get a number."),
    "telephone_ticket_invalid": _("This number was not given to you."),
    "telephone_interview_missing": _("An interview goes with its answers, and only with them."),
    "telephone_interview_begun": _("No interview was begun with this number."),
    "telephone_note_too_long": _("A note may have %(most)s characters at most."),
    "appointment_unasked": _("A time to call again does not go with this result."),
}
FLAGS = {
    "too_fast": _("much faster than others"),
    "straight_lining": _("the same answer in whole tables"),
    "dont_know": _("very many answers of “don't know”"),
    "refusals": _("refused more often than colleagues"),
}
# What the letters of a rate stand for in the Standard Definitions.
RATES = {
    "RR": _("Response rate"),
    "COOP": _("Cooperation rate"),
    "REF": _("Refusal rate"),
    "CON": _("Contact rate"),
    "e": _("Share taken for eligible"),
}
REASONS = {
    "IN_HAND": _("in your hands already"),
    "OWN_APPOINTMENT": _("your appointment"),
    "APPOINTMENT": _("appointment"),
    "FRESH": _("first call"),
    "RETRY": _("another try"),
}
PARTS_OF_DAY = {"0": _("morning"), "1": _("afternoon"), "2": _("evening")}
STATES = {
    "calling": _("on a call"),
    "paused": _("on a break"),
    "waiting": _("waiting"),
    "away": _("away"),
}
