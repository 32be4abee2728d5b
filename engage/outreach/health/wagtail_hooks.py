"""What is down, first of all that waits on the Studio's first page, for administrators."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor, Role, has_role
from engage.outreach.health import queries, registry
from engage.pages import studio


def _down(actor: Actor) -> list[studio.Waiting]:
    if not has_role(actor, Role.ADMINISTRATOR):
        return []
    codes = set(queries.down_codes(timezone.now()))
    return [
        studio.Waiting(str(probe.label), str(_("See what is wrong")), f"{reverse('desk_health')}#{probe.code}")
        for probe in registry.probes()
        if probe.code in codes
    ]


studio.register(studio.Group("channels", _("Channels that are down or not checked"), 1, _down))
