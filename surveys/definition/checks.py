"""What an author should know before publishing. Each finding has a place, a code and how bad it is.

`error` stops publishing: somebody could not answer, or a condition means nothing. `warning` is probably a mistake.
`note` is worth a look.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from surveys.definition import expressions
from surveys.definition.answers import KINDS, PART_KINDS, bounds
from surveys.definition.dependencies import Dependencies, page_key
from surveys.definition.expressions import Kind
from surveys.definition.expressions.tree import Node
from surveys.definition.model import (
    CHOICE_TYPES,
    FILE_TYPES,
    UNASKED_TYPES,
    Definition,
    Entry,
    Media,
    Option,
    Part,
    Question,
    Repeat,
    Texts,
    expressions_of,
    parts_of,
)
from surveys.definition.pointers import escaped
from surveys.definition.reasoning import Reasoning, replaced

Severity = Literal["error", "warning", "note"]

CHINESE_CHARACTERS_PER_MINUTE = 255
WORDS_PER_MINUTE = 228
"""Mean speeds of adults who read the IReST texts aloud: Chinese 255 characters, English 228 words a minute
(Trauzettel-Klosinski and Dietz, "Standardized Assessment of Reading Performance: The New International Reading Speed
Texts IReST", Invest. Ophthalmol. Vis. Sci. 53(9), 2012). Silent reading is a little faster."""
LONG_WORDS = 20
LONG_CHARACTERS = 32
"""A question past 20 words is hard to keep in mind (Payne, The Art of Asking Questions, 1951); at the 1.6 Chinese
characters a word of the IReST texts that is 32 characters."""
MAX_FILTERED = 5_000  # options whose filters are reasoned about

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_PIPED = re.compile(r"\$\{([^}]*)\}?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_TEXTS = (
    "title", "introduction", "closing", "label", "help", "required_message", "constraint_message", "unit",
    "low_label", "high_label", "add_label", "message",
)  # fmt: skip
# What has to be there in words for those who do not see or hear it, and what is said where it is not.
_IN_WORDS = {
    "image": ("alt", "no_alternative_text"),
    "audio": ("transcript", "no_transcript"),
    "video": ("transcript", "no_transcript"),
}
# An answer without words: without a medium its value stands there, with one nothing names what is chosen.
_UNNAMED: dict[bool, tuple[str, Severity]] = {False: ("no_label", "warning"), True: ("option_unnamed", "error")}
_SOFT: frozenset[str] = frozenset({"use_selected", "never_equal"})


@dataclass(frozen=True)
class Finding:
    """`path` is a JSON Pointer into the document, `values` fill the sentence of `code`."""

    path: str
    code: str
    severity: Severity
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Completeness:
    """How many of the texts that exist in any language exist in one."""

    done: int
    total: int

    @property
    def share(self) -> float:
        """From 0 to 1; 1 when there is nothing to translate."""
        return self.done / self.total if self.total else 1.0


def check(definition: Definition) -> tuple[Finding, ...]:
    """All findings, in the order of the document within each kind of check.

    Codes: those of `expressions.check`; circular (names), refers_later (name), unreachable, value_not_offered (name,
    value), never_offered (value), dead_end, empty_range (minimum, maximum), no_options, no_rows, no_calculation,
    no_label, option_unnamed, no_alternative_text, no_transcript, empty_page, required_note, required_unasked,
    duplicate_label (label, language), unknown_language (language), translation_missing (language), piped_unknown
    (name), long_question (language, length, limit), quota_closed, web_only, film_captions.
    """
    looks = _Look(definition)
    return (
        *looks.expressions(),
        *looks.circles(),
        *looks.later(),
        *looks.reach(),
        *looks.options_in_reach(),
        *looks.parts(),
        *looks.texts(),
        *looks.lengths(),
    )


def publishable(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing stands against publishing."""
    return all(finding.severity != "error" for finding in findings)


def completeness(definition: Definition) -> Mapping[str, Completeness]:
    """For every language of the questionnaire how much of it exists."""
    texts = [each for _, each in texts_of(definition) if any(words.strip() for words in each.values())]
    return {
        language: Completeness(sum(bool(each.get(language, "").strip()) for each in texts), len(texts))
        for language in definition.languages
    }


def reading_seconds(definition: Definition) -> Mapping[str, float]:
    """For every language the seconds an adult needs to read all texts once, messages for mistakes left out."""
    found = {}
    for language in definition.languages:
        texts = [
            each.get(language, "") for path, each in texts_of(definition) if not path.endswith(("_message", "/message"))
        ]
        characters = sum(len(_HAN.findall(words)) for words in texts)
        words = sum(len(_WORD.findall(_HAN.sub(" ", each))) for each in texts)
        found[language] = 60 * (characters / CHINESE_CHARACTERS_PER_MINUTE + words / WORDS_PER_MINUTE)
    return found


def kinds(definition: Definition, dependencies: Dependencies) -> Mapping[str, Kind]:
    """What kind of value each name gives in expressions; calculated values as their expressions say."""
    found: dict[str, Kind] = {ballot.name: Kind.CHOICE for ballot in definition.ballots}
    for entry in definition.entries:
        if isinstance(entry.item, Repeat):
            found[entry.item.name] = Kind.REPEAT
        elif isinstance(entry.item, Question):
            found[entry.item.name] = KINDS[entry.item.type]
            found.update(dict.fromkeys(parts_of(definition, entry.item), PART_KINDS.get(entry.item.type, Kind.ANY)))
    by_name = definition.by_name
    for name in dependencies.order:
        item = by_name[name].item if name in by_name else None
        if isinstance(item, Question) and item.calculation:
            found[name] = expressions.kind_of(expressions.parse(item.calculation), found, own=Kind.ANY)
    return found


def _parts(definition: Definition) -> Iterator[tuple[str, Part]]:
    """Every part of the document with its path, options and rows too."""
    yield "", definition
    for name, options in definition.lists.items():
        for index, option in enumerate(options):
            yield f"/lists/{escaped(name)}/{index}", option
    for kind in ("ballots", "quotas"):
        for index, part in enumerate(getattr(definition, kind)):
            yield f"/{kind}/{index}", part
    for index, ballot in enumerate(definition.ballots):
        for number, arm in enumerate(ballot.arms):
            yield f"/ballots/{index}/arms/{number}", arm
    for index, page in enumerate(definition.pages):
        yield f"/pages/{index}", page
    for entry in definition.entries:
        yield entry.path, entry.item
        if isinstance(entry.item, Question):
            for index, option in enumerate(entry.item.options):
                yield f"{entry.path}/options/{index}", option
            for index, row in enumerate(entry.item.rows):
                yield f"{entry.path}/rows/{index}", row


def parts_with_media(definition: Definition) -> Iterator[tuple[str, tuple[Media, ...]]]:
    """Yield what parts show, with the JSON Pointer (RFC 6901) of each, in a fixed order.

    Own options of a question that has a list are shown by nobody.
    """
    unseen = tuple(f"{one.path}/options/" for one in definition.entries if getattr(one.item, "list", ""))
    for path, part in _parts(definition):
        if (media := _media(part)) and not path.startswith(unseen):
            yield path, media


def texts_of(definition: Definition) -> Iterator[tuple[str, Texts]]:
    """Yield every text of the document with its JSON Pointer (RFC 6901), in a fixed order."""
    for path, part in _parts(definition):
        for name in _TEXTS:
            texts = getattr(part, name, None)
            if texts:
                yield f"{path}/{name}", texts
        for mode, words in getattr(part, "mode_texts", {}).items():
            for name in ("label", "help"):
                if getattr(words, name):
                    yield f"{path}/mode_texts/{mode}/{name}", getattr(words, name)
        for index, medium in enumerate(_media(part)):
            for name in ("alt", "transcript"):
                if texts := getattr(medium, name):
                    yield f"{path}/media/{index}/{name}", texts


def _media(part: Part) -> tuple[Media, ...]:
    return getattr(part, "media", ())


class _Look:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.dependencies = Dependencies(definition)
        self.kinds = kinds(definition, self.dependencies)
        self.reasoning = Reasoning(definition)
        self.entries = definition.by_name

    # Expressions

    def expressions(self) -> Iterator[Finding]:
        for path, part in _parts(self.definition):
            own = self.kinds.get(part.name) if isinstance(part, Question) else None
            fields = None
            if isinstance(part, Question):
                named = (name for option in self.definition.options_of(part) for name in option.fields)
                fields = frozenset({"name", *named})
            for name, text in expressions_of(part):
                node = expressions.parse(text)
                takes = fields if name == "choice_filter" else None
                for problem in expressions.check(node, self.kinds, own=own, fields=takes):
                    severity: Severity = "warning" if problem.code in _SOFT else "error"
                    yield Finding(f"{path}/{name}", problem.code, severity, {"at": problem.at, **problem.values})
                yield from self.compared(f"{path}/{name}", node)

    def compared(self, path: str, node: Node) -> Iterator[Finding]:
        for name, value, at in expressions.literal_comparisons(node):
            offered = self.reasoning.options.get(name)
            if offered and not any(_means(value, each) for each in offered):
                yield Finding(path, "value_not_offered", "warning", {"at": at, "name": name, "value": value})

    def circles(self) -> Iterator[Finding]:
        for circle in self.dependencies.circles:
            named = tuple(self.display(node) for node in circle)
            start = next((node for node in circle if node in self.entries), None)
            path = self.entries[start].path if start else circle[0]
            yield Finding(path, "circular", "error", {"names": named})

    def display(self, node: str) -> str:
        for number, page in enumerate(self.definition.pages):
            if node == page_key(number):
                return page.name
        return node

    def later(self) -> Iterator[Finding]:
        """Conditions that look at what is asked only afterwards, also through calculated values."""
        sources = self.sources()
        first: dict[int, int] = {}
        for entry in self.definition.entries:
            first.setdefault(entry.page, entry.order)
        for number, page in enumerate(self.definition.pages):
            here = first.get(number, 0) - 1
            yield from self.later_at(f"/pages/{number}/relevant", page.relevant, number - 1, here, sources)
        for entry in self.definition.entries:
            yield from self.later_at(f"{entry.path}/relevant", entry.item.relevant, entry.page, entry.order, sources)
            if isinstance(entry.item, Question):
                text = entry.item.choice_filter
                yield from self.later_at(f"{entry.path}/choice_filter", text, entry.page, entry.order, sources)

    def later_at(
        self, path: str, text: str, page: int, here: int, sources: Mapping[str, frozenset[str]]
    ) -> Iterator[Finding]:
        if not text:
            return
        owners = self.dependencies.owner
        for name in sorted(expressions.references(expressions.parse(text))):
            asked = sources.get(owners.get(name, ""), frozenset())
            late = [self.entries[each] for each in asked if self.entries[each].order > here]
            if late:
                # On one page it can still be met, by answering the lower question first.
                beyond = any(entry.page > page for entry in late)
                yield Finding(path, "refers_later", "error" if beyond else "warning", {"name": name})

    def sources(self) -> Mapping[str, frozenset[str]]:
        """For every name the questions that people answer behind it."""
        owners = self.dependencies.owner
        found: dict[str, frozenset[str]] = {}
        for name in self.dependencies.order:
            entry = self.entries.get(name)
            if entry is None:
                continue
            if isinstance(entry.item, Question) and entry.item.type in UNASKED_TYPES:
                texts = (entry.item.calculation,) if entry.item.calculation else ()
                read = (owners.get(each, "") for text in texts for each in _references(text))
                found[name] = frozenset().union(*(found.get(each, frozenset()) for each in read))
            else:
                found[name] = frozenset({name})
        return found

    # Reach

    def reach(self) -> Iterator[Finding]:
        lost: set[str] = set()
        for number, page in enumerate(self.definition.pages):
            if page.relevant and not self.reasoning.possible([expressions.parse(page.relevant)]):
                lost.add(page_key(number))
                yield Finding(f"/pages/{number}", "unreachable", "error", {})
        for entry in self.definition.entries:
            around = {page_key(entry.page), *(item.name for item in entry.above)}
            if around & lost:
                # Its page or group has the finding; whoever depends on it is judged on its own.
                lost.add(entry.item.name)
                continue
            premises = self.reasoning.premises(entry)
            if entry.item.relevant and not self.reasoning.possible(premises, entry.repeats):
                lost.add(entry.item.name)
                yield Finding(entry.path, "unreachable", "error", {})
            elif isinstance(entry.item, Question) and entry.item.asked:
                yield from self.dead_end(entry, entry.item, premises)

    def dead_end(self, entry: Entry, question: Question, premises: tuple[Node, ...]) -> Iterator[Finding]:
        """A required question that nobody can answer."""
        needed: list[Node] = []
        if isinstance(question.required, str):
            needed.append(expressions.parse(question.required))
        elif not question.required:
            return
        options = self.definition.options_of(question)
        least = question.min_chosen
        if question.type in ("multiple", "ranking") and least is not None and options and least > len(options):
            if not any(option.exclusive for option in options):
                yield Finding(entry.path, "dead_end", "error", {})
            return
        if not question.constraint:
            return
        constraint = replaced(expressions.parse(question.constraint), own=question.name)
        answered: Node = expressions.parse(f"answered(${{{question.name}}})")
        if not self.reasoning.possible([*premises, *needed, answered, constraint], entry.repeats):
            if not needed or self.reasoning.possible([*premises, *needed], entry.repeats):
                yield Finding(entry.path, "dead_end", "error", {})

    def options_in_reach(self) -> Iterator[Finding]:
        left = MAX_FILTERED
        for entry in self.definition.entries:
            question = entry.item
            if not isinstance(question, Question):
                continue
            premises = self.reasoning.premises(entry)
            where = f"/lists/{escaped(question.list)}" if question.list else f"{entry.path}/options"
            for index, option in enumerate(self.definition.options_of(question)):
                conditions = self.option_conditions(question, option)
                if not conditions:
                    continue
                left -= 1
                if left < 0:
                    return
                if not self.reasoning.possible([*premises, *conditions], entry.repeats):
                    values = {"value": option.value, "name": question.name}
                    yield Finding(f"{where}/{index}", "never_offered", "warning", values)

    def option_conditions(self, question: Question, option: Option) -> list[Node]:
        conditions = [expressions.parse(option.relevant)] if option.relevant else []
        if question.choice_filter:
            fields = {"name": option.value, **option.fields}
            conditions.append(replaced(expressions.parse(question.choice_filter), fields=fields))
        return conditions

    # Parts

    def parts(self) -> Iterator[Finding]:
        for number, page in enumerate(self.definition.pages):
            if not page.items:
                yield Finding(f"/pages/{number}", "empty_page", "warning", {})
        for number, quota in enumerate(self.definition.quotas):
            if quota.limit == 0:
                yield Finding(f"/quotas/{number}", "quota_closed", "warning", {})
        for entry in self.definition.entries:
            if isinstance(entry.item, Question):
                yield from self.question(entry.path, entry.item)

    def question(self, path: str, question: Question) -> Iterator[Finding]:
        options = self.definition.options_of(question)
        if question.type in CHOICE_TYPES and not options:
            yield Finding(path, "no_options", "error", {})
        if question.type == "matrix" and not question.rows:
            yield Finding(path, "no_rows", "error", {})
        if question.type == "calculation" and not question.calculation:
            yield Finding(path, "no_calculation", "error", {})
        if question.type in FILE_TYPES and not question.modes and set(self.definition.settings.modes) - {"web"}:
            yield Finding(path, "web_only", "note", {})
        if question.required and question.type == "note":
            yield Finding(f"{path}/required", "required_note", "warning", {})
        if question.required and (question.type in UNASKED_TYPES or question.read_only):
            yield Finding(f"{path}/required", "required_unasked", "warning", {})
        if question.type in ("number", "slider", "rating"):
            low, high = bounds(question)
            if low is not None and high is not None and low > high:
                yield Finding(path, "empty_range", "error", {"minimum": float(low), "maximum": float(high)})
        least, most = question.min_chosen, question.max_chosen
        if least is not None and most is not None and least > most:
            yield Finding(path, "empty_range", "error", {"minimum": least, "maximum": most})
        for index, options_of_one in (("options", question.options), ("rows", question.rows)):
            yield from self.same_labels(f"{path}/{index}", options_of_one)

    def same_labels(self, path: str, options: tuple[Option, ...]) -> Iterator[Finding]:
        seen: set[tuple[str, str]] = set()
        for index, option in enumerate(options):
            at = f"{path}/{index}/label" if option.words is option.label else f"{path}/{index}"
            for language, words in option.words.items():
                label = (language, " ".join(words.split()).casefold())
                if label[1] and label in seen:
                    values = {"label": words[:100], "language": language}
                    yield Finding(at, "duplicate_label", "warning", values)
                seen.add(label)

    # Words

    def texts(self) -> Iterator[Finding]:
        languages = self.definition.languages
        for path, part in _parts(self.definition):
            yield from self.unlabelled(path, part)
        for path, texts in texts_of(self.definition):
            for language in texts:
                if language not in languages:
                    yield Finding(path, "unknown_language", "warning", {"language": language})
            if any(words.strip() for words in texts.values()):
                for language in languages:
                    if not texts.get(language, "").strip():
                        yield Finding(path, "translation_missing", "warning", {"language": language})
            for words in texts.values():
                yield from self.piped(path, words)

    def unlabelled(self, path: str, part: Part) -> Iterator[Finding]:
        if isinstance(part, Question) and part.type not in UNASKED_TYPES:
            spoken = any(words.label for words in part.mode_texts.values())
            if not part.label and not part.media and not spoken:
                yield Finding(path, "no_label", "error", {})
        if isinstance(part, Option) and not any(words.strip() for words in part.words.values()):
            code, severity = _UNNAMED[bool(part.media)]
            yield Finding(path, code, severity, {})
        for index, medium in enumerate(_media(part)):
            needed, code = _IN_WORDS[medium.kind]
            if not any(words.strip() for words in getattr(medium, needed).values()):
                yield Finding(f"{path}/media/{index}", code, "error", {})
            if medium.kind == "video":
                # Whether somebody speaks in it no program says; no track of captions is kept.
                yield Finding(f"{path}/media/{index}", "film_captions", "warning", {})

    def piped(self, path: str, words: str) -> Iterator[Finding]:
        for found in _PIPED.finditer(words):
            name = found[1].strip()
            if not _NAME.fullmatch(name) or self.kinds.get(name, Kind.REPEAT) == Kind.REPEAT:
                yield Finding(path, "piped_unknown", "error", {"name": name[:100]})

    def lengths(self) -> Iterator[Finding]:
        for entry in self.definition.entries:
            if not isinstance(entry.item, Question) or not entry.item.asked:
                continue
            for language, words in entry.item.label.items():
                characters = len(_HAN.findall(words))
                count = len(_WORD.findall(_HAN.sub(" ", words)))
                for length, limit in ((characters, LONG_CHARACTERS), (count, LONG_WORDS)):
                    if length > limit:
                        values = {"language": language, "length": length, "limit": limit}
                        yield Finding(f"{entry.path}/label", "long_question", "note", values)


def _references(text: str) -> frozenset[str]:
    return expressions.references(expressions.parse(text))


def _means(value: str, offered: str) -> bool:
    number = expressions.as_number(value)
    return value == offered or (number is not None and number == expressions.as_number(offered))
