"""What a process does once, when it starts."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Load modules without looking for garbage; what is there at the end is never looked through again.

    Modules are hundreds of thousands of objects that stay. Looking them through as they come is a seventh of a start,
    and afterwards a pause in whatever request meets it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()
