"""Letters to the minister, sent at once: the last POST, from the check page to the receipt, all rows committed.

Two limits are measured in the same run on the same server: an empty POST view behind the same middleware, which is what
the framework allows, and single-row commits by pgbench, which is what the database allows. The letters wait in sessions
that the product's own form filled; each is sent once, from an address of its own, by 8 connections.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from benchmarks import _site
from benchmarks._figures import load_average, percentile_95, report, report_least
from benchmarks._load import Answers, form, send
from benchmarks._reader import CONNECTIONS

LETTERS = int(os.environ.get("INTAKE_LETTERS", "2000"))
EMPTY_POSTS = 8_000
ROUNDS = 2
SHARE = 0.1
WRITE, CHECK = "/zh/write/letter/", "/zh/write/mine/check/"
TEXT = "小区门口的路灯坏了两个星期，晚上看不见台阶，已经有老人摔倒。请安排人来修，并告诉我们什么时候修好。"


def address(number: int) -> str:
    """Return an address in a network of its own: limits count networks, too."""
    return f"10.{number >> 8 & 255}.{number & 255}.7"


def headers(number: int, cookies: str, csrf: str) -> dict[str, str]:
    """Return what a browser sends, from an address of its own."""
    return {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": address(number),
        "Origin": f"https://{_site.HOST}",
        "Cookie": cookies,
        "X-CSRFToken": csrf,
        "Accept-Language": "zh-CN",
    }


def written_letter(number: int) -> bytes:
    """Write a letter as a person does, and return the request that sends it."""
    from django.test import Client

    client = Client(
        SERVER_NAME=_site.HOST,
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_FOR=address(number),
    )
    client.get(WRITE)
    fields = {"text": f"{TEXT}（第{number}户）", "title": "", "email": f"reader{number}@example.org", "publish": "no"}
    answer = client.post(WRITE, fields)
    if answer.status_code != 302:
        raise RuntimeError(f"the form answers {answer.status_code}: {answer.content[:400]!r}")
    page = client.get(CHECK).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None or csrf is None:
        raise RuntimeError("the check page has no token")
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return form(CHECK, {"token": token[1]}, headers(number, cookies, csrf[1]))


def empty_posts() -> list[bytes]:
    """Return as many empty forms, each from an address of its own."""
    from django.middleware.csrf import get_token
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    token = get_token(request)
    secret = request.META["CSRF_COOKIE"]
    return [form(_site.EMPTY, {}, headers(number, f"csrftoken={secret}", token)) for number in range(EMPTY_POSTS)]


def pgbench(database_url: str) -> float | None:
    """Return single-row commits a second by pgbench with as many clients; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    if not found:
        return None
    script = "INSERT INTO bench_rows (text) VALUES (repeat('x', 400));\n"
    import psycopg

    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute("CREATE TABLE bench_rows (id bigserial PRIMARY KEY, text text)")
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        said = subprocess.run(
            [str(found[-1]), "-n", "-f", file.name, "-c", str(CONNECTIONS), "-j", "2", "-T", "5", database_url],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    rate = re.search(r"tps = ([0-9.]+)", said)
    return float(rate[1]) if rate else None


def best(rounds: list[Answers]) -> Answers:
    """Return the fastest round; every answer must have been as expected."""
    if failures := sum(answers.failures for answers in rounds):
        raise RuntimeError(f"{failures} answers were not as expected")
    return max(rounds, key=lambda answers: answers.per_second)


def measure(url: str) -> None:
    """Fill the sessions, then send: empty forms, letters, empty forms again."""
    from engage.departments.models import Department
    from mailbox.models import Case

    if not Department.objects.exists():
        Department.add_root(code="city", name_zh="市政府", name_en="City")
    letters = [written_letter(number) for number in range(LETTERS)]
    os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks._empty", "ATTACK_SENDS_A_MINUTE": "1000000"}
    empty = empty_posts()
    with _site.web_server() as port:
        send(port, empty[:400], connections=CONNECTIONS, expected=200)
        before = send(port, empty, connections=CONNECTIONS, expected=200)
        half = LETTERS // ROUNDS
        rounds = [
            send(port, letters[number * half : (number + 1) * half], connections=CONNECTIONS, expected=302)
            for number in range(ROUNDS)
        ]
        after = send(port, empty, connections=CONNECTIONS, expected=200)
    framework, taken = best([before, after]), best(rounds)
    if Case.objects.count() != half * ROUNDS:
        raise RuntimeError(f"{Case.objects.count()} cases of {half * ROUNDS} letters")
    note = f"rounds {before.per_second:.0f}, {after.per_second:.0f}; {load_average()}"
    report("empty POST behind the same middleware", round(framework.per_second), "requests/s", note=note)
    commits = pgbench(url)
    if commits is not None:
        report("single-row commits, pgbench", round(commits), "a second", note=f"{CONNECTIONS} clients")
    shown = ", ".join(f"{answers.per_second:.0f}" for answers in rounds)
    share = f"{taken.per_second / framework.per_second:.3f} of the empty POST"
    if commits:
        share += f", {taken.per_second / commits:.4f} of the commits"
    report_least(
        "letters taken in, all rows committed",
        round(taken.per_second, 1),
        "letters/s",
        round(SHARE * framework.per_second, 1),
        f"{share}; p95 {percentile_95(taken.milliseconds):.0f} ms; rounds {shown}; {load_average()}",
    )


if __name__ == "__main__":
    _site.run("intake", measure, figure="letters")
