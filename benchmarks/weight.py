"""How much a reader downloads: the pages of an article in the demo site's longest draft, in both languages.

A real browser with an empty cache loads the page from a production site; what counts is what it really asked for,
compressed as it came. The article is the one whose page is largest.
"""

import gzip
import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks import _site
from benchmarks._figures import report, report_most
from tests.services import Missing, chromium_flags, chromium_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Request

MOST_KB = 60
LANGUAGES = {"zh": "Chinese", "en": "English"}
KINDS = {"document": "HTML", "stylesheet": "CSS", "script": "JS", "font": "fonts", "image": "images"}


def longest_draft() -> tuple[str, list[str]]:
    """Load the demo content; return the call of the longest draft and the addresses of its articles."""
    from django.db.models import Count, Q
    from django.test import override_settings

    from consultations.models import Clause, Version
    from engage.pages.demo_content import loaders

    # A site in production has no demo accounts, and some of the demo content is theirs.
    with override_settings(DEMO=True):
        for loader in loaders():
            loader.load()
    articles = Count("clauses", filter=Q(clauses__level=Clause.Level.ARTICLE))
    version = Version.objects.exclude(published_at=None).annotate(articles=articles).order_by("-articles")[0]
    clauses = version.clauses.filter(level=Clause.Level.ARTICLE)
    return version.draft.consultation.slug, [clause.slug for clause in clauses]


def compressed_size(port: int, path: str) -> int:
    connection = http.client.HTTPConnection(_site.HOST, port, timeout=30)
    connection.request("GET", path, headers={**_site.PROXY_HEADERS, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200 or not gzip.decompress(body):
        raise RuntimeError(f"{path} answers {answer.status}")
    return len(body)


@contextmanager
def chromium() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path(), args=chromium_flags())
        yield browser
        browser.close()


def reader(browser: "Browser", *, script: bool) -> "BrowserContext":
    return browser.new_context(
        java_script_enabled=script, extra_http_headers=_site.PROXY_HEADERS, viewport={"width": 1280, "height": 900}
    )


def weigh(browser: "Browser", name: str, address: str) -> int:
    """Report what a page weighs; return how many requests went to another host."""
    loaded: list[Request] = []
    context = reader(browser, script=True)
    page = context.new_page()
    page.on("requestfinished", lambda request: loaded.append(request))
    foreign: list[str] = []
    home = urlsplit(address).netloc
    page.on("request", lambda request: foreign.append(request.url) if urlsplit(request.url).netloc != home else None)
    page.goto(address, wait_until="networkidle")
    sizes: dict[str, int] = {}
    heads = 0
    for request in loaded:
        size = request.sizes()
        heads += size["responseHeadersSize"]
        kind = KINDS.get(request.resource_type, request.resource_type)
        sizes[kind] = sizes.get(kind, 0) + size["responseBodySize"]
    context.close()
    if not {"HTML", "CSS", "JS"} <= set(sizes):
        raise RuntimeError(f"{address} loads only {sizes}")
    parts = ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in sizes.items())
    total = sum(sizes.values()) / 1000
    report_most(
        name, round(total, 1), "KB", MOST_KB, f"{parts}; {len(loaded)} requests, their heads {heads / 1000:.1f} KB"
    )
    return len(foreign)


def form_without_script(browser: "Browser", address: str) -> bool:
    """Go from the article to its form without any script and tell whether one could write and send."""
    context = reader(browser, script=False)
    page = context.new_page()
    page.goto(address)
    page.locator("main a.btn-go").first.click()
    form = page.locator("form#comment[method=post]")
    usable = (
        form.locator("textarea[name=text]").is_editable()
        and form.locator("input[name=stance]").count() > 1
        and form.locator("input[name=csrfmiddlewaretoken]").count() == 1
        and form.locator("button").first.is_enabled()
    )
    context.close()
    return usable


def measure(port: int, slug: str, articles: list[str]) -> None:
    site, foreign, usable = f"http://{_site.HOST}:{port}", 0, True
    with chromium() as browser:
        for path, language in LANGUAGES.items():
            call = f"/{path}/c/{slug}"
            largest = max(articles, key=lambda article: compressed_size(port, f"{call}/{article}/"))
            clause = f"{site}{call}/{largest}/"
            foreign += weigh(browser, f"article page, {language}", clause)
            foreign += weigh(browser, f"its comment form, {language}", f"{clause}comment/")
            foreign += weigh(browser, f"whole draft of {len(articles)} articles, {language}", f"{site}{call}/draft/")
            usable &= form_without_script(browser, clause)
    report_most("requests to other hosts", foreign, "requests", 0, "all six pages above")
    words = "usable" if usable else "not usable"
    report("comment form without any script", words, "", "usable", usable, "from the article, in both languages")


def main() -> None:
    try:
        chromium_path()
        missing = _site.missing_servers()
    except Missing as no_browser:
        missing = str(no_browser)
    if missing:
        report("article page", "not measured", "", note=f"a production site and a browser are needed: {missing}")
        return
    with _site.database("engage_bench_weight") as url:
        _site.set_up(_site.production_settings(url))
        slug, articles = longest_draft()
        if len(articles) < 60:
            raise RuntimeError(f"the longest draft has only {len(articles)} articles")
        with _site.web_server() as port:
            measure(port, slug, articles)
        _site.close_connections()


if __name__ == "__main__":
    main()
