"""What the pages of studies show: waves against each other, and the panel; every number from `comparing` and others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.utils import formats, timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.figures.rules import mask_table
from engage.outreach.campaigns import registry
from engage.outreach.campaigns.models import Campaign
from engage.outreach.campaigns.queries.report import reach_of
from engage.pages.messages import refusal_message
from engage.participation.queries import about_options
from surveys import queries as survey_queries
from surveys.models import Invitation, Questionnaire, Study, StudyWave
from surveys.results.layout import MODE, Column, Layout, Level
from surveys.results.queries import Source, column_words, level_words, open_answers, percent
from surveys.results.words import MODES, REASON_NAMES
from surveys.studies.actions import part_of
from surveys.telephone.models import SampleNumber

# Brings pyarrow, pandas and scipy, which a process that shows no results does without.
if TYPE_CHECKING:
    from surveys.statistics.comparisons import Change
    from surveys.statistics.design import Floats
    from surveys.statistics.representativity import Representativity
    from surveys.statistics.weighting import Weighting
    from surveys.studies.comparing import Compared, Side, WaveAnswers
    from surveys.studies.representing import Group, Standing

# The weights that the benchmarks give; other weights are columns.
BY_BENCHMARK = "#benchmark"
WEIGHT_TYPES = ("number", "calculation", "hidden")
BENCHMARK_TYPES = ("single", "region")


def studies(actor: Actor) -> list[Study]:
    """List the studies, the newest first, with their waves at hand."""
    return list(Study.objects.visible_to(actor).prefetch_related("waves"))


@dataclass(frozen=True)
class ShownWave:
    """A wave with the title of its questionnaire, when it was, and how many responses it takes (None: not read yet)."""

    wave: StudyWave
    title: str
    period: str
    only: str
    n: int | None


class Opened:
    """A study with the answers of its waves, read when they are asked for."""

    def __init__(self, study: Study, language: str) -> None:
        self.study, self.language = study, language
        self.waves: list[StudyWave] = list(study.waves.select_related("questionnaire"))
        self._sources: dict[int, tuple[Source, Mapping[int, WaveAnswers]] | None] = {}

    def _of(self, questionnaire: Questionnaire) -> tuple[Source, Mapping[int, WaveAnswers]] | None:
        """Return the answers to a questionnaire grouped by its waves; None while they are being put together."""
        from surveys.studies import comparing

        if questionnaire.pk not in self._sources:
            source = open_answers(questionnaire, public=False)
            own = [wave for wave in self.waves if wave.questionnaire_id == questionnaire.pk]
            found = None
            if source is not None:
                answers = comparing.grouped(source.answers, [part_of(wave) for wave in own])
                found = source, {wave.pk: comparing.WaveAnswers(answers, at) for at, wave in enumerate(own)}
            self._sources[questionnaire.pk] = found
        return self._sources[questionnaire.pk]

    def answers(self, wave: StudyWave) -> WaveAnswers:
        """Return the answers of a wave. Raises Refused("survey_results_not_ready")."""
        found = self._of(wave.questionnaire)
        if found is None:
            raise Refused("survey_results_not_ready")
        return found[1][wave.pk]

    def layout(self, wave: StudyWave) -> Layout | None:
        """Return the columns of a wave; None while its answers are being put together."""
        found = self._of(wave.questionnaire)
        return found[0].answers.layout if found else None

    def wave(self, number: str) -> StudyWave | None:
        """Return a wave by the number of an address; None for none."""
        return next((wave for wave in self.waves if str(wave.number) == number), None)

    @cached_property
    def shown(self) -> list[ShownWave]:
        """The waves as the pages list them."""
        titles = survey_queries.titles((wave.questionnaire_id for wave in self.waves), self.language)
        found = []
        for wave in self.waves:
            read = self._of(wave.questionnaire)
            n = int(read[1][wave.pk].inside.sum()) if read else None
            title = titles.get(wave.questionnaire_id, wave.questionnaire.key)
            found.append(ShownWave(wave, title, _period(wave), _only(wave), n))
        return found

    @cached_property
    def benchmarks(self) -> list[tuple[str, str, list[tuple[str, float | None]], str]]:
        """The benchmarks: key, question in words, shares in percent, source."""
        return [
            (one.question, self.question(one.question), [(value, share) for value, share in one.shares], one.source)
            for one in self.study.benchmarks.all()
        ]

    def question(self, key: str) -> str:
        """Return a question in words, from the first wave that asks it; its key where none does any more."""
        for wave in self.waves:
            layout = self.layout(wave)
            if layout is not None and (column := layout.by_key.get(key)) is not None:
                return column_words(layout, column, self.language)
        return key

    def questions(self) -> list[tuple[str, str]]:
        """List what a benchmark can be of: questions with one answer of several, key and words."""
        found: dict[str, str] = {}
        for wave in self.waves:
            layout = self.layout(wave)
            for column in layout.columns if layout else ():
                if layout and column.question.type in BENCHMARK_TYPES and column.kind != "text":
                    found.setdefault(column.key, column_words(layout, column, self.language))
        return list(found.items())

    def groups(self, key: str) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return the answers to a question that a benchmark can be of: value, words, words in every language.

        No answers: there can be no benchmark of it.
        """
        found: dict[str, tuple[str, tuple[str, ...]]] = {}
        for wave in self.waves:
            layout = self.layout(wave)
            column = layout.by_key.get(key) if layout else None
            if layout is None or column is None or column.question.type not in BENCHMARK_TYPES or column.kind == "text":
                continue
            if column.question.type == "region":
                for value, words in about_options("region"):
                    found.setdefault(str(value), (str(words), (str(words),)))
            for level in column.levels:
                words = level_words(layout, level, self.language, key=key)
                found.setdefault(str(level.value), (words, (words, *(level.label or {}).values())))
        return [(value, words, names) for value, (words, names) in found.items()]

    def weights(self, wave: StudyWave, weight: str) -> Floats | None:
        """Return the weights of a wave's questionnaire by a column or by the benchmarks; None for none.

        Raises Refused: study_weights_missing (wave), survey_results_no_weights, survey_weights_negative, and as
        `representing.fitted`.
        """
        from surveys.studies import representing

        if not weight:
            return None
        own = self.answers(wave)
        if weight != BY_BENCHMARK:
            if weight not in own.answers.layout.by_key:
                raise Refused("study_weights_missing", wave=wave.name)
            return own.answers.weights(weight)
        benchmarks = self.benchmarks_of(wave)
        if not benchmarks:
            raise Refused("study_weights_missing", wave=wave.name)
        return representing.fitted(own, benchmarks)[1]

    def benchmarks_of(self, wave: StudyWave) -> list[tuple[str, str, list[tuple[str, float | None]]]]:
        """Return the benchmarks of questions that a wave asks: key, question in words, shares in percent."""
        layout = self.layout(wave)
        return [
            (key, words, shares) for key, words, shares, _source in self.benchmarks if layout and key in layout.by_key
        ]

    def weight_choices(self, *waves: StudyWave) -> list[tuple[str, str]]:
        """List the weights that all of some waves have."""
        layouts = [layout for wave in waves if (layout := self.layout(wave))]
        found = [(BY_BENCHMARK, _("Fitted to the benchmarks of this study"))] if self.benchmarks else []
        for column in layouts[-1].columns if len(layouts) == len(waves) else ():
            if column.question.type in WEIGHT_TYPES and all(column.key in layout.by_key for layout in layouts):
                found.append((column.key, column_words(layouts[-1], column, self.language)))
        return found


