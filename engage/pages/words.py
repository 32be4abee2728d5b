"""The sentences of the pages room: refusals by code."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "host_port": _("“%(host)s”: there is no such port. Write a number from 1 to %(most)d behind the colon, or none"),
    "host_wrong": _("“%(host)s” is no name of a site. Write it like www.example.org"),
    "hosts_many": _("A page is shown on at most %(most)d other sites"),
    "samples_need_demo": _("Samples stand beside the demo only. Set ENGAGE_DEMO=1 where nothing real is held"),
    "samples_missing": _(
        "%(folder)s does not hold %(missing)s. Give the folder that holds data/drafts, data/opinion and plan"
    ),
}
