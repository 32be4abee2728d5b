"""A million answers to 60 questions: columns built and appended to, pages of results, cross-tabs, beside plain pandas.

On PostgreSQL and Redis with the settings of deploy/README.md. The answers are drawn from a seed and copied into the
tables as the product would have written them; columns, pages and cross-tabs are the product's own. The worker that
builds, the reader of pages and pandas have a process each, whose peak of resident memory (getrusage) is told.

SURVEY_ROWS sets how many answers there are; the limits are those of a million. pandas gets SURVEY_PANDAS of them: it
holds ten gigabytes for all.
"""

import json
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from typing import Any

import numpy as np

from benchmarks import _site
from benchmarks._figures import load_average, report, report_most

ROWS = int(os.environ.get("SURVEY_ROWS", "100000"))
PANDAS_ROWS = min(ROWS, int(os.environ.get("SURVEY_PANDAS", "100000")))
MORE = 10_000
BATCH = 10_000
ROUNDS = 5
BUILD_SECONDS, APPEND_SECONDS, PAGE_SECONDS, CROSSTAB_SECONDS, PEAK_MB = 60, 60, 2, 1, 2048
KEY = "bench"
BEGAN = datetime(2026, 9, 1, tzinfo=UTC)
SAID = ("路灯太少", "希望有更多长椅", "More trees, please", "公交车等得太久", "没有意见")


def texts(word: str) -> dict[str, str]:
    """Words in both languages."""
    return {"zh-hans": f"问{word}", "en": f"Question {word}"}


def choices(count: int) -> list[dict[str, Any]]:
    """So many options."""
    return [{"value": f"o{place}", "label": texts(str(place))} for place in range(count)]


def questions() -> list[dict[str, Any]]:
    """60 questions: 36 with one answer, 10 with several, numbers, scales, a day, a region, words; and a weight."""
    found: list[dict[str, Any]] = []
    found += [{"name": f"s{at}", "type": "single", "options": choices(3 + at % 6)} for at in range(36)]
    found += [{"name": f"m{at}", "type": "multiple", "options": choices(5 + at)} for at in range(10)]
    found += [{"name": f"r{at}", "type": "rating"} for at in range(4)] + [{"name": "nps", "type": "nps"}]
    found += [{"name": f"n{at}", "type": "number"} for at in range(5)]
    found += [{"name": "day", "type": "date"}, {"name": "home", "type": "region"}]
    found += [{"name": f"t{at}", "type": "long_text", "relevant": "${s0} = 'o0'"} for at in range(2)]
    assert len(found) == 60
    for question in found:
        question["label"] = texts(question["name"])
    return [*found, {"name": "weight", "type": "calculation", "calculation": "if(${s1} = 'o0', 1.5, 0.75)"}]


def definition() -> dict[str, Any]:
    """The questionnaire, ten questions a page."""
    asked = questions()
    pages = [{"name": f"p{at}", "items": asked[at : at + 10]} for at in range(0, len(asked), 10)]
    return {
        "format": "engage-questionnaire/1",
        "languages": ["zh-hans", "en"],
        "title": texts("bench"),
        "pages": pages,
    }


def _said(name: str, value: Any) -> str:
    return f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)},"


def drawn(chance: np.random.Generator, count: int) -> Iterator[str]:
    """Yield answers as JSON. One of ten skips a question; some refuse; words are written by whoever chose an option."""
    columns = []
    first = None
    for question in questions():
        name, kind = question["name"], question["type"]
        if kind == "single":
            possible = [_said(name, one["value"]) for one in question["options"]]
            shares = np.arange(len(possible), 0, -1.0)
            places = chance.choice(len(possible), count, p=shares / shares.sum())
            first = places if first is None else first
        elif kind == "multiple":
            values = [one["value"] for one in question["options"]]
            possible = [
                _said(name, [one for at, one in enumerate(values) if mask >> at & 1])
                for mask in chance.integers(1, 2 ** len(values), 200).tolist()
            ]
            places = chance.integers(0, 200, count)
        elif kind in ("rating", "nps"):
            possible = [_said(name, number) for number in (range(1, 6) if kind == "rating" else range(11))]
            places = chance.integers(0, len(possible), count)
        elif kind == "number":
            possible = [_said(name, number) for number in range(500)]
            places = chance.poisson(40, count)
        elif kind == "date":
            possible = [_said(name, (date(2026, 1, 1) + timedelta(days=day)).isoformat()) for day in range(300)]
            places = chance.integers(0, 300, count)
        elif kind == "region":
            possible = [_said(name, f"region-{number}") for number in range(16)]
            places = chance.integers(0, 16, count)
        elif kind == "long_text":
            possible = [_said(name, f"{words}，第{number}条") for words in SAID for number in range(200)]
            places = chance.integers(0, len(possible), count)
        else:
            possible, places = [_said(name, 0.75), _said(name, 1.5)], chance.integers(0, 2, count)
        if kind != "calculation":
            possible += ["", _said(name, {"missing": "refused"})]
            places = np.where(chance.random(count) < 0.1, len(possible) - 2, places)
            places = np.where(chance.random(count) < 0.01, len(possible) - 1, places)
        if "relevant" in question:
            places = np.where(first == 0, places, len(possible) - 2)
        columns.append(np.array(possible, dtype=object)[places].tolist())
    for parts in zip(*columns, strict=True):
        yield "{" + "".join(parts)[:-1] + "}"


