"""A reader of the public pages: what a request costs in statements, and how many are answered in a second."""

from collections.abc import Callable
from typing import Any

from benchmarks import _site
from benchmarks._figures import percentile_95
from benchmarks._load import Answers, ask

ROUNDS, CONNECTIONS = 4, 8
READER = {**_site.PROXY_HEADERS, "Accept-Encoding": "gzip", "Accept-Language": "zh-CN"}


def browser() -> Any:
    """Return a reader without cookies who comes through the proxy."""
    from django.test import Client

    return Client(SERVER_NAME=_site.HOST, HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_FOR="192.0.2.1")


def queries_of(call: Callable[[], Any], *, status: int) -> int:
    """Count the statements of one request; the marks of transactions are none."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        answer = call()
    if answer.status_code != status:
        raise RuntimeError(f"{answer.request['PATH_INFO']} answers {answer.status_code} instead of {status}")
    marks = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return sum(not query["sql"].upper().startswith(marks) for query in captured)


def best_of_rounds(paths_of_round: Callable[[int], list[str]], port: int) -> tuple[Answers, str]:
    """Return the fastest round and a note that shows all of them."""
    rounds = [ask(port, paths_of_round(number), connections=CONNECTIONS, headers=READER) for number in range(ROUNDS)]
    best = max(rounds, key=lambda answers: answers.per_second)
    if any(answers.failures for answers in rounds):
        raise RuntimeError(f"{sum(answers.failures for answers in rounds)} answers were not 200")
    shown = ", ".join(f"{answers.per_second:.0f}" for answers in rounds)
    return best, f"p95 {percentile_95(best.milliseconds):.0f} ms, {CONNECTIONS} connections; rounds {shown}"
