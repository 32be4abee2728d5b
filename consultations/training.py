"""What new officers and editors practise on drafts and comments."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consultations.models import Consultation
from engage.accounts.actors import Role
from engage.training.registry import Step, Task
from engage.training.rules import Sign

SAMPLE = """社区晨练场地管理办法（征求意见稿）

第一条　为了方便居民晨练，减少噪声，制定本办法。
第二条　晨练场地每天早上六点开放。
第三条　播放音乐的，音量不超过六十分贝。
"""


def _moderation() -> str:
    return reverse("desk_queue", args=["moderation"])


def _coding() -> str:
    return _of_call("coding_desk")


def _themes() -> str:
    return _of_call("coding_themes")


def _decisions() -> str:
    return _of_call("coding_decisions")


def _of_call(name: str) -> str:
    call = Consultation.objects.order_by("pk").first()
    return reverse(name, args=[call.slug]) if call else reverse("coding_home")


TASKS = (
    Task(
        code="moderate",
        order=10,
        roles=(Role.OFFICER,),
        title=_("Moderate comments"),
        why=_("Some comments are read by a person before the public reads them. You publish, or reject with a reason."),
        steps=(
            Step("publish", _("Publish a comment that waits"), _moderation, Sign(("moderation.published",))),
            Step(
                "reject",
                _("Reject a comment and say why"),
                _moderation,
                Sign(("moderation.rejected",)),
                hint=_("Its sender reads your reason on the tracking page."),
            ),
        ),
    ),
    Task(
        code="code",
        order=20,
        roles=(Role.OFFICER, Role.ANALYST),
        title=_("Sort comments into themes"),
        why=_("Every comment has to be answered, so each of its points gets a theme."),
        steps=(
            Step("theme", _("Make a theme"), _themes, Sign(("theme.created",))),
            Step(
                "three",
                _("Give a theme to three points"),
                _coding,
                Sign(("coding.applied",), times=3),
                hint=_("Select the words that make one point, then choose a theme, or press its number."),
            ),
        ),
    ),
    Task(
        code="decide",
        order=30,
        roles=(Role.OFFICER,),
        title=_("Decide what happens to a theme"),
        why=_("The department says what it adopts and why not; the senders are told with the outcome."),
        steps=(Step("decide", _("Write a decision with its reason"), _decisions, Sign(("decision.made",))),),
    ),
    Task(
        code="import",
        order=35,
        roles=(Role.EDITOR,),
        title=_("Import a draft"),
        why=_("A draft becomes a tree of clauses, so that people can comment on each of them."),
        steps=(
            Step(
                "import",
                _("Paste the text of a draft and take it in"),
                lambda: reverse("draft_import"),
                Sign(("draft.imported",)),
                hint=_("Check the clauses that were found before you take it in."),
                sample=lambda: SAMPLE,
            ),
        ),
    ),
)
