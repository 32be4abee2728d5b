"""The coding desk over a million comments: how soon the next comment is on the screen, and 10,000 coded at once.

The site runs with the settings of deploy/README.md on PostgreSQL and Redis. Times are those of the whole request inside
the server, from the address to the last byte of the page, as Django's own client calls it: no network, no proxy. The
figures of the page are counted by the worker's job, which runs beside the requests as it does in the field. Rows are
copies of one comment, point and coding that the product itself made; half of the comments are coded.
"""

import os
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from benchmarks import _site
from benchmarks._copies import copies
from benchmarks._figures import load_average, percentile_95, report, report_most

ROWS = int(os.environ.get("CODING_ROWS", "1000000"))
SLUG = "library"
THEMES = 40
SCREENS, STEPS = 200, 60
MOST_MS, BULK, BULK_MOST_SECONDS = 100, 10_000, 5


def fill() -> tuple[Any, Any]:
    """Make the call, its coder and the comments; returns (consultation, coder)."""
    from django.db import connection

    from consultations.coding import actions
    from consultations.coding.models import Coding, Point
    from consultations.models import Comment
    from engage.participation.models import Submission
    from tests.coding.factories import officer
    from tests.consultations.factories import call, comment

    consultation = call(slug=SLUG)
    first, submission, _code = comment(consultation)
    coder = officer()
    themes = [actions.make_theme(consultation, f"主题{number}", actor=coder) for number in range(THEMES)]
    (coding,) = actions.apply_theme(first.pk, themes[0].pk, actor=coder)
    actions.finish_comment(first.pk, actor=coder)
    every = f"generate_series(1, {ROWS}) AS n"
    copies(Submission, submission.pk, {"id": "t.id + n", "token_digest": "md5(n::text) || md5((-n)::text)"}, every)
    copies(
        Comment,
        first.pk,
        {
            "id": "t.id + n",
            "submission_id": "t.submission_id + n",
            "text": "t.text || repeat('周末也应当开放，另外要有懂手语的人。', (n % 5)::int) || n::text",
            "stance": "(ARRAY['support', 'change', 'oppose', 'question'])[n % 4 + 1]",
            "coded_at": "CASE WHEN n % 2 = 0 THEN now() END",
        },
        every,
    )
    even = f"generate_series(2, {ROWS}, 2) AS n"
    copies(Point, coding.point_id, {"id": "t.id + n", "comment_id": "t.comment_id + n"}, even)
    picked = f"({themes[0].pk} + n % {THEMES})"
    copies(Coding, coding.pk, {"id": "t.id + n", "point_id": "t.point_id + n", "theme_id": picked}, even)
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return consultation, coder


def browser(coder: Any) -> Any:
    """Return the coder's browser, signed in with a second factor, behind the proxy."""
    from django.test import Client

    from tests.accounts.people import sign_in

    client = Client(SERVER_NAME=_site.HOST, HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_FOR="192.0.2.1")
    return sign_in(client, coder)


def milliseconds(call: Callable[[], Any], status: int) -> float:
    began = time.perf_counter()
    answer = call()
    taken = (time.perf_counter() - began) * 1000
    if answer.status_code != status:
        raise RuntimeError(f"{answer.request['PATH_INFO']} answers {answer.status_code} instead of {status}")
    return taken


def measure_screens(consultation: Any, coder: Any) -> None:
    """Ask for the next comment at places drawn at random, then for the way of a whole comment."""
    from consultations.models import Comment

    chance = random.Random(20261125)
    client, desk = browser(coder), f"/desk/coding/{SLUG}/"
    began = time.monotonic()
    client.get(desk)
    print(f"the first page, which counts itself: {time.monotonic() - began:.1f} s", flush=True)
    last = Comment.objects.order_by("-pk").values_list("pk", flat=True)[0]
    places = [chance.randrange(last - ROWS, last) for _ in range(SCREENS)]
    screens = [milliseconds(lambda place=place: client.get(desk, {"after": place}), 200) for place in places]
    note = f"p95 of {SCREENS} places at random; median {sorted(screens)[SCREENS // 2]:.0f}, worst {max(screens):.0f} ms"
    report_most(
        f"next comment of {ROWS:,} on the screen", round(percentile_95(screens), 1), "ms", MOST_MS,
        f"{note}; the worker counts beside; {load_average()}",
    )  # fmt: skip
    narrowed = [
        milliseconds(lambda place=place: client.get(desk, {"after": place, "stance": "oppose"}), 200)
        for place in places[:STEPS]
    ]
    report("the same, one stance only", round(percentile_95(narrowed), 1), "ms", note=f"p95 of {STEPS}")
    whole = [whole_comment(client, desk) for _ in range(STEPS)]
    note = f"p95 of {STEPS}; a theme by its key, done, the next one on the screen: two posts, two pages"
    report("one comment coded", round(percentile_95(whole), 1), "ms", note=note)


