"""A room's first words let its addresses through, and nothing else is lost by them."""

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, path

from engage.addresses import Room, _first_words
from engage.urls import localised


def _routes(resolver, before=""):
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield before + str(one.pattern)
        else:
            yield from _routes(one, before + str(one.pattern))


def test_every_address_of_a_room_begins_with_one_of_its_words():
    rooms = [one for one in (*localised, *get_resolver().url_patterns) if isinstance(one, Room)]
    told = [room for room in rooms if room.first_words is not None]
    assert len(told) >= 8
    for room in told:
        assert {route.partition("/")[0] for route in _routes(room)} == room.first_words


def test_another_word_is_not_looked_for_and_no_word_is_asked_of_a_room_that_takes_any():
    def view(request): ...

    closed = URLResolver(path("", view).pattern, [path("write/<int:pk>/", view), path("track/", view)])
    assert _first_words(closed) == {"write", "track"}
    for taken in ("<slug:any>/", "", "a<int:number>/"):
        assert _first_words(URLResolver(path("", view).pattern, [path("track/", view), path(taken, view)])) is None
    shut = next(one for one in localised if isinstance(one, Room) and one.first_words == {"surveys"})
    with pytest.raises(Resolver404):
        shut.resolve("write/letter/")
    assert shut.resolve("surveys/").url_name == "surveys"
