"""The builder of questionnaires in a browser: parts are dragged, the library is searched, the logic is a map."""

import re

import pytest
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from surveys import actions
from surveys.models import Version
from tests.accounts.people import person
from tests.browser.looking import look, settle
from tests.surveys.studio.builders import PARKS, kept, parks

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.django_db(transaction=True)]


def names(version: Version) -> list[list[str]]:
    return [[item.name for item in page.items] for page in Version.objects.get(pk=version.pk).parsed.pages]


def drag(page: Page, part: str, target: str, share: float, *, touch: bool) -> None:
    """Take a part by its grip to a height of another one, 0 is its upper edge, 1 its lower one, and let go."""
    grip = page.locator(f"{part} .survey-grip").first
    page.locator(target).scroll_into_view_if_needed()
    grip.scroll_into_view_if_needed()
    start, box = grip.bounding_box(), page.locator(target).bounding_box()
    assert start is not None and box is not None
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    way = [(x, y + 5), (box["x"] + 20, box["y"] + box["height"] / 2), (box["x"] + 20, box["y"] + box["height"] * share)]
    shown = expect(page.locator("[data-drop]"))
    if not touch:
        page.mouse.move(x, y)
        page.mouse.down()
        for step in way:
            page.mouse.move(*step)
        shown.to_have_count(1)
        page.mouse.up()
        return
    finger = page.context.new_cdp_session(page)
    for kind, points in (("touchStart", [(x, y)]), *(("touchMove", [step]) for step in way)):
        points = [{"x": at[0], "y": at[1]} for at in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    shown.to_have_count(1)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_parts_are_dragged_taken_from_the_library_and_seen_on_the_map(live_server, sign_in, language, width):
    version, wrong, touch = parks(), [], width < 1000
    kept("hours")
    page = sign_in(Role.EDITOR, language, width=width, has_touch=touch)
    outline = f"{live_server.url}/studio/questionnaires/versions/{version.pk}/"
    page.goto(outline)
    settle(page)
    wrong += look(page) if touch else []
    with page.expect_navigation():
        drag(page, "#item-often", "#item-why", 0.9, touch=touch)
    assert names(version) == [["why", "often"], ["hours"]]
    with page.expect_navigation():
        drag(page, "#item-often", "#item-hours", 0.1, touch=touch)
    assert names(version) == [["why"], ["often", "hours"]]
    actions.write_definition(version.pk, PARKS, revision=version.revision + 2, actor=person(Role.EDITOR))
    with page.expect_navigation():
        drag(page, "#item-hours", "#item-often", 0.1, touch=touch)
    expect(page.locator("#problems")).to_be_visible()
    assert names(version) == [["often", "why"], ["hours"]]
    page.locator("#page-wishes a[href*='/library/']").click()
    page.wait_for_url("**/library/?page=wishes")
    wrong += [] if touch else look(page)
    page.locator("button[name=part]").click()
    page.wait_for_url(re.compile("#item-hours_2$"))
    assert names(version) == [["often", "why"], ["hours", "hours_2"]]
    page.goto(f"{outline}checks/")
    settle(page)
    wrong += look(page)
    page.locator(".survey-map a[href*='/item/why/']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/item/why/")
    assert not wrong, "\n".join(wrong)
