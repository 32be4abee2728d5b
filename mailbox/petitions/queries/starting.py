"""Reads before a petition is published: what is like it already, its sponsors, whom we take none from."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engage.participation.rules import token_digest
from engage.search import registry, suggesting
from engage.search.suggesting import Suggestion
from mailbox.petitions.addresses import canonical
from mailbox.petitions.guarding.rules import listed_marks
from mailbox.petitions.hashes import address_key, network_key, networks
from mailbox.petitions.models import Listed, Petition, Signature
from mailbox.petitions.queries.guarding import rows_of
from mailbox.petitions.queries.settings import rules as settings_of_petitions
from mailbox.petitions.starting import links
from mailbox.petitions.starting.rules import Sponsors

# What other people think, and news of all kinds, are nothing to sign or to read instead.
_PETITIONS, _CALLS = frozenset({"petition"}), frozenset({"consultation", "policy"})
_ANSWERS = frozenset({"case_reply", "disclosure", "published_reply", "reply", "outcome", "page"})


@dataclass(frozen=True)
class Alike:
    """Things of one sort that are like a petition."""

    heading: str | Promise
    found: list[Suggestion]


def alike(text: str, *, language: str) -> list[Alike]:
    """List what is like an ask: petitions, calls for comments, answers; nothing for a text that says nothing."""
    kinds = {source.kind for source in registry.registered()}
    groups = (
        (_("Petitions like this"), _PETITIONS, 5),
        (_("Calls for comments about it"), _CALLS, 3),
        (_("Answers about it"), _ANSWERS, 3),
    )
    return [
        Alike(heading, found)
        for heading, wanted, most in groups
        if (found := suggesting.suggested(text, language=language, without=kinds - wanted, limit=most))
    ]


def sponsors_of(petition: Petition) -> Sponsors:
    """Return how many sponsors a petition has, needs and takes."""
    rules = settings_of_petitions()
    confirmed = Signature.objects.counted().filter(petition=petition, part=Signature.Part.SPONSOR)
    return Sponsors(confirmed.count(), rules.sponsors_needed, rules.sponsors_most)


def starter_has_confirmed(petition: Petition) -> bool:
    """Tell whether the starter confirmed the own address."""
    return Signature.objects.counted().filter(petition=petition, part=Signature.Part.STARTER).exists()


def petition_of_link(petition_id: int, key: str) -> Petition | None:
    """Return the petition that a link for sponsors opens; None for a wrong one and one that is over.

    Once everybody reads the petition the link leads to where they do.
    """
    if not links.is_sponsor_link(petition_id, key):
        return None
    good = Petition.objects.exclude(sponsor_digest="") | Petition.objects.public()
    return good.select_related("submission").filter(pk=petition_id).first()


def is_blocked(email: str, client: str) -> bool:
    """Tell whether moderators take nothing from an address, its domain or its network; what is allowed wins."""
    address = canonical(email)
    network, subnet = networks(client)
    marks = listed_marks(address_key(address), network_key(network), network_key(subnet), address.rpartition("@")[2])
    found = set(rows_of(Listed, marks).values_list("allowed", flat=True))
    return found == {False}


def petition_of_token(token: UUID) -> Petition | None:
    """Return the petition that a form with this token made; None where there is none."""
    digest = token_digest(token.bytes, settings.TRACKING_KEY)
    return Petition.objects.select_related("submission").filter(submission__token_digest=digest).first()
