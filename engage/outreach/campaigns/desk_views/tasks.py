"""The tasks of a campaign, and the lists that campaigns begin with."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.errors import Refused
from engage.outreach.campaigns import actions, queries
from engage.outreach.campaigns.desk_views.builder import show
from engage.outreach.campaigns.desk_views.common import for_campaigns, for_writers, found, page, say
from engage.outreach.campaigns.forms import TaskForm, TemplateForm
from engage.outreach.campaigns.models import TaskTemplate
from engage.typed import whole_number


@require_POST
@for_writers
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a task of one's own."""
    campaign = found(request, pk)
    form = TaskForm(request.POST)
    if not form.is_valid():
        return show(request, campaign, task_form=form)
    try:
        made = actions.add_task(pk, **form.cleaned_data, actor=request.user)
    except Refused as refusal:
        said = say(form, refusal)
        return show(request, campaign, refusal=refusal if "refusal" in said else None, task_form=form)
    return redirect(reverse("campaign_builder", args=[pk]) + f"#task-{made.pk}")


@require_POST
@for_writers
def task(request: HttpRequest, pk: int, task: int) -> HttpResponse:
    """Carry out one button of a task: done, not done, handed to somebody, removed."""
    campaign = found(request, pk)
    if not campaign.tasks.filter(pk=task).exists():
        raise Http404
    do = request.POST.get("do", "")
    try:
        if do in ("done", "reopen"):
            actions.mark_task(task, done=do == "done", now=timezone.now(), actor=request.user)
        elif do == "assign":
            owner = whole_number(request.POST.get("owner", ""), digits=9, otherwise=0)
            actions.assign_task(task, owner_id=owner or None, actor=request.user)
        elif do == "remove":
            actions.remove_task(task, actor=request.user)
        else:
            raise Http404
    except Refused as refusal:
        return show(request, campaign, refusal=refusal)
    return redirect(reverse("campaign_builder", args=[pk]) + ("#tasks" if do == "remove" else f"#task-{task}"))


@require_safe
@for_campaigns
def templates(request: HttpRequest) -> HttpResponse:
    """List the lists of tasks."""
    today = timezone.localdate()
    in_force = set(queries.templates_in_force(today).values_list("pk", flat=True))
    return page(request, "templates", {"view": "templates", "templates": queries.templates(), "in_force": in_force})


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def template(request: HttpRequest, template_id: int | None = None) -> HttpResponse:
    """Write a list of tasks, or a new one; campaigns that are begun keep theirs."""
    one = TaskTemplate.objects.prefetch_related("tasks").filter(pk=template_id).first() if template_id else None
    if template_id and one is None:
        raise Http404
    form = TemplateForm(request.POST or None, initial=_initial(one))
    context: dict[str, Any] = {"view": "templates", "template": one, "form": form}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        lines = [actions.TemplateLine(zh, en, offset, exact) for offset, exact, zh, en in given["lines"]]
        try:
            actions.write_template(
                template_id,
                name_zh=given["name_zh"],
                name_en=given["name_en"],
                valid_from=given["valid_from"],
                valid_to=given["valid_to"],
                lines=lines,
                actor=request.user,
            )
        except Refused as refusal:
            context |= say(form, refusal)
            return page(request, "template", context, context["status"])
        return redirect("campaign_templates")
    return page(request, "template", context, 422 if form.is_bound else 200)


def _initial(template: TaskTemplate | None) -> dict[str, Any]:
    if template is None:
        return {"valid_from": timezone.localdate()}
    lines = [
        f"{'=' if task.exact else ''}{task.offset} | {task.title_zh} | {task.title_en}" for task in template.tasks.all()
    ]
    return {
        "name_zh": template.name_zh,
        "name_en": template.name_en,
        "valid_from": template.valid_from,
        "valid_to": template.valid_to,
        "lines": "\n".join(lines),
    }
