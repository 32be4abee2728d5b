"""What to estimate and under which design: the JSON of the command `survey_estimates`, checked key by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engage.errors import Refused
from surveys.statistics.design import LONELY
from surveys.statistics.raking import ROUNDS, TOLERANCE

STATISTICS = ("mean", "total", "ratio", "proportion", "quantile", "chisq")
CRITICAL = ("normal", "design")
# How the two variables of an estimate are joined in its name.
PAIRS = {"ratio": "/", "chisq": " x "}

DESIGN_KEYS = {
    *("weights", "strata", "clusters", "fpc", "nest", "lonely", "rake", "rake_rounds", "rake_tolerance", "estimates")
}
RAKE_KEYS = {"variable", "totals"}
WISH_KEYS = {*("statistic", "variable", "by", "denominator", "quantile", "level", "critical", "categorical")}


@dataclass(frozen=True)
class Wish:
    """One estimate asked for. `second` is a ratio's denominator or the other variable of a test."""

    statistic: str
    variable: str
    second: str
    by: tuple[str, ...]
    quantiles: tuple[float, ...]
    level: float
    critical: str
    categorical: bool


@dataclass(frozen=True)
class Specification:
    """Column names of the design, totals to rake to (variable, total by level), estimates asked for."""

    weights: str
    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    fpc: tuple[str, ...]
    nest: bool
    lonely: str
    rake: tuple[tuple[str, Mapping[str, float]], ...]
    rake_rounds: int
    rake_tolerance: float
    wishes: tuple[Wish, ...]

    @property
    def columns(self) -> list[str]:
        """Return the columns the design and the estimates are made of, each once."""
        named = [self.weights, *self.strata, *self.clusters, *self.fpc, *(name for name, _totals in self.rake)]
        for wish in self.wishes:
            named += [wish.variable, wish.second, *wish.by]
        return list(dict.fromkeys(name for name in named if name))


def parse_specification(said: Any) -> Specification:
    """Return the specification in a JSON document.

    Raises Refused: survey_key_unknown, survey_key_missing, survey_key_wrong, survey_statistic_unknown; each with `key`,
    the path of the key, as `estimates[2].statistic`.
    """
    known = _object(said, "", DESIGN_KEYS)
    wishes = _list(known.get("estimates"), "estimates")
    if not wishes:
        raise Refused("survey_key_missing", key="estimates")
    lonely = known.get("lonely", "fail")
    if lonely not in LONELY:
        raise Refused("survey_key_wrong", key="lonely")
    return Specification(
        weights=_name(known.get("weights"), "weights", required=False),
        strata=_names(known.get("strata"), "strata"),
        clusters=_names(known.get("clusters"), "clusters"),
        fpc=_names(known.get("fpc"), "fpc"),
        nest=_flag(known.get("nest", False), "nest"),
        lonely=lonely,
        rake=tuple(_rake(one, f"rake[{at}]") for at, one in enumerate(_list(known.get("rake"), "rake"))),
        rake_rounds=int(_positive(known.get("rake_rounds", ROUNDS), "rake_rounds")),
        rake_tolerance=_positive(known.get("rake_tolerance", TOLERANCE), "rake_tolerance"),
        wishes=tuple(_wish(one, f"estimates[{at}]") for at, one in enumerate(wishes)),
    )


def _rake(said: Any, path: str) -> tuple[str, Mapping[str, float]]:
    known = _object(said, path, RAKE_KEYS)
    totals = known.get("totals")
    if not isinstance(totals, Mapping) or not totals:
        raise Refused("survey_key_wrong", key=f"{path}.totals")
    return _name(known.get("variable"), f"{path}.variable"), {
        str(level): _positive(total, f"{path}.totals.{level}", zero=True) for level, total in totals.items()
    }


def _wish(said: Any, path: str) -> Wish:
    known = _object(said, path, WISH_KEYS)
    statistic = _name(known.get("statistic"), f"{path}.statistic")
    if statistic not in STATISTICS:
        raise Refused("survey_statistic_unknown", key=f"{path}.statistic", statistic=statistic)
    by = _names(known.get("by"), f"{path}.by")
    second = _name(known.get("denominator"), f"{path}.denominator", required=False)
    if statistic == "chisq" and not second and by:
        # The other variable of a test is read from `by` where no denominator names it.
        second, by = by[0], by[1:]
    variable = _name(known.get("variable"), f"{path}.variable")
    if statistic in PAIRS and not second:
        # The name that the answer gives the pair is read as well.
        variable, _sign, second = (part.strip() for part in variable.partition(PAIRS[statistic]))
    if statistic in PAIRS and not second:
        raise Refused("survey_key_missing", key=f"{path}.denominator")
    critical = known.get("critical", "normal")
    if critical not in CRITICAL:
        raise Refused("survey_key_wrong", key=f"{path}.critical")
    return Wish(
        statistic=statistic,
        variable=variable,
        second=second,
        by=by,
        quantiles=_quantiles(known.get("quantile"), f"{path}.quantile"),
        level=_share(known.get("level", 0.95), f"{path}.level"),
        critical=critical,
        categorical=_flag(known.get("categorical", False), f"{path}.categorical"),
    )


def _quantiles(said: Any, path: str) -> tuple[float, ...]:
    if said is None:
        return (0.5,)
    given = said if isinstance(said, list) else [said]
    return tuple(_share(one, path) for one in given)


def _object(said: Any, path: str, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(said, Mapping):
        raise Refused("survey_key_wrong", key=path or "{}")
    for key in said:
        if key not in keys:
            raise Refused("survey_key_unknown", key=f"{path}.{key}" if path else str(key))
    return said


def _list(said: Any, path: str) -> list[Any]:
    if said is None:
        return []
    if not isinstance(said, list):
        raise Refused("survey_key_wrong", key=path)
    return said


def _name(said: Any, path: str, *, required: bool = True) -> str:
    if said is None or said == "":
        if required:
            raise Refused("survey_key_missing", key=path)
        return ""
    if not isinstance(said, str):
        raise Refused("survey_key_wrong", key=path)
    return said


def _names(said: Any, path: str) -> tuple[str, ...]:
    """Return names of columns: none, one as text, or a list."""
    if isinstance(said, str):
        return (said,) if said else ()
    return tuple(_name(one, f"{path}[{at}]") for at, one in enumerate(_list(said, path)))


def _flag(said: Any, path: str) -> bool:
    if not isinstance(said, bool):
        raise Refused("survey_key_wrong", key=path)
    return said


def _number(said: Any, path: str) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or said != said or abs(said) == float("inf"):
        raise Refused("survey_key_wrong", key=path)
    return float(said)


def _positive(said: Any, path: str, *, zero: bool = False) -> float:
    found = _number(said, path)
    if found < 0 or (found == 0 and not zero):
        raise Refused("survey_key_wrong", key=path)
    return found


def _share(said: Any, path: str) -> float:
    found = _number(said, path)
    if not 0 < found < 1:
        raise Refused("survey_key_wrong", key=path)
    return found
