"""The coding desk in a real browser: by keyboard alone, with selected words, without JavaScript, and for axe."""

import pytest
from playwright.sync_api import Page, expect

from consultations.coding import actions
from consultations.coding.models import Coding, Decision, Point, Theme
from consultations.models import Comment
from engage.accounts.actions import demo_user
from engage.accounts.actors import Role
from engage.departments.models import Membership
from tests.browser.looking import look, settle
from tests.coding.factories import TEXT, desk_call, theme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world():
    consultation, comments, _other = desk_call(3)
    actor = demo_user(Role.OFFICER)
    Membership.objects.create(user=actor, department=consultation.department, role=Role.OFFICER)
    top = theme(consultation, "开放时间", actor)
    theme(consultation, "次数", actor, top)
    theme(consultation, "周末", actor, top)
    return consultation, comments, actor


@pytest.fixture
def desk(live_server, open_page, world):
    """Open a page of the coding desk, signed in as the officer or another: desk("themes/", width=360)."""

    def open_desk(path: str = "", *, role: Role = Role.OFFICER, **options) -> Page:
        page = open_page(f"{live_server.url}/en/accounts/demo/", **({"language": "en-GB"} | options))
        with page.expect_navigation():
            page.locator(f"button[value={role}]").click()
        page.goto(f"{live_server.url}/desk/coding/{world[0].slug}/{path}")
        return page

    return open_desk


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for its script."""
    with page.expect_navigation():
        page.keyboard.press(key)
    ready(page)


def ready(page: Page) -> None:
    """Wait for every script of the page: the theme box alone tells of one of them."""
    expect(page.locator("html[data-bound]")).to_have_count(1)
    expect(page.get_by_label("Find a theme")).to_be_visible()


def shown(page: Page) -> int:
    return int(page.locator("input[name=comment]").get_attribute("value"))


def select(page: Page, start: int, end: int) -> None:
    """Select characters of the comment as a person does with the mouse."""
    page.evaluate(
        """([start, end]) => {
          const text = document.querySelector("[data-text]");
          const places = [];
          for (const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT); walker.nextNode(); )
            if (!walker.currentNode.parentElement.matches("sup"))
              for (let at = 0; at < walker.currentNode.length; at += 1) places.push([walker.currentNode, at]);
          const range = document.createRange();
          range.setStart(...places[start]);
          range.setEnd(places[end - 1][0], places[end - 1][1] + 1);
          const selection = getSelection();
          selection.removeAllRanges();
          selection.addRange(range);
        }""",
        [start, end],
    )


def test_a_comment_is_coded_and_decided_by_keys_alone(desk, world):
    _consultation, (one, two, _three), _actor = world
    page = desk()
    ready(page)
    assert shown(page) == one.pk
    # A theme for the whole, then sentences by the keyboard and another theme for them.
    press(page, "1")
    page.keyboard.press("s")
    box = page.get_by_role("checkbox", name="周末也应当开放。")
    box.focus()
    page.keyboard.press("Space")
    press(page, "2")
    assert {(row.theme.name, row.point.quote) for row in Coding.objects.all()} == {
        ("次数", ""),
        ("周末", "周末也应当开放。"),
    }
    press(page, "u")
    assert Coding.objects.filter(removed_at=None).count() == 1
    # A new theme.
    page.keyboard.press("n")
    page.keyboard.type("手语")
    press(page, "Enter")
    assert Theme.objects.filter(name="手语").exists()
    press(page, "f")
    assert shown(page) == two.pk
    one.refresh_from_db()
    assert one.coded_at
    press(page, "k") if page.locator("[data-page-key=k]").count() else None
    press(page, "z")
    assert shown(page) == one.pk
    press(page, "j")
    assert shown(page) == two.pk
    # A theme by its name, and a decision about it.
    page.keyboard.press("/")
    page.keyboard.type("周末")
    press(page, "Enter")
    with page.expect_navigation():
        page.keyboard.press("d")
    page.get_by_label("adopted", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    ready(page)
    assert Decision.objects.get().theme.name == "周末"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")


def test_keys_are_letters_in_a_field_and_can_be_turned_off(desk, world):
    page = desk()
    ready(page)
    page.keyboard.press("n")
    page.keyboard.type("12fuj")
    assert page.get_by_label("New theme").input_value() == "12fuj"
    page.keyboard.press("Tab")
    page.locator("[data-sheet-opener]").click()
    page.get_by_role("dialog").get_by_role("button", name="Turn the single keys off").click()
    page.wait_for_load_state()
    ready(page)
    page.locator("h1").click()
    page.keyboard.press("1")
    page.keyboard.press("o")
    assert not Coding.objects.exists() and not Comment.objects.exclude(coded_at=None).exists()
    page.get_by_role("button", name="次数").click()
    page.wait_for_load_state()
    assert Coding.objects.count() == 1


def test_selected_words_become_a_point_counted_in_characters(desk, world):
    _consultation, (one, *_rest), _actor = world
    words = "👵🏼" + TEXT
    Comment.objects.filter(pk=one.pk).update(text=words)
    page = desk()
    ready(page)
    # In the browser the first two signs are four units long.
    start = len("👵🏼".encode("utf-16-le")) // 2
    select(page, start, start + 7)
    expect(page.locator("[data-selection]")).to_contain_text("开放五天太少。")
    press(page, "1")
    assert Point.objects.get().quote == "开放五天太少。"
    # Behind a mark with its number, too.
    select(page, start + 7, start + 16)
    press(page, "2")
    assert set(Point.objects.values_list("quote", flat=True)) == {"开放五天太少。", TEXT[7:16]}
    expect(page.locator("mark")).to_have_count(2)


def test_the_next_point_is_chosen_by_its_key(desk, world):
    consultation, (one, *_rest), actor = world
    from consultations.coding.rules import Stretch

    (point,) = actions.mark_points(one.pk, [Stretch(0, 7)], actor=actor)
    page = desk()
    ready(page)
    page.keyboard.press("p")
    press(page, "1")
    assert Coding.objects.get().point == point


def test_everything_works_without_javascript(desk, world):
    _consultation, (one, two, _three), _actor = world
    page = desk(javascript=False)
    page.get_by_text("Choose sentences").click()
    page.get_by_role("checkbox", name="开放五天太少。").check()
    page.get_by_role("button", name="次数").click()
    assert Coding.objects.get().point.quote == "开放五天太少。"
    page.get_by_label("New theme").fill("手语")
    page.get_by_role("button", name="Make it and give it").click()
    page.get_by_role("button", name="Take the theme away: 手语").click()
    page.get_by_role("button", name="Done, next comment").click()
    assert shown(page) == two.pk
    page.get_by_role("button", name="Take back: a comment was finished").click()
    assert shown(page) == one.pk
    page.get_by_role("link", name="Decide: 次数").click()
    page.get_by_label("adopted", exact=True).check()
    page.get_by_role("button", name="Keep the decision").click()
    assert Decision.objects.get().disposition == "adopted"


PAGES = ("", "themes/", "decisions/", "agreement/", "bulk/", "bulk/?state=all")


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways(width, desk, world):
    _consultation, (one, *_rest), actor = world
    made = Theme.objects.get(name="次数")
    actions.apply_theme(one.pk, made.pk, actor=actor)
    page = desk(width=width)
    for path in (*PAGES, f"themes/{made.pk}/", f"decisions/theme/{made.pk}/"):
        page.goto(f"{page.url.partition('/desk/')[0]}/desk/coding/{world[0].slug}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en-GB", 360)])
def test_axe_finds_nothing_at_the_coding_desk(language, width, desk, world):
    consultation, (one, two, three), actor = world
    from consultations.coding.rules import Stretch

    made = Theme.objects.get(name="次数")
    target = actions.Target(stretches=(Stretch(0, 7),))
    (coding,) = actions.apply_theme(one.pk, made.pk, target, actor=actor)
    actions.decide("theme", made.pk, actions.DecisionInput("adopted"), current=None, actor=actor)
    order = actions.order_bulk(made.pk, [two.pk], finish=False, actor=actor)
    actions.finish_comment(two.pk, nothing=True, actor=actor)
    actions.apply_theme(three.pk, Theme.objects.get(name="周末").pk, actor=actor)
    actions.finish_comment(three.pk, actor=actor)
    # One of the sample is coded again, the other is in front of the second coder.
    coder = demo_user(Role.ANALYST)
    sample = actions.draw_sample(consultation, coder, actor=actor)
    actions.code_blind(sample.items.first().pk, [made.pk], actor=coder)
    page = desk(language=language, width=width)
    second = desk(language=language, width=width, role=Role.ANALYST)
    home = page.url.partition("/desk/")[0] + "/desk/coding/"
    paths = [
        *PAGES,
        f"themes/{made.pk}/",
        f"decisions/theme/{made.pk}/",
        f"decisions/point/{coding.point_id}/",
        "decisions/?view=open",
        f"bulk/{order.pk}/",
    ]
    visits = [(page, home), *((page, f"{home}{consultation.slug}/{path}") for path in paths)]
    visits.append((second, f"{home}{consultation.slug}/agreement/{sample.pk}/"))
    wrong = []
    for visitor, address in visits:
        visitor.goto(address)
        settle(visitor)
        wrong += look(visitor)
    assert wrong == []
