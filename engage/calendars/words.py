"""The sentences of this room: refusals by code, clocks and their lengths."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from engage.calendars.profiles import Target, Unit

REFUSALS = {
    "calendar_unknown": (_("There is no work calendar “%(calendar)s”."), 404),
    "calendar_day_unknown": _("The calendar has no row for %(day)s."),
    "calendar_year_out_of_range": _("The year %(year)d is outside %(first)d to %(last)d."),
    "calendar_years_reversed": _("The last year, %(last)d, lies before the first, %(first)d."),
    "calendar_year_confirmed": _(
        "The year %(year)d is confirmed and the package has only estimates for it. Nothing was changed."
    ),
    "clock_profile_unknown": (_("There is no clock profile “%(profile)s”."), 404),
    "clock_profile_not_in_force": _("No version of the clocks “%(family)s” is in force on %(day)s."),
    "clock_profile_starts_in_past": _(
        "A new version cannot begin on %(day)s: what was received by then keeps its clock. Choose a later day."
    ),
    "clock_profile_superseded": _("“%(profile)s” already has a newer version. Start from that one."),
    "clock_profile_exists": _("There is already a clock profile “%(profile)s”."),
    "clock_target_unknown": _("The clock profile “%(profile)s” has no clock “%(target)s”."),
    "clock_event_unknown": _("“%(event)s” is not an event of any clock."),
    "clock_event_out_of_order": _("“%(event)s” on %(day)s has no “%(needs)s” before it."),
    "clock_event_foreign": _("“%(event)s” does not move the clock “%(target)s”."),
    "clock_event_before_receipt": _("“%(event)s” on %(day)s lies before the day of receipt."),
    "clock_event_in_future": _("“%(event)s” on %(day)s lies in the future."),
    "clock_event_already_recorded": _("“%(event)s” is already recorded."),
    "clock_not_started": _("The clock has not started, so “%(event)s” cannot be recorded."),
    "clock_has_run_out": _("The clock ran out on %(last_day)s, so “%(event)s” cannot be recorded."),
    "clock_extension_without_length": _("The extension on %(day)s has no length of at least one."),
    "clock_extension_too_long": _("All extensions together may add %(limit)d at most; %(given)d are already given."),
    "clock_date_out_of_range": _(
        "The clock “%(target)s” of “%(profile)s” runs past the last year that can be counted."
    ),
    "clock_table_not_found": _("The file %(file)s cannot be read."),
    "clock_table_not_utf8": _("The file is not UTF-8 text. Save it as CSV UTF-8."),
    "clock_table_columns_missing": _("Columns are missing: %(columns)s."),
    "clock_table_unreadable": _("The file cannot be read as CSV: %(fault)s."),
    "clock_table_wrong_width": _("The row has too many or too few cells."),
    "clock_table_bad_cell": _("“%(value)s” cannot be read in the column %(column)s."),
}

# What falls due, as people read it.
TARGETS = {
    "final_reply": pgettext_lazy("what falls due", "Reply"),
    "accept_notice": pgettext_lazy("what falls due", "Notice of acceptance"),
    "clarify_notice": pgettext_lazy("what falls due", "Request to correct the application"),
    "third_party_opinion": pgettext_lazy("what falls due", "Third party's opinion"),
    "co_author_opinion": pgettext_lazy("what falls due", "Opinion of a body that made it, too"),
    "objection": pgettext_lazy("what falls due", "Objection to a transfer"),
    "review_request_by": pgettext_lazy("what falls due", "Asking for a review"),
    "review_opinion": pgettext_lazy("what falls due", "Decision on the review"),
    "rereview_request_by": pgettext_lazy("what falls due", "Asking for a second review"),
    "rereview_opinion": pgettext_lazy("what falls due", "Decision on the second review"),
    "closes_end_of": pgettext_lazy("what falls due", "Closing"),
    "answer": pgettext_lazy("what falls due", "Answer of the government"),
    "outcome": pgettext_lazy("what falls due", "Outcome"),
    "announce_from": pgettext_lazy("what falls due", "Announcement, earliest"),
    "announce_by": pgettext_lazy("what falls due", "Announcement, latest"),
    "attendees_by": pgettext_lazy("what falls due", "List of attendees"),
    "papers_from": pgettext_lazy("what falls due", "Papers, earliest"),
    "papers_by": pgettext_lazy("what falls due", "Papers, latest"),
    "unanswered_questions": pgettext_lazy("what falls due", "Answers to open questions"),
    "call_back": pgettext_lazy("what falls due", "Call back after a low rating"),
    "put_right": pgettext_lazy("what falls due", "Putting right after a low rating"),
}

# Where the shipped clocks come from, as profiles.py cites it, in the reader's language.
SOURCES = {
    "政府信息公开条例（2007）第二十三条、第二十四条": _(
        "Regulations on Open Government Information (2007), articles 23 and 24"
    ),
    "政府信息公开条例（2019）第三十条至第三十四条": _(
        "Regulations on Open Government Information (2019), articles 30 to 34"
    ),
    "Freedom of Information Act 2000 s.10(1)-(3), (6)": _(
        "Freedom of Information Act 2000 (United Kingdom), section 10(1) to (3) and (6)"
    ),
    "信访条例（2005）第二十一条、第二十二条、第三十三条至第三十五条": _(
        "Regulations on Letters and Visits (2005), articles 21, 22 and 33 to 35"
    ),
    "信访条例（2005）第二十一条、第二十二条、第三十三条至第三十五条; 民法典第二百零三条": _(
        "Regulations on Letters and Visits (2005), articles 21, 22 and 33 to 35; Civil Code, article 203"
    ),
    "信访工作条例（2022）第二十二条、第二十三条、第三十四条至第三十六条": _(
        "Regulations on the Work of Letters and Visits (2022), articles 22, 23 and 34 to 36"
    ),
    "信访工作条例（2022）第二十二条、第二十三条、第三十四条至第三十六条; 民法典第二百零三条": _(
        "Regulations on the Work of Letters and Visits (2022), articles 22, 23 and 34 to 36; Civil Code, article 203"
    ),
    "City standard, published by Shenyang for its mayor's mailbox; not law": _(
        "City standard, published by Shenyang for its mayor's mailbox; not law"
    ),
    "Default of Engage; an office sets its own": _("Default of Engage; an office sets its own"),
    "Provincial rule on government websites; not national law": _(
        "Provincial rule on government websites; not national law"
    ),
    "Open 6 months as on the UK Parliament's petitions site; 30 days to answer is a default of Engage": _(
        "Open 6 months as on the UK Parliament's petitions site; 30 days to answer is a default of Engage"
    ),
    "30 days: departmental rule after the interim regulation on major decisions; 60 days: default of Engage": _(
        "30 days: departmental rule after the interim regulation on major decisions; 60 days: default of Engage"
    ),
    "Provincial hearing rules; provinces differ, so an office sets its own": _(
        "Provincial hearing rules; provinces differ, so an office sets its own"
    ),
    "Departmental rule after the interim regulation on major decisions": _(
        "Departmental rule after the interim regulation on major decisions"
    ),
    "Threshold of signature petitions, set by the office": _("Threshold of signature petitions, set by the office"),
    "City rule on live interviews; not law": _("City rule on live interviews; not law"),
    "Zhejiang rule on evaluation of government services": _("Zhejiang rule on evaluation of government services"),
}


def source_words(source: str) -> str:
    """Return the source of a rule in the reader's language; an office's own as it was written."""
    return str(SOURCES.get(source, source))


def length(count: int, unit: str) -> str:
    """Say how long a clock is."""
    n = {"n": count}
    if unit == "working_day":
        return ngettext("%(n)d working day", "%(n)d working days", count) % n
    if unit == "calendar_month":
        return ngettext("%(n)d calendar month", "%(n)d calendar months", count) % n
    return ngettext("%(n)d calendar day", "%(n)d calendar days", count) % n


def length_label(target: Target) -> str:
    """Ask for the length of a clock."""
    labels = {
        Unit.WORKING_DAY: _("%(clock)s, in working days"),
        Unit.CALENDAR_DAY: _("%(clock)s, in calendar days"),
        Unit.CALENDAR_MONTH: _("%(clock)s, in calendar months"),
    }
    return labels[target.unit] % {"clock": TARGETS.get(target.name, target.name)}


def extension_label(target: Target) -> str:
    """Ask for the longest extension of a clock."""
    labels = {
        Unit.WORKING_DAY: _("%(clock)s: longest extension, in working days"),
        Unit.CALENDAR_DAY: _("%(clock)s: longest extension, in calendar days"),
        Unit.CALENDAR_MONTH: _("%(clock)s: longest extension, in calendar months"),
    }
    return labels[target.unit] % {"clock": TARGETS.get(target.name, target.name)}
