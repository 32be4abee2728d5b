"""Run benchmarks/*.py one after the other and print their figures beside their targets.

A benchmark is a program that prints one JSON object a line for each figure, and anything else for a person:

    {"name": "draft page, anonymous", "value": 412.5, "unit": "requests/s", "target": ">= 180", "ok": true, "note": ""}

`target` is words for a reader, empty where there is none; the benchmark itself decides `ok` (null: no target).
It finds in its environment ENGAGE_BENCH_POSTGRES and ENGAGE_BENCH_REDIS, the URLs of empty private servers (unset where
there is none on this machine: it then prints what it can), and ENGAGE_VAR, an empty folder that is its own.
A name that begins with _ is a module that benchmarks share, not one of them.

    BENCH=receipts,search make bench    only those

The exit status is 1 when a benchmark ended badly, printed no figure or missed a target.
"""

import json
import os
import platform
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import services  # noqa: E402

COLUMNS = ("figure", "value", "target", "", "note")


def chosen_benchmarks() -> list[Path]:
    programs = sorted(path for path in (ROOT / "benchmarks").glob("*.py") if not path.name.startswith("_"))
    wanted = set(filter(None, os.environ.get("BENCH", "").split(",")))
    if unknown := wanted - {path.stem for path in programs}:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}: {', '.join(path.stem for path in programs)}")
    return [path for path in programs if not wanted or path.stem in wanted]


def run_benchmark(program: Path, environment: dict[str, str]) -> list[dict[str, Any]]:
    """Return its figures; what is no figure is shown as it comes."""
    print(f"\n== {program.stem} ==", flush=True)
    began, figures = time.monotonic(), []
    with services.temporary_folder("engage-bench-") as folder:
        running = subprocess.Popen(
            # -P: a benchmark may have the name of a package of the project.
            [sys.executable, "-P", str(program)],
            cwd=ROOT,
            env={**environment, "ENGAGE_VAR": str(folder), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in running.stdout:
            if line.startswith("{"):
                figures.append(json.loads(line))
            else:
                print(line, end="", flush=True)
        status = running.wait()
    print(f"({time.monotonic() - began:.0f} s)", flush=True)
    if status or not figures:
        reason = f"ended with status {status}" if status else "printed no figure"
        figures.append({"name": program.stem, "value": reason, "unit": "", "target": "", "ok": False, "note": ""})
    return figures


def told_value(value: Any) -> str:
    return f"{value:,.3g}" if isinstance(value, float) and abs(value) < 100 else (
        f"{value:,.0f}" if isinstance(value, int | float) else str(value)
    )  # fmt: skip


def table(figures: list[dict[str, Any]]) -> str:
    verdicts = {True: "met", False: "MISSED", None: ""}
    rows = [COLUMNS] + [
        (
            figure["name"],
            f"{told_value(figure['value'])} {figure.get('unit', '')}".strip(),
            str(figure.get("target") or ""),
            verdicts[figure.get("ok")],
            str(figure.get("note") or ""),
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    programs = chosen_benchmarks()
    environment = {name: value for name, value in os.environ.items() if name not in services.NOT_FOR_A_SITE}
    figures: list[dict[str, Any]] = []
    with ExitStack() as stack:
        for name, start in (
            ("ENGAGE_BENCH_POSTGRES", lambda: services.postgresql(durable=True)),
            ("ENGAGE_BENCH_REDIS", services.redis),
        ):
            try:
                environment[name] = stack.enter_context(start())
            except services.Missing as missing:
                print(f"{name} is not set: {missing}")
        for program in programs:
            figures += run_benchmark(program, environment)
    print(f"\n{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores\n")
    print(table(figures))
    return 1 if any(figure.get("ok") is False for figure in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
