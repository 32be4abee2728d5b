"""The outcome builder: parse, one query or action, render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations import rules as call_rules
from consultations.coding import access as coding
from consultations.models import Consultation
from consultations.outcomes import access, actions, queries, rules
from consultations.outcomes.desk import OUTCOMES
from consultations.outcomes.forms import AfterForm, ClauseForm, TextsForm, ThemesForm
from consultations.outcomes.gated import body
from consultations.outcomes.models import Export, Outcome
from consultations.outcomes.words import gap_url, language_name, missing_sentence
from engage.accounts.actors import Role, has_role
from engage.desk.registry import pages_for, queue_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.pages.translation import HTML_LANG
from engage.participation.forms import clean_text
from engage.publishing import gate

VIEWS = ("write", "review", "published")
MODERATION = "moderation"
# Gaps that only a coder closes.
AT_THE_CODING_DESK = ("comment", "coding")
View = Callable[..., HttpResponse]


def for_outcomes(view: View) -> View:
    """Let in who works on outcomes; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if OUTCOMES not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@dataclass(frozen=True)
class Bench:
    """One call and its newest outcome, as one request works on them."""

    call: Consultation
    outcome: Outcome | None
    may_write: bool
    may_code: bool
    may_moderate: bool


def _bench(request: HttpRequest, slug: str) -> Bench:
    found = queries.outcome_of(slug, actor=request.user)
    if found is None:
        raise Http404
    call, outcome = found
    return Bench(
        call,
        outcome,
        may_write=access.may_write(request.user, call),
        may_code=coding.may_code(request.user, call),
        may_moderate=queue_for(request.user, MODERATION) is not None,
    )


def _draft(request: HttpRequest, slug: str) -> tuple[Bench, Outcome]:
    """Return the outcome that is being written, for who writes it."""
    bench = _bench(request, slug)
    if bench.outcome is None or bench.outcome.state != Outcome.State.DRAFT or not bench.may_write:
        raise Http404
    return bench, bench.outcome


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(
        request, f"consultations/outcomes/desk/{template}.html", frame(request, OUTCOMES) | context, status=status
    )


def _refused(refusal: Refused) -> dict[str, Any]:
    return {"refusal": refusal_message(refusal), "status": refusal_status(refusal.code)}


@require_safe
@for_outcomes
def home(request: HttpRequest) -> HttpResponse:
    """List the calls whose outcome is to be written, is in review, or is published."""
    default = "review" if has_role(request.user, Role.APPROVER) else "write"
    view = request.GET.get("view", default)
    view = view if view in VIEWS else default
    now = timezone.now()
    typed = clean_text(request.GET.get("q", ""))
    calls = list(queries.places(view, actor=request.user, now=now, typed=typed)[:200])
    newest = queries.newest_of(calls, actor=request.user)
    zone = timezone.get_current_timezone()
    rows = []
    for call in calls:
        due = call_rules.answer_due(call.closes_at, call.answer_days)
        rows.append({"call": call, "outcome": newest.get(call.pk), "due": due, "late": rules.days_late(due, now, zone)})
    return _page(request, "list", {"rows": rows, "view": view, "views": VIEWS, "typed": typed})


