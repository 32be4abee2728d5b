"""The pages against fraud at the desk: parse, one query or action, render."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import Role, has_role
from engage.desk.registry import MAILBOX, DeskPage, Key
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation.queries import about_options
from engage.typed import LARGEST_KEY, whole_number
from mailbox.petitions.actions import guard_settings, invalidation
from mailbox.petitions.guarding.forms import ListForm, OrderForm, PauseForm
from mailbox.petitions.guarding.orders import Conditions, needs_second_person
from mailbox.petitions.guarding.words import MARKS, WHY, mark_shown
from mailbox.petitions.models import MODERATORS, Invalidation, Listed, PetitionRules, RateLimit, Suspect
from mailbox.petitions.queries import guard_pages as pages
from mailbox.petitions.queries import guarding as queries
from mailbox.petitions.queries import orders

ORDERS_SHOWN = 50

GUARD = DeskPage(
    code="petition-guard",
    label=pgettext_lazy("desk", "Guarding petitions"),
    roles=MODERATORS,
    url_name="petition_guard",
    group=MAILBOX,
    keys=(
        Key(("t",), _("Against fraud: what comes in")),
        Key(("o",), _("Against fraud: orders")),
        Key(("l",), _("Against fraud: lists")),
        Key(("m",), _("Against fraud: limits")),
        Key(("p",), _("Against fraud: the pause of signing")),
    ),
)
TABS = (
    ("petition_guard", "t", _("What comes in")),
    ("petition_orders", "o", _("Orders")),
    ("petition_lists", "l", _("Lists")),
    ("petition_limits", "m", _("Limits")),
    ("petition_pause", "p", _("Pause")),
)
View = Callable[..., HttpResponse]


def for_guards(view: View) -> View:
    """Let in officers, approvers and administrators; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_role(request.user, *MODERATORS):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _page(request: HttpRequest, name: str, context: dict[str, Any], refusal: Refused | None = None) -> HttpResponse:
    here = request.resolver_match.url_name if request.resolver_match else ""
    here = "petition_orders" if here.startswith("petition_order") else here
    tabs = [(reverse(url), key, label, url == here) for url, key, label in TABS]
    form = context.get("form")
    status = refusal_status(refusal.code) if refusal else 422 if form is not None and form.errors else 200
    context = frame(request, GUARD) | {
        "tabs": tabs,
        "refusal": refusal_message(refusal) if refusal else "",
        "may_order": has_role(request.user, Role.APPROVER),
        **context,
    }
    return render(request, f"petitions/guard/{name}.html", context, status=status)


@require_safe
@for_guards
def home(request: HttpRequest) -> HttpResponse:
    """Show what came in within a day, from where, and which marks are held."""
    now = timezone.now()
    hours = pages.course(now)
    suspects = [
        (one, MARKS.get(one.row.what, one.row.what), mark_shown(one.row.what, one.row.value), WHY.get(one.row.why, ""))
        for one in pages.noticed(request.user, now)
    ]
    held = pages.held_by_reason()
    return _page(
        request,
        "home",
        {
            "hours": hours,
            "asked": sum(hour.total for hour in hours),
            "busiest": max(hours, key=lambda hour: hour.total),
            "domains": pages.busy(Listed.What.DOMAIN, now),
            "networks": pages.busy(Listed.What.NETWORK, now),
            "suspects": suspects,
            "held": [(WHY.get(why, why), n) for why, n in sorted(held.items(), key=lambda pair: -pair[1])],
            "held_total": sum(held.values()),
        },
    )


@require_POST
@for_guards
def let_go(request: HttpRequest, pk: int) -> HttpResponse:
    """Suspect a mark no more."""
    if pk > LARGEST_KEY:
        raise Http404
    get_object_or_404(pages.suspects(request.user, timezone.now()), pk=pk)
    try:
        guard_settings.let_go(pk, actor=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, refusal_message(refused))
    else:
        messages.success(request, gettext("It is not suspected any more for a week. What is held stays in the queue."))
    return redirect("petition_guard")


