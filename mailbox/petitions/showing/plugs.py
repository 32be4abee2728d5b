"""Plugs the public side of petitions into the platform's registries."""

from __future__ import annotations


def plug_in() -> None:
    """Register pages, search, feeds, data and the home page's door; called once at the start."""
    from engage.api import registry as api
    from engage.outreach import subjects as told_about
    from engage.outreach.follows import registry as follows
    from engage.pages import demo_content, strips
    from engage.pages.sitemaps import register as register_sitemap
    from engage.search import registry as search
    from mailbox.petitions.showing import demo, following, receivers, subjects
    from mailbox.petitions.showing.api import router
    from mailbox.petitions.showing.search import SOURCE
    from mailbox.petitions.showing.sitemaps import PetitionSitemap
    from mailbox.petitions.showing.strips import DOOR

    search.register(SOURCE)
    api.register("petitions", router)
    register_sitemap("petitions", PetitionSitemap)
    strips.register(DOOR)
    follows.register(following.FOLLOWABLE)
    follows.register_event(following.EVENT)
    told_about.register(subjects.KIND)
    receivers.connect()
    demo_content.register("petitions", order=75, load=demo.load)
