"""The living style page shows what there is: every component, every block, every class, with the tokens as they are."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test.signals import template_rendered

from engage.pages.gallery.samples import GROUPS
from engage.pages.gallery.tokens import PAIRS, Tokens, colour, contrast, read_tokens
from engage.pages.gallery.views import tokens_now

pytestmark = pytest.mark.sqlite_only
SAMPLES = [sample for group in GROUPS for sample in group.samples]
TEMPLATES = Path(settings.BASE_DIR) / "templates"
CSS = Path(settings.BASE_DIR) / "static" / "css"


@pytest.fixture
def shown(db, client) -> tuple[str, set[str]]:
    """The page in Chinese and the names of all templates that were rendered for it."""
    names: set[str] = set()

    def note(sender, template, **kwargs) -> None:
        names.add(template.name or "")

    template_rendered.connect(note)
    try:
        page = client.get("/zh/design/").content.decode()
    finally:
        template_rendered.disconnect(note)
    return page, names


@pytest.mark.parametrize("folder", ["components", "pages/blocks"])
def test_every_component_and_block_has_a_sample(shown, folder):
    claimed = {path for sample in SAMPLES for path in sample.shows}
    there = {f"{folder}/{path.name}" for path in (TEMPLATES / folder).glob("*.html")}
    assert there
    assert not there - claimed, "add a sample in engage/pages/gallery/samples.py"
    assert not claimed - shown[1], "a sample says it shows what it does not render"


def test_every_sample_stands_there_in_both_languages_and_both_themes(shown):
    page, _names = shown
    for sample in SAMPLES:
        start = page.index(f'<h3 id="{sample.name}">')
        cells = re.findall(
            r'<div class="design-cell(?: desk)?" lang="(\S+)" data-theme="(\S+)">',
            page[start : page.find('<div class="stack design-sample">', start)],
        )
        assert sorted(cells) == [("en", "dark"), ("en", "light"), ("zh-Hans", "dark"), ("zh-Hans", "light")], sample


def test_no_class_of_the_components_is_without_use(shown):
    css = re.sub(r"/\*.*?\*/", "", (CSS / "components.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = " ".join(re.findall(r"([^{}]+)\{", css))
    defined = set(re.findall(r"\.([a-z][\w-]*)", selectors))
    used = {name for names in re.findall(r'class="([^"]*)"', shown[0]) for name in names.split()}
    assert len(defined) > 100
    assert not defined - used, "give it a sample on /design/, or drop it from components.css"


def test_ids_on_the_page_are_taken_once(shown):
    ids = re.findall(r'\sid="([^"]+)"', shown[0])
    assert len(ids) == len(set(ids))


def test_there_is_no_such_page_without_the_demo(db, client, settings):
    settings.DEMO = False
    for language in settings.LANGUAGE_PATHS.values():
        assert client.get(f"/{language}/design/").status_code == 404


def test_without_a_language_the_readers_own_is_chosen(db, client):
    answer = client.get("/design/", headers={"accept-language": "en"})
    assert (answer.status_code, answer["Location"]) == (302, "/en/design/")


def test_the_page_costs_few_queries(db, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        client.get("/en/design/")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_colours_contrasts_as_much_as_it_must(theme):
    weak = [pair for pair in tokens_now().contrasts(theme) if not pair.is_enough]
    assert not weak
    assert len(tokens_now().contrasts(theme)) == len(PAIRS)


def test_the_dark_theme_by_choice_and_by_device_are_the_same():
    css = (CSS / "tokens.css").read_text(encoding="utf-8")
    by_device = re.search(r":not\(\[data-theme=light\]\)\{(.*?)\n\}", css, re.DOTALL)
    assert dict(re.findall(r"--([\w-]+):([^;]+);", by_device[1])) == tokens_now().dark


def test_tokens_are_read_from_the_style_sheet():
    css = (
        "/* a */\n:root,[data-theme]{\n  /* --not: this; */\n  --ink:#000; --s1:.25rem;\n}\n"
        "[data-theme=dark]{\n  --ink:#fff;\n}\n"
    )
    tokens = read_tokens(css)
    assert tokens == Tokens({"ink": "#000", "s1": ".25rem"}, {"ink": "#fff"})
    assert tokens.colours("dark") == [("ink", "#fff")]
    assert tokens.starting("s") == [("s1", ".25rem")]
    with pytest.raises(ValueError, match="data-theme=dark"):
        read_tokens(":root,[data-theme]{\n  --ink:#000;\n}\n")


def test_contrast_is_that_of_wcag():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#fff", "#fff") == pytest.approx(1)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)
    assert colour("rgb(0 0 0)") is None
    assert colour("#12345") is None
    with pytest.raises(ValueError, match="not two colours"):
        contrast("1px", "#fff")
