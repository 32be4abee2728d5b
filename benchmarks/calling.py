"""The telephone desk: 50 interviewers ask for the next of 100,000 numbers at once, on PostgreSQL.

Each has a thread, and the threads are shared by as many processes as the site has workers, each with a pool of as many
connections. The time is that of the action, waiting and commit included. All ask in the same moment, call, report one
after another, and ask again together when all have reported; then each asks at a time of the own, with a while of talk
between two calls, as people do; and, without a limit, each as soon as the last call is reported, which takes no time:
that is as much as two processes can do. The first WARM_ROUNDS of the first are told by themselves: processes that have
just started open their connections in them and have the server plan its statements. CALLING_NUMBERS sets the size of
the sample.
"""

import os
import random
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks import _site
from benchmarks._figures import load_average, percentile_95, report, report_most

NUMBERS = int(os.environ.get("CALLING_NUMBERS", "100000"))
INTERVIEWERS = 50
ROUNDS = int(os.environ.get("CALLING_ROUNDS", "20"))
WARM_ROUNDS = 8
TALK_SECONDS = 5.0
# From one moment in which all ask to the next: all have reported their calls by then.
TOGETHER_SECONDS = 3.0
NEXT_MOST_MS = 50


def make() -> tuple[int, list[int]]:
    """Write a study with its sample, and who calls; returns their numbers."""
    from datetime import timedelta

    from django.utils import timezone

    from engage.accounts.actors import Role
    from surveys.telephone.models import SampleNumber
    from tests.accounts.people import person
    from tests.surveys.telephone import fields

    # Open around the clock: the hours of the rules are no part of what is measured.
    always = {"windows": [[["00:00", "00:00"]]] * 7}
    study = fields.study(1, opens_at=timezone.now() - timedelta(days=1))
    study.rules = always
    study.save()
    first = SampleNumber.objects.get()
    SampleNumber.objects.bulk_create(
        (
            SampleNumber(
                study=study, number="+8613800000000", index=f"{place:064d}", kind=first.kind, zone=first.zone,
                language=first.language, place=place, turn=float(place), due_at=first.due_at, rank=first.rank,
            )
            for place in range(2, NUMBERS + 1)
        ),
        batch_size=5_000,
    )  # fmt: skip
    people = [person(Role.INTERVIEWER, email=f"interviewer-{at}@example.org").pk for at in range(INTERVIEWERS)]
    return study.pk, people


def _start() -> None:
    import django

    # As many as there are threads, as on a site that runs so many.
    os.environ["DATABASE_POOL_MAX"] = str(INTERVIEWERS // _site.WORKERS)
    django.setup()


def call(
    study: int, people: list[int], at: float, talk: float, every: float, rounds: int
) -> tuple[list[tuple[int, float]], list[int]]:
    """Let these interviewers call from a moment on; returns round and milliseconds of each claim, and what was given.

    Between two calls they talk for about `talk` seconds, or wait for the next of the moments that are `every` seconds
    apart. Raises RuntimeError where a moment was missed: not all would have asked in it.
    """
    from django.db import connection
    from django.utils import timezone

    from engage.accounts.models import User
    from surveys.telephone import actions
    from tests.surveys.telephone.fields import finish

    times: list[tuple[int, float]] = []
    given: list[int] = []
    faults: list[BaseException] = []

    def work(pk: int) -> None:
        draw = random.Random(pk)
        try:
            interviewer = User.objects.get(pk=pk)
            connection.close()
            time.sleep(max(0.0, at - time.time()))
            for turn in range(rounds):
                if talk:
                    time.sleep(draw.uniform(0, 2 * talk))
                if every:
                    left = at + (turn + 1) * every - time.time()
                    if left < 0:
                        raise RuntimeError(f"a moment was missed by {-left:.1f} s")
                    time.sleep(left)
                began = time.perf_counter()
                found = actions.claim(study, actor=interviewer, now=timezone.now())
                # As at the end of a request: the connection goes back to the pool of the process.
                connection.close()
                times.append((turn, (time.perf_counter() - began) * 1000))
                if found is None:
                    raise RuntimeError("no number is due")
                given.append(found[0].pk)
                if every:
                    time.sleep(draw.uniform(0.1, 0.7) * every)
                finish(found[0], interviewer, "5.62", timezone.now())
                connection.close()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(pk,)) for pk in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return times, given


def together(
    study: int, people: list[int], talk: float, every: float, rounds: int
) -> tuple[list[tuple[int, float]], list[int]]:
    """Share the interviewers among as many processes as the site has workers."""
    with ProcessPoolExecutor(_site.WORKERS, mp_context=get_context("spawn"), initializer=_start) as workers:
        at = time.time() + 15
        parts = [
            workers.submit(call, study, people[own :: _site.WORKERS], at, talk, every, rounds)
            for own in range(_site.WORKERS)
        ]
        found = [part.result() for part in parts]
    return [one for times, _given in found for one in times], [one for _times, given in found for one in given]


def measure(_url: str) -> None:
    """Ask all in one moment, then as people do, then without a pause."""
    from django.db import connection

    study, people = make()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    everything: list[int] = []

    def told(name: str, times: list[float], *, is_limited: bool) -> None:
        p95 = round(percentile_95(times), 1)
        note = f"median {sorted(times)[len(times) // 2]:.0f}, slowest {max(times):.0f}; {load_average()}"
        figure = f"next of {NUMBERS:,} numbers, {INTERVIEWERS} interviewers, {name}: p95"
        if is_limited:
            report_most(figure, p95, "ms", NEXT_MOST_MS, f"{p95 / NEXT_MOST_MS:.2f} of its limit; {note}")
        else:
            report(figure, p95, "ms", note=note)

    times, given = together(study, people, 0.0, TOGETHER_SECONDS, WARM_ROUNDS + ROUNDS)
    everything += given
    told("all in one moment, just started", [ms for turn, ms in times if turn < WARM_ROUNDS], is_limited=False)
    told("all in one moment", [ms for turn, ms in times if turn >= WARM_ROUNDS], is_limited=True)
    for name, talk in ((f"about {TALK_SECONDS:g} s a call", TALK_SECONDS), ("without a pause", 0.0)):
        times, given = together(study, people, talk, 0.0, ROUNDS)
        everything += given
        told(name, [ms for _turn, ms in times], is_limited=bool(talk))
    twice = len(everything) - len(set(everything))
    report_most("numbers given twice", twice, "", 0, f"{len(everything):,} given")


if __name__ == "__main__":
    _site.run("calling", measure)
