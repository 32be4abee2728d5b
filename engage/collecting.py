"""When Python looks for cyclic garbage, and when it does not."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector out while many objects are made that have no cycles or stay: it would look at all of them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def loading() -> Iterator[None]:
    """Load modules without looking for garbage; what is there at the end is never looked through again.

    Modules are hundreds of thousands of objects that stay. Looking them through as they come is a seventh of a start,
    and afterwards a pause in whatever request meets it.
    """
    with uncollected():
        yield
    gc.freeze()
