"""What the test of a killed worker needs from a site's database, as a program: the site's settings are not the tests'.

python -m tests.faults.grouping_database fill COPIES OTHERS   letters at one desk; their groups; the largest confirmed
python -m tests.faults.grouping_database join                 the worker's joining, a line for each letter
python -m tests.faults.grouping_database approve              the answer to the leading letter, approved and sent
python -m tests.faults.grouping_database answer               the worker's answering of the others, a line for each
python -m tests.faults.grouping_database deliver              all that the outbox holds, to the mail server
python -m tests.faults.grouping_database states               what the site holds
"""

import json
import os
import random
import sys
from datetime import timedelta

import django

ANSWER = "下月通车。"


def fill(copies: int, others: int) -> None:
    """Let people write, the machine group, and an officer decide."""
    from django.utils import timezone

    from mailbox.routing import actions
    from mailbox.routing.models import LetterGroup
    from tests.mailbox import factories
    from tests.mailbox.test_routing_grouping import edited
    from tests.mailbox.test_routing_grouping import others as other_letters

    place = factories.house()
    chance = random.Random(5)
    texts = [(f"copy{n}@example.org", edited(n, chance)) for n in range(copies)]
    texts += [(f"other{n}@example.org", text) for n, text in enumerate(other_letters(others, chance))]
    chance.shuffle(texts)
    now = timezone.now()
    for address, text in texts:
        factories.case(text=text, email=address, now=now)
    actions.propose_groups(now=now)
    largest = max(LetterGroup.objects.all(), key=lambda one: one.members.count())
    actions.confirm_group(largest.pk, actor=place.clerk, now=now)


def join() -> None:
    """Join as the worker does, one letter at a time."""
    from django.utils import timezone

    from mailbox.routing import actions

    while actions.join_members(now=timezone.now(), limit=1):
        print("joined", flush=True)


def approve() -> None:
    """Pass the leading letter on, answer it, let the time to undo go by."""
    from django.utils import timezone

    from engage.accounts.models import User
    from engage.departments.models import Department
    from mailbox import actions
    from mailbox.actions import DraftWords
    from mailbox.routing.models import LetterGroup

    now = timezone.now()
    leading = LetterGroup.objects.get(state=LetterGroup.State.CONFIRMED).leading_id
    water = Department.objects.get(code="water")

    def member(code: str, role: str) -> User:
        return User.objects.get(memberships__department__code=code, memberships__role=role)

    actions.route_case(leading, to=water.pk, actor=member("intake", "officer"), now=now)
    actions.accept_case(leading, actor=member("water", "officer"), now=now)
    actions.take_step(leading, "draft", actor=member("water", "officer"), now=now)
    actions.save_draft(leading, DraftWords(text=ANSWER), actor=member("water", "officer"), now=now)
    draft = actions.submit_draft(leading, actor=member("water", "officer"), now=now)
    actions.approve_draft(leading, sha256=draft.sha256, actor=member("water", "approver"), now=now)
    assert actions.send_due_answers(now=now + timedelta(minutes=1)) == 1


def answer() -> None:
    """Answer as the worker does, one letter at a time."""
    from django.utils import timezone

    from mailbox import actions

    while actions.answer_merged(now=timezone.now(), limit=1):
        print("answered", flush=True)


def deliver() -> None:
    """Send as the worker does until nothing waits."""
    from django.utils import timezone

    from engage.participation import actions

    while actions.deliver_mail(now=timezone.now()):
        continue


def states() -> dict[str, object]:
    """Return for each letter: its sender, whether it was answered, its notices of an answer, its mails and receipts."""
    from mailbox.models import Case, Notice
    from mailbox.routing.models import LetterGroup

    group = LetterGroup.objects.get(state=LetterGroup.State.CONFIRMED)
    members = set(group.members.filter(left_at=None).values_list("case", flat=True))
    answers = list(Notice.objects.filter(form="answer").values_list("case", flat=True))
    letters = {}
    for case in Case.objects.select_related("submission__contact").prefetch_related("submission__mails"):
        contact = case.submission.contact
        assert contact is not None
        letters[contact.email] = {
            "is_member": case.pk in members,
            "leads": case.pk == group.leading_id,
            "answered": case.answered_at is not None,
            "answers": answers.count(case.pk),
            "mails": len(case.submission.mails.all()),
            "code": bool(case.submission.code_digest),
        }
    return letters


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engage.settings")
    django.setup()
    match sys.argv[1]:
        case "fill":
            fill(int(sys.argv[2]), int(sys.argv[3]))
        case "join":
            join()
        case "approve":
            approve()
        case "answer":
            answer()
        case "deliver":
            deliver()
        case _:
            json.dump(states(), sys.stdout)


if __name__ == "__main__":
    main()
