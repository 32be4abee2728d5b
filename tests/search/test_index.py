"""What gets into the index and out of it again."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from engage.departments.models import Department
from engage.search import actions, queries, registry
from engage.search.models import SearchEntry
from engage.search.registry import Entry, Source
from engage.search.tasks import sweep_hidden_entries
from tests.search.library import FIRST_DAY, Library, names

pytestmark = pytest.mark.django_db


def test_an_indexed_thing_is_found_in_title_and_body(library: Library):
    library.add("a", "居家养老服务", title="社区办法")
    assert names("养老") == names("社区") == ["a"]


def test_a_phrase_does_not_reach_from_the_title_into_the_body(library: Library):
    library.add("a", "救助对象", title="社会")
    assert names("社会救助") == []


def test_indexing_again_replaces_what_was_there(library: Library):
    shelf = library.publish("a", Entry("zh-hans", "旧名", "旧文", "/zh/a/", FIRST_DAY))
    library.shelves[shelf.pk] = ("note", [Entry("zh-hans", "新名", "新文", "/zh/a/", FIRST_DAY)])
    assert actions.index(shelf) == 1
    assert names("旧") == []
    assert len(names("新名")) == SearchEntry.objects.count() == 1


def test_one_object_can_give_entries_in_two_languages_and_lose_one(library: Library):
    entries = [
        Entry("zh-hans", "公告", "", "/zh/a/", FIRST_DAY),
        Entry("en", "Notice", "", "/en/a/", FIRST_DAY),
    ]
    shelf = library.publish("a", *entries)
    assert [hit.url for hit in queries.search("notice").items] == ["/en/a/"]
    library.shelves[shelf.pk] = ("note", entries[:1])
    actions.index(shelf)
    assert queries.search("notice").total == 0
    assert queries.search("公告").total == 1


def test_a_hidden_object_leaves_the_index_when_it_is_indexed(library: Library):
    shelf = library.add("a", "养老")
    Department.objects.filter(pk=shelf.pk).update(active=False)
    assert actions.index(shelf) == 0
    assert SearchEntry.objects.count() == 0


def test_an_object_that_was_never_public_does_not_get_in(library: Library):
    shelf = library.publish("a", Entry("zh-hans", "保密", "", "/zh/a/", FIRST_DAY), index=False)
    Department.objects.filter(pk=shelf.pk).update(active=False)
    actions.index(shelf)
    assert SearchEntry.objects.count() == 0


def test_a_removed_object_is_not_found(library: Library):
    shelf = library.add("a", "养老")
    kept = library.add("b", "养老")
    assert actions.remove(shelf) == 1
    assert names("养老") == ["b"]
    assert SearchEntry.objects.count() == 1
    assert actions.remove(kept, shelf) == 1


def test_an_object_must_have_a_key_to_be_indexed_or_removed(library: Library):
    with pytest.raises(ValueError, match="no primary key"):
        actions.index(Department(code="x"))
    with pytest.raises(ValueError, match="no primary key"):
        actions.remove(Department(code="x"))


def test_an_object_of_no_source_is_left_alone(library: Library, django_user_model):
    user = django_user_model.objects.create_user("reader@example.org")
    assert actions.index(user) == 0


def test_a_kind_is_registered_once(library: Library):
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(Source("note", "Notes", Department, Department.objects.all, lambda shelf: []))


def test_a_source_that_names_a_thing_twice_is_told(library: Library):
    twice = Entry("en", "Notice", "", "/en/a/", FIRST_DAY)
    with pytest.raises(ValueError, match="'note' gives the same object twice"):
        library.publish("a", twice, twice)


def test_several_objects_are_indexed_together_with_few_queries(library: Library, django_assert_num_queries):
    shelves = [library.publish(f"s{n}", Entry("zh-hans", "书", "", "/", FIRST_DAY), index=False) for n in range(30)]
    # A savepoint around: read what is public, delete, insert; and a delete for the other kind a shelf could have.
    with django_assert_num_queries(6):
        assert actions.index(*shelves) == 30


def test_an_entry_of_a_later_day_is_found_from_that_day_on(library: Library):
    now = timezone.now()
    library.publish("a", Entry("zh-hans", "预告", "", "/zh/a/", now + timedelta(hours=1), object_id="later"))
    library.publish("b", Entry("zh-hans", "预告", "", "/zh/b/", now - timedelta(hours=1), object_id="now"))
    assert names("预告") == ["now"]


def test_odd_text_is_stored_and_found(library: Library):
    library.add("a", "甲\x00乙\ud800丙 \u202e𠮷野家👨\u200d👩", title="\x00")
    assert names("𠮷野") == names("乙") == ["a"]


def test_a_very_long_text_is_indexed_as_far_as_it_goes(library: Library):
    library.add("a", "养老服务。" * 60_000 + "末尾", title="长" * 100_000)
    assert names("养老服务") == ["a"]
    entry = SearchEntry.objects.get()
    assert len(entry.body) == actions.BODY_MAX_LENGTH
    assert len(entry.title) == actions.TITLE_MAX_LENGTH


def test_a_text_of_many_rare_characters_fits_both_databases(library: Library):
    characters = "".join(chr(0x20000 + number) for number in range(40_000))
    library.add("a", characters + characters[::2] + characters[::-1])
    assert names(characters[:2]) == ["a"]


def test_terms_read_back_are_the_terms_that_were_written(library: Library):
    library.add("a", "社会救助 don't 2026")
    entry = SearchEntry.objects.get()
    assert set(entry.terms.split()) == {"社", "会", "救", "助", "社会", "会救", "救助", "dont", "2026"}
    SearchEntry.objects.bulk_create([entry], update_conflicts=True, unique_fields=["id"], update_fields=["terms"])
    assert names("救助") == ["a"]


def test_a_rebuild_makes_the_index_again_and_drops_what_is_hidden_or_unknown(library: Library):
    library.add("a", "养老")
    hidden = library.add("b", "养老")
    library.add("c", "养老", kind="letter")
    Department.objects.filter(pk=hidden.pk).update(active=False)
    SearchEntry.objects.filter(object_id="a").delete()
    SearchEntry.objects.create(
        kind="gone",
        owner_id="1",
        object_id="1",
        language="en",
        title="x",
        url="/",
        published_at=FIRST_DAY,
        folded="x",
        terms="x",
    )
    rebuilt = actions.rebuild()
    assert rebuilt == actions.Rebuilt(entries={"note": 1, "letter": 1}, removed=2)
    assert {entry.object_id for entry in SearchEntry.objects.all()} == {"a", "c"}


def test_a_rebuild_goes_through_more_objects_than_fit_one_step(library: Library, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions, "OBJECTS_PER_TRANSACTION", 2)
    for number in range(5):
        library.add(f"n{number}", "养老")
    SearchEntry.objects.all().delete()
    assert actions.rebuild().entries == {"note": 5, "letter": 0}
    assert actions.sweep() == 0
    assert queries.search("养老").total == 5


def test_the_sweep_takes_out_what_was_hidden_without_a_word(library: Library):
    shelf = library.add("a", "养老")
    library.add("b", "养老")
    Department.objects.filter(pk=shelf.pk).update(active=False)
    sweep_hidden_entries()
    assert [entry.object_id for entry in SearchEntry.objects.all()] == ["b"]


def test_the_command_prints_one_json_object(library: Library):
    library.add("a", "养老")
    out = StringIO()
    call_command("rebuild_search", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"entries": {"note": 1, "letter": 0}, "removed": 0}
    out = StringIO()
    call_command("rebuild_search", stdout=out)
    assert out.getvalue().split("\n") == ["note: 1", "letter: 0", "removed: 0", ""]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_the_rebuild_also_tidies_the_engine(library: Library):
    library.add("a", "养老")
    assert actions.rebuild().entries["note"] == 1
    assert names("养老") == ["a"]


def test_a_department_that_is_deleted_leaves_its_entries_findable(library: Library):
    owner = Department.add_root(code="owner", name_zh="民政局", name_en="Civil Affairs")
    library.add("a", "养老", department=owner)
    Department.objects.get(pk=owner.pk).delete()
    assert queries.search("养老").items[0].department is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_rebuild_waits_for_whoever_is_hiding_something(library: Library):
    """Read before the hiding is committed and written after, the hidden thing would be back."""
    library.add("a", "养老")
    writer = connection.copy()
    try:
        with writer.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("DELETE FROM search_searchentry WHERE object_id = 'a'")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            actions.rebuild()
    finally:
        writer.close()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert actions.rebuild().entries["note"] == 1
