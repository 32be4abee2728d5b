"""Pure decisions about the tour: which steps are done, by what really happened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """What shows that a step was done: so many rows of the journal of one of these verbs.

    A verb that ends with a dot stands for all that begin with it. `visits` are the names of addresses: of a screen that
    only looks, having been there is all there is to see.
    """

    verbs: tuple[str, ...]
    times: int = 1
    visits: tuple[str, ...] = ()

    def seen(self, counted: Mapping[str, int], visited: Collection[str] = ()) -> int:
        """Return how often it happened, at most as often as it has to."""
        total = sum(name in visited for name in self.visits) + sum(
            number
            for verb, number in counted.items()
            if any(verb == wanted or (wanted.endswith(".") and verb.startswith(wanted)) for wanted in self.verbs)
        )
        return min(total, self.times)

    def is_done(self, counted: Mapping[str, int], visited: Collection[str] = ()) -> bool:
        """Tell whether it happened often enough."""
        return self.seen(counted, visited) >= self.times


def next_step(done: Sequence[bool]) -> int | None:
    """Return the place of the first step that is still to do; None when all are done."""
    return next((place for place, is_done in enumerate(done) if not is_done), None)
