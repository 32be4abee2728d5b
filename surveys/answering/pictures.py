"""The pictures of questionnaires, served to whoever may see them."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from surveys import queries

KEPT_SECONDS = 365 * 24 * 3600
# What is taken down goes from caches that many share within the hour.
SHARED_SECONDS = 3600


@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """Serve a picture by its name; under one name it is the same for ever."""
    found = queries.picture(name, actor=request.user)
    if found is None or not found.file.storage.exists(found.file.name or ""):
        raise Http404
    response = FileResponse(
        found.file.open("rb"),
        filename=found.name,
        headers={"Content-Type": found.media_type, "Content-Security-Policy": "sandbox; default-src 'none'"},
    )
    if found.is_public:
        patch_cache_control(response, public=True, max_age=KEPT_SECONDS, s_maxage=SHARED_SECONDS, immutable=True)
    else:
        patch_cache_control(response, private=True, no_store=True)
    return response
