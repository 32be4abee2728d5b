"""What depends on what: the order in which conditions and calculations are settled, and the circles among them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from surveys.definition import expressions
from surveys.definition.model import Definition, Entry, Part, Question, expressions_of, parts_of

SETTLING = frozenset({"relevant", "calculation", "choice_filter", "count"})
"""Properties that decide what is shown or which value holds. Constraints and duties are judged when all is settled."""


def page_key(number: int) -> str:
    """The node of a page; no question can have this name."""
    return f"/pages/{number}"


@dataclass(frozen=True)
class Dependencies:
    """A graph over pages and items: `needs[name]` are the nodes that have to be settled before."""

    definition: Definition

    @cached_property
    def owner(self) -> Mapping[str, str]:
        """For every name that expressions may read the item that has it; ballots have none."""
        owners: dict[str, str] = {}
        for entry in self.definition.entries:
            owners[entry.item.name] = entry.item.name
            for part in parts_of(self.definition, entry.item):
                owners.setdefault(part, entry.item.name)
        return owners

    @cached_property
    def needs(self) -> Mapping[str, tuple[str, ...]]:
        """Nodes in their written order, each with what it needs, in written order of its expressions."""
        found: dict[str, tuple[str, ...]] = {}
        pages: dict[int, list[Entry]] = {}
        for entry in self.definition.entries:
            pages.setdefault(entry.page, []).append(entry)
        for number, page in enumerate(self.definition.pages):
            found[page_key(number)] = self._owners(_settling(self.definition, page))
            for entry in pages.get(number, ()):
                above = [page_key(number), *(item.name for item in entry.above)]
                found[entry.item.name] = tuple(
                    dict.fromkeys([*above, *self._owners(_settling(self.definition, entry.item))])
                )
        return found

    def _owners(self, texts: Iterator[str]) -> tuple[str, ...]:
        names = (name for text in texts for name in sorted(expressions.references(expressions.parse(text))))
        return tuple(dict.fromkeys(self.owner[name] for name in names if name in self.owner))

    @cached_property
    def components(self) -> tuple[tuple[str, ...], ...]:
        """Strongly connected parts, each after all that it needs (Tarjan, SIAM J. Comput. 1(2), 1972)."""
        return tuple(_components(self.needs))

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Every node once, after what it needs wherever that is possible."""
        return tuple(name for component in self.components for name in component)

    @cached_property
    def circles(self) -> tuple[tuple[str, ...], ...]:
        """One circle for each knot: names in the order in which each needs the next, the last one the first."""
        return tuple(
            _circle(component, self.needs)
            for component in self.components
            if len(component) > 1 or component[0] in self.needs[component[0]]
        )


def _settling(definition: Definition, part: Part) -> Iterator[str]:
    for name, text in expressions_of(part):
        if name in SETTLING:
            yield text
    if isinstance(part, Question):
        for option in (*definition.options_of(part), *part.rows):
            if option.relevant:
                yield option.relevant
        if part.type == "hidden" and part.default:
            yield part.default


def _components(needs: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in needs:
        if root in index:
            continue
        work: list[tuple[str, Iterator[str]]] = []
        _enter(root, needs, index, low, stack, on_stack, work)
        while work:
            node, waiting = work[-1]
            for need in waiting:
                if need not in index:
                    _enter(need, needs, index, low, stack, on_stack, work)
                    break
                if need in on_stack:
                    low[node] = min(low[node], index[need])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component: list[str] = []
                    while not component or component[-1] != node:
                        component.append(stack.pop())
                        on_stack.discard(component[-1])
                    yield tuple(reversed(component))


def _enter(
    node: str,
    needs: Mapping[str, tuple[str, ...]],
    index: dict[str, int],
    low: dict[str, int],
    stack: list[str],
    on_stack: set[str],
    work: list[tuple[str, Iterator[str]]],
) -> None:
    index[node] = low[node] = len(index)
    stack.append(node)
    on_stack.add(node)
    work.append((node, iter(needs[node])))


def _circle(component: tuple[str, ...], needs: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Follow needs inside the knot until a node comes again."""
    inside = set(component)
    way: list[str] = [component[0]]
    while True:
        following = next(need for need in needs[way[-1]] if need in inside)
        if following in way:
            return (*way[way.index(following) :], following)
        way.append(following)
