"""Files of answers made by the worker: each written in a folder of its own below the private storage, moved to its
place in one step when it is whole, and given up between two pieces when nobody wants it any more."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.core.files.storage import Storage
from django.utils import timezone, translation

from engage import schedule
from engage.errors import Refused
from engage.participation.models import private_storage
from surveys.models import Export
from surveys.results import access, actions, chosen, exports
from surveys.results.shelf import FOLDER, SealedText, stem


class Unwanted(Exception):
    """The order was cancelled, or another worker has it."""


class Stopping(Exception):
    """The worker was told to end."""


def make(export: Export) -> None:
    """Make the file that `actions.take_up_export` gave. What fails is written down and raised."""
    storage = private_storage()
    folder = Path(storage.path(f"{FOLDER}/{stem(export)}"))
    try:
        # One after the other: `parents` would give the mode to the last folder only.
        folder.parent.parent.mkdir(parents=True, exist_ok=True)
        folder.parent.mkdir(exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
        path = _write(export, folder)
        _keep(export, path, storage)
    except Unwanted:
        return
    except Stopping:
        actions.release_export(export, now=timezone.now())
    except Exception:
        # Said where it was ordered; whoever runs this keeps the trace.
        actions.fail_export(export, now=timezone.now())
        raise
    finally:
        # The sweeper may be at it, too.
        shutil.rmtree(folder, ignore_errors=True)


def _write(export: Export, folder: Path) -> Path:
    questionnaire = export.questionnaire
    total = 0

    def look(done: int) -> None:
        if not actions.tell_export(export, done=done, total=total, now=timezone.now()):
            raise Unwanted
        if schedule.stopping.is_set():
            raise Stopping

    look(0)
    found = chosen.chosen(questionnaire, export.filters)
    if found is None:
        raise Refused("survey_results_not_ready")
    total = found.n
    look(0)
    path = folder / f"answers.{access.FORMATS[export.kind][0]}"
    with translation.override(export.language):
        if export.is_personal:
            with path.open("w", encoding="ascii") as out:
                sealed = SealedText(out)
                rows = exports.Rows(questionnaire, found.layout, found.tables, look)
                exports.write_json(sealed, rows, personal=True)
                sealed.flush()
        else:
            exports.write(export.kind, path, questionnaire, found.layout, tables=found.tables, look=look)
    look(found.n)
    return path


def _keep(export: Export, path: Path, storage: Storage) -> None:
    name, size = f"{FOLDER}/{stem(export)}{path.suffix}", path.stat().st_size
    path.chmod(0o600)
    path.replace(storage.path(name))
    if not actions.finish_export(export, name, size=size, now=timezone.now()):
        storage.delete(name)
