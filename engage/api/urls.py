"""The public read API, described by OpenAPI at `/api/v1/openapi.json`."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import NinjaAPI

from engage.api.registry import routers
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status


@cache
def public_api() -> NinjaAPI:
    """Build the API from the registered routers; read only, the same for everybody."""
    api = NinjaAPI(
        title="Engage",
        version="1",
        description="Everything that is public, as JSON. Hidden things answer 404.",
        docs_url=None,
        urls_namespace="api",
    )
    for prefix, router in routers().items():
        api.add_router(f"/{prefix}/", router)

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
        """Answer a refusal with its stable code and a sentence."""
        body = {"errors": [{"code": refusal.code, "message": refusal_message(refusal)}]}
        return api.create_response(request, body, status=refusal_status(refusal.code))

    return api


urlpatterns = [path("v1/", public_api().urls)]