def write(questionnaire: int, version: int, first: int, count: int, *, seed: int) -> None:
    """Copy so many responses into the tables, with these numbers on."""
    from django.db import connection

    chance = np.random.default_rng(seed)
    connection.ensure_connection()
    with connection.cursor() as cursor:
        for start in range(first, first + count, BATCH):
            size = min(BATCH, first + count - start)
            cursor.execute(
                """
                INSERT INTO participation_submission (id, kind, letter, year, received_at, state, token_digest,
                    code_digest, channel, language, region, capacity, signature, flagged)
                SELECT n, 'survey_response', 'Q', 2026, %s::timestamptz + n %% 80000 * interval '1 minute', 'active',
                    md5('t' || n), md5('c' || n), 'web', 'zh-hans', '', '', '', false
                FROM generate_series(%s::bigint, %s::bigint) n
                """,
                [BEGAN, start, start + size - 1],
            )
            with cursor.connection.cursor() as raw, raw.copy(
                "COPY surveys_response (submission_id, questionnaire_id, version_id, mode, language, answers, private,"
                " seed, ballots, is_complete, seconds, flags) FROM STDIN"
            ) as copying:  # fmt: skip
                for at, answers in enumerate(drawn(chance, size), start=start):
                    mode = "web" if at % 4 else "phone"
                    seconds = 200 + at % 900
                    copying.write_row(
                        (at, questionnaire, version, mode, "zh-hans", answers, "", "1", "{}", True, seconds, "[]")
                    )


def make() -> tuple[int, int]:
    """Write a questionnaire that has closed and shows its results; returns its number and that of its version."""
    from django.utils import timezone

    from tests.surveys.answering import builders

    made = builders.published(definition(), key=KEY, closes_at=timezone.now() - timedelta(hours=1))
    return made.questionnaire_id, made.pk


def analyse() -> None:
    """Let the database look at what was written, as it does by itself after a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE participation_submission")
        cursor.execute("VACUUM ANALYZE surveys_response")


# --- what has a process of its own ----------------------------------------------------------------------------------


def _start() -> None:
    import django

    django.setup()


def in_own_process(measured: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """Run it in a process with nothing else in it; returns what it returns and the peak of memory (MB)."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_start) as others:
        return others.submit(_measured, measured, arguments).result()


