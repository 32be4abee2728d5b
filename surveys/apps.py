from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        """Plug into the platform's registries."""
        from engage.pages.messages import register_refusals
        from surveys.dispositions import REFUSALS

        register_refusals(REFUSALS)
