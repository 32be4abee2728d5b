"""`make run` as a stranger meets it: a folder with an odd name, a first start, later starts, and every way to end."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests import prepared
from tests.services import NOT_FOR_A_SITE, ROOT, Server, free_port

pytestmark = pytest.mark.sqlite_only

NEEDED_TO_LOOK = ("sh", "dirname", "cat", "cksum", "date", "id", "uname")


def own_environment(**more: str) -> dict[str, str]:
    left_out = {*NOT_FOR_A_SITE, "ENGAGE_VAR", "ENGAGE_DEMO", "PORT"}
    return {name: value for name, value in os.environ.items() if name not in left_out} | more


def copy_of_project(folder: Path) -> Path:
    """The project as a stranger has it, but for the environment, which is ours: packages come from no network here."""
    unwanted = shutil.ignore_patterns(".git", ".venv", "var", "var-*", "__pycache__", "tests", "docs", ".*_cache")
    shutil.copytree(ROOT, folder, ignore=unwanted)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


@contextmanager
def started(project: Path, port: int, **environment: str) -> Iterator[Server]:
    """`sh scripts/run` up to the line that says how long it took."""
    server = Server(["sh", "scripts/run"], project, own_environment(PORT=str(port), **environment))
    try:
        server.wait_for("Started in")
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def port() -> int:
    """One for all starts: at another one the site is prepared again."""
    return free_port()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, port: int) -> Path:
    """A project that was started before, so its site is there."""
    folder = copy_of_project(tmp_path_factory.mktemp("run") / "民意 通 engage")
    prepared.demo_site(folder / "var")
    with started(folder, port):
        pass
    return folder


def processes_of(server: Server) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,pgid="], capture_output=True, text=True, check=True).stdout.split()
    return [int(pid) for pid, group in zip(listed[::2], listed[1::2], strict=True) if int(group) == server.pid]


def left_in_the_end(server: Server, seconds: float = 20) -> list[int]:
    """What is still there after a while: the web server's own worker ends a little later than its parent."""
    deadline = time.monotonic() + seconds
    while (left := processes_of(server)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def child_running(server: Server, text: str) -> int:
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return next(int(pid) for pid, parent, command in rows if int(parent) == server.pid and text in command)


def site_name(project: Path) -> str:
    with closing(sqlite3.connect(project / "var" / "engage.sqlite3")) as database:
        return database.execute("SELECT site_name FROM wagtailcore_site").fetchone()[0]


def test_a_first_start_makes_everything(tmp_path, port):
    project = copy_of_project(tmp_path / "民意 通 engage")
    with prepared.demo_made_by(project / "var"), started(project, port) as server:
        assert f"http://127.0.0.1:{port}/" in server.said
        assert "migrations" in server.said
        assert "officer" in server.said.lower()


def test_a_second_start_keeps_all_data_says_how_to_sign_in_answers_and_is_the_only_one(project, port):
    with closing(sqlite3.connect(project / "var" / "engage.sqlite3")) as database:
        database.execute("UPDATE wagtailcore_site SET site_name = '留下来的'")
        database.commit()
    with started(project, port) as server:
        assert "Applying" not in server.said
        assert "officer" in server.said.lower()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            assert answer.status == 200
        second = subprocess.run(
            ["sh", "scripts/run"],
            cwd=project,
            env=own_environment(PORT=str(free_port())),
            capture_output=True,
            text=True,
        )
        assert second.returncode == 1
        assert f"already running (process {server.pid})" in second.stderr
    assert site_name(project) == "留下来的"


def test_new_code_is_prepared_again(project, port):
    (project / "engage" / "newer.py").write_text('"""A file that was not there before."""\n')
    with started(project, port) as server:
        assert "demo site" in server.said


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])  # SIGINT is what Ctrl-C sends, below
def test_a_signal_to_the_supervisor_stops_everything_it_started(project, how, port):
    with started(project, port) as server:
        assert len(processes_of(server)) >= 3
        assert server.stop(how) == 0
        assert left_in_the_end(server) == []
        assert "Engage is stopped" in server.said


def test_ctrl_c_reaches_the_whole_group_and_nothing_is_left(project, port):
    with started(project, port) as server:
        os.killpg(server.pid, signal.SIGINT)
        assert server.wait(timeout=60) == 0
        assert left_in_the_end(server) == []


