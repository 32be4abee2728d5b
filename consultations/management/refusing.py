"""What the commands about drafts share: one JSON object, refusals in one form, exit codes."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

REFUSED, WRONG_CALL = 1, 2


class DraftCommand(BaseCommand):
    """A command that reads drafts and may run before the first migration."""

    def _failure(self, code: str, message: str, where: dict[str, Any], as_json: bool, status: int) -> CommandError:
        """Print the refusal where a script reads it and return the exception that ends the command with `status`."""
        if as_json:
            self._print({"errors": [{"code": code, "message": message, "where": where}]})
        return CommandError(message, returncode=status)

    def _print(self, result: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(result, ensure_ascii=False))
