"""Stops every petition that was not published, when the body that would answer them is dissolved."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from engage.accounts.actors import SYSTEM
from engage.answers import AnsweringCommand
from mailbox.petitions.actions import moderation
from mailbox.petitions.queries.clock import database_now
from mailbox.petitions.queries.moderation import unpublished


class Command(AnsweringCommand):
    """Counts what would be stopped; with --yes it is done, and starters are told. Safe to run again."""

    help = "Stop every petition that was not published yet. What is open goes on. Without --yes only count."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--yes` does it: it cannot be taken back."""
        super().add_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="stop them and tell their starters")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Count or stop."""
        found = unpublished().count()
        stopped = moderation.stop_unpublished(actor=SYSTEM, now=database_now()) if options["yes"] else 0
        lines = [f"unpublished petitions: {found}", f"stopped: {stopped}"]
        self.say({"unpublished": found, "stopped": stopped}, lines)