def _measured(measured: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, float]:
    found = measured(*arguments)
    return found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(call: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return seconds by the clock, seconds of the processor in this process, and what came back."""
    began, worked = time.perf_counter(), time.process_time()
    found = call()
    return time.perf_counter() - began, time.process_time() - worked, found


def refresh() -> tuple[float, float, int]:
    """Bring the columns up to the rows; returns seconds, seconds of the processor and how many rows there are."""
    from surveys.models import Questionnaire
    from surveys.results import columns

    questionnaire = Questionnaire.objects.get(key=KEY)
    taken, worked, cache = timed(lambda: columns.refresh(questionnaire))
    return taken, worked, cache.n


def read_pages() -> dict[str, tuple[list[float], list[float]]]:
    """Ask for every page of results as often as ROUNDS says, nothing kept; returns seconds by the clock and worked."""
    from benchmarks._reader import browser
    from engage.accounts.actors import Role
    from tests.accounts.people import person, sign_in

    anybody = browser()
    public, desk = f"/zh/surveys/{KEY}/results/", f"/desk/results/{KEY}/"
    found = {
        "page of 60 charts": _asked_for(anybody, public),
        "page of 60 charts, of one group": _asked_for(anybody, f"{public}?group=s1:o1"),
        "page of 60 charts, four groups side by side": _asked_for(anybody, f"{public}?compare=s1"),
    }
    # Signed in only now: sessions lie in the cache that is emptied for the public pages.
    analyst = sign_in(browser(), person(Role.ANALYST, email=f"analyst-{os.getpid()}@example.org"))
    for name, path in (
        ("desk, page of 60 charts", desk),
        ("desk, page of 60 charts, weighted", f"{desk}?weight=weight"),
        ("cross-tab", f"{desk}crosstab/?rows=s5&cols=s1"),
        ("cross-tab, weighted", f"{desk}crosstab/?rows=s5&cols=s1&weight=weight"),
        ("cross-tab, several answers, weighted", f"{desk}crosstab/?rows=m9&cols=s1&weight=weight"),
    ):
        found[name] = _asked_for(analyst, path, empty_cache=False)
    return found


def _asked_for(client: Any, path: str, *, empty_cache: bool = True) -> tuple[list[float], list[float]]:
    from django.core.cache import cache

    clock, work = [], []
    for turn in range(ROUNDS + 1):
        if empty_cache:
            cache.clear()
        taken, worked, answer = timed(lambda: client.get(path))
        if answer.status_code != 200 or "<table" not in answer.content.decode():
            raise RuntimeError(f"{path} answers {answer.status_code} without a table")
        if turn:
            clock.append(taken)
            work.append(worked)
    return clock, work


def count_in_pandas(rows: int) -> dict[str, Any]:
    """Do with plain pandas what the pages need: read rows, count every question, one weighted cross-tab."""
    import pandas as pd

    from surveys.models import Response

    def read() -> Any:
        stored = Response.objects.counted().filter(questionnaire__key=KEY).order_by("pk")
        return pd.DataFrame(list(stored.values_list("answers", flat=True)[:rows]))

    def words(one: Any) -> Any:
        return one["missing"] if isinstance(one, dict) else one

    def count() -> dict[str, dict[Any, int]]:
        found = {}
        for question in questions():
            column = frame[question["name"]].dropna().map(words)
            if question["type"] == "multiple":
                # A reason beside several answers is no line of the page.
                column = column[column != "refused"]
            found[question["name"]] = column.explode().value_counts().to_dict()
        return found

    def cross() -> Any:
        return pd.crosstab(
            frame["s5"].map(words), frame["s1"].map(words), frame["weight"], aggfunc="sum", normalize="columns"
        )

    reading, _worked, frame = timed(read)
    counting, _worked, counts = timed(count)
    crossing, _worked, _table = timed(cross)
    return {"read": reading, "count": counting, "cross": crossing, "counts": counts}


def counted_here() -> dict[str, dict[Any, int]]:
    """Return the counts of all questions that pages are made of."""
    from surveys.models import Questionnaire
    from surveys.results import columns, tables

    found = columns.cached(Questionnaire.objects.get(key=KEY))
    if found is None:
        raise RuntimeError("there are no columns")
    answers = found[1]
    return {
        column.key: {line.level.value: line.count for line in tables.topline(answers, column).lines if line.count}
        for column in answers.layout.columns
        if column.kind in ("coded", "mask")
    }


# --- what is told ---------------------------------------------------------------------------------------------------


def tell(name: str, seconds: float, most: float, note: str) -> None:
    """Print a time beside its limit and as a share of it."""
    report_most(name, round(seconds, 3), "s", most, f"{seconds / most:.2f} of its limit; {note}; {load_average()}")


def tell_peak(name: str, peak: float) -> None:
    """Print the peak of a process."""
    report_most(name, round(peak), "MB", PEAK_MB, f"{peak / PEAK_MB:.2f} of its limit")


def measure(_url: str) -> None:
    """Write, build, append, read, and do the same in pandas."""
    questionnaire, version = make()
    began = time.monotonic()
    write(questionnaire, version, 1, ROWS, seed=1)
    analyse()
    print(f"{ROWS:,} responses written in {time.monotonic() - began:.0f} s", flush=True)
    (taken, worked, n), peak = in_own_process(refresh)
    if n != ROWS:
        raise RuntimeError(f"{n:,} of {ROWS:,} rows are in the columns")
    tell(f"columns of {ROWS:,} x 60 built", taken, BUILD_SECONDS, f"{worked:.1f} s of a processor beside the database")
    tell_peak("the same: peak memory", peak)
    (pandas, pandas_peak) = in_own_process(count_in_pandas, PANDAS_ROWS)
    if PANDAS_ROWS == ROWS:
        (here, _peak) = in_own_process(counted_here)
        if wrong := [key for key, counts in here.items() if counts != pandas["counts"][key]]:
            raise RuntimeError(f"pandas counts other answers to {wrong}")
    write(questionnaire, version, ROWS + 1, MORE, seed=2)
    (taken, worked, n), _peak = in_own_process(refresh)
    if n != ROWS + MORE:
        raise RuntimeError(f"{n:,} of {ROWS + MORE:,} rows are in the columns")
    tell(f"{MORE:,} appended to {ROWS:,}", taken, APPEND_SECONDS, f"{worked:.1f} s of a processor")
    pages, peak = in_own_process(read_pages)
    for name, (clock, worked_in) in pages.items():
        most = CROSSTAB_SECONDS if name.startswith("cross-tab") else PAGE_SECONDS
        note = f"{statistics.median(worked_in):.2f} s of a processor; slowest {max(clock):.2f}"
        tell(f"{name}, {n:,} responses", statistics.median(clock), most, note)
    tell_peak("pages and cross-tabs: peak memory", peak)
    for part, name in (("read", "reads"), ("count", "counts 60 questions"), ("cross", "weighted cross-tab")):
        report(f"plain pandas {name}, {PANDAS_ROWS:,} rows", round(pandas[part], 2), "s", note=load_average())
    report(f"plain pandas, {PANDAS_ROWS:,} rows: peak memory", round(pandas_peak), "MB")


if __name__ == "__main__":
    _site.run("surveys", measure)
