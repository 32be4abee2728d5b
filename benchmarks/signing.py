"""Signing and confirming as a browser posts them: the row, its letter and the receipt committed before the answer.

Two limits are measured in the same run on the same server with the same client: an empty POST view behind the full
middleware, which is what the framework allows, and single-row commits by pgbench, which is what the database allows.
Every request has a token, a person, an address and a network of its own.
"""

import asyncio
import os
import statistics
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks import _site
from benchmarks._figures import load_average, report, report_least, report_most
from benchmarks._load import Answers, ask, form, send
from benchmarks.intake import best, pgbench

SIGNATURES = int(os.environ.get("SIGN_SIGNATURES", "12000"))
EMPTY_POSTS = int(os.environ.get("SIGN_EMPTY", "8000"))
CONNECTIONS = int(os.environ.get("SIGN_CONNECTIONS", "32"))
THREADS = os.environ.get("SIGN_THREADS", "16")
PACED_SECONDS = float(os.environ.get("SIGN_SECONDS", "6"))
READS = int(os.environ.get("SIGN_READS", "4000"))
SIGN_SHARE, CONFIRM_SHARE, SIGN_LEAST, AIM = 0.17, 0.2, 60_000, 100_000
SECRET = "b" * 32


def headers(number: int) -> dict[str, str]:
    """Return what a browser sends, from an address of its own."""
    return {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "Origin": f"https://{_site.HOST}",
        "Sec-Fetch-Site": "same-origin",
        "Cookie": f"csrftoken={SECRET}",
        "Accept-Language": "zh-CN",
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    }


def sign_form(petition: int, number: int) -> bytes:
    """Return one signature as it is posted."""
    fields = {
        "csrfmiddlewaretoken": SECRET,
        "token": str(uuid.uuid4()),
        "name": f"签名者{number}",
        "email": f"signer{number}@example{number % 50}.org",
        "region": "east",
        "country": "",
        "eligible": "yes",
    }
    return form(f"/zh/petitions/{petition}/sign/", fields, headers(number))


def confirm_forms() -> list[bytes]:
    """Return the press of the button for every signature that waits."""
    from mailbox.petitions.models import Signature
    from mailbox.petitions.signing import links

    keys = Signature.objects.filter(state="pending").order_by("pk").values_list("pk", flat=True)
    return [
        form(
            f"/zh/petitions/signatures/{key}/{links.key(links.CONFIRM, key)}/",
            {"csrfmiddlewaretoken": SECRET},
            headers(key),
        )
        for key in keys
    ]


def empty_posts() -> list[bytes]:
    """Return as many empty forms."""
    return [form(_site.EMPTY, {"csrfmiddlewaretoken": SECRET}, headers(number)) for number in range(EMPTY_POSTS)]


def make_petition() -> int:
    """Write an open petition and the regions of the form."""
    from django.utils import timezone

    from engage.participation.models import AboutOption
    from tests.petitions import factories

    AboutOption.objects.get_or_create(kind="region", code="east", defaults={"label_zh": "东区", "label_en": "East"})
    return factories.petition(now=timezone.now()).pk


async def _paced(port: int, requests: Sequence[bytes], rate: float, expected: int) -> Answers:
    """Send at a steady rate, whatever comes back; each answer's time counts from when it should have been sent."""
    answers, queue = Answers(), iter(enumerate(requests))
    began = time.perf_counter()

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(_site.HOST, port)
        for number, request in queue:
            due = began + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            answers.failures += int(head[9:12]) != expected
            answers.milliseconds.append((time.perf_counter() - due) * 1000)
        writer.close()

    await asyncio.gather(*(connection() for _number in range(4 * CONNECTIONS)))
    answers.seconds = time.perf_counter() - began
    return answers


def paced(port: int, requests: Sequence[bytes], rate: float, expected: int) -> Answers:
    """Send at a steady rate; see `_paced`."""
    return asyncio.run(_paced(port, requests, rate, expected))


