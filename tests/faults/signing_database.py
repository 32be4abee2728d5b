"""What test_signatures_survive.py asks a site's database for: a petition to sign, and what became of its signatures."""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engage.settings")

import django

django.setup()

from django.utils import timezone  # noqa: E402

from engage.participation.models import AboutOption  # noqa: E402
from mailbox.petitions.models import Listed, Signature, SignatureLetter  # noqa: E402
from mailbox.petitions.signing import links  # noqa: E402


def fill() -> None:
    """Write an open petition and a region; print its key. So many from one place are not held: this is no drill."""
    from tests.petitions import factories

    Listed.objects.create(what="domain", value="example.org", shown="example.org", allowed=True)

    AboutOption.objects.get_or_create(kind="region", code="east", defaults={"label_zh": "东区", "label_en": "East"})
    print(factories.petition(now=timezone.now()).pk)


def waiting() -> None:
    """Print how many letters are not done with."""
    print(SignatureLetter.objects.filter(state__in=["waiting", "ready", "claimed"]).count())


def states(petition: str) -> None:
    """Print the reference of every signature of a petition with its address and the state of its letter."""
    letters = dict(SignatureLetter.objects.values_list("signature_id", "state"))
    rows = {}
    for row in Signature.objects.filter(petition=int(petition)):
        reference = links.reference(row.pk, timezone.localtime(row.asked_at).year)
        rows[reference] = [row.email, letters.get(row.pk, "")]
    print(json.dumps(rows))


if __name__ == "__main__":
    {"fill": fill, "waiting": waiting, "states": states}[sys.argv[1]](*sys.argv[2:])
