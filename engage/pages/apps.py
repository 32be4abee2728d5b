from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "engage.pages"
    label = "pages"

    def ready(self) -> None:
        """Plug pages into search, the release gate and the demo."""
        from engage.pages import campaigning, demo_content, demo_pages, gate, sample_content, sample_pages, search
        from engage.pages.messages import register_refusals
        from engage.pages.words import REFUSALS
        from engage.search import registry

        demo_content.register("pages", order=10, load=demo_pages.load)
        sample_content.register(
            sample_content.Samples("documents", order=30, needs=(sample_pages.PLAN,), load=sample_pages.load)
        )
        register_refusals(REFUSALS)
        for source in search.SOURCES:
            registry.register(source)
        campaigning.register()
        search.connect()
        gate.connect()
