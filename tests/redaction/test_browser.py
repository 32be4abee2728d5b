"""The bench in a real browser: accessible on every screen, and a box is drawn on the page with the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from engage.accounts.actors import Role
from engage.publishing.redaction import actions
from engage.publishing.redaction.marks import Mark
from tests.accounts.people import person, sign_in
from tests.browser.looking import look
from tests.redaction import builders
from tests.redaction.builders import CHINESE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_bench_is_accessible_and_a_box_is_drawn(live_server: Any, open_page: Callable[..., Page]) -> None:
    user = person(Role.REVIEWER_LEGAL)
    now = timezone.now()
    redaction = actions.begin(
        builders.typeset(f"{CHINESE} 13800138000", "Open words"), "letter.pdf", actor=user, now=now
    )
    word = Mark("word", CHINESE, basis="personal-privacy")
    redaction = actions.add_marks(redaction.pk, [word], revision=0, actor=user)
    session = sign_in(Client(), user).cookies["sessionid"].value
    cookies = {"cookies": [{"name": "sessionid", "value": session, "url": live_server.url}], "origins": []}

    def shown(name: str, *arguments: int, width: int = 1280, language: str = "en-GB") -> Page:
        url = live_server.url + reverse(name, args=arguments)
        return open_page(url, language=language, width=width, storage_state=cookies)

    assert look(shown("redaction_desk", width=320, language="zh-CN")) == []
    assert look(shown("redaction_bases")) == []
    assert look(shown("redaction_bench", redaction.pk, width=320, language="zh-CN")) == []
    page = shown("redaction_bench", redaction.pk)
    assert look(page) == []
    frame = page.locator("svg.redaction-page").bounding_box()
    assert frame is not None
    left, top = frame["x"] + frame["width"] / 10, frame["y"] + frame["height"] / 5
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + frame["width"] / 4, top + frame["height"] / 10)
    page.mouse.up()
    drawn = [float(page.input_value(f"#id_b-{name}")) for name in ("x", "y", "width", "height")]
    assert drawn == pytest.approx([10, 20, 25, 10], abs=0.3)
    page.select_option("#id_b-basis", "personal-privacy")
    with page.expect_navigation():
        page.locator("#box-form button").click()
    assert page.locator("rect.marked").count() == 2
    redaction.refresh_from_db()
    revision = redaction.revision
    actions.make(redaction.pk, title="", language="zh-hans", revision=revision, actor=user, now=now)
    for width, language in ((1280, "zh-CN"), (320, "en-GB")):
        assert look(shown("redaction_bench", redaction.pk, width=width, language=language)) == []
