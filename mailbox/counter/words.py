"""The sentences of the counter."""

from django.utils.translation import gettext_lazy as _

from engage.pages.messages import Sentence

REFUSALS: dict[str, Sentence | tuple[Sentence, int]] = {
    "counter_token_used": (_("This form was used for something else. Open a new one; copy what you typed"), 409),
    "counter_day_ahead": _("The day of receipt cannot lie ahead"),
    "counter_day_too_old": _("The day of receipt lies more than %(days)d days back. Look at it again"),
    "counter_day_today": _("What comes in person or by telephone is received today"),
}
