"""The short way of sending a questionnaire (engage.quick): a sheet of the open web on which nothing is missing."""

from __future__ import annotations

from django.utils import timezone, translation

from engage import quick
from engage.accounts.actors import ANYONE
from engage.participation import sending
from surveys.answering import actions, codes, devices
from surveys.answering.sheets import ANSWERABLE, Sheet, find
from surveys.models import Questionnaire, Response


def _is_simple(sheet: Sheet) -> bool:
    """Whether nothing but its answers decides over it: no frame, quota, invitation, device or file."""
    return (
        sheet.saved.mode == Response.Mode.WEB
        and sheet.shown.version.state in ANSWERABLE
        and sheet.shown.state == "open"
        and sheet.shown.questionnaire.access == Questionnaire.Access.OPEN
        and not (sheet.filled.files or sheet.filled.link)
        and not sheet.shown.definition.quotas
        and not devices.is_once(sheet.shown.definition)
    )


def send(post: quick.Post) -> quick.SeeOther | None:
    """Send what is filled in, as views.check does."""
    code, now = post.match["code"], timezone.now()
    if codes.read_code(code) != code:
        return None
    with translation.override(post.language):
        sheet = find(code, key=post.match["key"], language=post.language, now=now)
        if sheet is None or not _is_simple(sheet):
            return None
        course = sheet.course(now)
        if course.faults or not sending.counted(post.client):
            return None
        flagged = sending.seems_automatic(post.fields.get("website", ""), sheet.saved.started_at, now)
        actions.submit(sheet, language=post.language, flagged=flagged, now=now, actor=ANYONE, course=course)
    return quick.SeeOther(post.path.removesuffix("check/") + "sent/", status="302 Found")


def plug_in() -> None:
    """Register it."""
    pattern = rf"/surveys/(?P<key>[-\w]+)/answer/(?P<code>\w{{{codes.CODE_LENGTH}}})/check/"
    quick.register(pattern, send, csrf_exempt=True)
