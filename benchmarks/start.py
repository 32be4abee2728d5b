"""How long a stranger waits: a first `make run` with nothing there and empty package caches, and later ones."""

import os
import re
import resource
import shutil
import time
from pathlib import Path

from benchmarks._figures import load_average, report_most
from tests.services import NOT_FOR_A_SITE, ROOT, Server, free_port

COLD_SECONDS = 90
WARM_SECONDS, WARM_ROUNDS = 5, 3
FOLDER = Path(os.environ["ENGAGE_VAR"])


def copy_of_project(folder: Path) -> Path:
    unwanted = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", "*.mo", ".*_cache")
    shutil.copytree(ROOT, folder, ignore=unwanted)
    return folder


def processor_seconds() -> float:
    """Processor time of all programs that this one started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def started_seconds(project: Path, port: int) -> tuple[float, str]:
    """Seconds on a clock of our own until the site says that it answers, and its own account of the stages.

    The processor's time is told beside: on a machine with other work the seconds say little.
    """
    caches = {"UV_CACHE_DIR": str(FOLDER / "uv"), "PIP_CACHE_DIR": str(FOLDER / "pip"), "PORT": str(port)}
    outer = {name: value for name, value in os.environ.items() if name not in {*NOT_FOR_A_SITE, "ENGAGE_VAR"}}
    began, busy = time.monotonic(), processor_seconds()
    server = Server(["sh", "scripts/run"], project, outer | caches)
    try:
        server.wait_for("Started in")
        seconds = time.monotonic() - began
    finally:
        server.stop()
    stages = re.search(r"Started in [\d.]+ s: (.*)", server.said)[1]
    return seconds, f"{stages}; {processor_seconds() - busy:.1f} s of a processor until stopped"


def main() -> None:
    # The port stays the same, as it does for somebody who types `make run`.
    project, port = copy_of_project(FOLDER / "engage"), free_port()
    seconds, stages = started_seconds(project, port)
    name = "make run, nothing there, downloads included"
    report_most(name, round(seconds, 1), "s", COLD_SECONDS, f"{stages}; {load_average()}")
    rounds = [started_seconds(project, port) for _ in range(WARM_ROUNDS)]
    seconds, stages = min(rounds)
    shown = ", ".join(f"{each:.1f}" for each, _stages in rounds)
    report_most(
        "make run, a later time", round(seconds, 1), "s", WARM_SECONDS, f"rounds {shown}; {stages}; {load_average()}"
    )


if __name__ == "__main__":
    main()
