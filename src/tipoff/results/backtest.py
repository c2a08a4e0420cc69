"""What a backtest answers, and how its file is judged."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field

from tipoff.results.base import Count, Probability, Result
from tipoff.results.grading import Against, EntryMetrics, Estimate, Tier

Refit = Literal["daily", "weekly", "monthly"]


class PredictedRows(Result):
    """Player-games that a model predicted in a market."""

    model: str
    market: str
    rows: Count


class RefusedRows(Result):
    """Player-games that a model did not predict in a market, and why."""

    model: str
    market: str
    reason: str
    n: Count


class Backtest(Result):
    """A finished backtest. Every player-game that was asked is, per model and market, a row of the
    file or counted in `refused`."""

    ROWS: ClassVar[str] = "predicted"

    out: str = Field(description="The file of all forecasts.")
    sha256: str
    simulated: bool
    start: dt.date
    end: dt.date
    refit: Refit
    asked: Count
    rows: Count
    folds: Count
    fitted: Count = Field(description="Folds made now and kept.")
    predicted: tuple[PredictedRows, ...]
    refused: tuple[RefusedRows, ...]


class BacktestAbout(Result):
    """What a backtest's file says of itself."""

    start: dt.date
    end: dt.date
    refit: Refit
    markets: tuple[str, ...]
    models: tuple[str, ...]
    asked: Count
    refused: tuple[RefusedRows, ...]
    simulated: bool
    made_from: str = Field(description="Hash of its folds.")


class NamedEstimate(Estimate):
    """An estimate that says what it is of."""

    metric: str


class Reliability(NamedEstimate):
    """Forecasts whose P(over) lies in one tenth: their mean `p`, and the share that went over."""

    bin: Count
    p: Probability


class Group(Result):
    """A part of the rows: its PIT (pit_1 to pit_10) and paired differences (`crps - line's`)."""

    tier: str
    figures: dict[str, Estimate]


class Groups(Result):
    """The rows by tier of their line, and by month."""

    line_tier: tuple[Group, ...]
    month: tuple[Group, ...]


class BaseRate(Result):
    """Always saying these rows' own share of overs; `difference` is own log loss minus its."""

    over: Probability
    log_loss: NamedEstimate
    difference: NamedEstimate


class ClosingLineValue(Result):
    """How far lines moved in the direction of the picks until they closed."""

    picks: Count
    missing: Count = Field(description="Picks without a close.")
    mean: NamedEstimate | None


class ModelResult(Result):
    """One model in one market of a backtest."""

    model: str
    market: str
    role: str
    counts: dict[str, int]
    metrics: EntryMetrics
    edge_tiers: tuple[Tier, ...]
    line_tiers: tuple[Tier, ...]
    months: tuple[Tier, ...]
    pit: tuple[NamedEstimate, ...] = Field(description="Shares of outcomes: pit_1 to pit_10.")
    against: dict[str, Against]
    warning: str | None
    reliability: tuple[Reliability, ...]
    groups: Groups
    top_tenth: NamedEstimate | None = Field(
        description="How often the surest tenth of forecasts was right."
    )
    base_rate: BaseRate | None
    clv_points: ClosingLineValue = Field(description="In units of the market.")
    clv_probability: ClosingLineValue = Field(description="In no-vig probability.")


class MarketBoard(Result):
    """One market: results of each model on the counted player-games and on those with a line."""

    market: str
    player_games: Count
    counted: Count = Field(description="Of players with enough earlier games.")
    with_line: Count
    everyone: tuple[ModelResult, ...]
    lined: tuple[ModelResult, ...]


class BacktestBoard(Result):
    """A backtest judged by the rules of the live record."""

    ROWS: ClassVar[str] = "markets"

    about: BacktestAbout
    min_games: Count
    trials: int | None = Field(description="Configurations tried; null without a research log.")
    markets: tuple[MarketBoard, ...]
    warnings: tuple[str, ...] = Field(description="Results too good to be believed.")
