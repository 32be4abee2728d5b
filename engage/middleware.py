"""Edges every request passes: language in the address, the security policy, refusals turned into pages."""

from collections.abc import Callable

from csp.constants import SELF
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.sessions import middleware as sessions
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.middleware import locale
from django.urls import LocalePrefixPattern, is_valid_path
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import get_language

from engage.errors import Refused

# Below these, what is not found stays not found: the page tree answers to any address under a language.
_NO_LANGUAGE = frozenset({"api", "desk", "health", "hooks", "media", "share", "static", "studio", "ws", ".well-known"})


class SessionMiddleware(sessions.SessionMiddleware):
    """Django's, but a cookie that cannot be a key of ours counts as none: PostgreSQL takes no NUL, not even to look."""

    def process_request(self, request: HttpRequest) -> None:
        """Drop an impossible key, then look the session up when somebody asks for it."""
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if not (key.isascii() and key.isalnum()):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        super().process_request(request)


class LanguagePrefix(LocalePrefixPattern):
    """`/zh/` and `/en/` in addresses instead of Django's `/zh-hans/` and `/en/`."""

    @property
    def language_prefix(self) -> str:
        return language_path(get_language()) + "/"


def language_path(code: str | None) -> str:
    """Return what stands in the address for a language code."""
    return settings.LANGUAGE_PATHS.get(code or "", settings.LANGUAGE_PATHS[settings.LANGUAGE_CODE])


class LocaleMiddleware(locale.LocaleMiddleware):
    """Django's, but an address without a language is sent to our short prefix."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Redirect `/track/` to `/zh/track/` or `/en/track/`, by cookie or Accept-Language."""
        first = request.path_info.lstrip("/").partition("/")[0]
        if response.status_code == 404 and first not in {*settings.LANGUAGE_PATHS.values(), *_NO_LANGUAGE}:
            path = f"/{language_path(get_language())}{request.path_info}"
            if is_valid_path(path) or (not path.endswith("/") and is_valid_path(path + "/")):
                query = request.META.get("QUERY_STRING", "")
                redirect = HttpResponseRedirect(path + (f"?{query}" if query else ""))
                patch_vary_headers(redirect, ("Accept-Language", "Cookie"))
                return redirect
        response.headers.setdefault("Content-Language", get_language() or settings.LANGUAGE_CODE)
        return response


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere; in the Studio the one its editor can live with. No page needs a sensor.

    No refusal is kept by a cache: what is hidden may be public in a moment, and a refused form holds what was typed.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Replace the directives below `/studio/`, then let django-csp write the header."""
        if request.path_info.startswith("/studio/"):
            edits_pages = request.path_info.startswith("/studio/pages/")
            policy = settings.PAGE_EDITOR_SECURITY_POLICY if edits_pages else settings.STUDIO_SECURITY_POLICY
            response._csp_replace = policy  # type: ignore[attr-defined]
        elif getattr(request, "is_dummy", False):
            # Wagtail's own request for the preview beside its editor: the only time a public page stands in a frame.
            response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]
        if response.status_code >= 400:
            add_never_cache_headers(response)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return super().process_response(request, response)


class BodyLimitMiddleware:
    """Refuses a body that no form of ours needs before anything of it is read.

    Django limits fields only; each file of a form goes to the disk, whether the page takes it or not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        in_studio = request.path_info.startswith("/studio/")
        most = settings.STUDIO_BODY_MOST_BYTES if in_studio else settings.BODY_MOST_BYTES
        if any(path in request.path_info for path in settings.UPLOAD_PATHS):
            most = settings.UPLOAD_BODY_MOST_BYTES
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()) or int(length[:20]) > most:
            raise RequestDataTooBig
        return self.get_response(request)


class RefusedMiddleware:
    """A domain refusal that no view caught, and a method that no view takes, become pages in the reader's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and isinstance(response, HttpResponseNotAllowed):
            from engage.pages.views import method_not_allowed

            return method_not_allowed(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a `Refused`; every other exception goes on its way."""
        if not isinstance(exception, Refused):
            return None
        from engage.pages.views import refused
        from engage.studio import refused_in_pages

        return refused_in_pages(request, exception) or refused(request, exception)
