"""The report of a campaign as CSV and XLSX: one line a figure, the same lines in both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from engage.outreach.campaigns.models import Campaign
from engage.outreach.campaigns.queries import Report
from engage.outreach.campaigns.queries.published import observance_name
from engage.outreach.campaigns.words import language_name
from engage.spreadsheets import add_row, add_sheet, book_bytes, csv_stream, new_book

Value = str | int | float | None


@dataclass(frozen=True)
class Line:
    """One figure. `section` and `code` stay the same in every language."""

    section: str
    code: str
    label: str
    value: Value
    note: str = ""


def channel_label(channel: str) -> str:
    """Name the way something came in; a frame on another site by its host."""
    names = {
        "web": pgettext("channel of a comment", "This site"),
        "paper": pgettext("channel of a comment", "Paper"),
        "phone": pgettext("channel of a comment", "Telephone"),
        "counter": pgettext("channel of a comment", "Counter"),
        "email": pgettext("channel of a comment", "E-mail"),
        "event": pgettext("channel of a comment", "Event"),
    }
    kind, _colon, source = channel.partition(":")
    if kind == "embed" and source:
        return _("The form on %(host)s") % {"host": source}
    if kind == "import" and source:
        return _("Taken over from %(source)s") % {"source": source}
    return names.get(channel, channel)


def by_channel(report: Report) -> list[tuple[str, int]]:
    """Return the name of each channel with what came in by it, the most first."""
    named = [(channel_label(channel), n) for channel, n in report.by_channel.items()]
    return sorted(named, key=lambda entry: (-entry[1], entry[0]))


def lines(campaign: Campaign, report: Report) -> list[Line]:
    """Return all that the report says."""
    found = [
        Line("campaign", "title", _("Campaign"), campaign.title, observance_name(campaign.observance)),
        Line("campaign", "day", _("Day"), campaign.day.isoformat()),
        Line("campaign", "first", _("Counted from"), report.first.isoformat()),
        Line("campaign", "last", _("Counted until"), report.last.isoformat()),
        Line("campaign", "counted_at", _("Counted at"), localtime(report.counted_at).isoformat(timespec="minutes")),
    ]
    for row in report.reach:
        found += [
            Line("reach", f"{row.channel}.reached", row.label, row.reached, pgettext("figure of a report", "reached")),
            Line("reach", f"{row.channel}.target", row.label, row.target, pgettext("figure of a report", "target")),
            Line("reach", f"{row.channel}.failed", row.label, row.failed, pgettext("figure of a report", "failed")),
        ]
    found += [
        Line("reads", f"{day.isoformat()}.{code}", _("Page sent"), n, language_name(code))
        for day, code, n in report.reads
    ]
    found += [
        Line("participation", f"{row.source}.{row.key}.{row.channel}", row.title, row.n, channel_label(row.channel))
        for row in report.participation
    ]
    for wave in report.waves:
        found += [
            Line(
                "awareness", f"{wave.phase}.asked", wave.label, wave.share.of, pgettext("figure of a report", "asked")
            ),
            Line("awareness", f"{wave.phase}.aware", wave.label, wave.share.n, pgettext("figure of a report", "knew")),
            Line(
                "awareness",
                f"{wave.phase}.share",
                wave.label,
                round(wave.share.value, 6),
                pgettext("figure of a report", "share"),
            ),
            Line("awareness", f"{wave.phase}.low", wave.label, round(wave.share.low, 6), _("lower bound, 95%")),
            Line("awareness", f"{wave.phase}.high", wave.label, round(wave.share.high, 6), _("upper bound, 95%")),
        ]
    if report.difference is not None:
        change = report.difference
        found += [
            Line("awareness", "difference", _("Change"), round(change.value, 6)),
            Line("awareness", "difference.low", _("Change"), round(change.low, 6), _("lower bound, 95%")),
            Line("awareness", "difference.high", _("Change"), round(change.high, 6), _("upper bound, 95%")),
        ]
    return found


def headings() -> list[str]:
    """Return the headings of the columns in the active language."""
    return [_("Section (code)"), _("Code"), _("What"), pgettext("how many", "Number"), _("Note")]


def _values(line: Line) -> list[Value]:
    return [line.section, line.code, line.label, line.value, line.note]


def as_csv(campaign: Campaign, report: Report) -> bytes:
    """Write CSV: UTF-8 with a mark that spreadsheets recognise, nothing in it that they would calculate."""
    return b"".join(csv_stream(headings(), (_values(line) for line in lines(campaign, report))))


def as_xlsx(campaign: Campaign, report: Report) -> bytes:
    """Write a workbook; text stays text whatever it begins with."""
    moment = date_format(localtime(report.counted_at), "DATETIME_FORMAT")
    book = new_book(f"{campaign.title} {moment}")
    sheet = add_sheet(book, _("Report"), widths=(16, 36, 44, 16, 24), heads=[headings()])
    for line in lines(campaign, report):
        add_row(sheet, _values(line))
    return book_bytes(book)


FORMATS: dict[str, tuple[str, Callable[[Campaign, Report], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
