"""The report: every question with the figures that the public may see, as a page, a Word document or a PDF.

Small counts are hidden as on the public page, so it can be handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from engage.documents import add_table, add_words, new_document
from engage.figures.rules import LEAST
from engage.pages.translation import HTML_LANG
from engage.spreadsheets import printable
from surveys.models import Questionnaire
from surveys.results import queries


@dataclass(frozen=True)
class Table:
    """The answers to one question, or to one row of it. `lines` are (answer, people, share, interval, width in %)."""

    heading: str
    said: Sequence[str]
    lines: Sequence[tuple[str, str, str, str, float]]


@dataclass(frozen=True)
class Report:
    """What all three forms of the report say, in one language."""

    title: str
    heading: str
    facts: Sequence[str]
    head: Sequence[str]
    sections: Sequence[tuple[str, Sequence[Table]]]
    method_heading: str
    method: Sequence[str]


def report_of(questionnaire: Questionnaire, source: queries.Source, *, now: datetime) -> Report:
    """Put a report together in the active language from answers opened for the public."""
    language = get_language() or ""
    sample = questionnaire.access == Questionnaire.Access.INVITED
    shown = queries.sections(source.answers, queries.Asked(), language=language, public=True, intervals=sample)
    title = source.answers.layout.words(source.title, language) or questionnaire.key
    sections = [(section.heading, [_table(figure) for figure in section.figures]) for section in shown.sections]
    return Report(
        title,
        _("Results: %(title)s") % {"title": title},
        _facts(questionnaire, shown.n, source.as_of or now, now),
        [pgettext("to a question", "Answer"), pgettext("who answered", "People"), _("Share"), _("95%% interval") % {}],
        sections,
        _("How this was counted"),
        _method(is_sample=sample),
    )


def _facts(questionnaire: Questionnaire, n: int, counted: datetime, now: datetime) -> list[str]:
    found = [str(questionnaire.department)]
    if questionnaire.opens_at and questionnaire.closes_at:
        found.append(
            _("Open from %(opens)s to %(closes)s")
            % {"opens": _moment(questionnaire.opens_at), "closes": _moment(questionnaire.closes_at)}
        )
    found.append(ngettext("%(n)s answer counts here.", "%(n)s answers count here.", n) % {"n": number_format(n)})
    found.append(_("Counted on %(when)s.") % {"when": _moment(counted)})
    if queries.standing(questionnaire, now=now, has_answered=False) == "shown":
        return [*found, settings.PUBLIC_URL + reverse("survey_results", args=[questionnaire.key])]
    return [*found, _("The results are not on a public page now.")]


def _moment(when: datetime) -> str:
    return date_format(timezone.localtime(when), "DATETIME_FORMAT")


def _table(figure: queries.Figure) -> Table:
    one = figure.topline
    if one.withheld:
        return Table(
            figure.heading, [_("Too few people for a table that tells of nobody; the numbers are withheld.")], ()
        )
    if one.column.kind == "text":
        wrote = ngettext(
            "%(n)s person wrote something. What people wrote is not shown here.",
            "%(n)s people wrote something. What people wrote is not shown here.",
            one.n,
        )
        return Table(figure.heading, [wrote % {"n": number_format(one.n)}], ())
    if not one.n:
        return Table(figure.heading, [_("Nobody has answered this yet.")], ())
    said = [ngettext("%(n)s person answered.", "%(n)s people answered.", one.n) % {"n": number_format(one.n)}]
    if one.left:
        left = ngettext("%(n)s was not asked or skipped it.", "%(n)s were not asked or skipped it.", one.left)
        said.append(left % {"n": number_format(one.left)})
    if one.several:
        said.append(_("Several answers were possible, so the shares add up to more than a hundred."))
    said += [f"{name}: {value}" for name, value in figure.summary]
    lines = [(line.label, line.count, line.share, line.interval, (line.width or 0) / 2) for line in figure.lines]
    return Table(figure.heading, said, lines)


def _method(*, is_sample: bool) -> list[str]:
    drawn = (
        _("People were invited to answer. The range beside a share is its 95%% interval (Wilson): it says what chance "
          "alone may do, not who did not answer.") % {}
        if is_sample
        else _("Whoever wanted to could answer. This is no random sample: the numbers say what those think who "
               "answered, and no interval can say more.")
    )  # fmt: skip
    counted = _(
        "Shares are of those who answered a question. Who did not want to say or did not know is among them; who was "
        "not asked or skipped it is not. Answers that were taken back do not count."
    )
    hidden = _(
        "Counts below %(n)s are hidden, and others where they would give one away; of one group a table is hidden "
        "more often, so that the difference to all others tells nothing."
    ) % {"n": LEAST}
    return [drawn, counted, hidden]


# --- the three forms ------------------------------------------------------------------------------------------------


def write_page(path: Path, report: Report) -> None:
    """Write one page of HTML that needs nothing else."""
    language = get_language() or ""
    context = {"report": report, "lang": HTML_LANG.get(language, language)}
    path.write_text(render_to_string("surveys/results/report.html", context), "utf-8")


def write_document(path: Path, report: Report) -> None:
    """Write a Word document."""
    document = new_document(report.heading, get_language() or "")
    for fact in report.facts:
        document.add_paragraph(printable(fact))
    has_intervals = any(line[3] for _heading, tables in report.sections for table in tables for line in table.lines)
    wide = 4 if has_intervals else 3
    for heading, tables in report.sections:
        add_words(document, heading, "")
        for table in tables:
            if table.lines:
                rows = [report.head[:wide], *(line[:wide] for line in table.lines)]
                add_table(document, table.heading or heading, rows, level=2)
            elif table.heading:
                document.add_heading(printable(table.heading), 2)
            document.add_paragraph(printable(" ".join(table.said)))
    add_words(document, report.method_heading, "\n".join(report.method))
    document.save(str(path))


def write_pdf(path: Path, report: Report) -> None:
    """Write a PDF (A4, tagged, embedded font)."""
    from engage.participation.pdf import render_pdf

    path.write_bytes(render_pdf("figures_report", {**asdict(report), "site": _("Engage")}))


FORMS: Mapping[str, Callable[[Path, Report], None]] = {
    "report": write_page,
    "report_docx": write_document,
    "report_pdf": write_pdf,
}
"""What writes the report, by the name of the format in `access.FORMATS`."""
