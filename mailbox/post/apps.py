from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PostConfig(AppConfig):
    name = "mailbox.post"
    label = "post"
    verbose_name = _("E-mail of cases")

    def ready(self) -> None:
        """Plug mail into the outbox, the desk, the timeline and the refusals."""
        from engage.desk.registry import register_page
        from engage.pages.messages import register_refusals
        from engage.participation import outgoing, retention, timeline
        from mailbox.post import actions, dress
        from mailbox.post.desk import POST
        from mailbox.post.words import REFUSALS, TIMELINE

        register_refusals(REFUSALS)
        timeline.register(TIMELINE)
        register_page(POST)
        outgoing.register(dress.dress)
        retention.register(actions.forget)
