"""What a template shows of a page: every control with its words, its answer and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from surveys.answering import posting
from surveys.answering.fault_words import fault_sentence
from surveys.answering.file_kinds import kinds_said
from surveys.definition.answers import OTHER, bounds, is_blank, plain
from surveys.definition.files import accepted
from surveys.definition.model import FILE_TYPES, Group, Mode, Option, Question, Repeat
from surveys.definition.pictures import Kind, kind_of
from surveys.definition.runtime import Course, Fault, Path, Runtime, Shown

# Scales with at most so many steps are shown as buttons, longer ones as a number.
BUTTONS_MOST = 11
_DAYS = {"date": "DATE_FORMAT", "datetime": "DATETIME_FORMAT"}
_SCALES = frozenset({"nps", "rating", "slider"})


@dataclass(frozen=True)
class ShownPicture:
    """A picture, sound or film as a template shows it; width and height in pixels keep its place while it loads.

    Without a name there are only its words, `transcript`. `source` is its address where that is not the one of its
    name; `digest` stands in place of a sound or film that is signed.
    """

    name: str
    alt: str
    width: int = 0
    height: int = 0
    source: str = ""
    kind: Kind = "image"
    transcript: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen, or one row of a matrix with its cells."""

    value: str
    label: str
    control: str = ""
    id: str = ""
    checked: bool = False
    typed: str = ""
    cells: tuple[Choice, ...] = ()
    other: bool = False
    pictures: tuple[ShownPicture, ...] = ()
    # Whether it is a picture without words of its own: then `label` is what the picture says to who does not see it.
    is_picture: bool = False

    @property
    def is_heard(self) -> bool:
        """Whether it has a sound or a film."""
        return any(one.kind != "image" for one in self.pictures)


@dataclass(frozen=True)
class GivenFile:
    """A file that was given: the name in the answer, the one its sender knows it by, its size in bytes."""

    stored: str
    name: str
    size: int


@dataclass(frozen=True)
class Shape:
    """One question, note, group or repeat, ready to be shown.

    `look` is the name of its template. Of a repeat `instances` are the shapes of each, with what removes it.
    """

    look: str
    key: str
    label: str
    help: str = ""
    pictures: tuple[ShownPicture, ...] = ()
    control: str = ""
    required: bool = False
    typed: str = ""
    errors: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    # Of a ranking its places; of a table its columns, with what they show.
    columns: tuple[str, ...] = ()
    heads: tuple[Choice, ...] = ()
    other_control: str = ""
    other_typed: str = ""
    unit: str = ""
    low: str = ""
    high: str = ""
    least: Any = None
    most: Any = None
    length: int | None = None
    kind: str = "text"
    autocomplete: str = ""
    rows: int = 0
    instances: tuple[Instance, ...] = ()
    add: str = ""
    add_label: str = ""
    files: tuple[GivenFile, ...] = ()
    # Of a question for files: what else it takes, in words and for the browser, and whether there is room for more.
    accept: str = ""
    kinds: str = ""
    max_files: int = 1
    max_bytes: int = 0
    has_room: bool = True
    is_photo: bool = False
    is_anonymous: bool = False
    # Whether what else stands on the page can change it while it is filled in, and whether it changes others.
    is_live: bool = False
    is_read: bool = False

    @property
    def heads_are_heard(self) -> bool:
        """Whether a column of a table has a sound or a film."""
        return any(head.is_heard for head in self.heads)

    @property
    def choices_are_heard(self) -> bool:
        """Whether an answer or a row has one."""
        return any(choice.is_heard for choice in self.choices)

    @property
    def id(self) -> str:
        """Where the summary of errors leads to."""
        return f"q-{self.key}"

    @property
    def described(self) -> str:
        """Ids of its hint and its error, for a reading machine."""
        parts = [f"{self.id}-help"] if self.help else []
        parts += [f"{self.id}-kinds"] if self.look == "files" else []
        return " ".join(parts + ([f"{self.id}-error"] if self.errors else []))

    @property
    def seal(self) -> str:
        """Of all that it says, without what was answered and what is in it: two with the same seal look the same."""
        said = (
            self.look, self.label, self.help, self.required, self.columns, self.unit, self.low, self.high, self.least,
            self.most, self.add_label, self.pictures,
            [(one.value, one.label, one.pictures) for one in (*self.choices, *self.heads)],
            self.typed if self.look == "fixed" else "",
        )  # fmt: skip
        return blake2b(repr(said).encode(), digest_size=9).hexdigest()


