"""The one definition of a questionnaire, for web, telephone and paper: `engage-questionnaire/1`.

docs/questionnaire.md explains the format; docs/questionnaire.schema.json is its JSON Schema, made from these classes.
`parse` reads a document and collects what is wrong with it; what is wrong with a questionnaire that can be read (dead
ends, missing translations) is the business of `checks`, so that an unfinished draft can be kept.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, ValidationError

from surveys.definition import expressions
from surveys.definition.pointers import escaped

FORMAT = "engage-questionnaire/1"
NAME = r"^[A-Za-z_][A-Za-z0-9_.-]*$"

MAX_BYTES = 32 * 1024 * 1024
MAX_ITEMS = 20_000
MAX_OPTIONS = 100_000
MAX_DEPTH = 12  # groups and repeats inside one another
MAX_ERRORS = 500

Name = Annotated[str, StringConstraints(pattern=NAME, max_length=128)]
Value = Annotated[str, StringConstraints(min_length=1, max_length=256)]
LanguageTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", max_length=35)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Texts = Mapping[LanguageTag, Text]
Expression = Annotated[str, StringConstraints(max_length=expressions.MAX_LENGTH)]
Number = int | Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]

Mode = Literal["web", "phone", "paper"]
MODES: tuple[Mode, ...] = get_args(Mode)

QuestionType = Literal[
    "single",
    "multiple",
    "matrix",
    "ranking",
    "number",
    "date",
    "time",
    "datetime",
    "text",
    "long_text",
    "email",
    "phone",
    "region",
    "location",
    "file",
    "photo",
    "slider",
    "nps",
    "rating",
    "constant_sum",
    "calculation",
    "note",
    "consent",
    "declaration",
    "hidden",
    "meta",
]
QUESTION_TYPES: tuple[QuestionType, ...] = get_args(QuestionType)
CHOICE_TYPES = frozenset({"single", "multiple", "matrix", "ranking", "constant_sum"})
FILE_TYPES = frozenset({"file", "photo"})
UNASKED_TYPES = frozenset({"calculation", "hidden", "meta"})
"""Never shown: their values come from the engine, the address or the device, not from a person."""
UNANSWERED_TYPES = UNASKED_TYPES | {"note"}

_CHOICES = frozenset({"options", "list", "choice_filter", "randomise"})
_RANGE = frozenset({"minimum", "maximum", "step", "unit", "low_label", "high_label"})
_FILES = frozenset({"accept", "max_files", "max_bytes"})
OWN_PROPERTIES: Mapping[str, frozenset[str]] = {
    "single": _CHOICES,
    "multiple": _CHOICES | {"min_chosen", "max_chosen"},
    "matrix": _CHOICES | {"rows", "randomise_rows"},
    "ranking": _CHOICES | {"min_chosen", "max_chosen"},
    "constant_sum": _CHOICES | {"total", "unit"},
    "number": _RANGE | {"integer"},
    "slider": _RANGE | {"integer"},
    "rating": _RANGE,
    "nps": frozenset({"low_label", "high_label"}),
    "text": frozenset({"max_length"}),
    "long_text": frozenset({"max_length"}),
    "location": frozenset({"precision"}),
    "file": _FILES,
    "photo": _FILES,
    "calculation": frozenset({"calculation"}),
    "hidden": frozenset({"calculation", "parameter"}),
    "meta": frozenset({"meta"}),
}
"""Properties that only some types have. All others are common to all."""
SPECIAL_PROPERTIES = frozenset().union(*OWN_PROPERTIES.values())


class Part(BaseModel):
    """What all parts of a definition share: they never change, take no unknown key and convert nothing silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Media(Part):
    """A picture, sound or film. `source` is the name of a file, by language.

    `alt` says what it shows, of a sound or film what it is; `transcript` is all that is said and seen in one.
    """

    kind: Literal["image", "audio", "video"]
    source: Texts
    alt: Texts = {}
    transcript: Texts = {}


