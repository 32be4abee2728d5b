"""What the framework allows: the site with one more address, whose view takes a POST and does nothing.

The settings are those of the site that is measured but for the addresses.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from benchmarks._site import EMPTY
from engage.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks._empty_urls"


@require_POST
def empty(request: HttpRequest) -> HttpResponse:
    """Answer a form with nothing, behind every middleware."""
    return HttpResponse()


extra = [path(EMPTY.removeprefix("/"), empty)]
