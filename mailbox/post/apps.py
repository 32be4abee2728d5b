from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PostConfig(AppConfig):
    name = "mailbox.post"
    label = "post"
    verbose_name = _("E-mail of cases")

    def ready(self) -> None:
        """Plug mail into the outbox, the desk, the timeline and the refusals."""
        from engage.desk.registry import register_page
        from engage.outreach.health import registry as health
        from engage.pages.messages import register_refusals
        from engage.participation import outgoing, retention, timeline
        from mailbox.post import actions, dress, probes
        from mailbox.post.desk import POST
        from mailbox.post.words import REFUSALS, TIMELINE

        register_refusals(REFUSALS)
        timeline.register(TIMELINE)
        register_page(POST)
        health.register(probes.INCOMING)
        outgoing.register(dress.dress)
        retention.register(actions.forget)
