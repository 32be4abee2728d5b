"""Prepare the site, then run the web server and the worker until one of them ends or somebody says stop.

Standard library only. Both children stay in this process group; nothing is restarted behind the reader's back: when
one child ends, the other is stopped and the exit status says so.

    scripts/serve.py               prepare and serve on http://127.0.0.1:$PORT (8000)
    scripts/serve.py --check-port  only say whether the port is free
    scripts/serve.py --set-aside   put the site's content out of the way, so that the next start is a first one
"""

import ctypes
import fcntl
import hashlib
import http.client
import json
import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("ENGAGE_VAR") or ROOT / "var")
HOST = "127.0.0.1"
READY_SECONDS = 120
# A terminal sends Ctrl-C to the children too; a second signal at once would cut their work short.
SELF_STOP_SECONDS = 2
TERM_SECONDS = 10
# Where migrations, catalogues, page tree and demo content come from.
PREPARED_FROM = ("engage", "consultations", "surveys", "mailbox", "locale", "scripts")


class Unusable(Exception):
    """The site cannot start; the message is for the person at the keyboard."""


# --- port ----------------------------------------------------------------------------------------------------------


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise Unusable(f"PORT must be a number between 1 and 65535, not {text!r}.")
    return int(text)


def check_port(port: int) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            # On Linux a socket that only binds can share the address with one that listens elsewhere.
            probe.listen(1)
        except PermissionError as error:
            raise Unusable(f"Port {port} may only be opened by root. Choose another: PORT=8001 make run") from error
        except OSError as error:
            raise Unusable(
                f"Port {port} is in use by another program, perhaps another Engage. Choose another: "
                f"PORT={port + 1 if port < 65535 else 8001} make run"
            ) from error


