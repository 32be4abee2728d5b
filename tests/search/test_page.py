"""The search page as a visitor without JavaScript uses it."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from engage.departments.models import Department
from engage.participation.rules import Reference
from engage.search import actions, queries
from engage.search.registry import Entry
from tests.search.library import FIRST_DAY, Library
from tests.shared import shared_file

pytestmark = pytest.mark.django_db


def text_of(html: str) -> str:
    """Give the text of the page's main part, spaces collapsed."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", main))


def test_the_form_is_a_get_form_that_keeps_what_was_typed(client: Client, library: Library):
    library.add("a", "养老服务", title="社区养老办法")
    page = client.get("/en/search/", {"q": "养老 <办法>"}).content.decode()
    assert 'method="get" action="/en/search/" role="search"' in page
    assert 'value="养老 &lt;办法&gt;"' in page
    assert "社区<mark>养老办法</mark>" in page
    assert "1 result" in text_of(page)


def test_a_result_in_the_other_language_says_so(client: Client, library: Library):
    library.add("a", "养老服务 care", title="办法")
    library.add("b", "Care for all", title="Notice", language="en")
    english = client.get("/en/search/", {"q": "care"}).content.decode()
    assert '<p lang="zh-Hans">养老服务 <mark>care</mark></p>' in english
    assert 'lang="zh-Hans">简体中文</span>' in english
    assert "<p><mark>Care</mark> for all</p>" in english
    chinese = client.get("/zh/search/", {"q": "care"}).content.decode()
    assert '<p lang="en"><mark>Care</mark> for all</p>' in chinese
    assert "<p>养老服务 <mark>care</mark></p>" in chinese


def test_filters_show_their_counts_and_keep_their_choice(client: Client, library: Library):
    office = Department.add_root(code="office", name_zh="民政局", name_en="Civil Affairs")
    library.add("a", "养老", department=office)
    library.add("b", "养老", kind="letter")
    page = client.get("/en/search/", {"q": "养老", "kind": "note", "department": "office"}).content.decode()
    assert re.search(r'name="kind" value="note" form="search-form" checked>Notes<span>1</span>', page)
    assert re.search(r'name="kind" value="letter" form="search-form">Letters<span>0</span>', page)
    assert '<option value="office" selected>Civil Affairs (1)</option>' in page
    assert "1 result" in text_of(page)


@pytest.mark.parametrize("day", ["2026-02-30", "0000-00-00", "tomorrow", "24:00", "1" * 5000])
def test_a_wrong_day_is_named_and_the_other_filters_stay(client: Client, library: Library, day):
    library.add("a", "养老", day=0)
    library.add("b", "养老", day=40)
    library.add("c", "养老", day=0, kind="letter")
    page = client.get(
        "/en/search/", {"q": "养老", "kind": "note", "since": day, "until": "2026-01-31"}
    ).content.decode()
    assert f"“{day[:40]}” is not a day in the calendar." in text_of(page)
    assert 'href="#f-since"' in page
    assert "<title>Error: Search" in page
    assert 'href="/zh/a/"' in page
    assert 'href="/zh/b/"' not in page
    assert 'href="/zh/c/"' not in page


@pytest.mark.parametrize("day", ["2026-01-02", "2026/1/2", "２０２６-０１-０２", "2026年1月2日", "2026.01.02"])
def test_a_day_is_read_as_people_write_it(client: Client, library: Library, day):
    library.add("a", "养老", day=0)
    library.add("b", "养老", day=1)
    page = client.get("/zh/search/", {"q": "养老", "since": day}).content.decode()
    assert 'href="/zh/b/"' in page
    assert 'href="/zh/a/"' not in page


def test_a_period_that_ends_before_it_begins_is_left_out(client: Client, library: Library):
    library.add("a", "养老")
    page = client.get("/en/search/", {"q": "养老", "since": "2026-05-01", "until": "2026-04-01"}).content.decode()
    assert "The last day is before the first day. Both days were left out." in text_of(page)
    assert 'href="/zh/a/"' in page


@pytest.mark.parametrize(
    ("parameter", "sentence"),
    [
        ("kind", "This kind does not exist. All kinds are shown."),
        ("department", "This department does not exist. All departments are shown."),
    ],
)
def test_an_unknown_choice_is_named_and_left_out(client: Client, library: Library, parameter, sentence):
    library.add("a", "养老")
    page = client.get("/en/search/", {"q": "养老", parameter: "x\x00y"}).content.decode()
    assert sentence in text_of(page)
    assert 'href="/zh/a/"' in page


