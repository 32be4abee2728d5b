"""What of packs waits for an editor: texts that experts handed in. What came back from review the gate tells."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.packs.access import may_write
from consultations.packs.models import Invitation, Pack
from engage.accounts.actors import Actor
from engage.pages.studio import Group, Waiting


def for_editors(actor: Actor) -> list[Waiting]:
    """Return the experts' texts to be read."""
    if not may_write(actor):
        return []
    handed_in = (
        Invitation.objects.visible_to(actor)
        .filter(state=Invitation.State.HANDED_IN, revoked_at=None, block__pack__state=Pack.State.DRAFT)
        .select_related("block__pack__consultation")
        .prefetch_related("block__pack__consultation__pages__locale")
        .order_by("handed_in_at")
    )
    return [
        Waiting(
            title=invitation.block.pack.consultation.title,
            note=gettext("An expert handed in a text"),
            url=reverse("pack_expert", args=[invitation.block.pack_id, invitation.block_id]),
        )
        for invitation in handed_in
    ]


WAITING = Group("packs", _("Interpretations"), 50, for_editors)
