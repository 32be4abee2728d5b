"""What the public reads of outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.coding.models import Decision
from consultations.drafts import wording
from consultations.models import Comment, Consultation, ConsultationPage
from consultations.outcomes import rules
from consultations.outcomes.channels import channel_label
from consultations.outcomes.models import Export, Outcome
from consultations.outcomes.queries.building import WHOLE
from consultations.outcomes.queries.participants import FEATURES, OF_ORGANISATIONS, TookPart
from consultations.outcomes.queries.rows import in_language
from consultations.queries import shortened
from consultations.rules import answer_due, is_question, last_moment
from consultations.voices.models import Organisation
from engage.accounts.actors import ANYONE, Actor
from engage.departments.models import in_active_language
from engage.participation import personal_data
from engage.participation.queries import about_options

QUOTE_MOST = 300
UNCHANGED_MOST = 160
POINTS_LISTED = 5


@dataclass(frozen=True)
class ShownDecision:
    """A decision on what people said."""

    disposition: str
    label: str
    points: int
    reason: str
    forwarded: str
    department: str


@dataclass(frozen=True)
class Said:
    """One thing that people said about a clause. `name` is empty for points that stand alone."""

    name: str
    points: int
    decisions: list[ShownDecision]


@dataclass(frozen=True)
class Quote:
    """A published comment that is quoted."""

    comment: int
    text: str
    language: str


@dataclass(frozen=True)
class ShownRow:
    """One clause of the table. `language` is that of its words when it differs from the reader's."""

    key: str
    title: str
    titles_after: list[str]
    pieces: list[wording.Piece]
    language: str
    changed: bool
    removed: bool
    comments: int
    people: int
    points: int
    said: list[Said]
    headline: str
    headline_label: str
    reason: str
    quotes: list[Quote]
    # The title of the further text that the clause stands in; empty for the text that is answered.
    part: str = ""

    @property
    def full_title(self) -> str:
        """Its title; with that of its text where articles of the first text may be called the same."""
        return f"{self.part} · {self.title}" if self.part and not is_question(self.key) else self.title

    @property
    def reason_apart(self) -> bool:
        """Whether the clause's reason stands on its own: no decision is left without one that it would stand beside."""
        return bool(self.reason) and all(decision.reason for said in self.said for decision in said.decisions)

    @property
    def lines(self) -> int:
        """How many lines of the table the clause takes."""
        return max(len(self.said), 1) + bool(self.quotes) + (self.reason_apart and bool(self.said))

    @property
    def slug(self) -> str:
        """The clause's part of the address; empty for the whole draft and for clauses of another version."""
        return "" if self.key == WHOLE or "." in self.key else self.key.replace("_", "-")


@dataclass(frozen=True)
class Cell:
    """One count of people; `mark` says why it is hidden (rules.SMALL, rules.PROTECTING), else empty."""

    label: str
    count: int | None
    mark: str = ""


@dataclass(frozen=True)
class Breakdown:
    """Who took part, by one feature. No cells: withheld as a whole."""

    code: str
    label: str
    cells: list[Cell]

    @property
    def unit(self) -> str:
        """What is counted."""
        return _("Organisations") if self.code in OF_ORGANISATIONS else _("People")

    @property
    def has_hidden(self) -> bool:
        """Whether a count is hidden."""
        return any(cell.mark for cell in self.cells)


@dataclass(frozen=True)
class Shown:
    """An outcome in one language, as page, preview, DOCX, PDF and API show it."""

    content: dict[str, Any]
    language: str
    texts: dict[str, str]
    totals: dict[str, int]
    rows: list[ShownRow]
    took_part: list[Breakdown]

    @property
    def decisions(self) -> int:
        """How many decisions there are."""
        return sum(self.totals[code] for code in rules.DISPOSITIONS)

    @property
    def taken_up(self) -> int:
        """Decisions to adopt, in full or in part."""
        return sum(self.totals[code] for code in rules.TAKEN_UP)

    @property
    def taken_up_percent(self) -> int:
        """Their share, in whole per cent."""
        return round(100 * self.taken_up / self.decisions) if self.decisions else 0

    @property
    def by_disposition(self) -> list[tuple[str, str, int]]:
        """(code, label, number) of every kind of decision, in their order."""
        labels = dict(Decision.Disposition.choices)
        return [(code, str(labels[code]), self.totals[code]) for code in rules.DISPOSITIONS]

    @property
    def changed_clauses(self) -> int:
        """How many clauses read differently now."""
        return sum(row.changed for row in self.rows)


