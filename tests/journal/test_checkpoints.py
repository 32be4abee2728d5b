"""At every full hour and every midnight one hash over all rows is fixed and published."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from engage.journal import actions, rules, tasks
from engage.journal.models import JournalCheckpoint, JournalNode, JournalSeal
from engage.journal.tree import SealedTree
from engage.journal.verification import Frontier
from tests.journal import builders

pytestmark = pytest.mark.django_db
# Five past noon in Shanghai.
NOW = builders.NOON + timedelta(minutes=5)


def test_an_empty_journal_has_no_checkpoint():
    assert actions.take_due_checkpoints(NOW) == []


def test_the_first_rows_are_covered_at_once():
    builders.write(3)
    (taken,) = actions.take_due_checkpoints(NOW)
    assert (taken.number, taken.kind, taken.size) == (1, "day", 3)
    assert taken.due_at == datetime(2026, 9, 23, 16, tzinfo=UTC)
    assert bytes(taken.previous) == rules.GENESIS


def test_an_hour_without_new_rows_gets_none_and_a_day_always():
    builders.write(3)
    actions.take_due_checkpoints(NOW)
    assert actions.take_due_checkpoints(NOW + timedelta(hours=1)) == []
    (next_day,) = actions.take_due_checkpoints(NOW + timedelta(days=1))
    assert (next_day.number, next_day.kind, next_day.size) == (2, "day", 3)


def test_taking_twice_makes_one():
    builders.write(1)
    actions.take_due_checkpoints(NOW)
    builders.write(1)
    assert len(actions.take_due_checkpoints(NOW)) == 1
    builders.write(1)
    assert actions.take_due_checkpoints(NOW) == []


def test_a_checkpoint_names_the_one_before():
    builders.write(1)
    first = builders.checkpoint(0)
    builders.write(1)
    second = builders.checkpoint(1)
    assert bytes(second.previous) == bytes(first.digest) == rules.document_digest(first.document())


def test_the_root_is_that_of_rfc_6962_at_every_size():
    builders.write(600)
    checkpoint = builders.checkpoint()
    leaves = [bytes(leaf) for leaf in JournalSeal.objects.order_by("sequence").values_list("leaf", flat=True)]
    tree, frontier = SealedTree(), Frontier()
    for size, leaf in enumerate(leaves, start=1):
        list(frontier.add(leaf))
        if size in {1, 2, 3, 7, 255, 256, 257, 511, 512, 513, 600}:
            assert frontier.root() == tree.get_root(size) == rfc_6962_root(leaves[:size])
    assert bytes(checkpoint.root) == rfc_6962_root(leaves)


def rfc_6962_root(leaves):
    """The definition of RFC 6962, section 2.1, word for word (the leaves are hashed already)."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + rfc_6962_root(leaves[:k]) + rfc_6962_root(leaves[k:])).digest()


def test_kept_blocks_grow_with_the_journal_and_change_nothing():
    builders.write(300)
    builders.checkpoint(0)
    assert list(JournalNode.objects.values_list("level", "position")) == [(8, 0)]
    builders.write(300)
    grown = builders.checkpoint(1)
    assert set(JournalNode.objects.values_list("level", "position")) == {(8, 0), (8, 1), (9, 0)}
    leaves = [bytes(leaf) for leaf in JournalSeal.objects.order_by("sequence").values_list("leaf", flat=True)]
    assert bytes(grown.root) == rfc_6962_root(leaves)


def test_the_task_seals_what_waits_first():
    builders.write(2)
    tasks.take_checkpoints()
    assert JournalCheckpoint.objects.get().size == 2
