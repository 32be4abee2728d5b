"""What every test stands on: settings of its own, a quick password hasher, and pages in a real browser."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import hypothesis
import pytest

# Before Django reads its settings: uploads, mail and secrets of a test run never touch the developer's own var/.
VAR = Path(tempfile.mkdtemp(prefix="engage-tests-"))
os.environ["ENGAGE_VAR"] = str(VAR)
os.environ["ENGAGE_MODE"] = "embedded"
os.environ["DJANGO_SETTINGS_MODULE"] = "engage.settings"

from django.conf import settings as django_settings  # noqa: E402

from engage.collecting import loading  # noqa: E402
from tests import cleaning, prepared, services  # noqa: E402
from tests.browser.watching import watch  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django import DjangoDbBlocker

# The real hasher takes a fifth of a second per account by design.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Files are looked for when one is asked for: every client of a test would list all of them first.
django_settings.WHITENOISE_AUTOREFRESH = True

DATABASE = django_settings.DATABASES["default"]
# How long an example takes is the machine's business; what takes too long is for benchmarks to say.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")

ON_POSTGRES = DATABASE["ENGINE"].endswith("postgresql")
if not ON_POSTGRES:
    # A file, as in the field: in memory all threads would share one connection, and one transaction with it. A test
    # database need not survive a power cut.
    DATABASE.setdefault("TEST", {})["NAME"] = str(VAR / "test.sqlite3")
    DATABASE["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Chinese is half of what the tests look at, and compiled catalogues are not committed."""
    if not hasattr(session.config, "workerinput"):
        from django.core.management import call_command

        call_command("compile_catalogues")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Thousands of tests and all modules stay: the collector of garbage need not look at them again."""
    with loading():
        return (yield)


def pytest_unconfigure() -> None:
    shutil.rmtree(VAR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A SQLite database that was migrated for the whole run is taken as it is."""
    return not ON_POSTGRES and prepared.folder() is not None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    if not ON_POSTGRES:
        prepared.migrated_file(Path(DATABASE["TEST"]["NAME"]))
    elif template := prepared.migrated_template(os.environ["DATABASE_URL"]):
        DATABASE.setdefault("TEST", {})["TEMPLATE"] = template


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> None:
    """Every installation has the page tree's skeleton; planted by each test anew it took a third of all time."""
    from django.test import TransactionTestCase

    from engage.pages.structure import ensure_structure

    with django_db_blocker.unblock():
        ensure_structure()
        empty_journal()
        put_back = (
            cleaning.postgres_restorer()
            if ON_POSTGRES
            else cleaning.sqlite_restorer(Path(DATABASE["TEST"]["NAME"]), VAR / "first.sqlite3")
        )
    TransactionTestCase._fixture_teardown = lambda _case: put_back()


def empty_journal() -> None:
    """What the platform released by itself is on the record; a test's journal begins empty."""
    from django.apps import apps
    from django.db import connection

    from engage.journal.management.commands.flush import unprotected

    with unprotected(connection), connection.cursor() as cursor:
        for model in apps.get_app_config("journal").get_models():
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        if not ON_POSTGRES:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name LIKE 'journal_%'")


# --- which tests can run -------------------------------------------------------------------------------------------

ONE_FOLDER = {"redis": "participation", "faults": "faults"}


def why_not(item: pytest.Item) -> str | None:
    """The reason why this run cannot carry the test. scripts/test starts what the tests need, or says why not."""
    if item.get_closest_marker("postgres") and not ON_POSTGRES:
        return "needs PostgreSQL: DATABASE_URL names none"
    if item.get_closest_marker("sqlite_only") and ON_POSTGRES:
        return "says nothing about PostgreSQL"
    if item.get_closest_marker("redis") and not os.environ.get("REDIS_URL"):
        return "needs Redis: REDIS_URL names none"
    if item.get_closest_marker("browser"):
        try:
            services.chromium_path()
        except services.Missing as missing:
            return str(missing)
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if reason := why_not(item):
            item.add_marker(pytest.mark.skip(reason=reason))
        for marker, folder in ONE_FOLDER.items():
            if item.get_closest_marker(marker) and folder not in item.path.parts:
                raise pytest.UsageError(f"{item.nodeid}: {marker} tests are looked for in tests/{folder} alone")
    # A journey takes minutes: begun last, one worker would walk it while the others wait.
    items.sort(key=lambda item: not item.path.name.startswith("test_journey_"))


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Counters of abuse limits, cached pages and what an office set in one test must not reach the next."""
    from django.core.cache import cache

    from engage.settled import forget_all

    cache.clear()
    forget_all()


@pytest.fixture(autouse=True)
def _default_language() -> None:
    """The language of a request made in one test must not be that of sentences read in the next."""
    from django.utils import translation

    translation.deactivate()


# --- browser -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator["Browser"]:
    """One headless browser for the whole run; its pages come from `open_page`."""
    from django.db import connections
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread. Beside a loop Django refuses database calls unless told otherwise.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=services.chromium_path(), args=services.chromium_flags(), chromium_sandbox=False
        )
        yield browser
        browser.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Return open_page(url, *, language="zh-CN", width=1280, javascript=True, dark=False, **context) -> Page.

    Each page has a context, so cookies, of its own. Whatever a test looks at, three things must never happen on any
    page: an exception in a script, something the content security policy had to stop, a request to another host.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(
        url: str,
        *,
        language: str = "zh-CN",
        width: int = 1280,
        javascript: bool = True,
        dark: bool = False,
        **context_options: Any,
    ) -> "Page":
        context = chromium.new_context(
            locale=language,
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            **context_options,
        )
        contexts.append(context)
        context.on("page", lambda page: watch(page, urlsplit(url).netloc, troubles))
        page = context.new_page()
        page.goto(url)
        if javascript and page.locator("script[src*='/js/engage']").count():
            # A click before the behaviours are there does what it does without them.
            page.locator("html[data-bound]").wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not troubles, "\n".join(troubles)


@pytest.fixture(scope="session")
def demo_site() -> Iterator[services.RunningSite]:
    """The whole product as `make run` starts it, with the demo content, once for the run: `demo_site.url`."""
    folder = Path(tempfile.mkdtemp(prefix="engage-demo-"))
    try:
        prepared.demo_site(folder)
        with services.running_site(folder) as site:
            yield site
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def passed() -> list[str]:
    """The addresses that `site` let go the ordinary way."""
    return []


@pytest.fixture
def site(passed: list[str]) -> Any:
    """Return what posts a form to the site by its short way or the ordinary one (tests.quickly)."""
    from tests.quickly import poster

    return poster(passed)
