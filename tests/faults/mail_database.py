"""What the test of a killed reader of mail needs from a site's database, as a program: its settings are not the tests'.

python -m tests.faults.mail_database take FOLDER   take in every file of the folders in it; a house that gets letters
python -m tests.faults.mail_database read          the worker's reading of what is new
python -m tests.faults.mail_database stand WHERE N the same, which stands still at its Nth mail: `parsing` it, or with
                                                   all of it `written` and nothing committed
python -m tests.faults.mail_database states        what the site holds
"""

import hashlib
import json
import os
import sys
import threading
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import django


def take(folder: Path) -> None:
    """Take every sample in, as from a file; those of one content are one mail."""
    from django.utils import timezone

    from engage.departments.models import Department
    from mailbox.post import actions
    from mailbox.post.dress import own_address
    from tests.mailbox import factories

    if not Department.objects.exists():
        factories.house()
    for path in sorted(folder.glob("*/*")):
        actions.take_in(path.read_bytes(), way="smtp", now=timezone.now(), envelope_to=[own_address()])


def read() -> None:
    """Read as the worker does, until nothing is new."""
    from django.utils import timezone

    from mailbox.post import actions
    from mailbox.post.models import InMail

    while InMail.objects.filter(state=InMail.State.NEW).exists():
        actions.read_new(now=timezone.now())


def stand(where: str, number: int) -> None:
    """Read, and stand still for ever at one mail; says so when it stands."""
    from mailbox.post import actions

    owner, name = (actions.reading, "read_mail") if where == "parsing" else (actions, "_settle")
    goes_on, numbers = getattr(owner, name), count(1)

    def stands(*given: Any, **how: Any) -> Any:
        last = next(numbers) == number
        done = None if last and where == "parsing" else goes_on(*given, **how)
        if last:
            print("stands", flush=True)
            threading.Event().wait()
        return done

    setattr(owner, name, stands)
    read()


def states() -> dict[str, object]:
    """Return of each mail, by its key, what became of it and what its kept bytes hash to; and how much came of all."""
    from engage.journal.models import JournalRow
    from engage.participation.models import OutgoingMail
    from mailbox.models import Case, Message
    from mailbox.post.models import InMail

    recorded = Counter(
        JournalRow.objects.filter(verb__startswith="mail.", target_label=InMail._meta.label_lower)
        .exclude(verb="mail.taken_in")
        .values_list("target_pk", flat=True)
    )
    return {
        "mails": {
            row.key: {
                "kept": hashlib.sha256(row.raw()).hexdigest(),
                "state": str(row.state),
                "why": row.why,
                "case": row.case_id,
                "message": row.became_id,
                "recorded": recorded[str(row.pk)],
            }
            for row in InMail.objects.order_by("pk")
        },
        "cases": Case.objects.count(),
        "messages": Message.objects.count(),
        "receipts": OutgoingMail.objects.count(),
    }


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engage.settings")
    django.setup()
    match sys.argv[1]:
        case "take":
            take(Path(sys.argv[2]))
        case "read":
            read()
        case "stand":
            stand(sys.argv[2], int(sys.argv[3]))
        case _:
            json.dump(states(), sys.stdout)


if __name__ == "__main__":
    main()