class MeantPart(Part):
    """A part that may be meant for some ways of asking alone; empty `modes` means all."""

    if TYPE_CHECKING:
        # Each declares it in its own place: their order is the one in which a definition is written.
        modes: tuple[Mode, ...]

    def is_meant_for(self, mode: Mode) -> bool:
        """Whether `modes` let it be asked in one."""
        return not self.modes or mode in self.modes


class ModeTexts(Part):
    """Other words for one mode, such as what an interviewer reads aloud."""

    label: Texts = {}
    help: Texts = {}


class Option(MeantPart):
    """A choice, or a row of a matrix.

    `other` asks for words of one's own, kept under `name#other`. `exclusive` stands alone ("none of these"). `fixed`
    keeps its place when options are mixed. `fields` are values a `choice_filter` reads as `@field`.
    """

    value: Value
    label: Texts = {}
    media: tuple[Media, ...] = ()
    other: bool = False
    exclusive: bool = False
    fixed: bool = False
    relevant: Expression = ""
    modes: tuple[Mode, ...] = ()
    fields: Mapping[str, str] = {}

    @property
    def words(self) -> Texts:
        """Its label; of one that is a picture, sound or film alone what is said of that in a few words."""
        said = (medium.alt for medium in self.media if any(medium.alt.values()))
        return self.label if any(self.label.values()) else next(said, {})


Condition = bool | Expression
"""`true`, `false` or an expression."""
Mixing = Literal["none", "shuffle", "rotate", "flip"]
"""How children are ordered: as written, at random, from a random one on, or as written or backwards."""


class Question(MeantPart):
    """One question, note or calculated value. OWN_PROPERTIES says which properties belong to which types.

    Empty `modes` means all. `required` in a matrix asks for every row. `default` and all conditions are expressions.
    """

    name: Name
    type: QuestionType
    label: Texts = {}
    help: Texts = {}
    media: tuple[Media, ...] = ()
    required: Condition = False
    required_message: Texts = {}
    constraint: Expression = ""
    constraint_message: Texts = {}
    relevant: Expression = ""
    modes: tuple[Mode, ...] = ()
    mode_texts: Mapping[Mode, ModeTexts] = {}
    fixed: bool = False
    read_only: bool = False
    default: Expression = ""
    personal: bool = False
    appearance: Annotated[str, StringConstraints(max_length=500)] = ""
    options: tuple[Option, ...] = ()
    list: Annotated[str, StringConstraints(max_length=128)] = ""
    choice_filter: Expression = ""
    randomise: Mixing = "none"
    min_chosen: Count | None = None
    max_chosen: Count | None = None
    rows: tuple[Option, ...] = ()
    randomise_rows: Mixing = "none"
    total: Number | None = None
    unit: Texts = {}
    integer: bool = False
    minimum: Number | None = None
    maximum: Number | None = None
    step: Number | None = None
    low_label: Texts = {}
    high_label: Texts = {}
    max_length: Annotated[int, Field(ge=1, le=100_000)] | None = None
    precision: Literal["tile", "point"] = "tile"
    accept: tuple[Annotated[str, StringConstraints(max_length=100)], ...] = ()
    max_files: Annotated[int, Field(ge=1, le=20)] = 1
    max_bytes: Annotated[int, Field(ge=1)] | None = None
    calculation: Expression = ""
    parameter: Annotated[str, StringConstraints(max_length=64)] = ""
    meta: Annotated[str, StringConstraints(max_length=64)] = ""

    @property
    def asked(self) -> bool:
        """Whether a person can answer it."""
        return self.type not in UNANSWERED_TYPES

    def is_meant_for(self, mode: Mode) -> bool:
        """Whether `modes` let it be asked in one.

        A file cannot be given by telephone, and with a sheet of paper only where the author says so: `modes` that are
        empty mean the web alone.
        """
        if self.type in FILE_TYPES:
            return mode != "phone" and mode in (self.modes or ("web",))
        return super().is_meant_for(mode)


