"""The columnar cache holds what the rows hold, whatever happens to them, and can be made anew."""

from dataclasses import replace

import pytest

from engage.participation.models import Submission
from surveys.models import Questionnaire, Response
from surveys.results import columns, counting, queries, tables
from tests.surveys.answering.builders import department, published
from tests.surveys.results import made_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(settings, tmp_path, monkeypatch):
    """A questionnaire with 100 responses, in parts of 40."""
    settings.PRIVATE_ROOT = tmp_path
    monkeypatch.setattr(columns, "PART_ROWS", 40)
    monkeypatch.setattr(columns, "BATCH_ROWS", 30)
    version = published(made_up.document())
    made_up.stored(version.questionnaire, version, list(made_up.rows(100)))
    return version.questionnaire


def files(survey):
    return {path.name: path.stat().st_mtime_ns for path in columns.folder_of(survey).glob("*.parquet")}


def same(survey) -> bool:
    """Whether the cache holds what is read from the rows."""
    _cache, answers = columns.cached(survey)
    plain = columns.direct(survey)
    names = columns.schema(plain.layout).names
    return answers.read(names).combine_chunks().equals(plain.read(names))


def test_the_cache_holds_what_the_rows_hold(survey):
    assert columns.cached(survey) is None
    cache = columns.refresh(survey)
    assert [part.n for part in cache.parts] == [40, 40, 20]
    assert same(survey) and columns.is_true(survey)


def test_later_answers_are_appended_and_full_parts_stay(survey):
    first = columns.refresh(survey)
    version = survey.versions.get()
    made_up.stored(survey, version, list(made_up.rows(50, seed=8)))
    later = columns.refresh(survey)
    assert later.parts[:2] == first.parts[:2] and [part.n for part in later.parts] == [40, 40, 40, 30]
    assert same(survey) and columns.is_true(survey)


def test_nothing_new_writes_nothing(survey):
    first = columns.refresh(survey)
    before = files(survey)
    assert columns.refresh(survey) == first and files(survey) == before


def test_what_is_withdrawn_leaves_its_part_alone(survey):
    first = columns.refresh(survey)
    gone = Response.objects.filter(questionnaire=survey).order_by("pk")[45]
    Submission.objects.filter(pk=gone.pk).update(state=Submission.State.WITHDRAWN)
    later = columns.refresh(survey)
    assert [part.n for part in later.parts] == [40, 39, 20]
    assert later.parts[0] == first.parts[0] and later.parts[2] == first.parts[2]
    assert same(survey) and columns.is_true(survey)


def test_one_gone_and_one_come_late_are_both_found(survey):
    responses = list(Response.objects.filter(questionnaire=survey).order_by("pk"))
    Response.objects.filter(pk=responses[50].pk).update(is_complete=False)
    columns.refresh(survey)
    Response.objects.filter(pk=responses[50].pk).update(is_complete=True)
    Response.objects.filter(pk=responses[51].pk).update(is_complete=False)
    columns.refresh(survey)
    assert same(survey)


def test_changed_rows_and_changed_bytes_are_found_by_the_check(survey):
    columns.refresh(survey)
    response = Response.objects.filter(questionnaire=survey).order_by("pk")[3]
    answers = response.answers
    Response.objects.filter(pk=response.pk).update(answers={**answers, "age": "old", "nps": 10, "home": "north"})
    assert not columns.is_true(survey)
    cache = columns.refresh(survey, rebuild=True)
    assert columns.is_true(survey)
    path = columns.folder_of(survey) / cache.parts[0].file
    path.write_bytes(path.read_bytes() + b" ")
    assert not columns.is_true(survey)


def test_a_lost_file_is_written_anew(survey):
    cache = columns.refresh(survey)
    (columns.folder_of(survey) / cache.parts[1].file).unlink()
    columns.refresh(survey)
    assert same(survey) and columns.is_true(survey)


def test_the_cache_of_another_layout_is_not_read(survey, monkeypatch):
    columns.refresh(survey)
    monkeypatch.setattr("surveys.results.layout.FORMAT", 2)
    assert columns.cached(survey) is None
    columns.refresh(survey)
    assert same(survey)


def test_a_questionnaire_that_was_never_published_has_none():
    drafted = Questionnaire.objects.create(key="drafted", department=department())
    assert columns.refresh(drafted) is None and columns.direct(drafted) is None


# --- what is counted beside the parts -------------------------------------------------------------------------------


def toplines(answers):
    return [
        tables.topline(answers, column, public=public) for column in answers.layout.columns for public in (False, True)
    ]


def counts_of(survey):
    return sorted(path for path in columns.folder_of(survey).glob("*.json") if path.name != "meta.json")


def test_a_page_of_all_people_is_made_from_counts_alone(survey):
    columns.refresh(survey)
    answers = columns.cached(survey)[1]
    read = []
    counted = replace(answers, read=lambda names: read.extend(names) or answers.read(names))
    shown = queries.sections(counted, queries.Asked(), language="en", public=True, intervals=True)
    queries.groups(counted, "en")
    assert shown.n == 100 and not read
    assert toplines(counted) == toplines(columns.direct(survey)) and not read


def test_what_has_too_many_values_to_be_kept_is_counted_from_its_column(survey, monkeypatch):
    monkeypatch.setattr(counting, "VALUES_MOST", 2)
    columns.refresh(survey)
    assert toplines(columns.cached(survey)[1]) == toplines(columns.direct(survey))


def test_what_an_older_program_did_not_count_is_counted_the_next_time(survey):
    columns.refresh(survey)
    for path in counts_of(survey):
        path.unlink()
    assert toplines(columns.cached(survey)[1]) == toplines(columns.direct(survey))
    columns.refresh(survey)
    assert len(counts_of(survey)) == 3 and columns.is_true(survey)


def test_other_counts_are_found_by_the_check(survey):
    columns.refresh(survey)
    path = counts_of(survey)[0]
    path.write_text(path.read_text().replace('"n": [', '"n": [1, ', 1))
    assert not columns.is_true(survey)
