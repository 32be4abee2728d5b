import re
from collections import Counter
from datetime import date, timedelta

import pytest
from django.test import Client

from consultations.models import Comment
from consultations.voices.ordering import ordered
from consultations.voices.rules import Order, list_query, mixed_place, mixing, order_of
from tests.consultations.factories import call, comment

DAY = date(2026, 11, 24)


def shown(client: Client, path: str) -> list[int]:
    response = client.get(path)
    assert response.status_code == 200
    return [int(pk) for pk in re.findall(r'<article class="voice" id="c(\d+)"', response.content.decode())]


def test_early_comments_are_not_first_more_often_than_late_ones():
    first = Counter(
        min(range(1, 11), key=lambda key: mixed_place(key, mixing(DAY + timedelta(days=days), "7:")))
        for days in range(2_000)
    )
    assert set(first) == set(range(1, 11))
    assert all(150 < times < 250 for times in first.values()), first


def test_the_mixed_order_is_the_same_all_day_and_another_one_on_the_next():
    def order(day: date, scope: str) -> list[int]:
        return sorted(range(1, 101), key=lambda key: mixed_place(key, mixing(day, scope)))

    assert order(DAY, "7:") == order(DAY, "7:")
    assert order(DAY, "7:") != order(DAY + timedelta(days=1), "7:")
    assert order(DAY, "7:") != order(DAY, "7:art_2")


@pytest.mark.parametrize("asked", ["", "oldest", "RANDOM", "newest\x00"])
def test_an_unknown_order_is_the_mixed_one(asked):
    assert order_of(asked) is Order.RANDOM


def test_an_address_names_only_what_differs():
    assert list_query("", Order.RANDOM) == ""
    assert list_query("art-2", Order.NEWEST) == "&clause=art-2&sort=newest"


@pytest.mark.django_db
def test_the_database_computes_the_mixed_order_as_the_rule_says():
    consultation = call()
    keys = [comment(consultation, text=f"第{n}条意见：周末也应当开放。")[0].pk for n in range(12)]
    found = ordered(Comment.objects.all(), Order.RANDOM, day=DAY, scope="1:").values_list("pk", flat=True)
    assert list(found) == sorted(keys, key=lambda key: mixed_place(key, mixing(DAY, "1:")))


@pytest.mark.django_db
def test_every_reader_of_a_day_turns_the_pages_of_one_order(client: Client):
    consultation = call()
    sent = {comment(consultation, text=f"第{n}条意见：周末也应当开放。")[0].pk for n in range(25)}
    first = shown(client, f"/zh/c/{consultation.slug}/comments/")
    second = shown(Client(), f"/zh/c/{consultation.slug}/comments/?page=2")
    assert (len(first), len(second)) == (20, 5)
    assert {*first, *second} == sent


@pytest.mark.django_db
def test_the_newest_come_first_when_asked_for_and_the_pages_keep_that(client: Client):
    consultation = call()
    sent = [comment(consultation, text=f"第{n}条意见：周末也应当开放。")[0].pk for n in range(21)]
    path = f"/zh/c/{consultation.slug}/comments/?clause=art-2&sort=newest"
    assert shown(client, path) == sent[:0:-1]
    assert "?page=2&amp;clause=art-2&amp;sort=newest" in client.get(path).content.decode()
    assert shown(client, f"/zh/c/{consultation.slug}/art-2/?sort=newest")[0] == sent[-1]


@pytest.mark.django_db
def test_by_clause_follows_the_text_and_begins_with_the_whole(client: Client):
    consultation = call()
    keys = ["art_3", "art_1", "", "art_2", "art_1"]
    sent = {comment(consultation, key=key, text=f"对{key}的意见：周末也应当开放。")[0].pk: key for key in keys}
    found = shown(client, f"/en/c/{consultation.slug}/comments/?sort=clause")
    assert [sent[pk] for pk in found] == ["", "art_1", "art_1", "art_2", "art_3"]
