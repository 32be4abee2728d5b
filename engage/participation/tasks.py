"""Background work of participation."""

from django.utils import timezone
from django_tasks import task

from engage.accounts.actors import SYSTEM
from engage.participation import actions, new_code
from engage.participation.rules import parse_reference
from engage.schedule import every


@every(seconds=5)
def deliver_mail() -> int:
    """Send what waits in the outbox."""
    return actions.deliver_mail(now=timezone.now())


@every(seconds=3600)
def delete_expired_contacts() -> int:
    """Delete contact data past its retention date: all of it, in short transactions, also a year after a rush."""
    now, deleted = timezone.now(), 0
    while gone := actions.delete_expired_contacts(now=now, actor=SYSTEM):
        deleted += gone
    return deleted


@task()
def send_new_code(reference: str) -> None:
    """Send the link for a new code to the address on file, where there is one."""
    if parsed := parse_reference(reference):
        new_code.mail_link(parsed)
