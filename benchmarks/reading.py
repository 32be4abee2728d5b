"""A draft of 1,000 articles with a million comments: SQL queries, and requests a second beside a static file.

The site runs as in deploy/README.md on PostgreSQL and Redis. The comments are copies of one that the product itself
took, spread over the articles; what the database's own triggers count for them is folded as the worker does it. The
file is as long as the page and comes from the same server, compressed.
"""

import gzip
import os
import secrets
import time
from pathlib import Path
from typing import Any

from benchmarks import _site
from benchmarks._copies import copies
from benchmarks._figures import load_average, report, report_most
from benchmarks._reader import best_of_rounds, browser, queries_of
from benchmarks.drafts import ARTICLES, draft
from consultations.drafts.labels import CHINESE

COMMENTS = int(os.environ.get("READING_COMMENTS", "1000000"))
SLUG = "thousand"
DRAFT, COMMENT_PAGE, ARTICLE = f"/zh/c/{SLUG}/draft/", f"/zh/c/{SLUG}/comments/", f"/zh/c/{SLUG}/art-500/"
MOST_QUERIES, MOST_TIMES_SLOWER = 20, 3
REQUESTS = 300


def fill() -> Any:
    """Make the call, its text and the comments; returns the call."""
    from django.db import connection

    from consultations import actions
    from consultations.models import Comment, Draft
    from consultations.voices.tasks import fold_tallies
    from engage.accounts.actors import SYSTEM
    from engage.participation.models import Submission
    from tests.consultations.factories import call, comment

    consultation = call(slug=SLUG, english="")
    version = actions.store_draft(draft(CHINESE), draft=Draft.objects.get(consultation=consultation), actor=SYSTEM)
    actions.publish_version(version.pk, now=consultation.opens_at, actor=SYSTEM)
    first, submission, _code = comment(consultation, key="art_2")
    every = f"generate_series(1, {COMMENTS}) AS n"
    # The articles in their order, so that the nth comment finds the clause it is about.
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_articles AS SELECT id, row_number() OVER (ORDER BY position) - 1 AS place"
            " FROM consultations_clause WHERE version_id = %s AND level = 'article'",
            [version.pk],
        )
    copies(Submission, submission.pk, {"id": "t.id + n", "token_digest": "md5(n::text) || md5((-n)::text)"}, every)
    copies(
        Comment,
        first.pk,
        {"id": "t.id + n", "submission_id": "t.submission_id + n", "clause_id": "a.id", "text": "t.text || n::text"},
        f"{every} JOIN bench_articles a ON a.place = n % {ARTICLES}",
    )
    fold_tallies()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return consultation


def count_statements() -> None:
    """Ask for each page twice with an emptied cache."""
    from django.core.cache import cache

    for name, path in (("draft page", DRAFT), ("page of 20 comments", COMMENT_PAGE), ("article page", ARTICLE)):
        counts, taken = [], []
        for _ in range(2):
            cache.clear()
            began = time.perf_counter()
            counts.append(queries_of(lambda path=path: browser().get(path), status=200))
            taken.append(time.perf_counter() - began)
        note = f"cache emptied; built in {min(taken) * 1000:.0f} ms; {load_average()}"
        report_most(f"{name}, {ARTICLES:,} articles, {COMMENTS:,} comments", max(counts), "queries", MOST_QUERIES, note)


def write_file(folder: Path) -> tuple[str, int]:
    """Put a file of the page's length among the static ones; returns its address and its length.

    Half of it repeats, as the words of a page do, so that it is compressed about as well.
    """
    length = len(browser().get(DRAFT).content)
    name = "bench.txt"
    folder.mkdir(parents=True, exist_ok=True)
    line = "申请人应当提交真实、完整的材料。"
    words = "".join(f"{line}{secrets.token_hex(4)}\n" for _ in range(length // (len(line.encode()) + 9) + 1))
    (folder / name).write_bytes(words.encode()[:length])
    (folder / f"{name}.gz").write_bytes(gzip.compress(words.encode()[:length]))
    return f"/static/{name}", length


def measure_speed(port: int, address: str, length: int) -> None:
    """Compare the kept page with a file of its length."""
    file, told = best_of_rounds(lambda _round: [address] * REQUESTS, port)
    report("static file as long as the draft page", round(file.per_second), "requests/s", note=f"{length:,} B; {told}")
    page, told = best_of_rounds(lambda _round: [DRAFT] * REQUESTS, port)
    note = f"{page.per_second:.0f} requests/s of {length:,} B; {told}; {load_average()}"
    times = round(file.per_second / page.per_second, 2)
    report_most("draft page, anonymous, slower than the file", times, "times", MOST_TIMES_SLOWER, note)


def main() -> None:
    if missing := _site.missing_servers():
        report("a long draft", "not measured", "", note=f"a production site needs {missing}")
        return
    with _site.database("engage_bench_reading") as url:
        _site.set_up(_site.production_settings(url))
        from django.conf import settings

        began = time.monotonic()
        fill()
        print(f"{COMMENTS:,} comments written in {time.monotonic() - began:.0f} s", flush=True)
        count_statements()
        address, length = write_file(Path(settings.STATIC_ROOT))
        with _site.web_server() as port:
            measure_speed(port, address, length)
        _site.close_connections()


if __name__ == "__main__":
    main()
