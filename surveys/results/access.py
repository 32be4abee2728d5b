"""Who may take answers out of the house."""

from __future__ import annotations

from collections.abc import Collection

from engage.accounts.actors import Role

# Files without a single answer, and with what says who somebody is.
HARMLESS, PERSONAL = frozenset({"codebook"}), frozenset({"personal"})


def may_take(roles: Collection[str], code: str) -> bool:
    """Tell whether somebody with these roles may take a file of a format.

    Analysts take answers, administrators also what says who somebody is; whoever sees results reads the codebook.
    """
    if code in HARMLESS or Role.ADMINISTRATOR in roles:
        return True
    return code not in PERSONAL and Role.ANALYST in roles