@require_http_methods(["GET", "HEAD", "POST"])
@for_guards
def lists(request: HttpRequest) -> HttpResponse:
    """Show who is always held and who never, and put somebody on a list."""
    form = ListForm(request.POST if request.method == "POST" else None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            guard_settings.put_on_list(
                given["what"],
                given["typed"],
                allowed=given["side"] == "allow",
                note=given["note"],
                actor=request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, gettext("It is on the list"))
            return redirect("petition_lists")
    kinds = dict(Listed.What.choices)
    entries = [(one, kinds[one["what"]]) for one in pages.listed(request.user)]
    return _page(request, "lists", {"form": form, "entries": entries, "throwaway": pages.throwaway()}, refusal)


@require_POST
@for_guards
def unlist(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry off its list."""
    if pk > LARGEST_KEY:
        raise Http404
    try:
        guard_settings.take_off_list(pk, actor=request.user)
    except Listed.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        messages.error(request, refusal_message(refused))
    else:
        messages.success(request, gettext("It is off the list"))
    return redirect("petition_lists")


@require_safe
@for_guards
def limits(request: HttpRequest) -> HttpResponse:
    """Show the limits; an administrator sets them in the Studio."""
    marks = dict(RateLimit.By.choices)
    shown = [(marks[one.by], one) for one in queries.limits() if one.active]
    return _page(request, "limits", {"limits": shown, "may_set": has_role(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_guards
def pause(request: HttpRequest) -> HttpResponse:
    """Pause signing on the whole site, or end the pause."""
    now = PetitionRules.objects.first() or PetitionRules()
    form = PauseForm(
        request.POST if request.method == "POST" else None, initial={"zh": now.pause_zh, "en": now.pause_en}
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        paused = request.POST.get("act") == "pause"
        try:
            guard_settings.set_pause(paused, zh=form.cleaned_data["zh"], en=form.cleaned_data["en"], actor=request.user)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, gettext("Signing is paused") if paused else gettext("Signing goes on"))
            return redirect("petition_pause")
    return _page(request, "pause", {"form": form, "rules": now}, refusal)


# --- orders ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_guards
def order_list(request: HttpRequest) -> HttpResponse:
    """Show orders, and preview a new one."""
    suspect = _suspect(request)
    form = OrderForm(
        request.POST if request.method == "POST" else None, initial={"suspect": suspect.pk if suspect else None}
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            made = invalidation.preview(
                _conditions(form.cleaned_data),
                form.cleaned_data["why"],
                petition=form.cleaned_data["petition"],
                actor=request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            refusal = refused
        else:
            return redirect("petition_order", made.pk)
    rows = [(one, _told(one), _mark(one)) for one in orders.orders(request.user)[:ORDERS_SHOWN]]
    about = (MARKS.get(suspect.what, ""), mark_shown(suspect.what, suspect.value)) if suspect else None
    return _page(request, "orders", {"form": form, "orders": rows, "suspect": about}, refusal)


def _suspect(request: HttpRequest) -> Suspect | None:
    asked = request.POST.get("suspect", "") or request.GET.get("suspect", "")
    number = whole_number(asked, digits=18, otherwise=-1)
    return pages.suspects(request.user, timezone.now()).filter(pk=number).first() if number > 0 else None


def _conditions(given: dict[str, Any]) -> Conditions:
    shown, networks, domain = "", [], ""
    if given["network"].strip():
        shown, networks = guard_settings.marks_of(Listed.What.NETWORK, given["network"])
    if given["domain"].strip():
        domain = guard_settings.marks_of(Listed.What.DOMAIN, given["domain"])[0]
    suspect = given["suspect"]
    return Conditions(
        since=given["since"].isoformat() if given["since"] else "",
        until=given["until"].isoformat() if given["until"] else "",
        domain=domain,
        network=shown,
        networks=tuple(networks),
        region=given["region"],
        why=given["sign"],
        standing=given["standing"],
        mark=(suspect.what, suspect.value) if suspect else (),
    )


def _told(order: Invalidation) -> list[tuple[Any, Any]]:
    """Return the conditions of an order, each with its name."""
    kept = Conditions.of(order.conditions)
    since, until = kept.period()
    standing = dict(OrderForm.base_fields["standing"].choices)  # type: ignore[attr-defined]
    told: list[tuple[Any, Any]] = []
    if order.petition:
        told.append((_("Petition"), order.petition.reference))
    told += [
        (label, value)
        for label, value in (
            (_("Asked from"), since),
            (_("Asked before"), until),
            (_("Mail domain"), kept.domain),
            (_("Network"), kept.network),
            (_("Region"), dict(about_options("region")).get(kept.region, kept.region)),
            (_("Which of them"), standing.get(kept.standing) if kept.standing else ""),
            (_("Held because"), WHY.get(kept.why, "") if kept.why else ""),
            (_("Chosen one by one"), kept.chosen),
        )
        if value
    ]
    return told


def _mark(order: Invalidation) -> tuple[Any, str] | None:
    """Return the mark of a suspect that an order means, with its name."""
    mark = Conditions.of(order.conditions).mark
    return (MARKS.get(mark[0], mark[0]), mark_shown(*mark)) if mark else None


@require_safe
@for_guards
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an order: what it means before it runs, how far it is, what it took out."""
    return _order_page(request, pk)


def _order_page(request: HttpRequest, pk: int, refusal: Refused | None = None) -> HttpResponse:
    if pk > LARGEST_KEY:
        raise Http404
    made = get_object_or_404(orders.orders(request.user), pk=pk)
    seen = orders.preview(made)
    most = max((n for _hour, n in seen.hours), default=0) or 1
    hours = [
        (hour, n, round(100 * n / most), 9 * at + 2, 104 - round(100 * n / most))
        for at, (hour, n) in enumerate(seen.hours)
    ]
    through = Conditions.of(made.conditions).through or 1
    regions, states = dict(about_options("region")), dict(orders.Signature.State.choices)
    return _page(
        request,
        "order",
        {
            "order": made,
            "told": _told(made),
            "mark": _mark(made),
            "hours": hours,
            "domains": seen.domains,
            "states": [(states[state], n) for state, n in seen.states],
            "sample": [
                row
                | {
                    "state": states[row["state"]],
                    "region": regions.get(row["region"], ""),
                    "why": WHY.get(row["why"], ""),
                }
                for row in seen.sample
            ],
            "done": min(100, round(100 * made.last_key / through))
            if made.state == Invalidation.State.RUNNING
            else None,
            "needs_second": needs_second_person(made.counted),
            "is_first": made.by_id == request.user.pk,
        },
        refusal,
    )


@require_POST
@for_guards
def order_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry an order out, give it up, or undo it."""
    if pk > LARGEST_KEY:
        raise Http404
    act = request.POST.get("act", "")
    try:
        if act == "run":
            invalidation.run(pk, actor=request.user)
        elif act == "cancel":
            invalidation.cancel(pk, actor=request.user, now=timezone.now())
        elif act == "undo":
            invalidation.undo(pk, actor=request.user)
        else:
            raise Http404
    except Invalidation.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        return _order_page(request, pk, refused)
    return redirect("petition_order", pk)