@require_safe
@for_outcomes
def builder(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the table of one outcome: what is written, what is missing, what can be done next."""
    return _builder(request, _bench(request, slug))


def _builder(request: HttpRequest, bench: Bench, refusal: Refused | None = None) -> HttpResponse:
    outcome = bench.outcome
    due = call_rules.answer_due(bench.call.closes_at, bench.call.answer_days)
    context: dict[str, Any] = {"call": bench.call, "outcome": outcome, "bench": bench, "due": due}
    if outcome is not None:
        context |= {"release": gate.standing_of(actions.KIND, outcome), "now": timezone.now()}
    if refusal is not None:
        context |= _refused(refusal)
    if outcome is None:
        return _page(request, "empty", context, context.get("status", 200))
    if outcome.state == Outcome.State.DRAFT:
        context |= _writing(bench, outcome)
    elif outcome.state == Outcome.State.SUBMITTED:
        context |= {
            "languages": [(code, language_name(code)) for code in queries.LANGUAGES],
            "letters": queries.count_letters(outcome),
        }
    else:
        context["exports"] = list(outcome.exports.all())
    return _page(request, "builder", context, context.get("status", 200))


def _writing(bench: Bench, outcome: Outcome) -> dict[str, Any]:
    built = queries.build(outcome)
    language = get_language() or ""
    texts = {text.language: text for text in outcome.texts.all()}
    titles = {
        version.pk: gettext("Version %(n)d") % {"n": version.number} for version in queries.versions_after(outcome)
    }
    form = AfterForm(
        versions=list(titles.items()),
        initial={"version": outcome.version_after_id, "revision": outcome.revision},
    )
    return {
        "content": built.content,
        "missing": [(missing_sentence(gap), _where(gap, bench)) for gap in built.missing],
        "is_left_to_coders": not bench.may_code
        and any(kind in AT_THE_CODING_DESK for gap in built.missing for kind in gap.where[:1]),
        "texts": [
            {
                "language": code,
                "name": language_name(code),
                "written": sum(bool(getattr(texts.get(code), name, "").strip()) for name in rules.FIELDS),
                "of": len(rules.FIELDS),
            }
            for code in queries.LANGUAGES
        ],
        "rows": [
            {"row": row, "shown": shown, "reasons": [language_name(code) for code in row["reasons"]]}
            for row, shown in zip(built.content["rows"], queries.shown(built.content, language).rows, strict=True)
        ],
        "after_form": form,
        "languages": [(code, language_name(code)) for code in queries.LANGUAGES],
    }


def _where(gap: rules.Missing, bench: Bench) -> str:
    """Return the address where the reader closes a gap; empty when only time or somebody else closes it."""
    if not gap.where:
        return ""
    kind, *rest = gap.where
    if kind in AT_THE_CODING_DESK:
        asked = f"?state=all&comment={rest[0]}" if rest else ""
        return reverse("coding_desk", args=[bench.call.slug]) + asked if bench.may_code else ""
    if kind == MODERATION:
        return reverse("desk_queue", args=[MODERATION]) if bench.may_moderate else ""
    return gap_url(bench.call.slug, gap)


@require_POST
@for_outcomes
def open_(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the table of an outcome, or of its correction."""
    bench = _bench(request, slug)
    try:
        actions.open_outcome(bench.call.pk, actor=request.user)
    except Refused as refusal:
        return _builder(request, bench, refusal)
    return redirect("outcome_builder", slug)


@require_POST
@for_outcomes
def after(request: HttpRequest, slug: str) -> HttpResponse:
    """Say which version came of the comments."""
    bench, outcome = _draft(request, slug)
    versions = [(version.pk, str(version.number)) for version in queries.versions_after(outcome)]
    form = AfterForm(request.POST, versions=versions)
    if not form.is_valid():
        raise Http404
    try:
        actions.choose_after(
            outcome.pk, form.cleaned_data["version"], revision=form.cleaned_data["revision"], actor=request.user
        )
    except Refused as refusal:
        return _builder(request, bench, refusal)
    return redirect("outcome_builder", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@for_outcomes
def texts(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Write summary, method and next steps in one language."""
    bench, outcome = _draft(request, slug)
    if language not in queries.LANGUAGES:
        raise Http404
    text = outcome.texts.filter(language=language).first()
    initial = {name: getattr(text, name, "") for name in rules.FIELDS} | {"revision": outcome.revision}
    form = TextsForm(request.POST or None, initial=initial)
    context: dict[str, Any] = {
        "call": bench.call,
        "form": form,
        "language": HTML_LANG.get(language, language),
        "name": language_name(language),
    }
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            actions.write_texts(outcome.pk, {language: given}, revision=given.pop("revision"), actor=request.user)
        except Refused as refusal:
            return _again(request, "texts", context, refusal, outcome)
        return redirect("outcome_builder", slug)
    return _page(request, "texts", context, 422 if form.is_bound else 200)


def _again(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: Refused, outcome: Outcome
) -> HttpResponse:
    """Show a form again with what was typed; sent once more, it counts for the newest state."""
    form = context["form"]
    form.data = form.data.copy()
    form.data["revision"] = str(Outcome.objects.values_list("revision", flat=True).get(pk=outcome.pk))
    refused = _refused(refusal)
    return _page(request, template, context | refused, refused["status"])


@require_http_methods(["GET", "HEAD", "POST"])
@for_outcomes
def clause(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Write what the outcome says about one clause, choose quotes, correct what replaced it."""
    bench, outcome = _draft(request, slug)
    built = queries.build(outcome)
    place = next((at for at, row in enumerate(built.content["rows"]) if row["key"] == key), None)
    if place is None:
        raise Http404
    row = built.content["rows"][place]
    given = outcome.clauses.filter(clause=row["clause"]).prefetch_related("clauses_after").first()
    language = get_language() or ""
    offered = queries.candidates(outcome, row, given)
    initial: dict[str, Any] = {
        "revision": outcome.revision,
        "quotes": [one.comment.pk for one in offered if one.chosen],
        "removed": bool(given and given.removed),
        "after": [clause.key for clause in given.clauses_after.all()] if given else [],
    }
    initial |= {f"reason_{code}": (given.reasons if given else {}).get(code, "") for code in queries.LANGUAGES}
    form = ClauseForm(
        request.POST or None,
        quotes=offered,
        articles=queries.clause_choices(outcome, language) if row["clause"] and "part" not in row else [],
        initial=initial,
    )
    chosen = {str(pk) for pk in (form["quotes"].value() or [])}
    context: dict[str, Any] = {
        "call": bench.call,
        "bench": bench,
        "outcome": outcome,
        "form": form,
        "shown": queries.shown(built.content, language).rows[place],
        "offered": [(one.comment, str(one.comment.pk) in chosen) for one in offered],
    }
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_clause(
                outcome.pk,
                row["clause"],
                reasons=form.reasons,
                quotes=form.cleaned_data["quotes"],
                after=form.cleaned_data["after"],
                removed=form.cleaned_data["removed"],
                revision=form.cleaned_data["revision"],
                actor=request.user,
            )
        except Refused as refusal:
            return _again(request, "clause", context, refusal, outcome)
        return redirect(reverse("outcome_builder", args=[slug]) + "#clauses")
    return _page(request, "clause", context, 422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_outcomes
def themes(request: HttpRequest, slug: str) -> HttpResponse:
    """Say how the public reads the names of the themes, in each language."""
    bench, outcome = _draft(request, slug)
    own, names = queries.theme_names(outcome)
    form = ThemesForm(request.POST or None, own=own, names=names, initial={"revision": outcome.revision})
    context: dict[str, Any] = {"call": bench.call, "bench": bench, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_themes(outcome.pk, form.names, revision=form.cleaned_data["revision"], actor=request.user)
        except Refused as refusal:
            return _again(request, "themes", context, refusal, outcome)
        return redirect("outcome_builder", slug)
    return _page(request, "themes", context, 422 if form.is_bound else 200)


@require_safe
@for_outcomes
def preview(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Show the page as it would be published now."""
    bench = _bench(request, slug)
    if bench.outcome is None or language not in queries.LANGUAGES:
        raise Http404
    content = bench.outcome.content or queries.build(bench.outcome).content
    context = {
        "call": bench.call,
        "outcome": bench.outcome,
        "name": language_name(language),
        "lang": HTML_LANG.get(language, language),
        "body": body(content, bench.outcome, language),
    }
    return _page(request, "preview", context)


@require_POST
@for_outcomes
def export(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Stop one file, or have it made again."""
    bench = _bench(request, slug)
    if bench.outcome is None:
        raise Http404
    get_object_or_404(Export, pk=pk, outcome=bench.outcome)
    verb = actions.cancel_export if request.POST.get("act") == "cancel" else actions.order_export
    try:
        verb(pk, actor=request.user)
    except Refused as refusal:
        return _builder(request, bench, refusal)
    return redirect(reverse("outcome_builder", args=[slug]) + "#files")
