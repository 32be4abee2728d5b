"""A questionnaire while it is answered: what is shown in which order, what is kept, dropped and wrong.

One pass settles everything in the order of dependencies: conditions, instances of repeats, answers, calculated values.
What is hidden counts as not answered. Nothing is stored and no clock is read: `Sitting` brings the moment and the seed.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from engage.errors import Refused
from surveys.definition import expressions
from surveys.definition.answers import (
    MISSING_MODES,
    OTHER,
    Offer,
    Reading,
    is_blank,
    missing_reason,
    plain,
    read,
)
from surveys.definition.dependencies import Dependencies, page_key
from surveys.definition.expressions import Budget, Context, Value
from surveys.definition.model import (
    CHOICE_TYPES,
    UNASKED_TYPES,
    Ballot,
    Definition,
    Entry,
    Group,
    Mixing,
    Mode,
    Option,
    Page,
    Question,
    Repeat,
    Texts,
)
from surveys.definition.ordering import arm, order

Path = tuple[tuple[str, int], ...]
"""The repeats around something and the instance in each, from 0, from the outermost in."""

MAX_RUN_STEPS = 3_000_000
MAX_OTHER = 500
PIPED = re.compile(r"\$\{[ ]*([A-Za-z_][A-Za-z0-9_.-]*)[ ]*\}")
_ENFORCING: frozenset[Mode] = frozenset({"web", "phone"})
"""Modes in which required answers are asked for; paper was filled in without us."""


@dataclass(frozen=True)
class Sitting:
    """What is fixed while one person answers.

    `now` is the local moment. `seed` decides all that is random and is kept with the response. `parameters` come from
    the address, `meta` from the platform (mode, start, language ...), `calculated` from the pass before, for `once`.
    `regions` are the codes that count as regions; None takes any.
    """

    now: datetime
    seed: str
    mode: Mode = "web"
    language: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    meta: Mapping[str, str] = field(default_factory=dict)
    calculated: Mapping[str, Any] = field(default_factory=dict)
    regions: Collection[str] | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with one answer. `code` is one of `answers.read`, or required, constraint, work_limit."""

    name: str
    path: Path
    page: int
    code: str
    values: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Where the answer stands: `people/1/name`, instances from 1."""
        return key_of(self.name, self.path)


@dataclass(frozen=True)
class Dropped:
    """An answer that is not kept, and why.

    Reasons: unknown_name, hidden, not_asked, read_only, no_row, wrong_type, other_not_chosen, too_long.
    """

    key: str
    reason: str


@dataclass(frozen=True)
class Shown:
    """One thing on a page, in the order it is shown. Of a repeat `children` has one tuple for each instance."""

    item: Group | Repeat | Question
    path: Path
    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    required: bool = False
    answer: Any = None
    prefill: Any = None
    children: tuple[tuple["Shown", ...], ...] = ()

    @property
    def key(self) -> str:
        """Where the answer stands: `people/1/name`, instances from 1."""
        return key_of(self.item.name, self.path)


@dataclass(frozen=True)
class ShownPage:
    """One page; `number` is its place in the definition."""

    page: Page
    number: int
    items: tuple[Shown, ...]


@dataclass(frozen=True)
class Course:
    """What a questionnaire looks like for some answers.

    `kept` are the answers as JSON, repeats as lists, `calculated` the values that nobody typed, in the same shape.
    `ballots` has the arms, `quotas` the names of the cells that are met.
    """

    kept: Mapping[str, Any]
    calculated: Mapping[str, Any]
    dropped: tuple[Dropped, ...]
    faults: tuple[Fault, ...]
    ballots: Mapping[str, str]
    quotas: tuple[str, ...]
    values: Mapping[str, Any]
    language: str
    runtime: "Runtime"
    settled: "_Pass" = field(repr=False, compare=False)

    @cached_property
    def pages(self) -> tuple[ShownPage, ...]:
        """What is shown, page by page; laid out when it is asked for: whoever sends needs none."""
        return self.settled.pages()

    @property
    def orders(self) -> Mapping[str, tuple[str, ...]]:
        """Every mixed order by its place."""
        return self.settled.orders if self.pages else {}

    def page(self, number: int) -> ShownPage | None:
        """The page with a place in the definition; None while it is not shown."""
        return next((page for page in self.pages if page.number == number), None)

    def faults_of(self, pages: Collection[int]) -> tuple[Fault, ...]:
        """The faults on these pages: on the way only what was already seen is asked for."""
        return tuple(fault for fault in self.faults if fault.page in pages)

    def shown(self, number: int | None = None) -> Iterator[Shown]:
        """Everything that is shown, or on the page with this place, from the top, groups before what is in them."""
        pages = [page for page in reversed(self.pages) if number in (None, page.number)]
        waiting = [item for page in pages for item in reversed(page.items)]
        while waiting:
            here = waiting.pop()
            yield here
            waiting.extend(item for instance in reversed(here.children) for item in reversed(instance))

    def words(self, texts: Texts, path: Path = ()) -> str:
        """A text in the language of the sitting, with answers put in. Plain text: whoever shows it escapes it."""
        return self.runtime.pipe(self.runtime.choose(texts, self.language), self.values, path, self.language)


def key_of(name: str, path: Path) -> str:
    """`people/1/name`: names of repeats and their instances, from 1, before the name."""
    if not path:
        return name
    return "/".join([*(f"{repeat}/{index + 1}" for repeat, index in path), name])


class Runtime:
    """A definition made ready. One object serves any number of sittings: it keeps nothing of any."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.dependencies = Dependencies(definition)
        self.homes = definition.homes
        self.labels = {
            question.name: {option.value: option.words for option in definition.options_of(question)}
            for question in definition.questions
            if question.type in CHOICE_TYPES
        }
        self.fixed_offers = dict(self._fixed_offers())

    def _fixed_offers(self) -> Iterator[tuple[str, tuple[tuple[Option, ...], tuple[Option, ...]]]]:
        """What questions offer of which nothing depends on who answers and how."""
        for question in self.definition.questions:
            own = self.definition.options_of(question)
            mixed = question.randomise != "none" or question.randomise_rows != "none"
            conditional = question.choice_filter or any(one.relevant or one.modes for one in (*own, *question.rows))
            if not (mixed or conditional):
                yield question.name, (own, question.rows)

    def course(self, raw: Mapping[str, Any], sitting: Sitting) -> Course:
        """Settle everything for these answers: JSON by name, of a repeat a list of such mappings."""
        return _Pass(self, raw, sitting).course()

    def accept(
        self, raw: Mapping[str, Any], sitting: Sitting
    ) -> tuple[Mapping[str, Any], tuple[Dropped, ...], tuple[Fault, ...]]:
        """What is kept of these answers, what is dropped and what is wrong."""
        course = self.course(raw, sitting)
        return course.kept, course.dropped, course.faults

    def choose(self, texts: Texts, language: str) -> str:
        """The words in a language, else in the default one, else in any."""
        for wanted in (language, *self.definition.languages):
            if texts.get(wanted):
                return texts[wanted]
        return next((words for words in texts.values() if words), "")

    def pipe(self, words: str, values: Mapping[str, Any], path: Path, language: str) -> str:
        """Put answers into a text: choices by their labels, numbers and days as written."""
        if "${" not in words:
            return words
        context = Context(now=datetime.min, path=path, homes=self.homes)

        def answer(found: re.Match[str]) -> str:
            value = expressions.evaluate(expressions.parse(f"${{{found[1]}}}"), values, context)
            return self.words_of(found[1], value, language)

        return PIPED.sub(answer, words)

    def words_of(self, name: str, value: Value, language: str) -> str:
        """An answer as words: of choices the labels."""
        owner = self.dependencies.owner.get(name, name)
        labels = self.labels.get(owner)
        if labels is None or isinstance(value, bool):
            return expressions.as_text(value)
        chosen = value if isinstance(value, tuple) else (expressions.as_text(value),)
        mark = "、" if language.startswith("zh") else ", "
        return mark.join(self.choose(labels.get(each, {}), language) or each for each in chosen)


