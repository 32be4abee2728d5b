"""Compile the message catalogues without the gettext tools."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed


def compile_catalogue(source: Path) -> bool:
    """Write the .mo beside a .po; returns False when it was newer already.

    The file is put in place in one step, so that a server that starts meanwhile reads the old or the new one.
    """
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as opened:
        catalogue = read_po(opened, locale=source.parent.parent.name, abort_invalid=True)
    scratch = target.with_suffix(".mo.tmp")
    with scratch.open("wb") as written:
        write_mo(written, catalogue)
    scratch.replace(target)
    return True


class Command(BaseCommand):
    """Compile what changed."""

    help = "Compiles locale/*/LC_MESSAGES/*.po into .mo files, where they changed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile every catalogue of the project."""
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                if compile_catalogue(source):
                    # What this process read before says everything in English.
                    translation_file_changed(self, source.with_suffix(".mo"))
                    self.stdout.write(f"compiled {source.parent.parent.name}/{source.name}")
