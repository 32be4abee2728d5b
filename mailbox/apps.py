from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailboxConfig(AppConfig):
    name = "mailbox"
    verbose_name = _("Mailbox")
    # Of the tally of the desk; see engage/journal/management/commands/flush.py.
    trigger_tables = ("mailbox_case",)

    def ready(self) -> None:
        """Plug the kinds of case into the platform's registries."""
        from engage.pages.messages import register_refusals
        from engage.participation import cases, kinds, retention, timeline
        from mailbox.actions import open_from_channel, withdraw_by_receipt
        from mailbox.actions.forgetting import forget_with_contacts
        from mailbox.kinds import KINDS
        from mailbox.letterbox.story import case_story
        from mailbox.queries import cases_seen_by, words_by_token
        from mailbox.words import REFUSALS, TIMELINE

        register_refusals(REFUSALS)
        timeline.register(TIMELINE)
        for machine in KINDS.values():
            kinds.register(
                kinds.Kind(
                    code=machine.code,
                    letter=machine.letter,
                    label=machine.label,
                    story=case_story,
                    withdraw=withdraw_by_receipt if machine.has("withdraw") else None,
                    seen_by=cases_seen_by,
                )
            )
        cases.register(open_from_channel, words=words_by_token)
        retention.register(forget_with_contacts)
