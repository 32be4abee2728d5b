"""Search over 100,000 Chinese entries on PostgreSQL: how long indexing takes, and 200 mixed questions.

The rows live in a database of their own. The texts are recombined at run time from the laws in the folder of real
input that lies beside the project.
"""

import os
import random
import re
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks import _site
from benchmarks._figures import load_average, percentile_95, report, report_most
from tests.shared import SHARED

ROWS = int(os.environ.get("SEARCH_ROWS", "100000"))
ROWS_PER_DEPARTMENT = 500
QUESTIONS = 200
TARGET_MS = 100
ROUNDS = 3
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


def sentences() -> list[str]:
    """Read the sentences of the laws, whole and in their own words."""
    found: list[str] = []
    for path in sorted((SHARED / "data" / "drafts").glob("zh-*.txt")):
        for line in path.read_text("utf-8").splitlines():
            found += [part for part in re.findall(r"[^。；]+[。；]", line) if len(part) >= 12]
    return found


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
    """Ask each question once to warm the caches of the database, then with the clock running."""
    ask_all(asked)
    rounds = [ask_all(asked) for _ in range(ROUNDS)]
    best = min(rounds, key=lambda answers: percentile_95([spent for spent, _question, _total in answers]))
    times = [spent for spent, _question, _total in best]
    slowest = max(best)
    answered = sum(1 for _spent, _question, total in best if total)
    shown = ", ".join(f"{percentile_95([spent for spent, _question, _total in each]):.0f}" for each in rounds)
    report("search, half of the questions", round(statistics.median(times), 1), "ms", note=f"{len(asked)} questions")
    note = (
        f"rounds {shown}; {answered} of {len(asked)} with answers; slowest {slowest[0]:.0f} ms: {slowest[1]} "
        f"({slowest[2]} answers); {load_average()}"
    )
    report_most("search, p95", round(percentile_95(times), 1), "ms", TARGET_MS, note)


def ask_all(asked: list[tuple[str, dict[str, Any]]]) -> list[tuple[float, str, int]]:
    """Return milliseconds, question and number of answers of each."""
    from engage.search.queries import search

    answers = []
    for text, filters in asked:
        start = time.perf_counter()
        results = search(text, **filters)
        answers.append(((time.perf_counter() - start) * 1000, f"{text} {sorted(filters)}", results.total))
    return answers


def main() -> None:
    """Fill the index in a database of its own, then ask."""
    texts = sentences()
    missing = [] if "ENGAGE_BENCH_POSTGRES" in os.environ else ["PostgreSQL is not on this machine"]
    missing += [] if texts else ["the folder of real input is not beside the project"]
    if missing:
        report("search", "not measured", "", note="; ".join(missing))
        return
    with _site.database("engage_bench_search") as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "engage.settings"}
        run(texts)
        _site.close_connections()


def run(texts: list[str]) -> None:
    """Measure filling and asking."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from engage.search import actions

    call_command("migrate", "search", verbosity=0, skip_checks=True)
    chance = random.Random(20261124)
    register_sources(texts, chance)
    start = time.perf_counter()
    rebuilt = actions.rebuild()
    seconds = time.perf_counter() - start
    rows = sum(rebuilt.entries.values())
    note = f"{rows:,} Chinese entries, {rows / seconds:.0f} a second, one worker; {load_average()}"
    report("search, indexing", round(seconds, 1), "s", note=note)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('search_searchentry'), pg_relation_size('search_entry_terms')")
        whole, gin = cursor.fetchone()
    report("search, size", round(whole / 2**20), "MiB", note=f"of which {gin / 2**20:.0f} MiB full-text index")
    measure(questions(texts, chance))


if __name__ == "__main__":
    main()
