"""Reads of the help centre: the tasks of a person, how far they are, and the letters of practice."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engage.accounts.models import User
from engage.training import places, registry
from engage.training.isolation import Place, inside
from engage.training.models import DoneStep
from engage.training.registry import Step, Task
from engage.training.rules import next_step

LETTERS_SHOWN = 50


@dataclass(frozen=True)
class ShownStep:
    """A step as the page shows it; `url` is empty outside practice, `seen` counts what happened so far."""

    step: Step
    is_done: bool
    url: str
    sample: str
    seen: int

    @property
    def times(self) -> int:
        """How often it has to happen."""
        return self.step.sign.times


@dataclass(frozen=True)
class ShownTask:
    """A task with its steps; `now` is the place of the step to do next."""

    task: Task
    steps: Sequence[ShownStep]
    now: int | None

    @property
    def is_done(self) -> bool:
        """Tell whether every step is done."""
        return self.now is None

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.is_done for step in self.steps)


def tour(user: User, *, drawer: Mapping[str, Any] | None, seen: Mapping[str, Mapping[str, int]]) -> list[ShownTask]:
    """Return the tasks of the person's roles; the addresses are those of the practice site, for who is in it."""
    done = set(DoneStep.objects.filter(user=user).values_list("task", "step"))
    tasks = registry.tasks_for(user)
    place = places.ready(user.pk) if drawer else None
    urls, samples = _inside(place, tasks) if place else ({}, {})
    return [_shown(task, done, urls, samples, seen.get(task.code, {})) for task in tasks]


def _inside(place: Place, tasks: Sequence[Task]) -> tuple[dict, dict]:
    with inside(place):
        urls = {(task.code, step.code): step.where() for task in tasks for step in task.steps}
        samples = {
            (task.code, step.code): step.sample() for task in tasks for step in task.steps if step.sample is not None
        }
    return urls, samples


def _shown(task: Task, done: set, urls: Mapping, samples: Mapping, seen: Mapping[str, int]) -> ShownTask:
    steps = [
        ShownStep(
            step,
            (task.code, step.code) in done,
            urls.get((task.code, step.code), ""),
            samples.get((task.code, step.code), ""),
            seen.get(step.code, 0),
        )
        for step in task.steps
    ]
    return ShownTask(task, steps, next_step([step.is_done for step in steps]))


@dataclass(frozen=True)
class Letter:
    """A letter that would have gone out."""

    to: str
    subject: str
    text: str
    at: datetime | None


def letters(user: User) -> list[Letter]:
    """Return the letters in the outbox of a person's practice site, newest first."""
    place = places.ready(user.pk)
    if place is None or not place.outbox.is_dir():
        return []
    found: list[Letter] = []
    for path in sorted(place.outbox.iterdir(), reverse=True)[:LETTERS_SHOWN]:
        # Django's outbox on disk: letters one after the other, a line of dashes after each.
        parts = path.read_bytes().split(b"\n" + b"-" * 79 + b"\n")
        found += [_letter(part) for part in parts[::-1] if part.strip()]
    return found[:LETTERS_SHOWN]


def _letter(raw: bytes) -> Letter:
    message = email.message_from_bytes(raw.lstrip(), policy=email.policy.default)
    body = message.get_body(("plain",))
    date = message["Date"]
    return Letter(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=body.get_content() if body else "",
        at=date.datetime if date else None,
    )
