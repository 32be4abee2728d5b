"""Ten million signatures: pages of petitions beside those at ten thousand, the roll-up, the audit, a mass invalidation.

On PostgreSQL and Redis with the settings of deploy/README.md. The rows are made inside the database, as confirmed
requests of made-up people; triggers, roll-up, orders and pages are the product's own. Times of pages are those of the
whole request inside the server, as Django's own client calls it, with nothing kept from the request before.
COUNT_ROWS sets how many signatures there are in the end.
"""

import os
import statistics
import threading
import time
from typing import Any

from benchmarks import _site
from benchmarks._figures import load_average, percentile_95, report, report_most
from benchmarks._reader import browser, queries_of

FEW = 10_000
ROWS = int(os.environ.get("COUNT_ROWS", "10000000"))
NEW = 100_000
OUT = min(1_000_000, ROWS // 4)
ROUNDS, TURNS = 15, 3
RATIO_MOST, ROLL_UP_MOST_SECONDS, BATCH_MOST_SECONDS = 1.5, 2.0, 2.0
BAD = "bad.example"

# 400 signs is what a name and an address come to when they are sealed. Few and many come from the same eight weeks: a
# page has as many days to show.
INSERT = """
    INSERT INTO petitions_signature (petition_id, state, part, name, email, address, person, slot, region, country,
        language, wants_news, domain, network, subnet, token_digest, code_digest, asked_at, confirmed_at, why)
    SELECT %(petition)s, 'confirmed', 'signer', repeat('n', 180), repeat('e', 220), md5('a' || n), md5('p' || n), 1,
        (%(regions)s::text[])[n %% %(many)s + 1], '', 'zh-hans', n %% 3 = 0, %(domain)s, md5('n' || n / 3),
        md5('s' || n / 200), md5('t' || n) || md5('u' || n), md5('c' || n) || md5('d' || n), moment, moment, ''
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n,
        LATERAL (SELECT now() - (n * 7919 %% 80000) * interval '1 minute' AS moment) at
"""


def run(*statements: str) -> None:
    """Execute statements in order."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def sign(petition: int, first: int, last: int, *, domain: str = "example.org") -> None:
    """Write confirmed signatures of made-up people with these numbers."""
    from django.db import connection

    from engage.participation.queries import about_options

    regions = [code for code, _name in about_options("region")] or ["elsewhere"]
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "petition": petition,
                "regions": regions,
                "many": len(regions),
                "domain": domain,
                "first": first,
                "last": last,
            },
        )


def addresses(pk: int) -> list[tuple[str, str]]:
    """Name the public pages that show petitions; one that is not there ends the benchmark."""
    from django.urls import reverse

    return [
        ("list, most signed in the last hour", reverse("petitions")),
        ("list, most signatures", f"{reverse('petitions')}?sort=most"),
        ("petition page", reverse("petition", args=[pk])),
        ("petition as JSON", reverse("petition_json", args=[pk])),
        ("live count", reverse("petition_count", args=[pk])),
        ("sign form", reverse("petition_sign", args=[pk])),
    ]


def measure_pages(pk: int) -> dict[str, tuple[int, float]]:
    """Return the statements and the median milliseconds of each page, nothing kept from the request before."""
    from django.core.cache import cache

    client, found = browser(), {}
    for name, path in addresses(pk):

        def once(path: str = path) -> Any:
            cache.clear()
            return client.get(path)

        once()
        statements = queries_of(once, status=200)
        times = []
        for _round in range(ROUNDS):
            cache.clear()
            began = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answers {answer.status_code}")
        found[name] = (statements, statistics.median(times))
    return found


def by_turns(*petitions: int) -> list[dict[str, tuple[int, float]]]:
    """Measure the pages of some petitions in turn, so that no hour of the machine is one's alone; keep the best."""
    rounds = [[measure_pages(pk) for pk in petitions] for _turn in range(TURNS)]
    return [
        {name: (statements, min(one[name][1] for one in turns)) for name, (statements, _spent) in turns[0].items()}
        for turns in zip(*rounds, strict=True)
    ]


def compare(
    before: dict[str, tuple[int, float]], few: dict[str, tuple[int, float]], many: dict[str, tuple[int, float]]
) -> None:
    """Print both beside one another; no page may ask more than it did `before`, when the table was small."""
    for name, (statements, spent) in many.items():
        at_few, alone = few[name][1], before[name]
        if statements > alone[0]:
            raise RuntimeError(f"{name}: {statements} statements with {ROWS:,} signatures, {alone[0]} with {FEW:,}")
        note = f"{statements} statements as before; {spent:.1f} ms, {at_few:.1f} ms at {FEW:,}"
        note += f", {alone[1]:.1f} ms before there were more; {load_average()}"
        report_most(f"{name}, {ROWS:,} signatures", round(spent / at_few, 2), "x", RATIO_MOST, note)


def fill(pk: int) -> None:
    """Bring the petition to all its signatures; counts and numbers are built from the rows by the audit."""
    from django.utils import timezone

    from mailbox.petitions.actions import counting

    began = time.monotonic()
    run("ALTER TABLE petitions_signature DISABLE TRIGGER USER")
    for first in range(FEW + 1, ROWS + 1, 1_000_000):
        sign(pk, first, min(first + 999_999, ROWS))
    run("ALTER TABLE petitions_signature ENABLE TRIGGER USER", "VACUUM ANALYZE petitions_signature")
    print(f"{ROWS:,} signatures written in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    counting.recount(verify=False, now=timezone.now())
    report("all counts and numbers built anew", round(time.monotonic() - began, 1), "s", note=load_average())
    run("VACUUM ANALYZE")


def measure_roll_up(pk: int) -> None:
    """Let many be confirmed at once and count them."""
    from django.utils import timezone

    from mailbox.petitions.actions import counting
    from mailbox.petitions.queries import counting as queries

    before = queries.shown([pk])[pk]
    sign(pk, ROWS + 1, ROWS + NEW)
    began = time.monotonic()
    folded = counting.roll_up(timezone.now())
    taken = time.monotonic() - began
    after = queries.shown([pk])[pk]
    if (folded, after.total - before.total, after.last_number - before.last_number) != (NEW, NEW, NEW):
        raise RuntimeError(f"{folded} rows were folded, {after.total - before.total} counted")
    note = f"numbers, regions and hours among {ROWS:,}; {load_average()}"
    report_most(f"roll-up of {NEW:,} new signatures", round(taken, 2), "s", ROLL_UP_MOST_SECONDS, note)
    began = time.monotonic()
    exact = queries.exact(pk).total
    report("exact count by the rows", round(time.monotonic() - began, 2), "s", note=f"{exact:,}")


def measure_invalidation(pk: int) -> None:
    """Take many out by an order while the page is asked for."""
    from django.db import connection
    from django.utils import timezone

    from engage.accounts.actors import Role
    from mailbox.petitions.actions import counting, invalidation
    from mailbox.petitions.guarding.orders import Conditions
    from mailbox.petitions.queries import counting as queries
    from tests.accounts.people import person

    first, second = person(Role.ADMINISTRATOR), person(Role.ADMINISTRATOR)
    run(f"UPDATE petitions_signature SET domain = '{BAD}' WHERE petition_id = {pk} AND id % {ROWS // OUT} = 0")
    run("VACUUM ANALYZE petitions_signature")
    before = queries.exact(pk).total
    began = time.monotonic()
    order = invalidation.preview(Conditions(domain=BAD), "benchmark", petition=None, actor=first, now=timezone.now())
    report("preview of an order", round(time.monotonic() - began, 1), "s", note=f"{order.found:,} found")
    invalidation.run(order.pk, actor=second)
    batches: list[float] = []

    def work() -> None:
        try:
            while True:
                started = time.monotonic()
                if not invalidation.step(now=timezone.now(), order_id=order.pk):
                    return
                batches.append(time.monotonic() - started)
                counting.roll_up(timezone.now())
        finally:
            connection.close()

    worker, times, client = threading.Thread(target=work), [], browser()
    path = dict(addresses(pk))["petition page"]
    began = time.monotonic()
    worker.start()
    while worker.is_alive():
        asked = time.perf_counter()
        if client.get(path).status_code != 200:
            raise RuntimeError(f"{path} is not there while an order runs")
        times.append((time.perf_counter() - asked) * 1000)
        time.sleep(0.05)
    worker.join()
    taken = time.monotonic() - began
    counting.roll_up(timezone.now())
    out, left = before - queries.exact(pk).total, queries.shown([pk])[pk].total
    if out != order.counted or left != before - out:
        raise RuntimeError(f"{order.counted:,} were to go, {out:,} went, {left:,} are shown")
    note = f"{len(batches)} batches, each counted at once; {load_average()}"
    report(f"{out:,} signatures taken out by an order", round(taken, 1), "s", note=note)
    report_most("longest batch", round(max(batches), 2), "s", BATCH_MOST_SECONDS)
    report("petition page meanwhile, p95", round(percentile_95(times), 1), "ms", note=f"{len(times)} requests")


def main() -> None:
    if missing := _site.missing_servers():
        report("signatures", "not measured", "", note=f"{missing} is not on this machine")
        return
    with _site.database("engage_bench_counting") as url:
        _site.set_up(_site.production_settings(url))
        try:
            from django.utils import timezone

            from mailbox.petitions.actions import counting
            from mailbox.petitions.models import Threshold
            from tests.petitions import factories

            # What a threshold earns stands on the page with statements of its own: here only the size differs.
            Threshold.objects.all().delete()
            pk = factories.petition(now=timezone.now()).pk
            beside = factories.petition(now=timezone.now()).pk
            for _other in range(29):
                factories.petition(now=timezone.now())
            sign(pk, 1, FEW)
            sign(beside, 2 * ROWS, 2 * ROWS + FEW - 1)
            counting.roll_up(timezone.now())
            run("VACUUM ANALYZE")
            (before,) = by_turns(pk)
            fill(pk)
            compare(before, *by_turns(beside, pk))
            measure_roll_up(pk)
            measure_invalidation(pk)
            began = time.monotonic()
            found = counting.recount(verify=True, now=timezone.now())
            if found["differences"]:
                raise RuntimeError(f"the counts differ from the rows: {found['differences'][:5]}")
            report("recount_signatures --verify", round(time.monotonic() - began, 1), "s", note="no difference")
        finally:
            _site.close_connections()


if __name__ == "__main__":
    main()
