"""The second coder: samples, their agreement with the first coding, and the blind coding itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from consultations.coding import actions, queries
from consultations.coding.forms import SampleForm
from consultations.coding.models import BlindItem, BlindSample
from consultations.coding.queries.desk import article_of
from consultations.coding.queries.stream import key_of
from consultations.coding.views.common import consultation_of, show
from consultations.coding.views.themes import tree_of
from consultations.models import Consultation
from engage.accounts.models import User
from engage.desk.views import for_staff
from engage.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how far two coders agree, theme by theme; POST draws a sample for a second coder."""
    consultation = consultation_of(request, slug)
    coders = queries.coders_of(consultation)
    form = SampleForm(
        request.POST if request.method == "POST" else None, coders=coders, initial={"coder": request.user.pk}
    )
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _draw(consultation, form, request.user)
            except Refused as exc:
                refusal = exc
            else:
                return redirect("coding_agreement", slug)
    results = queries.sample_results(consultation, tree_of(consultation))
    return show(request, "agreement.html", consultation, refusal=refusal, status=status, form=form, results=results)


def _draw(consultation: Consultation, form: SampleForm, actor: User) -> None:
    given = form.cleaned_data
    coder = User.objects.get(pk=given["coder"])
    actions.draw_sample(consultation, coder, seed=given["seed"], size=given["size"], actor=actor)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def blind(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the next comment of one's own sample without anybody's coding; POST says which themes it has."""
    consultation = consultation_of(request, slug)
    sample = get_object_or_404(BlindSample, pk=pk, consultation=consultation, coder=request.user)
    refusal = None
    if request.method == "POST":
        item = key_of(request.POST.get("item", ""))
        if item is None or not BlindItem.objects.filter(pk=item, sample=sample).exists():
            raise Http404
        chosen = [key for key in map(key_of, request.POST.getlist("theme")[:1_000]) if key is not None]
        try:
            actions.code_blind(item, chosen, actor=request.user)
            return redirect("coding_blind", slug, pk)
        except Refused as exc:
            refusal = exc
    current = queries.next_blind(sample)
    comment = current.comment if current else None
    return show(
        request,
        "blind.html",
        consultation,
        refusal=refusal,
        sample=sample,
        item=current,
        comment=comment,
        article=article_of(comment.clause, comment.language) if comment and comment.clause else None,
        done=sample.items.exclude(done_at=None).count(),
        total=sample.items.count(),
        tree=tree_of(consultation),
        ticked=request.POST.getlist("theme"),
    )
