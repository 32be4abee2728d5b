"""What the test of killed workers needs from a site's database, as a program: the site's settings are not the tests'.

python -m tests.faults.mailing_database fill COUNT   followers of everything, and a newsletter to them
python -m tests.faults.mailing_database states       {address: state of the letter to it}
"""

import json
import os
import sys
from datetime import timedelta

import django

BATCH = 2_000


def address(number: int) -> str:
    return f"reader{number}@example.org"


def fill(count: int) -> None:
    """Write followers that confirmed, each with an address of its own, and begin the newsletter."""
    from django.utils import timezone

    from engage.accounts.actors import SYSTEM
    from engage.outreach.follows import actions
    from engage.outreach.follows.models import Follow, Follower
    from engage.outreach.follows.registry import Tag
    from engage.participation.models import Contact
    from engage.participation.vault import blind_index

    now = timezone.now()
    for start in range(0, count, BATCH):
        addresses = [address(number) for number in range(start, min(start + BATCH, count))]
        contacts = Contact.objects.bulk_create(
            Contact(email=one, email_index=blind_index("email", one), delete_after=now + timedelta(days=365))
            for one in addresses
        )
        followers = Follower.objects.bulk_create(
            Follower(contact=one, email_index=one.email_index, language="zh-hans", confirmed_at=now) for one in contacts
        )
        Follow.objects.bulk_create(
            Follow(follower=one, kind="everything", ref=0, confirmed_at=now) for one in followers
        )
    texts = {
        "zh-hans": ("第一期通讯", "这是给所有关注者的通讯。\n" * 20),
        "en": ("Newsletter 1", "To all who follow.\n" * 20),
    }
    actions.begin("newsletter-1", texts, [Tag("everything", 0)], now=timezone.now(), actor=SYSTEM)


def states() -> dict[str, str]:
    """Return what the site says of each letter."""
    from engage.outreach.follows.models import Follower, Recipient

    addresses = {one.pk: one.contact.email for one in Follower.objects.select_related("contact").iterator()}
    rows = Recipient.objects.values_list("follower_id", "state").iterator()
    return {addresses[follower_id]: Recipient.State(state).name for follower_id, state in rows}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engage.settings")
    django.setup()
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        json.dump(states(), sys.stdout)


if __name__ == "__main__":
    main()
