"""Background work of questionnaires."""

from django.utils import timezone

from engage.schedule import every, stopping
from surveys.answering import actions
from surveys.paper import actions as paper
from surveys.results import actions as results
from surveys.results import shelf


@every(seconds=3600)
def delete_expired_answers() -> int:
    """Delete what was put aside and never taken up again."""
    return actions.delete_expired(now=timezone.now())


@every(seconds=60, alone=True)
def keep_columns() -> int:
    """Bring the columns of large questionnaires up to their rows, so that no page of results waits for it."""
    return results.keep_columns()


@every(seconds=2, alone=True)
def make_exports() -> int:
    """Make the files of answers that were ordered, one after the other; returns how many were taken up."""
    done = 0
    while not stopping.is_set() and (export := results.take_up_export(now=timezone.now())):
        # Brings pandas and its like, which a process that makes no file does without.
        from surveys.results import making

        making.make(export)
        done += 1
    return done


@every(seconds=600)
def remove_exports() -> int:
    """Delete files of answers whose time is over, and what is left of those that were never finished."""
    return results.remove_expired_exports(now=timezone.now()) + shelf.sweep()


@every(seconds=2, alone=True)
def take_in_paper() -> int:
    """Take in the tables of paper answers that were released for it."""
    return paper.take_in(stopping=stopping, now=timezone.now())


@every(seconds=3600)
def delete_unstarted_paper() -> int:
    """Delete tables that were checked and never taken in."""
    return paper.delete_unstarted(now=timezone.now())
