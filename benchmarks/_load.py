"""A small load generator: a few kept connections, a fixed number of requests, 127.0.0.1 only."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from benchmarks._site import HOST

MOST_SECONDS = 60


@dataclass
class Answers:
    """What came back: milliseconds of each answer, how long all took, how many were not 200."""

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


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read one whole answer and return its status; the site gives every page a length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    lengths = [int(line.split(":")[1]) for line in head if line.lower().startswith("content-length:")]
    await reader.readexactly(lengths[0])
    return int(head[0].split()[1])


async def _reader(port: int, paths: Iterator[str], headers: Mapping[str, str], answers: Answers, until: float) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    for path in paths:
        if time.perf_counter() > until:
            break
        began = time.perf_counter()
        writer.write(_request(path, headers))
        answers.failures += await _answer(reader) != 200
        answers.milliseconds.append((time.perf_counter() - began) * 1000)
    writer.close()


def ask(port: int, paths: list[str], *, connections: int, headers: Mapping[str, str]) -> Answers:
    """Ask for every path once over so many connections at a time; gives up after MOST_SECONDS."""
    answers, queue, began = Answers(), iter(paths), time.perf_counter()

    async def all_readers() -> None:
        until = began + MOST_SECONDS
        await asyncio.gather(*(_reader(port, queue, headers, answers, until) for _ in range(connections)))

    asyncio.run(all_readers())
    answers.seconds = time.perf_counter() - began
    return answers
