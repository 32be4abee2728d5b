from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PetitionsConfig(AppConfig):
    name = "mailbox.petitions"
    label = "petitions"
    verbose_name = _("Signature petitions")
    # Of the counts of signatures; see engage/journal/management/commands/flush.py.
    trigger_tables = ("petitions_signature",)

    def ready(self) -> None:
        """Plug petitions into the platform's registries."""
        from engage.pages.messages import register_refusals
        from engage.participation import kinds, timeline
        from mailbox.petitions.answering.plugs import plug_in as plug_answering_in
        from mailbox.petitions.guarding.plugs import plug_in as plug_guarding_in
        from mailbox.petitions.moderating.plugging import plug_in as plug_moderating_in
        from mailbox.petitions.showing.plugs import plug_in as plug_showing_in
        from mailbox.petitions.signing.plugs import plug_in as plug_signing_in
        from mailbox.petitions.starting.plugs import plug_in as plug_starting_in
        from mailbox.petitions.starting.story import petition_story
        from mailbox.petitions.words import REFUSALS, TIMELINE

        register_refusals(REFUSALS)
        timeline.register(TIMELINE)
        kinds.register(kinds.Kind(code="petition", letter="P", label=_("petition"), story=petition_story))
        plug_signing_in()
        plug_starting_in()
        plug_moderating_in()
        plug_guarding_in()
        plug_showing_in()
        plug_answering_in()