def whole_comment(client: Any, desk: str) -> float:
    """Give a theme to the next comment and finish it, as the keys do; returns the milliseconds of all requests."""
    from consultations.coding.models import Theme
    from consultations.models import Comment, Consultation

    consultation = Consultation.objects.get(slug=SLUG)
    comment = Comment.objects.filter(consultation=consultation, coded_at=None).order_by("pk").first()
    theme = Theme.objects.order_by("pk").first()
    sent = {"comment": comment.pk, "edited": ""}
    return (
        milliseconds(lambda: client.post(f"{desk}act/", sent | {"do": f"apply:{theme.pk}"}), 302)
        + milliseconds(lambda: client.get(desk, {"comment": comment.pk}), 200)
        + milliseconds(lambda: client.post(f"{desk}act/", sent | {"do": "finish"}), 302)
        + milliseconds(lambda: client.get(desk, {"after": comment.pk}), 200)
    )


def measure_bulk(consultation: Any, coder: Any) -> None:
    """Order one theme for 10,000 comments that wait and carry it out as the worker does."""
    from consultations.coding import actions
    from consultations.coding.models import Coding, Theme
    from consultations.models import Comment

    theme = Theme.objects.order_by("-pk").first()
    for attempt in range(2):
        waiting = Comment.objects.filter(consultation=consultation, coded_at=None).order_by("pk")
        ids = list(waiting.values_list("pk", flat=True)[:BULK])
        batches: list[float] = []
        began = time.perf_counter()
        order = actions.order_bulk(theme.pk, ids, actor=coder)
        more = True
        while more:
            step = time.perf_counter()
            more = actions.run_batch(order.pk)
            batches.append(time.perf_counter() - step)
        taken = time.perf_counter() - began
        if Coding.objects.filter(order=order, removed_at=None).count() != BULK:
            raise RuntimeError("the order did not code what it should")
        print(f"order {attempt + 1}: {taken:.2f} s", flush=True)
    note = f"{len(batches)} batches, slowest {max(batches) * 1000:.0f} ms; second of two orders; {load_average()}"
    report_most(f"{BULK:,} points coded at once", round(taken, 2), "s", BULK_MOST_SECONDS, note)
    began = time.perf_counter()
    actions.take_back_bulk(order.pk, actor=coder)
    report("the same taken back", round(time.perf_counter() - began, 2), "s")


def count_beside(stop: threading.Event) -> None:
    """Do what the worker does for the figures."""
    from django.db import connections

    from consultations.coding import queries

    while not stop.wait(5):
        queries.refresh_watched()
    connections.close_all()


def main() -> None:
    if missing := _site.missing_servers():
        report("coding desk", "not measured", "", note=f"there is no {missing} on this machine")
        return
    with _site.database("engage_bench_coding") as url:
        _site.set_up(_site.production_settings(url))
        from consultations.coding import queries

        began = time.monotonic()
        consultation, coder = fill()
        print(f"{ROWS:,} comments written in {time.monotonic() - began:.0f} s", flush=True)
        counted = queries.refresh_figures(consultation)
        told = f"{counted.total:,} comments, {counted.points:,} points; kept between, counted by the worker"
        report("all figures counted", round(counted.seconds, 2), "s", note=told)
        stop = threading.Event()
        worker = threading.Thread(target=count_beside, args=(stop,))
        worker.start()
        try:
            measure_screens(consultation, coder)
            measure_bulk(consultation, coder)
        finally:
            stop.set()
            worker.join()
        _site.close_connections()


if __name__ == "__main__":
    main()
