"""Servers and a browser of the tests' own: found on this machine, started on free ports, gone afterwards.

Standard library only: scripts/test and scripts/bench use it before anything else is loaded. What is not to be had is
`Missing`, with the package that brings it.
"""

import glob
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# The first has no window to draw and takes a fifth less of the processor.
CHROMIUM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
CHROMIUM_PATHS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Chromium refuses its sandbox as root; the rest keeps it from calling home while a test runs.
CHROMIUM_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What a test run or its caller set for themselves; a site gets its database and Redis by name or not at all.
NOT_FOR_A_SITE = {
    "DATABASE_URL", "REDIS_URL", "ENGAGE_TEST_NAME", "DJANGO_ALLOW_ASYNC_UNSAFE", "PUBLIC_URL", "ENGAGE_STAGES",
}  # fmt: skip


class Missing(Exception):
    """A program is not on this machine; the message says what brings it."""


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def temporary_folder(prefix: str, owner: pwd.struct_passwd | None = None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Server(subprocess.Popen):
    """A program in a process group of its own; its output is read all the time, so that it never waits for us."""

    def __init__(self, arguments: list[str], folder: Path, environment: dict[str, str] | None = None) -> None:
        super().__init__(
            arguments,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        for line in self.stdout:
            with self.news:
                self.lines.append(line)
                self.news.notify_all()
        with self.news:
            self.stdout.close()
            self.news.notify_all()

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def wait_for(self, text: str) -> None:
        """Return when the output has this text; raise RuntimeError with all it said when the output ends before."""
        with self.news:
            self.news.wait_for(lambda: text in self.said or self.stdout.closed)
        if text not in self.said:
            raise RuntimeError(f"{self.args} ended with status {self.wait()} before saying {text!r}:\n{self.said}")

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Send the signal to this one process, wait for its end and return its status."""
        if self.poll() is None:
            self.send_signal(how)
        status = self.wait()
        self.reader.join()
        return status


# --- PostgreSQL ----------------------------------------------------------------------------------------------------


def postgresql_programs() -> Path:
    """The folder of initdb and pg_ctl; of several versions the newest."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = [Path(folder) for pattern in POSTGRES_FOLDERS for folder in glob.glob(pattern)]
    complete = [folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]
    if not complete:
        raise Missing("no PostgreSQL server found (Debian: apt install postgresql; macOS: brew install postgresql)")
    return max(complete, key=lambda folder: [int(number) for number in re.findall(r"\d+", str(folder))])


def postgresql_owner() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; there it runs as its own user, or as nobody."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "_postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("PostgreSQL does not run as root and there is no user postgres or nobody to run it as")


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """Yield the URL of an empty server; TEST_DATABASE_URL names one that already runs.

    A durable server writes through to the disk, as one in production does; without it the suite is a third faster.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    programs, owner = postgresql_programs(), postgresql_owner()
    with temporary_folder("engage-postgresql-", owner) as folder:
        as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}

        def call(program: str, *arguments: str) -> None:
            done = subprocess.run(
                [str(programs / program), *arguments],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                **as_owner,
            )
            if done.returncode:
                raise RuntimeError(f"{program} ended with status {done.returncode}:\n{done.stdout}")

        password, port, data = secrets.token_hex(16), free_port(), str(folder / "data")
        (folder / "password").write_text(password)
        os.chmod(folder / "password", 0o644)
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        # Statements over all tables look dear enough to be compiled, which takes longer than to run them.
        options = f"-p {port} -h 127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c jit=off"
        if durable:
            # As deploy/README.md asks for: the 128 MB of an untouched installation hold no index of a million letters.
            options += " -c shared_buffers=1GB"
        else:
            # Tests take back what they write. What a table looked like between two of them is no base for plans.
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
        call("initdb", "-D", data, "-U", "engage", "-A", "scram-sha-256", "--pwfile", str(folder / "password"),
             "-E", "UTF8", f"--locale={locale}")  # fmt: skip
        # The server outlives pg_ctl and would hold a pipe open, so it writes to a file.
        start = [str(programs / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start"]
        started = subprocess.run(start, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **as_owner)
        if started.returncode:
            raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        try:
            yield f"postgres://engage:{password}@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


# --- Redis ---------------------------------------------------------------------------------------------------------


@contextmanager
def redis() -> Iterator[str]:
    """Yield the URL of an empty server that keeps nothing; TEST_REDIS_URL names one that already runs."""
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        raise Missing("no Redis server found (Debian: apt install redis-server; macOS: brew install redis)")
    port = free_port()
    with temporary_folder("engage-redis-") as folder:
        server = Server(
            [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], folder
        )
        try:
            server.wait_for("Ready to accept connections")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.stop()


# --- browser -------------------------------------------------------------------------------------------------------


def chromium_path() -> str:
    """The browser's program; CHROMIUM names one that is elsewhere."""
    if given := os.environ.get("CHROMIUM"):
        if not os.access(given, os.X_OK):
            raise Missing(f"CHROMIUM names {given}, which is no program")
        return given
    for found in (*map(shutil.which, CHROMIUM_NAMES), *CHROMIUM_PATHS):
        if found and os.access(found, os.X_OK):
            return found
    raise Missing("no Chromium found (Debian: apt install chromium; macOS: brew install --cask chromium)")


def chromium_flags() -> list[str]:
    return [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


# --- the product itself --------------------------------------------------------------------------------------------


@dataclass
class RunningSite:
    """A site started as `make run` starts it: web server, worker, demo content, its own var/."""

    url: str
    var: Path
    server: Server


@contextmanager
def running_site(var: Path, *, port: int | None = None, root: Path = ROOT, **environment: str) -> Iterator[RunningSite]:
    """Start scripts/serve.py with this var/ folder and wait until it says that it is open.

    All its processes are one group of their own, which is empty when this ends, however it ends.
    """
    port = port or free_port()
    outer = {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_SITE}
    own = {**outer, "ENGAGE_VAR": str(var), "PORT": str(port), **environment}
    server = Server([sys.executable, "scripts/serve.py"], root, own)
    try:
        server.wait_for("Started in")
        yield RunningSite(f"http://127.0.0.1:{port}", var, server)
    finally:
        server.stop()
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