def test_the_empty_states_say_what_is_absent_and_what_to_do(client: Client, library: Library):
    def said(**asked: str) -> str:
        return text_of(client.get("/en/search/", asked).content.decode())

    assert "Nothing has been published yet." in said()
    library.add("a", "养老")
    assert "Nothing public matches “没有”." in said(q="没有")
    assert "Search without filters" in said(q="养老", kind="letter")
    assert "Nothing public matches these filters." in said(kind="letter")
    assert "You typed signs only. Type a word or a number." in said(q="(*)")


def test_pages_are_links_that_keep_the_question(client: Client, library: Library):
    library.publish("many", *[Entry("zh-hans", "", "养老", f"/{n}/", FIRST_DAY, object_id=n) for n in range(45)])
    page = client.get("/en/search/", {"q": "养老", "kind": "note", "page": "2"}).content.decode()
    assert "Page 2 of 3" in text_of(page)
    query = "q=%E5%85%BB%E8%80%81&amp;kind=note"
    assert f'rel="prev" href="?page=1&amp;{query}"' in page
    assert f'rel="next" href="?page=3&amp;{query}"' in page
    for odd in ("0", "-1", "x", "٣", "9" * 400, "1e3"):
        assert client.get("/en/search/", {"q": "养老", "page": odd}).status_code == 200


def test_past_the_limit_the_page_says_more_than(client: Client, library: Library, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queries, "COUNT_LIMIT", 3)
    monkeypatch.setattr(queries, "LOOKED_AT", 4)
    for number in range(4):
        library.add(f"n{number}", "养老")
    said = text_of(client.get("/en/search/", {"q": "养老"}).content.decode())
    assert "More than 3 results" in said
    assert "The counts are of the newest 1,000 results." in said


def test_the_switch_of_languages_keeps_the_question(client: Client, library: Library):
    page = client.get("/en/search/", {"q": "养老", "since": "2026-01-01", "page": "1"}).content.decode()
    assert 'href="/zh/search/?q=%E5%85%BB%E8%80%81&amp;since=2026-01-01"' in page


def test_search_pages_are_not_for_other_search_engines(client: Client, library: Library):
    assert '<meta name="robots" content="noindex">' in client.get("/zh/search/").content.decode()


def test_the_page_only_reads(client: Client, library: Library):
    assert client.post("/zh/search/", {"q": "养老"}).status_code == 405
    assert client.head("/zh/search/").status_code == 200


def test_a_hidden_thing_and_one_of_tomorrow_are_not_on_the_page(client: Client, library: Library):
    hidden = library.add("hidden", "养老 秘密")
    Department.objects.filter(pk=hidden.pk).update(active=False)
    actions.index(hidden)
    library.publish("later", Entry("zh-hans", "", "养老 明天", "/later/", timezone.now() + timedelta(days=1)))
    page = client.get("/zh/search/", {"q": "养老"}).content.decode()
    assert "秘密" not in page
    assert "明天" not in page


def test_the_page_takes_few_queries(client: Client, library: Library, django_assert_max_num_queries):
    office = Department.add_root(code="office", name_zh="民政局", name_en="Civil Affairs")
    for number in range(25):
        library.add(f"n{number}", "养老服务", department=office)
    # One for the department of the filter, seven at most for the search; the page around it may read its own few.
    with django_assert_max_num_queries(12):
        client.get("/zh/search/", {"q": "养老服务", "department": "office", "kind": "note"})


def test_no_bad_input_is_an_error_in_any_field(client: Client, library: Library):
    library.add("a", "养老 abc 123")
    strings = json.loads(shared_file("data", "badinput", "strings.json").read_text("utf-8"))
    assert len(strings) > 100
    for number, entry in enumerate(strings):
        value = entry["value"]
        asked = {"q": value} | ({"kind": value, "department": value, "since": value, "until": value, "page": value})
        response = client.get(("/zh/search/", "/en/search/")[number % 2], asked)
        assert (response.status_code, value[:40]) == (200, value[:40])
        page = response.content.decode()
        assert "<script>alert" not in page
        assert len(page) < 60_000
        assert client.get("/zh/search/", {"q": value}).status_code == 200


@pytest.mark.sqlite_only
def test_ten_megabytes_of_text_are_cut(client: Client, library: Library):
    library.add("a", "养老")
    page = client.get("/en/search/", {"q": "养老" * 1_700_000}).content.decode()
    assert "Only the first 200 characters were searched." in text_of(page)
    assert len(page) < 60_000


def test_a_reference_is_not_searched_for_but_shown_the_way(client: Client):
    reference = str(Reference("C", 2026, 4217))
    page = client.get("/zh/search/", {"q": f" {reference.lower()} "}).content.decode()
    assert f'href="/zh/track/?reference={reference}"' in page
    assert "/zh/track/?reference=" not in client.get("/zh/search/", {"q": reference[:-1] + "I"}).content.decode()
