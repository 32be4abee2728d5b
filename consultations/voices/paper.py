"""Keying in comments that came on paper: one after the other, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from consultations import actions, imports, rules
from consultations.models import Clause, Consultation, Draft, Version
from consultations.voices.forms import PaperForm
from consultations.voices.tables import QUESTION
from engage.accounts.actors import Actor, Role
from engage.desk.registry import DeskPage, Key, pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status

CHANNEL = "paper"
PAPER = DeskPage(
    code="paper",
    label=_("Paper"),
    roles=(Role.OFFICER, Role.APPROVER),
    url_name="desk_paper",
    keys=(Key(("Ctrl+Enter",), _("Keep it and key in the next one")),),
)
# Letters arrive late; what was received in time is keyed in for so long after the close.
LATE_DAYS = 60


def moment_of(day: date, opens_at: datetime, closes_at: datetime, now: datetime) -> datetime:
    """Return the moment that counts for a paper of a day: noon, moved into the call on its first and last day.

    What came today before noon came now.
    """
    noon = timezone.make_aware(datetime.combine(day, time(12)))
    if day == timezone.localdate(now):
        noon = min(noon, now)
    if noon < opens_at and day == timezone.localdate(opens_at):
        return opens_at
    last = rules.last_moment(closes_at)
    if noon > last and day == timezone.localdate(last):
        return last
    return noon


def key_in(values: dict[str, Any], *, now: datetime, actor: Actor) -> None:
    """Take in one comment on paper through the import, which keeps channel, number and date.

    Raises Refused("paper_known", number=...), Refused("article_unknown", name=...) and those of `import_comments`, of
    which the one fault of this paper is raised itself.
    """
    versions = actions.commented_versions(values["call"], actor)
    consultation = versions[0].draft.consultation
    assert consultation is not None
    key = clause_key(versions, values["article"]) if values["article"] else ""
    comment = actions.CommentInput(key=key, stance=values["stance"], text=values["text"], language=values["language"])
    arrival = imports.Arrival(
        external_id=values["number"],
        comments=(comment,),
        language=values["language"],
        received_at=moment_of(values["received"], consultation.opens_at, consultation.closes_at, now),
        signature=values["signature"],
        decision=values["decision"],
    )
    try:
        taken = imports.import_comments(values["call"], [arrival], channel=CHANNEL, now=now, actor=actor)
    except Refused as refusal:
        if refusal.code == "import_refused":
            fault = refusal.values["faults"][0]
            if fault.code == "import_known_differs":
                raise Refused("paper_known", number=values["number"]) from refusal
            raise Refused(fault.code, **fault.values) from refusal
        raise
    if taken.known:
        raise Refused("paper_known", number=values["number"])


def clause_key(versions: Sequence[Version], typed: str) -> str:
    """Return the key of an article of the first text by its number, or of a question: Q3, 问题3."""
    asked = QUESTION.match(typed)
    questions = [version for version in versions if version.draft.kind == Draft.Kind.QUESTIONS]
    version, number = (questions[-1], asked[1]) if asked and questions else (versions[0], typed)
    articles = Clause.objects.filter(version=version, level=Clause.Level.ARTICLE, number=number)
    key = articles.values_list("key", flat=True).first()
    if not key:
        raise Refused("article_unknown", name=typed)
    return key


def for_keying_in(view):
    """Let in who takes in what came on paper."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if PAPER not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@for_keying_in
def desk_paper(request: HttpRequest) -> HttpResponse:
    """Key in one comment; the next entry keeps call, date, language and publication, and begins at the number."""
    now = timezone.now()
    choices = calls_for_imports(request, now)
    kept = {name: request.GET.get(name, "") for name in ("call", "received", "language", "decision")}
    initial = {"received": timezone.localdate(now), "language": get_language(), "stance": "unstated"}
    initial |= {name: value for name, value in kept.items() if value}
    form = PaperForm(request.POST if request.method == "POST" else None, calls=choices, initial=initial)
    status, error = 422 if form.is_bound else 200, ""
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            key_in(values, now=now, actor=request.user)
        except Refused as refusal:
            status, error = refusal_status(refusal.code), refusal_message(refusal)
        else:
            again = {"done": values["number"], **{name: values[name] for name in kept}}
            return redirect(f"{reverse('desk_paper')}?{urlencode(again)}")
    context = frame(request, PAPER) | {
        "form": form,
        "error": error,
        "done": request.GET.get("done", "")[:60] if not form.is_bound else "",
        "has_calls": bool(choices),
    }
    return render(request, "voices/desk_paper.html", context, status=status)


def calls_for_imports(request: HttpRequest, now: datetime) -> list[tuple[str, str]]:
    """Return slug and title of the calls that may still take in what came in time."""
    found = Consultation.objects.visible_to(request.user).filter(
        opens_at__lte=now, closes_at__gt=now - timedelta(days=LATE_DAYS)
    )
    return [(call.slug, call.title) for call in found.prefetch_related("pages__locale").order_by("closes_at")[:200]]
