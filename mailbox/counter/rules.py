"""From which day the time of what came to the counter counts. Pure: `today` is an argument.

Regulation of the People's Republic of China on open government information, in force since 2019-05-15, art. 31: handed
in person, the day it is handed in; by post with a signature, the day of the signature; by post without one, the day the
receipt is confirmed with the sender. The telephone is not named: both sides speak, so the day of the call is the day
both confirm. Other kinds of case count from the day they came in.
"""

from __future__ import annotations

from datetime import date

from engage.errors import Refused

DAYS_BACK_MOST = 90
TODAY_ONLY = frozenset({"walk_in", "phone"})
# How a record of `confirm_receipt` names the way by which the day of receipt stands; worded when it is read.
WAY = "way:"
CHANNELS = {"walk_in": "counter", "phone": "phone", "signed_post": "paper", "post": "paper"}


def check_day(way: str, received_on: date, today: date) -> date:
    """Return the day of receipt.

    Raises Refused("counter_day_ahead"), Refused("counter_day_too_old", days=...), Refused("counter_day_today").
    """
    if received_on > today:
        raise Refused("counter_day_ahead")
    if way in TODAY_ONLY and received_on != today:
        raise Refused("counter_day_today")
    if (today - received_on).days > DAYS_BACK_MOST:
        raise Refused("counter_day_too_old", days=DAYS_BACK_MOST)
    return received_on


def receipt_is_settled(way: str, *, confirmed: bool) -> bool:
    """Tell whether the day of receipt stands already: by law, or because the sender confirmed it."""
    return way != "post" or confirmed
