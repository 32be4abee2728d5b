"""What is published already about the matter of a letter: entries that share its tellingest words, best first."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise

from engage.accounts.actors import ANYONE
from engage.search import registry
from engage.search.models import SearchEntry
from engage.search.queries import _still_public
from engage.search.terms import CJK_CHARACTER, fold, stem, terms_in

TERMS_MOST = 40
LOOKED_AT = 300
# Characters that every second Chinese sentence has: a pair with one of them says nothing about the matter.
_COMMON = set(
    "的了是在我你他她们和与或吗呢么吧啊有不没无这那哪怎什请问想要能可以会就都也很到为对把被从上下个一几多少还再又已经因所但"
    "而且如果虽之其于及等"
)
_STOP_WORDS = (
    "about after also been before being could does doing done each from give given have here into just know like "
    "make many more most much must need only other over please same shall should some such tell than that their "
    "them then there these they this those very want week were what when where which while will with would your"
)
_DIGITS = re.compile(r"^\d{1,3}$")


@dataclass(frozen=True)
class Suggestion:
    """One published thing that may answer."""

    kind_label: str | Promise
    language: str
    title: str
    excerpt: str
    url: str


def telling_terms(text: str) -> list[str]:
    """Return the terms of a text that say what it is about, in the order of the text, at most TERMS_MOST."""
    found: dict[str, None] = {}
    for sentence in re.split(r"[\n。！？!?；;，,]", fold(text)):
        terms = terms_in(sentence)
        for term in sorted(terms, key=sentence.find):
            if _tells(term):
                found[term] = None
            if len(found) >= TERMS_MOST:
                return list(found)
    return list(found)


def _tells(term: str) -> bool:
    if CJK_CHARACTER.match(term):
        return len(term) == 2 and not set(term) & _COMMON
    return len(term) > 3 and term not in _stop_terms() and not _DIGITS.match(term)


@cache
def _stop_terms() -> frozenset[str]:
    """Terms of the words that tell nothing; asked for late, because stemming imports the stemmers."""
    return frozenset(map(stem, _STOP_WORDS.split()))


def suggested(text: str, *, language: str, without: Collection[str] = (), limit: int = 3) -> list[Suggestion]:
    """List what is published about the matter of a text; nothing for a text that says nothing.

    An entry needs two of the text's terms (or its only one); rare ones weigh more, and in the title twice. Looks at
    the newest few hundred entries that share a term, so it stays quick however much is published.
    """
    terms = telling_terms(text)
    if not terms:
        return []
    entries = SearchEntry.objects.visible_to(ANYONE).filter(language=language, terms__holds_any=terms)
    rows = list(
        entries.exclude(kind__in=without)
        .order_by("-published_at", "-pk")
        .values_list("pk", "title", "terms")[:LOOKED_AT]
    )
    wanted = set(terms)
    shared = {pk: wanted & set(held.split(" ")) for pk, _title, held in rows}
    often = Counter(term for own in shared.values() for term in own)
    weight = {term: math.log(1 + len(rows) / often[term]) for term in often}
    scores = {}
    for pk, title, _held in rows:
        own = shared[pk]
        if len(own) >= min(2, len(wanted)):
            in_title = own & terms_in(fold(title))
            scores[pk] = sum(weight[term] for term in own) + sum(weight[term] for term in in_title)
    best = sorted(scores, key=lambda pk: (-scores[pk], -pk))[: 2 * limit]
    public = _still_public(SearchEntry.objects.defer("folded", "terms").in_bulk(best))
    labels = {source.kind: source.label for source in registry.registered()}
    return [
        Suggestion(labels.get(entry.kind, entry.kind), entry.language, entry.title, _cut(entry.body), entry.url)
        for entry in (public[pk] for pk in best if pk in public)
    ][:limit]


def _cut(body: str) -> str:
    text = " ".join(body.split())
    return text if len(text) <= 120 else f"{text[:119]}…"
