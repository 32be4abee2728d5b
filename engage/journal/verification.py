"""Going through the whole journal again: every row, seal, node and checkpoint, in one pass and in bounded memory.

Kinds of faults: `edited` (a row's content is not what was hashed, or not what was sealed), `removed` (a sealed row is
gone), `reordered` (two rows, or two seals, exchanged places), `inserted` (a row that neither waits for the sealer nor
was sealed), `backdated` (sealed after a checkpoint, dated long before it), `seal_edited`, `seal_removed`, `node_edited`
(a kept hash of a block), `checkpoint_removed`, and `checkpoint_mismatch` (a checkpoint is not what was published, or
what it covers is no longer what it was taken of).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from pymerkle.hasher import MerkleHasher

from engage.journal import rules
from engage.journal.models import JournalCheckpoint, JournalNode, JournalPending, JournalRow, JournalSeal
from engage.journal.queries import ENTRY_COLUMNS, entry_of
from engage.journal.tree import BLOCK_LEVEL

CHUNK = 2_000
# How many faults of one kind are compared with each other to tell an exchange from an edit.
COMPARED = 200
# The longest a transaction may have been open; a row dated further back than that before a checkpoint is suspicious.
LONGEST_TRANSACTION = timedelta(days=1)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; `row` is the id of the journal row concerned, if one is."""

    kind: str
    row: int | None = None
    sequence: int | None = None
    checkpoint: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the fault with `row` and `kind` always there and the rest where known."""
        extra = {"sequence": self.sequence, "checkpoint": self.checkpoint}
        return {"row": self.row, "kind": self.kind} | {name: n for name, n in extra.items() if n is not None}


class Frontier:
    """The roots of the complete blocks seen so far, enough for the root over all leaves (RFC 6962)."""

    def __init__(self) -> None:
        self._hasher = MerkleHasher("sha256")
        self._roots: list[bytes] = []
        self.size = 0

    def add(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf; yield (level, position, hash) of each kept block that it completes."""
        root, level = leaf, 0
        while self.size >> level & 1:
            root = self._hasher.hash_pair(self._roots.pop(), root)
            level += 1
            if level >= BLOCK_LEVEL:
                yield level, self.size >> level, root
        self._roots.append(root)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return self._hasher.hash_fold(self._roots[::-1]) if self._roots else self._hasher.hash_empty()


@dataclass(frozen=True)
class _Misfit:
    """A row whose own hash is right but not the one that was sealed, or a seal that does not follow the one before."""

    sequence: int
    row: int
    leaf: bytes
    previous: bytes
    found: bytes


