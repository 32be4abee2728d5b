"""Letters to those who follow a policy or a call, each in the language it was asked for in."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.calls.models import Extension
from consultations.models import Consultation
from consultations.plans.models import Follow, Notice, StageMove
from consultations.words import closing_day


def _address(name: str, *args: object) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)


def asked(follow: Follow, signature: str) -> tuple[str, str]:
    """Return subject and text of the letter that asks for the confirmation."""
    with translation.override(follow.language):
        subject = _("Please confirm: follow “%(title)s”") % {"title": follow.about.title}
        if follow.confirmed_at is not None:
            body = _("You follow “%(title)s” already. To stop, open this page and press the button:\n%(leave)s")
        else:
            body = _(
                "Somebody asked us to write to this address when “%(title)s” moves on. If it was you, open this page "
                "within 7 days and press the button:\n%(confirm)s\n\nIf it was not you, do nothing: we forget the "
                "address."
            )
        return subject, body % {
            "title": follow.about.title,
            "confirm": _address("plan_confirm", signature),
            "leave": _address("plan_leave", signature),
        }


def one_click(follow: Follow, signature: str) -> str:
    """Return the address to which the reader's mail program posts in order to stop the letters."""
    with translation.override(follow.language):
        return _address("plan_leave_at_once", signature)


def told(notice: Notice, follow: Follow, signature: str) -> tuple[str, str]:
    """Return subject and text of the letter about one event."""
    with translation.override(follow.language):
        sentence, address = _event(notice)
        subject = _("News of “%(title)s”") % {"title": follow.about.title}
        body = _("%(sentence)s\n\nRead more:\n%(address)s\n\nTo stop these letters:\n%(leave)s") % {
            "sentence": sentence,
            "address": address,
            "leave": _address("plan_leave", signature),
        }
        return subject, body


def _event(notice: Notice) -> tuple[str, str]:
    """Return what happened, in the active language, and where to read about it."""
    if notice.kind == Notice.Kind.MOVED:
        move = StageMove.objects.select_related("policy").get(pk=notice.ref)
        sentence = _("%(title)s: %(stage)s since %(day)s. %(note)s") % {
            "title": move.policy.title,
            "stage": move.get_stage_display(),
            "day": date_format(move.on, "DATE_FORMAT"),
            "note": move.note,
        }
        return sentence.strip(), _address("plan_policy", move.policy.slug)
    if notice.kind == Notice.Kind.EXTENDED:
        extension = Extension.objects.select_related("consultation").get(pk=notice.ref)
        call = extension.consultation
        sentence = _("The call for comments on %(title)s was extended from %(old)s to %(new)s. %(reason)s") % {
            "title": call.title,
            "old": closing_day(extension.closed_before),
            "new": closing_day(extension.closes_after),
            "reason": extension.reason,
        }
        return sentence, _address("consultation", call.slug)
    call = Consultation.objects.get(pk=notice.ref)
    if notice.kind == Notice.Kind.ANSWERED:
        sentence = _("What people said on %(title)s, what was decided and why: the outcome is published.")
        return sentence % {"title": call.title}, _address("outcome", call.slug)
    if notice.kind == Notice.Kind.WITHDRAWN:
        sentence = _("The call for comments on %(title)s was withdrawn. %(reason)s") % {
            "title": call.title,
            "reason": call.withdrawn_reason,
        }
    else:
        sentence = _("You can comment on %(title)s until %(close)s.") % {
            "title": call.title,
            "close": closing_day(call.closes_at),
        }
    return sentence, _address("consultation", call.slug)
