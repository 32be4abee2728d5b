from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "engage.search"
    label = "search"

    def ready(self) -> None:
        """Give the commands that read tables of texts their sentences."""
        from engage.pages.messages import register_refusals
        from engage.search.tables import REFUSALS

        register_refusals(REFUSALS)