@dataclass
class Verification:
    """One pass. Read `rows` and `checkpoints` after `faults()` was exhausted."""

    rows: int = 0
    checkpoints: int = 0
    _frontier: Frontier = field(default_factory=Frontier)
    # False once a seal is missing: later roots and nodes would only repeat that.
    _whole: bool = True
    # True between the first checkpoint that contradicts the rows and the next one that agrees with them.
    _contradicted: bool = False
    _gaps: list[tuple[int, bytes, JournalSeal]] = field(default_factory=list)
    _odd_rows: list[_Misfit] = field(default_factory=list)
    _odd_seals: list[_Misfit] = field(default_factory=list)

    def faults(self, copies: Iterable[dict[str, Any]] = ()) -> Iterator[Fault]:
        """Yield every fault, seen from one moment while others go on writing.

        `copies` are checkpoint documents kept elsewhere: each must still be published word for word.
        """
        with one_moment():
            yield from self._checkpoint_faults()
            yield from self._sealed_faults()
            yield from self._exchange_faults()
            yield from self._unsealed_faults()
            yield from self._copy_faults(copies)

    # --- checkpoints among themselves

    def _checkpoint_faults(self) -> Iterator[Fault]:
        previous, number, size = rules.GENESIS, 0, 0
        for checkpoint in _in_chunks(JournalCheckpoint.objects.order_by("number"), "number"):
            self.checkpoints += 1
            intact = _untouched(checkpoint)
            if checkpoint.number != number + 1:
                for missing in range(number + 1, min(checkpoint.number, number + 1 + CHUNK)):
                    yield Fault("checkpoint_removed", checkpoint=missing)
            elif _octets(checkpoint.previous) != previous:
                intact = False
            if not intact or checkpoint.size < size:
                yield Fault("checkpoint_mismatch", checkpoint=checkpoint.number)
            previous, number, size = _octets(checkpoint.digest), checkpoint.number, checkpoint.size

    # --- rows in the order they were sealed

    def _sealed_faults(self) -> Iterator[Fault]:
        checkpoints = filter(_untouched, _in_chunks(JournalCheckpoint.objects.order_by("number"), "number"))
        due = next(checkpoints, None)
        chain, sequence, horizon = rules.GENESIS, 0, None
        for seals in _chunks(JournalSeal.objects.order_by("sequence"), "sequence"):
            rows = _rows_by_id([seal.row_id for seal in seals])
            blocks: list[tuple[int, int, bytes]] = []
            for seal in seals:
                yield from self._link_faults(seal, sequence, chain)
                yield from self._row_faults(seal, rows.get(seal.row_id), horizon)
                chain, sequence = _octets(seal.chain), seal.sequence
                blocks += self._frontier.add(_octets(seal.leaf)) if self._whole else ()
                while due and due.size <= sequence:
                    yield from self._root_faults(due, chain)
                    due, horizon = next(checkpoints, None), due.taken_at - LONGEST_TRANSACTION
            yield from self._node_faults(blocks)
        while due:
            if due.size > sequence:
                yield Fault("checkpoint_mismatch", checkpoint=due.number)
            due = next(checkpoints, None)

    def _link_faults(self, seal: JournalSeal, before: int, chain: bytes) -> Iterator[Fault]:
        """Compare a seal with the one before; after a gap there is nothing to compare it with."""
        leaf = _octets(seal.leaf)
        if seal.sequence != before + 1:
            self._whole = False
            lost = range(before + 1, seal.sequence)
            if not lost:
                yield Fault("inserted", row=seal.row_id, sequence=seal.sequence)
            elif len(lost) == 1 and len(self._gaps) < COMPARED:
                self._gaps.append((lost[0], chain, seal))
            else:
                yield from (Fault("seal_removed", sequence=each) for each in lost[:CHUNK])
        elif rules.next_link(chain, seal.sequence, seal.row_id, leaf) != _octets(seal.chain):
            misfit = _Misfit(seal.sequence, seal.row_id, leaf, chain, _octets(seal.chain))
            if len(self._odd_seals) < COMPARED:
                self._odd_seals.append(misfit)
            else:
                yield Fault("seal_edited", row=seal.row_id, sequence=seal.sequence)

    def _row_faults(self, seal: JournalSeal, row: tuple | None, horizon: Any) -> Iterator[Fault]:
        if row is None:
            yield Fault("removed", row=seal.row_id, sequence=seal.sequence)
            return
        self.rows += 1
        entry, digest, intact = row
        if not intact:
            yield Fault("edited", row=seal.row_id, sequence=seal.sequence)
        elif digest != _octets(seal.leaf):
            misfit = _Misfit(seal.sequence, seal.row_id, _octets(seal.leaf), b"", digest)
            if len(self._odd_rows) < COMPARED:
                self._odd_rows.append(misfit)
            else:
                yield Fault("edited", row=seal.row_id, sequence=seal.sequence)
        elif horizon and entry and entry.at < horizon:
            yield Fault("backdated", row=seal.row_id, sequence=seal.sequence)

    def _root_faults(self, checkpoint: JournalCheckpoint, chain: bytes) -> Iterator[Fault]:
        """Compare what is sealed so far with a checkpoint; of a row of contradictions only the first is told."""
        if not self._whole:
            return
        agrees = (
            checkpoint.size == self._frontier.size
            and _octets(checkpoint.root) == self._frontier.root()
            and _octets(checkpoint.chain) == chain
        )
        if not agrees and not self._contradicted:
            yield Fault("checkpoint_mismatch", checkpoint=checkpoint.number)
        self._contradicted = not agrees

    def _node_faults(self, blocks: list[tuple[int, int, bytes]]) -> Iterator[Fault]:
        for level in {level for level, _position, _digest in blocks} if self._whole else ():
            computed = {position: digest for each, position, digest in blocks if each == level}
            kept = JournalNode.objects.filter(level=level, position__in=computed)
            for position, digest in kept.values_list("position", "digest"):
                if _octets(digest) != computed[position]:
                    yield Fault("node_edited", sequence=(position << level) + 1)

    # --- what the order of rows says about faults already seen

    def _exchange_faults(self) -> Iterator[Fault]:
        sealed_elsewhere = {misfit.leaf for misfit in self._odd_rows}
        for misfit in self._odd_rows:
            kind = "reordered" if misfit.found in sealed_elsewhere else "edited"
            yield Fault(kind, row=misfit.row, sequence=misfit.sequence)
        for misfit in self._odd_seals:
            fits = (
                rules.next_link(misfit.previous, misfit.sequence, other.row, other.leaf) == misfit.found
                for other in self._odd_seals
            )
            kind = "reordered" if any(fits) else "seal_edited"
            yield Fault(kind, row=misfit.row, sequence=misfit.sequence)

    # --- rows without a seal

    def _unsealed_faults(self) -> Iterator[Fault]:
        waiting = Exists(JournalPending.objects.filter(row_id=OuterRef("pk")))
        unsealed = JournalRow.objects.filter(seal__isnull=True).annotate(waiting=waiting).order_by("pk")
        for rows in _chunks(unsealed, "pk"):
            entries = _rows_by_id([row.pk for row in rows])
            for row in rows:
                self.rows += 1
                _entry, digest, intact = entries[row.pk]
                if not intact:
                    yield Fault("edited", row=row.pk)
                elif not row.waiting:
                    yield self._stranger(row.pk, digest)
        for sequence, _chain, _seal in self._gaps:
            yield Fault("seal_removed", sequence=sequence)
        lost = JournalPending.objects.exclude(Exists(JournalRow.objects.filter(pk=OuterRef("row_id"))))
        for row_id in lost.order_by("row_id").values_list("row_id", flat=True).iterator():
            yield Fault("removed", row=row_id)

    def _stranger(self, row_id: int, digest: bytes) -> Fault:
        """Tell a row whose seal was taken away, because the next seal still follows from it, from one slipped in."""
        for gap in self._gaps:
            sequence, chain, following = gap
            link = rules.next_link(chain, sequence, row_id, digest)
            after = rules.next_link(link, following.sequence, following.row_id, _octets(following.leaf))
            if after == _octets(following.chain):
                self._gaps.remove(gap)
                return Fault("seal_removed", row=row_id, sequence=sequence)
        return Fault("inserted", row=row_id)

    # --- copies kept elsewhere

    def _copy_faults(self, copies: Iterable[dict[str, Any]]) -> Iterator[Fault]:
        for copy in copies:
            number = copy["number"]
            text = {name: value for name, value in copy.items() if name != "digest"}
            here = JournalCheckpoint.objects.filter(number=number).first()
            if here is None:
                yield Fault("checkpoint_removed", checkpoint=number)
            elif not _untouched(here) or here.document() != text or _octets(here.digest).hex() != copy["digest"]:
                yield Fault("checkpoint_mismatch", checkpoint=number)


