"""What an office sets: read once in two seconds, anew after a change of this process, apart for each database."""

import pytest

from engage.departments.models import Department
from engage.settled import Settled, forget_all

pytestmark = pytest.mark.django_db


def names(*codes: str) -> list[str]:
    return list(Department.objects.filter(code__in=codes).values_list("name_zh", flat=True))


@pytest.fixture
def kept() -> Settled:
    return Settled(names, Department)


def test_it_is_read_once_for_the_same_question(kept, django_assert_num_queries):
    Department.add_root(code="city", name_zh="市政府", name_en="City")
    with django_assert_num_queries(2):
        assert kept("city") == kept("city") == ["市政府"]
        assert kept("other") == kept("other") == []


def test_a_change_is_seen_at_once_in_the_process_that_makes_it(kept):
    unit = Department.add_root(code="city", name_zh="市政府", name_en="City")
    assert kept("city") == ["市政府"]
    unit.name_zh = "人民政府"
    unit.save()
    assert kept("city") == ["人民政府"]
    unit.delete()
    assert kept("city") == []


def test_a_change_that_tells_nobody_is_seen_when_it_is_read_anew(kept):
    Department.add_root(code="city", name_zh="市政府", name_en="City")
    assert kept("city") == ["市政府"]
    Department.objects.update(name_zh="人民政府")
    assert kept("city") == ["市政府"]
    forget_all()
    assert kept("city") == ["人民政府"]


def test_it_grows_no_further_than_it_may(kept, monkeypatch):
    monkeypatch.setattr("engage.settled.MOST", 3)
    for number in range(10):
        kept(f"unit-{number}")
    assert len(kept._kept) <= 3