@dataclass(frozen=True)
class Instance:
    """One instance of a repeat; `remove` is the value of the button that takes it away, empty where it must stay."""

    number: int
    shapes: tuple[Shape, ...]
    remove: str = ""


@dataclass(frozen=True)
class Problem:
    """One line of the summary of errors."""

    href: str
    sentence: str


@dataclass(frozen=True)
class Look:
    """What is needed to show items: the course, the answers as typed, faults by key, regions as (code, name)."""

    course: Course
    typed: Mapping[str, Any]
    faults: Mapping[str, Sequence[Fault]] = field(default_factory=dict)
    regions: Sequence[tuple[str, str]] = ()
    # Whether a page is seen for the first time: only then a default stands in an empty field.
    fresh: bool = False
    mode: Mode = "web"
    # Whether others use the device after this person.
    shared: bool = False
    # Names and sizes of files that were given, by their stored names (`sheets.Filled.files`).
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # The names of questions of the page that other parts of the same page read.
    reads: frozenset[str] = frozenset()
    # Width and height of the pictures that are there, by their names (`queries.Ready.pictures`).
    pictures: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def shapes(items: Sequence[Shown], look: Look) -> tuple[Shape, ...]:
    """Make the shapes of what is shown."""
    made = (_shape(shown, look) for shown in items)
    if not look.reads:
        return tuple(made)
    return tuple(
        replace(shape, is_live=True, is_read=shown.item.name in look.reads)
        for shape, shown in zip(made, items, strict=True)
    )


def pictures_of(
    part: Option | Question | Group | Repeat, runtime: Runtime, language: str, sizes: Mapping[str, tuple[int, int]]
) -> tuple[ShownPicture, ...]:
    """Return the pictures, sounds and films of a part that are there (`sizes` has width and height), in a language."""
    found = []
    for medium in part.media:
        name = runtime.choose(medium.source, language)
        if name in sizes and kind_of(name) == medium.kind:
            alt, transcript = (runtime.choose(words, language) for words in (medium.alt, medium.transcript))
            found.append(ShownPicture(name, alt, *sizes[name], kind=medium.kind, transcript=transcript))
    return tuple(found)


def _pictures(part: Option | Question | Group | Repeat, path: Path, look: Look) -> tuple[ShownPicture, ...]:
    """Return the pictures, sounds and films of a part with answers put into their words.

    On the telephone no pictures, and of sounds and films what is said in them: it is read out.
    """
    if not part.media:
        return ()
    runtime, course = look.course.runtime, look.course
    if look.mode == "phone":
        heard = [(medium.kind, course.words(medium.transcript, path)) for medium in part.media]
        return tuple(
            ShownPicture("", "", kind=kind, transcript=words) for kind, words in heard if kind != "image" and words
        )

    def said(words: str) -> str:
        return runtime.pipe(words, course.values, path, course.language)

    found = pictures_of(part, runtime, course.language, look.pictures)
    return tuple(replace(one, alt=said(one.alt), transcript=said(one.transcript)) for one in found)


def _shape(shown: Shown, look: Look) -> Shape:
    item, words = shown.item, look.course.words
    label, help_text = words(item.label, shown.path), words(item.help, shown.path)
    if isinstance(item, Group):
        inner = (Instance(1, shapes(shown.children[0], look)),)
        return Shape("group", shown.key, label, help_text, _pictures(item, shown.path, look), instances=inner)
    if isinstance(item, Repeat):
        return _repeat(item, shown, look, label, help_text)
    mode_texts = item.mode_texts.get(look.mode)
    if mode_texts is not None:
        label = words(mode_texts.label, shown.path) or label
        help_text = words(mode_texts.help, shown.path) or help_text
    return _question(item, shown, look, label, help_text)


