"""What production keeps in Redis: counters of limits shared by all processes, and the channel layer."""

import asyncio

import pytest
from channels.layers import channel_layers, get_channel_layer
from django.conf import settings
from django.core.cache import cache

from engage.errors import Refused
from engage.participation import limits
from engage.participation.rules import Window

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
