from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FollowsConfig(AppConfig):
    name = "engage.outreach.follows"
    label = "follows"
    verbose_name = _("Follows")

    def ready(self) -> None:
        """Plug following into the platform's registries."""
        from engage.desk import registry as desk_registry
        from engage.outreach.delivery import audience_senders
        from engage.outreach.follows import channels, desk, registry
        from engage.outreach.follows.things import THINGS
        from engage.outreach.follows.words import REFUSALS
        from engage.pages.messages import register_refusals

        for thing in THINGS:
            registry.register(thing)
        register_refusals(REFUSALS)
        desk_registry.register_page(desk.MAILINGS)
        audience_senders.register(audience_senders.MAIL_FOLLOWERS, channels.sender("mail"))
        audience_senders.register(audience_senders.PUSH, channels.sender("push"))
