"""Order, filters, counts and what is shown of an answer."""

from datetime import UTC, date, datetime

import pytest
from django.utils.safestring import SafeString

from engage.departments.models import Department
from engage.search import queries
from engage.search.models import SearchEntry
from engage.search.registry import Entry
from tests.search.library import FIRST_DAY, Library, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices(library: Library) -> dict[str, Department]:
    bureau = Department.add_root(code="bureau", name_zh="民政局", name_en="Civil Affairs")
    section = bureau.add_child(code="section", name_zh="养老处", name_en="Elderly Care")
    other = Department.add_root(code="other", name_zh="教育局", name_en="Education")
    library.add("one", "养老服务", department=bureau)
    library.add("two", "养老服务", department=section, kind="letter")
    library.add("three", "养老服务", department=other, kind="letter")
    library.add("four", "养老服务")
    return {"bureau": bureau, "section": section, "other": other}


def test_the_newest_comes_first_and_of_one_minute_the_last_indexed(library: Library):
    library.add("old", "养老", day=1)
    library.add("same", "养老", day=2)
    library.add("later", "养老", day=2)
    library.add("new", "养老", day=3)
    assert names("养老") == ["new", "later", "same", "old"]


def test_no_question_asks_for_everything(library: Library):
    library.add("a", "养老")
    library.add("b", "apply")
    assert names("") == names("  ") == ["b", "a"]


def test_signs_alone_find_nothing_and_are_told_apart(library: Library):
    library.add("a", "养老")
    results = queries.search("(？)")
    assert (results.total, results.unsearchable, results.items) == (0, True, [])
    assert not queries.search("没有").unsearchable


def test_a_cut_question_says_so(library: Library):
    library.add("a", "养老" * 200)
    results = queries.search("养老" * 200)
    assert (results.cut, results.total) == (True, 1)


def test_filters_by_kind_and_language(library: Library):
    library.add("note", "养老 care")
    library.add("letter", "养老 care", kind="letter", language="en")
    assert names("养老", kinds=["note"]) == ["note"]
    assert names("养老", kinds=["note", "letter"]) == ["letter", "note"]
    assert names("care", language="en") == ["letter"]


def test_both_days_of_a_period_are_included_in_local_time(library: Library):
    for name, moment in {
        "before": datetime(2026, 3, 1, 15, 59, tzinfo=UTC),
        "first": datetime(2026, 3, 1, 16, 0, tzinfo=UTC),
        "last": datetime(2026, 3, 3, 15, 59, tzinfo=UTC),
        "after": datetime(2026, 3, 3, 16, 0, tzinfo=UTC),
    }.items():
        library.publish(name, Entry("zh-hans", "", "养老", "/", moment, object_id=name))
    assert names("养老", since=date(2026, 3, 2), until=date(2026, 3, 3)) == ["last", "first"]
    assert names("养老", since=date(2026, 3, 4)) == ["after"]
    assert names("养老", until=date(2026, 3, 1)) == ["before"]


def test_the_ends_of_the_calendar_are_no_error(library: Library):
    library.add("a", "养老")
    assert names("养老", since=date.min, until=date.max) == ["a"]
    assert names("养老", since=date.max) == names("养老", until=date.min) == []


def test_a_department_includes_those_below_it(offices: dict[str, Department]):
    assert names("养老", department=offices["bureau"]) == ["two", "one"]
    assert names("养老", department=offices["section"]) == ["two"]


def test_each_filter_is_counted_under_the_others(offices: dict[str, Department]):
    facets = queries.search("养老", kinds=["letter"], department=offices["bureau"]).facets
    assert [(facet.code, facet.count, facet.selected) for facet in facets.kinds] == [
        ("note", 1, False),
        ("letter", 1, True),
    ]
    assert [(facet.code, facet.count, facet.selected, facet.depth) for facet in facets.departments] == [
        ("bureau", 1, True, 1),
        ("section", 1, False, 2),
        ("other", 1, False, 1),
    ]
    assert not facets.sampled


def test_a_chosen_department_without_answers_stays_in_the_list(offices: dict[str, Department]):
    facets = queries.search("没有", department=offices["other"]).facets
    assert [(facet.code, facet.count) for facet in facets.departments] == [("other", 0)]


def test_pages_follow_one_another_and_end(library: Library):
    entries = [Entry("zh-hans", "", "养老", "/", FIRST_DAY, object_id=number) for number in range(45)]
    library.publish("many", *entries)
    pages = [queries.search("养老", page=page) for page in (1, 2, 3)]
    assert [len(page.items) for page in pages] == [20, 20, 5]
    assert len({hit.object_id for page in pages for hit in page.items}) == 45
    assert queries.search("养老", page=99).page == queries.search("养老").pages == 3
    assert queries.search("养老", page=-5).page == 1


def test_past_the_limit_nobody_counts_but_filters_still_look_everywhere(library: Library, monkeypatch):
    monkeypatch.setattr(queries, "COUNT_LIMIT", 10)
    monkeypatch.setattr(queries, "LOOKED_AT", 11)
    library.add("oldest", "养老", kind="letter", day=-1)
    library.publish("many", *[Entry("zh-hans", "", "养老", "/", FIRST_DAY, object_id=number) for number in range(11)])
    results = queries.search("养老")
    assert (results.total, results.more, results.facets.sampled) == (10, True, True)
    filtered = queries.search("养老", kinds=["letter"])
    assert ([hit.object_id for hit in filtered.items], filtered.total, filtered.more) == (["oldest"], 1, False)


def test_what_was_hidden_without_a_word_is_not_shown_even_while_the_index_has_it(library: Library):
    hidden = library.add("hidden", "养老")
    library.add("shown", "养老")
    Department.objects.filter(pk=hidden.pk).update(active=False)
    assert names("养老") == ["shown"]
    assert SearchEntry.objects.filter(object_id="hidden").exists()


def test_what_is_shown_is_escaped_and_marked(library: Library):
    library.add("a", '<b>养老</b> & "服务" <script>alert(1)</script>', title="<i>养老</i>")
    hit = queries.search("养老 script").items[0]
    assert isinstance(hit.title, SafeString)
    assert hit.title == "&lt;i&gt;<mark>养老</mark>&lt;/i&gt;"
    assert hit.snippet == (
        "&lt;b&gt;<mark>养老</mark>&lt;/b&gt; &amp; &quot;服务&quot; "
        "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;"
    )


def test_an_answer_says_its_kind_language_and_department(offices: dict[str, Department]):
    hit = queries.search("养老", department=offices["section"]).items[0]
    assert (hit.kind, hit.kind_label, hit.html_lang, hit.language_name) == ("letter", "Letters", "zh-Hans", "简体中文")
    assert hit.department == offices["section"]
    assert hit.url == "/zh/two/"


@pytest.mark.parametrize("filters", [{}, {"kinds": ["letter"]}, {"department": "bureau"}, {"page": 2}])
def test_a_search_takes_few_queries(offices: dict[str, Department], filters, django_assert_max_num_queries):
    if "department" in filters:
        filters = {"department": offices[filters["department"]]}
    # Look, read the departments, read the page, ask each of the two kinds again what is public; PostgreSQL also
    # estimates twice before it looks.
    with django_assert_max_num_queries(7):
        assert queries.search("养老服务", **filters).items
