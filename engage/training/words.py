"""The sentences of practice."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "practice_not_ready": (_("The practice site is being prepared. Come back in a minute."), 409),
    "practice_stays_inside": _("You are practising: nothing is sent to other sites."),
}
