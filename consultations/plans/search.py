"""What of the plan can be found: policies in the public plan, in each language."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consultations.plans.models import Policy
from engage.accounts.actors import ANYONE
from engage.search.registry import Entry, Source


def _public() -> QuerySet[Policy]:
    return Policy.objects.visible_to(ANYONE).prefetch_related("moves")


def _entries(policy: Policy) -> Iterator[Entry]:
    assert policy.public_from is not None
    last = policy.moves.last()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            stage = last.get_stage_display() if last else ""
            yield Entry(
                language=code,
                title=policy.title,
                body="\n".join(part for part in (stage, policy.summary, last.note if last else "") if part),
                url=reverse("plan_policy", args=[policy.slug]),
                published_at=policy.public_from,
                department_id=policy.department_id,
            )


SOURCE = Source("policy", _("Forward plan"), Policy, _public, _entries)