def _repeat(repeat: Repeat, shown: Shown, look: Look, label: str, help_text: str) -> Shape:
    count = len(shown.children)
    open_ended = not repeat.count
    instances = tuple(
        Instance(
            number,
            shapes(children, look),
            f"{shown.key}:{number}" if open_ended and count > repeat.minimum else "",
        )
        for number, children in enumerate(shown.children, start=1)
    )
    return Shape(
        "repeat",
        shown.key,
        label,
        help_text,
        _pictures(repeat, shown.path, look),
        instances=instances,
        add=shown.key if open_ended and count < repeat.maximum else "",
        add_label=look.course.words(repeat.add_label, shown.path),
    )


def _question(question: Question, shown: Shown, look: Look, label: str, help_text: str) -> Shape:
    words = look.course.words
    raw = posting.raw_at(look.typed, shown.path, question.name)
    if raw is None and look.fresh and shown.prefill is not None:
        raw = shown.prefill if isinstance(shown.prefill, list) else str(shown.prefill)
    if question.read_only:
        raw = shown.answer if shown.answer is not None else shown.prefill
    control = posting.control(shown.key)
    common: dict[str, Any] = {
        "key": shown.key,
        "label": label,
        "help": help_text,
        "pictures": _pictures(question, shown.path, look),
        "control": control,
        "required": shown.required,
        "errors": tuple(_sentence(fault, question, look.course) for fault in look.faults.get(shown.key, ())),
        "unit": words(question.unit, shown.path),
        "low": words(question.low_label, shown.path),
        "high": words(question.high_label, shown.path),
    }
    if question.read_only and question.asked:
        return Shape("fixed", **common, typed=_said(question, raw, shown, look.course))
    other = next((o for o in (*shown.options, *shown.rows) if o.other), None)
    if other is not None:
        common["other_control"] = posting.other_control(shown.key)
        common["other_typed"] = str(posting.raw_at(look.typed, shown.path, question.name + OTHER) or "")
    return _LOOKS.get(question.type, _line)(question, shown, look, raw, common)


def _sentence(fault: Fault, question: Question, course: Course) -> str:
    own = {"constraint": question.constraint_message, "required": question.required_message}.get(fault.code, {})
    return course.words(own, fault.path) or fault_sentence(fault, question.type)


def _choices(options: Sequence[Option], shown: Shown, look: Look, chosen: set[str]) -> tuple[Choice, ...]:
    words, control = look.course.words, posting.control(shown.key)
    return tuple(
        Choice(
            option.value,
            words(option.words, shown.path) or option.value,
            control,
            f"q-{shown.key}-{place}",
            checked=option.value in chosen,
            other=option.other,
            **_seen(option, shown, look),
        )
        for place, option in enumerate(options)
    )


def _seen(option: Option, shown: Shown, look: Look) -> dict[str, Any]:
    """Return the pictures of an answer, and whether one of them says all that its label says."""
    pictures = _pictures(option, shown.path, look)
    is_picture = not any(option.label.values()) and any(one.kind == "image" and one.alt for one in pictures)
    return {"pictures": pictures, "is_picture": is_picture}


