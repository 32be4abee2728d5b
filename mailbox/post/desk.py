"""Mail that waits to be read, in the desk's bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.desk.registry import MAILBOX, DeskPage
from mailbox.models import DESK_ROLES
from mailbox.post.models import InMail


def waiting(actor: Actor) -> int:
    """Count what waits for one person."""
    return InMail.objects.visible_to(actor).waiting().count()


POST = DeskPage(
    code="post", label=_("Mail to read"), roles=DESK_ROLES, url_name="desk_post", count=waiting, group=MAILBOX
)
