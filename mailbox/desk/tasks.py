"""Periodic work of the desk of cases; each is safe to run twice."""

from django.utils import timezone

from engage.schedule import every
from mailbox.desk import jobs


@every(seconds=1)
def work_on_jobs() -> int:
    """Go on with what is done with many cases at once."""
    done = jobs.work_on_jobs(now=timezone.now())
    # The moment anew: the seconds to take a job back run from its real end.
    jobs.end_jobs(now=timezone.now())
    return done


@every(seconds=3600)
def forget_jobs() -> int:
    """Delete the lists of jobs that are long over."""
    return jobs.forget_jobs(now=timezone.now())
