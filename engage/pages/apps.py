from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "engage.pages"
    label = "pages"

    def ready(self) -> None:
        """Register the demo's pages."""
        from engage.pages import demo_content, demo_pages

        demo_content.register("pages", order=10, load=demo_pages.load)
