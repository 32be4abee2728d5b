"""What moderators set against fraud: lists, the pause of signing, marks that are let go. All is journalled."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction

from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from mailbox.petitions.actions.invalidation import check_may_order
from mailbox.petitions.addresses import AddressError, canonical, split_address
from mailbox.petitions.guarding.orders import NetworkError, networks_in
from mailbox.petitions.hashes import address_key, network_key
from mailbox.petitions.models import Listed, PetitionRules, Suspect
from mailbox.petitions.queries.settings import KEY as RULES_KEY

# A mark that a person let go is not suspected again for so long.
LET_GO_FOR = timedelta(days=7)


def marks_of(what: str, typed: str) -> tuple[str, list[str]]:
    """Return what is typed into a list as it is shown, and the values by which signatures are found.

    Raises Refused("petition_list_domain" | "petition_list_address" | "petition_list_network" | "petition_list_wide").
    """
    typed = typed.strip()
    try:
        if what == Listed.What.DOMAIN:
            domain = split_address(f"a@{typed.removeprefix('@').removeprefix('*.')}")[1]
            if len(domain) > 120:
                raise Refused("petition_list_domain")
            return domain, [domain]
        if what == Listed.What.ADDRESS:
            address = canonical(typed)
            local, _at, domain = address.rpartition("@")
            return f"{local[:1]}…@{domain}"[:120], [address_key(address)]
    except AddressError as exc:
        raise Refused(f"petition_list_{what}") from exc
    try:
        shown, parts = networks_in(typed)
    except NetworkError as exc:
        raise Refused("petition_list_wide" if str(exc) == "wide" else "petition_list_network") from exc
    return shown, [network_key(part) for part in parts]


@transaction.atomic
def put_on_list(what: str, typed: str, *, allowed: bool, note: str, actor: User, now: datetime) -> Listed:
    """List a domain, an address or a network as always held or never; who is listed already changes sides."""
    check_may_order(actor)
    shown, values = marks_of(what, typed)
    rows = [
        Listed(what=what, value=value, shown=shown, allowed=allowed, note=note[:200], by=actor, at=now)
        for value in values
    ]
    Listed.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["what", "value"],
        update_fields=["shown", "allowed", "note", "by", "at"],
        batch_size=500,
    )
    row = Listed.objects.get(what=what, value=values[0])
    verb = "petition.listed_allowed" if allowed else "petition.listed_blocked"
    journal.record(actor, verb, row, what=what, marks=len(values), first=values[0])
    return row


@transaction.atomic
def take_off_list(pk: int, *, actor: User) -> None:
    """Take an entry off, with all the networks it stands for."""
    check_may_order(actor)
    row = Listed.objects.select_for_update().get(pk=pk)
    gone, _by_model = Listed.objects.filter(what=row.what, shown=row.shown, allowed=row.allowed, at=row.at).delete()
    journal.record(actor, "petition.unlisted", "petitions.listed", what=row.what, marks=gone, first=row.value)


@transaction.atomic
def set_pause(paused: bool, *, zh: str, en: str, actor: User) -> PetitionRules:
    """Pause signing on the whole site, or end the pause. Readers are told why in both languages.

    Raises Refused("petition_guard_role" | "petition_pause_words").
    """
    check_may_order(actor)
    if paused and not (zh.strip() and en.strip()):
        raise Refused("petition_pause_words")
    rules_row = PetitionRules.objects.select_for_update().first() or PetitionRules()
    rules_row.signing_paused, rules_row.pause_zh, rules_row.pause_en = paused, zh.strip(), en.strip()
    rules_row.save()
    journal.record(actor, "petition.signing_paused" if paused else "petition.signing_resumed", rules_row)
    transaction.on_commit(lambda: cache.delete(RULES_KEY))
    return rules_row


@transaction.atomic
def let_go(pk: int, *, actor: User, now: datetime) -> Suspect:
    """Suspect a mark no more for a week. What is held under it stays in the queue, where it can be released."""
    check_may_order(actor)
    row = Suspect.objects.select_for_update().get(pk=pk)
    row.let_go_at, row.let_go_by, row.until = now, actor, now + LET_GO_FOR
    row.save(update_fields=["let_go_at", "let_go_by", "until"])
    journal.record(actor, "petition.suspect_let_go", row, what=row.what, why=row.why)
    return row