def _period(wave: StudyWave) -> str:
    """Write when people were asked: the wave's own days, else those of its questionnaire."""
    own = wave.questionnaire
    begins = wave.first_day or (timezone.localdate(own.opens_at) if own.opens_at else None)
    ends = wave.last_day or (timezone.localdate(own.closes_at) if own.closes_at else None)
    if begins and ends:
        return _("%(first)s to %(last)s") % {"first": _day(begins), "last": _day(ends)}
    if begins:
        return _("from %(first)s") % {"first": _day(begins)}
    return _("until %(last)s") % {"last": _day(ends)} if ends else _("no days set")


def _day(day: date) -> str:
    return formats.date_format(day, "DATE_FORMAT")


def _only(wave: StudyWave) -> str:
    """Write which responses of the questionnaire a wave takes besides its days."""
    said = []
    if wave.version is not None:
        said.append(_("version %(n)s") % {"n": wave.version})
    if wave.invitations is not None:
        said.append(_("invitations of wave %(n)s") % {"n": wave.invitations})
    return _(", ").join(said)


# --- waves against each other ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownSide:
    """One answer in one wave as written; widths are of a drawing of 200."""

    count: str
    share: str
    interval: str
    width: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ShownChange:
    """One answer in both waves, its change in points with its interval; `beyond`: chance alone hardly does that."""

    label: str
    sides: tuple[ShownSide, ShownSide]
    change: str
    interval: str
    p: str
    beyond: bool


