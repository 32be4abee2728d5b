"""How a benchmark says what it measured; scripts/bench.py has the protocol."""

import json
import os
import statistics
from collections.abc import Sequence
from typing import Any


def report(name: str, value: Any, unit: str, target: str = "", ok: bool | None = None, note: str = "") -> None:
    """Print one figure as one line of JSON."""
    figure = {"name": name, "value": value, "unit": unit, "target": target, "ok": ok, "note": note}
    print(json.dumps(figure, ensure_ascii=False), flush=True)


def report_most(name: str, value: float, unit: str, most: float, note: str = "") -> None:
    """Print a figure that must not be above `most`."""
    report(name, value, unit, f"<= {most:g} {unit}", value <= most, note)


def report_least(name: str, value: float, unit: str, least: float, note: str = "") -> None:
    """Print a figure that must not be below `least`."""
    report(name, value, unit, f">= {least:g} {unit}", value >= least, note)


def percentile_95(values: Sequence[float]) -> float:
    """Return the value that 19 of 20 stay at or below."""
    return statistics.quantiles(values, n=20)[-1]


def load_average() -> str:
    """Say how busy the machine is: other work on it makes every time longer."""
    return f"load average {os.getloadavg()[0]:.1f}"
