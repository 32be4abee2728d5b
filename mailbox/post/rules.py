"""Decisions about mail: signed addresses, what is never answered, what is too much. Pure; `now` is an argument."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

MAC_LENGTH = 10
SENDER = "sender"
PARTIES_MOST = 5
# A case takes so many mails an hour; beyond that two machines are talking, or somebody is not well.
PER_HOUR = 10
# So many new letters an hour are taken from one address.
NEW_PER_HOUR = 10
ANSWER_EVERY = timedelta(days=7)
HOUR = timedelta(hours=1)
STORED_MOST = 150 * 1024 * 1024

_REFERENCE = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]-\d{4}-\d{6,10}-[A-Za-z])(?![A-Za-z0-9])")
_SIGNED = re.compile(r"\A([a-z]-\d{4}-\d{6,10}-[a-z])\.([a-z2-7]{10})\Z")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def address_mac(reference: str, party: str, key: str) -> str:
    """Return the ten characters that bind an address to a case and one of its parties."""
    signed = hmac.digest(key.encode(), f"post:{reference.upper()}:{party}".encode(), "sha256")
    return base64.b32encode(signed).decode().lower()[:MAC_LENGTH]


def signed_address(base: str, reference: str, party: str, key: str) -> str:
    """Return `case+REF.MAC@host` for `case@host`."""
    local, _at, host = base.rpartition("@")
    return f"{local}+{reference.lower()}.{address_mac(reference, party, key)}@{host}"


@dataclass(frozen=True)
class Signed:
    """What an address of ours says: the reference, and whose key it carries ("" when it is nobody's: forged)."""

    reference: str
    party: str


def signed_in(addresses: Iterable[str], base: str, key: str) -> list[Signed]:
    """Return what the addresses of a mail say, the rightly signed ones first."""
    local, _at, host = base.lower().rpartition("@")
    found: list[Signed] = []
    for address in addresses:
        name, _at, other = address.strip().lower().rpartition("@")
        if not base or other != host or not name.startswith(f"{local}+"):
            continue
        match = _SIGNED.match(name[len(local) + 1 :])
        if match is None:
            found.append(Signed("", ""))
            continue
        reference, mac = match[1].upper(), match[2]
        parties = (SENDER, *(f"party-{number}" for number in range(1, PARTIES_MOST + 1)))
        right = (one for one in parties if hmac.compare_digest(mac, address_mac(reference, one, key)))
        found.append(Signed(reference, next(right, "")))
    return sorted(found, key=lambda one: not one.party)


def references_in(text: str) -> list[str]:
    """Return the references that a text names: a hint, never a proof."""
    return list(dict.fromkeys(match.upper() for match in _REFERENCE.findall(text)))


def language_of(text: str) -> str:
    """Return the language somebody wrote in: Chinese where it has any number of its characters."""
    letters = sum(char.isalpha() for char in text[:4000])
    return "zh-hans" if letters and len(_CHINESE.findall(text[:4000])) * 5 >= letters else "en"


def is_unreadable(text: str, files: int) -> bool:
    """Tell whether nothing can be made of a mail: no words and no files, or words that are marks."""
    words = text.strip()
    if not words:
        return files == 0
    return words.count("\ufffd") * 10 > len(words)
