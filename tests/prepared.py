"""What a run of the suite makes once and each worker copies: a migrated database and the demo site's folder.

scripts/suite.py names a folder for them in ENGAGE_TEST_PREPARED; without it every worker migrates for itself. Whoever
comes first makes a thing; who comes meanwhile waits for it. Standard library and psycopg only.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.services import NOT_FOR_A_SITE, ROOT

TEMPLATE = "engage_migrated"


def folder() -> Path | None:
    given = os.environ.get("ENGAGE_TEST_PREPARED")
    return Path(given) if given else None


@contextmanager
def made_once(made: Path) -> Iterator[bool]:
    """Yield whether a thing is still to be made; `made` is the file that says that it is there."""
    with open(made.with_name(f"{made.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = not made.exists()
        yield missing
        if missing:
            made.touch()


def run(*arguments: str, **environment: str) -> None:
    outer = {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_SITE}
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**outer, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def migrate(**environment: str) -> None:
    """All tables, and the page tree's skeleton."""
    run("manage.py", "migrate", "--verbosity", "0", **environment)
    run("manage.py", "setup_site", **environment)


def migrated_file(target: Path) -> bool:
    """Copy the migrated SQLite database; return whether there is one to copy."""
    if not (place := folder()):
        return False
    var = place / "migrated"
    with made_once(place / "migrated.made") as missing:
        if missing:
            migrate(ENGAGE_VAR=str(var))
    shutil.copyfile(var / "engage.sqlite3", target)
    return True


def migrated_template(url: str) -> str | None:
    """Return the name of the migrated database of a PostgreSQL server, to be the template of others."""
    if not (place := folder()):
        return None
    import psycopg

    with made_once(place / "postgresql.made") as missing:
        if missing:
            with psycopg.connect(url, autocommit=True) as server:
                server.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
                server.execute(f"CREATE DATABASE {TEMPLATE}")
            own = urlunsplit(urlsplit(url)._replace(path=f"/{TEMPLATE}"))
            migrate(ENGAGE_VAR=str(place / "postgresql"), DATABASE_URL=own)
    return TEMPLATE


@contextmanager
def beside(url: str) -> Iterator[None]:
    """Make the migrated database of a PostgreSQL server while something else goes on."""
    made = subprocess.Popen([sys.executable, "-m", "tests.prepared", url], cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        made.terminate()
        made.wait()


def demo_site(target: Path) -> None:
    """Fill the folder of a site that will be started with the demo site's content, where that is to be had."""
    if not (place := folder()):
        return
    var = place / "demo"
    with made_once(place / "demo.made") as missing:
        if missing:
            var.mkdir()
            migrated_file(var / "engage.sqlite3")
            run("scripts/prepare.py", ENGAGE_VAR=str(var))
    shutil.copytree(var, target, dirs_exist_ok=True)


@contextmanager
def demo_made_by(var: Path) -> Iterator[None]:
    """Let the folder of a site that is started for the first time meanwhile be the demo site's, unless there is one."""
    place = folder()
    if not place or (place / "demo.made").exists():
        yield
        return
    with made_once(place / "demo.made") as missing:
        yield
        if missing:
            shutil.copytree(var, place / "demo.part", symlinks=True)
            (place / "demo.part").rename(place / "demo")


if __name__ == "__main__":
    migrated_template(sys.argv[1])
