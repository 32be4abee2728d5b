"""What an editor of a section may see of the page tree in the Studio: the own pages, and what the public reads anyway.

Wagtail's explorer, lists, reports, search and API keep to the pages on which a person holds a permission. Its chooser
shows every page, drafts and changed titles included; there this condition is added.
"""

from __future__ import annotations

from django.db.models import F, Q
from wagtail.models import Page
from wagtail.permissions import policy_registry

from engage.accounts.models import User


def may_see(user: User) -> Q:
    """Return the condition on pages; a page whose title is being changed counts as a draft."""
    own = policy_registry.get_by_type(Page).explorable_instances(user).values("pk")
    seen = Page.objects.filter(Q(pk__in=own) | Q(live=True, draft_title=F("title")))
    # By key alone: Wagtail's search takes no other column of a page.
    return Q(pk__in=seen.values("pk"))
