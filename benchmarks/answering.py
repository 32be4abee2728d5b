"""Answering a questionnaire: queries of a page, sending a sheet, and two thousand who answer at once.

The site runs as deploy/README.md says. Sending is measured beside an empty POST behind the full middleware, as signing
is: in the same run, on the same server, with the same client. Then ANSWERING_PEOPLE respondents, each with a connection
and an address of their own, walk from the first page to the receipt at once; every answer has to be as expected.
"""

import asyncio
import os
import re
import time
from typing import Any
from urllib.parse import urlencode

from benchmarks import _site
from benchmarks._figures import load_average, percentile_95, report, report_least, report_most
from benchmarks._load import Answers, send
from benchmarks._reader import browser, queries_of
from benchmarks.intake import best
from benchmarks.signing import CONNECTIONS, THREADS, empty_posts, headers

SHEETS = int(os.environ.get("ANSWERING_SHEETS", "2000"))
PEOPLE = int(os.environ.get("ANSWERING_PEOPLE", "2000"))
SHARE, QUERIES_MOST = 0.12, 6
# The server has queues, but nobody waits for ever.
WALK_SECONDS = 600
KEY = "bench"


def definition() -> dict[str, Any]:
    """Two pages of ten questions."""
    from tests.surveys.answering import definitions as d

    def ten(page: str) -> Any:
        questions = [d.question(f"{page}{at}", "single", required=True, options=d.options("a", "b")) for at in range(7)]
        more = [
            d.question(f"{page}_often", "number", minimum=0, maximum=31),
            d.question(f"{page}_likes", "multiple", options=d.options("trees", "lake")),
            d.question(f"{page}_more", "long_text"),
        ]
        return d.page(page, *questions, *more)

    return d.definition(ten("first"), ten("second"))


def typed(page: str) -> dict[str, str]:
    """What somebody types on a page."""
    found = {f"q:{page}{at}": "b" for at in range(7)}
    return found | {f"q:{page}_often": "4", f"q:{page}_likes": "lake", f"q:{page}_more": "更多长椅", "go": "next"}


