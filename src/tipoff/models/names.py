"""What a model's name says: its family, its feature set and the window it learns from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tipoff.errors import UsageError
from tipoff.models.baselines import WEIGHTS

Scope = Literal["all", "seasons_before", "current_season"]
CHAMPIONS = ("champion_line", "champion_noline")
"""The form that may read lines and their prices, and the form that reads nothing of any market."""
_MONTHLY = re.compile(
    r"(catboost_v9|champion_line|champion_noline)_((?:19|2[01])[0-9]{2})_(0[1-9]|1[0-2])"
)
_FIXED: dict[str, tuple[str, Scope]] = {
    "catboost_v8": ("v2_33", "seasons_before"),
    "catboost_v9": ("v2_33", "current_season"),
    "catboost_v9_37": ("v2_37", "current_season"),
    "catboost_v9_39": ("v2_39", "current_season"),
    **dict.fromkeys(CHAMPIONS, ("v4", "all")),
}


@dataclass(frozen=True)
class Spec:
    """What to train. `feature_set` is None for a baseline; `through` is set for a refit
    whose name fixes it."""

    model: str
    scope: Scope
    feature_set: str | None = None
    through: date | None = None

    @property
    def family(self) -> str:
        """The family that fits it, a key of `fitting.FAMILIES`."""
        if self.feature_set is None:
            return "baseline"
        return "champion" if self.base in CHAMPIONS else "catboost"

    @property
    def base(self) -> str:
        """The name without the month of a refit: what makes it, whatever it learns through."""
        monthly = _MONTHLY.fullmatch(self.model)
        return monthly[1] if monthly else self.model


def parse_model(name: str) -> Spec:
    """The spec of a model name. Raises UsageError listing the names that exist."""
    if name in WEIGHTS:
        return Spec(name, "all")
    if name in _FIXED:
        feature_set, scope = _FIXED[name]
        return Spec(name, scope, feature_set)
    monthly = _MONTHLY.fullmatch(name)
    if monthly:
        month = date(int(monthly[2]), int(monthly[3]), 1)
        feature_set, scope = _FIXED[monthly[1]]
        return Spec(name, scope, feature_set, end_of_month_before(month))
    refits = [f"{base}_YYYY_MM" for base in ("catboost_v9", *CHAMPIONS)]
    known = ", ".join([*sorted(_FIXED), *refits, *sorted(WEIGHTS)])
    raise UsageError(f"no model is called {name!r}", f"choose one of {known}")


def window_end(spec: Spec, through: date) -> date:
    """Last date the model may learn from.

    Raises UsageError when a monthly refit is asked for another date than its name says.
    """
    if spec.through is not None and spec.through != through:
        raise UsageError(
            f"{spec.model} is trained through {spec.through} by its name, not {through}",
            f"tipoff train {spec.model} --through {spec.through}",
        )
    return through


def end_of_month_before(day: date) -> date:
    """Last day of the month before `day`."""
    return day.replace(day=1) - timedelta(days=1)
