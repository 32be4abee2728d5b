"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from engage.pages.translation import language_links


def site(request: HttpRequest) -> dict[str, Any]:
    """Give templates the demo flag and the same page in the other language."""
    return {"demo": settings.DEMO, "language_links": language_links(request)}
