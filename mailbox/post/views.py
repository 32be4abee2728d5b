"""Mail at the desk: what waits to be read, one mail, its bytes, what is done with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from engage.desk.views import frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.typed import LARGEST_KEY
from mailbox.desk.views import for_cases, is_revealed
from mailbox.models import Case
from mailbox.post import actions, queries
from mailbox.post.desk import POST
from mailbox.post.models import InMail, reads_post


class CaseForm(forms.Form):
    """To which case a mail belongs."""

    reference = forms.CharField(
        label=_("Reference of the case"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


@require_safe
@for_cases
def home(request: HttpRequest) -> HttpResponse:
    """List what waits, or another view of what came."""
    view = request.GET.get("view", "waiting")
    if view not in queries.VIEWS:
        raise Http404
    typed = request.GET.get("before", "")
    before = int(typed) if typed.isascii() and typed.isdigit() and int(typed[:19]) <= LARGEST_KEY else None
    found = queries.mails(request.user, view, before=before)
    names = {
        "waiting": gettext("To read"),
        "automatic": gettext("Written by programs"),
        "spam": gettext("Spam"),
        "all": gettext("All"),
    }
    context = {
        "mails": found,
        "view": view,
        "views": names.items(),
        "next": found[-1].row.pk if len(found) == queries.PAGE else None,
    }
    return render(request, "mailbox/post/list.html", frame(request, POST) | context)


@require_safe
@for_cases
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail and what can be done with it."""
    return _mail(request, pk)


def _mail(request: HttpRequest, pk: int, *, refusal: Refused | None = None) -> HttpResponse:
    opened = queries.opened(pk, request.user) if pk <= LARGEST_KEY else None
    if opened is None:
        raise Http404
    hint = opened.row.hint or opened.row.case
    form = CaseForm(request.POST if refusal else None, initial={"reference": hint.reference if hint else ""})
    shows = opened.row.is_open_about_sender or (opened.may_show_sender and is_revealed(request, opened.row.case_id))
    context: dict[str, Any] = {
        "shows_sender": shows,
        "may_reveal": opened.may_show_sender and not shows,
        "opened": opened,
        "row": opened.row,
        "mail": opened.mail,
        "form": form,
        "waits": not opened.row.is_settled,
        "may_open": reads_post(request.user),
        "refusal": refusal_message(refusal) if refusal else "",
    }
    status = refusal_status(refusal.code) if refusal else 200
    return render(request, "mailbox/post/mail.html", frame(request, POST) | context, status=status)


@require_safe
@for_cases
def raw(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out a mail as it came: a file to keep, never something a browser opens."""
    try:
        row = actions.take_along(pk if pk <= LARGEST_KEY else 0, actor=request.user)
    except (InMail.DoesNotExist, Refused):
        raise Http404 from None
    answer = HttpResponse(row.raw(), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="mail-{row.pk}.eml"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@for_cases
def do(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach to a case, accept, open a case, put away as spam, read once more."""
    now, actor = timezone.now(), request.user
    code = request.POST.get("do", "")
    try:
        if pk > LARGEST_KEY:
            raise Http404
        if code == "attach":
            row = actions.attach_mail(pk, reference=request.POST.get("reference", ""), actor=actor, now=now)
        elif code == "accept":
            row = actions.accept_mail(pk, actor=actor, now=now)
        elif code == "open":
            row = actions.open_mail(pk, actor=actor, now=now)
        elif code == "spam":
            row = actions.mark_spam(pk, actor=actor, now=now)
        elif code == "again":
            row = actions.read_again(pk, actor=actor, now=now)
        else:
            raise Http404
    except ObjectDoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        return _mail(request, pk, refusal=refusal)
    messages.success(request, gettext("Done: the mail is now “%(state)s”") % {"state": row.get_state_display()})
    return redirect("desk_post")


@require_POST
@for_cases
def trust(request: HttpRequest, pk: int) -> HttpResponse:
    """Let letters go to the address of a case again."""
    try:
        actions.trust_address(pk if pk <= LARGEST_KEY else 0, actor=request.user)
    except Case.DoesNotExist:
        raise Http404 from None
    return redirect("desk_case", pk)
