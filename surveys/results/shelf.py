"""Where files that the worker made lie until they are fetched: below the private storage, personal ones sealed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from engage.participation import vault
from engage.participation.models import private_storage
from surveys.models import Export

FOLDER = "survey-exports"
# So many characters of what says who somebody is are sealed at a time.
BLOCK = 1 << 16
_NAME = re.compile(r"(\d+)-(\d+)(\.\w+)?")


def stem(export: Export) -> str:
    """Return the name, without its ending, of what the present worker makes."""
    return f"{export.pk}-{export.take}"


class SealedText:
    """Text on its way into a file, sealed block by block, a line each: nobody without the key reads it there."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._held, self._size = out, [""], 0

    def write(self, text: str, /) -> int:
        """Take a text; return its length."""
        self._held.append(text)
        self._size += len(text)
        if self._size >= BLOCK:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Write what is held."""
        if self._size:
            self._out.write(vault.seal("".join(self._held)) + "\n")
        self._held, self._size = [], 0


def unsealed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Return the text of a sealed file, block by block. Raises Refused("key_missing") as `vault.unseal` does."""
    return (vault.unseal(line.decode().strip()).encode() for line in lines)


def sweep() -> int:
    """Delete what workers that died left in the folder; returns how many files and folders."""
    root = Path(private_storage().path(FOLDER))
    # Listed before the rows are read: what is made meanwhile is not among them.
    there = list(root.iterdir()) if root.is_dir() else []
    held = Export.objects.filter(state__in=[Export.State.RUNNING, Export.State.READY])
    known = {f"{pk}-{take}" for pk, take in held.values_list("pk", "take")}
    swept = 0
    for path in there:
        if (found := _NAME.fullmatch(path.name)) and f"{found[1]}-{found[2]}" not in known:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            swept += 1
    return swept
