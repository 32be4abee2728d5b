"""Signing off and the gate itself. Both run inside the transaction of the room that publishes."""

from __future__ import annotations

from collections.abc import Collection

from engage.accounts.actors import Actor, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.publishing import registry
from engage.publishing.models import SignOff


def sign(kind: str, content_hash: str, actor: Actor, *, writers: Collection[int] = ()) -> list[SignOff]:
    """Turn every key of a kind that the actor holds, for this content; return the sign-offs.

    `writers` are the people who wrote in it. Raises Refused("not_allowed") for who holds no key, and
    Refused("sign_off_own") for a writer, whatever their roles.
    """
    keys = [key for key in registry.get(kind).keys if has_role(actor, *key.roles)]
    if not keys:
        raise Refused("not_allowed")
    if actor.pk is not None and actor.pk in writers:
        raise Refused("sign_off_own")
    signer = actor if isinstance(actor, User) else None
    signed = []
    for key in keys:
        sign_off, made = SignOff.objects.get_or_create(
            kind=kind, key=key.code, content_hash=content_hash, signer=signer
        )
        if made:
            journal.record(actor, "release.signed", sign_off, kind=kind, key=key.code, sha256=content_hash)
        signed.append(sign_off)
    return signed


def require(kind: str, content_hash: str, actor: Actor, *, writers: Collection[int] = ()) -> None:
    """Let a content pass that every key of its kind was turned for, none of them by a writer.

    Raises Refused("sign_off_missing", kind=..., keys=[...]).
    """
    found = SignOff.objects.filter(kind=kind, content_hash=content_hash)
    turned = {key for key, signer in found.values_list("key", "signer_id") if signer not in writers}
    open_keys = [key.code for key in registry.get(kind).keys if key.code not in turned]
    if open_keys:
        raise Refused("sign_off_missing", kind=kind, keys=open_keys)
    journal.record(actor, "release.passed", f"publishing.content:{content_hash}", kind=kind)
