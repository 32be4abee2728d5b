"""What new moderators practise on petitions: the demo's that wait are there in every practice site."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Role
from engage.training.registry import Step, Task
from engage.training.rules import Sign


def _queue() -> str:
    # All that wait, whether new or late.
    return f"{reverse('desk_queue', args=['petitions'])}?view=untagged"


PETITIONS = Task(
    code="petitions",
    order=15,
    roles=(Role.OFFICER,),
    title=_("Decide about petitions"),
    why=_(
        "A moderator reads every petition before people can sign it. You judge whether the government may decide about "
        "it, not whether you like it; the chip says until which day."
    ),
    steps=(
        Step(
            "aside",
            _("Set a petition aside that needs a second look"),
            _queue,
            Sign(("petition.flagged",)),
            hint=_("Undo or Back to the queue brings it back. Nobody is told, and its time goes on meanwhile."),
        ),
        Step(
            "publish",
            _("Publish a petition that waits"),
            _queue,
            Sign(("petition.opened",)),
            hint=_(
                "Read its words first, and look whether an open one asks for the same. Starter and sponsors are told "
                "at once: this is not taken back."
            ),
        ),
        Step(
            "reject",
            _("Turn a petition down and say how to mend it"),
            _queue,
            Sign(("petition.rejected", "petition.merged")),
            hint=_(
                "Everybody reads your reason. What may not be shown at all is for two persons: choose Turn down as "
                "unlawful on its page."
            ),
        ),
    ),
)
