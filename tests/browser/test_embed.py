"""A call in a frame of a page that another origin serves."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from consultations.voices import embedding
from engage.accounts.actors import SYSTEM
from engage.participation.models import Submission
from tests.consultations.factories import call

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "开放五天太少，周末也应当开放到晚上九点。"


class Host(ThreadingHTTPServer):
    """Another site: one page with our snippet and a policy of its own; `frame` is what it frames."""

    frame = ""


@pytest.fixture
def host() -> Iterator[Host]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            frame = self.server.frame
            origin = "/".join(frame.split("/")[:3])
            page = f'<!doctype html><title>Host</title><iframe src="{frame}" title="call" width="600" height="900" '
            page += 'sandbox="allow-forms allow-popups allow-same-origin"></iframe>'
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", f"frame-src {origin}")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = Host(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_comment_is_sent_from_a_frame_on_another_origin_without_any_cookie(
    live_server, chromium, host, settings, javascript
):
    settings.FASTEST_PERSON_SECONDS = 0
    consultation = call()
    # `localhost` and `127.0.0.1` are two sites for a browser.
    name = f"localhost:{host.server_port}"
    embedding.set_hosts(consultation.pk, [name], actor=SYSTEM)
    host.frame = f"{live_server.url.replace('localhost', '127.0.0.1')}/zh/embed/{consultation.slug}/?site={name}"
    context = chromium.new_context(locale="zh-CN", java_script_enabled=javascript)
    try:
        page = context.new_page()
        page.goto(f"http://{name}/")
        inside = page.frame_locator("iframe")
        inside.locator('input[value="change"]').check()
        inside.locator("#id_text").fill(WORDS)
        inside.locator("button.btn-go").click()
        inside.locator(".receipt").wait_for()
        submission = Submission.objects.get()
        assert submission.channel == f"embed:{name}"
        assert submission.reference in inside.locator(".receipt").inner_text()
        assert context.cookies() == []
    finally:
        context.close()


def test_a_site_that_nobody_named_shows_nothing(live_server, chromium, host):
    consultation = call()
    embedding.set_hosts(consultation.pk, ["www.example.org"], actor=SYSTEM)
    host.frame = (
        f"{live_server.url.replace('localhost', '127.0.0.1')}/zh/embed/{consultation.slug}/?site=www.example.org"
    )
    context = chromium.new_context()
    try:
        page = context.new_page()
        refused = []
        page.on("console", lambda message: refused.append(message.text))
        page.goto(f"http://localhost:{host.server_port}/")
        assert page.frame_locator("iframe").locator("form").count() == 0
        assert any("frame-ancestors" in text for text in refused)
    finally:
        context.close()
