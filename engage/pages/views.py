"""Pages that belong to no other room: errors, refusals, health, robots."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.images.models import Rendition

from engage.errors import Refused
from engage.pages.caching import shared_for_seconds
from engage.pages.gate import check_live, is_file_public, may_see_file
from engage.pages.messages import refusal_message, refusal_status
from engage.pages.models import HomePage
from engage.pages.visibility import public_only


def _answer(
    request: HttpRequest, status: int, code: str, message: str, template: str, context: dict[str, Any] | None = None
) -> HttpResponse:
    """Answer with a page, or below `/api/` with the one shape that refusals have there."""
    if request.path_info.startswith("/api/"):
        return JsonResponse({"errors": [{"code": code, "message": message}]}, status=status)
    return render(request, template, context, status=status)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Say what was refused and what to do, in the reader's language."""
    message = refusal_message(refusal)
    status = refusal_status(refusal.code)
    return _answer(request, status, refusal.code, message, "pages/refused.html", {"message": message})


# Shorter values are choices, codes and numbers: nothing that is hard to give again.
_WORTH_KEEPING = 10
_NOT_TYPED = frozenset({"csrfmiddlewaretoken", "token", "opened", "altcha", "website", "next", "back", "act"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be read."""
    if isinstance(exception, RequestDataTooBig):
        length = request.META.get("CONTENT_LENGTH") or ""
        # Where files are taken, the typed text alone may still be too much.
        too_large = length.isdecimal() and int(length[:20]) > settings.UPLOAD_BODY_MOST_BYTES
        with_files = too_large and any(path in request.path_info for path in settings.UPLOAD_PATHS)
        most = settings.UPLOAD_BODY_MOST_BYTES if with_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        megabytes = most // (1024 * 1024)
        message = _("That is too much for one form")
        return _answer(request, 413, "too_much", message, "pages/413.html", {"megabytes": megabytes})
    return _answer(request, 400, "unreadable", _("We could not read that request"), "pages/400.html")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that is not allowed."""
    return _answer(request, 403, "not_allowed", _("This is not open to you"), "pages/403.html")


@never_cache
def form_not_ours(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without this site's token, and hand every typed text back.

    The usual cause is a page that stood open too long. What another site sent is not shown as the reader's own words.
    """
    texts: list[str] = []
    if request.headers.get("Sec-Fetch-Site") != "cross-site":
        texts = [
            text
            for name, values in request.POST.lists()
            if name not in _NOT_TYPED and "password" not in name
            for text in values
            if len(text.strip()) >= _WORTH_KEEPING
        ]
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    context = {"texts": texts, "form": came_from if ours else request.get_full_path()}
    return render(request, "pages/form_not_ours.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for what is not here, or is hidden from this reader: the two look the same.

    No link leads from it to a letter about it: a key with a letter too many is no page, but still a key.
    """
    nothing = {"about_path": ""}
    return _answer(request, 404, "not_found", _("There is no page here"), "pages/404.html", nothing)


def method_not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """Answer somebody who opened the address of a form, mostly by loading its answer again."""
    response = _answer(request, 405, "method_not_allowed", _("This address only takes a form"), "pages/405.html")
    response["Allow"] = refused["Allow"]
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours, also when the database is the fault: nothing here asks it anything."""
    if request.path_info.startswith("/api/"):
        return _answer(request, 500, "server_error", _("Something broke on our side"), "pages/500.html")
    return HttpResponse(render_to_string("pages/500.html", {"language": get_language()}), status=500)


@require_safe
@shared_for_seconds
def home(request: HttpRequest) -> HttpResponse:
    """Show the home page of the language; the page tree holds its words, the rooms its strips."""
    page = public_only(HomePage.objects.filter(locale__language_code=get_language() or "")).first()
    if page is None:
        raise Http404
    check_live(page)
    return render(request, "pages/home.html", page.get_context(request))


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer load balancers: 200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say where to report a fault (RFC 9116); 404 when the installation names no contact."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + timedelta(days=180)).replace(microsecond=0)
    lines = [f"Contact: {settings.SECURITY_CONTACT}", f"Expires: {expires.isoformat()}", "Preferred-Languages: zh, en"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let crawlers read what is public and nothing else."""
    lines = [
        "User-agent: *",
        "Disallow: /studio/",
        "Disallow: /desk/",
        *(
            f"Disallow: /{prefix}/{path}/"
            for prefix in settings.LANGUAGE_PATHS.values()
            for path in ("track", "accounts")
        ),
        f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


# Of a file, on the file systems in use; a longer one is a fault of theirs, not an answer.
LONGEST_NAME = 255


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a picture in a size that a released page asked for. The originals may tell where they were taken: they
    stay inside.

    A changed picture has another name, so a browser may keep this one.
    """
    if len(name) > LONGEST_NAME or "\x00" in name:
        raise Http404
    shown = Rendition.objects.select_related("image").filter(file=f"images/{name}").first()
    is_public = shown is not None and is_file_public(shown.image)
    if shown is None or not (is_public or may_see_file(request.user, shown.image)):
        raise Http404
    response = serve(request, name, document_root=str(settings.MEDIA_ROOT / "images"))
    response.headers["Cache-Control"] = "public, max-age=86400" if is_public else "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
