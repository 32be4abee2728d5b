from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "engage.training"
    label = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        """Put the help centre into the desk, and the platform's own tasks into the tour."""
        from engage.desk import registry as desk_registry
        from engage.pages.messages import register_refusals
        from engage.training import desk, own_tasks, registry
        from engage.training.words import REFUSALS

        desk_registry.register_page(desk.HELP)
        register_refusals(REFUSALS)
        for task in own_tasks.TASKS:
            registry.register(task)
        registry.register_seed("press", own_tasks.load)
