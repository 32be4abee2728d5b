"""`manage.py load_samples DIR`: put real laws, statements and a policy document beside the demo."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from engage.answers import WRONG_CALL, AnsweringCommand
from engage.errors import Refused
from engage.pages.sample_content import missing, registered


class Command(AnsweringCommand):
    """Each source is one transaction; what was loaded before stays as it is."""

    help = "Loads real input (laws, citizens' statements, a policy document) beside the demo's own content."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder."""
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path, help="the folder that holds data/drafts, data/opinion and plan")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Load each room's share and print its counts."""
        folder: Path = options["folder"]
        if not settings.DEMO:
            return self.refuse(Refused("samples_need_demo"), code=WRONG_CALL)
        if absent := missing(folder):
            refusal = Refused("samples_missing", folder=str(folder), missing=", ".join(absent))
            return self.refuse(refusal, code=WRONG_CALL)
        answer: dict[str, Any] = {}
        lines = []
        for samples in registered():
            with transaction.atomic():
                loaded = samples.load(folder)
            answer[samples.name] = {"added": loaded.added, "known": loaded.known, **loaded.counts}
            counts = {"name": samples.name, "added": loaded.added, "known": loaded.known}
            lines.append(_("%(name)s: %(added)d added, %(known)d were there") % counts)
        return self.say(answer, lines)
