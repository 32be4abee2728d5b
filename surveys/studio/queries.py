"""What the builder shows of questionnaires, versions and definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.db.models import Prefetch
from django.forms.boundfield import BoundField
from django.utils.translation import gettext

from engage.accounts.actors import Actor
from engage.pages.translation import HTML_LANG
from surveys.definition import checks, comparing, editing, expressions, model, respondents
from surveys.definition.dependencies import page_key
from surveys.definition.runtime import Sitting
from surveys.finding_words import finding_sentence
from surveys.models import Questionnaire, Version
from surveys.studio.logic_map import Map, conditions_of, draw
from surveys.studio.whole_forms import TranslationForm
from surveys.studio.words import CHANGES, MARKS, PARTS, PROPERTIES, SEVERITIES, TYPES, language_name

# A test run works through every question once for each respondent.
WALKED_MOST = 40_000
VALUE_MOST = 300


@dataclass(frozen=True)
class Listed:
    """One questionnaire of the list, with its versions from the newest on."""

    questionnaire: Questionnaire
    title: str
    versions: tuple[Version, ...]
    in_work: bool


def listing(language: str, *, actor: Actor) -> list[Listed]:
    """List the questionnaires an editor works on, the newest first."""
    found = (
        Questionnaire.objects.visible_to(actor)
        .select_related("department")
        .prefetch_related(Prefetch("versions", Version.objects.order_by("-number")))
    )
    rows = []
    for questionnaire in found:
        versions = tuple(questionnaire.versions.all())
        title = said(versions[0].definition.get("title", {}), language) if versions else ""
        in_work = any(version.state in (Version.State.DRAFT, Version.State.SUBMITTED) for version in versions)
        rows.append(Listed(questionnaire, title or questionnaire.key, versions, in_work))
    return rows


def version_of(version_id: int, *, actor: Actor) -> Version | None:
    """Return a version the actor may see, with its questionnaire and department."""
    return Version.objects.visible_to(actor).select_related("questionnaire__department").filter(pk=version_id).first()


def versions_of(version: Version, *, actor: Actor) -> list[Version]:
    """List the versions of the same questionnaire, the newest first."""
    return list(Version.objects.visible_to(actor).filter(questionnaire=version.questionnaire_id).order_by("-number"))


def said(texts: Mapping[str, str], language: str) -> str:
    """Return words in a language, else in another."""
    return texts.get(language) or next((words for words in texts.values() if words), "")


def title_of(version: Version, language: str) -> str:
    """Return the title of a version in a language, else in another, else its key."""
    return said(version.definition.get("title", {}), language) or version.questionnaire.key


# --- the outline ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemRow:
    """One group, repeat or question of the outline; `depth` counts the groups around it."""

    name: str
    label: str
    type: str
    depth: int
    holds: bool
    required: bool
    relevant: str
    answers: int
    ended: tuple[tuple[str, str], ...] = ()
    """Name and words of the groups that end behind it, from the innermost out."""

    @property
    def steps(self) -> range:
        """One step to the right for each group around it."""
        return range(self.depth)


@dataclass(frozen=True)
class PageRow:
    """One page of the outline."""

    name: str
    title: str
    number: int
    relevant: str
    items: tuple[ItemRow, ...]


def outline(definition: model.Definition, language: str) -> list[PageRow]:
    """Return the pages with what stands on them, in the order of the definition."""
    rows: list[list[ItemRow]] = [[] for _page in definition.pages]
    # Of a new questionnaire there is no entry, and nothing after it.
    for entry, after in zip(definition.entries, (*definition.entries[1:], None), strict=False):
        item = entry.item
        question = item if isinstance(item, model.Question) else None
        rows[entry.page].append(
            ItemRow(
                item.name,
                said(item.label, language),
                str(TYPES[item.type]),
                len(entry.above),
                question is None,
                bool(question and question.required),
                item.relevant,
                len(definition.options_of(question)) if question else 0,
                _ended(entry, after, language),
            )
        )
    return [
        PageRow(page.name, said(page.title, language), number, page.relevant, tuple(items))
        for number, (page, items) in enumerate(zip(definition.pages, rows, strict=True), start=1)
    ]


def _ended(entry: model.Entry, after: model.Entry | None, language: str) -> tuple[tuple[str, str], ...]:
    """Return the groups that hold an entry, or are it, and do not hold the one after it."""
    around = [*entry.above, *([] if isinstance(entry.item, model.Question) else [entry.item])]
    still = {item.name for item in after.above} if after is not None else set()
    return tuple(
        (item.name, said(item.label, language) or item.name) for item in reversed(around) if item.name not in still
    )


@dataclass(frozen=True)
class Complete:
    """How many of all texts exist in one language."""

    code: str
    language: str
    done: int
    total: int
    minutes: int


def completeness(definition: model.Definition) -> list[Complete]:
    """Return a row a language, with the minutes that reading all of it takes."""
    seconds = checks.reading_seconds(definition)
    return [
        Complete(code, language_name(code), one.done, one.total, ceil(seconds[code] / 60))
        for code, one in checks.completeness(definition).items()
    ]


@dataclass(frozen=True)
class Translated:
    """One text to translate: where it stands, what it says in the language beside, and the field for its words."""

    field: BoundField
    source: str
    source_language: str
    property: str
    kind: str
    name: str


_INSIDE = {"options": "options", "lists": "options"} | {name: name for name in ("rows", "arms", "media", "mode_texts")}
"""The property under which something lies that has texts of its own, by the step of a JSON Pointer."""


def translated(form: TranslationForm, definition: model.Definition, language: str) -> list[Translated]:
    """Return the texts of a form, each beside its words in the language of the screen or else in another."""
    rows = []
    for one in form.texts:
        others = {code: words for code, words in one.texts.items() if code != form.code and words.strip()}
        source = language if language in others else next(iter(others), "")
        steps = one.path.split("/")
        last = next((_INSIDE[step] for step in reversed(steps[:-1]) if step in _INSIDE), steps[-1])
        rows.append(
            Translated(
                form[one.field],
                others.get(source, ""),
                HTML_LANG.get(source, source),
                str(PROPERTIES[last]),
                *target_of(one.path, definition),
            )
        )
    return rows


# --- checks ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """One finding as a sentence; `kind` and `name` lead to the form where it is mended, both empty for none."""

    severity: str
    label: str
    sentence: str
    kind: str
    name: str


def findings(definition: model.Definition, found: Sequence[checks.Finding]) -> list[Found]:
    """Return what the checks found as sentences, what stops publishing first."""
    order = list(SEVERITIES)
    return [
        Found(
            finding.severity,
            str(SEVERITIES[finding.severity]),
            finding_sentence(finding, definition),
            *target_of(finding.path, definition),
        )
        for finding in sorted(found, key=lambda finding: order.index(finding.severity))
    ]


def target_of(path: str, definition: model.Definition) -> tuple[str, str]:
    """Return kind and name of the part in which a JSON Pointer of a definition lies; both empty for the whole."""
    holders = [entry for entry in definition.entries if f"{path}/".startswith(f"{entry.path}/")]
    if holders:
        return "item", max(holders, key=lambda entry: len(entry.path)).item.name
    steps = path.split("/")
    if steps[1:2] == ["pages"] and len(steps) > 2:
        return "page", definition.pages[int(steps[2])].name
    return "", ""


@dataclass(frozen=True)
class Rule:
    """One expression of the logic table: where it stands, what it decides, and what it reads."""

    kind: str
    name: str
    label: str
    property: str
    expression: str
    reads: tuple[str, ...]


def logic_map(definition: model.Definition, found: Sequence[checks.Finding], language: str) -> Map | None:
    """Return the map of the logic with what the checks found; None where there is too much for one."""
    labels = {page_key(number): said(page.title, language) for number, page in enumerate(definition.pages)}
    labels |= {one.name: gettext("Split ballot: %(name)s") % {"name": one.name} for one in definition.ballots}
    labels |= {name: said(entry.item.label, language) for name, entry in definition.by_name.items()}
    return draw(definition, found, labels, {code: str(words) for code, words in MARKS.items()})


def logic(definition: model.Definition, language: str) -> list[Rule]:
    """Return every condition, validation and calculated value, page by page."""
    return list(_rules(definition, language))


def _rules(definition: model.Definition, language: str) -> Iterator[Rule]:
    for number, page in enumerate(definition.pages):
        yield from _rules_of(definition, "page", page, said(page.title, language))
        for entry in definition.entries:
            if entry.page == number:
                yield from _rules_of(definition, "item", entry.item, said(entry.item.label, language))


def _rules_of(definition: model.Definition, kind: str, part: Any, label: str) -> Iterator[Rule]:
    for name, text in conditions_of(definition, part):
        reads = tuple(sorted(expressions.references(expressions.parse(text))))
        yield Rule(kind, part.name, label or part.name, str(PROPERTIES[name]), text, reads)


# --- the test run ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """A share in percent of a page, question or quota."""

    name: str
    label: str
    percent: float


@dataclass(frozen=True)
class Tested:
    """What random respondents met."""

    run: respondents.TestRun
    pages: tuple[Share, ...]
    questions: tuple[Share, ...]
    quotas: tuple[Share, ...]
    dead_ends: tuple[tuple[str, str, int], ...]


def walked(version: Version, language: str, *, now: datetime) -> Tested:
    """Let random people walk through a version, 200 or, where it is very long, as many as the work allows.

    The same definition gives the same walk.
    """
    definition = version.parsed
    count = max(1, min(respondents.RESPONDENTS, WALKED_MOST // max(1, len(definition.entries))))
    sitting = Sitting(now=now, seed=f"{version.pk}/{version.revision}", language=definition.languages[0])
    run = respondents.walk_through(definition, sitting, count)
    titles = {page.name: said(page.title, language) or page.name for page in definition.pages}
    labels = {name: said(entry.item.label, language) or name for name, entry in definition.by_name.items()}
    return Tested(
        run,
        _shares(run.page_share, titles),
        _shares(run.question_share, labels),
        _shares(run.quota_share, {}),
        tuple((end.question, labels.get(end.question, end.question), many) for end, many in run.dead_ends.items()),
    )


def _shares(shares: Mapping[str, float], labels: Mapping[str, str]) -> tuple[Share, ...]:
    return tuple(Share(name, labels.get(name, name), round(100 * share, 1)) for name, share in shares.items())


# --- two versions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One change between two versions; `properties` are (name, before, after) in words."""

    what: str
    how: str
    label: str
    properties: tuple[tuple[str, str, str], ...]


