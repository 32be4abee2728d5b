"""The short way of sending a letter (engage.quick): one that is ready, from a session that holds nothing else."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import translation

from engage import quick
from engage.accounts.actors import ANYONE
from engage.participation import sending, wallet
from engage.participation.forms import read_token
from engage.sessions import SessionStore
from mailbox.letterbox import kept, sent


def send(post: quick.Post) -> quick.SeeOther | None:
    """Send the letter of a session, as views.check does."""
    token, session = read_token(post.fields.get("token", "")), post.session
    # Who has signed in, and who practises, has more in it than a letter.
    if token is None or not isinstance(session, SessionStore) or {*session.keys()} != {kept.SESSION_KEY}:
        return None
    letter = kept.read_from(session)
    if letter is None or letter.token != str(token):
        return None
    with translation.override(post.language):
        values = sent.ready_values(letter)
        if values is None:
            return None
        envelope = sent.envelope(letter, values, post.language, post.fields.get("website", ""))
        if not sending.counted(post.client, envelope.email):
            return None
        dropping = kept.Dropping(session)
        case = sent.send(letter, values, envelope, dropping, actor=ANYONE)
        dropping.finish()
        if session.modified:
            # The same had been sent before, so that nothing was written beside it: the ordinary way forgets the letter.
            return None
        reference, response = case.submission.reference, HttpResponse()
        wallet.put(post.cookies, response, reference, envelope.code)
        cookie = response.cookies[wallet.COOKIE].OutputString()
        return quick.SeeOther(sending.receipt_path(reference), cookie, "302 Found")


def plug_in() -> None:
    """Register it."""
    quick.register("/write/mine/check/", send, takes_session=True)
