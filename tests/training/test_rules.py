"""What shows that a step of the tour was done; no database."""

import pytest

from engage.training.registry import Task, register
from engage.training.rules import Sign, next_step


def test_a_step_is_done_when_it_happened_often_enough():
    sign = Sign(("coding.applied",), times=3)
    assert [sign.is_done({"coding.applied": n, "coding.removed": 9}) for n in (0, 2, 3, 4)] == [
        False,
        False,
        True,
        True,
    ]
    assert [sign.seen({"coding.applied": n}) for n in (0, 2, 9)] == [0, 2, 3]


def test_a_verb_with_a_dot_stands_for_its_family_and_no_other_for_its_beginning():
    assert Sign(("moderation.",)).is_done({"moderation.rejected": 1})
    assert not Sign(("moderation",)).is_done({"moderation.rejected": 1})


def test_a_screen_that_only_looks_counts_when_somebody_was_there():
    sign = Sign((), visits=("preflight",))
    assert sign.is_done({}, ["preflight"]) and not sign.is_done({}, ["help"])


def test_the_next_step_is_the_first_that_is_not_done():
    assert [next_step(done) for done in ([], [True], [True, False, True], [False])] == [None, None, 1, 0]


def test_a_task_needs_steps():
    with pytest.raises(ValueError, match="needs a free code"):
        register(Task("fresh", (), "x", "y", ()))
