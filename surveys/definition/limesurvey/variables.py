"""Under which names LimeSurvey reads answers, and what each of them is in a definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from surveys.definition.expressions.tree import Call, Literal, Node, Reference
from surveys.definition.limesurvey import kinds
from surveys.definition.limesurvey.expressions import ticked
from surveys.definition.limesurvey.reading import Question, Survey
from surveys.definition.xlsform.naming import Names


@dataclass
class Named:
    """The name of each question by its qid, those of its parts by (qid, ending), and what expressions may read."""

    names: Names = field(default_factory=Names)
    given: dict[str, str] = field(default_factory=dict)
    parts: dict[tuple[str, str], str] = field(default_factory=dict)
    variables: dict[str, Node] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    """The value of "other" by qid, for questions that offer it."""


def name_all(survey: Survey) -> Named:
    """Give every question, and every part that becomes a question, its name; the same survey gives the same names."""
    named = Named()
    for question in survey.questions():
        named.given[question.qid] = named.names.give(question.code or f"q{question.qid}")
    for question in survey.questions():
        if kinds.has_other(question):
            taken = {one.code for one in question.answers} | {one.code for one in question.rows}
            named.other[question.qid] = Names(taken).give("other")
        for ending in _own_parts(question):
            named.parts[question.qid, ending] = named.names.give(f"{named.given[question.qid]}_{ending}")
    sid = survey.settings.get("sid", "")
    for question in survey.questions():
        place = f"{sid or question.row.get('sid', '')}X{question.row.get('gid', '')}X{question.qid}"
        for ending, node in _variables(named, question):
            named.variables.setdefault(f"{question.code}_{ending}" if ending else question.code, node)
            named.variables.setdefault(place + ending, node)
    return named


def _own_parts(question: Question) -> Iterator[str]:
    """Yield the endings under which a question becomes several."""
    if question.type in kinds.SEVERAL and not kinds.is_sum(question):
        yield from (row.code for row in question.rows)
    elif question.type == ";" or (question.type == ":" and not kinds.is_ticked_table(question)):
        yield from (f"{row.code}_{column.code}" for row in question.rows for column in question.columns)
    elif question.type == ":":
        yield from (row.code for row in question.rows)
    elif question.type == "1":
        yield from ("0", "1")
    elif question.type == "O":
        yield "comment"
    elif question.type == "P":
        yield from (f"{code}comment" for code in (*(row.code for row in question.rows), *_other(question)))


def _other(question: Question) -> tuple[str, ...]:
    return ("other",) if kinds.has_other(question) else ()


def _variables(named: Named, question: Question) -> Iterator[tuple[str, Node]]:
    own, qid = named.given[question.qid], question.qid
    if question.type in "MP":
        yield from ((row.code, ticked(own, row.code)) for row in question.rows)
    elif question.type in kinds.ARRAYS or kinds.is_sum(question):
        yield from ((row.code, Reference(f"{own}.{row.code}")) for row in question.rows)
    elif question.type == "1":
        for scale in ("0", "1"):
            table = named.parts[qid, scale]
            yield from ((f"{row.code}_{scale}", Reference(f"{table}.{row.code}")) for row in question.rows)
    elif question.type == "R":
        for place, _answer in enumerate(question.answers):
            yield str(place + 1), Call("selected_at", (Reference(own), Literal(Decimal(place))))
    elif kinds.is_ticked_table(question):
        for row in question.rows:
            part = named.parts[qid, row.code]
            yield from ((f"{row.code}_{column.code}", ticked(part, column.code)) for column in question.columns)
    else:
        yield "", Reference(own)
    if question.type != "1" and not kinds.is_ticked_table(question):
        yield from ((ending, Reference(named.parts[qid, ending])) for ending in _own_parts(question))
