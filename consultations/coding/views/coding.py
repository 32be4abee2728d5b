"""The list of consultations to code, and the coding screen with every step on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consultations.coding import access, actions, queries, rules
from consultations.coding.actions import Target
from consultations.coding.models import Coding
from consultations.coding.queries.desk import clause_choices
from consultations.coding.queries.stream import key_of, let_go
from consultations.coding.views.common import BACK_MOST, back_to_desk, consultation_of, page_number, show
from consultations.models import Comment, Consultation
from engage.accounts.actors import has_role
from engage.desk.views import for_staff
from engage.errors import Refused

PER_PAGE = 20


@require_safe
@for_staff
def home(request: HttpRequest) -> HttpResponse:
    """List the consultations whose comments the reader may sort, with how far each is."""
    if not has_role(request.user, *access.ROLES):
        raise Http404
    mine = access.consultations_of(request.user).select_related("department").prefetch_related("pages__locale")
    page = Paginator(mine.order_by("-closes_at", "-pk"), PER_PAGE).get_page(page_number(request))
    return show(request, "home.html", page=page, rows=[(one, queries.figures(one)) for one in page])


@require_safe
@for_staff
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one comment with the stream, its points and the themes."""
    return _show(request, consultation_of(request, slug), request.GET.dict())


@require_POST
@for_staff
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """Take one step: `do` is its name, with the key of what it is about behind a colon."""
    consultation = consultation_of(request, slug)
    # Enter in a field presses the first button, which has no name: it makes the theme whose name was typed.
    do = request.POST.get("do", "") or ("theme" if request.POST.get("name", "").strip() else "look")
    name, _colon, of = do.partition(":")
    comment = key_of(request.POST.get("comment", ""))
    key = key_of(of)
    try:
        if name == "undo":
            step = actions.undo_last(consultation, actor=request.user)
            messages.success(request, _("Taken back: %(step)s") % {"step": step.get_kind_display()})
            return back_to_desk(request, consultation, comment=step.comment_id or comment)
        if comment is None or not Comment.objects.filter(pk=comment, consultation=consultation).exists():
            raise Http404
        onward = _step(request, consultation, comment, name, key)
    except Refused as refusal:
        asked = QueryDict(request.POST.get("back", "")[:BACK_MOST]).dict() | {"comment": str(comment or "")}
        return _show(request, consultation, asked, refusal=refusal)
    return back_to_desk(request, consultation, **onward)


def _step(request: HttpRequest, consultation: Consultation, comment: int, name: str, key: int | None) -> dict[str, int]:
    """Take a step about a comment; returns the cursor of the screen that follows."""
    actor, edited = request.user, request.POST.get("edited", "")
    match name:
        case "apply" if key is not None:
            actions.apply_theme(comment, key, _target(request), edited=edited, actor=actor)
        case "accept" if key is not None:
            target = Target(stretches=tuple(_stretches(request.POST.getlist(f"stretch-{key}"))))
            source = Coding.Source.SUGGESTION
            actions.apply_theme(comment, key, target, edited=edited, source=source, actor=actor)
        case "theme":
            actions.apply_new_theme(
                comment,
                request.POST.get("name", ""),
                _target(request),
                parent=key_of(request.POST.get("parent", "")),
                edited=edited,
                actor=actor,
            )
        case "mark":
            actions.mark_points(comment, _target(request).stretches, edited=edited, actor=actor)
        case "remove" if key is not None:
            actions.remove_coding(key, actor=actor)
        case "unmark" if key is not None:
            actions.unmark_point(key, actor=actor)
        case "reopen":
            actions.reopen_comment(comment, actor=actor)
        case "finish" | "nothing":
            actions.finish_comment(comment, nothing=name == "nothing", edited=edited, actor=actor)
            let_go(comment, actor.pk)
            return {"after": comment}
        case "look":
            pass
        case _:
            raise Http404
    return {"comment": comment}


def _target(request: HttpRequest) -> Target:
    """Return what was chosen: words selected in the text, else ticked sentences, else a point, else the whole."""
    selected = _stretches([request.POST.get("selection", "")])
    ticked = _stretches(request.POST.getlist("sentence")[:500])
    point = key_of(request.POST.get("point", ""))
    if selected or ticked:
        return Target(stretches=tuple(selected or ticked))
    return Target(points=(point,)) if point is not None else actions.WHOLE


def _stretches(given: list[str]) -> list[rules.Stretch]:
    """Read "start-end" of each; raises Refused("stretch_outside") for what is none."""
    found = []
    for raw in filter(None, given):
        start, end = (key_of(part) for part in (*raw.split("-", 1), "")[:2])
        if start is None or end is None:
            raise Refused("stretch_outside")
        found.append(rules.Stretch(start, end))
    return found


def _show(
    request: HttpRequest, consultation: Consultation, asked: dict[str, str], *, refusal: Refused | None = None
) -> HttpResponse:
    shown = queries.desk(consultation, asked, request.user)
    if shown.comment is None and asked.get("comment"):
        raise Http404
    figures = shown.figures
    if shown.comment is None and not shown.filters.is_narrowed and figures.left:
        # Nothing is left to read: figures that say otherwise are old, and the page would contradict itself.
        figures = queries.refresh_figures(consultation)
    sent: Any = request.POST
    return show(
        request,
        "desk.html",
        consultation,
        refusal=refusal,
        desk=shown,
        figures=figures,
        parameters=urlencode(shown.filters.parameters),
        clauses=clause_choices(consultation),
        stances=Comment.Stance.choices,
        typed_name=sent.get("name", ""),
        ticked=sent.getlist("sentence"),
        chosen_point=sent.get("point", ""),
        selection=sent.get("selection", "")[:40],
    )
