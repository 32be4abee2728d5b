"""scripts/test says truly what ran: its totals and its exit status are what others act on."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.services import ROOT

pytestmark = pytest.mark.sqlite_only

# Plugins that these tests of tests do not need take most of the time.
QUICK = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "xdist.plugin"}


@pytest.fixture(scope="module")
def suite() -> ModuleType:
    specification = importlib.util.spec_from_file_location("suite", ROOT / "scripts" / "suite.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """A project with the same script and a handful of tests in place of ours."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "tests").mkdir()
    for name in ("scripts/suite.py", "tests/__init__.py", "tests/prepared.py", "tests/services.py"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    markers = "\n".join(f"    {name}: x" for name in ("sqlite_only", "postgres", "redis", "browser", "faults"))
    (tmp_path / "pytest.ini").write_text(f"[pytest]\naddopts = --strict-markers\nmarkers =\n{markers}\n")
    return tmp_path


def run_suite(project: Path, tests: str, kind: str = "sqlite_only", **environment: str) -> tuple[int, list[str]]:
    """Run it on a machine without PostgreSQL, Redis and browser; return its status and its lines."""
    (project / "tests" / "test_some.py").write_text(f"import pytest\npytestmark = [pytest.mark.{kind}]\n{tests}")
    own = {"PATH": str(project), "HOME": os.environ.get("HOME", "/"), "PYTEST_ARGS": "-n 0", **QUICK, **environment}
    source = (project / "tests" / "services.py").read_text()
    (project / "tests" / "services.py").write_text(
        source.replace("POSTGRES_FOLDERS = (", "POSTGRES_FOLDERS = () and (").replace(
            "CHROMIUM_PATHS = (", "CHROMIUM_PATHS = () and ("
        )
    )
    done = subprocess.run(
        [sys.executable, "scripts/suite.py"],
        cwd=project,
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout.rstrip("\n").splitlines()


def test_the_last_line_is_the_totals_alone(small_project):
    status, lines = run_suite(small_project, "def test_one(): pass\ndef test_two(): pytest.skip('not today')\n")
    assert (status, lines[-1]) == (0, "1 passed, 0 failed, 1 skipped")


def test_a_failure_and_a_broken_fixture_both_count(small_project):
    tests = (
        "@pytest.fixture\ndef broken(): raise OSError\n"
        "def test_one(broken): pass\ndef test_two(): assert False\ndef test_three(): pass\n"
    )
    status, lines = run_suite(small_project, tests)
    assert (status, lines[-1]) == (1, "1 passed, 2 failed, 0 skipped")


def test_a_file_that_cannot_be_read_is_a_failure(small_project):
    status, lines = run_suite(small_project, "def test_one(: pass\n")
    assert status == 1
    assert lines[-1].startswith("0 passed, ")
    assert "0 failed" not in lines[-1]


def test_a_part_that_cannot_run_is_named_with_its_reason_and_its_tests_count_as_skipped(small_project):
    tests = "def test_one(): pass\n@pytest.mark.browser\ndef test_two(): pass\n"
    status, lines = run_suite(small_project, tests, kind="filterwarnings('default')")
    # One for the browser, one that PostgreSQL would have repeated.
    assert (status, lines[-1]) == (0, "1 passed, 0 failed, 2 skipped")
    assert any("browser" in line and "not run: no Chromium found" in line for line in lines)
    assert any("PostgreSQL" in line and "not run: no PostgreSQL server found" in line for line in lines)
    assert any("Redis" in line and "not run: no Redis server found" in line for line in lines)
    assert any("SQLite" in line and "ran: 1 passed" in line for line in lines)


def test_a_required_part_that_cannot_run_is_a_failure(small_project):
    status, lines = run_suite(small_project, "def test_one(): pass\n", ENGAGE_REQUIRE="redis")
    assert (status, lines[-1]) == (1, "1 passed, 1 failed, 0 skipped")
    assert any("NOT RUN, though required" in line for line in lines)


def test_a_requirement_that_nobody_knows_is_refused(small_project):
    status, lines = run_suite(small_project, "def test_one(): pass\n", ENGAGE_REQUIRE="oracle")
    assert status == 1
    assert "not oracle" in lines[-1]


def test_no_test_at_all_is_no_success(small_project):
    status, lines = run_suite(small_project, "", PYTEST_ARGS="-n 0 -k nothing_is_called_so")
    assert (status, lines[-1]) == (1, "0 passed, 0 failed, 0 skipped")


def test_arguments_reach_pytest(small_project):
    tests = "def test_one(): pass\ndef test_two(): pass\n"
    _, lines = run_suite(small_project, tests, PYTEST_ARGS="-n 0 -k 'test_one or nothing'")
    assert lines[-1].startswith("1 passed")


FAILS_ONCE = (
    "import pathlib\nmark = pathlib.Path(__file__).with_suffix('.seen')\n"
    "def test_one(): pass\n"
    "def test_two():\n    seen = mark.exists()\n    mark.touch()\n    assert seen\n"
)


def test_what_failed_in_a_browser_runs_once_more_and_the_part_says_so(small_project):
    status, lines = run_suite(small_project, FAILS_ONCE, kind="browser", CHROMIUM=sys.executable)
    assert (status, lines[-1]) == (0, "2 passed, 0 failed, 0 skipped")
    assert any("browser" in line and "1 of them only in a second run" in line for line in lines)


def test_what_fails_twice_in_a_browser_is_a_failure(small_project):
    status, lines = run_suite(small_project, "def test_one(): assert False\n", kind="browser", CHROMIUM=sys.executable)
    assert (status, lines[-1]) == (1, "0 passed, 1 failed, 0 skipped")


def test_many_failures_in_a_browser_are_the_codes(small_project):
    tests = "".join(f"def test_{number}(): assert False\n" for number in range(4))
    status, lines = run_suite(small_project, tests, kind="browser", CHROMIUM=sys.executable)
    assert (status, lines[-1]) == (1, "0 passed, 4 failed, 0 skipped")
    assert not any("once more" in line for line in lines)


def test_one_test_elsewhere_runs_once_more_and_the_part_says_so(small_project):
    status, lines = run_suite(small_project, FAILS_ONCE)
    assert (status, lines[-1]) == (0, "2 passed, 0 failed, 0 skipped")
    assert any("SQLite" in line and "1 of them only in a second run" in line for line in lines)
    status, lines = run_suite(small_project, f"{FAILS_ONCE}def test_three(): assert False\n")
    assert (status, lines[-1]) == (1, "2 passed, 1 failed, 0 skipped")


def test_what_hangs_ends_as_a_failure_with_where_it_stood_and_runs_once_more(small_project):
    script = small_project / "scripts" / "suite.py"
    script.write_text(re.sub(r"LONGEST = \d+", "LONGEST = 2", script.read_text()))
    hangs_once = FAILS_ONCE.replace("assert seen", "threading.Event().wait(None if not seen else 0)")
    tests = f"import threading\n{hangs_once}def test_three(): pass\n"
    status, lines = run_suite(small_project, tests, PYTEST_ARGS="-n 1")
    assert (status, lines[-1]) == (0, "3 passed, 0 failed, 0 skipped")
    assert any("in test_two" in line for line in lines)
    assert any("SQLite" in line and "1 of them only in a second run" in line for line in lines)