class Group(MeantPart):
    """Questions that stand together, with one condition for all."""

    name: Name
    type: Literal["group"]
    label: Texts = {}
    help: Texts = {}
    media: tuple[Media, ...] = ()
    relevant: Expression = ""
    modes: tuple[Mode, ...] = ()
    randomise: Mixing = "none"
    fixed: bool = False
    appearance: Annotated[str, StringConstraints(max_length=500)] = ""
    items: tuple["Item", ...] = ()


class Repeat(MeantPart):
    """Questions asked several times: as often as `count` says, or by the person between `minimum` and `maximum`."""

    name: Name
    type: Literal["repeat"]
    label: Texts = {}
    help: Texts = {}
    media: tuple[Media, ...] = ()
    relevant: Expression = ""
    modes: tuple[Mode, ...] = ()
    randomise: Mixing = "none"
    fixed: bool = False
    appearance: Annotated[str, StringConstraints(max_length=500)] = ""
    count: Expression = ""
    minimum: Annotated[int, Field(ge=0, le=200)] = 0
    maximum: Annotated[int, Field(ge=1, le=200)] = 50
    add_label: Texts = {}
    items: tuple["Item", ...] = ()


def _tag(item: Any) -> str:
    kind = item.get("type") if isinstance(item, Mapping) else getattr(item, "type", None)
    return kind if kind in ("group", "repeat") else "question"


Item = Annotated[
    Union[  # noqa: UP007 the members are named before all of them exist
        Annotated[Group, Tag("group")], Annotated[Repeat, Tag("repeat")], Annotated[Question, Tag("question")]
    ],
    Discriminator(_tag),
]


class Page(MeantPart):
    """What is seen at once. `randomise` orders its items."""

    name: Name
    title: Texts = {}
    help: Texts = {}
    relevant: Expression = ""
    modes: tuple[Mode, ...] = ()
    randomise: Mixing = "none"
    fixed: bool = False
    items: tuple[Item, ...] = ()


class Arm(Part):
    """One form of a split ballot, drawn in proportion to its weight."""

    value: Value
    weight: Annotated[Number, Field(ge=0)] = 1
    label: Texts = {}


class Ballot(Part):
    """A random assignment, read in expressions as `${name}`."""

    name: Name
    arms: tuple[Arm, ...]


class Quota(Part):
    """At most `limit` complete responses for which `when` is true, all modes together."""

    name: Name
    when: Expression
    limit: Annotated[int, Field(ge=0, le=1_000_000_000)]
    label: Texts = {}
    message: Texts = {}


class Settings(Part):
    """How the questionnaire is answered.

    `one_per`: what may answer once. `save_partial`: unfinished answers are kept. `timing`: seconds per page are
    recorded, and respondents are told. `results`: when respondents see them. `randomise_pages` orders the pages.
    """

    save_partial: bool = True
    resume: bool = True
    back: bool = True
    progress: bool = True
    timing: bool = False
    anonymous: bool = True
    one_per: Literal["none", "device", "invitation", "contact"] = "none"
    results: Literal["never", "at_once", "at_close"] = "at_close"
    randomise_pages: Mixing = "none"
    modes: tuple[Mode, ...] = MODES