def published(slug: str, *, actor: Actor = ANYONE) -> Outcome | None:
    """Return the published outcome of a call the actor may see; None when there is none."""
    return (
        Outcome.objects.visible_to(actor)
        .filter(consultation__slug=slug, state=Outcome.State.PUBLISHED)
        .select_related("consultation__department", "version", "version_after")
        .first()
    )


def outcome_at(consultation: Consultation) -> Outcome | None:
    """Return the published outcome of a call, whoever asks: the caller's own gate decided about the call."""
    return Outcome.objects.filter(consultation=consultation, state=Outcome.State.PUBLISHED).first()


def published_slugs(actor: Actor = ANYONE) -> list[str]:
    """List the calls that have an outcome to read."""
    found = Outcome.objects.visible_to(actor).filter(state=Outcome.State.PUBLISHED)
    return list(found.order_by("pk").values_list("consultation__slug", flat=True))


def shown(content: dict[str, Any], language: str) -> Shown:
    """Return a content in one language; quotes only of comments that everybody may still read."""
    quoted = {quote["comment"] for row in content["rows"] for quote in row["quotes"]}
    readable = set(Comment.objects.visible_to(ANYONE).filter(pk__in=quoted).values_list("pk", flat=True))
    return Shown(
        content=content,
        language=language,
        texts=content["texts"].get(language, {}),
        totals=content["totals"],
        rows=[_row(row, language, readable) for row in content["rows"]],
        took_part=breakdowns(content["took_part"]),
    )


def _row(row: dict[str, Any], language: str, readable: set[int]) -> ShownRow:
    used = language if language in row["pieces"] else next(iter(row["pieces"]), language)
    pieces: list[wording.Piece] = [(op, words) for op, words in row["pieces"].get(used, [])]
    labels = dict(Decision.Disposition.choices)
    return ShownRow(
        key=row["key"],
        title=in_language(row["titles"], language) or _("The whole draft"),
        titles_after=row["titles_after"].get(used, []),
        pieces=shortened(pieces, used) if row["changed"] else _beginning(pieces, used),
        language=used if used != language else "",
        changed=row["changed"],
        removed=row["removed"],
        comments=row["comments"],
        people=row["people"],
        points=row["points"],
        said=[_said(said, language) for said in row["said"]],
        headline=row["headline"],
        headline_label=str(labels.get(row["headline"], "")),
        reason=in_language(row["reasons"], language),
        quotes=[
            Quote(quote["comment"], _cut(quote["text"], QUOTE_MOST, quote["language"]), quote["language"])
            for quote in row["quotes"]
            if quote["comment"] in readable
        ],
        part=in_language(row.get("part", {}), language),
    )


def _said(said: dict[str, Any], language: str) -> Said:
    labels = dict(Decision.Disposition.choices)
    return Said(
        name=in_language(said["names"], language),
        points=said["points"],
        decisions=[
            ShownDecision(
                disposition=decision["disposition"],
                label=str(labels[decision["disposition"]]),
                points=decision["points"],
                reason=in_language(decision["reasons"], language),
                forwarded=in_language(decision["forwarded"], language),
                department=in_active_language(
                    decision["department"].get("zh-hans", ""), decision["department"].get("en", "")
                ),
            )
            for decision in said["decisions"]
        ],
    )


def _beginning(pieces: list[wording.Piece], language: str) -> list[wording.Piece]:
    return [("keep", _cut(words, UNCHANGED_MOST, language)) for _op, words in pieces]


def _cut(words: str, most: int, language: str) -> str:
    if len(words) <= most:
        return words
    begun = words[:most]
    if language == "en" and " " in begun:
        begun = begun.rsplit(" ", 1)[0]
    return begun.rstrip() + ("……" if language != "en" else "…")


def breakdowns(took_part: TookPart) -> list[Breakdown]:
    """Return who took part, a table a feature; one of nobody is left out."""
    return [_breakdown(name, took_part[name]) for name in FEATURES if took_part.get(name, {}) != {}]


