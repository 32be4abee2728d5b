"""Browsers in which somebody is signed in, and a clock that goes where a test wants it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from engage.accounts.actors import Role
    from engage.accounts.models import User


@pytest.fixture
def sign_in(live_server, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Return sign_in(role or person, language="zh-CN", **options) -> Page at the desk, in a browser of its own.

    A role is a person of the demo, who comes in by its door.
    """
    from django.test import Client

    from engage.accounts.models import User
    from tests.accounts import people

    def enter(who: Role | User, language: str = "zh-CN", **options) -> Page:
        if isinstance(who, User):
            session = people.sign_in(Client(), who).cookies["sessionid"].value
            cookies = [{"name": "sessionid", "value": session, "url": live_server.url}]
            state = {"cookies": cookies, "origins": []}
            return open_page(f"{live_server.url}/desk/", language=language, storage_state=state, **options)
        prefix = "zh" if language == "zh-CN" else "en"
        page = open_page(f"{live_server.url}/{prefix}/accounts/demo/?next=/desk/", language=language, **options)
        with page.expect_navigation():
            page.locator(f"button[value={who}]").click()
        return page

    return enter


class Clock:
    """The site's clock: `timezone.now()` in every thread, so many seconds from the true one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return self._now() + self._ahead

    def go_to(self, moment: datetime) -> None:
        """Let it be that moment now."""
        self._ahead = moment - self._now()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the site's clock, which goes on from wherever it is put."""
    from django.apps import apps
    from django.utils import timezone

    true = timezone.now
    clock = Clock(true)
    monkeypatch.setattr("django.utils.timezone.now", clock)
    # Moments that a row has by default are read from the clock that was there when its model was made.
    for field in (field for model in apps.get_models() for field in model._meta.local_fields):
        if field.default is true:
            monkeypatch.setattr(field, "_get_default", clock)
    return clock
