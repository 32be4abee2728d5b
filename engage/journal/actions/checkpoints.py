"""Checkpoints: at every full hour and every midnight one hash over the whole journal is fixed for publication."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from engage.journal import rules
from engage.journal.actions.sealing import CHECKPOINTS, hold, seal
from engage.journal.models import JournalCheckpoint, JournalNode, JournalSeal
from engage.journal.tree import BLOCK_LEVEL, SealedTree, leaves_between, nodes_between

NODES_AT_ONCE = 64


def take_due_checkpoints(now: datetime) -> list[JournalCheckpoint]:
    """Take the checkpoints of the last midnight and the last full hour unless they exist; safe to run at any time.

    After a pause of the worker only the latest of each kind is made up for. An hour in which nothing was sealed
    gets none.
    """
    due = rules.due_moments(now, timezone.get_default_timezone())
    taken = [take_checkpoint(kind, due_at, now) for kind, due_at in due]
    return [checkpoint for checkpoint in taken if checkpoint]


def take_checkpoint(kind: str, due_at: datetime, now: datetime) -> JournalCheckpoint | None:
    """Seal what waits and fix the state; None when it exists already, when there is nothing, or another takes it."""
    if JournalCheckpoint.objects.filter(kind=kind, due_at=due_at).exists():
        return None
    seal(batches=1_000)
    size = JournalSeal.objects.aggregate(last=Max("sequence"))["last"] or 0
    newest = JournalCheckpoint.objects.first()
    if not size or (kind == JournalCheckpoint.Kind.HOUR and newest and newest.size == size):
        return None
    grow_tree(size)
    return _fix(kind, due_at, now, size)


@transaction.atomic
def _fix(kind: str, due_at: datetime, now: datetime, size: int) -> JournalCheckpoint | None:
    if not hold(CHECKPOINTS) or JournalCheckpoint.objects.filter(kind=kind, due_at=due_at).exists():
        return None
    newest = JournalCheckpoint.objects.first()
    checkpoint = JournalCheckpoint(
        number=newest.number + 1 if newest else 1,
        kind=kind,
        due_at=due_at,
        taken_at=now,
        size=size,
        root=SealedTree().get_root(size),
        chain=bytes(JournalSeal.objects.get(pk=size).chain),
        previous=bytes(newest.digest) if newest else rules.GENESIS,
    )
    checkpoint.digest = rules.document_digest(checkpoint.document())
    checkpoint.save()
    return checkpoint


def grow_tree(size: int) -> None:
    """Keep the nodes of all complete blocks among the first `size` seals, in many short transactions."""
    level = BLOCK_LEVEL
    while size >> level:
        while _grow_level(level, size >> level):
            pass
        level += 1


@transaction.atomic
def _grow_level(level: int, end: int) -> bool:
    """Add at most NODES_AT_ONCE nodes of one level, up to position `end`; tell whether any was added."""
    if not hold(CHECKPOINTS):
        return False
    newest = JournalNode.objects.filter(level=level).aggregate(last=Max("position"))["last"]
    start = 0 if newest is None else newest + 1
    stop = min(end, start + NODES_AT_ONCE)
    if start >= stop:
        return False
    if level == BLOCK_LEVEL:
        width, children = 1 << level, leaves_between(start << level, stop << level)
    else:
        width, children = 2, nodes_between(level - 1, start * 2, stop * 2)
    tree = SealedTree()
    JournalNode.objects.bulk_create(
        JournalNode(
            level=level,
            position=position,
            digest=tree.perfect_root(children[(position - start) * width : (position - start + 1) * width]),
        )
        for position in range(start, stop)
    )
    return True