class Definition(Part):
    """A whole questionnaire. The first of `languages` is the default one."""

    format: Literal["engage-questionnaire/1"]
    name: Annotated[str, StringConstraints(max_length=128)] = ""
    version: Annotated[str, StringConstraints(max_length=64)] = ""
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1, max_length=100)]
    title: Texts = {}
    introduction: Texts = {}
    closing: Texts = {}
    settings: Settings = Settings()
    lists: Mapping[Annotated[str, StringConstraints(min_length=1, max_length=128)], tuple[Option, ...]] = {}
    ballots: tuple[Ballot, ...] = ()
    quotas: tuple[Quota, ...] = ()
    pages: tuple[Page, ...] = ()

    @cached_property
    def entries(self) -> tuple["Entry", ...]:
        """All groups, repeats and questions in their written order, each with where it stands."""
        return tuple(_entries(self))

    @cached_property
    def by_name(self) -> Mapping[str, "Entry"]:
        """Groups, repeats and questions by name."""
        return {entry.item.name: entry for entry in self.entries}

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions alone, in their written order."""
        return tuple(entry.item for entry in self.entries if isinstance(entry.item, Question))

    @cached_property
    def homes(self) -> Mapping[str, tuple[str, ...]]:
        """For what stands in repeats: their names from the outermost in. What stands in none is left out."""
        homes: dict[str, tuple[str, ...]] = {}
        for entry in self.entries:
            if entry.repeats:
                homes[entry.item.name] = entry.repeats
                homes.update(dict.fromkeys(parts_of(self, entry.item), entry.repeats))
        return homes

    def is_asked(self, mode: Mode) -> bool:
        """Whether the questionnaire as a whole is asked in one way."""
        return mode in self.settings.modes

    def options_of(self, question: Question) -> tuple[Option, ...]:
        """The options of a question, its own or those of its list, before any filter."""
        return self.lists.get(question.list, ()) if question.list else question.options


@dataclass(frozen=True)
class Entry:
    """Where an item stands. `path` is a JSON Pointer (RFC 6901), `above` the groups and repeats around it."""

    item: Group | Repeat | Question
    path: str
    page: int
    order: int
    above: tuple[Group | Repeat, ...]

    @property
    def repeats(self) -> tuple[str, ...]:
        """Names of the repeats around it, from the outermost in."""
        return tuple(item.name for item in self.above if isinstance(item, Repeat))


def _entries(definition: Definition) -> Iterator[Entry]:
    order = 0

    def walk(items: tuple[Any, ...], path: str, page: int, above: tuple[Group | Repeat, ...]) -> Iterator[Entry]:
        nonlocal order
        for index, item in enumerate(items):
            entry = Entry(item, f"{path}/items/{index}", page, order, above)
            order += 1
            yield entry
            if isinstance(item, Group | Repeat):
                yield from walk(item.items, entry.path, page, (*above, item))

    for number, page in enumerate(definition.pages):
        yield from walk(page.items, f"/pages/{number}", number, ())


def parts_of(definition: Definition, item: Group | Repeat | Question) -> tuple[str, ...]:
    """Names under which expressions read one row of a matrix or one amount of a constant sum: `question.value`."""
    if not isinstance(item, Question):
        return ()
    if item.type == "matrix":
        return tuple(f"{item.name}.{row.value}" for row in item.rows)
    if item.type == "constant_sum":
        return tuple(f"{item.name}.{option.value}" for option in definition.options_of(item))
    return ()


def expressions_of(part: Part) -> Iterator[tuple[str, str]]:
    """Yield (property, text) of the expressions that stand at this part itself, in the order of its properties."""
    for field in _EXPRESSION_FIELDS:
        text = getattr(part, field, "")
        if isinstance(text, str) and text:
            yield field, text


_EXPRESSION_FIELDS = (
    "relevant", "required", "constraint", "choice_filter", "calculation", "default", "count", "when",
)  # fmt: skip


@dataclass(frozen=True)
class Error:
    """What is wrong with a document. `path` is a JSON Pointer, `values` fill the sentence of `code`."""

    path: str
    code: str
    values: Mapping[str, Any]


class Unreadable(Exception):
    """The document is no questionnaire. `errors` lists all that was found, at most MAX_ERRORS."""

    def __init__(self, errors: tuple[Error, ...]) -> None:
        super().__init__("; ".join(f"{error.path or '/'}: {error.code}" for error in errors[:5]))
        self.errors = errors


def parse(document: Mapping[str, Any] | str | bytes) -> Definition:
    """Read a document: its text in JSON, or what JSON says.

    Raises Unreadable with errors of these codes: not_json, too_large (limit), missing, unknown_key, wrong_type
    (expected), not_one_of (expected), too_long and too_short (limit), out_of_range (limit), bad_name (value),
    duplicate_name (name, first), duplicate_value (value), duplicate_language (language), not_for_type (type), no_list
    (list), list_and_options, too_many (limit), too_deep (limit) and the codes of `ExpressionError` (at).
    """
    plain, text = _plain(document)
    if _depth(plain) > MAX_DEPTH * 2 + 12:
        raise Unreadable((Error("", "too_deep", {"limit": MAX_DEPTH}),))
    try:
        definition = Definition.model_validate_json(text)
    except ValidationError as found:
        raise Unreadable(_errors(found)) from None
    errors = tuple(error for _, error in zip(range(MAX_ERRORS), _rules(definition), strict=False))
    if errors:
        raise Unreadable(errors)
    return definition


def dump(definition: Definition) -> dict[str, Any]:
    """The definition as JSON values, without what has its default. `parse(dump(d)) == d`."""
    plain = definition.model_dump(mode="json", exclude_defaults=True)
    return {"format": FORMAT, **plain}


def _plain(document: Mapping[str, Any] | str | bytes) -> tuple[Any, str | bytes]:
    try:
        text = document if isinstance(document, str | bytes) else json.dumps(document, ensure_ascii=False)
        if len(text) > MAX_BYTES:
            raise Unreadable((Error("", "too_large", {"limit": MAX_BYTES}),))
        plain = json.loads(text) if isinstance(document, str | bytes) else document
    except RecursionError:
        raise Unreadable((Error("", "too_deep", {"limit": MAX_DEPTH}),)) from None
    except (ValueError, TypeError):
        raise Unreadable((Error("", "not_json", {}),)) from None
    return plain, text


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        here, depth = waiting.pop()
        deepest = max(deepest, depth)
        children = here.values() if isinstance(here, Mapping) else here if isinstance(here, list | tuple) else ()
        waiting.extend((child, depth + 1) for child in children)
    return deepest


_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_key",
    "literal_error": "not_one_of",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_many",
    "too_short": "too_short",
    "string_pattern_mismatch": "bad_name",
    "json_invalid": "not_json",
    "finite_number": "wrong_type",
}
_LIMITS = ("max_length", "min_length", "ge", "le", "gt", "lt")


def _errors(found: ValidationError) -> tuple[Error, ...]:
    errors = [_error(details) for details in found.errors(include_url=False)]
    # A list whose only entry is wrong would be called too short as well.
    wrong = {error.path.rpartition("/")[0] for error in errors}
    kept = (error for error in errors if error.code != "too_short" or error.path not in wrong)
    return tuple(kept)[:MAX_ERRORS]


def _error(details: Any) -> Error:
    kind, context = details["type"], details.get("ctx", {})
    values: dict[str, Any] = {}
    limits = [context[key] for key in _LIMITS if key in context]
    if limits:
        values["limit"] = limits[0]
    if kind == "literal_error":
        values["expected"] = context["expected"]
    if kind == "string_pattern_mismatch":
        values["value"] = str(details["input"])[:200]
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        code = "out_of_range"
    else:
        code = _CODES.get(kind, "wrong_type")
    if code == "wrong_type":
        values["expected"] = kind.removesuffix("_type").removesuffix("_parsing")
    return Error(_pointer(details["loc"]), code, values)


def _pointer(steps: tuple[int | str, ...]) -> str:
    """Leave out the name of the class that the reader puts between an item's index and its keys."""
    kept: list[int | str] = []
    raw: list[int | str] = []
    for step in steps:
        if not (len(raw) >= 2 and raw[-2] == "items" and isinstance(raw[-1], int)):
            kept.append(step)
        raw.append(step)
    return "".join(f"/{escaped(str(step))}" for step in kept)


