"""What the outbox can tell about, and what has a share image: calls for comments and policies of the plan."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from consultations import queries
from consultations.plans import queries as plans
from engage.accounts.actors import ANYONE, Actor
from engage.outreach.subjects import Kind, Shown


def find_call(id: str, language: str, actor: Actor) -> Shown | None:
    """Return a call that everybody may see, in a language in which it has a page."""
    call = queries.call(id, language=language, actor=ANYONE, now=timezone.now())
    if call is None or call.page.locale.language_code != language:
        return None
    with override(language):
        return Shown(
            call.page.title,
            reverse("consultation", args=[id]),
            call.page.summary,
            department=call.consultation.department.name,
            department_id=call.consultation.department_id,
            dated=call.consultation.opens_at,
            topics=tuple(call.consultation.topics.values_list("code", flat=True)),
        )


def call_choices(actor: Actor) -> list[tuple[str, str]]:
    """List the calls that everybody may see."""
    found = queries.calls(language=get_language() or "", actor=ANYONE, now=timezone.now())
    return [(call.consultation.slug, call.page.title) for call in found[:100]]


CALLS = Kind(
    "consultation",
    _("calls for comments"),
    find=find_call,
    choices=call_choices,
    pages=dict.fromkeys(("consultation", "draft", "clause", "comments", "compare", "outcome"), "slug"),
)


def find_policy(id: str, language: str, actor: Actor) -> Shown | None:
    """Return a policy of the plan that everybody may see."""
    policy = plans.policies(actor=ANYONE, now=timezone.now()).filter(slug=id).first()
    if policy is None:
        return None
    with override(language):
        return Shown(
            policy.title,
            reverse("plan_policy", args=[id]),
            policy.summary,
            department=policy.department.name,
            department_id=policy.department_id,
            topics=tuple(policy.topics.values_list("code", flat=True)),
        )


def policy_choices(actor: Actor) -> list[tuple[str, str]]:
    """List the policies that everybody may see."""
    return [(policy.slug, policy.title) for policy in plans.policies(actor=ANYONE, now=timezone.now())[:100]]


POLICIES = Kind(
    "policy", _("policies of the plan"), find=find_policy, choices=policy_choices, pages={"plan_policy": "slug"}
)
