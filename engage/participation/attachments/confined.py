"""Runs a parser as a program of its own, with bounds on its time and memory and without our secrets.

A PDF of a few kilobytes can keep a parser busy for hours, and a decoder in C can fall over a crafted picture: the
server must survive both. Used as `python -m engage.participation.attachments.confined MODULE:FUNCTION SECONDS`, bytes
in, bytes out.
"""

import contextlib
import importlib
import json
import math
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
_CLEANING = {
    "pdf": "engage.participation.attachments.pdf:clean",
    "heic": "engage.participation.attachments.pictures:clean_heic",
}
# What an interpreter needs to start; keys and addresses of the server are not handed on.
_ENVIRONMENT = ("PATH", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")
# Outlines and trees of pages nest deeper than Python's usual thousand.
_RECURSION_LIMIT = 10_000


def clean(kind: str, content: bytes) -> bytes:
    """Return the cleaned file. Raises Refused: what the cleaning raises, or "too_complex" when it broke a bound."""
    return run(_CLEANING[kind], content)


def run(function: str, content: bytes, *, seconds: float | None = None) -> bytes:
    """Return what `function` ("module:name", bytes to bytes) makes of `content` in a program of its own.

    Raises Refused: what the function raises, or "too_complex" when it broke a bound or fell over.
    """
    seconds = MAX_SECONDS if seconds is None else seconds
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, function, str(seconds)],
            input=content,
            capture_output=True,
            timeout=seconds,
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


def _bound(seconds: float) -> None:
    sys.setrecursionlimit(_RECURSION_LIMIT)
    whole_seconds = math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (whole_seconds, whole_seconds))
    # macOS knows the name of this bound and refuses to set it.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def main(function: str, seconds: float) -> int:
    """Read the file from standard input, write what `function` makes of it to standard output; return the status."""
    _bound(seconds)
    module, _colon, name = function.partition(":")
    job = getattr(importlib.import_module(module), name)
    try:
        made = job(sys.stdin.buffer.read())
    except Refused as refused:
        sys.stdout.write(json.dumps({"code": refused.code, "values": refused.values}))
        return _REFUSED
    sys.stdout.buffer.write(made)
    return _DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
