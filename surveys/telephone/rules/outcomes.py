"""What a case comes to by the history of its calls.

An attempt carries a code of the table in `surveys.statistics.rates`: a final one ends the case, an interim one (5.x)
leaves it open. When an open case ends (attempts spent, second refusal, field closed) its final code is the strongest
thing that was ever learned about it, in the order of evidence that the Standard Definitions ask for: a refusal stays a
refusal though nobody answered afterwards, a person spoken to outweighs a machine, a machine outweighs silence. A number
is "always busy" or blocked only when no call ever came to more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engage.errors import Refused
from surveys.statistics.rates import DISPOSITIONS, PHONE, written

if TYPE_CHECKING:
    from surveys.telephone.rules.calling import Attempt, CallRules, Case

APPOINTMENT, APPOINTMENT_OTHER, CALL_BACK = "5.1", "5.2", "5.3"
SOFT_REFUSAL, INTERRUPTED = "5.4", "5.5"
BUSY, NO_ANSWER, MACHINE, MACHINE_HOUSEHOLD = "5.61", "5.62", "5.63", "5.64"
BLOCKED, TECHNICAL, OUT_OF_SERVICE, NOT_CALLED = "5.65", "5.66", "5.67", "5.9"
REFUSED_FINALLY = "2.11"
# Strongest first.
EVIDENCE = (
    SOFT_REFUSAL,
    INTERRUPTED,
    APPOINTMENT,
    APPOINTMENT_OTHER,
    CALL_BACK,
    MACHINE_HOUSEHOLD,
    MACHINE,
    NO_ANSWER,
    BUSY,
    BLOCKED,
    TECHNICAL,
    OUT_OF_SERVICE,
    NOT_CALLED,
)
PROMISES = (APPOINTMENT, APPOINTMENT_OTHER)


def check_code(code: str) -> str:
    """Return the code an interviewer may give an attempt, as the table writes it.

    Raises Refused("disposition_not_for_calls") for a code of other modes, one that is not in the table, and 5.9: who
    called cannot say "not called".
    """
    plain = written(code)
    known = DISPOSITIONS.get(plain)
    if known is None or PHONE not in known.modes or plain == NOT_CALLED:
        raise Refused("disposition_not_for_calls", value=code.strip()[:40])
    return plain


def is_final(code: str) -> bool:
    """Tell whether a code of the table ends a case."""
    return not DISPOSITIONS[code].interim


def strongest(attempts: Sequence[Attempt]) -> str:
    """Return the interim code with the strongest evidence among open attempts, 5.9 without any."""
    codes = {attempt.code for attempt in attempts}
    return next((code for code in EVIDENCE if code in codes), NOT_CALLED)


def attempts_spent(case: Case, rules: CallRules) -> bool:
    """Tell whether no call is left: a promised appointment may use `promise_attempts` beyond the limit."""
    limit = rules.max_attempts + (rules.promise_attempts if case.appointment else 0)
    return len(case.attempts) >= limit


def final_code(case: Case, rules: CallRules, *, closed: bool = False) -> str | None:
    """Return the final code of a case, None while it may still be called. `closed`: the field work has ended.

    Number on the do-not-call list: what was learned before, 3.11 when it was never called.
    """
    last = case.attempts[-1].code if case.attempts else NOT_CALLED
    if is_final(last):
        return last
    if sum(attempt.code == SOFT_REFUSAL for attempt in case.attempts) > rules.conversions:
        return REFUSED_FINALLY
    if closed or case.do_not_call or attempts_spent(case, rules):
        return DISPOSITIONS[strongest(case.attempts)].stands_for
    return None


def present_code(case: Case, rules: CallRules, *, closed: bool = False) -> str:
    """Return the code a case counts with now: its final one, else the interim code of what is known so far."""
    return final_code(case, rules, closed=closed) or strongest(case.attempts)
