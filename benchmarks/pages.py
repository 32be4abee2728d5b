"""The draft page beside the measured rival: requests a second, SQL queries, and how soon a change shows.

The rival is adhocracy-plus with the same content (see _rival.py), measured with 2 workers on 2 cores: 72 queries and
3.6 requests/s for the draft page, 83 queries for a posted comment, 750 for a page of 20 comments. The site runs as in
deploy/README.md: PostgreSQL with a pool, Redis, 2 threaded WSGI workers. The load comes from this machine too and
takes its share of the cores; of several rounds the best counts.
"""

import http.client
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks import _site
from benchmarks._figures import load_average, report, report_least, report_most
from benchmarks._load import ask
from benchmarks._reader import CONNECTIONS, READER, best_of_rounds, browser, queries_of

SLUG = "services"
DRAFT, COMMENTS = f"/zh/c/{SLUG}/draft/", f"/zh/c/{SLUG}/comments/"
RIVAL_PER_SECOND, TIMES_FASTER = 3.6, 50
MOST_QUERIES = {"draft page, uncached": 15, "page of 20 comments, uncached": 8, "one posted comment": 15}
FRESH_SECONDS = 5
REQUESTS, UNCACHED_REQUESTS = 2_000, 200


# --- queries -------------------------------------------------------------------------------------------------------


def count_reading() -> None:
    from django.core.cache import cache

    for name, path in (("draft page, uncached", DRAFT), ("page of 20 comments, uncached", COMMENTS)):
        counts = []
        for _ in range(2):
            cache.clear()
            counts.append(queries_of(lambda path=path: browser().get(path), status=200))
        note = f"cache emptied, first request of the process {counts[0]}, later {counts[1]}"
        report_most(name, max(counts), "queries", MOST_QUERIES[name], note)


def count_posting() -> None:
    """Go the whole way of one comment twice; its last step is what the rival calls posting."""
    from django.core.cache import cache

    ways = []
    for text in ("建议缩短期限，并且说明逾期怎么办。", "建议把费用也写进来，并且说明怎么退。"):
        cache.clear()
        ways.append(way_of_one_comment({"stance": "change", "text": text}))
    worst = max(ways, key=lambda counts: counts["send"])
    note = f"the request that sends it, cache emptied; with the two forms before it {sum(worst.values())}: {worst}"
    report_most("one posted comment", worst["send"], "queries", MOST_QUERIES["one posted comment"], note)


def way_of_one_comment(comment: dict[str, str]) -> dict[str, int]:
    """Write, tell about oneself, send; return the queries of each step."""
    reader, way = browser(), f"/zh/c/{SLUG}"
    counts = {
        "write": queries_of(lambda: reader.post(f"{way}/art-7/comment/", comment), status=302),
        "about you": queries_of(lambda: reader.post(f"{way}/mine/about/", {}), status=302),
    }
    token = {"token": reader.session["baskets"][SLUG]["token"]}
    return counts | {"send": queries_of(lambda: reader.post(f"{way}/mine/check/", token), status=302)}


# --- requests a second ---------------------------------------------------------------------------------------------


def measure_speed(port: int) -> None:
    ask(port, [f"{DRAFT}?warm={number}" for number in range(40)], connections=CONNECTIONS, headers=READER)
    best, note = best_of_rounds(lambda _round: [DRAFT] * REQUESTS, port)
    least = RIVAL_PER_SECOND * TIMES_FASTER
    note += f"; the rival {RIVAL_PER_SECOND}, so {best.per_second / RIVAL_PER_SECOND:.0f} times; {load_average()}"
    report_least("draft page, anonymous", round(best.per_second), "requests/s", least, note)
    # Each address is another entry of the cache, so none of these is found there.
    best, note = best_of_rounds(
        lambda number: [f"{DRAFT}?round={number}-{each}" for each in range(UNCACHED_REQUESTS)], port
    )
    report("draft page, never in the cache", round(best.per_second), "requests/s", note=f"{note}; {load_average()}")


# --- freshness -----------------------------------------------------------------------------------------------------


def read(port: int, path: str) -> str:
    connection = http.client.HTTPConnection(_site.HOST, port, timeout=30)
    connection.request("GET", path, headers={**READER, "Accept-Encoding": "identity"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status}")
    return body


def delay(port: int, path: str, change: Callable[[], float], shows: Callable[[str], bool]) -> float:
    """Put the page into the cache, change what it shows at once, and return the seconds until a reader sees it.

    That is the worst moment: a page that was kept earlier is forgotten sooner. `change` returns the moment from which
    the new state holds, on the clock of time.time().
    """
    if shows(read(port, path)):
        raise RuntimeError(f"{path} shows the change before it is made")
    began = change()
    while not shows(read(port, path)):
        if time.time() - began > 6 * FRESH_SECONDS:
            raise RuntimeError(f"{path} does not show the change after {6 * FRESH_SECONDS} s")
        time.sleep(0.05)
    return time.time() - began


def measure_freshness(port: int, call: Any) -> None:
    from django.utils import timezone

    from consultations.models import Comment, Consultation
    from engage.accounts.actors import SYSTEM
    from engage.participation import actions as participation
    from tests.consultations import factories

    text = "这条意见要等工作人员看过才公布，公布以后应当马上看得到。"
    held = factories.comment(call, key="art_9", text=text)[0]
    Comment.objects.filter(pk=held.pk).update(moderation_state="held")

    def publish() -> float:
        participation.moderate(held, "published", actor=SYSTEM)
        return time.time()

    def send() -> float:
        factories.comment(call, key="art_9", text="又一条意见：期限应当再短一些。")
        return time.time()

    def close() -> float:
        moment = timezone.now() + timedelta(seconds=0.2)
        Consultation.objects.filter(pk=call.pk).update(closes_at=moment)
        return moment.timestamp()

    newest = f"{COMMENTS}?sort=newest&fresh=1"
    figures = {"a published comment shows": delay(port, newest, publish, lambda page: text in page)}
    published = Comment.objects.filter(clause__key="art_9", moderation_state="published").count()
    counted = re.compile(rf'/art-9/#comments">\D*{published + 1}\D')
    figures["a new comment is counted"] = delay(port, f"{DRAFT}?fresh=2", send, lambda page: bool(counted.search(page)))
    control = f"/zh/c/{SLUG}/art-9/comment/"
    figures["a close shows"] = delay(port, f"{DRAFT}?fresh=3", close, lambda page: control not in page)
    for name, seconds in figures.items():
        report_most(name, round(seconds, 2), "s", FRESH_SECONDS, "anonymous reader, from the worst moment")


def main() -> None:
    if missing := _site.missing_servers():
        report("draft page, anonymous", "not measured", "", note=f"a production site needs {missing}")
        return
    with _site.database("engage_bench_pages") as url:
        _site.set_up(_site.production_settings(url))
        from django.db import connection

        from benchmarks import _rival

        began = time.monotonic()
        call = _rival.make_call(SLUG)
        _rival.make_comments(call, _rival.make_users())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(
            f"{_rival.COMMENTS} comments sent through the product's own action in {time.monotonic() - began:.0f} s",
            flush=True,
        )
        count_reading()
        count_posting()
        with _site.web_server() as port:
            measure_speed(port)
            measure_freshness(port, call)
        _site.close_connections()


if __name__ == "__main__":
    main()
