"""What production keeps in Redis: counters of limits shared by all processes, and the channel layer."""

import asyncio

import pytest
from channels.layers import channel_layers, get_channel_layer
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache, caches

from engage.errors import Refused
from engage.participation import limits
from engage.participation.rules import Window
from engage.sessions import SessionStore

pytestmark = pytest.mark.redis


def test_counters_are_kept_in_redis_and_close_the_window():
    assert settings.CACHES["default"]["BACKEND"].endswith("RedisCache")
    window = (Window(3, 60),)
    for _time in range(3):
        limits.check("redis-test", "somebody", window, now=1_000_000_020)
    with pytest.raises(Refused) as refusal:
        limits.check("redis-test", "somebody", window, now=1_000_000_021)
    assert refusal.value.code == "too_many"
    assert cache.get("never-set") is None


def test_counters_live_as_long_as_they_began_to():
    window = (Window(3, 60),)
    limits.check("redis-lives", "somebody", window, now=1_000_000_020)
    (key,) = [bucket[1] for bucket in limits.Event("redis-lives", "somebody", window).buckets(1_000_000_020)]
    client = caches["default"]._cache.get_client(None, write=True)
    assert client is caches["default"]._cache.get_client(None)
    name = caches["default"].make_key(key)
    assert 60 < client.ttl(name) <= 125
    client.expire(name, 70)
    limits.check("redis-lives", "somebody", window, now=1_000_000_021)
    assert client.ttl(name) <= 70 and cache.get(key) == 2


def test_a_full_window_keeps_all_from_being_counted_and_says_what_stands():
    full, free = limits.Event("redis-full", "a", (Window(2, 60),)), limits.Event("redis-full", "b", (Window(9, 60),))
    now = 1_000_000_050.0
    for _time in range(2):
        assert limits.Counts.unless_free([full, free], now) is None
    stood = limits.Counts.unless_free([full, free], now)
    assert stood is not None and stood.wait(full) and not stood.wait(free)
    assert [cache.get(one.buckets(now)[0][1]) for one in (full, free)] == [2, 2]
    # Of the window before counts the share that the last sixty seconds still reach: 2 * (1 - 15 / 60) = 1.5, then 1.
    assert limits.Counts.unless_free([full], now + 45) is not None
    assert limits.Counts.unless_free([full], now + 60) is None


@pytest.mark.django_db
def test_a_session_is_written_with_one_statement_and_an_ended_one_is_not_written(django_assert_num_queries):
    begun = SessionStore()
    begun["letter"] = "text"
    begun.save()
    again = SessionStore(begun.session_key)
    again["letter"] = "more"
    with django_assert_num_queries(1):
        again.save()
    cache.clear()
    assert SessionStore(begun.session_key)["letter"] == "more"
    SessionStore(begun.session_key).delete()
    again["letter"] = "late"
    with pytest.raises(UpdateError):
        again.save()
    assert not SessionStore(begun.session_key).exists(begun.session_key)


def test_the_channel_layer_carries_a_message_to_a_group():
    async def talk() -> dict:
        layer = get_channel_layer()
        assert "Redis" in type(layer).__name__
        name = await layer.new_channel()
        await layer.group_add("room", name)
        await layer.group_send("room", {"type": "note", "text": "公开"})
        message = await asyncio.wait_for(layer.receive(name), timeout=10)
        await layer.group_discard("room", name)
        return message

    channel_layers.backends.clear()
    assert asyncio.run(talk())["text"] == "公开"