def post(path: str, fields: dict[str, str], number: int) -> bytes:
    """Return the bytes of a form from an address of its own."""
    body = urlencode(fields).encode()
    own = {**headers(number), "Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    return _head("POST", path, own) + body


def get(path: str, number: int) -> bytes:
    """Return the bytes of a request for a page."""
    return _head("GET", path, headers(number))


def _head(verb: str, path: str, own: dict[str, str]) -> bytes:
    lines = [f"{verb} {path} HTTP/1.1", f"Host: {_site.HOST}", *(f"{name}: {value}" for name, value in own.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def filled_sheets(count: int) -> list[str]:
    """Write sheets on which everything is filled in; returns their codes."""
    from django.utils import timezone

    from engage.accounts.actors import ANYONE
    from surveys import queries
    from surveys.answering import actions, sheets
    from surveys.answering.codes import seal

    now = timezone.now()
    shown = queries.published(KEY, language="zh-hans", actor=ANYONE, now=now)
    answers = {name.removeprefix("q:"): value for page in ("first", "second") for name, value in typed(page).items()}
    answers.pop("go")
    answers |= {f"{page}_likes": ["lake"] for page in ("first", "second")}
    codes = []
    for _sheet in range(count):
        code = actions.begin(shown, language="zh-hans", now=now)
        sheet = sheets.find(code, language="zh-hans", now=now)
        sheet.filled.answers = answers
        sheet.saved.sealed = seal(sheet.filled.as_state(), code)
        sheet.saved.save()
        codes.append(code)
    return codes


# --- two thousand at once -------------------------------------------------------------------------------------------


class Unexpected(Exception):
    """An answer that was not as expected."""


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, expected: int) -> str:
    """Send a request; returns where it leads, or the page. Raises Unexpected."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = re.search(r"(?i)content-length: (\d+)", head)
    body = await reader.readexactly(int(length[1]) if length else 0)
    if int(head[9:12]) != expected:
        raise Unexpected(f"{request[:80]!r} answers {head[:12]}")
    if expected == 302:
        found = re.search(r"(?i)\r\nlocation: ([^#\r]+)", head)
        if found is None:
            raise Unexpected(f"{request[:80]!r} leads nowhere")
        return found[1]
    return body.decode()


async def _walk(port: int, number: int, answers: Answers) -> None:
    """Begin, fill in both pages, check, send, read the receipt."""
    reader, writer = await asyncio.open_connection(_site.HOST, port)

    async def timed(request: bytes, expected: int) -> str:
        began = time.perf_counter()
        found = await _exchange(reader, writer, request, expected)
        answers.milliseconds.append((time.perf_counter() - began) * 1000)
        return found

    try:
        at = await timed(post(f"/zh/surveys/{KEY}/", {"begin": "1"}, number), 302)
        for page in ("first", "second"):
            await timed(get(at, number), 200)
            at = await timed(post(at, typed(page), number), 302)
        await timed(get(at, number), 200)
        at = await timed(post(at, {"send": "1"}, number), 302)
        await timed(get(at, number), 200)
    finally:
        writer.close()


async def _walks(port: int, answers: Answers) -> list[BaseException]:
    walks = (_walk(port, 100_000 + number, answers) for number in range(PEOPLE))
    async with asyncio.timeout(WALK_SECONDS):
        found = await asyncio.gather(*walks, return_exceptions=True)
    return [one for one in found if isinstance(one, BaseException)]


def walk(port: int) -> tuple[Answers, list[BaseException]]:
    """Let all answer at once; returns the times of all requests, and what went wrong."""
    answers, began = Answers(), time.perf_counter()
    faults = asyncio.run(_walks(port, answers))
    answers.seconds = time.perf_counter() - began
    return answers, faults


# --- what is told ---------------------------------------------------------------------------------------------------


def tell_queries() -> None:
    """Count the statements of a page of ten questions, shown and sent."""
    code = filled_sheets(1)[0]
    at, client = f"/zh/surveys/{KEY}/answer/{code}/1/", browser()
    client.get(at)
    for name, call, status in (
        ("shown", lambda: client.get(at), 200),
        ("sent", lambda: client.post(at, typed("first")), 302),
    ):
        report_most(f"page of 10 questions {name}", queries_of(call, status=status), "queries", QUERIES_MOST)


def measure(_url: str) -> None:
    """Count, send, and let all come at once."""
    from surveys.models import Response
    from tests.surveys.answering.builders import published

    published(definition(), key=KEY)
    tell_queries()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks._empty", "ATTACK_SENDS_A_MINUTE": "100000000"}
    paths = [f"/zh/surveys/{KEY}/answer/{code}/" for code in filled_sheets(SHEETS)]
    pages = [post(f"{path}1/", typed("first"), number) for number, path in enumerate(paths)]
    sends = [post(f"{path}check/", {"send": "1"}, number) for number, path in enumerate(paths)]
    empty, warm = empty_posts(), SHEETS // 20
    with _site.web_server("--blocking-threads", THREADS) as port:
        send(port, empty[:400], connections=CONNECTIONS, expected=200)
        send(port, sends[:warm], connections=CONNECTIONS, expected=302)
        before = send(port, empty, connections=CONNECTIONS, expected=200)
        kept = best([send(port, pages[warm:], connections=CONNECTIONS, expected=302)])
        middle = (warm + SHEETS) // 2
        halves = sends[warm:middle], sends[middle:]
        rounds = [send(port, half, connections=CONNECTIONS, expected=302) for half in halves]
        after = send(port, empty, connections=CONNECTIONS, expected=200)
        walked, faults = walk(port)
    framework, sent = best([before, after]), best(rounds)
    there = Response.objects.filter(questionnaire__key=KEY).count()
    if not faults and there != SHEETS + PEOPLE:
        raise RuntimeError(f"{there} responses are there")
    report("empty POST behind the full middleware", round(framework.per_second), "requests/s", note=load_average())
    shown = ", ".join(f"{one.per_second:.0f}" for one in rounds)
    report_least(
        "questionnaire sent, all rows committed",
        round(sent.per_second, 1),
        "a second",
        round(SHARE * framework.per_second, 1),
        f"{sent.per_second / framework.per_second:.3f} of the empty POST; rounds {shown}; {load_average()}",
    )
    share = f"{kept.per_second / framework.per_second:.3f} of the empty POST"
    report("page of 10 questions kept", round(kept.per_second, 1), "a second", note=f"{share}; {load_average()}")
    if faults:
        print(f"first of {len(faults)} errors: {faults[0]!r}", flush=True)
    note = f"{len(walked.milliseconds):,} requests, {walked.per_second:.0f} a second, p95"
    note += f" {percentile_95(walked.milliseconds) / 1000:.1f} s; {load_average()}"
    report_most(f"{PEOPLE:,} respondents at once, errors", len(faults), "", 0, note)


if __name__ == "__main__":
    _site.run("answering", measure)