def _breakdown(name: str, masked: rules.Masked | None) -> Breakdown:
    titles = {
        "region": _("Region"),
        "capacity": _("Role"),
        "channel": _("Channel"),
        "organisation_size": _("Size of the organisation"),
        "organisation_role": _("Role in the organisation"),
    }
    if masked is None:
        return Breakdown(name, titles[name], [])
    if name == "channel":
        ordered = [(code, channel_label(code)) for code in sorted(masked)]
    elif name == "organisation_size":
        ordered = [(code, str(label)) for code, label in Organisation.Size.choices if code in masked]
    elif name == "organisation_role":
        # Said by at least five, but typed: whatever looks like personal data stays hidden.
        named = [(code, personal_data.mask(code)) for code in sorted(masked) if code]
        ordered = [*named, *([("", _("Other roles"))] if "" in masked else [])]
    else:
        options = about_options(name)
        known = {code for code, _label in options}
        ordered = [
            *((code, label) for code, label in options if code in masked),
            *((code, code or _("Not stated")) for code in sorted(masked, reverse=True) if code not in known),
        ]
    cells = []
    for code, label in ordered:
        value = masked[code]
        cells.append(Cell(label, None, value) if isinstance(value, str) else Cell(label, value))
    return Breakdown(name, titles[name], cells)


# --- all outcomes


@dataclass(frozen=True)
class Digest:
    """One outcome in three sentences: what was asked, what people said, what was done."""

    outcome: Outcome
    page: ConsultationPage
    shown: Shown
    most_said: list[Said] = field(default_factory=list)


def digests(*, language: str, limit: int = 20, offset: int = 0) -> list[Digest]:
    """Return published outcomes, newest first, of calls that everybody may see."""
    found = list(
        Outcome.objects.visible_to(ANYONE)
        .select_related("consultation__department")
        .order_by("-published_at", "-pk")[offset : offset + limit]
    )
    pages = _pages({outcome.consultation_id for outcome in found}, language)
    result = []
    for outcome in found:
        view = shown(outcome.content, language)
        said = sorted((one for row in view.rows for one in row.said if one.name), key=lambda one: -one.points)
        if outcome.consultation_id in pages:
            result.append(Digest(outcome, pages[outcome.consultation_id], view, said[:POINTS_LISTED]))
    return result


def _pages(consultations: Iterable[int], language: str) -> dict[int, ConsultationPage]:
    """Return call id to its public page in one language, or in another."""
    found: dict[int, ConsultationPage] = {}
    pages = ConsultationPage.objects.visible_to(ANYONE).filter(consultation__in=consultations).select_related("locale")
    for page in pages.order_by("pk"):
        if page.consultation_id not in found or page.locale.language_code == language:
            found[page.consultation_id] = page
    return found


@dataclass(frozen=True)
class Awaiting:
    """A closed call whose answer is not published yet. `language`: of the title."""

    consultation: Consultation
    title: str
    language: str
    due: datetime
    days_late: int


def awaiting(*, language: str, now: datetime) -> list[Awaiting]:
    """Return the public calls that closed without an outcome so far, the longest overdue first."""
    titles = ConsultationPage.objects.filter(consultation=OuterRef("pk"), live=True)
    own = titles.filter(locale__language_code=language).values("title")[:1]
    closed = (
        Consultation.objects.visible_to(ANYONE)
        .filter(~Exists(_published_of()), closes_at__lte=now, withdrawn_at=None)
        .select_related("department")
        .annotate(
            own_title=Subquery(own),
            any_title=Subquery(titles.order_by("pk").values("title")[:1]),
            any_language=Subquery(titles.order_by("pk").values("locale__language_code")[:1]),
        )
    )
    zone = timezone.get_current_timezone()
    found = []
    for call in closed:
        due = answer_due(call.closes_at, call.answer_days)
        title = call.own_title or call.any_title or call.slug
        written_in = language if call.own_title else (call.any_language or language)
        found.append(Awaiting(call, title, written_in, due, rules.days_late(due, now, zone)))
    return sorted(found, key=lambda one: one.due)


def _published_of() -> QuerySet[Outcome]:
    return Outcome.objects.filter(consultation=OuterRef("pk"), state=Outcome.State.PUBLISHED)


def days_to_answer(outcome: Outcome) -> int:
    """Return on which day after the close the outcome came."""
    assert outcome.published_at is not None
    return rules.days_taken(
        last_moment(outcome.consultation.closes_at), outcome.published_at, timezone.get_current_timezone()
    )


def ready_exports(outcome: Outcome, language: str) -> list[Export]:
    """Return the files of an outcome in one language, ready or on their way."""
    order = list(Export.Kind)
    found = outcome.exports.filter(language=language).exclude(state__in=[Export.State.CANCELLED, Export.State.FAILED])
    return sorted(found, key=lambda export: order.index(Export.Kind(export.kind)))


def export_of(outcome: Outcome, kind: str, language: str) -> Export | None:
    """Return one file of an outcome that is ready."""
    return outcome.exports.filter(kind=kind, language=language, state=Export.State.READY).first()
