"""Pure decisions about variants and deliveries: how long a text is to a channel, and when it goes out.

Sources of the counts, read in November 2026:
- Weibo: 140 characters, a half-width sign counts half (280 units). Its own page counts every UTF-16 unit beyond U+00FF
  as two, and each address as a short one of 20 units.
- X and what follows its open `twitter-text` (configuration 3): 280 units; listed ranges (Latin letters, punctuation)
  count one, everything else two, an emoji two however it is put together, an address 23.
- SMS: 3GPP TS 23.038. 160 septets of the default alphabet, 153 in each part of a longer message; signs of the extension
  table take two. One sign outside turns the message into UCS-2: 70 units, 67 in each part. No pair is cut in two.
- Push: payloads are bounded in bytes (APNs 4,096; Web Push 3,993 after RFC 8291); shown titles and texts are cut much
  sooner, so profiles bound both in bytes of UTF-8, of which a Chinese character takes three.
- WeChat articles: title at most 64 characters, summary 120, text under 20,000.
"""

from __future__ import annotations

import hmac
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from hashlib import sha256

# --- how long a text is ---------------------------------------------------------------------------------------------

CHARACTERS, WEIBO, X, BYTES, SMS = "characters", "weibo", "x", "bytes", "sms"
MEASURES = (CHARACTERS, WEIBO, X, BYTES, SMS)
LINK_UNITS = {WEIBO: 20, X: 23}

# Channels end an address at the first Chinese, Japanese or Korean sign, whoever wrote it without a space between.
_STOPS = r"\s<>\"'“”\u3000-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"
_LINK = re.compile(rf"https?://[^{_STOPS}]*[^{_STOPS}.,;:!?)\]]", re.IGNORECASE)
_BARE = re.compile(
    rf"(?<![@\w./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{{2,24}}(?:/[^{_STOPS}]*[^{_STOPS}.,;:!?)\]])?",
    re.IGNORECASE,
)
_PICTURE = "[\u231a-\u23ff\u25aa-\u25fe\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff]"
_MODIFIED = f"{_PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_MODIFIED}(?:\u200d(?:{_MODIFIED}|[\u2640\u2642]\ufe0f?))*"
)
_X_SINGLE = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True)
class Limit:
    """How a text is measured and how much it may have; `most` 0 means as much as one likes. For SMS, parts."""

    measure: str = CHARACTERS
    most: int = 0
    link_units: int = 0


@dataclass(frozen=True)
class Count:
    """How much a text has. For SMS `used` is parts, `units` septets or UCS-2 units, `room` what fits into them."""

    used: int
    most: int
    measure: str
    units: int = 0
    room: int = 0
    is_ucs2: bool = False
    # What has to go, in the smallest unit of the measure.
    over: int = 0

    @property
    def fits(self) -> bool:
        """Tell whether the channel takes it."""
        return not self.over


def count(text: str, limit: Limit) -> Count:
    """Measure a text as a channel does."""
    if limit.measure == SMS:
        return _sms(text, limit)
    used = _LENGTHS[limit.measure](text, limit.link_units)
    over = max(0, used - limit.most) if limit.most else 0
    return Count(used, limit.most, limit.measure, units=used, room=limit.most, over=over)


def _characters(text: str, link_units: int) -> int:
    return len(text)


def _bytes(text: str, link_units: int) -> int:
    return len(text.encode())


def _weibo(text: str, link_units: int) -> int:
    links = _LINK.findall(text)
    rest = _LINK.sub("", text) if link_units else text
    units = sum((2 if ord(sign) > 0xFFFF else 1) * (1 if ord(sign) <= 0xFF else 2) for sign in rest)
    return units + (link_units * len(links) if link_units else 0)


def _x(text: str, link_units: int) -> int:
    text, total = unicodedata.normalize("NFC", text), 0
    if link_units:
        for pattern in (_LINK, _BARE):
            text, links = pattern.subn("", text)
            total += link_units * links
    text, emoji = _EMOJI.subn("", text)
    return total + 2 * emoji + sum(_x_weight(ord(sign)) for sign in text)


