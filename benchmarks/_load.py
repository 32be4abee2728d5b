"""A small load generator: a few kept connections, a fixed number of requests, 127.0.0.1 only."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks._site import HOST

MOST_SECONDS = 60


@dataclass
class Answers:
    """What came back: milliseconds of each answer, how long all took, how many had another status than was expected."""

    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    failures: int = 0

    @property
    def per_second(self) -> float:
        """Good answers a second."""
        return (len(self.milliseconds) - self.failures) / self.seconds


def _request(path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def form(path: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> bytes:
    """Return the bytes of a form that a browser sends."""
    body = urlencode(fields).encode()
    lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read one whole answer and return its status; the site gives every page a length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    lengths = [int(line.split(":")[1]) for line in head if line.lower().startswith("content-length:")]
    await reader.readexactly(lengths[0])
    return int(head[0].split()[1])


async def _connection(port: int, requests: Iterator[bytes], expected: int, answers: Answers, until: float) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    for request in requests:
        if time.perf_counter() > until:
            break
        began = time.perf_counter()
        writer.write(request)
        # Added only once it is there: others add while this one waits.
        status = await _answer(reader)
        answers.failures += status != expected
        answers.milliseconds.append((time.perf_counter() - began) * 1000)
    writer.close()


def ask(port: int, paths: list[str], *, connections: int, headers: Mapping[str, str]) -> Answers:
    """Ask for every path once over so many connections at a time; gives up after MOST_SECONDS."""
    return send(port, [_request(path, headers) for path in paths], connections=connections, expected=200)


def send(port: int, requests: Iterable[bytes], *, connections: int, expected: int) -> Answers:
    """Send every request once over so many connections at a time; gives up after MOST_SECONDS."""
    answers, queue, began = Answers(), iter(requests), time.perf_counter()

    async def all_connections() -> None:
        until = began + MOST_SECONDS
        await asyncio.gather(*(_connection(port, queue, expected, answers, until) for _ in range(connections)))

    asyncio.run(all_connections())
    answers.seconds = time.perf_counter() - began
    return answers
