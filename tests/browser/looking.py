"""What holds for every page: axe finds nothing in either theme, and nothing runs off the side."""

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What a theme can change; the other rules say the same in both.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
THEMES = {"light": "dark", "dark": "light"}
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def look(page: "Page", **options: Any) -> list[str]:
    """Return what is wrong with the page as it stands, in the theme that it has and in the other one's colours.

    The options go to axe.run: https://github.com/dequelabs/axe-core/blob/develop/doc/API.md#options-parameter
    """
    where = page.url.partition("//")[2].partition("/")[2]
    first = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    wrong = [f"{where} {first}: {told(violation)}" for violation in found]
    page.emulate_media(color_scheme=THEMES[first], reduced_motion="reduce")
    colours = {"runOnly": {"type": "rule", "values": OF_COLOURS}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", colours)["violations"]
    wrong += [f"{where} {THEMES[first]}: {told(violation)}" for violation in found]
    page.emulate_media(color_scheme=first)
    if page.evaluate(SIDEWAYS):
        wrong.append(f"{where}: runs off the side")
    return wrong


def told(violation: dict[str, Any]) -> str:
    return f"{violation['id']} {violation['nodes'][0]['html'][:150]}"