def _x_weight(point: int) -> int:
    return 1 if any(first <= point <= last for first, last in _X_SINGLE) else 2


_LENGTHS = {CHARACTERS: _characters, BYTES: _bytes, WEIBO: _weibo, X: _x}


def _sms(text: str, limit: Limit) -> Count:
    is_ucs2 = not all(sign in _GSM_BASIC or sign in _GSM_EXTENSION for sign in text)
    widths = [(2 if ord(sign) > 0xFFFF else 1) if is_ucs2 else (2 if sign in _GSM_EXTENSION else 1) for sign in text]
    alone, part = (70, 67) if is_ucs2 else (160, 153)
    units = sum(widths)
    parts, room = (1, alone) if units <= alone else (_parts(widths, part), 0)
    room = room or parts * part
    allowed = alone if limit.most == 1 else limit.most * part
    over = max(1, units - allowed) if limit.most and parts > limit.most else 0
    return Count(parts, limit.most, SMS, units=units, room=room, is_ucs2=is_ucs2, over=over)


def _parts(widths: list[int], room: int) -> int:
    parts, left = 1, room
    for width in widths:
        if width > left:
            parts, left = parts + 1, room
        left -= width
    return parts


def cut_to(text: str, limit: Limit, tail: str = "") -> str:
    """Shorten a text so that it fits with its tail, which stays whole; a cut is shown by an ellipsis."""
    if count(text + tail, limit).fits:
        return text + tail
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if count(_shortened(text, middle) + tail, limit).fits:
            low = middle
        else:
            high = middle - 1
    return (_shortened(text, low) if low else "") + tail


def _shortened(text: str, length: int) -> str:
    return text[:length].rstrip(" ,.;:，。；：、") + "…"


# --- what a channel takes -------------------------------------------------------------------------------------------

SITE, MAIL, SHORT, ARTICLE, PUSH, TEXT = "site", "mail", "short", "article", "push", "sms"
FORMS = (SITE, MAIL, SHORT, ARTICLE, PUSH, TEXT)
# Forms whose link stands within the text; the others carry it beside.
LINK_INSIDE = frozenset({SHORT, TEXT})
WITHOUT_TITLE = frozenset({SHORT, TEXT})
TITLE_MEASURES = {PUSH: BYTES}
PAYLOAD_MOST = 3_993


@dataclass(frozen=True)
class Profile:
    """What a channel takes; an administrator may change it, since channels do."""

    title: Limit
    body: Limit


SHIPPED: Mapping[str, Profile] = {
    SITE: Profile(Limit(most=120), Limit(most=4_000)),
    MAIL: Profile(Limit(most=120), Limit(most=20_000)),
    SHORT: Profile(Limit(), Limit(WEIBO, 280, LINK_UNITS[WEIBO])),
    ARTICLE: Profile(Limit(most=64), Limit(most=20_000)),
    PUSH: Profile(Limit(BYTES, 64), Limit(BYTES, 240)),
    TEXT: Profile(Limit(), Limit(SMS, 3)),
}


@dataclass(frozen=True)
class Words:
    """What is told, in one language."""

    title: str
    summary: str
    url: str


@dataclass(frozen=True)
class Parts:
    """One variant as it is edited; `title` is empty where the form has none."""

    title: str
    body: str
    url: str


@dataclass(frozen=True)
class Fault:
    """Why a variant cannot go out: `part` is title, body or whole; without a count it is missing."""

    part: str
    count: Count | None = None


def first_version(form: str, profile: Profile, words: Words, language: str) -> Parts:
    """Make a variant from the item's words that its channel takes."""
    title, summary = words.title.strip(), words.summary.strip()
    if form in WITHOUT_TITLE:
        chinese = language.startswith("zh")
        head = (f"【{title}】" if chinese else f"{title}: ") if summary else title
        return Parts("", cut_to(head + summary, profile.body, f" {words.url}" if words.url else ""), words.url)
    body = summary if form != ARTICLE or not summary else f"{summary}\n"
    return Parts(cut_to(title, profile.title), cut_to(body or title, profile.body), words.url)


