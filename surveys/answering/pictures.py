"""The pictures, sounds and films of questionnaires, served to whoever may see them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from surveys import queries
from surveys.models import Picture

KEPT_SECONDS = 365 * 24 * 3600
# What is taken down goes from caches that many share within the hour.
SHARED_SECONDS = 3600
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
_CHUNK_BYTES = 64 * 1024


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a picture, sound or film by its name, or a part of it (RFC 9110, 14); it is the same for ever."""
    found = queries.picture(name, actor=request.user)
    if found is None or not found.file.storage.exists(found.file.name or ""):
        raise Http404
    response = _whole_or_part(request, found)
    if found.is_public:
        patch_cache_control(response, public=True, max_age=KEPT_SECONDS, s_maxage=SHARED_SECONDS, immutable=True)
    else:
        patch_cache_control(response, private=True, no_store=True)
    return response


def _whole_or_part(request: HttpRequest, found: Picture) -> HttpResponseBase:
    """Answer with all of a file, or with the one part that is asked for: some players take films in parts alone."""
    tag = f'"{found.sha256[:32]}"'
    headers = {
        "Content-Type": found.media_type,
        # A sound or film that is opened by itself is played by a page that the browser makes.
        "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'",
        "ETag": tag,
        "Accept-Ranges": "bytes",
        # It is small as it is, and a part that is compressed is none of the file.
        "Content-Encoding": "identity",
    }
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    is_same = request.headers.get("If-Range", tag) == tag
    # Several parts at once, and what is no range, may be left aside (RFC 9110, 14.2): the whole comes instead.
    if asked is None or not is_same or asked[0] == "bytes=-":
        return FileResponse(found.file.open("rb"), filename=found.name, headers=headers)
    first, last = _bounds(asked[1], asked[2], found.size)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{found.size}", "Accept-Ranges": "bytes"})
    headers["Content-Range"] = f"bytes {first}-{last}/{found.size}"
    headers["Content-Length"] = str(last - first + 1)
    part = _part(found, first, last - first + 1)
    return StreamingHttpResponse(part, status=206, headers=headers)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the first and the last byte of a range; the first behind the last where the file has none of it."""
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (size, size - 1)
    begin = int(first)
    if last and int(last) < begin:
        return size, size - 1
    return begin, min(int(last), size - 1) if last else size - 1


def _part(found: Picture, first: int, length: int) -> Iterator[bytes]:
    with found.file.open("rb") as file:
        file.seek(first)
        while length > 0 and (chunk := file.read(min(_CHUNK_BYTES, length))):
            length -= len(chunk)
            yield chunk