class _Pass:
    """One settling of everything. Typed values and what is kept grow side by side in the same shape."""

    def __init__(self, runtime: Runtime, raw: Mapping[str, Any], sitting: Sitting) -> None:
        self.runtime = runtime
        self.definition = runtime.definition
        self.sitting = sitting
        self.raw = raw if isinstance(raw, Mapping) else {}
        self.values: dict[str, Any] = {}
        self.kept: dict[str, Any] = {}
        self.calculated: dict[str, Any] = {}
        self.visible: set[tuple[str, Path]] = set()
        self.offers: dict[tuple[str, Path], Offer] = {}
        self.faulty: set[tuple[str, Path]] = set()
        self.dropped: list[Dropped] = []
        self.faults: list[Fault] = []
        self.orders: dict[str, tuple[str, ...]] = {}
        self.budget = Budget(MAX_RUN_STEPS)
        self.entry_of = self.definition.by_name
        self.base = Context(
            now=sitting.now, seed=sitting.seed, homes=runtime.homes, label=self.label, budget=self.budget
        )

    def label(self, name: str, value: str) -> str:
        return self.runtime.words_of(name, value, self.sitting.language)

    def course(self) -> Course:
        ballots = {ballot.name: self.assigned(ballot) for ballot in self.definition.ballots}
        self.values.update(ballots)
        pages = {page_key(number): page for number, page in enumerate(self.definition.pages)}
        for node in self.runtime.dependencies.order:
            if node in pages:
                if self.applies(pages[node], (), node):
                    self.visible.add((node, ()))
            else:
                self.settle(self.entry_of[node])
        self.judge()
        self.look_for_strangers(self.raw, (), "")
        if self.budget.spent:
            self.faults.append(Fault("", (), 0, "work_limit", {"limit": MAX_RUN_STEPS}))
        return Course(
            kept=self.kept,
            calculated=self.calculated,
            dropped=tuple(self.dropped),
            faults=tuple(self.faults),
            ballots=ballots,
            quotas=tuple(quota.name for quota in self.definition.quotas if self.holds(quota.when, (), quota.name)),
            values=self.values,
            language=self.sitting.language,
            runtime=self.runtime,
            settled=self,
        )

    def assigned(self, ballot: Ballot) -> str:
        return arm(ballot, self.sitting.seed)

    # Expressions

    def evaluate(self, text: str, path: Path, place: str, **context: Any) -> Value:
        here = replace(self.base, path=path, place=place, **context)
        return expressions.evaluate(expressions.parse(text), self.values, here)

    def holds(self, condition: bool | str, path: Path, place: str, **context: Any) -> bool:
        if isinstance(condition, bool):
            return condition
        return expressions.as_boolean(self.evaluate(condition, path, place, **context))

    def applies(self, part: Page | Group | Repeat | Question | Option, path: Path, place: str) -> bool:
        if not part.is_meant_for(self.sitting.mode):
            return False
        return not part.relevant or self.holds(part.relevant, path, place)

    # Settling

    def instances(self, repeats: tuple[str, ...]) -> list[Path]:
        paths: list[Path] = [()]
        for repeat in repeats:
            paths = [
                (*path, (repeat, index))
                for path in paths
                for index in range(len(self.row(self.values, path).get(repeat, ())))
            ]
        return paths

    def row(self, tree: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """The mapping of an instance; an empty one where the tree has none."""
        if not path and type(tree) is dict:
            return tree
        here: Any = tree
        for repeat, index in path:
            rows = here.get(repeat)
            here = rows[index] if isinstance(rows, list) and index < len(rows) else {}
            if not isinstance(here, Mapping):
                return {}
        return here

    def settle(self, entry: Entry) -> None:
        above = entry.above[-1].name if entry.above else page_key(entry.page)
        for path in self.instances(entry.repeats):
            # What is around stands in as many repeats as this, or in one less when it is the repeat itself.
            around = path[:-1] if entry.above and isinstance(entry.above[-1], Repeat) else path
            if (above, () if not entry.above else around) not in self.visible:
                continue
            if not self.applies(entry.item, path, key_of(entry.item.name, path)):
                continue
            self.visible.add((entry.item.name, path))
            if isinstance(entry.item, Repeat):
                self.open_rows(entry.item, path)
            elif isinstance(entry.item, Question):
                self.take(entry, entry.item, path)

    def open_rows(self, repeat: Repeat, path: Path) -> None:
        sent = self.row(self.raw, path).get(repeat.name)
        count = len(sent) if isinstance(sent, list) else 0
        if repeat.count:
            wanted = expressions.as_number(self.evaluate(repeat.count, path, key_of(repeat.name, path)))
            count = max(0, int(wanted or 0))
        else:
            count = max(count, repeat.minimum)
        count = min(count, repeat.maximum)
        # Repeats inside repeats multiply: instances cost steps too.
        count = count if self.budget.take(count * 100) else 0
        for tree in (self.values, self.kept, self.calculated):
            self.row(tree, path)[repeat.name] = [{} for _ in range(count)]

    def take(self, entry: Entry, question: Question, path: Path) -> None:
        if question.type in UNASKED_TYPES:
            self.compute(question, path)
            return
        offer = self.offer(question, path)
        self.offers[question.name, path] = offer
        raw = self.row(self.raw, path).get(question.name)
        if question.type == "note" or is_blank(raw):
            return
        if question.read_only:
            self.dropped.append(Dropped(key_of(question.name, path), "read_only"))
            return
        kept = self.row(self.kept, path)
        if self.sitting.mode in MISSING_MODES and (reason := missing_reason(raw)):
            kept[question.name] = {"missing": reason}
            return
        try:
            reading = read(question, raw, offer)
        except Refused as refused:
            self.faulty.add((question.name, path))
            self.faults.append(Fault(question.name, path, entry.page, refused.code, refused.values))
            return
        self.keep(question, path, reading, offer)

    def keep(self, question: Question, path: Path, reading: Reading, offer: Offer) -> None:
        if is_blank(reading.kept):
            return
        kept, values = self.row(self.kept, path), self.row(self.values, path)
        kept[question.name] = reading.kept
        values[question.name] = reading.value
        values.update(reading.parts)
        words = self.row(self.raw, path).get(question.name + OTHER)
        if is_blank(words):
            return
        own = {option.value for option in (*offer.options, *offer.rows) if option.other}
        key = key_of(question.name + OTHER, path)
        if not own & {*_chosen_values(reading.kept)}:
            self.dropped.append(Dropped(key, "other_not_chosen"))
        elif not isinstance(words, str):
            self.dropped.append(Dropped(key, "wrong_type"))
        elif len(words) > MAX_OTHER:
            self.dropped.append(Dropped(key, "too_long"))
        else:
            kept[question.name + OTHER] = words.strip()

    def compute(self, question: Question, path: Path) -> None:
        """Values that nobody types."""
        key = key_of(question.name, path)
        before = self.row(self.sitting.calculated, path).get(question.name)
        own: Value = before if isinstance(before, bool | str) else None
        if isinstance(before, int | float) and not isinstance(before, bool):
            own = expressions.as_number(str(before))
        value: Value
        if question.calculation:
            value = self.evaluate(question.calculation, path, key, own=own)
        elif question.type == "meta":
            value = self.meta(question.meta or question.name)
        else:
            value = self.sitting.parameters.get(question.parameter or question.name, "")[:1_000] or None
            if value is None and question.default:
                value = self.evaluate(question.default, path, key, own=own)
        if not expressions.is_empty(value):
            self.row(self.values, path)[question.name] = value
            self.row(self.calculated, path)[question.name] = plain(value)

    def meta(self, name: str) -> Value:
        own = {"mode": self.sitting.mode, "language": self.sitting.language, "seed": self.sitting.seed}
        if name == "today":
            return self.sitting.now.date()
        return self.sitting.meta.get(name) or own.get(name) or None

    def offer(self, question: Question, path: Path) -> Offer:
        if fixed := self.runtime.fixed_offers.get(question.name):
            return Offer(*fixed, self.sitting.regions)
        key = key_of(question.name, path)
        options = self.mixed(self.definition.options_of(question), question.randomise, f"{question.name}/options")
        rows = self.mixed(question.rows, question.randomise_rows, f"{question.name}/rows")
        return Offer(
            tuple(option for option in options if self.offered(question, option, path, key)),
            tuple(row for row in rows if self.applies(row, path, key)),
            self.sitting.regions,
        )

    def offered(self, question: Question, option: Option, path: Path, key: str) -> bool:
        if not self.applies(option, path, key):
            return False
        if not question.choice_filter:
            return True
        fields = {"name": option.value, **option.fields}
        return self.holds(question.choice_filter, path, key, option=fields)

    # Orders

    def mixed(self, options: tuple[Option, ...], mixing: Mixing, place: str) -> tuple[Option, ...]:
        if mixing == "none":
            return options
        values = [option.value for option in options]
        return tuple(options[index] for index in self.drawn(values, [o.fixed for o in options], mixing, place))

    def drawn(self, names: list[str], fixed: list[bool], mixing: Mixing, place: str) -> tuple[int, ...]:
        indexes = order(names, fixed, mixing, self.sitting.seed, place)
        if mixing != "none":
            self.orders[place] = tuple(names[index] for index in indexes)
        return indexes

    def pages(self) -> tuple[ShownPage, ...]:
        pages = self.definition.pages
        indexes = self.drawn(
            [page.name for page in pages],
            [page.fixed for page in pages],
            self.definition.settings.randomise_pages,
            "pages",
        )
        found = []
        for number in indexes:
            if (page_key(number), ()) in self.visible:
                items = self.children(pages[number].items, pages[number].randomise, page_key(number), ())
                if items:
                    found.append(ShownPage(pages[number], number, items))
        return tuple(found)

    def children(
        self, items: tuple[Group | Repeat | Question, ...], mixing: Mixing, place: str, path: Path
    ) -> tuple[Shown, ...]:
        indexes = self.drawn([item.name for item in items], [item.fixed for item in items], mixing, place)
        found = (self.shown(items[index], path) for index in indexes if (items[index].name, path) in self.visible)
        return tuple(shown for shown in found if shown is not None)

    def shown(self, item: Group | Repeat | Question, path: Path) -> Shown | None:
        if isinstance(item, Group):
            children = self.children(item.items, item.randomise, item.name, path)
            return Shown(item, path, children=(children,)) if children else None
        if isinstance(item, Repeat):
            rows = self.row(self.values, path).get(item.name, [])
            paths = [(*path, (item.name, index)) for index in range(len(rows))]
            instances = tuple(self.children(item.items, item.randomise, item.name, inner) for inner in paths)
            # One that the person may add to is shown without an instance too.
            return Shown(item, path, children=instances) if instances or not item.count else None
        return None if item.type in UNASKED_TYPES else self.question(item, path)

    def question(self, question: Question, path: Path) -> Shown:
        offer = self.offers[question.name, path]
        key = key_of(question.name, path)
        return Shown(
            question,
            path,
            options=offer.options,
            rows=offer.rows,
            required=self.required(question, path),
            answer=self.row(self.kept, path).get(question.name),
            prefill=plain(self.evaluate(question.default, path, key)) if question.default else None,
        )

    # Judging

    def required(self, question: Question, path: Path) -> bool:
        if isinstance(question.required, bool):
            return question.required and question.asked
        return question.asked and self.holds(question.required, path, key_of(question.name, path))

    def judge(self) -> None:
        """What is required and what an answer has to satisfy, once all values are known."""
        for entry in self.definition.entries:
            if not isinstance(entry.item, Question) or not (entry.item.required or entry.item.constraint):
                continue
            for path in self.instances(entry.repeats):
                if (entry.item.name, path) in self.visible and (entry.item.name, path) not in self.faulty:
                    self.judge_one(entry, entry.item, path)
        self.faults.sort(key=lambda fault: self.entry_of[fault.name].order)

    def judge_one(self, entry: Entry, question: Question, path: Path) -> None:
        kept = self.row(self.kept, path).get(question.name)
        value = self.row(self.values, path).get(question.name)
        if question.constraint and value is not None:
            if not self.holds(question.constraint, path, key_of(question.name, path), own=value):
                self.faults.append(Fault(question.name, path, entry.page, "constraint", {}))
        if self.sitting.mode in _ENFORCING and self.required(question, path) and not missing_reason(kept):
            if self.lacking(question, path, kept):
                self.faults.append(Fault(question.name, path, entry.page, "required", {}))

    def lacking(self, question: Question, path: Path, kept: Any) -> bool:
        if is_blank(kept):
            return not question.read_only and self.answerable(question, path)
        if question.type in ("consent", "declaration"):
            return kept is not True
        if question.type == "matrix":
            return any(row.value not in kept for row in self.offers[question.name, path].rows)
        return False

    def answerable(self, question: Question, path: Path) -> bool:
        """A question whose options are all filtered away can be left out."""
        offer = self.offers[question.name, path]
        if question.type == "matrix":
            return bool(offer.options and offer.rows)
        return bool(offer.options) or question.type not in CHOICE_TYPES

    # What came and was not asked for

    def look_for_strangers(self, raw: Mapping[str, Any], path: Path, before: str) -> None:
        for name, value in raw.items():
            key = before + str(name)[:200]
            entry = self.entry_of.get(str(name).removesuffix(OTHER)) if isinstance(name, str) else None
            if entry is None or entry.repeats != tuple(repeat for repeat, _ in path):
                self.dropped.append(Dropped(key, "unknown_name"))
            elif isinstance(entry.item, Repeat):
                self.look_into(entry.item, value, path, key)
            elif isinstance(entry.item, Group) or not entry.item.asked:
                self.dropped.append(Dropped(key, "not_asked"))
            elif (entry.item.name, path) not in self.visible and not is_blank(value):
                self.dropped.append(Dropped(key, "hidden"))

    def look_into(self, repeat: Repeat, value: Any, path: Path, key: str) -> None:
        if not isinstance(value, list):
            self.dropped.append(Dropped(key, "wrong_type"))
            return
        rows = self.row(self.values, path).get(repeat.name, [])
        for index, row in enumerate(value):
            if index >= len(rows):
                self.dropped.append(Dropped(f"{key}/{index + 1}", "no_row"))
                if index >= len(rows) + 100:
                    return
            elif isinstance(row, Mapping):
                self.look_for_strangers(row, (*path, (repeat.name, index)), f"{key}/{index + 1}/")
            else:
                self.dropped.append(Dropped(f"{key}/{index + 1}", "wrong_type"))


def _chosen_values(kept: Any) -> Iterator[str]:
    if isinstance(kept, str):
        yield kept
    elif isinstance(kept, Mapping):
        yield from kept
    elif isinstance(kept, list):
        yield from kept
