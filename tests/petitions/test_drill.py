"""Show: machines are held and people are not. `DRILL_SCALE=50` runs the whole one, of a hundred thousand."""

import os
from datetime import UTC, datetime

import pytest

from tests.petitions import drill, drilled, factories

pytestmark = pytest.mark.django_db
SCALE = int(os.environ.get("DRILL_SCALE", "1"))
STEP = int(os.environ.get("DRILL_STEP", "10" if SCALE > 1 else "300"))
START = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def test_of_a_flood_of_machines_almost_all_are_held_and_of_the_people_almost_nobody():
    petition = factories.petition(now=START)
    asked = drill.requests(20261124, machines=2_000 * SCALE, honest=max(500, 100 * SCALE))
    result = drilled.run(petition, asked, START, step=STEP)
    machines, people = result.share(bad=True), result.share(bad=False)
    print(f"\n{result.table()}\nheld: machines {machines:.2%}, people {people:.2%}; delayed: {result.delayed} people")
    # The first of each source pass before anything tells; of a small drill they are a larger share.
    assert machines >= (0.99 if SCALE >= 50 else 0.93)
    assert people <= (0.005 if SCALE >= 50 else 0.012)
