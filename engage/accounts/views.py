"""The account page, the demo's sign-in page, and the answer to too many tries; the rest is allauth's."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from engage.accounts import second_factor
from engage.accounts.actions import demo_user
from engage.accounts.actors import STAFF_ROLES, Role, roles_of
from engage.accounts.adapters import AccountAdapter, keep_language
from engage.accounts.labels import ROLE_LABELS, ROLE_WORK
from engage.desk.registry import works_at_desk

# Django refuses to redirect to more than 2,048 characters, and percent signs make three of one.
NEXT_MAX_LENGTH = 600


@login_required
@never_cache
@require_safe
def account_home(request: HttpRequest) -> HttpResponse:
    """Show what belongs to the account and, for staff, the ways to work."""
    roles = [ROLE_LABELS[role] for role in Role if role in roles_of(request.user)]
    context = {
        "roles": roles,
        "has_factor": second_factor.has_factor(request.user),
        "has_desk": works_at_desk(request.user),
        "has_studio": bool(roles_of(request.user) & STAFF_ROLES) and request.user.has_perm("wagtailadmin.access_admin"),
    }
    return render(request, "accounts/home.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """List one demo user per role and sign in as one of them; there is no such page without the demo setting."""
    if not settings.DEMO:
        raise Http404
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    # Only an address: a name of a view would be one to redirect() too.
    wanted = wanted if safe and wanted.startswith("/") and len(wanted) <= NEXT_MAX_LENGTH else ""
    if request.method != "POST":
        choices = [(role.value, ROLE_LABELS[role], ROLE_WORK[role]) for role in Role]
        return render(request, "accounts/demo.html", {"choices": choices, "next": wanted})
    if request.POST.get("role") not in set(Role):
        raise Http404
    user = demo_user(Role(request.POST["role"]))
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    second_factor.record(request, user, "demo")
    return keep_language(redirect(wanted or AccountAdapter(request).get_login_redirect_url(request)))


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer somebody who tried too often."""
    return render(request, "accounts/429.html", status=429)
