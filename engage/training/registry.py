"""How a room adds a task to the guided tour, in its `apps.py`:

    from engage.training import registry as tour
    tour.register(
        tour.Task(
            code="moderate",
            roles=(Role.OFFICER,),
            title=_("Moderate a comment"),
            why=_("One sentence."),
            steps=(
                tour.Step("publish", _("Publish a comment that waits"), queue, Sign(("moderation.published",))),
            ),
        )
    )

A step is done when the journal of the practice site says so. `where` runs inside the practice site and returns the
address of the screen; `sample` is a text to be copied there. A room whose task needs something to work on adds it with
`register_seed`: it runs once, when the practice site is built, after the demo content.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from engage.accounts.actors import Actor, Role, has_role
from engage.training.rules import Sign

Text = str | Promise


@dataclass(frozen=True)
class Step:
    """One thing to do, where, and how it shows that it was done."""

    code: str
    text: Text
    where: Callable[[], str]
    sign: Sign
    hint: Text = ""
    sample: Callable[[], str] | None = None


@dataclass(frozen=True)
class Task:
    """A piece of daily work, in steps, for the people of some roles."""

    code: str
    roles: Sequence[Role]
    title: Text
    why: Text
    steps: Sequence[Step]
    order: int = 100


_tasks: dict[str, Task] = {}
_seeds: dict[str, Callable[[], None]] = {}


def register(task: Task) -> None:
    """Add a task; ValueError for a code that is taken or a task without steps."""
    if task.code in _tasks or not task.steps or len({step.code for step in task.steps}) < len(task.steps):
        raise ValueError(f"task {task.code!r} of the tour: it needs a free code, and steps of different codes")
    _tasks[task.code] = task


def register_seed(name: str, load: Callable[[], None]) -> None:
    """Add what a task needs to find in the practice site; loaded in the order of the names."""
    _seeds[name] = load


def tasks() -> list[Task]:
    """List all tasks in their order."""
    return sorted(_tasks.values(), key=lambda task: task.order)


def tasks_for(actor: Actor) -> list[Task]:
    """List the tasks of a person's roles."""
    return [task for task in tasks() if has_role(actor, *task.roles)]


def seeds() -> list[Callable[[], None]]:
    """List what is loaded into a new practice site."""
    return [_seeds[name] for name in sorted(_seeds)]


def watched() -> frozenset[str]:
    """Return the names of the addresses that count as done by having been there."""
    return frozenset(name for task in _tasks.values() for step in task.steps for name in step.sign.visits)
