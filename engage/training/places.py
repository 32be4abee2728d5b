"""The folders of practice sites: one template, built once for this version of the code, and a copy for each person."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType

from engage.training.isolation import Place

IDLE_DAYS = 30
# A build that was cut off leaves its folder; after so long another may begin.
BUILD_SECONDS = 15 * 60


def root() -> Path:
    """Return the folder of all practice sites."""
    return Path(settings.PRACTICE_ROOT)


@lru_cache(maxsize=1)
def mark() -> str:
    """Name the version: practice sites of other tables, or sealed with other keys, are of no use."""
    lines = [
        f"{config.label} {path.name} {path.stat().st_size} {path.stat().st_mtime_ns}"
        for config in apps.get_app_configs()
        for path in sorted(Path(config.path, "migrations").glob("*.py"))
    ]
    lines += [*settings.CONTACT_KEYS, settings.TRACKING_KEY, settings.INDEX_KEY]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def template() -> Place | None:
    """Return the built template of this version; None while there is none."""
    place = Place(root() / f"template-{mark()}")
    return place if place.folder.is_dir() else None


def of(user_id: int) -> Place:
    """Return the practice site of a person, built or not."""
    return Place(root() / f"person-{int(user_id)}-{mark()}")


def ready(user_id: int) -> Place | None:
    """Return the practice site of a person if it can be entered."""
    place = of(user_id)
    return place if place.database.exists() else None


def copy_for(user_id: int) -> Place | None:
    """Give a person a fresh copy of the template; None while there is no template."""
    source = template()
    if source is None:
        return None
    place = of(user_id)
    scratch = root() / f"copy-{uuid.uuid4().hex}"
    shutil.copytree(source.folder, scratch)
    for attempt in range(2):
        discard(user_id)
        try:
            scratch.rename(place.folder)
            return place
        except OSError:  # two presses at once: the other one was first
            if attempt:
                shutil.rmtree(scratch)
    return ready(user_id)


def discard(user_id: int) -> None:
    """Throw a person's practice site away, of whatever version."""
    for folder in root().glob(f"person-{int(user_id)}-*"):
        aside = root() / f"gone-{uuid.uuid4().hex}"
        try:
            folder.rename(aside)
        except FileNotFoundError:
            continue
        shutil.rmtree(aside, ignore_errors=True)


def build_template() -> Place | None:
    """Build the template unless it exists or somebody is at it; takes about half a minute.

    A process of its own builds it as a demo site in a folder of its own, with the keys of this installation and none
    of its database.
    """
    root().mkdir(parents=True, exist_ok=True)
    place = Place(root() / f"template-{mark()}")
    scratch = root() / f"building-{mark()}"
    if place.folder.exists():
        return place
    if scratch.exists() and time.time() - scratch.stat().st_mtime < BUILD_SECONDS:
        return None
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        scratch.mkdir()
    except FileExistsError:
        return None
    try:
        subprocess.run(
            [sys.executable, "manage.py", "build_practice"],
            cwd=settings.BASE_DIR,
            env=_environment(scratch),
            stdin=subprocess.DEVNULL,
            check=True,
        )
        align_content_types(Place(scratch))
        scratch.rename(place.folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return place


def align_content_types(place: Place) -> int:
    """Give the content types of a practice site the keys of the real one; returns how many had others.

    Django remembers them by key for the whole process, and an installation that was upgraded over years has them in
    another order than one that was built today.
    """
    wanted = {(app, model): pk for pk, app, model in ContentType.objects.values_list("pk", "app_label", "model")}
    with closing(sqlite3.connect(place.database)) as file, file:
        own = file.execute("SELECT id, app_label, model FROM django_content_type").fetchall()
        free = itertools.count(max([*wanted.values(), *(pk for pk, *_name in own)], default=0) + 1)
        moved = []
        for pk, app, model in own:
            new = wanted.get((app, model))
            if new is None:
                new = next(free) if pk in wanted.values() else pk
            if new != pk:
                moved.append((pk, new))
        file.execute("CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER)")
        file.executemany("INSERT INTO moved VALUES (?, ?)", moved)
        for table, column in [("django_content_type", "id"), *_columns_to_types(file)] if moved else []:
            # By way of negative numbers, so that no two rows ever share a key.
            file.execute(
                f'UPDATE "{table}" SET "{column}" = -(SELECT new FROM moved WHERE old = "{column}") '
                f'WHERE "{column}" IN (SELECT old FROM moved)'
            )
            file.execute(f'UPDATE "{table}" SET "{column}" = -"{column}" WHERE "{column}" < 0')
    return len(moved)


def _columns_to_types(file: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return [
        (table, key[3])
        for table in tables
        for key in file.execute(f'PRAGMA foreign_key_list("{table}")')
        if key[2] == "django_content_type"
    ]


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TZ") if name in os.environ}
    return kept | {
        "ENGAGE_VAR": str(folder),
        "ENGAGE_MODE": "embedded",
        "ENGAGE_DEMO": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "ENGAGE_CONTACT_KEYS": ",".join(settings.CONTACT_KEYS),
        "ENGAGE_INDEX_KEY": settings.INDEX_KEY,
        "ENGAGE_TRACKING_KEY": settings.TRACKING_KEY,
        "PUBLIC_URL": settings.PUBLIC_URL,
        "TIME_ZONE": settings.TIME_ZONE,
    }


def sweep(now: float) -> int:
    """Remove practice sites that nobody opened for a month, old versions and cut-off builds; returns how many."""
    gone = 0
    for folder in root().glob("*-*"):
        newest = max((path.stat().st_mtime for path in folder.glob("engage.sqlite3*")), default=folder.stat().st_mtime)
        is_current = folder.name.endswith(mark())
        idle = now - newest > IDLE_DAYS * 86_400
        if (folder.name.startswith("person-") and idle) or (not is_current and now - newest > BUILD_SECONDS):
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def is_building() -> bool:
    """Tell whether the template is being built at this moment."""
    scratch = root() / f"building-{mark()}"
    try:
        return time.time() - scratch.stat().st_mtime < BUILD_SECONDS
    except FileNotFoundError:
        return False
