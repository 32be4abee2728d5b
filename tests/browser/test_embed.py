"""A call and a petition in a frame of a page that another origin serves."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from consultations.voices import embedding
from engage.accounts.actors import SYSTEM
from engage.participation.models import Submission
from mailbox.petitions.models import PetitionCount
from tests.browser.looking import foreign_words, look
from tests.consultations.factories import call
from tests.petitions import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "开放五天太少，周末也应当开放到晚上九点。"


class Host(ThreadingHTTPServer):
    """Another site: one page with our snippet and a policy of its own; `frame` is what it frames, or `line` the whole
    line to copy."""

    frame = ""
    line = ""


@pytest.fixture
def host() -> Iterator[Host]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            frame = self.server.frame
            origin = "/".join(frame.split("/")[:3])
            page = f'<!doctype html><title>Host</title><iframe src="{frame}" title="call" width="600" height="900" '
            page += 'sandbox="allow-forms allow-popups allow-same-origin"></iframe>'
            if self.server.line:
                page = f"<!doctype html><title>Host</title>{self.server.line}"
                origin = "http://127.0.0.1:*"
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


@pytest.mark.parametrize(("language", "javascript"), [("zh", False), ("en", True)])
def test_a_petition_stands_on_another_site_and_its_button_opens_the_form_here(
    live_server, chromium, host, settings, language, javascript
):
    here = live_server.url.replace("localhost", "127.0.0.1")
    settings.PUBLIC_URL = here
    title = "Put a bench every 200 metres on the way to clinics, to markets and to schools"
    words = {"title": title, "language": "en"} if language == "en" else {"language": "zh-hans"}
    made = factories.petition(now=timezone.now(), **words)
    PetitionCount.objects.create(petition=made, total=8_742)
    context = chromium.new_context(locale="zh-CN" if language == "zh" else "en-GB", java_script_enabled=javascript)
    try:
        page = context.new_page()
        page.goto(f"{here}/{language}/petitions/{made.pk}/")
        page.locator("section[aria-labelledby=share] summary").click()
        host.line = page.locator("section[aria-labelledby=share] pre").inner_text()
        context.clear_cookies()
        page.goto(f"http://localhost:{host.server_port}/")
        frame = page.frame_locator("iframe")
        expect(frame.locator(".clock strong")).to_have_text("8,742")
        expect(frame.locator("h1")).to_have_text(made.title)
        assert context.cookies() == []
        # All of it is seen without scrolling inside of the frame, in a column as narrow as many sites have, too.
        for width in (360, 900):
            page.set_viewport_size({"width": width, "height": 700})
            inside = page.frames[-1]
            assert inside.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
            assert inside.evaluate("document.documentElement.scrollHeight <= innerHeight"), width
        with context.expect_page() as opened:
            frame.locator("a.btn").click()
        form = opened.value
        expect(form.locator("form #id_name")).to_be_visible()
        assert form.evaluate("window.opener") is None
        if javascript:
            page.goto(f"{here}/{language}/petitions/{made.pk}/embed/")
            assert look(page) == [] and foreign_words(page) == []
    finally:
        context.close()
