from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    name = "engage.departments"
    label = "departments"

    def ready(self) -> None:
        """Register the room's sentences."""
        from engage.departments.words import REFUSALS
        from engage.pages.messages import register_refusals

        register_refusals(REFUSALS)
