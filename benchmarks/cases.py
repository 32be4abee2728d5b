"""A million cases in the mailbox: the views of the desk, their counts, a case, and the search over all of them.

On PostgreSQL and Redis with the settings of deploy/README.md. A few hundred cases of real wording are made by the
product's own actions; the rest are copies of their rows with other units, days and states, one in twenty of them open.
Times are those of the whole request inside the server, as Django's own client calls it: no network, no proxy.
"""

import csv
import os
import random
import re
import time
from typing import Any

from benchmarks import _site
from benchmarks._figures import load_average, percentile_95, report, report_most
from benchmarks._reader import queries_of
from engage.collecting import loading
from tests.shared import SHARED

ROWS = int(os.environ.get("CASE_ROWS", "1000000"))
TEMPLATES = 400
UNITS = 20
VIEW_ROUNDS, CASES, PAGES, QUESTIONS, SEARCH_ROUNDS = 40, 60, 40, 120, 2
VIEW_MOST_MS, VIEW_MOST_QUERIES, CASE_MOST_QUERIES, SEARCH_MOST_MS = 150, 15, 19, 200
FRESH_SECONDS = 5
QUEUE = "/desk/queues/cases/"


def letters() -> list[tuple[str, str]]:
    """Read title and text of real letters; empty where the folder of real input is not beside the project."""
    path = SHARED / "data" / "messages" / "mayor_zh.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["title"][:100], row["text"][:4_000]) for row in csv.DictReader(file)]


def fill(wordings: list[tuple[str, str]]) -> Any:
    """Make the house, the templates and the copies; returns the house."""
    from engage.departments.models import Department
    from engage.participation.models import Submission, TimelineEntry
    from mailbox import actions
    from mailbox.desk.models import CaseWords
    from mailbox.models import Case, CaseClock, Message, StepRecord
    from tests.mailbox import factories

    place = factories.house()
    for number in range(UNITS - 2):
        Department.objects.get(code="house").add_child(
            code=f"unit-{number}", name_zh=f"第{number}处", name_en=f"U{number}"
        )
    first = Department.objects.get(code="water").pk
    for number in range(TEMPLATES):
        title, text = wordings[number % len(wordings)]
        made = factories.case(title=title, text=text)
        actions.take_step(made.pk, "route", actions.Given(department=first), actor=place.clerk, now=factories.NOW)
        actions.accept_case(made.pk, actor=place.officer, now=factories.NOW)
    units = list(Department.objects.exclude(code__in=["house", "intake"]).values_list("pk", flat=True))
    # Every unit has as many open ones as any other: which are open goes by n, too.
    unit = f"(ARRAY{units})[(n + n / 20) % {len(units)} + 1]"
    is_open = "n % 20 = 0"
    day = "(DATE '2026-11-24' + ((n / 20) % 60 - 20)::int)"
    phase = "(ARRAY['new', 'work', 'waiting', 'approval'])[(n / 20) % 4 + 1]"
    closed = {
        "state": "'closed'",
        "phase": "'closed'",
        "at_desk": "false",
        "owner_id": "NULL",
    }
    case = {name: f"CASE WHEN {is_open} THEN t.{name} ELSE {value} END" for name, value in closed.items()}
    case |= {
        "lead_id": unit,
        "desk_id": unit,
        "due": f"CASE WHEN {is_open} THEN {day} END",
        "due_order": f"CASE WHEN {is_open} THEN {day} ELSE DATE '9999-12-31' END",
        "low_rated": "n % 5000 = 1",
        "suspect": "n % 20000 = 0",
        "phase": f"CASE WHEN {is_open} THEN {phase} ELSE 'closed' END",
    }
    number = f"(t.id + n * {TEMPLATES})::text"
    multiply(Submission, {"token_digest": f"md5({number}) || md5('-' || {number})", "contact_id": "NULL"})
    multiply(Case, case, keys=("submission_id",))
    # Put in one by one, a million entries take the full-text index half an hour; made at the end, minutes.
    run("DROP INDEX mailbox_desk_terms")
    multiply(CaseWords, {}, keys=("id",))
    run(
        "SET maintenance_work_mem = '1GB'",
        "CREATE INDEX mailbox_desk_terms ON mailbox_desk_casewords USING gin (terms)",
    )
    for model in (Message, StepRecord, CaseClock, TimelineEntry):
        owner = "submission_id" if model is TimelineEntry else "case_id"
        multiply(model, {"token": "NULL"} if model is StepRecord else {}, owner=owner)
    while actions.fold_tallies():
        pass
    run("VACUUM ANALYZE")
    return place