def faults_of(form: str, profile: Profile, parts: Parts, *, payload: int = 0) -> list[Fault]:
    """Return all that keeps a variant from going out; `payload` is the size of a push in bytes."""
    faults = []
    if form not in WITHOUT_TITLE:
        faults += _part_faults("title", parts.title, profile.title)
    faults += _part_faults("body", parts.body, profile.body)
    if form == PUSH and payload > PAYLOAD_MOST:
        over = payload - PAYLOAD_MOST
        faults.append(Fault("whole", Count(payload, PAYLOAD_MOST, BYTES, payload, PAYLOAD_MOST, over=over)))
    return faults


def _part_faults(name: str, text: str, limit: Limit) -> list[Fault]:
    if not text.strip():
        return [Fault(name)]
    counted = count(text, limit)
    return [] if counted.fits else [Fault(name, counted)]


def profile_of(form: str, *, title_most: int, measure: str, most: int, link_units: int) -> Profile:
    """Return the profile of a channel from what its row says."""
    title = replace(SHIPPED[form].title, most=title_most)
    return Profile(title, Limit(measure, most, link_units))


# --- when it goes out -----------------------------------------------------------------------------------------------

LEASE = timedelta(minutes=5)
TRIES_MOST = 20
_PAUSE_FIRST, _PAUSE_MOST = timedelta(minutes=1), timedelta(hours=6)


def next_try(now: datetime, tries: int) -> datetime:
    """Return when a delivery is tried again after so many tries: 1, 2, 4 ... minutes, at most six hours."""
    return now + min(_PAUSE_FIRST * 2 ** min(max(tries, 1) - 1, 12), _PAUSE_MOST)


def into_window(moment: datetime, opens: time | None, closes: time | None) -> datetime:
    """Return the first moment from `moment` on in which a channel may be used; `moment` is local time.

    A window may run past midnight (22:00 to 06:00). Without one, or with equal ends, every moment will do.
    """
    if opens is None or closes is None or opens == closes:
        return moment
    clock = moment.time()
    inside = opens <= clock < closes if opens < closes else clock >= opens or clock < closes
    if inside:
        return moment
    opening = moment.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0)
    return opening if opening > moment else opening + timedelta(days=1)


def share(part: int, whole: int) -> int:
    """Return a share in whole per cent."""
    return math.floor(100 * part / whole) if whole else 0


# --- signatures -----------------------------------------------------------------------------------------------------

REPLAY_SECONDS = 300


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return HMAC-SHA256 (hex) over the time in seconds, a full stop and the body."""
    return hmac.digest(secret.encode(), f"{timestamp}.".encode() + body, sha256).hex()


def signature_header(secrets: list[str], timestamp: int, body: bytes) -> str:
    """Return the header of a request: the time and a signature by each secret that holds, the newest first.

    While a secret is changed both sign, so the receiver can change at any moment between.
    """
    return ",".join([f"t={timestamp}", *(f"v1={signature(secret, timestamp, body)}" for secret in secrets)])


def is_signed(header: str, secrets: list[str], body: bytes, now: int) -> bool:
    """Tell whether a request carries a fresh signature by one of the secrets; what is older than the window is none."""
    pairs = [part.partition("=") for part in header[:1_000].split(",")]
    times = [value for name, _sign, value in pairs if name.strip() == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit()) or len(times[0]) > 12:
        return False
    timestamp = int(times[0])
    if abs(now - timestamp) > REPLAY_SECONDS:
        return False
    given = [value.strip().encode() for name, _sign, value in pairs if name.strip() == "v1"]
    wanted = [signature(secret, timestamp, body).encode() for secret in secrets if secret]
    return any(hmac.compare_digest(one, other) for one in given for other in wanted)
