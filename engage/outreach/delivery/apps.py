from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "engage.outreach.delivery"
    label = "delivery"
    verbose_name = _("Channels and deliveries")

    def ready(self) -> None:
        """Plug the outbox into the platform's registries."""
        from engage.desk import registry as desk_registry
        from engage.outreach import subjects
        from engage.outreach.delivery import actions, adapters, demo, desk, queries, shown
        from engage.outreach.delivery.search import SOURCE
        from engage.outreach.delivery.sitemaps import NoticeSitemap
        from engage.outreach.delivery.story import message_story
        from engage.outreach.delivery.words import REFUSALS, TIMELINE
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.participation import cases, kinds, timeline
        from engage.publishing import registry as gate
        from engage.search import registry as search

        register_refusals(REFUSALS)
        timeline.register(TIMELINE)
        for adapter in adapters.SHIPPED:
            adapters.register(adapter())
        gate.register(
            gate.GatedKind(
                actions.KIND,
                _("item of the outbox"),
                gate.STANDARD,
                gate.Subject(
                    model="delivery.Item",
                    forms=queries.outgoing_forms,
                    writers=queries.writers,
                    title=lambda item: item.title,
                    edit_url=queries.edit_url,
                    publish=actions.publish,
                    unpublish=actions.unpublish,
                    lacks=queries.lacks,
                ),
            )
        )
        kinds.register(
            kinds.Kind(code=actions.MESSAGE, letter="M", label=_("message from a channel"), story=message_story)
        )
        cases.register(actions.open_message)
        search.register(SOURCE)
        desk_registry.register_page(desk.OUTBOX)
        desk_registry.register(desk.LEDGER)
        desk_registry.register(desk.MESSAGES)
        desk_registry.register_page(desk.CHANNEL_IMPORT)
        register_sitemap("notices", NoticeSitemap)
        subjects.register(shown.NOTICES)
        subjects.register(shown.PAGES)
        demo_content.register("outbox", order=60, load=demo.load)
