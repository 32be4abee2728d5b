"""How the words of a search are found among the cases that a person sees.

A full-text index knows which letters have the words, and the table of cases knows who sees which. Both lists can be
most of a mailbox, and a page shows the newest few of what is on both. Left to itself PostgreSQL reads the letters
themselves from the newest on, for it does not know what it costs to unpack one. So two plans are laid down here, both
of which stop when there is enough: words that stand in many letters are looked for in the newest cases that the person
sees, other words are taken from the index and asked who sees them. SQLite asks its index first by itself.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet, Subquery
from django.db.models.expressions import OuterRef, RawSQL

from engage.search.terms import Question, read_question
from mailbox.desk.models import CaseWords
from mailbox.models import CaseQuerySet

# More rows than any table has: a part with a limit is computed by itself and not mixed with what is around it.
ALL = 2**40
# Words that stand in more than so large a part of all letters are looked for in the newest. Measured with a million
# cases (benchmarks/cases.py): there both plans take equally long.
COMMON = 0.05
# How many letters there are is asked once an hour: it decides between two plans, and nothing else.
LETTERS, LETTERS_SECONDS = "mailbox-desk-letters", 3_600


def cases_with_words(cases: CaseQuerySet, text: str) -> CaseQuerySet:
    """Narrow cases to those whose title or letters hold the words; no words narrow nothing, signs alone find none."""
    question = read_question(text)
    if not question.asked:
        return cases
    if not question.terms:
        return cases.none()
    return cases.filter(pk__in=_having(question).order_by().values("case_id")[:ALL])


def keys_with_words(cases: CaseQuerySet, text: str, most: int) -> list[int]:
    """Return the keys of the first cases, in their order, that hold the words (`cases_with_words`), `most` at most."""
    question = read_question(text)
    newest = {("-submission_id",): True, ("submission_id",): False}.get(tuple(cases.query.order_by))
    if connection.vendor != "postgresql" or not question.terms or newest is None:
        return list(cases_with_words(cases, text).values_list("pk", flat=True)[:most])
    having = CaseWords.objects.filter(terms__holds=question.terms)
    if _share(having) > COMMON:
        here = _having(question).filter(pk=OuterRef("pk")).values("pk")[:1]
        read = cases.alias(said=Subquery(here)).filter(said__isnull=False)
        return list(read.values_list("pk", flat=True)[:most])
    return _seen_of(having, cases, question, most, newest=newest)


def _having(question: Question) -> QuerySet[CaseWords]:
    found = CaseWords.objects.filter(terms__holds=question.terms)
    for phrase in question.phrases:
        found = found.filter(folded__contains=phrase)
    return found


def _share(having: QuerySet[CaseWords]) -> float:
    """Return in how large a part of all letters PostgreSQL expects the words, by what it counted of them before."""
    every: float = cache.get_or_set(LETTERS, lambda: _expected(CaseWords.objects.all()), LETTERS_SECONDS)
    return _expected(having) / max(every, 1)


def _expected(rows: QuerySet[CaseWords]) -> float:
    (plan,) = json.loads(rows.order_by().values("pk").explain(format="json"))
    number: float = plan["Plan"]["Plan Rows"]
    return number


def _seen_of(
    having: QuerySet[CaseWords], cases: CaseQuerySet, question: Question, most: int, *, newest: bool
) -> list[int]:
    """Take the letters that have the words from the index, in their order, and go through them until there is enough.

    Each is first asked for whether it is among `cases`, then for its phrases. Neither question is a join, so that
    PostgreSQL cannot begin with it.
    """
    this = RawSQL("found.id", ())
    asked: list[QuerySet[Any]] = [cases.order_by().filter(pk=this).values("pk")[:1]]
    for phrase in question.phrases:
        asked.append(CaseWords.objects.filter(pk=this, folded__contains=phrase).values("pk")[:1])
    try:
        parts = [query.query.sql_with_params() for query in (having.order_by().values("pk"), *asked)]
    except EmptyResultSet:
        return []
    (inside, values), *rest = parts
    yes = "TRUE"
    for sql, _given in reversed(rest):
        yes = f"CASE WHEN ({sql}) IS NULL THEN FALSE ELSE {yes} END"
    order = "DESC" if newest else "ASC"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH had (id) AS MATERIALIZED ({inside}) "
            f"SELECT found.id FROM (SELECT id FROM had ORDER BY id {order} OFFSET 0) AS found "
            f"WHERE {yes} LIMIT %s",
            [*values, *(value for _sql, given in rest for value in given), most],
        )
        return [key for (key,) in cursor.fetchall()]
