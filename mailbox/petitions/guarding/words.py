"""What guarding says: why something is held, refusals, names of marks."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailbox.petitions.guarding.rules import What, Why

WHY: dict[str, Promise] = {
    Why.BLOCKED: _("on the list of those that are always held"),
    Why.THROWAWAY: _("a mailbox for ten minutes"),
    Why.LIMIT_ADDRESS: _("one address too often"),
    Why.LIMIT_NETWORK: _("too many from one network address"),
    Why.LIMIT_SUBNET: _("too many from one network"),
    Why.DOMAIN_SPREAD: _("a new domain from many networks at once"),
    Why.MANY_DOMAINS: _("one of many new domains with few addresses each"),
    Why.SAME_NAME: _("the same name far too often"),
    Why.SEQUENCE: _("numbered addresses from many networks"),
    Why.REGULAR: _("as even as a clock"),
    Why.NEVER_CONFIRMED: _("hardly a letter there is ever answered"),
    Why.SEVERAL: _("several weak signs together"),
    Why.WAIT: _("waits while many new domains come in"),
}
MARKS: dict[str, Promise] = {
    What.ADDRESS: pgettext_lazy("mark of signatures", "e-mail address"),
    What.NETWORK: pgettext_lazy("mark of signatures", "network address"),
    What.SUBNET: pgettext_lazy("mark of signatures", "network"),
    What.DOMAIN: pgettext_lazy("mark of signatures", "mail domain"),
    What.PERSON: pgettext_lazy("mark of signatures", "name"),
    What.SHAPE: pgettext_lazy("mark of signatures", "numbered addresses"),
}
REFUSALS: dict[str, str | Promise] = {
    "petition_guard_role": _("Only approvers and administrators may do this."),
    "petition_order_empty": _("Name at least one thing besides the petition: a period, a domain, a network, a region."),
    "petition_order_why": _("Write why, for the record."),
    "petition_order_moved": _("The order has moved on meanwhile. Look at it again."),
    "petition_order_second": _("More than %(n)s counted signatures: another approver has to carry this order out."),
    "petition_not_held": _("These signatures are not held any more."),
    "petition_list_domain": _("This is no mail domain. Write it like example.org."),
    "petition_list_address": _("This is no e-mail address. Write it like name@example.org."),
    "petition_list_network": _("This is no network. Write an address, or a network like 203.0.113.0/24."),
    "petition_list_wide": _("This network is too wide. The widest is a /16, of IPv6 a /40."),
    "petition_pause_words": _("Say in both languages why signing is paused; readers see it where the form was."),
}


def mark_shown(what: str, value: str) -> str:
    """Return a mark as moderators see it: a domain in words, of a hash the first signs."""
    return value if what == What.DOMAIN else value[:8]
