"""Periodic work of the mailbox; each is safe to run twice."""

from django.utils import timezone

from engage.calendars.models import Calendar
from engage.schedule import every
from mailbox import actions
from mailbox.actions import duty_letters


@every(seconds=5)
def send_due_answers() -> int:
    """Send approved answers whose time to undo is over, and those of cases answered with another."""
    now = timezone.now()
    return actions.send_due_answers(now=now) + actions.answer_merged(now=now)


@every(seconds=2)
def tell_held() -> int:
    """Tell senders of the steps that can no longer be taken back."""
    return actions.tell_held(now=timezone.now())


@every(seconds=2)
def fold_tallies() -> int:
    """Keep the counts of the desk sums of few rows."""
    return actions.fold_tallies()


@every(seconds=60)
def recount_clocks() -> int:
    """Count clocks again whose calendar changed."""
    now = timezone.now()
    return sum(
        actions.recount_clocks(code, revision, now=now)
        for code, revision in Calendar.objects.values_list("code", "revision")
    )


@every(seconds=600)
def run_due_steps() -> int:
    """Take the steps whose time has come, and note the silence of units that were asked."""
    now = timezone.now()
    return actions.run_due_steps(now=now) + actions.note_silence(now=now) + actions.release_merged(now=now)


@every(seconds=300)
def write_duty_letters() -> int:
    """Write the letters of the day to who works on cases."""
    return duty_letters.write_duty_letters(now=timezone.now())


@every(seconds=3600)
def forget_senders() -> int:
    """Take out of cases that are over who sent them, when the time for keeping it has passed."""
    return actions.forget_senders(now=timezone.now())
