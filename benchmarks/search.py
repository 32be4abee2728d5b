"""Search over 100,000 Chinese entries on PostgreSQL: how long indexing takes, and 200 mixed questions.

`DATABASE_URL` names the server; the rows live in a database of their own that is created and dropped here. The texts
are recombined at run time from the laws in the folder of real input that lies beside the project.
One JSON line per figure on standard output: {"name", "value", "unit", "target", "ok", "note"}.
"""

import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("ENGAGE_SHARED", ROOT.parent / "shared"))
ROWS = int(os.environ.get("SEARCH_ROWS", "100000"))
ROWS_PER_DEPARTMENT = 500
QUESTIONS = 200
TARGET_MS = 100
DATABASE = "engage_bench_search"
KINDS = ("bench_clause", "bench_page", "bench_comment", "bench_answer")
LAST_DAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
# Rows carry the occasional English sentence, as bilingual sites do.
ENGLISH = (
    "Applicants receive a written decision within twenty working days.",
    "The department publishes the opinions it received and its reasons.",
    "Older people may choose services at home or in the community.",
    "Volunteers are insured while they serve.",
    "Donations are used for the purposes that were announced.",
    "Anyone may ask for a copy of the record.",
)
ENGLISH_WORDS = ("applicants", "publishing", "services", "volunteer", "donation", "records", "opinion", "insured")


def report(name: str, value: float | None, unit: str, target: float | None, note: str = "") -> None:
    """Print one figure; `ok` is null where there is no target or no figure."""
    ok = None if value is None or target is None else value <= target
    line = {"name": name, "value": value, "unit": unit, "target": target, "ok": ok, "note": note}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def sentences() -> list[str]:
    """Read the sentences of the laws, whole and in their own words."""
    found: list[str] = []
    for path in sorted((SHARED / "data" / "drafts").glob("zh-*.txt")):
        for line in path.read_text("utf-8").splitlines():
            found += [part for part in re.findall(r"[^。；]+[。；]", line) if len(part) >= 12]
    return found


@contextmanager
def own_database() -> Iterator[None]:
    """Create a database beside the configured one, migrate what search needs, and drop it at the end."""
    from django.core.management import call_command
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.close()
    original = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = DATABASE
    try:
        call_command("migrate", "search", verbosity=0, skip_checks=True)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")


def register_sources(texts: list[str], chance: random.Random) -> None:
    """Register four kinds whose objects are departments with 500 entries each."""
    from engage.departments.models import Department
    from engage.search import registry
    from engage.search.registry import Entry, Source

    def entries_of(kind: str) -> Any:
        def entries(department: Department) -> list[Entry]:
            return [
                Entry(
                    language="zh-hans",
                    title=chance.choice(texts)[:40],
                    body="".join(chance.choices(texts, k=chance.randint(1, 4)))
                    + (chance.choice(ENGLISH) if chance.random() < 0.1 else ""),
                    url=f"/zh/{kind}/{department.pk}/{number}/",
                    published_at=LAST_DAY - timedelta(minutes=chance.randrange(3 * 365 * 24 * 60)),
                    department_id=department.pk,
                    object_id=f"{department.pk}-{number}",
                )
                for number in range(ROWS_PER_DEPARTMENT)
            ]

        return entries

    # What the site itself can find has no tables here.
    for source in registry.registered():
        registry.unregister(source.kind)
    count = ROWS // ROWS_PER_DEPARTMENT
    for number in range(count):
        Department.add_root(code=f"bench-{number}", name_zh=f"第{number}处", name_en=f"Unit {number}")
    for position, kind in enumerate(KINDS):
        mine = [f"bench-{number}" for number in range(position, count, len(KINDS))]
        registry.register(
            Source(
                kind,
                kind,
                Department,
                lambda mine=mine: Department.objects.filter(code__in=mine),
                entries_of(kind),
            )
        )


def questions(texts: list[str], chance: random.Random) -> list[tuple[str, dict[str, Any]]]:
    """Draw the questions: words of two and four characters as they stand in the texts, English, each also filtered."""
    from engage.departments.models import Department

    departments = list(Department.objects.all())

    def word(length: int) -> str:
        while True:
            run = chance.choice(re.findall(r"[\u4e00-\u9fff]+", chance.choice(texts)))
            if len(run) >= length:
                at = chance.randrange(len(run) - length + 1)
                return run[at : at + length]

    asked: list[tuple[str, dict[str, Any]]] = []
    for number in range(QUESTIONS):
        text = (word(2), word(4), f"{word(2)} {word(2)}", chance.choice(ENGLISH_WORDS))[number % 4]
        filters: dict[str, Any] = {}
        match (number // 4) % 5:
            case 1:
                filters = {"kinds": [chance.choice(KINDS)]}
            case 2:
                filters = {"since": date(2025, 1, 1), "until": date(2025, 12, 31)}
            case 3:
                filters = {"department": chance.choice(departments)}
            case 4:
                filters = {"page": chance.randint(2, 10)}
        asked.append((text, filters))
    return asked


def measure(asked: list[tuple[str, dict[str, Any]]]) -> None:
    """Ask each question once to warm the caches of the database, then once with the clock running."""
    from engage.search.queries import search

    for text, filters in asked:
        search(text, **filters)
    times: list[tuple[float, str, int]] = []
    for text, filters in asked:
        start = time.perf_counter()
        results = search(text, **filters)
        times.append(((time.perf_counter() - start) * 1000, f"{text} {sorted(filters)}", results.total))
    figures = [spent for spent, _question, _total in times]
    slowest = max(times)
    answered = sum(1 for _spent, _question, total in times if total)
    report("search_p50", round(statistics.median(figures), 1), "ms", None, f"{len(asked)} questions")
    note = f"{answered} of {len(asked)} with answers; slowest {slowest[0]:.0f} ms: {slowest[1]} ({slowest[2]} answers)"
    report("search_p95", round(statistics.quantiles(figures, n=20)[-1], 1), "ms", TARGET_MS, note)


def main() -> int:
    """Run the benchmark; exit 1 when it could not run."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        report("search_p95", None, "ms", TARGET_MS, "not run: DATABASE_URL does not name a PostgreSQL server")
        return 1
    texts = sentences()
    if not texts:
        report("search_p95", None, "ms", TARGET_MS, "not run: the folder of real input is not beside the project")
        return 1
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engage.settings")
    with tempfile.TemporaryDirectory(prefix="engage-bench-") as folder:
        os.environ["ENGAGE_VAR"] = folder
        run(texts)
    return 0


def run(texts: list[str]) -> None:
    """Fill the index in its own database, then ask."""
    import django

    django.setup()
    from django.db import connection

    from engage.search import actions

    chance = random.Random(20261124)
    with own_database():
        register_sources(texts, chance)
        start = time.perf_counter()
        rebuilt = actions.rebuild()
        seconds = time.perf_counter() - start
        rows = sum(rebuilt.entries.values())
        report(
            "search_index", round(seconds, 1), "s", None, f"{rows} entries, {rows / seconds:.0f} a second, one worker"
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_total_relation_size('search_searchentry'), pg_relation_size('search_entry_terms')"
            )
            whole, gin = cursor.fetchone()
        report("search_size", round(whole / 2**20), "MiB", None, f"of which {gin / 2**20:.0f} MiB full-text index")
        measure(questions(texts, chance))


if __name__ == "__main__":
    sys.exit(main())
