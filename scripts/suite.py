"""Run the tests part by part: SQLite always, PostgreSQL, Redis, Chromium and the fault tests where they can run.

    PYTEST_ARGS="tests/journal -k seal"       goes to every call of pytest
    ENGAGE_REQUIRE=postgres,redis,browser     a part that cannot run is a failure
    TEST_DATABASE_URL, TEST_REDIS_URL         servers that already run
    CHROMIUM                                  a browser that is not on PATH

The last line printed is "N passed, N failed, N skipped", alone. The exit status is 0 only when nothing failed and
something ran. Tests of a part that cannot run count as skipped.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import prepared, services  # noqa: E402

# A worker builds a database of its own, which takes seconds: more workers than this cost more than they save.
MOST_WORKERS = 8
# Seconds. The longest tests take a sixth of it; what takes longer hangs, and would hang until somebody ends the run.
LONGEST = 900
# Where each thread stands is printed, and the worker ends: a failed test, whatever it waits for.
WATCHED = ("-o", f"faulthandler_timeout={LONGEST}", "-o", "faulthandler_exit_on_timeout=true")
ELSEWHERE = "not redis and not browser and not faults"
# Files of the run that need not survive it, and how many bytes must be free there. A run has used up to 3 GB.
IN_MEMORY = Path("/dev/shm")
ROOM = 8 << 30


@dataclass
class Part:
    """One call of pytest: which tests, with which servers, and what came of it."""

    name: str
    select: str
    environment: dict[str, str] = field(default_factory=dict)
    # Half to each of two workers, and whoever is done takes tests from the other, down to the last.
    spread: tuple[str, ...] = ("--dist", "worksteal")
    # Where its tests are, when that is one place: to read all files takes longer than a few tests.
    folder: str = ""
    # What waits now and then, for a page, a person's pace or a process, leaves its place to others.
    more_workers: int = 0
    # So many failures may be the machine's: what failed runs once more, alone, and the part says so.
    second_chances: int = 1
    # Its name in ENGAGE_REQUIRE, why it cannot run, and whether it was required all the same.
    needs: str = ""
    reason: str = ""
    required: bool = False
    totals: Counter = field(default_factory=Counter)
    passed_again: int = 0
    seconds: float = 0.0

    def told(self) -> str:
        if self.reason:
            verdict = "NOT RUN, though required" if self.required else "not run"
            return f"  {self.name:<22} {verdict}: {self.reason}"
        again = f", {self.passed_again} of them only in a second run" if self.passed_again else ""
        return f"  {self.name:<22} ran: {totals_line(self.totals)} in {self.seconds:.0f} s{again}"


def totals_line(totals: Counter) -> str:
    return f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped"


def read_report(path: Path) -> Counter:
    """The totals of a JUnit report; an error in a fixture is a failure."""
    suite = ElementTree.parse(path).getroot().find("testsuite")
    number = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    failed = number["failures"] + number["errors"]
    return Counter(passed=number["tests"] - failed - number["skipped"], failed=failed, skipped=number["skipped"])


def clean_environment() -> dict[str, str]:
    """The caller's own database and Redis are not for tests."""
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}


def pytest_call(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments, *shlex.split(os.environ.get("PYTEST_ARGS", ""))]


def run_part(part: Part, reports: Path) -> None:
    print(f"\n== {part.name} ==", flush=True)
    report = reports / f"{re.sub('[^a-z]+', '-', part.name.lower())}.xml"
    workers = min(os.cpu_count() or 1, MOST_WORKERS) + part.more_workers
    # The caller's own choice of tests is not to be widened.
    where = [part.folder] if part.folder and "PYTEST_ARGS" not in os.environ else []
    began = time.monotonic()
    part.totals, status = run_tests(part, report, "-n", str(workers), *part.spread, *where)
    failed = part.totals["failed"]
    # 1: all ran, and some failed. Whatever ended it early is no matter of a single test.
    if status == 1 and 0 < failed <= part.second_chances:
        print(f"\n== {part.name}: what failed, once more ==", flush=True)
        again = report.with_stem(f"{report.stem}-again")
        once_more, _status = run_tests(
            part, again, "-n", "0", "--last-failed", "--last-failed-no-failures=none", *where
        )
        if once_more["passed"] == failed:
            part.passed_again = failed
            part.totals += Counter(passed=failed)
            part.totals["failed"] = 0
    part.seconds = time.monotonic() - began