def run(*statements: str) -> None:
    """Execute statements in order."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def multiply(model: Any, values: dict[str, str], *, keys: tuple[str, ...] = ("id",), owner: str = "") -> None:
    """Copy the templates' rows of a table: in the n-th copy every key is moved on by n times the number of templates.

    Rows that belong to a case (`owner`) get keys behind all of the templates'.
    """
    from django.db import connection

    table = model._meta.db_table
    names = [field.column for field in model._meta.concrete_fields]
    rows = model.objects.count()
    moved = {key: f"t.{key} + n * {rows if owner else TEMPLATES}" for key in keys}
    if owner:
        moved[owner] = f"t.{owner} + n * {TEMPLATES}"
    expressions = ", ".join((values | moved).get(name, f't."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({quoted}) SELECT {expressions} FROM {table} t, "
            f"generate_series(1, {ROWS // TEMPLATES - 1}) AS n"
        )
        if "id" in names and model._meta.pk.get_internal_type().endswith("AutoField"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def browser(user: Any) -> Any:
    """Return a browser signed in with a second factor, behind the proxy."""
    from django.test import Client

    from tests.accounts.people import sign_in

    client = Client(SERVER_NAME=_site.HOST, HTTP_X_FORWARDED_PROTO="https", HTTP_X_FORWARDED_FOR="192.0.2.1")
    return sign_in(client, user)


def milliseconds(client: Any, path: str, values: dict[str, str] | None = None) -> float:
    """Ask for a page and say how long it took; RuntimeError for one that is not there."""
    began = time.perf_counter()
    answer = client.get(path, values or {})
    taken = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}")
    return taken


def measure_views(who: str, client: Any) -> None:
    """Open every view of a person many times, and one of them page after page."""
    from mailbox.desk.queue import CASES

    slowest, most = (0.0, ""), (0, "")
    for view in CASES.views:
        asked = {"view": view.code}
        most = max(most, (queries_of(lambda asked=asked: client.get(QUEUE, asked), status=200), view.code))
        times = [milliseconds(client, QUEUE, asked) for _ in range(VIEW_ROUNDS)]
        slowest = max(slowest, (percentile_95(times), view.code))
    note = f"p95 of {VIEW_ROUNDS}, slowest of {len(CASES.views)} views: {slowest[1]}; {load_average()}"
    report_most(f"{who}: any view among {ROWS:,} cases", round(slowest[0], 1), "ms", VIEW_MOST_MS, note)
    report_most(f"{who}: queries of a view", most[0], "queries", VIEW_MOST_QUERIES, f"most: {most[1]}")
    path, times = f"{QUEUE}?view=open", []
    for _page in range(PAGES):
        times.append(milliseconds(client, path))
        found = re.search(r'rel="next" href="([^"]+)"', client.get(path).content.decode())
        if found is None:
            break
        path = QUEUE + found[1].replace("&amp;", "&")
    note = f"p95 of {len(times)} pages one after the other"
    report_most(f"{who}: further pages", round(percentile_95(times), 1), "ms", VIEW_MOST_MS, note)


def measure_counts(place: Any) -> None:
    """Take a step and see when the counts know it; they read the tally and no case."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from mailbox import actions, queries
    from mailbox.models import Case

    today = timezone.localdate()
    before = queries.view_counts(place.head, today=today)
    made = Case.objects.filter(phase="new", lead=place.water, state="handling").order_by("pk").first()
    began = time.perf_counter()
    actions.take_step(made.pk, "draft", actor=place.officer, now=timezone.now())
    while queries.view_counts(place.head, today=today)["new"] == before["new"]:
        if time.perf_counter() - began > FRESH_SECONDS * 4:
            raise RuntimeError("the counts do not learn of the step")
    report_most("a step is counted after", round(time.perf_counter() - began, 3), "s", FRESH_SECONDS)
    with CaptureQueriesContext(connection) as captured:
        began = time.perf_counter()
        queries.view_counts(place.head, today=today)
        taken = (time.perf_counter() - began) * 1000
    scans = [
        query["sql"] for query in captured if 'FROM "mailbox_case"' in query["sql"] and "owner_id" not in query["sql"]
    ]
    if scans:
        raise RuntimeError(f"the counts read cases: {scans[0]}")
    report(
        "all counts of the desk", round(taken, 1), "ms", note=f"{len(captured)} statements, none on cases but the own"
    )


