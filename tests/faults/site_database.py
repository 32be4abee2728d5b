"""What a fault test needs from a site's database, as a program of its own: the site's settings are not the tests'.

python -m tests.faults.site_database fill COUNT   people who are one click before sending: a list of their
                                                  {"path", "token", "session"}
python -m tests.faults.site_database kept         what the site holds for each token on standard input (one a line):
                                                  {token: [[reference, tracking code fits, comments], ...]}
"""

import json
import os
import sys
import uuid
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import django


def fill(count: int) -> list[dict[str, str]]:
    """Write so many sessions, each with one comment in its basket on the one open call, which is made when missing."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.urls import reverse
    from django.utils import timezone, translation

    from consultations.basket import SESSION_KEY, Basket, Item
    from consultations.models import Consultation
    from engage.participation.challenge import sign_moment
    from tests.consultations import factories

    now = timezone.now()
    open_call = Consultation.objects.filter(opens_at__lte=now, closes_at__gt=now).first() or factories.call()
    slug = open_call.slug
    with translation.override("zh-hans"):
        path = reverse("check", args=[slug])
    people, sessions = [], []
    for number in range(count):
        item = Item(id=uuid.uuid4().hex[:8], key="", stance="support", text=f"第{number}位市民支持这一稿，请尽快实施。")
        basket = Basket(token=str(uuid.uuid4()), opened=sign_moment(now - timedelta(minutes=1)), items=[item])
        kept = {SESSION_KEY: {slug: asdict(basket)}}
        session = Session(
            session_key=uuid.uuid4().hex, session_data=SessionStore().encode(kept), expire_date=now + timedelta(days=1)
        )
        sessions.append(session)
        people.append({"path": path, "token": basket.token, "session": session.session_key})
    Session.objects.bulk_create(sessions)
    return people


def kept(tokens: list[str]) -> dict[str, list[tuple[str, bool, int]]]:
    """Return every submission that the site holds for each token."""
    from django.conf import settings
    from django.utils import timezone

    from consultations.models import Comment
    from engage.participation.actions import Envelope
    from engage.participation.models import Submission
    from engage.participation.rules import code_digest

    envelopes = {token: Envelope(uuid.UUID(token), "", timezone.now()) for token in tokens}
    of_digest: dict[str, list[Submission]] = {}
    for submission in Submission.objects.all():
        of_digest.setdefault(submission.token_digest, []).append(submission)
    comments: dict[int, int] = {}
    for submission_id in Comment.objects.values_list("submission_id", flat=True):
        comments[submission_id] = comments.get(submission_id, 0) + 1
    return {
        token: [
            (
                submission.reference,
                submission.code_digest == code_digest(envelope.code, settings.TRACKING_KEY),
                comments.get(submission.pk, 0),
            )
            for submission in of_digest.get(envelope.digest, [])
        ]
        for token, envelope in envelopes.items()
    }


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engage.settings")
    django.setup()
    answer: Any
    if sys.argv[1] == "fill":
        answer = fill(int(sys.argv[2]))
    else:
        answer = kept(sys.stdin.read().split())
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