@contextmanager
def site_lock() -> Iterator[None]:
    """One server for one var/: a second would answer from other memory and run every job twice."""
    VAR.mkdir(parents=True, exist_ok=True)
    with open(VAR / "site.lock", "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise Unusable(f"This site is already running (process {file.read().strip()}); stop it first.") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def set_aside() -> None:
    """Move database, uploads and mail into a folder of their own; the secrets stay, so old content stays readable."""
    if os.environ.get("DATABASE_URL") or os.environ.get("ENGAGE_MODE", "embedded") != "embedded":
        raise Unusable("Only the site in var/ can be reset; this environment names another database.")
    content = [
        path for name in ("engage.sqlite3*", "media", "private", "mail", "prepared.json") for path in VAR.glob(name)
    ]
    if not content:
        print("There is no site yet; `make run` builds one.")
        return
    folder = VAR / time.strftime("set-aside-%Y%m%d-%H%M%S")
    folder.mkdir()
    for path in content:
        path.rename(folder / path.name)
    print(f"The old site is in {folder}; `make run` builds a new one.")


# --- preparing -----------------------------------------------------------------------------------------------------


def files_below(folders: Iterable[Path]) -> Iterator[os.DirEntry]:
    waiting = [str(folder) for folder in folders]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    yield entry
                elif entry.name != "__pycache__":
                    waiting.append(entry.path)


def digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def code_mark() -> str:
    """A digest over all that migrations, catalogues, page tree and demo site come from: sizes and times of the source
    files, the installed lock, the variables that the content depends on."""
    lines = [
        f"{entry.path} {entry.stat().st_size} {entry.stat().st_mtime_ns}"
        for entry in files_below(ROOT / name for name in PREPARED_FROM)
        if not entry.name.endswith(".mo")
    ]
    lock = ROOT / ".venv" / "engage-base.lock"
    lines.append(lock.read_text() if lock.exists() else "")
    lines.extend(f"{name}={os.environ.get(name, '')}" for name in ("ENGAGE_DEMO", "PORT", "PUBLIC_URL"))
    return digest(lines)


def site_mark() -> str | None:
    """A digest over what preparing made in the embedded site: applied migrations and compiled catalogues.

    None where only Django can tell: another database, or none yet.
    """
    path = VAR / "engage.sqlite3"
    if os.environ.get("DATABASE_URL") or os.environ.get("ENGAGE_MODE", "embedded") != "embedded" or not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT app, name FROM django_migrations").fetchall()
    except sqlite3.Error:
        return None
    catalogues = [entry for entry in files_below([ROOT / "locale"]) if entry.name.endswith(".mo")]
    return digest([*map(str, rows), *(f"{entry.path} {entry.stat().st_mtime_ns}" for entry in catalogues)])


def recorded_sign_in(mark: str) -> str | None:
    """The sign-in lines of a site that was prepared from exactly this code and is as it was left.

    Loading Django only to learn that nothing changed would double the time of every later start.
    """
    try:
        known = json.loads((VAR / "prepared.json").read_text())
    except (OSError, ValueError):
        return None
    made = site_mark()
    return known["sign_in"] if made and (known["code"], known["site"]) == (mark, made) else None


def record_sign_in(mark: str, sign_in: str) -> None:
    descriptor = os.open(VAR / "prepared.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        json.dump({"code": mark, "site": site_mark(), "sign_in": sign_in}, file)


# --- children ------------------------------------------------------------------------------------------------------


def end_with_parent() -> None:
    """On Linux a child is told to end when this process is killed without a chance to stop it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def start_child(arguments: list[str], stdout: int | None = None) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        preexec_fn=end_with_parent,
    )


def start_children(port: int) -> dict[str, subprocess.Popen]:
    web = ["-m", "granian", "--interface", "asginl", "--host", HOST, "--port", str(port), "--workers", "1"]
    web += ["--workers-kill-timeout", "5", "--log-level", "warning", "engage.asgi:application"]
    return {
        "web server": start_child(web),
        "worker": start_child(["manage.py", "worker"]),
    }


def home_status(port: int) -> int | None:
    """The HTTP status of the home page; None while nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def descendants(pid: int) -> list[int]:
    """The processes that a child started itself; none where a minimal container has no ps to ask."""
    try:
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True).stdout.split()
    except FileNotFoundError:
        return []
    parents = {int(child): int(parent) for child, parent in zip(listed[::2], listed[1::2], strict=True)}
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sorted(family - {pid})


class Supervisor:
    """Waits for a signal or the end of a child on one descriptor, so that no time passes in between."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen] = {}
        self.told_to_stop: int | None = None
        self.readable, writable = os.pipe()
        os.set_blocking(writable, False)
        signal.set_wakeup_fd(writable)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.note)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def note(self, number: int, _frame: object) -> None:
        self.told_to_stop = self.told_to_stop or number

    def pause(self, seconds: float | None) -> None:
        """Return when a signal came (a child's end is one), at the latest after so many seconds."""
        if select.select([self.readable], [], [], seconds)[0]:
            os.read(self.readable, 4096)

    def ended(self) -> str | None:
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def wait_until_ready(self, port: int) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        while not self.told_to_stop and not self.ended():
            if status := home_status(port):
                if status >= 500:
                    print(f"The home page answers with status {status}; the lines above say why.", file=sys.stderr)
                return True
            if time.monotonic() > deadline:
                raise Unusable(f"The web server did not answer within {READY_SECONDS} seconds.")
            self.pause(0.05)
        return False

    def wait_until_over(self) -> None:
        while not self.told_to_stop and not self.ended():
            self.pause(None)

    def prepare(self) -> tuple[list[tuple[str, float]], str]:
        """Return the stages that took time and the sign-in lines; without either when told to stop before the end."""
        mark = code_mark()
        if (sign_in := recorded_sign_in(mark)) is not None:
            return [], sign_in
        child = start_child(["scripts/prepare.py"], stdout=subprocess.PIPE)
        self.children = {"preparation": child}
        self.wait_until_over()
        if self.told_to_stop:
            self.stop([])
            return [], ""
        told = child.communicate()[0]
        if child.returncode:
            raise Unusable("The site could not be prepared; the lines above say why.")
        result = json.loads(told)
        record_sign_in(mark, result["sign_in"])
        return [(name, at) for name, at in result["stages"]], result["sign_in"]

    def all_ended_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while any(child.poll() is None for child in self.children.values()):
            if (left := deadline - time.monotonic()) <= 0:
                return False
            self.pause(left)
        return True

    def stop(self, grandchildren: list[int]) -> None:
        if self.told_to_stop == signal.SIGINT and self.all_ended_within(SELF_STOP_SECONDS):
            return
        for child in self.children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        self.all_ended_within(TERM_SECONDS)
        for child in self.children.values():
            if child.poll() is None:
                child.kill()
        # Workers of a web server that was killed itself would go on holding the port.
        for pid in grandchildren:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


# --- telling -------------------------------------------------------------------------------------------------------


def earlier_stages() -> list[tuple[str, float]]:
    """What scripts/run did before: "start=1700000000.1;packages=1700000012.7"; some systems' date has no fractions."""
    stages = []
    for item in filter(None, os.environ.get("ENGAGE_STAGES", "").split(";")):
        name, _, at = item.partition("=")
        whole, _, fraction = at.partition(".")
        stages.append((name, float(f"{whole}.{fraction if fraction.isdecimal() else 0}")))
    return stages or [("start", time.time())]


def told_stages(stages: list[tuple[str, float]]) -> str:
    spent = [f"{name} {after - before:.1f}" for (_, before), (name, after) in zip(stages, stages[1:], strict=False)]
    return f"Started in {stages[-1][1] - stages[0][1]:.1f} s: {', '.join(spent)}"


def serve() -> int:
    stages = earlier_stages()
    port = chosen_port()
    check_port(port)
    os.environ["PORT"] = str(port)
    supervisor = Supervisor()
    new_stages, sign_in = supervisor.prepare()
    if supervisor.told_to_stop:
        return 0
    stages += new_stages

    supervisor.children = start_children(port)
    grandchildren: list[int] = []
    try:
        if supervisor.wait_until_ready(port):
            grandchildren = descendants(supervisor.children["web server"].pid)
            stages.append(("web server and worker", time.time()))
            print(f"\nEngage is open at http://{HOST}:{port}/ (Ctrl-C stops it)\n\n{sign_in.rstrip()}\n", flush=True)
            print(told_stages(stages), flush=True)
            supervisor.wait_until_over()
        ended = None if supervisor.told_to_stop else supervisor.ended()
    finally:
        supervisor.stop(grandchildren)
    if ended:
        status = supervisor.children[ended].returncode
        print(f"\nThe {ended} ended by itself (status {status}); everything is stopped.", file=sys.stderr)
        return 1
    print("\nEngage is stopped; what was written is kept in var/.", flush=True)
    return 0


def main() -> int:
    try:
        if sys.argv[1:] == ["--check-port"]:
            check_port(chosen_port())
            return 0
        with site_lock():
            if sys.argv[1:] == ["--set-aside"]:
                set_aside()
                return 0
            return serve()
    except Unusable as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