def _rules(definition: Definition) -> Iterator[Error]:
    """What the shape alone does not say."""
    yield from _sizes(definition)
    yield from _names(definition)
    for name, options in definition.lists.items():
        yield from _options(f"/lists/{escaped(name)}", options)
    for number, page in enumerate(definition.pages):
        yield from _syntax(f"/pages/{number}", page)
    for number, quota in enumerate(definition.quotas):
        yield from _syntax(f"/quotas/{number}", quota)
    for entry in definition.entries:
        yield from _syntax(entry.path, entry.item)
        if isinstance(entry.item, Question):
            yield from _question(definition, entry.path, entry.item)


def _sizes(definition: Definition) -> Iterator[Error]:
    if len(definition.entries) > MAX_ITEMS:
        yield Error("/pages", "too_many", {"limit": MAX_ITEMS})
    options = sum(map(len, definition.lists.values()))
    options += sum(len(question.options) + len(question.rows) for question in definition.questions)
    if options > MAX_OPTIONS:
        yield Error("/lists", "too_many", {"limit": MAX_OPTIONS})
    for entry in definition.entries:
        if len(entry.above) >= MAX_DEPTH:
            yield Error(entry.path, "too_deep", {"limit": MAX_DEPTH})


def _names(definition: Definition) -> Iterator[Error]:
    seen: dict[str, str] = {}
    named = [(f"/ballots/{number}", ballot.name) for number, ballot in enumerate(definition.ballots)]
    for entry in definition.entries:
        named.append((entry.path, entry.item.name))
        named.extend((entry.path, name) for name in parts_of(definition, entry.item))
    for path, name in named:
        if name in seen and seen[name] != path:
            yield Error(f"{path}/name", "duplicate_name", {"name": name, "first": seen[name]})
        seen.setdefault(name, path)
    for kind, names in (
        ("pages", [page.name for page in definition.pages]),
        ("quotas", [quota.name for quota in definition.quotas]),
    ):
        own: dict[str, str] = {}
        for number, name in enumerate(names):
            if name in own:
                yield Error(f"/{kind}/{number}/name", "duplicate_name", {"name": name, "first": own[name]})
            own.setdefault(name, f"/{kind}/{number}")
    for number, language in enumerate(definition.languages):
        if language in definition.languages[:number]:
            yield Error(f"/languages/{number}", "duplicate_language", {"language": language})


