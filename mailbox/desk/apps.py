from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailboxDeskConfig(AppConfig):
    name = "mailbox.desk"
    label = "mailbox_desk"
    verbose_name = _("Mailbox at the desk")

    def ready(self) -> None:
        """Plug the queue of cases into the desk."""
        from engage.desk.registry import register, register_page
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.participation import evidence
        from mailbox.actions.duty_letters import register_part
        from mailbox.actions.forgetting import register_forgetting
        from mailbox.actions.register import register_beginning
        from mailbox.desk import demo, receivers  # noqa: F401
        from mailbox.desk.actions import words_of_new
        from mailbox.desk.extensions import EXTENSIONS
        from mailbox.desk.forgetting import forget_beside
        from mailbox.desk.intakes import INTAKES
        from mailbox.desk.queue import CASES
        from mailbox.desk.texts import CHECKLISTS, TEXTS
        from mailbox.desk.told import late_words_part, mentions_part
        from mailbox.desk.topic_views import TOPICS
        from mailbox.desk.topics import LETTERS
        from mailbox.desk.words import REFUSALS
        from mailbox.desk.workload_views import WORKLOAD

        register_refusals(REFUSALS)
        register(CASES)
        evidence.register(LETTERS)
        register(EXTENSIONS)
        register_page(TEXTS)
        register_page(CHECKLISTS)
        register_page(INTAKES)
        register_page(WORKLOAD)
        register_page(TOPICS)
        register_forgetting(forget_beside)
        register_part(mentions_part)
        register_part(late_words_part)
        register_beginning(words_of_new)
        demo_content.register("cases", order=45, load=demo.load)
