"""Random people who walk through a questionnaire, for the test run before publishing.

A walk sees what a person sees: one page after another, answers to what is shown, another try where an answer is
refused. Whoever cannot get past a page has found a dead end. The same seed walks the same way.
"""

import random
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from surveys.definition import expressions
from surveys.definition.answers import bounds, plain
from surveys.definition.expressions import literal_comparisons, patterns
from surveys.definition.expressions.tree import Call, Literal
from surveys.definition.model import Definition, Question, Repeat
from surveys.definition.runtime import Course, Runtime, Shown, Sitting

RESPONDENTS = 200
_TRIES = 25
_SKIP_SHARE = 0.1
_ADD_SHARE = 0.4
_NUMBER = re.compile(r"(?<![\w.])[0-9]+(?:\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class DeadEnd:
    """A question that no try satisfied."""

    page: str
    question: str
    code: str


@dataclass(frozen=True)
class Walk:
    """What one random person met. `answers` are what was kept at the end, `quotas` the cells it counts in."""

    seed: str
    pages: tuple[str, ...]
    asked: frozenset[str]
    answered: frozenset[str]
    answers: Mapping[str, Any]
    dead_ends: tuple[DeadEnd, ...]
    quotas: tuple[str, ...]


@dataclass(frozen=True)
class TestRun:
    """What many random people met. Shares are from 0 to 1 of all of them; names are in their written order."""

    __test__ = False  # no test case of pytest, whatever its name

    respondents: int
    finished: int
    page_share: Mapping[str, float]
    question_share: Mapping[str, float]
    quota_share: Mapping[str, float]
    dead_ends: Mapping[DeadEnd, int] = field(default_factory=dict)

    @property
    def never_asked(self) -> tuple[str, ...]:
        """Questions that nobody met."""
        return tuple(name for name, share in self.question_share.items() if share == 0)


def walk_through(definition: Definition, sitting: Sitting, count: int = RESPONDENTS) -> TestRun:
    """Let `count` people walk; the sitting's seed decides theirs."""
    runtime = Runtime(definition)
    walks = [
        random_respondent(runtime, replace(sitting, seed=f"{sitting.seed}/{number}")) for number in range(max(1, count))
    ]
    pages = Counter(page for walk in walks for page in walk.pages)
    asked = Counter(name for walk in walks for name in walk.asked)
    quotas = Counter(name for walk in walks for name in walk.quotas)
    return TestRun(
        respondents=len(walks),
        finished=sum(not walk.dead_ends for walk in walks),
        page_share={page.name: pages[page.name] / len(walks) for page in definition.pages},
        question_share={
            question.name: asked[question.name] / len(walks) for question in definition.questions if question.asked
        },
        quota_share={quota.name: quotas[quota.name] / len(walks) for quota in definition.quotas},
        dead_ends=dict(Counter(end for walk in walks for end in walk.dead_ends)),
    )


def random_respondent(runtime: Runtime, sitting: Sitting) -> Walk:
    """Walk once, as `sitting.seed` decides."""
    return _Walker(runtime, sitting).walk()


class _Walker:
    def __init__(self, runtime: Runtime, sitting: Sitting) -> None:
        self.runtime = runtime
        self.sitting = sitting
        self.chance = random.Random(f"walk/{sitting.seed}")
        self.raw: dict[str, Any] = {}
        self.values: Mapping[str, Any] = {}
        self.hints = {question.name: _hints(question) for question in runtime.definition.questions}
        self.patterns = {question.name: _pattern(question) for question in runtime.definition.questions}
        self.compared = _compared(runtime.definition)

    def walk(self) -> Walk:
        seen: list[int] = []
        asked: set[str] = set()
        ends: list[DeadEnd] = []
        course = self.course()
        while True:
            following = next((page.number for page in course.pages if page.number not in seen), None)
            if following is None:
                break
            seen.append(following)
            course, met, found = self.fill(following, course)
            asked |= met
            ends += found
            if found:
                break
        names = {self.runtime.definition.pages[number].name: None for number in seen}
        answered = frozenset(shown.item.name for shown in course.shown() if shown.answer is not None)
        return Walk(
            self.sitting.seed, tuple(names), frozenset(asked), answered, course.kept, tuple(ends), course.quotas
        )

    def course(self) -> Course:
        course = self.runtime.course(self.raw, self.sitting)
        self.values = course.values
        return course

    def fill(self, number: int, course: Course) -> tuple[Course, set[str], list[DeadEnd]]:
        """Answer what the page shows, also what appears by answering; then try again what was refused."""
        tried: set[str] = set()
        asked: set[str] = set()
        for _ in range(_TRIES):
            open_questions = [each for each in course.shown(number) if each.key not in tried]
            if not open_questions:
                break
            for shown in open_questions:
                tried.add(shown.key)
                self.answer(shown, may_skip=True)
                if isinstance(shown.item, Question) and shown.item.asked:
                    asked.add(shown.item.name)
            course = self.course()
        for attempt in range(_TRIES):
            wrong = {fault.key for fault in course.faults_of({number})}
            if not wrong:
                break
            for shown in list(course.shown(number)):
                if shown.key in wrong:
                    self.answer(shown, may_skip=attempt > _TRIES // 2 and not shown.required)
                    asked.add(shown.item.name)
            course = self.course()
        page = self.runtime.definition.pages[number].name
        return course, asked, [DeadEnd(page, fault.name, fault.code) for fault in course.faults_of({number})]

    def answer(self, shown: Shown, *, may_skip: bool) -> None:
        row = self.row(shown)
        item = shown.item
        if isinstance(item, Repeat):
            if not item.count and len(shown.children) < item.maximum and self.chance.random() < _ADD_SHARE:
                row[item.name] = [*row.get(item.name, []), *[{} for _ in range(len(shown.children) + 1)]][
                    : len(shown.children) + 1
                ]
            return
        if not isinstance(item, Question) or not item.asked or item.read_only:
            return
        if may_skip and not shown.required and self.chance.random() < _SKIP_SHARE:
            row.pop(item.name, None)
        else:
            row[item.name] = self.invented(shown, item)

    def row(self, shown: Shown) -> dict[str, Any]:
        here = self.raw
        for repeat, index in shown.path:
            rows = here.setdefault(repeat, [])
            while len(rows) <= index:
                rows.append({})
            here = rows[index]
        return here

    def invented(self, shown: Shown, question: Question) -> Any:
        values = [option.value for option in shown.options]
        kind = question.type
        if kind == "single":
            return self.chance.choice(values) if values else None
        if kind in ("multiple", "ranking"):
            return self.several(shown, question, values)
        if kind == "matrix":
            return {row.value: self.chance.choice(values) for row in shown.rows if values}
        if kind == "constant_sum":
            return self.shares(question, values)
        if kind in ("number", "slider", "rating", "nps"):
            return self.number(question)
        if kind in ("date", "time", "datetime"):
            return self.moment(question)
        return self.words(question)

    def several(self, shown: Shown, question: Question, values: list[str]) -> list[str]:
        alone = {option.value for option in shown.options if option.exclusive}
        if alone and self.chance.random() < 0.15:
            return [self.chance.choice(sorted(alone))]
        free = [value for value in values if value not in alone]
        least = min(len(free), question.min_chosen or 1)
        most = len(free) if question.max_chosen is None else min(len(free), question.max_chosen)
        if question.type == "ranking" and question.max_chosen is None:
            least = most
        return self.chance.sample(free, self.chance.randint(min(least, most), most))

    def shares(self, question: Question, values: list[str]) -> dict[str, Any]:
        total = Decimal(str(100 if question.total is None else question.total))
        if not values:
            return {}
        cuts = sorted(Decimal(self.chance.randint(0, 100)) * total / 100 for _ in values[1:])
        edges = [Decimal(0), *cuts, total]
        return {value: plain(edges[index + 1] - edges[index]) for index, value in enumerate(values)}

    def number(self, question: Question) -> Any:
        low, high = bounds(question)
        near = [Decimal(words) for words in self.hints[question.name] if not _DAY.fullmatch(words)]
        near += self.asked_for(question)
        pool = [number + shift for number in near for shift in (-1, 0, 1)]
        inside = [each for each in pool if (low is None or each >= low) and (high is None or each <= high)]
        step = Decimal(str(question.step)) if question.step else Decimal(1)
        if inside and self.chance.random() < 0.5:
            return plain(self.chance.choice(inside))
        least = low if low is not None else min([*near, Decimal(0)])
        most = high if high is not None else max([*near, least + 100])
        steps = int((most - least) / step) if most > least else 0
        return plain(least + step * self.chance.randint(0, max(0, steps)))

    def asked_for(self, question: Question) -> list[Decimal]:
        """Answers that the constraint compares this one with."""
        if not question.constraint:
            return []
        names = sorted(expressions.references(expressions.parse(question.constraint)))
        found = (expressions.as_number(self.values.get(name)) for name in names if name not in self.runtime.homes)
        return [number for number in found if number is not None]

    def moment(self, question: Question) -> str:
        days = [words for words in self.hints[question.name] if _DAY.fullmatch(words)]
        around = [self.sitting.now.date()]
        for words in days:
            try:
                around.append(date.fromisoformat(words))
            except ValueError:
                continue
        span = self.chance.choice((1, 30, 400, 20_000))
        start = self.chance.choice(around)
        offset = max(date.min.toordinal(), min(date.max.toordinal(), start.toordinal() + self.chance.randint(-span, 1)))
        day = date.fromordinal(offset)
        moment = datetime(day.year, day.month, day.day) + timedelta(minutes=self.chance.randint(0, 1439))
        if question.type == "date":
            return day.isoformat()
        return moment.strftime("%H:%M") if question.type == "time" else moment.isoformat(timespec="seconds")

    def words(self, question: Question) -> Any:
        kind = question.type
        if kind in ("consent", "declaration"):
            return bool(question.required) or self.chance.random() < 0.9
        if kind == "email":
            return f"person{self.chance.randint(1, 9999)}@example.org"
        if kind == "phone":
            return f"+86138{self.chance.randint(0, 99_999_999):08d}"
        if kind in ("file", "photo"):
            return [f"file-{self.chance.randint(1, 9999)}"]
        regions = sorted(self.sitting.regions or ("region-1", "region-2", "region-3"))
        if kind == "region":
            return self.chance.choice(regions)
        if kind == "location":
            return {"tile": self.chance.choice(regions)}
        return self.text(question)

    def text(self, question: Question) -> str:
        """A value that some condition asks for, digits where a pattern may want them, or some words."""
        pattern = self.patterns[question.name]
        if pattern is not None and self.chance.random() < 0.8:
            return pattern.example(self.chance.choice)
        compared = self.compared.get(question.name, ())
        length = self.chance.choice((*map(_small, self.hints[question.name]), 3, 8, 11))
        pool = [
            *compared,
            "".join(self.chance.choice("0123456789") for _ in range(length)),
            "意见 opinion",
            "A" * length,
        ]
        limit = question.max_length or 1_000
        return self.chance.choice(pool)[:limit]


def _small(words: str) -> int:
    found = expressions.as_number(words)
    return int(found) if found is not None and 1 <= found <= 50 else 5


def _hints(question: Question) -> tuple[str, ...]:
    """Numbers and days that stand in the constraint: people meet the edges."""
    days = _DAY.findall(question.constraint)
    return (*days, *_NUMBER.findall(_DAY.sub(" ", question.constraint)))


def _pattern(question: Question) -> patterns.Pattern | None:
    """The first pattern that the constraint asks for."""
    if not question.constraint:
        return None
    for node in expressions.walk(expressions.parse(question.constraint)):
        if isinstance(node, Call) and node.function == "regex" and isinstance(node.arguments[1], Literal):
            try:
                return patterns.compiled(str(node.arguments[1].value))
            except patterns.PatternError:
                return None
    return None


def _compared(definition: Definition) -> Mapping[str, Collection[str]]:
    """For every name the values that conditions compare it with."""
    found: dict[str, dict[str, None]] = {}
    for part in (*definition.pages, *(entry.item for entry in definition.entries)):
        if part.relevant:
            for name, value, _ in literal_comparisons(expressions.parse(part.relevant)):
                found.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in found.items()}