def differences(before: Version, after: Version, language: str) -> list[Difference]:
    """Return what differs, each part by its words in a language or by its name."""
    old, new = before.parsed, after.parsed
    labels = {name: said(entry.item.label, language) for name, entry in {**old.by_name, **new.by_name}.items()}
    titles = {page.name: said(page.title, language) for page in (*old.pages, *new.pages)}
    rows = []
    for change in comparing.compare(old, new):
        label = {"item": labels, "page": titles}.get(change.what, {}).get(change.name, "")
        properties = tuple(
            (str(PROPERTIES[one.name]), _shown(one.before), _shown(one.after)) for one in change.properties
        )
        rows.append(Difference(str(PARTS[change.what]), str(CHANGES[change.how]), label or change.name, properties))
    return rows


def _shown(value: Any) -> str:
    """Say a value of JSON as a line: words of each language, values of lists, or the value itself."""
    if isinstance(value, dict):
        text = " / ".join(_shown(one) for one in value.values())
    elif isinstance(value, list):
        text = ", ".join(_option(one) if isinstance(one, dict) else str(one) for one in value)
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= VALUE_MOST else text[:VALUE_MOST] + "…"


def _option(option: Mapping[str, Any]) -> str:
    label = _shown(option.get("label", {}))
    value = str(option.get("value", option.get("name", "")))
    return f"{value} ({label})" if label else value


def readers(definition: model.Definition, name: str, language: str) -> list[str]:
    """Name what reads an item in its expressions, so that nobody removes it unaware."""
    by_name = definition.by_name
    return [
        (said(by_name[reader].item.label, language) if reader in by_name else "") or reader
        for reader in editing.readers_of(definition, name)
    ]
