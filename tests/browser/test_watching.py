"""The net under every browser test has to hold: each kind of trouble is made once, on purpose."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests.browser.looking import settle
from tests.browser.watching import watch

pytestmark = pytest.mark.browser

PAGES = {
    "/": ("<p>nothing wrong</p>", ""),
    "/exception": ("<script>throw new Error('thrown on purpose')</script>", ""),
    "/policy": ("<script>document.title = 'ran'</script>", "script-src 'self'"),
    "/elsewhere": ("<img src='http://localhost.invalid/pixel.png'>", ""),
}


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body, policy = PAGES.get(self.path, ("", ""))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        """Requests are no news here."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def troubles_on(chromium, url: str) -> list[str]:
    troubles: list[str] = []
    page = chromium.new_page()
    watch(page, urlsplit(url).netloc, troubles)
    page.goto(url)
    settle(page)
    page.close()
    return troubles


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/exception", "thrown on purpose"),
        ("/policy", "stopped by the policy"),
        ("/elsewhere", "request to another host: http://localhost.invalid/pixel.png"),
    ],
)
def test_trouble_on_a_page_is_noted(chromium, address, path, expected):
    troubles = troubles_on(chromium, address + path)
    assert len(troubles) == 1
    assert expected in troubles[0]


def test_a_page_without_trouble_is_left_in_peace(chromium, address):
    assert troubles_on(chromium, address + "/") == []
