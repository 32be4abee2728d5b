"""A second factor before any staff page, and one way in for everybody."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from engage.accounts import second_factor
from engage.accounts.actors import STAFF_ROLES, is_staff, roles_of

STUDIO = "/studio/"
GUARDED = ("/desk/", STUDIO, "/api/")
# Wagtail's own doors: they know neither e-mail codes nor second factors.
STUDIO_DOORS = ("/studio/login/", "/studio/password_reset/")


class StaffSecondFactorMiddleware:
    """Sends staff without a second factor to set one up before they reach the desk, the Studio or the API.

    On every other page such a session has only the roles of the public: `roles_of` and all that builds on it answer
    as for a citizen. Visitors without a session cost nothing here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(STUDIO_DOORS):
            return _to_sign_in(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            answer = _check_guarded(request) if request.path_info.startswith(GUARDED) else _check_public(request)
            if answer is not None:
                return answer
        return self.get_response(request)


def _check_public(request: HttpRequest) -> None:
    request.second_factor_needed = False
    if not second_factor.was_shown(request):
        _demote(request)


def _check_guarded(request: HttpRequest) -> HttpResponse | None:
    if not is_staff(request.user):
        if request.path_info.startswith(STUDIO):
            raise Http404
        return None
    if second_factor.is_complete(request):
        if request.path_info.startswith(STUDIO) and not request.user.has_perm("wagtailadmin.access_admin"):
            raise Http404
        return None
    _demote(request)
    if request.path_info.startswith("/api/"):
        message = _("Set up a second step for your account, then sign in again.")
        return JsonResponse({"errors": [{"code": "second_factor_needed", "message": message}]}, status=403)
    return HttpResponseRedirect(f"{_where_to_show(request)}?{urlencode({'next': request.get_full_path()})}")


def _demote(request: HttpRequest) -> None:
    """Take the staff roles away from the user object of this request."""
    held = roles_of(request.user)
    request.second_factor_needed = bool(held & STAFF_ROLES)
    request.user._engage_roles = held - STAFF_ROLES


def _where_to_show(request: HttpRequest) -> str:
    if second_factor.has_factor(request.user):
        ways = get_adapter(request).get_reauthentication_methods(request.user)
        return next(way["url"] for way in ways if way["id"].startswith("mfa_"))
    return reverse("mfa_index")


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("next") or STUDIO
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")