@dataclass(frozen=True)
class ShownQuestion:
    """One question, or one row of it, in both waves."""

    heading: str
    compared: Compared
    lines: Sequence[ShownChange]
    mean: ShownChange | None
    # What the earlier wave asked, where it was worded otherwise.
    before: str


def change_page(
    opened: Opened, first: StudyWave, second: StudyWave, weight: str
) -> tuple[list[ShownQuestion], tuple[float, float] | None]:
    """Return every question of two waves in words, and the effective sizes of the weighted waves.

    Raises Refused: study_waves_alike, survey_results_not_ready, and as `Opened.weights` and `comparing.changes`.
    """
    from surveys.statistics.intervals import effective_size
    from surveys.studies import comparing

    if first.pk == second.pk:
        raise Refused("study_waves_alike")
    sides = []
    for wave in (first, second):
        sides.append(replace(opened.answers(wave), weights=opened.weights(wave, weight)))
    found = [_shown_question(opened, sides[0], sides[1], one) for one in comparing.changes(sides[0], sides[1])]
    sizes = [effective_size(side.weights[side.inside]) for side in sides if side.weights is not None]
    return found, (sizes[0], sizes[1]) if len(sizes) == 2 else None


def _shown_question(opened: Opened, first: WaveAnswers, second: WaveAnswers, one: Compared) -> ShownQuestion:
    language = opened.language
    old, new = first.answers.layout, second.answers.layout
    heading, before = column_words(new, one.column, language), column_words(old, one.before, language)
    lines = [
        _shown_line(_label(new, one.column, line.level, language, is_reason=line.is_reason), line.first, line.second,
                    line.change)
        for line in one.lines
    ]  # fmt: skip
    mean = None
    if one.means is not None:
        empty = (ShownSide("", number_format(round(value, 2)), "", None, None, None) for value in
                 (one.means.first, one.means.second))  # fmt: skip
        change = one.means.change
        mean = ShownChange(
            _("Mean"), (next(empty), next(empty)), _signed(change.value, 2),
            _range(_signed(change.low, 2), _signed(change.high, 2)), _p(change.p), _is_beyond(change),
        )  # fmt: skip
    return ShownQuestion(heading, one, lines, mean, before if before != heading else "")


def _label(layout: Layout, column: Column, level: Level, language: str, *, is_reason: bool) -> str:
    if is_reason:
        return str(REASON_NAMES[str(level.value)])
    return level_words(layout, level, language, key=column.key)


def _shown_line(label: str, first: Side, second: Side, change: Change | None) -> ShownChange:
    sides = (_shown_side(first), _shown_side(second))
    if change is None:
        return ShownChange(label, sides, "–", "", "", beyond=False)
    points = [_signed(100 * value, 1) for value in (change.value, change.low, change.high)]
    return ShownChange(label, sides, points[0], _range(points[1], points[2]), _p(change.p), _is_beyond(change))


def _shown_side(side: Side) -> ShownSide:
    if side.count is None:
        return ShownSide(_("hidden") if side.hidden else "–", "–", "", None, None, None)
    if side.share is None or side.low is None or side.high is None:
        return ShownSide(number_format(side.count), "–", "", None, None, None)
    return ShownSide(
        number_format(side.count), percent(side.share) + "%", f"{percent(side.low)}–{percent(side.high)}",
        round(200 * side.share, 1), round(200 * side.low, 1), round(200 * side.high, 1),
    )  # fmt: skip