def run_tests(part: Part, report: Path, *arguments: str) -> tuple[Counter, int]:
    """Run a part's tests; returns their totals and pytest's status."""
    done = subprocess.run(
        pytest_call("-q", "-m", part.select, f"--junitxml={report}", *WATCHED, *arguments),
        cwd=ROOT,
        env={**clean_environment(), **part.environment},
        stdin=subprocess.DEVNULL,
    )
    totals = read_report(report) if report.exists() else Counter()
    # 5: nothing was selected, which PYTEST_ARGS may well mean. Anything but that and a failed test is a failure too.
    if done.returncode not in (0, 5) and not totals["failed"]:
        print(f"pytest itself ended with status {done.returncode}", flush=True)
        totals["failed"] = 1
    return totals, done.returncode


def count_tests(select: str) -> int:
    """How many tests a part that cannot run would have had."""
    told = subprocess.run(
        pytest_call("-q", "--collect-only", "-m", select, "-n", "0"),
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    ).stdout
    found = re.search(r"^(\d+)(?:/\d+)? tests? collected", told, re.MULTILINE)
    return int(found[1]) if found else 0


def planned_parts(stack: ExitStack, required: set[str]) -> list[Part]:
    """Start what can be started and say for every part with what it runs, or why it does not."""

    def found(start: Callable[[], str]) -> tuple[str, str]:
        try:
            return start(), ""
        except services.Missing as missing:
            return "", str(missing)

    database, no_database = found(lambda: stack.enter_context(services.postgresql()))
    if database and "PYTEST_ARGS" not in os.environ:
        # Migrated beside the first part, whose workers wait for one of them to migrate their own.
        stack.enter_context(prepared.beside(database))
    redis, no_redis = found(lambda: stack.enter_context(services.redis()))
    _, no_browser = found(services.chromium_path)
    on_postgres = {"DATABASE_URL": database}
    with_redis = {"REDIS_URL": redis, **(on_postgres if database else {})}

    # One by one in their order, what takes longest first.
    in_order = ("--dist", "load", "--maxschedchunk", "1")
    parts = [
        Part("SQLite", f"not postgres and {ELSEWHERE}"),
        Part("PostgreSQL", f"not sqlite_only and {ELSEWHERE}", on_postgres, needs="postgres", reason=no_database),
        Part("Redis", "redis", with_redis, needs="redis", reason=no_redis, folder="tests/participation"),
        Part("browser", "browser", needs="browser", reason=no_browser, more_workers=1, second_chances=3,
             spread=in_order),
        # What is killed is waited for, as browsers wait.
        Part("faults on SQLite", "faults and not postgres", folder="tests/faults", more_workers=1, spread=in_order),
        Part("faults on PostgreSQL", "faults and not sqlite_only", on_postgres, needs="postgres", reason=no_database,
             folder="tests/faults", more_workers=1, spread=in_order),
    ]  # fmt: skip
    for part in parts:
        part.required = bool(part.reason) and part.needs in required
    return parts


@contextmanager
def scratch() -> Iterator[None]:
    """Keep what the run writes in memory where that is to be had: databases are made and put back all the time.

    TMPDIR, when the caller gave one, holds.
    """
    if "TMPDIR" in os.environ or not is_roomy(IN_MEMORY):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="engage-suite-", dir=IN_MEMORY, ignore_cleanup_errors=True) as folder:
        # Servers of the tests that run as users of their own have folders in it.
        os.chmod(folder, 0o711)
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        yield


def is_roomy(place: Path) -> bool:
    """Tell whether a file system in memory has room, the machine twice as much memory, and programs may start there."""
    if not os.access(place, os.W_OK) or os.statvfs(place).f_flag & getattr(os, "ST_NOEXEC", 0):
        return False
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return shutil.disk_usage(place).free >= ROOM and memory >= 2 * ROOM


def required_parts() -> set[str]:
    required = set(filter(None, os.environ.get("ENGAGE_REQUIRE", "").replace(" ", "").split(",")))
    if unknown := required - {"postgres", "redis", "browser"}:
        sys.exit(f"ENGAGE_REQUIRE knows postgres, redis and browser, not {', '.join(sorted(unknown))}")
    return required


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    required = required_parts()
    with ExitStack() as stack:
        stack.enter_context(scratch())
        reports = stack.enter_context(services.temporary_folder("engage-reports-"))
        os.environ["ENGAGE_TEST_PREPARED"] = str(stack.enter_context(services.temporary_folder("engage-prepared-")))
        parts = planned_parts(stack, required)
        for part in parts:
            if not part.reason:
                run_part(part, reports)
            elif part.required:
                part.totals["failed"] = 1
            else:
                part.totals["skipped"] = count_tests(part.select)

    totals = sum((part.totals for part in parts), Counter())
    print("\nParts:", *(part.told() for part in parts), sep="\n")
    if not totals["passed"] + totals["failed"]:
        print("No test ran.")
    print(totals_line(totals), flush=True)
    return 0 if totals["passed"] and not totals["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
