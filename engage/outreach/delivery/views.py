"""What the public and other systems see of the outbox: notices, share images, acknowledgements."""

from __future__ import annotations

import json
import uuid
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import http_date, parse_etags, quote_etag
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from engage.accounts.actors import ANYONE
from engage.errors import Refused
from engage.outreach.delivery import actions, queries, share
from engage.outreach.delivery.models import Delivery
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import limits
from engage.participation.rules import Window
from engage.typed import LARGEST_KEY, whole_number

PAGE = 20
ACKNOWLEDGEMENT_MOST = 4_096
IMAGE_KEPT_SECONDS = 300


@require_safe
@shared_for_seconds
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices of the site."""
    number = whole_number(request.GET.get("page", "1"), digits=5, otherwise=1)
    page = Paginator(queries.notices(get_language() or ""), PAGE).get_page(number)
    return render(request, "delivery/notices.html", {"page": page, "notices": [queries.notice_of(row) for row in page]})


@require_safe
@shared_for_seconds
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one notice."""
    found = queries.notice(pk, get_language() or "") if pk <= LARGEST_KEY else None
    if found is None:
        raise Http404
    return render(request, "delivery/notice.html", {"notice": found})


@require_safe
def share_image(request: HttpRequest, path: str, kind: str, id: str) -> HttpResponse:
    """Draw the share image of a public page; what not everybody may see has none."""
    codes = {value: code for code, value in settings.LANGUAGE_PATHS.items()}
    if path not in codes or len(id) > 200:
        raise Http404
    image = share.image_of(kind, id, codes[path])
    if image is None:
        raise Http404
    etag = quote_etag(sha256(image).hexdigest()[:32])
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={IMAGE_KEPT_SECONDS}"}
    if etag in parse_etags(request.headers.get("If-None-Match", "")[:1_000]):
        return HttpResponseNotModified(headers=headers)
    expires = http_date(timezone.now().timestamp() + IMAGE_KEPT_SECONDS)
    return HttpResponse(image, content_type="image/png", headers={**headers, "Expires": expires})


@csrf_exempt
@require_POST
def acknowledge(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take the acknowledgement of a receiver: signed as our own requests are, with the secret of the channel."""
    limits.check("acknowledge", limits.client_address(request), (Window(600, 60),))
    if int(request.META.get("CONTENT_LENGTH") or 0) > ACKNOWLEDGEMENT_MOST:
        return JsonResponse({"errors": [{"code": "too_large"}]}, status=413)
    body = request.body
    proof = actions.Proof(request.headers.get("Engage-Signature", ""), body)
    told = _json(body)
    if told.get("acknowledged") != str(key):
        return JsonResponse({"errors": [{"code": "acknowledgement_key"}]}, status=422)
    try:
        remote = told.get("id", "")
        actions.acknowledge(
            key, proof, remote=remote if isinstance(remote, str) else "", now=timezone.now(), actor=ANYONE
        )
    except Delivery.DoesNotExist:
        return JsonResponse({"errors": [{"code": "acknowledgement_key"}]}, status=404)
    except Refused as refusal:
        entry = {"code": refusal.code, "message": refusal_message(refusal)}
        return JsonResponse({"errors": [entry]}, status=refusal_status(refusal.code))
    return JsonResponse({"acknowledged": str(key)})


def _json(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
