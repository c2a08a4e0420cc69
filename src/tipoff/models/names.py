"""What a model's name says: its family, its feature set and the window it learns from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tipoff.errors import UsageError

Scope = Literal["all", "seasons_before", "current_season"]
_MONTHLY = re.compile(r"(.+)_((?:19|2[01])[0-9]{2})_(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Spec:
    """What to train: a model of a family, and which earlier games it learns from.

    `family` is a key of `families.FAMILIES`. `feature_set` is None where the family names its
    features itself; `through` is set for a monthly refit, whose name fixes its last date.
    """

    model: str
    family: str
    scope: Scope = "all"
    feature_set: str | None = None
    through: date | None = None

    @property
    def base(self) -> str:
        """The name without the month of a refit: what makes it, whatever it learns through."""
        refit = monthly(self.model) if self.through else None
        return refit[0] if refit else self.model


def monthly(name: str) -> tuple[str, date] | None:
    """(base, last date to learn from) of a name that ends in _YYYY_MM, None for any other."""
    found = _MONTHLY.fullmatch(name)
    if found is None:
        return None
    return found[1], end_of_month_before(date(int(found[2]), int(found[3]), 1))


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