def _signed(value: float, places: int) -> str:
    rounded = round(value, places)
    if rounded == 0:
        return number_format(0, decimal_pos=places)
    return ("+" if rounded > 0 else "−") + number_format(abs(rounded), decimal_pos=places)


def _range(low: str, high: str) -> str:
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _p(p: float) -> str:
    return _("below 0.001") if p < 0.001 else number_format(p, decimal_pos=3)


def _is_beyond(change: Change) -> bool:
    return change.low > 0 or change.high < 0


# --- the panel -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Invited:
    """Who was asked by letter: people, reminded, known to have answered, by group of the invitations.

    `groups` are (group, invited, answered as written, rate as written); R where no count of them is hidden.
    `of_all`: the wave takes a part of the answers only, and this is of the whole questionnaire.
    """

    people: int
    reminded: int
    answered: int
    groups: Sequence[tuple[str, int, str, str]]
    r: Representativity | None
    of_all: bool


@dataclass(frozen=True)
class Called:
    """Numbers of the telephone studies on the questionnaire: in the sample, called at least once in the days."""

    numbers: int
    called: int


@dataclass(frozen=True)
class ShownGroup:
    """One group against the population, as written; widths are of a drawing of 200."""

    label: str
    count: str
    share: str
    interval: str
    population: str
    gap: str
    weighted: str
    weight: str
    width: float | None
    low: float | None
    high: float | None
    mark: float
    beyond: bool


@dataclass(frozen=True)
class ShownStanding:
    """One benchmark."""

    key: str
    heading: str
    source: str
    standing: Standing
    groups: Sequence[ShownGroup]
    largest: str
    off: str


@dataclass(frozen=True)
class Panel:
    """All that is known of whom a wave reached. `weighting` None: no weights, `refused` says why."""

    modes: Sequence[tuple[str, str]]
    invited: Invited | None
    called: Called | None
    standings: Sequence[ShownStanding]
    weighting: Weighting | None
    refused: str

    @property
    def tells_weights(self) -> bool:
        """Whether the spread of the weights may be told: with it a hidden group could be worked out."""
        return all(one.standing.off is not None for one in self.standings)


def panel(opened: Opened, wave: StudyWave, actor: Actor) -> Panel:
    """Return what a wave reached. Raises Refused("survey_results_not_ready")."""
    from surveys.studies import representing

    own = opened.answers(wave)
    benchmarks = opened.benchmarks_of(wave)
    weighting: Weighting | None = None
    weights: Floats | None = None
    refused = ""
    if benchmarks:
        try:
            weighting, weights = representing.fitted(own, benchmarks)
        except Refused as refusal:
            refused = refusal_message(refusal)
    sources = {key: source for key, _words, _shares, source in opened.benchmarks}
    standings = [
        _shown_standing(opened, words, sources[key], representing.standing(own, key, shares, weights))
        for key, words, shares in benchmarks
    ]
    return Panel(_modes(own), _invited(wave, actor), _called(wave, actor), standings, weighting, refused)


def _modes(own: WaveAnswers) -> list[tuple[str, str]]:
    """Return on which ways people answered, small counts hidden; none where that hides too much."""
    import numpy as np

    coded, hidden = own.answers.coded(MODE), own.hidden(MODE)
    if hidden is None:
        return []
    counts = np.bincount(coded.codes[own.inside], minlength=len(coded.levels))
    return [
        (str(MODES[str(level.value)]), _("hidden") if hidden[at] else number_format(int(counts[at])))
        for at, level in enumerate(coded.levels)
    ]


