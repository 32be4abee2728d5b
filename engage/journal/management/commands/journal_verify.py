"""`manage.py journal_verify`: go through the whole journal and name every row that is not as it was written."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from engage.journal.verification import Verification

FAULTS_LISTED = 1_000


class Command(BaseCommand):
    help = "Find any edited, removed, reordered or inserted journal row, seal or checkpoint. Exit 1 when there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument(
            "--published",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="checkpoints saved from the public page (JSON) that must still be published word for word",
        )

    def handle(self, **options: Any) -> None:
        copies = [copy for path in options["published"] for copy in read_copies(path)]
        verification, listed, kinds = Verification(), [], Counter[str]()
        for fault in verification.faults(copies):
            kinds[fault.kind] += 1
            if len(listed) < FAULTS_LISTED:
                listed.append(fault.as_json())
        answer: dict[str, Any] = {
            "rows": verification.rows,
            "checkpoints": verification.checkpoints,
            "ok": not kinds,
            "faults": listed,
        }
        if kinds.total() > len(listed):
            answer["faults_not_listed"] = kinds.total() - len(listed)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.writelines(sentences(answer, kinds))
        if kinds:
            sys.exit(1)


def read_copies(path: Path) -> list[dict[str, Any]]:
    """Return the checkpoint documents of a saved file: the public list, one document, or a list of documents.

    Raises CommandError with exit code 2 when the file holds none.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}", returncode=2) from error
    if isinstance(content, dict):
        content = content.get("checkpoints", [content])
    if not isinstance(content, list) or not all(
        isinstance(copy, dict) and isinstance(copy.get("number"), int) and isinstance(copy.get("digest"), str)
        for copy in content
    ):
        raise CommandError(f"{path}: these are no checkpoints of a journal", returncode=2)
    return content


def sentences(answer: dict[str, Any], kinds: Counter[str]) -> Iterator[str]:
    """Yield the answer in lines for a person."""
    yield f"{answer['rows']} rows, {answer['checkpoints']} checkpoints\n"
    for fault in answer["faults"]:
        places = ", ".join(f"{name} {value}" for name, value in fault.items() if name != "kind" and value is not None)
        yield f"{fault['kind']}: {places}\n"
    if kinds:
        yield "Faults: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())) + "\n"
    else:
        yield "Every row, seal and checkpoint is as it was written.\n"
