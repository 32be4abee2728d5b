"""Where files lie: in the folder of the practice site for who is in one, in the site's own for everybody else."""

from __future__ import annotations

import os
from typing import Any

from django.core.files.storage import FileSystemStorage

from engage.training.isolation import here


class Files(FileSystemStorage):
    """Django's file system storage, whose folder depends on who asks; `folder` is its name in a practice site."""

    def __init__(self, *args: Any, folder: str, **options: Any) -> None:
        self._folder = folder
        super().__init__(*args, **options)

    @property
    def base_location(self) -> str:  # type: ignore[override]
        place = here()
        return str(place.folder / self._folder) if place else self._value_or_setting(self._location, self._root)

    @property
    def location(self) -> str:  # type: ignore[override]
        return os.path.abspath(self.base_location)

    @property
    def _root(self) -> str:
        from django.conf import settings

        return settings.MEDIA_ROOT
