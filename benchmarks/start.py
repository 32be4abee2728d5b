"""How long a stranger waits: a first `make run` with nothing there and empty package caches, and a later one."""

import json
import os
import re
import shutil
import time
from pathlib import Path

from tests.services import NOT_FOR_A_SITE, ROOT, Server, free_port

COLD_SECONDS = 90
WARM_SECONDS = 5
FOLDER = Path(os.environ["ENGAGE_VAR"])


def copy_of_project(folder: Path) -> Path:
    unwanted = shutil.ignore_patterns(".git", ".venv", "var*", "__pycache__", "*.mo", ".*_cache")
    shutil.copytree(ROOT, folder, ignore=unwanted)
    return folder


def started_seconds(project: Path) -> tuple[float, str]:
    """Seconds on a clock of our own until the site says that it answers, and its own account of the stages."""
    caches = {"UV_CACHE_DIR": str(FOLDER / "uv"), "PIP_CACHE_DIR": str(FOLDER / "pip"), "PORT": str(free_port())}
    outer = {name: value for name, value in os.environ.items() if name not in {*NOT_FOR_A_SITE, "ENGAGE_VAR"}}
    began = time.monotonic()
    server = Server(["sh", "scripts/run"], project, outer | caches)
    try:
        server.wait_for("Started in")
        seconds = time.monotonic() - began
    finally:
        server.stop()
    return seconds, re.search(r"Started in [\d.]+ s: (.*)", server.said)[1]


def measure(name: str, project: Path, target: int) -> None:
    seconds, stages = started_seconds(project)
    figure = {"name": name, "value": round(seconds, 1), "unit": "s", "target": f"<= {target} s"}
    print(json.dumps(figure | {"ok": seconds <= target, "note": stages}), flush=True)


def main() -> None:
    project = copy_of_project(FOLDER / "engage")
    measure("make run, nothing there, downloads included", project, COLD_SECONDS)
    measure("make run, a later time", project, WARM_SECONDS)


if __name__ == "__main__":
    main()