def _one_of(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    return Shape("single", **common, choices=_choices(shown.options, shown, look, {str(raw)} if raw else set()))


def _some_of(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    chosen = {str(value) for value in raw} if isinstance(raw, list | tuple) else set()
    return Shape("multiple", **common, choices=_choices(shown.options, shown, look, chosen))


def _matrix(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    words = look.course.words
    given = raw if isinstance(raw, Mapping) else {}
    heads = _choices(shown.options, shown, look, set())
    rows = []
    for place, row in enumerate(shown.rows):
        control = posting.control(shown.key, row.value)
        cells = tuple(
            Choice(
                head.value,
                head.label,
                control,
                f"q-{shown.key}-{place}-{column}",
                given.get(row.value) == head.value,
                pictures=head.pictures,
                is_picture=head.is_picture,
            )
            for column, head in enumerate(heads)
        )
        label = words(row.words, shown.path) or row.value
        rows.append(Choice(row.value, label, control, cells=cells, **_seen(row, shown, look)))
    return Shape("matrix", **common, choices=tuple(rows), heads=heads)


def _amounts(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    given = raw if isinstance(raw, Mapping) else {}
    return Shape("amounts", **common, choices=_typed_parts(shown, look, given), most=question.total or 100)


def _ranking(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    given = raw if isinstance(raw, Mapping) else {}
    if isinstance(raw, list | tuple):
        given = {str(value): str(place) for place, value in enumerate(raw, start=1)}
    places = tuple(str(place) for place in range(1, len(shown.options) + 1))
    return Shape("ranking", **common, choices=_typed_parts(shown, look, given), columns=places)


def _typed_parts(shown: Shown, look: Look, given: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            option.value,
            look.course.words(option.words, shown.path) or option.value,
            posting.control(shown.key, option.value),
            f"q-{shown.key}-{place}",
            typed=str(given.get(option.value, "")),
            **_seen(option, shown, look),
        )
        for place, option in enumerate(shown.options)
    )


def _scale(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    low, high = bounds(question)
    least, most = plain(low), plain(high)
    typed = "" if raw is None else str(raw)
    if isinstance(least, int) and isinstance(most, int) and most - least < BUTTONS_MOST and question.step in (None, 1):
        steps = tuple(
            Choice(str(step), str(step), common["control"], f"q-{shown.key}-{step}", checked=typed == str(step))
            for step in range(least, most + 1)
        )
        return Shape("scale", **common, choices=steps)
    return Shape("number", **common, typed=typed, least=least, most=most)


def _number(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    low, high = bounds(question)
    return Shape(
        "number", **common, typed="" if raw is None else str(raw), least=plain(low), most=plain(high),
        kind="numeric" if question.integer else "decimal",
    )  # fmt: skip


_KINDS = {"date": "date", "time": "time", "datetime": "datetime-local", "email": "email", "phone": "tel"}


def _line(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    kind = _KINDS.get(question.type, "text")
    # What one person typed is not offered to the next on a device that both use.
    autocomplete = "off" if look.shared else {"email": "email", "tel": "tel"}.get(kind, "off")
    typed = "" if raw is None else str(raw)
    return Shape("line", **common, typed=typed, kind=kind, autocomplete=autocomplete, length=question.max_length)


def _long(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    return Shape("long", **common, typed="" if raw is None else str(raw), length=question.max_length)


def _region(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    if not look.regions:
        return _line(question, shown, look, raw, common)
    chosen = raw.get("tile", "") if isinstance(raw, Mapping) else raw
    choices = tuple(
        Choice(code, name, common["control"], f"q-{shown.key}-{place}", checked=code == chosen)
        for place, (code, name) in enumerate(look.regions)
    )
    return Shape("tiles" if question.type == "location" else "pick", **common, choices=choices)


def _location(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    if question.precision != "point":
        given = raw.get("tile", "") if isinstance(raw, Mapping) else raw
        return _region(question, shown, look, given, common)
    given = raw if isinstance(raw, Mapping) else {}
    parts = tuple(
        Choice(part, "", posting.control(shown.key, part), f"q-{shown.key}-{part}", typed=str(given.get(part, "")))
        for part in ("lat", "lon")
    )
    return Shape("point", **common, choices=parts)


def _agreement(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    return Shape("agree", **common, typed="true" if raw in (True, "true") else "")


def _files(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    from engage.participation.attachments import MAX_BYTES

    stored = [str(name) for name in raw] if isinstance(raw, list | tuple) else []
    given = tuple(
        GivenFile(name, str(known.get("name", name)), int(known.get("size", 0)))
        for name in stored
        for known in [look.files.get(name, {})]
    )
    return Shape(
        "files",
        **common,
        files=given,
        accept=",".join(accepted(question)),
        kinds=kinds_said(question) if accepted(question) else "",
        max_files=question.max_files,
        max_bytes=min(question.max_bytes or MAX_BYTES, MAX_BYTES),
        has_room=len(given) < question.max_files,
        is_photo=question.type == "photo",
        is_anonymous=look.course.runtime.definition.settings.anonymous,
    )


def _note(question: Question, shown: Shown, look: Look, raw: Any, common: dict[str, Any]) -> Shape:
    return Shape("note", **common)


_LOOKS = {
    "single": _one_of,
    "multiple": _some_of,
    "matrix": _matrix,
    "constant_sum": _amounts,
    "ranking": _ranking,
    "number": _number,
    "slider": _scale,
    "nps": _scale,
    "rating": _scale,
    "long_text": _long,
    "region": _region,
    "location": _location,
    "consent": _agreement,
    "declaration": _agreement,
    "note": _note,
    "file": _files,
    "photo": _files,
}


# Answers in words


@dataclass(frozen=True)
class Said:
    """One question with its answer in words, for the check and the receipt; `href` is where it stands on its page."""

    label: str
    lines: tuple[str, ...]
    href: str = ""


def said(
    course: Course,
    items: Sequence[Shown],
    regions: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
) -> Iterator[Said]:
    """Yield every question of these with its answer, in the order shown; one without an answer has no lines.

    `files` are the names people know files by, by those in the answers.
    """
    for shown in posting.asked(items):
        question = shown.item
        assert isinstance(question, Question)
        if question.type in FILE_TYPES:
            words = _files_said(shown.answer, files or {})
        else:
            words = _said(question, shown.answer, shown, course, regions)
        label = course.words(question.label, shown.path) or question.name
        yield Said(label, tuple(words.splitlines()), f"#q-{shown.key}")


def _files_said(answer: Any, files: Mapping[str, str]) -> str:
    """The names of files; how many where they are known no more, because they were deleted."""
    stored = [str(one) for one in answer] if isinstance(answer, list | tuple) else []
    if all(one in files for one in stored):
        return "\n".join(files[one] for one in stored)
    return ngettext("%(n)d file", "%(n)d files", len(stored)) % {"n": len(stored)}


def _said(
    question: Question, answer: Any, shown: Shown, course: Course, regions: Mapping[str, str] | None = None
) -> str:
    if is_blank(answer):
        return ""
    labels = {o.value: course.words(o.words, shown.path) or o.value for o in (*shown.options, *shown.rows)}
    own = str(_own_words(shown, course) or "")
    if isinstance(answer, Mapping):
        if "tile" in answer:
            return (regions or {}).get(answer["tile"], str(answer["tile"]))
        if "lat" in answer:
            return f"{answer['lat']}, {answer['lon']}"
        # Rows may have the same words.
        pairs = [(labels.get(row, row), labels.get(str(value), str(value))) for row, value in answer.items()]
        return "\n".join(about(row, value) for row, value in pairs)
    if isinstance(answer, list | tuple):
        numbered = question.type == "ranking"
        lines = [labels.get(str(value), str(value)) for value in answer]
        lines = [f"{place}. {line}" for place, line in enumerate(lines, start=1)] if numbered else lines
        return "\n".join([*lines, *([own] if own else [])])
    if isinstance(answer, bool):
        return "✓" if answer else ""
    if question.type == "region":
        return (regions or {}).get(str(answer), str(answer))
    if question.type in _DAYS:
        return _day_said(question.type, str(answer))
    line = labels.get(str(answer), str(answer))
    unit = course.words(question.unit, shown.path)
    return "\n".join(part for part in (f"{line} {unit}".strip(), own) if part)


def _day_said(kind: str, answer: str) -> str:
    """A day, with its time or without, as it is written in the reader's language."""
    try:
        return date_format(datetime.fromisoformat(answer), _DAYS[kind])
    except ValueError:
        return answer


def _own_words(shown: Shown, course: Course) -> Any:
    return posting.raw_at(course.kept, shown.path, shown.item.name + OTHER)


def about(label: str, sentence: str) -> str:
    """Put a question before what is said or wrong there; one that ends with a sign of its own gets no colon besides."""
    if not label:
        return sentence
    if label[-1] in "？！。：…":
        return label + sentence
    if label[-1] in "?!.:":
        return f"{label} {sentence}"
    return gettext("%(label)s: %(sentence)s") % {"label": label, "sentence": sentence}


def problems(course: Course, shown: Sequence[Shape]) -> list[Problem]:
    """List what is wrong on a page, each with its question and anchor, in the order of the page."""
    found: list[Problem] = []
    for shape in shown:
        for sentence in shape.errors:
            found.append(Problem(f"#{shape.id}", about(shape.label, sentence)))
        for instance in shape.instances:
            found += problems(course, instance.shapes)
    return found


def faults_said(course: Course) -> Iterator[tuple[Fault, str, str]]:
    """Yield every fault of the whole questionnaire with its question and what is wrong, in its order."""
    for fault in course.faults:
        entry = course.runtime.definition.by_name.get(fault.name)
        if entry is None or not isinstance(entry.item, Question):
            yield fault, "", fault_sentence(fault, "")
            continue
        label = course.words(entry.item.label, fault.path) or entry.item.name
        yield fault, label, _sentence(fault, entry.item, course)
