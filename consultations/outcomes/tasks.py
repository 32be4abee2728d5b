"""Background work of outcomes: letters in batches, files."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from consultations.outcomes import actions, exports
from consultations.outcomes.models import Export, Outcome
from engage.schedule import every

LETTERS_PER_TURN = 200
# A worker that died leaves its file running and silent for so long; then it is made anew.
SILENT = timedelta(minutes=5)


@every(seconds=5)
def write_letters() -> int:
    """Write the next batch of letters of each published outcome that still owes some."""
    owing = Outcome.objects.filter(state=Outcome.State.PUBLISHED, lettered_at=None).values_list("pk", flat=True)
    return sum(actions.write_letters(outcome, limit=LETTERS_PER_TURN, now=timezone.now()) for outcome in list(owing))


@every(seconds=5)
def start_exports() -> int:
    """Give the files that wait to the queue, so that a long one holds up nothing else."""
    waiting = Export.objects.filter(state=Export.State.WAITING)
    silent = Export.objects.filter(state=Export.State.RUNNING, moved_at__lt=timezone.now() - SILENT)
    started = 0
    for export in [*waiting, *silent]:
        # Taken before it is queued: the next turn must not queue it twice.
        taken = Export.objects.filter(pk=export.pk, order=export.order, state=export.state).update(
            state=Export.State.RUNNING, moved_at=timezone.now()
        )
        if taken:
            make_export.enqueue(export.pk, export.order)
            started += 1
    return started


@task()
def make_export(export_id: int, order: int) -> str:
    """Make one file; an order that is no longer the newest is left alone."""
    export = Export.objects.select_related("outcome__consultation").filter(pk=export_id, order=order).first()
    if export is None:
        return "gone"
    try:
        return exports.make(export)
    except Exception:
        # Said where the editor looks; the queue keeps the trace.
        Export.objects.filter(pk=export_id, order=order).update(state=Export.State.FAILED, moved_at=timezone.now())
        raise
