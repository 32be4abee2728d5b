"""The platform's own tasks of the tour: handing in what was written, and reviewing what others handed in."""

from __future__ import annotations

import json
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engage.accounts.actions import demo_user
from engage.accounts.actors import Actor, Role
from engage.departments.models import Department
from engage.outreach.press import actions as press
from engage.outreach.press import rules as press_rules
from engage.outreach.press.actions.writing import KIND
from engage.outreach.press.models import Release
from engage.pages.demo_content import FOLDER
from engage.publishing import gate
from engage.training.registry import Step, Task
from engage.training.rules import Sign

WRITTEN, FIRST, SECOND = "practice-hand-in", "practice-review-1", "practice-review-2"
REVIEWERS = (Role.APPROVER, Role.REVIEWER_LEGAL, Role.REVIEWER_OPENNESS, Role.REVIEWER_SECRECY)


def load() -> None:
    """Put three press releases into a new practice site: one to hand in, two handed in by somebody else."""
    if Release.objects.filter(slug=WRITTEN).exists():
        return
    for entry in json.loads((FOLDER / "practice.json").read_text(encoding="utf-8")):
        author = demo_user(Role.EDITOR)
        release = _written(entry, author)
        if entry["slug"] != WRITTEN:
            gate.request(KIND, release, actor=author, now=timezone.now() - timedelta(hours=1))


def _written(entry: dict, author: Actor) -> Release:
    department = Department.objects.order_by("path").first()
    release = press.open_release(press_rules.ROUTINE, entry["slug"], department, actor=author)
    press.write_release(
        release.pk,
        kind=press_rules.ROUTINE,
        slug=entry["slug"],
        department=department,
        topics=[],
        words=entry["words"],
        correction={},
        related=[],
        embargo_until=None,
        revision=0,
        now=timezone.now(),
        actor=author,
    )
    return Release.objects.get(pk=release.pk)


def _release(slug: str) -> int:
    return Release.objects.values_list("pk", flat=True).get(slug=slug)


def _editor() -> str:
    return reverse("press_editor", args=[_release(WRITTEN)])


def _preflight() -> str:
    return reverse("preflight", args=[KIND, _release(WRITTEN)])


def _gate(slug: str) -> str:
    found = gate.release_of(KIND, Release.objects.get(slug=slug))
    return reverse("release", args=[found.pk]) if found else reverse("release_desk")


TASKS = (
    Task(
        code="hand-in",
        order=40,
        roles=(Role.EDITOR,),
        title=_("Hand a press release in"),
        why=_("Nothing goes public that others have not signed. You write, the preflight looks, reviewers decide."),
        steps=(
            Step(
                "write",
                _("Change a sentence of the prepared release"),
                _editor,
                Sign(("press.written",)),
                hint=_("Open it, change the lead in both languages, save."),
            ),
            Step(
                "preflight",
                _("Run the preflight"),
                _preflight,
                Sign((), visits=("preflight",)),
                hint=_("It lists what would stop a reviewer, each with a link to the place where it is mended."),
            ),
            Step(
                "submit",
                _("Hand it in"),
                _editor,
                Sign(("release.requested",)),
                hint=_("The exact words are now frozen for the reviewers. A later change voids what they signed."),
            ),
        ),
    ),
    Task(
        code="review",
        order=50,
        roles=REVIEWERS,
        title=_("Review what goes public"),
        why=_("You sign exactly what goes out: page, feed, letter, files. Do not sign what you have not read."),
        steps=(
            Step(
                "sign",
                _("Read the first release and sign it"),
                lambda: _gate(FIRST),
                Sign(("release.signed",)),
                hint=_("Look at each form on the left, then choose to open it."),
            ),
            Step(
                "return",
                _("Send the second one back with a comment"),
                lambda: _gate(SECOND),
                Sign(("release.refused",)),
                hint=_("It names a person by telephone number: say what has to change."),
            ),
        ),
    ),
)
