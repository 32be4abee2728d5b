"""Which interviews are looked at again. A flag is a reason to look, never a verdict: nothing is dropped by a flag."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist, median

# Below this expected count in any cell the normal distribution is no longer near enough (Cochran 1954); then Fisher's
# exact test decides.
LEAST_EXPECTED = 5


@dataclass(frozen=True)
class Limits:
    """Where a flag begins. Shares are of 1.

    `pace`: time taken as a share of the median time of the same questions. `questions`: fewer timed questions tell
    nothing. `rows`: a matrix with fewer answered rows is left out. `straight`: share of matrices answered alike.
    `dont_know`: share of questions asked. `level`: of the test of refusals, for all interviewers of a study together.
    """

    pace: float = 0.4
    questions: int = 5
    rows: int = 4
    straight: float = 0.5
    dont_know: float = 0.3
    level: float = 0.05


def median_times(interviews: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the median seconds of each question over interviews (question to seconds); unasked ones have no entry."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for interview in interviews:
        for question, taken in interview.items():
            seconds[question].append(taken)
    return {question: median(taken) for question, taken in seconds.items()}


def pace(times: Mapping[str, float], medians: Mapping[str, float], *, least: int = Limits.questions) -> float | None:
    """Return the time an interview took as a share of the medians of its own questions; so a short way is not fast.

    None with fewer than `least` questions that have a median above 0.
    """
    timed = [question for question in times if medians.get(question, 0) > 0]
    if len(timed) < least:
        return None
    return sum(times[question] for question in timed) / sum(medians[question] for question in timed)


def straight_lined(matrices: Sequence[Sequence[str | int | None]], *, least: int = Limits.rows) -> tuple[int, int]:
    """Return in how many matrices every answered row has one and the same answer, and how many there were to judge.

    A matrix is the answers of its rows in order, None where a row was not answered; one with fewer than `least`
    answered rows is not judged.
    """
    answered = [[answer for answer in rows if answer is not None] for rows in matrices]
    judged = [rows for rows in answered if len(rows) >= least]
    return sum(len(set(rows)) == 1 for rows in judged), len(judged)


def dont_know_share(answers: Mapping[str, object], codes: Collection[object]) -> float | None:
    """Return the share of questions asked (question to answer) whose answer is one of the codes; None without any."""
    if not answers:
        return None
    return sum(answer in codes for answer in answers.values()) / len(answers)


def interview_flags(
    *,
    times: Mapping[str, float],
    medians: Mapping[str, float],
    matrices: Sequence[Sequence[str | int | None]],
    answers: Mapping[str, object],
    dont_know: Collection[object],
    limits: Limits | None = None,
) -> frozenset[str]:
    """Return the flags of one interview: too_fast, straight_lining, dont_know."""
    limits = limits or Limits()
    flags = set()
    taken = pace(times, medians, least=limits.questions)
    if taken is not None and taken < limits.pace:
        flags.add("too_fast")
    alike, judged = straight_lined(matrices, least=limits.rows)
    if judged and alike / judged >= limits.straight:
        flags.add("straight_lining")
    share = dont_know_share(answers, dont_know)
    if share is not None and share > limits.dont_know:
        flags.add("dont_know")
    return frozenset(flags)


def two_proportions(hits: int, of: int, other_hits: int, of_others: int) -> float | None:
    """Return how likely a share this much above the other is by chance (one-sided p).

    The pooled z test of two proportions (Agresti, Categorical Data Analysis, section on comparing two proportions),
    Fisher's exact test where an expected count is below five. None when a side has no case, or when both together have
    only hits or no hit. Raises ValueError for more hits than cases.
    """
    if not (0 <= hits <= of and 0 <= other_hits <= of_others):
        raise ValueError("more hits than cases")
    total = hits + other_hits
    if not of or not of_others or total in (0, of + of_others):
        return None
    pooled = total / (of + of_others)
    # scipy.stats costs more than a second, so only who needs the exact test imports it.
    if min(of, of_others) * min(pooled, 1 - pooled) < LEAST_EXPECTED:
        from scipy.stats import fisher_exact

        table = [[hits, of - hits], [other_hits, of_others - other_hits]]
        return float(fisher_exact(table, alternative="greater").pvalue)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / of_others))
    return NormalDist().cdf(-(hits / of - other_hits / of_others) / spread)


@dataclass(frozen=True)
class RefusalFlag:
    """An interviewer who is refused more often than the others: both shares, and p corrected for looking at all."""

    interviewer: str
    share: float
    others: float
    p: float


def refusal_flags(contacts: Mapping[str, tuple[int, int]], limits: Limits | None = None) -> list[RefusalFlag]:
    """Return who is refused more often than the others by more than chance, the least likely first.

    `contacts`: interviewer to (refusals, people spoken to). Each is compared with all others together; Holm's
    step-down (Scandinavian Journal of Statistics 6, 1979) keeps the level for the whole table, or a big team would
    always have somebody flagged.
    """
    limits = limits or Limits()
    refusals = sum(refused for refused, _spoken in contacts.values())
    spoken = sum(of for _refused, of in contacts.values())
    tested: list[RefusalFlag] = []
    for interviewer, (refused, of) in contacts.items():
        p = two_proportions(refused, of, refusals - refused, spoken - of)
        if p is not None:
            tested.append(RefusalFlag(interviewer, refused / of, (refusals - refused) / (spoken - of), p))
    tested.sort(key=lambda one: (one.p, one.interviewer))
    flagged: list[RefusalFlag] = []
    corrected = 0.0
    for place, one in enumerate(tested):
        corrected = max(corrected, min(1.0, one.p * (len(tested) - place)))
        if corrected > limits.level:
            break
        flagged.append(RefusalFlag(one.interviewer, one.share, one.others, corrected))
    return flagged


def recontact_draw(interviews: Mapping[str, str], seed: str, share: Fraction = Fraction(1, 10)) -> list[str]:
    """Return the interviews (key to interviewer) whose respondents are called again to check, sorted.

    Of every interviewer the share, rounded up, so that nobody goes unchecked. The order is that of a SHA-256 of seed
    and key: the same seed and interviews give the same list on every machine, and who knows no seed cannot tell which.
    """
    of: dict[str, list[str]] = defaultdict(list)
    for key, interviewer in interviews.items():
        of[interviewer].append(key)
    drawn: list[str] = []
    for keys in of.values():
        keys.sort(key=lambda key: hashlib.sha256(f"{seed}\n{key}".encode()).digest())
        drawn.extend(keys[: math.ceil(len(keys) * share)])
    return sorted(drawn)
