"""What a backtest is asked to do, and the days on which its models are fitted again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from tipoff.errors import UsageError
from tipoff.markets import MARKETS, checked_markets
from tipoff.models import Spec, family_of, parse_model
from tipoff.results.backtest import Refit

REFITS: tuple[Refit, ...] = ("daily", "weekly", "monthly")
REFERENCES = ("line", "ewma_hl8")
"""Always predicted on the same rows, so that every figure has something to stand beside."""


@dataclass(frozen=True)
class Window:
    """Dates `first`..`last`, both included, predicted by models fitted on rows before `first`."""

    first: date
    last: date


@dataclass(frozen=True)
class Plan:
    """A backtest: models with their specs, markets in their declared order, refit windows."""

    start: date
    end: date
    refit: Refit
    markets: tuple[str, ...]
    specs: tuple[Spec, ...]

    @property
    def windows(self) -> list[Window]:
        """The dates from `start` to `end` cut at every refit day, oldest first.

        Refit days are Mondays or firsts of a month, so that two runs share their folds.
        """
        return windows(self.start, self.end, self.refit)

    def covered(self, spec: Spec) -> tuple[str, ...]:
        """The plan's markets that this model predicts."""
        mine = family_of(spec).covers(spec)
        return tuple(m for m in self.markets if m in mine)

    @property
    def names(self) -> tuple[str, ...]:
        """Every feature any of its models reads, and the lines of its markets."""
        lines = {f"line_{m}" for m in self.markets}
        read = (family_of(s).names(s, self.covered(s)) for s in self.specs)
        return tuple(sorted(lines.union(*read)))


def make_plan(
    start: date,
    end: date,
    markets: Sequence[str] = (),
    models: Sequence[str] = (),
    refit: str = "weekly",
) -> Plan:
    """A plan over all markets and the references when none is named.

    Raises UsageError for a span that ends before it starts, an unknown market, model or refit, and
    for a model that predicts no market.
    """
    if end < start:
        raise UsageError(f"the span ends {end}, before it starts {start}", "swap --from and --to")
    chosen = checked_markets(markets) or tuple(MARKETS)
    specs = tuple(map(parse_model, sorted({*models, *REFERENCES})))
    seatless = [spec.model for spec in specs if not family_of(spec).covers(spec)]
    if seatless:
        raise UsageError(f"{seatless[0]} predicts no market", "tipoff train says how well it does")
    return Plan(start, end, parse_refit(refit), chosen, specs)


def parse_refit(text: str) -> Refit:
    """How often to fit again. Raises UsageError for anything but daily, weekly and monthly."""
    for name in REFITS:
        if text.strip().lower() == name:
            return name
    raise UsageError(f"refit {text!r} is not known", "use daily, weekly or monthly")


def windows(start: date, end: date, refit: Refit) -> list[Window]:
    """See `Plan.windows`."""
    days = [start + timedelta(days=i) for i in range(1, (end - start).days + 1)]
    cuts = [start, *(d for d in days if _refits(d, refit)), end + timedelta(days=1)]
    return [Window(a, b - timedelta(days=1)) for a, b in pairwise(cuts)]


def _refits(day: date, refit: Refit) -> bool:
    return refit == "daily" or (day.weekday() == 0 if refit == "weekly" else day.day == 1)
