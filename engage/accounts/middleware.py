"""A second factor before any staff page, and one way in for everybody."""

from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from engage.accounts import second_factor
from engage.accounts.actors import STAFF_ROLES, roles_of, works_here

STUDIO = "/studio/"
GUARDED = ("/desk/", STUDIO, "/api/")
# Wagtail's own doors: they know neither e-mail codes nor second factors, and count no wrong passwords.
OTHER_DOORS = (
    "/studio/login/",
    "/studio/password_reset/",
    *(f"/{path}/_util/login/" for path in settings.LANGUAGE_PATHS.values()),
)
# What of the second factor's pages is open before it was shown: the list of factors, and the places that ask for one.
BEFORE_THE_FACTOR = frozenset(
    {"mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_login_webauthn"}
)


class StaffSecondFactorMiddleware:
    """Sends staff without a second factor to set one up before they reach the desk, the Studio or the API.

    On every other page such a session has only the roles of the public: `roles_of` and all that builds on it answer
    as for a citizen. Visitors without a session cost nothing here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(OTHER_DOORS):
            return _to_sign_in(request)
        request.second_factor_needed = False
        if _has_session(request) and not second_factor.was_shown(request):
            _demote(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: list, kwargs: dict) -> HttpResponse | None:
        """Stand before the desk, the Studio, the API, and every change of a second factor."""
        if not _has_session(request):
            return None
        if request.path_info.startswith(GUARDED):
            return _check_guarded(request)
        return _check_management(request)


def _has_session(request: HttpRequest) -> bool:
    """Tell whether somebody is signed in; without the cookie nothing is read and the page stays cacheable."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def _check_guarded(request: HttpRequest) -> HttpResponse | None:
    if request.second_factor_needed or (works_here(request.user) and not second_factor.is_complete(request)):
        return _ask_for_factor(request)
    if request.path_info.startswith(STUDIO) and not (
        works_here(request.user) and request.user.has_perm("wagtailadmin.access_admin")
    ):
        raise Http404
    return None


def _check_management(request: HttpRequest) -> HttpResponse | None:
    """Ask for the factor an account has before it is taken away, joined by another or replaced by a recovery code.

    For allauth a password is enough: a session from before the factor could put its own in the place of the owner's.
    """
    name = request.resolver_match.url_name if request.resolver_match else None
    if not (name or "").startswith("mfa_") or name in BEFORE_THE_FACTOR:
        return None
    if second_factor.was_shown(request) or not second_factor.has_factor(request.user):
        return None
    return _ask_for_factor(request)


def _ask_for_factor(request: HttpRequest) -> HttpResponse:
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
    wanted = request.GET.get("next") or (
        STUDIO if request.path_info.startswith(STUDIO) else settings.LOGIN_REDIRECT_URL
    )
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")
