"""The public read API, described by OpenAPI at `/api/v1/openapi.json`."""

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema

from engage.api.registry import routers
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status

ERRORS: dict[str, Any] = {
    "title": "Errors",
    "description": "Why there is no answer: a stable code, and a sentence in the language of the request.",
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "where": {"type": "object", "properties": {"part": {"type": "string"}}},
                },
            },
        }
    },
}


class PublicAPI(NinjaAPI):
    """Ninja's, with the one shape of a refusal in the description of every operation."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """Describe the API; `default` is every answer that is not the one asked for."""
        schema = super().get_openapi_schema(**where)
        schema["components"]["schemas"]["Errors"] = ERRORS
        refusal = {
            "description": "There is no such thing, or the request could not be read",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}},
        }
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = refusal
        return schema


@cache
def public_api() -> NinjaAPI:
    """Build the API from the registered routers; read only, the same for everybody."""
    api = PublicAPI(
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

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, _missing: Http404) -> HttpResponse:
        """Answer for what is not here or is hidden."""
        body = {"errors": [{"code": "not_found", "message": _("There is no page here")}]}
        return api.create_response(request, body, status=404)

    @api.exception_handler(ValidationError)
    def unreadable(request: HttpRequest, fault: ValidationError) -> HttpResponse:
        """Name the parameters that cannot be read."""
        parts = [str(error["loc"][-1]) for error in fault.errors]
        message = _("The parameter “%(part)s” cannot be read")
        body = {
            "errors": [
                {"code": "unreadable_parameter", "message": message % {"part": part}, "where": {"part": part}}
                for part in parts
            ]
        }
        return api.create_response(request, body, status=422)

    return api


urlpatterns = [path("v1/", public_api().urls)]
