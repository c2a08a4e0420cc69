"""What is compared: predictions, refusals, grades and a backtest's rows, field by field."""

from __future__ import annotations

from dataclasses import dataclass

_PUBLISHED = ("slate", "game_id", "player_key", "market", "model")


@dataclass(frozen=True)
class Kind:
    """Rows of one kind. `keys` name a row. Of the fields, `exact` are equal or not; `numbers` have
    a difference, and so have `lists`, number by number. `seeded` fields hold chance drawn from the
    prediction's id: they are compared only where both sides have the same id."""

    name: str
    keys: tuple[str, ...]
    exact: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    seeded: tuple[str, ...] = ()
    may_be_empty: bool = False


PREDICTIONS = Kind(
    "predictions",
    _PUBLISHED,
    exact=("recommendation", "tier", "role", "books"),
    numbers=(
        "mean", "median", "p10", "p90", "line", "p_over", "p_push", "fair_over", "fair_under",
        "market_over", "over_price", "under_price", "edge", "ev", "quality",
    ),
    lists=("pmf",),
)  # fmt: skip
REFUSALS = Kind("refusals", _PUBLISHED, exact=("reason",), may_be_empty=True)
GRADES = Kind(
    "grades",
    _PUBLISHED,
    exact=("outcome",),
    numbers=(
        "actual", "crps", "absolute_error", "signed_error", "mean_error", "brier", "log_loss",
        "profit",
    ),
    seeded=("pit", "covered80"),
    may_be_empty=True,
)  # fmt: skip
BACKTEST = Kind(
    "backtest",
    ("game_date", "game_id", "player_key", "market", "model"),
    numbers=("mean", "median", "line", "p_over"),
    lists=("pmf",),
)
SLATES = (PREDICTIONS, REFUSALS, GRADES)
