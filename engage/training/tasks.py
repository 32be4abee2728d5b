"""Background work of practice: building the template, clearing what nobody opens."""

import time

from django_tasks import task

from engage.schedule import every
from engage.training import places


@task()
def build() -> None:
    """Build the practice site that everybody gets a copy of."""
    places.build_template()


@every(seconds=3600)
def sweep() -> int:
    """Remove practice sites that nobody opened for a month, and those of older versions."""
    return places.sweep(time.time())
