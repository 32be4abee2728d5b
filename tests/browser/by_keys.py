"""How somebody at the desk of cases works by keys."""

from playwright.sync_api import Page, expect


def ready(page: Page) -> None:
    """Wait until the page listens to keys."""
    expect(page.locator("html[data-bound]")).to_have_count(1)


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for its script."""
    with page.expect_navigation():
        page.keyboard.press(key)
    ready(page)


def step(page: Page, code: str) -> None:
    """Press the number of a step."""
    button = page.locator(f"#steps [formaction$='/steps/{code}/'], #steps [href$='/steps/{code}/']")
    press(page, button.get_attribute("data-page-key"))


def write(page: Page, text: str) -> None:
    """Write the answer from the key to the last word, and keep it."""
    page.keyboard.press("e")
    expect(page.locator("#id_text")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    press(page, "Control+Enter")


def queue(page: Page, view: str) -> None:
    """Open a view of the queue and the first case in it."""
    page.goto(page.url.partition("/desk/")[0] + f"/desk/queues/cases/?view={view}")
    ready(page)
    page.keyboard.press("j")