def measure_cases(client: Any, place: Any) -> None:
    """Open cases of the officer's unit drawn at random."""
    from mailbox.models import Case

    chance = random.Random(20261126)
    keys = list(Case.objects.filter(at_desk=True, lead=place.water).values_list("pk", flat=True)[:20_000])
    chosen = chance.sample(keys, min(CASES, len(keys)))
    paths = [f"/desk/cases/{pk}/" for pk in chosen]
    most = max(queries_of(lambda path=path: client.get(path), status=200) for path in paths[:10])
    times = [milliseconds(client, path) for path in paths]
    report_most("the page of a case, queries", most, "queries", CASE_MOST_QUERIES)
    report("the page of a case", round(percentile_95(times), 1), "ms", note=f"p95 of {CASES}; {load_average()}")


def measure_search(who: str, client: Any, wordings: list[tuple[str, str]]) -> None:
    """Ask for words as they stand in the letters, two and four characters long and two at once."""
    chance = random.Random(20261126)

    def word(length: int) -> str:
        while True:
            runs = [run for run in re.findall(r"[\u4e00-\u9fff]+", chance.choice(wordings)[1]) if len(run) >= length]
            if runs:
                run = chance.choice(runs)
                at = chance.randrange(len(run) - length + 1)
                return run[at : at + length]

    asked = [(word(2), word(4), f"{word(2)} {word(2)}")[number % 3] for number in range(QUESTIONS)]
    rounds = [[(milliseconds(client, QUEUE, {"q": text}), text) for text in asked] for _ in range(SEARCH_ROUNDS)]
    best = min(rounds, key=lambda times: percentile_95([spent for spent, _text in times]))
    slowest = max(best)
    note = f"{QUESTIONS} questions; slowest {slowest[0]:.0f} ms: {slowest[1]}; {load_average()}"
    p95 = percentile_95([spent for spent, _text in best])
    report_most(f"{who}: search over all cases, p95", round(p95, 1), "ms", SEARCH_MOST_MS, note)


def main() -> None:
    wordings = letters()
    missing = [_site.missing_servers()] if _site.missing_servers() else []
    missing += [] if wordings else ["the folder of real input"]
    if missing:
        report("cases", "not measured", "", note=f"{' and '.join(missing)} is not on this machine")
        return
    with _site.database("engage_bench_cases") as url:
        _site.set_up(_site.production_settings(url))
        try:
            began = time.monotonic()
            place = fill(wordings)
            print(f"{ROWS:,} cases written in {time.monotonic() - began:.0f} s", flush=True)
            for who, user in (("officer of a unit", place.officer), ("head of the house", place.head)):
                client = browser(user)
                # What is loaded once is not looked through for garbage again, as in a server (engage/asgi.py).
                with loading():
                    client.get(QUEUE)
                measure_views(who, client)
                measure_search(who, client, wordings)
            measure_cases(browser(place.officer), place)
            measure_counts(place)
        finally:
            _site.close_connections()


if __name__ == "__main__":
    main()