def _options(path: str, options: tuple[Option, ...]) -> Iterator[Error]:
    seen: set[str] = set()
    for number, option in enumerate(options):
        if option.value in seen:
            yield Error(f"{path}/{number}/value", "duplicate_value", {"value": option.value})
        seen.add(option.value)
        yield from _syntax(f"{path}/{number}", option)


def _question(definition: Definition, path: str, question: Question) -> Iterator[Error]:
    foreign = SPECIAL_PROPERTIES - OWN_PROPERTIES.get(question.type, frozenset())
    for name in sorted(question.model_fields_set & foreign):
        if getattr(question, name) != Question.model_fields[name].default:
            yield Error(f"{path}/{name}", "not_for_type", {"type": question.type})
    if question.list and question.options:
        yield Error(f"{path}/list", "list_and_options", {})
    elif question.list and question.list not in definition.lists:
        yield Error(f"{path}/list", "no_list", {"list": question.list})
    yield from _options(f"{path}/options", question.options)
    yield from _options(f"{path}/rows", question.rows)


def _syntax(path: str, part: Part) -> Iterator[Error]:
    for name, text in expressions_of(part):
        try:
            expressions.parse(text)
        except expressions.ExpressionError as error:
            yield Error(f"{path}/{name}", error.code, {"at": error.at, **error.values})
