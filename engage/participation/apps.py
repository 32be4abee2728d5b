from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "engage.participation"
    label = "participation"

    def ready(self) -> None:
        """Register the room's sentences."""
        from engage.desk import registry as desk
        from engage.pages.messages import register_refusals
        from engage.pages.strips import register as register_strip
        from engage.participation import timeline
        from engage.participation.desk import MODERATION
        from engage.participation.strips import STATUS
        from engage.participation.words import REFUSALS, TIMELINE

        register_refusals(REFUSALS)
        timeline.register(TIMELINE)
        desk.register(MODERATION)
        register_strip(STATUS)