def measure(url: str) -> None:
    """Fill nothing beforehand but one petition; sign, confirm, read while others sign."""
    from mailbox.petitions.models import Signature

    petition = make_petition()
    numbers = iter(range(10**9))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks._empty", "ATTACK_SENDS_A_MINUTE": "100000000"}
    empty = empty_posts()

    def signatures(count: int) -> Iterator[bytes]:
        return (sign_form(petition, next(numbers)) for _turn in range(count))

    with _site.web_server("--blocking-threads", THREADS) as port:
        send(port, empty[:400], connections=CONNECTIONS, expected=200)
        send(port, list(signatures(400)), connections=CONNECTIONS, expected=303)
        before = send(port, empty, connections=CONNECTIONS, expected=200)
        half = list(signatures(SIGNATURES // 2)), list(signatures(SIGNATURES // 2))
        rounds = [send(port, some, connections=CONNECTIONS, expected=303) for some in half]
        presses = confirm_forms()
        middle = len(presses) // 2
        pressed = [
            send(port, some, connections=CONNECTIONS, expected=303) for some in (presses[:middle], presses[middle:])
        ]
        after = send(port, empty, connections=CONNECTIONS, expected=200)
        framework, signed, confirmed = best([before, after]), best(rounds), best(pressed)
        rate = 0.8 * signed.per_second
        steady = paced(port, list(signatures(int(rate * PACED_SECONDS))), rate, 303)
        asked = max(SIGN_SHARE * framework.per_second, SIGN_LEAST / 60)
        halves = {"is asked for": asked / 2, "is aimed at": AIM / 60 / 2, "was reached": signed.per_second / 2}
        alone, beside = _readers(port, petition, signatures, halves.values())
    there = Signature.objects.count()
    if there != next(numbers) - sum(unsent for _rate, unsent in beside):
        raise RuntimeError(f"{there} signatures are there")
    _tell(url, framework, signed, confirmed, [before, after], rounds, pressed)
    p99 = statistics.quantiles(steady.milliseconds, n=100)[-1]
    note = (
        f"{rate * 60:,.0f} a minute, {steady.failures} failures, {len(steady.milliseconds)} answers; {load_average()}"
    )
    report_most("sign at 80 % of that rate, p99", round(p99), "ms", 500, note)
    for (name, rate), (pages, _unsent) in zip(halves.items(), beside, strict=True):
        figure, value = f"petition page while signing runs at half of what {name}", round(pages, 1)
        note = f"{rate * 60:,.0f} sign a minute; {pages / alone:.2f} of {alone:.0f} pages/s without; {load_average()}"
        if name == "was reached":
            # That rate took both cores, so half of it leaves less than half of them: a figure, no target.
            report(figure, value, "pages/s", note=note)
        else:
            report_least(figure, value, "pages/s", round(alone / 2, 1), note)


def _readers(
    port: int, petition: int, signatures: Callable[[int], Iterator[bytes]], rates: Iterable[float]
) -> tuple[float, list[tuple[float, int]]]:
    """Return pages a second without signing and, for each rate, beside it, with how many signatures were not sent.

    Who signs is a process of its own: a thread of this one would take its time from the readers.
    """
    paths, as_browsers = [f"/zh/petitions/{petition}/"] * READS, _site.PROXY_HEADERS | {"Accept-Encoding": "gzip"}
    ask(port, paths[:50], connections=8, headers=as_browsers)
    alone = ask(port, paths, connections=8, headers=as_browsers)
    beside = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as others:
        others.submit(os.getpid).result()
        for rate in rates:
            requests = list(signatures(int(rate * 3 * PACED_SECONDS)))
            signing = others.submit(paced, port, requests, rate, 303)
            reading = ask(port, paths, connections=8, headers=as_browsers)
            if signing.done():
                raise RuntimeError("signing ended before reading did")
            sent = signing.result()
            if reading.failures or alone.failures or sent.failures:
                raise RuntimeError("answers were not as expected")
            beside.append((reading.per_second, len(requests) - len(sent.milliseconds)))
    return alone.per_second, beside


def _tell(
    url: str,
    framework: Answers,
    signed: Answers,
    confirmed: Answers,
    empties: list[Answers],
    rounds: list[Answers],
    pressed: list[Answers],
) -> None:
    shown = ", ".join(f"{one.per_second:.0f}" for one in empties)
    note = f"rounds {shown}; {CONNECTIONS} connections; {load_average()}"
    report("empty POST behind the full middleware", round(framework.per_second), "requests/s", note=note)
    commits = pgbench(url)
    if commits is not None:
        report("single-row commits, pgbench", round(commits), "a second", note="8 clients")
    for name, found, several, share in (
        ("signed", signed, rounds, SIGN_SHARE),
        ("confirmed", confirmed, pressed, CONFIRM_SHARE),
    ):
        ratio = f"{found.per_second / framework.per_second:.3f} of the empty POST"
        if commits:
            ratio += f", {found.per_second / commits:.3f} of the commits"
        shown = ", ".join(f"{one.per_second:.0f}" for one in several)
        report_least(
            name,
            round(found.per_second, 1),
            "a second",
            round(share * framework.per_second, 1),
            f"{ratio}; {found.per_second * 60:,.0f} a minute; rounds {shown}; {load_average()}",
        )
    report_least("signed a minute", round(signed.per_second * 60), "signatures", SIGN_LEAST, f"the aim beyond: {AIM:,}")


if __name__ == "__main__":
    _site.run("signing", measure)
