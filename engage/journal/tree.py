"""The Merkle tree over all sealed rows (RFC 6962, SHA-256), by pymerkle, on the seals and nodes in the database.

A node is kept for every complete block of 256, 512, 1,024 ... rows: a root or a proof over millions of rows reads
two blocks of leaves and a few dozen nodes.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Max
from pymerkle.core import BaseMerkleTree

from engage.journal.models import JournalNode, JournalSeal

BLOCK_LEVEL = 8
BLOCK = 1 << BLOCK_LEVEL


class SealedTree(BaseMerkleTree):
    """Reads leaves and nodes; the sealer alone appends. Make one for each question, it remembers blocks it read."""

    def __init__(self) -> None:
        super().__init__("sha256", capacity=0)
        self._blocks: dict[int, list[bytes]] = {}

    def perfect_root(self, children: Sequence[bytes]) -> bytes:
        """Return the hash over a number of hashes that is a power of two."""
        level = list(children)
        while len(level) > 1:
            level = [self.hash_pair(level[each], level[each + 1]) for each in range(0, len(level), 2)]
        return level[0]

    def _encode_entry(self, data: bytes) -> bytes:
        return data

    def _store_leaf(self, data: Any, digest: bytes) -> int:
        raise TypeError("The sealer alone appends to the journal")

    def _get_size(self) -> int:
        return JournalSeal.objects.aggregate(last=Max("sequence"))["last"] or 0

    def _get_leaf(self, index: int) -> bytes:
        return self._block((index - 1) // BLOCK)[(index - 1) % BLOCK]

    def _get_leaves(self, offset: int, width: int) -> Iterable[bytes]:
        first, last = offset // BLOCK, (offset + width - 1) // BLOCK
        leaves = [leaf for number in range(first, last + 1) for leaf in self._block(number)]
        return leaves[offset - first * BLOCK :][:width]

    def _get_subroot(self, offset: int, width: int) -> bytes:
        if width < BLOCK:
            return self.perfect_root(list(self._get_leaves(offset, width)))
        level = width.bit_length() - 1
        node = JournalNode.objects.filter(level=level, position=offset >> level).first()
        if node:
            return bytes(node.digest)
        if width == BLOCK:
            return self.perfect_root(self._block(offset // BLOCK))
        half = width // 2
        return self.hash_pair(self._get_subroot(offset, half), self._get_subroot(offset + half, half))

    def _block(self, number: int) -> list[bytes]:
        if number not in self._blocks:
            self._blocks[number] = leaves_between(number * BLOCK, (number + 1) * BLOCK)
        return self._blocks[number]


def leaves_between(start: int, end: int) -> list[bytes]:
    """Return the leaves of sequence numbers start + 1 to end."""
    seals = JournalSeal.objects.filter(sequence__gt=start, sequence__lte=end).order_by("sequence")
    return [bytes(leaf) for leaf in seals.values_list("leaf", flat=True)]


def nodes_between(level: int, start: int, end: int) -> list[bytes]:
    """Return the nodes of one level at positions start to end - 1."""
    nodes = JournalNode.objects.filter(level=level, position__gte=start, position__lt=end).order_by("position")
    return [bytes(digest) for digest in nodes.values_list("digest", flat=True)]
