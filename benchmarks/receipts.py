"""A million receipts: how long the database takes to find one by reference and code, on SQLite and on PostgreSQL.

The look-up is the product's own, `wallet.prove`. SQLite works inside the process, so its time is that of the statement;
PostgreSQL says itself how long it planned and executed the very statement that was sent, and the way there and back is
told beside it. Every row is one that the product could have written: the codes fit.
"""

import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import _site
from benchmarks._figures import load_average, percentile_95, report, report_most
from tests.services import NOT_FOR_A_SITE, ROOT

ROWS = int(os.environ.get("RECEIPT_ROWS", "1000000"))
CONTACTS = 10_000
ROUNDS, LOOK_UPS = 5, 500
MOST_MS = 5
COLUMNS = (
    "id", "kind", "letter", "year", "received_at", "state", "token_digest", "code_digest", "channel", "language",
    "region", "capacity", "signature", "flagged", "contact_id", "department_id",
)  # fmt: skip


def token_of(number: int) -> bytes:
    """Return the one-time token of a row, the same whenever it is asked for."""
    return uuid.UUID(int=random.Random(number).getrandbits(128), version=4).bytes


def rows(department_id: int) -> Iterator[tuple[Any, ...]]:
    from django.conf import settings

    from engage.participation.rules import code_digest, token_digest, tracking_code

    key = settings.TRACKING_KEY
    for number in range(1, ROWS + 1):
        token = token_of(number)
        digests = token_digest(token, key), code_digest(tracking_code(token, key), key)
        received_at = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d} 08:{number % 60:02d}:00+00:00"
        yield (
            number, "comment", "C", 2026, received_at, "active", *digests, "web", "zh-hans", "", "", "", False,
            number % CONTACTS + 1 if number % 4 == 0 else None, department_id,
        )  # fmt: skip


def fill() -> None:
    """Write the rows in one transaction, as fast as the engine takes them."""
    from django.db import connection, transaction
    from django.utils import timezone

    from engage.departments.models import Department
    from engage.participation.models import Contact

    department = Department.add_root(code="services", name_zh="服务处", name_en="Services")
    Contact.objects.bulk_create(
        (
            Contact(pk=number, email="reader@example.org", delete_after=timezone.now())
            for number in range(1, CONTACTS + 1)
        ),
        batch_size=500,
    )
    names = ", ".join(COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY participation_submission ({names}) FROM STDIN") as copy:
                for row in rows(department.pk):
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(COLUMNS))
            connection.connection.executemany(
                f"INSERT INTO participation_submission ({names}) VALUES ({marks})", rows(department.pk)
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


@dataclass
class Times:
    """Milliseconds of each look-up: of its statement as the caller waits for it, and of the whole check around it."""

    statement: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    sent: list[tuple[str, Any]] = field(default_factory=list)
    server: list[float] = field(default_factory=list)

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        began = time.perf_counter()
        result = execute(sql, params, many, context)
        self.statement.append((time.perf_counter() - began) * 1000)
        self.sent.append((sql, params))
        return result

    @property
    def database(self) -> list[float]:
        """The part that the database took."""
        return self.server or self.statement


def explain(how: str, sql: str, params: Any) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {how} {sql}", params)
        return [row[-1] for row in cursor.fetchall()]


def look_up(chance: random.Random) -> Times:
    """Ask for receipts drawn at random through the product's own check."""
    from django.conf import settings
    from django.db import connection

    from engage.participation import wallet
    from engage.participation.rules import Reference, tracking_code

    times, proven = Times(), 0
    with connection.execute_wrapper(times):
        for attempt in range(LOOK_UPS):
            number = chance.randint(1, ROWS)
            code = tracking_code(token_of(number), settings.TRACKING_KEY)
            match attempt % 5:
                case 3:
                    code = code[::-1]
                case 4:
                    number += ROWS
            began = time.perf_counter()
            proven += wallet.prove(str(Reference("C", 2026, number)), code) is not None
            times.whole.append((time.perf_counter() - began) * 1000)
    if (proven, len(times.statement)) != (LOOK_UPS * 3 // 5, LOOK_UPS):
        raise RuntimeError(f"{proven} receipts found with {len(times.statement)} statements")
    if connection.vendor == "postgresql":
        # Rows that nobody asked for yet, as in the look-ups above.
        for sql, _params in times.sent:
            told = explain("(ANALYZE, FORMAT JSON)", sql, (chance.randint(1, ROWS),))[0][0]
            times.server.append(told["Planning Time"] + told["Execution Time"])
    return times


def measure() -> None:
    """Make the receipts, then look up some that exist, with a right and a wrong code, and some that do not."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    began = time.monotonic()
    fill()
    name = f"receipt among {ROWS:,}, {connection.display_name}"
    print(f"{name}: written in {time.monotonic() - began:.0f} s", flush=True)

    chance = random.Random(20261125)
    rounds = [look_up(chance) for _ in range(ROUNDS)]
    best = min(rounds, key=lambda times: percentile_95(times.database))
    how = "(ANALYZE, BUFFERS)" if connection.vendor == "postgresql" else "QUERY PLAN"
    plan = explain(how, *best.sent[0])
    print(f"  plan of the look-up on {connection.display_name}:", *plan, sep="\n    ", flush=True)
    shown = ", ".join(f"{percentile_95(times.database):.2f}" for times in rounds)
    read = [line.strip(" ->").split("  (")[0] for line in plan if " USING " in line or "Scan" in line]
    note = (
        f"p95 of {LOOK_UPS} look-ups, rounds {shown}; slowest {max(best.database):.1f} ms; as the caller waits p95 "
        f"{percentile_95(best.statement):.1f} ms, with Django and hashing {percentile_95(best.whole):.1f} ms; "
        f"plan: {'; '.join(read)}; {load_average()}"
    )
    report_most(name, round(percentile_95(best.database), 3), "ms", MOST_MS, note)


def run(database_url: str) -> None:
    """Measure one engine in a process of its own, because settings are read once."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_SITE}
    environment |= {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "engage.settings"}
    subprocess.run([sys.executable, __file__, "measure"], cwd=ROOT, env=environment, check=True)


def main() -> None:
    if sys.argv[1:] == ["measure"]:
        measure()
        return
    run(f"sqlite:///{Path(os.environ['ENGAGE_VAR']) / 'receipts.sqlite3'}")
    if "ENGAGE_BENCH_POSTGRES" not in os.environ:
        report("receipt, PostgreSQL", "not measured", "", note="there is no PostgreSQL server on this machine")
        return
    with _site.database("engage_bench_receipts") as url:
        run(url)


if __name__ == "__main__":
    main()
