"""What holds for every page: axe finds nothing in either theme, and nothing runs off the side."""

import time
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What a theme can change; the other rules say the same in both.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
THEMES = {"light": "dark", "dark": "light"}
CAME = "performance.getEntriesByType('resource').length"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def settle(page: "Page", seconds: float = 90) -> None:
    """Wait until a page is there and its scripts have had all that they asked for.

    Playwright waits for ever for what was on its way to a frame that was left. Then it is enough that the page is
    there and nothing new comes for half a second.
    """
    try:
        page.wait_for_load_state("networkidle", timeout=seconds / 3 * 1000)
        return
    except TimeoutError:
        page.wait_for_load_state("load", timeout=seconds * 1000)
    deadline, before = time.monotonic() + seconds, -1
    while (now := page.evaluate(CAME)) != before:
        assert time.monotonic() < deadline, f"{page.url} goes on asking after {seconds} s"
        before = now
        page.wait_for_timeout(500)


def look(page: "Page", **options: Any) -> list[str]:
    """Return what is wrong with the page as it stands, in the theme that it has and in the other one's colours.

    The options go to axe.run: https://github.com/dequelabs/axe-core/blob/develop/doc/API.md#options-parameter
    """
    page.wait_for_load_state("load")  # what a click led to may have only begun to come
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


# Text outside of what is marked as another language, without addresses, time zones, codes and what people typed.
_FOREIGN = """([pattern, own]) => {
  const found = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = texts.nextNode()); ) {
    const at = node.parentElement;
    if (at.closest("script,style,template,textarea,code,kbd,svg,.typed,.code,.ref,.savecode,[data-foreign]")) continue;
    if (!at.closest("[lang]").lang.toLowerCase().startsWith(own)) continue;
    const plain = node.data.replace(/\\S+@\\S+|https?:\\S+|\\w[\\w-]*(?:\\.[\\w-]+)+|(?:^|\\s)\\/\\S+/g, " ");
    const words = plain.replace(/[A-Z]\\w+\\/[A-Z]\\w+/g, " ");
    for (const [word] of words.matchAll(new RegExp(pattern, "g"))) found.add(word);
  }
  return [...found];
}"""
# What is called the same in both languages.
NAMES = frozenset(
    ["AAPOR", "API", "Atom", "CSV", "Cookie", "DOCX", "HMAC", "HTML", "JSON", "PDF", "Parquet"]
    + ["RSS", "SHA", "SPSS", "UTF", "XLSX", "ZIP"]
)


def foreign_words(page: "Page") -> list[str]:
    """Return words of the other language on a page that are not marked as such."""
    chinese = page.locator("html").get_attribute("lang") != "en"
    pattern, own = ("[A-Za-z]{3,}", "zh") if chinese else ("[\\u3400-\\u9fff]+", "en")
    return sorted(set(page.evaluate(_FOREIGN, [pattern, own])) - NAMES)
