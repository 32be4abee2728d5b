"""What must never happen on any page, whatever a test looks at."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Error, Page, Request


def watch(page: "Page", home: str, troubles: list[str]) -> None:
    """Note in `troubles` each exception in a script, each thing that the content security policy had to stop and each
    request to another host than `home` ("localhost:8000")."""

    def on_request(request: "Request") -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != home:
            troubles.append(f"request to another host: {request.url}")

    def on_console(message: "ConsoleMessage") -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            troubles.append(f"stopped by the policy on {page.url}: {message.text}")

    def on_error(error: "Error") -> None:
        troubles.append(f"exception on {page.url}: {error}")

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", on_error)