@pytest.mark.parametrize(("child", "name"), [("granian", "web server"), ("manage.py worker", "worker")])
def test_the_end_of_one_child_ends_the_other_and_says_so(project, child, name, port):
    with started(project, port) as server:
        os.kill(child_running(server, child), signal.SIGKILL)
        assert server.wait(timeout=60) == 1
        server.reader.join()
        assert f"The {name} ended by itself" in server.said
        assert left_in_the_end(server) == []


def test_a_taken_port_is_refused_with_another_one_named(project):
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        refused = subprocess.run(
            ["sh", "scripts/run"], cwd=project, env=own_environment(PORT=str(port)), capture_output=True, text=True
        )
    assert refused.returncode == 1
    assert f"Port {port} is in use" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("given", ["abc", "0", "65536", "-1", "８０８０a"])
def test_a_port_that_is_none_is_refused(project, given):
    refused = subprocess.run(
        ["sh", "scripts/run"], cwd=project, env=own_environment(PORT=given), capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert "PORT must be a number" in refused.stderr


def test_a_reset_sets_the_site_aside_and_keeps_the_secrets(tmp_path):
    (tmp_path / "engage.sqlite3").write_text("old")
    (tmp_path / "secrets.json").write_text("{}")
    done = subprocess.run(
        ["sh", "scripts/demo-reset"],
        cwd=ROOT,
        env=own_environment(ENGAGE_VAR=str(tmp_path)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "engage.sqlite3").exists()
    assert [path.read_text() for path in tmp_path.glob("set-aside-*/engage.sqlite3")] == ["old"]
    assert (tmp_path / "secrets.json").exists()


def test_a_reset_does_not_touch_another_database(tmp_path):
    environment = own_environment(ENGAGE_VAR=str(tmp_path), DATABASE_URL="postgres://localhost/engage")
    (tmp_path / "engage.sqlite3").write_text("old")
    done = subprocess.run(["sh", "scripts/demo-reset"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert (tmp_path / "engage.sqlite3").exists()


# --- a machine that lacks something --------------------------------------------------------------------------------


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A copy of what is needed to start, and a folder bin/ with the system's tools but no Python."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / "bin").mkdir()
    for name in NEEDED_TO_LOOK:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    return tmp_path


def run_on(machine: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["sh", "scripts/run"], cwd=machine, env={"PATH": str(machine / "bin")}, capture_output=True, text=True
    )


def put_python(machine: Path, name: str, answer: str) -> None:
    """A stand-in for an interpreter of another machine: a script that gets the arguments that Python would."""
    program = machine / "bin" / name
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)


def test_no_python_is_said_with_the_package_that_brings_it(bare_machine):
    told = run_on(bare_machine)
    assert told.returncode == 1
    assert "needs Python 3.11 or newer" in told.stderr
    assert "apt install python3 python3-venv" in told.stderr
    assert "brew install python" in told.stderr


def test_a_python_that_is_too_old_does_not_count(bare_machine):
    put_python(bare_machine, "python3", "exit 1")
    assert "needs Python 3.11 or newer" in run_on(bare_machine).stderr


def test_a_python_without_venv_is_said_with_the_package_of_its_version(bare_machine):
    put_python(
        bare_machine,
        "python3",
        'case "$*" in *ensurepip*|*"import venv"*) exit 1;; *print*) echo 3.12;; esac',
    )
    told = run_on(bare_machine)
    assert told.returncode == 1
    assert "apt install python3.12-venv" in told.stderr


def shell(folder: Path, command: str) -> int:
    return subprocess.run(["sh", "-euc", f". scripts/environment.sh; {command}"], cwd=folder, env=os.environ).returncode


def test_an_unchanged_lock_is_not_installed_again_and_a_changed_one_is(bare_machine):
    (bare_machine / ".venv").mkdir()
    assert shell(bare_machine, "is_installed base") != 0
    assert shell(bare_machine, "lock_mark base >.venv/engage-base.lock; is_installed base") == 0
    with open(bare_machine / "requirements" / "base.txt", "a") as lock:
        lock.write("# changed\n")
    assert shell(bare_machine, "is_installed base") != 0