def _invited(wave: StudyWave, actor: Actor) -> Invited | None:
    from surveys.statistics.representativity import r_indicator

    asked = Invitation.objects.visible_to(actor).filter(questionnaire=wave.questionnaire)
    if wave.invitations is not None:
        asked = asked.filter(wave=wave.invitations)
    found = asked.aggregate(people=Count("pk"), reminded=Count("pk", filter=Q(reminded_at__isnull=False)))
    if not found["people"]:
        return None
    people = _by_group(asked)
    open_still = _by_group(asked.unanswered())
    table = {
        group: {"yes": n - open_still.get(group, 0), "no": open_still.get(group, 0)} for group, n in people.items()
    }
    answered = sum(row["yes"] for row in table.values())
    groups: list[tuple[str, int, str, str]] = []
    r = None
    if len(table) > 1:
        masked = mask_table(table)
        hidden = {group for group, row in masked.items() if isinstance(row["yes"], str) or isinstance(row["no"], str)}
        for group, n in people.items():
            yes = table[group]["yes"]
            shown = ("–", "–") if group in hidden else (number_format(yes), percent(yes / n) + "%")
            groups.append((group or _("no group"), n, *shown))
        if not hidden and answered:
            r = r_indicator([*people.values()], [row["yes"] for row in table.values()])
    is_part = wave.version is not None or wave.first_day is not None or wave.last_day is not None
    of_all = wave.invitations is None and is_part
    return Invited(found["people"], found["reminded"], answered, groups, r, of_all)


def _by_group(asked: QuerySet[Invitation]) -> dict[str, int]:
    return dict(asked.order_by("group").values_list("group").annotate(n=Count("pk")))


def _called(wave: StudyWave, actor: Actor) -> Called | None:
    numbers = SampleNumber.objects.visible_to(actor).filter(study__questionnaire=wave.questionnaire)
    total = numbers.count()
    if not total:
        return None
    during = Q(attempts__isnull=False)
    if wave.first_day:
        during &= Q(attempts__began_at__date__gte=wave.first_day)
    if wave.last_day:
        during &= Q(attempts__began_at__date__lte=wave.last_day)
    return Called(total, numbers.filter(during).distinct().count())


def _shown_standing(opened: Opened, words: str, source: str, found: Standing) -> ShownStanding:
    names = {value: name for value, name, _all in opened.groups(found.key)}
    largest = found.largest
    return ShownStanding(
        found.key, words, source, found,
        [_shown_group(names.get(group.value, group.value), group) for group in found.groups],
        _largest_words(names.get(largest.value, largest.value), largest.gap) if largest and largest.gap else "",
        percent(found.off) + "%" if found.off is not None else "",
    )  # fmt: skip


def _largest_words(group: str, gap: float) -> str:
    points = {"group": group, "points": number_format(round(abs(100 * gap), 1), decimal_pos=1)}
    if gap < 0:
        return _("The largest gap: %(group)s is %(points)s points too small.") % points
    return _("The largest gap: %(group)s is %(points)s points too large.") % points


def _shown_group(label: str, group: Group) -> ShownGroup:
    population, mark = percent(group.population) + "%", round(200 * group.population, 1)
    if group.count is None or group.share is None or group.low is None or group.high is None or group.gap is None:
        return ShownGroup(label, _("hidden"), "–", "", population, "–", "–", "–", None, None, None, mark, beyond=False)
    return ShownGroup(
        label, number_format(group.count), percent(group.share) + "%", f"{percent(group.low)}–{percent(group.high)}",
        population, _signed(100 * group.gap, 1),
        "–" if group.weighted is None else percent(group.weighted) + "%",
        "–" if group.weight is None else number_format(round(group.weight, 2), decimal_pos=2),
        round(200 * group.share, 1), round(200 * group.low, 1), round(200 * group.high, 1), mark,
        beyond=not group.low <= group.population <= group.high,
    )  # fmt: skip


@dataclass(frozen=True)
class CampaignReach:
    """What a campaign counted: its title, days, and people or readings by channel (None: nothing counts it)."""

    title: str
    first: date
    last: date
    channels: Sequence[tuple[str, int | None]]


def campaign_reach(study: Study, actor: Actor) -> CampaignReach | None:
    """Return what the campaign of a study reached; None where it has none."""
    campaign = Campaign.objects.visible_to(actor).filter(pk=study.campaign_id or 0).first()
    if campaign is None:
        return None
    names = registry.channels()
    channels = [(str(names.get(one.channel, one.channel)), one.reached) for one in reach_of(campaign)]
    return CampaignReach(campaign.title, campaign.first_day, campaign.last_day, channels)