@contextmanager
def one_moment() -> Iterator[None]:
    """Show all reads inside one state of the database, without keeping writers waiting.

    Inside a transaction of the caller nothing is changed.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # atomic() would begin an immediate transaction, which is the one writer of the whole database.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _chunks(queryset: Any, key: str) -> Iterator[list]:
    """Yield lists of at most CHUNK objects in ascending order of a unique key, each by a query of its own."""
    after: dict[str, Any] = {}
    while chunk := list(queryset.filter(**after)[:CHUNK]):
        yield chunk
        after = {f"{key}__gt": getattr(chunk[-1], key)}


def _in_chunks(queryset: Any, *keys: str) -> Iterator[Any]:
    for chunk in _chunks(queryset, keys[0]):
        yield from chunk


def _rows_by_id(row_ids: list[int]) -> dict[int, tuple[rules.Entry | None, bytes, bool]]:
    """Return for each row what was hashed, the hash it carries, and whether the two agree."""
    try:
        found = list(JournalRow.objects.filter(pk__in=row_ids).values_list("pk", "digest", *ENTRY_COLUMNS))
    except ValueError:
        # Somebody wrote a moment that is none, which nobody can read: find the row it stands in.
        if len(row_ids) == 1:
            return {row_ids[0]: (None, b"", False)}
        middle = len(row_ids) // 2
        return _rows_by_id(row_ids[:middle]) | _rows_by_id(row_ids[middle:])
    return {row_id: _read(_octets(digest), tuple(columns)) for row_id, digest, *columns in found}


def _read(digest: bytes, columns: tuple) -> tuple[rules.Entry | None, bytes, bool]:
    try:
        entry = entry_of(columns)
        return entry, digest, rules.leaf_hash(rules.leaf_text(entry)) == digest
    except (AttributeError, TypeError, ValueError):
        # Who edits the database can put there what `record` refuses: a number JSON has not, bytes for text.
        return None, digest, False


def _untouched(checkpoint: JournalCheckpoint) -> bool:
    try:
        return _octets(checkpoint.digest) == rules.document_digest(checkpoint.document())
    except (AttributeError, TypeError):
        return False


def _octets(value: Any) -> bytes:
    """Return a hash column's bytes; on SQLite an edited column can hold anything."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""
