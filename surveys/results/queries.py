"""What the pages and files of results show, for the public and for staff: every number from `tables`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from django.db.models import Count, Exists, OuterRef
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.participation.queries import about_options
from engage.participation.rules import parse_reference
from surveys.answering.rules import may_see_results
from surveys.definition.model import FILE_TYPES, Texts
from surveys.models import AnswerFile, Export, Questionnaire, Response, Version
from surveys.queries import period_of, ready
from surveys.results.layout import (
    GROUPS,
    LANGUAGE,
    MODE,
    REST,
    VERSION,
    WAVE,
    Column,
    Layout,
    Level,
    in_words_of,
    layout_of,
)
from surveys.results.words import LANGUAGES, MODES, REASON_NAMES

# `columns`, `tables` and `surveys.statistics` bring pyarrow, pandas and scipy: two seconds that whoever reads answers
# pays, not every process that starts. So they are imported in functions, here and in the views.
if TYPE_CHECKING:
    from surveys.results.answers import Answers
    from surveys.results.tables import Line, Topline
    from surveys.statistics.crosstab import Cell, Independent
    from surveys.statistics.design import Flags, Floats

# Groups of the public pages: facts, and questions with so many levels.
GROUP_LEVELS_MOST = 12
# So many groups stand side by side.
COMPARED_MOST = 6


@dataclass(frozen=True)
class Source:
    """The answers with the moment they are from; `as_of` is None where they were read just now."""

    answers: Answers
    as_of: datetime | None
    title: Texts


def open_answers(questionnaire: Questionnaire, *, public: bool) -> Source | None:
    """Return the answers to a questionnaire; None where there are none to read yet.

    Small ones are read from their rows. Of large ones the worker keeps the columns, and a page never waits for them.
    Public ones have no words of a version that was taken down.
    """
    from surveys.results import columns

    as_of = None
    if not columns.is_large(questionnaire):
        answers = columns.direct(questionnaire)
    else:
        found = columns.cached(questionnaire)
        answers = found[1] if found else None
        as_of = datetime.fromisoformat(found[0].made_at) if found else None
    versions = questionnaire.versions.filter(published_at__isnull=False).order_by("-number")
    if public:
        versions = versions.exclude(state=Version.State.TAKEN_DOWN)
    newest = versions.first()
    if answers is None or newest is None:
        return None
    if public:
        standing = layout_of({version.number: ready(version).runtime.definition for version in versions})
        answers = answers.in_words_of(in_words_of(answers.layout, standing))
    return Source(answers, as_of, ready(newest).runtime.definition.title)


def with_results(actor: Actor) -> list[Questionnaire]:
    """List the questionnaires that were ever published, newest first."""
    ever = Version.objects.filter(questionnaire=OuterRef("pk"), published_at__isnull=False)
    return list(Questionnaire.objects.visible_to(actor).filter(Exists(ever)).select_related("department"))


Standing = Literal["shown", "never", "after_close", "after_answer"]


def standing(questionnaire: Questionnaire, *, now: datetime, has_answered: bool) -> Standing:
    """Return whether somebody outside the house sees results now, and if not, why."""
    wanted = questionnaire.results
    if may_see_results(wanted, period_of(questionnaire), now, has_answered=has_answered):
        return "shown"
    if wanted == Questionnaire.Results.NEVER:
        return "never"
    return "after_answer" if wanted == Questionnaire.Results.AT_ONCE else "after_close"


def answered_by(questionnaire: Questionnaire, references: Sequence[str]) -> list[str]:
    """Return those references that are of answers to the questionnaire; who holds them still has to be proven."""
    numbers = {found.number: reference for reference in references if (found := parse_reference(reference))}
    own = Response.objects.filter(questionnaire=questionnaire, pk__in=[n for n in numbers if 0 < n < 2**62])
    return [numbers[pk] for pk in own.values_list("pk", flat=True)]


def exports_of(questionnaire: Questionnaire, actor: Actor) -> list[Export]:
    """List the files of its answers that were ordered and that the actor may take, newest first."""
    found = Export.objects.visible_to(actor).filter(questionnaire=questionnaire)
    return list(found.select_related("ordered_by"))


# Rows of a page of files.
FILES_SHOWN = 100


@dataclass(frozen=True)
class GivenFiles:
    """Files that were given with answers: question, people and files a line, and a page of the files.

    `next_after` is the stored name of the last one where there are more, else empty.
    """

    totals: Sequence[tuple[str, int, int]]
    rows: Sequence[tuple[AnswerFile, str]]
    next_after: str


def has_files(questionnaire: Questionnaire, actor: Actor) -> bool:
    """Whether the actor may see files that were given with answers to a questionnaire, and there are any."""
    return AnswerFile.objects.visible_to(actor).filter(response__questionnaire=questionnaire).exists()


def given_files(questionnaire: Questionnaire, actor: Actor, *, after: str, language: str) -> GivenFiles:
    """Return the files that were given, in the order of their random names, which says nothing of who was first."""
    from surveys.results import columns

    found = AnswerFile.objects.visible_to(actor).filter(response__in=columns.counted(questionnaire))
    words = {}
    for version in questionnaire.versions.filter(published_at__isnull=False).order_by("number"):
        runtime = ready(version).runtime
        for asked in runtime.definition.questions:
            words[asked.name] = runtime.choose(asked.label, language) or asked.name
    totals: dict[str, tuple[set[int], int]] = {}
    for question, response, n in found.order_by().values_list("question", "response").annotate(n=Count("pk")):
        # Of a repeat each instance is the same question; two questions may have the same words.
        name = question.rpartition("/")[2]
        people, files = totals.get(name, (set(), 0))
        totals[name] = (people | {response}, files + n)
    rows = list(found.filter(stored__gt=after).select_related("attachment")[: FILES_SHOWN + 1])
    shown = [(row, _named(row.question, words)) for row in rows[:FILES_SHOWN]]
    return GivenFiles(
        [(_named(name, words), len(people), files) for name, (people, files) in totals.items()],
        shown,
        shown[-1][0].stored if len(rows) > FILES_SHOWN else "",
    )


def _named(question: str, words: Mapping[str, str]) -> str:
    """Name the question behind a key; of a repeat each instance is the same question."""
    name = question.rpartition("/")[2]
    return words.get(name, name)


# --- words ----------------------------------------------------------------------------------------------------------


def level_words(layout: Layout, level: Level, language: str, *, key: str = "") -> str:
    """Return an answer in words."""
    value = level.value
    if key == MODE and value in MODES:
        return str(MODES[value])
    if key == LANGUAGE and value in LANGUAGES:
        return str(LANGUAGES[value])
    column = layout.by_key.get(key)
    if column is not None and column.question.type in ("region", "location"):
        return str(dict(about_options("region")).get(str(value), value))
    if value == REST:
        return _("All others")
    if value is True or value is False:
        return _("Yes") if value else _("No")
    return layout.words(level.label, language) or str(value)


def question_words(layout: Layout, column: Column, language: str) -> str:
    """Return a question in words, its name where it has none."""
    words = layout.words(column.question.label, language) or column.question.name
    if column.is_other:
        return _("%(question)s: in their own words") % {"question": words}
    if column.question.type in FILE_TYPES:
        return _("%(question)s: number of files") % {"question": words}
    return words


def column_words(layout: Layout, column: Column, language: str) -> str:
    """Return a column in words: the question, and the row or option it is of."""
    words = question_words(layout, column, language)
    if not column.part:
        return words
    part = layout.words(column.part_label, language) or column.part
    return _("%(question)s: %(part)s") % {"question": words, "part": part}


def group_words(layout: Layout, key: str, language: str) -> str:
    """Return what answers are grouped by, in words."""
    facts = {
        MODE: _("Way of answering"),
        LANGUAGE: _("Language of the questionnaire"),
        VERSION: _("Version of the questionnaire"),
        WAVE: _("Wave of invitations"),
    }
    return facts.get(key) or column_words(layout, layout.by_key[key], language)


def filter_words(layout: Layout, filters: Mapping[str, Sequence[str]], language: str) -> list[str]:
    """Return what filters leave in words, a question each; what the questionnaire has no more is named as it is."""
    found = []
    for key, values in filters.items():
        column = layout.by_key.get(key)
        known = {str(level.value): level for level in column.levels} if column is not None else {}
        words = [level_words(layout, known.get(value, Level(value, {})), language, key=key) for value in values]
        asked = group_words(layout, key, language) if column is not None or key in GROUPS else key
        found.append(_("%(question)s: %(answers)s") % {"question": asked, "answers": " / ".join(words)})
    return found


# --- what is shown --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownLine:
    """One bar: words, count and share as written, widths of the drawing (0 to 200) and of its interval."""

    label: str
    count: str
    share: str
    width: float | None
    interval: str
    low: float | None
    high: float | None
    compared: Sequence[str] = ()


@dataclass(frozen=True)
class Figure:
    """One chart with its table."""

    key: str
    heading: str
    topline: Topline
    lines: Sequence[ShownLine]
    summary: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Section:
    """One question with its figures: one, or one a row or option."""

    name: str
    heading: str
    figures: list[Figure] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """What a page is asked for: filters (values by question), what to compare by, a weight."""

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    compare: str = ""
    weight: str = ""


@dataclass(frozen=True)
class Shown:
    """A page of results."""

    sections: Sequence[Section]
    n: int
    compared: Sequence[str]
    compared_by: str


def sections(answers: Answers, asked: Asked, *, language: str, public: bool, intervals: bool) -> Shown:
    """Return all questions as charts and tables.

    Public ones take one filter with one value and no weight. Raises Refused: survey_results_no_question,
    survey_results_no_value, survey_results_one_group, survey_results_no_weights, survey_weights_negative.
    """
    from surveys.results import tables

    layout = answers.layout
    shown = [column for column in layout.columns if column.asked]
    if asked != Asked():
        # All people without weights are counted already.
        answers.preload([column for column in shown if column.kind != "text"])
    group, inside, weights = _who(answers, asked, public=public)
    # Without this a filter by a question that is not offered would be a way round what is hidden.
    offered = {key for key, _words, _levels in groups(answers, language)}
    for key in [*asked.filters, asked.compare]:
        if public and key and key not in offered:
            raise Refused("survey_results_no_question", question=key)
    compared = list(answers.levels(asked.compare).levels)[:COMPARED_MOST] if asked.compare else []
    found: dict[str, Section] = {}
    for column in shown:
        name = column.name if column.is_other else column.question.name
        section = found.setdefault(name, Section(name, question_words(layout, column, language)))
        one = tables.topline(answers, column, inside=inside, weights=weights, public=public, group=group)
        others = [
            tables.topline(
                answers, column, inside=inside, weights=weights, public=public, group=(asked.compare, str(level.value))
            )
            for level in compared
            if column.kind != "text"
        ]
        section.figures.append(_figure(layout, column, one, others, language, intervals=intervals))
    if group is not None:
        total = int(answers.sizes(group[0])[tables.place_of(answers.levels(group[0]).levels, *group)])
    else:
        total = answers.n if inside is None else int(inside.sum())
    names = [level_words(layout, level, language, key=asked.compare) for level in compared]
    by = group_words(layout, asked.compare, language) if asked.compare else ""
    return Shown(list(found.values()), total, names, by)


def _who(answers: Answers, asked: Asked, *, public: bool) -> tuple[tuple[str, str] | None, Flags | None, Floats | None]:
    if not public:
        weights = answers.weights(asked.weight) if asked.weight else None
        return None, answers.where(asked.filters), weights
    pairs = [(key, value) for key, values in asked.filters.items() for value in values]
    if len(pairs) > 1 or (pairs and asked.compare):
        raise Refused("survey_results_one_group")
    return (pairs[0] if pairs else None), None, None


def _figure(
    layout: Layout,
    column: Column,
    one: Topline,
    others: Sequence[Topline],
    language: str,
    *,
    intervals: bool,
) -> Figure:
    heading = layout.words(column.part_label, language) or column.part
    lines = [
        _line(
            layout, column, line, language, intervals=intervals,
            compared=[_share_of(other, line.level, is_reason=line.is_reason) for other in others],
        )
        for line in one.lines
    ]  # fmt: skip
    return Figure(column.key, heading, one, lines, _summary(one))


def _line(
    layout: Layout, column: Column, line: Line, language: str, *, intervals: bool, compared: Sequence[str]
) -> ShownLine:
    if line.is_reason:
        label = str(REASON_NAMES[str(line.level.value)])
    else:
        label = level_words(layout, line.level, language, key=column.key)
    if line.count is None or line.share is None or line.low is None or line.high is None:
        written = _("hidden") if line.hidden else number_format(line.count or 0)
        return ShownLine(label, written, "–", None, "", None, None, compared)
    low, high = (line.low, line.high) if intervals else (None, None)
    interval = f"{percent(line.low)}–{percent(line.high)}" if intervals else ""
    return ShownLine(
        label, number_format(line.count), percent(line.share) + "%", round(200 * line.share, 1), interval,
        None if low is None else round(200 * low, 1), None if high is None else round(200 * high, 1), compared,
    )  # fmt: skip


def _share_of(one: Topline, level: Level, *, is_reason: bool) -> str:
    for line in one.lines:
        if line.level.value == level.value and line.is_reason == is_reason and line.share is not None:
            return percent(line.share) + "%"
    return "–"


def _summary(one: Topline) -> list[tuple[str, str]]:
    found = one.summary
    if found is None or found.mean is None:
        return []
    named = (
        (_("Mean"), found.mean), (_("A quarter below"), found.lower), (_("Median"), found.median),
        (_("A quarter above"), found.upper),
    )  # fmt: skip
    return [(name, number_format(round(value, 2))) for name, value in named if value is not None]


def percent(share: float) -> str:
    """Return a share (0 to 1) in percent with one decimal."""
    return number_format(round(100 * share, 1), decimal_pos=1)


def groups(answers: Answers, language: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """List what answers can be filtered and compared by: key, words, and (value, words) of its levels."""
    found = []
    keys = [key for key in GROUPS if key != WAVE or len(answers.values(WAVE).n)]
    keys += [
        column.key
        for column in answers.layout.columns
        if column.question.type in ("single", "region", "nps", "rating") and not column.is_other
    ]
    for key in keys:
        levels = answers.levels(key).levels
        if key in GROUPS and len(levels) < 2 or not 1 < len(levels) <= GROUP_LEVELS_MOST:
            continue
        words = [(str(level.value), level_words(answers.layout, level, language, key=key)) for level in levels]
        found.append((key, group_words(answers.layout, key, language), words))
    return found


@dataclass(frozen=True)
class ShownTable:
    """A cross-tab as written: columns with their bases, rows with a cell (share, interval, count) a column."""

    rows_words: str
    columns_words: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[tuple[str, str, str]]]]
    n: int
    effective_n: float
    test: Independent
    test_words: str
    several: bool


def shown_crosstab(
    answers: Answers, asked: Asked, rows: str, columns_key: str, *, base: str, language: str
) -> ShownTable:
    """Return two questions against each other, in words. Raises Refused as `tables.crosstab` and `Answers` do."""
    from surveys.results import tables

    layout = answers.layout
    weights = answers.weights(asked.weight) if asked.weight else None
    inside = answers.where(asked.filters)
    found = tables.crosstab(answers, rows, columns_key, inside=inside, weights=weights, base=base)
    row_names = list(dict.fromkeys(cell.row for cell in found.table))
    column_names = list(dict.fromkeys(cell.col for cell in found.table))
    cells = {(cell.row, cell.col): cell for cell in found.table}
    words = {key: _value_words(answers, key, language) for key in (rows, columns_key)}
    column = layout.by_key.get(rows)
    return ShownTable(
        group_words(layout, rows, language),
        group_words(layout, columns_key, language),
        [
            (words[columns_key].get(name, name), number_format(round(size, 1)))
            for name, size in zip(column_names, found.column_sizes, strict=True)
        ],
        [(words[rows].get(row, row), [_cell(cells[row, name]) for name in column_names]) for row in row_names],
        found.n,
        round(found.effective_n, 1),
        found.test,
        _test_words(found.test),
        column is not None and column.kind == "mask",
    )


def _cell(cell: Cell) -> tuple[str, str, str]:
    count = number_format(cell.count)
    if cell.col_percent is None or cell.low is None or cell.high is None:
        return "–", "", count
    return percent(cell.col_percent / 100) + "%", f"{percent(cell.low / 100)}–{percent(cell.high / 100)}", count


def _value_words(answers: Answers, key: str, language: str) -> dict[str, str]:
    from surveys.statistics.crosstab import NOT_ASKED

    column = answers.layout.by_key.get(key)
    several = column is not None and column.kind == "mask"
    levels = answers.several(key).levels if several else answers.levels(key).levels
    words = {str(level.value): level_words(answers.layout, level, language, key=key) for level in levels}
    known = {str(level.value) for level in column.levels} if column is not None else set()
    words |= {reason: str(name) for reason, name in REASON_NAMES.items() if reason not in known}
    return words | {NOT_ASKED: _("Not asked or skipped")}


def _test_words(test: Independent) -> str:
    if test.p is None:
        return ""
    p = _("p below 0.001") if test.p < 0.001 else _("p = %(p)s") % {"p": number_format(test.p, decimal_pos=3)}
    if test.name == "chi_square":
        return _("Pearson's chi-square %(value)s, %(df)s degrees of freedom, %(p)s") % {
            "value": number_format(round(test.statistic or 0, 2)), "df": number_format(test.df or 0), "p": p,
        }  # fmt: skip
    return _("Rao-Scott F %(value)s, %(df)s and %(df2)s degrees of freedom, %(p)s") % {
        "value": number_format(round(test.statistic or 0, 2)), "df": number_format(round(test.df or 0, 1)),
        "df2": number_format(round(test.df_denominator or 0, 1)), "p": p,
    }  # fmt: skip
