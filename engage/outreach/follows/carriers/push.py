"""Push: each browser has a service of its own to post to, so several are posted to at once.

A push that may have arrived is posted again under the same topic and tag: it takes the place of the first one.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import TracebackType

from django.conf import settings
from django.utils import timezone

from engage.errors import Refused
from engage.outreach.delivery import net
from engage.outreach.follows import links, rules
from engage.outreach.follows.carriers import Job, Outcome, State, webpush

TTL_SECONDS = 2 * 24 * 3600
SECONDS_MOST = 10
AT_ONCE = 10
# What a form would say about a typed address: such a subscription can never be posted to.
_NEVER = frozenset(
    {
        "outbound_address_wrong",
        "outbound_scheme",
        "outbound_credentials",
        "outbound_port",
        "outbound_host_closed",
        "push_keys_wrong",
    }
)


class PushCarrier:
    """Posts to push services through the one door for typed addresses."""

    away = ""

    def __enter__(self) -> PushCarrier:
        self.pool = ThreadPoolExecutor(AT_ONCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pool.shutdown()

    def deliver(self, jobs: list[Job], *, until: float) -> list[Outcome]:
        """Post all of them, several at once."""
        if time.monotonic() > until:
            return [Outcome(job.recipient_id, State.QUEUED, "later") for job in jobs]
        now = timezone.now()
        return list(self.pool.map(lambda job: _post(job, now), jobs))


def payload(job: Job) -> bytes:
    """Return what the service worker shows, cut to what one record holds."""
    words = {
        "title": job.subject[:120],
        "body": job.body[:600],
        "url": job.path,
        "tag": f"m{job.mailing_id}",
        "lang": job.follower.language,
    }
    while len(data := json.dumps(words, ensure_ascii=False).encode()) > webpush.PAYLOAD_MOST:
        words["body"] = words["body"][: len(words["body"]) // 2]
    return data


def _post(job: Job, now: datetime) -> Outcome:
    subscription = job.follower.push
    later = 60 * 2 ** min(job.tries, 6)
    try:
        endpoint = subscription.endpoint
        reply = net.fetch(
            endpoint,
            method="POST",
            body=webpush.encrypt(payload(job), subscription.key, subscription.auth),
            headers={
                "Authorization": webpush.authorization(endpoint, settings.PUSH_KEY, settings.PUSH_CONTACT, now),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(TTL_SECONDS),
                "Urgency": "normal",
                "Topic": links.letter_key(job.mailing_id, job.follower.pk),
            },
            seconds=SECONDS_MOST,
            most_bytes=64 * 1024,
            redirects=0,
        )
    except Refused as refused:
        if refused.code in _NEVER:
            return Outcome(job.recipient_id, State.FAILED, refused.code, dead=True)
        return Outcome(job.recipient_id, State.QUEUED, refused.code, wait=later, tried=True)
    if reply.ok:
        return Outcome(job.recipient_id, State.SENT)
    error = f"HTTP {reply.status}"
    if reply.status in (404, 410):
        return Outcome(job.recipient_id, State.FAILED, error, dead=True)
    if reply.status == 429 or reply.status >= 500:
        wait = rules.retry_after(reply.headers, now, otherwise=later)
        return Outcome(job.recipient_id, State.QUEUED, error, wait=wait, tried=True)
    return Outcome(job.recipient_id, State.FAILED, error)
