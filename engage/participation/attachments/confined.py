"""Runs a parser as a program of its own, with bounds on its time and memory and without our secrets.

A PDF of a few kilobytes can keep a parser busy for hours, and a decoder in C can fall over a crafted picture: the
server must survive both. Used as `python -m engage.participation.attachments.confined JOB`, bytes in, bytes out.
"""

import contextlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from engage.errors import Refused

MAX_SECONDS = 30
MAX_MEMORY_BYTES = 1536 * 1024 * 1024

_ROOT = Path(__file__).resolve().parents[3]
_DONE, _REFUSED = 0, 3
# What an interpreter needs to start; keys and addresses of the server are not handed on.
_ENVIRONMENT = ("PATH", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")
# Outlines and trees of pages nest deeper than Python's usual thousand.
_RECURSION_LIMIT = 10_000


def clean(job: str, content: bytes) -> bytes:
    """Return the cleaned file. Raises Refused: what the job raises, or "too_complex" when it broke a bound."""
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, job],
            input=content,
            capture_output=True,
            timeout=MAX_SECONDS,
            cwd=_ROOT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("too_complex") from error
    if done.returncode == _DONE:
        return done.stdout
    if done.returncode == _REFUSED:
        refusal = json.loads(done.stdout)
        raise Refused(refusal["code"], **refusal["values"])
    raise Refused("too_complex")


def _bound() -> None:
    sys.setrecursionlimit(_RECURSION_LIMIT)
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    # macOS knows the name of this bound and refuses to set it.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def _run(job: str, content: bytes) -> bytes:
    if job == "pdf":
        from engage.participation.attachments import pdf

        return pdf.clean(content)
    if job == "heic":
        from engage.participation.attachments import pictures

        return pictures.clean(content, job)
    raise SystemExit(f"no job is called {job}")


def main(job: str) -> int:
    """Read the file from standard input, write the cleaned one to standard output; return the exit status."""
    _bound()
    try:
        cleaned = _run(job, sys.stdin.buffer.read())
    except Refused as refused:
        sys.stdout.write(json.dumps({"code": refused.code, "values": refused.values}))
        return _REFUSED
    sys.stdout.buffer.write(cleaned)
    return _DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
