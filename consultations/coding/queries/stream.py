"""The comments to code: which ones count, the stream with its filters, who has which one open, equal texts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Exists, Min, OuterRef, QuerySet

from consultations.coding.models import Coding
from consultations.coding.rules import shortened
from consultations.models import Clause, Comment, Consultation
from engage.participation.models import ModerationState, Submission
from engage.typed import whole_number

STREAM = 8
# One of so many next comments is free, however many people code at once.
LOOK_AHEAD = 40
CLAIM_SECONDS = 180
SAME_SECONDS = 600
# Below this number of comments equal texts are looked up at once, above only where somebody asks for them.
SAME_AT_ONCE = 20_000
SAME_MOST = 200
TEXT_MOST = 200
KEY_MOST = 9_223_372_036_854_775_807
STATES = ("open", "done", "mine", "all")
WHOLE_DRAFT = "whole"


@dataclass(frozen=True)
class Filters:
    """What the stream shows; the empty value of each shows everything.

    `clause` is a clause's key, or "whole"; `same` is a comment whose exact text is wanted; `state` is one of STATES.
    """

    clause: str = ""
    stance: str = ""
    language: str = ""
    text: str = ""
    state: str = "open"
    same: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Filters:
        """Read the parameters of an address; what is unknown in them shows more, never an error."""
        stance, language, state = asked.get("stance", ""), asked.get("language", ""), asked.get("state", "")
        text = "".join(c if c.isprintable() else " " for c in asked.get("q", ""))[:TEXT_MOST].strip()
        return cls(
            clause=asked.get("clause", "").replace("\x00", "")[:120],
            stance=stance if stance in Comment.Stance else "",
            language=language if language in dict(settings.LANGUAGES) else "",
            text=text,
            state=state if state in STATES else "open",
            same=key_of(asked.get("same", "")),
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the address that shows the same."""
        given = asdict(self) | {"q": self.text, "same": str(self.same or "")}
        del given["text"]
        return {name: value for name, value in given.items() if value and (name, value) != ("state", "open")}

    @property
    def is_narrowed(self) -> bool:
        """Whether something hides comments that are to be coded."""
        return bool(self.parameters)


def key_of(raw: str) -> int | None:
    """Return a key that was typed or sent; None for what cannot be one."""
    key = whole_number(raw, digits=19, otherwise=None)
    return key if key is not None and key <= KEY_MOST else None


def codable(consultation: Consultation) -> QuerySet[Comment]:
    """Return the comments that count: neither rejected nor withdrawn."""
    return Comment.objects.filter(consultation=consultation, submission__state=Submission.State.ACTIVE).exclude(
        moderation_state=ModerationState.REJECTED
    )


def matching(consultation: Consultation, filters: Filters, coder_id: int | None) -> QuerySet[Comment]:
    """Return the comments that the filters let through, in the order of the stream."""
    found = codable(consultation)
    match filters.state:
        case "open":
            found = found.filter(coded_at=None)
        case "done":
            found = found.filter(coded_at__isnull=False)
        case "mine":
            mine = Coding.objects.filter(point__comment=OuterRef("pk"), coder=coder_id, removed_at=None)
            found = found.filter(Exists(mine))
    if filters.clause == WHOLE_DRAFT:
        found = found.filter(clause=None)
    elif filters.clause:
        clauses = Clause.objects.filter(version__draft__consultation=consultation, key=filters.clause)
        found = found.filter(clause__in=list(clauses.values_list("pk", flat=True)))
    if filters.stance:
        found = found.filter(stance=filters.stance)
    if filters.language:
        found = found.filter(language=filters.language)
    if filters.text:
        found = found.filter(text__icontains=filters.text)
    if filters.same is not None:
        sample = Comment.objects.filter(consultation=consultation, pk=filters.same).values_list("text", flat=True)
        found = found.filter(text__in=list(sample))
    return found.order_by("pk")


def stream(
    consultation: Consultation, filters: Filters, coder_id: int | None, *, after: int = 0, limit: int = STREAM
) -> list[Comment]:
    """Return the next comments behind a cursor (a comment's key); from the start again when the end is reached."""
    wanted = matching(consultation, filters, coder_id).only("pk", "text", "stance", "language", "submission_id")
    found = list(wanted.filter(pk__gt=after)[:limit]) if after else list(wanted[:limit])
    if after and len(found) < limit:
        found += list(wanted.filter(pk__lte=after)[: limit - len(found)])
    return found


def first_free(comments: Iterable[Comment], coder_id: int) -> Comment | None:
    """Return the first comment that nobody else has open; the first one when all are taken."""
    given = list(comments)
    claims = cache.get_many([_claim_key(comment.pk) for comment in given])
    free = [comment for comment in given if claims.get(_claim_key(comment.pk), coder_id) == coder_id]
    return next(iter(free or given), None)


def claim(comment_id: int, coder_id: int) -> bool:
    """Note that a coder has a comment open, for three minutes; tells whether another has it open already."""
    key = _claim_key(comment_id)
    holder = cache.get(key)
    if holder is not None and holder != coder_id:
        return True
    cache.set(key, coder_id, CLAIM_SECONDS)
    return False


def let_go(comment_id: int, coder_id: int) -> None:
    """Note that a coder is done with a comment."""
    if cache.get(_claim_key(comment_id)) == coder_id:
        cache.delete(_claim_key(comment_id))


def _claim_key(comment_id: int) -> str:
    return f"coding:open:{comment_id}"


@dataclass(frozen=True)
class SameText:
    """A text that several comments have: the first of them, its beginning, how many there are and are not finished."""

    first: int
    digest: str
    excerpt: str
    n: int
    open: int


def same_texts(consultation: Consultation) -> list[SameText]:
    """Return the texts that come more than once, the most frequent first; a scan, so kept for ten minutes."""
    key = f"coding:same:{consultation.pk}"
    kept: list[SameText] | None = cache.get(key)
    if kept is None:
        rows = (
            codable(consultation)
            .order_by()
            .values("text")
            .annotate(n=Count("pk"), first=Min("pk"), done=Count("coded_at"))
            .filter(n__gt=1)
            .order_by("-n", "first")[:SAME_MOST]
        )
        kept = [
            SameText(row["first"], _digest(row["text"]), shortened(row["text"], 120), row["n"], row["n"] - row["done"])
            for row in rows
        ]
        cache.set(key, kept, SAME_SECONDS)
    return kept


def same_as(comment: Comment, consultation: Consultation, total: int) -> SameText | None:
    """Return the group of equal texts a comment is in; None too where that is not known without a long look."""
    if total > SAME_AT_ONCE and cache.get(f"coding:same:{consultation.pk}") is None:
        return None
    digest = _digest(comment.text)
    return next((group for group in same_texts(consultation) if group.digest == digest), None)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
