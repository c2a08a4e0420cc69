"""The published slate: predictions, who was refused and why, and whether it is stale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from tipoff.results.base import Count, Moment, Probability, Result

Role = Literal["champion", "challenger", "shadow"]
Pick = Literal["OVER", "UNDER", "PASS", "NO_LINE"]
Tier = Literal["gold", "silver", "bronze", "poor", "critical"]
Kind = Literal["first", "supersede", "regenerate", "withdraw"]
"""What a move of a slate's pointer was."""


class Prediction(Result):
    """The forecast of one model for a player and market, given that they play."""

    prediction_id: str
    game_id: str
    player_id: int | None = Field(description="The NBA's id, null on fringe players.")
    player_key: str
    player: str
    team: str
    opponent: str
    market: str
    model: str
    mean: float
    median: float = Field(description="Interpolated: may lie between counts.")
    p10: float
    p90: float
    line: float | None = Field(description="Consensus line, null when there is none.")
    books: int | None
    p_over: Probability | None
    fair_over: float | None = Field(description="Fair American odds of the over by the model.")
    fair_under: float | None
    edge: float | None = Field(description="median - line, in units of the market.")
    ev: float | None = Field(
        description="Expected profit per unit at the picked side's best price; null without one."
    )
    recommendation: Pick
    quality: float = Field(ge=0, le=100)
    tier: Tier
    role: Role
    model_id: str
    tipoff: Moment
    p_push: Probability | None
    market_over: Probability | None = Field(
        description="The market's P(over) without the overround."
    )
    over_price: float | None = Field(description="Best American price at the consensus line.")
    under_price: float | None
    pmf: tuple[float, ...] | None = Field(
        default=None, description="P(0), P(1), ...; the last holds everything above. Only if asked."
    )
    p_plays: Probability | None = Field(
        default=None, description="P(takes part); null where no model says, and on slates."
    )


class RefusedPlayer(Result):
    """Why models have no forecast for a player in some markets."""

    player: str
    player_key: str | None
    team: str | None
    game_id: str | None
    reason: str
    detail: str | None
    markets: tuple[str, ...]
    models: tuple[str, ...]


class StaleCause(Result):
    """What has overtaken a published set."""

    event: str = Field(description="facts, retired or blocked.")
    model: str | None = Field(description="Null for facts.")
    markets: tuple[str, ...]
    happened_at: Moment | None
    reason: str | None
    text: str = Field(description="The line that people see.")


class PublicationInfo(Result):
    """The pointer move that shows a set."""

    seq: int = Field(ge=1)
    kind: Kind
    reason: str
    parent: str | None


class SupersededBy(Result):
    """What replaced a set."""

    publication_id: str
    committed_at: Moment
    reason: str


class MarketWithoutChampion(Result):
    """A market whose champion predicts nobody on the slate, with its refusals by reason."""

    market: str
    model: str
    reasons: dict[str, int]


class SlateLabels(Result):
    """What is said of a published slate wherever one is shown."""

    date: dt.date = Field(description="League date, US Eastern.")
    as_of: Moment = Field(description="Moment the forecasts are true of.")
    simulated: bool = Field(description="Made from a simulated league.")
    backfill: bool = Field(
        description="Committed at or after the first tip-off: not part of the live record."
    )
    publication_id: str
    stale: bool
    stale_because: tuple[StaleCause, ...]


class Slate(SlateLabels):
    """A published slate. expected = predicted + the sum of refused, always.

    Counts are of the whole set: (player, market, model). `predictions` are those asked for, by
    default the champions'.
    """

    ROWS: ClassVar[str] = "predictions"

    run_id: str
    snapshot_id: str
    mode: str = Field(description="Quality gate of the run.")
    games: Count
    code_version: str = Field(description="Fingerprint of the code that can change a number.")
    build_id: str | None = Field(description="Null for sets of the first edition.")
    other_build: tuple[str, ...] = Field(
        description="What of that code is other here, in words; empty when it is this code."
    )
    committed_at: Moment
    first_tipoff: Moment
    publication: PublicationInfo
    expected: Count
    predicted: Count
    refused: dict[str, int] = Field(description="Reason -> refused forecasts.")
    without_champion: tuple[MarketWithoutChampion, ...] = ()
    predictions: tuple[Prediction, ...]
    refusals: tuple[RefusedPlayer, ...] | None = Field(
        default=None, description="Refused players; null unless asked for."
    )
    at: Moment | None = Field(default=None, description="The moment asked for, if one was.")
    superseded: SupersededBy | None = Field(
        default=None, description="What replaced it after `at`; null when it is still shown."
    )

    def __len__(self) -> int:
        """How many predictions it holds."""
        return len(self.predictions)

    def __iter__(self) -> Iterator[Prediction]:  # type: ignore[override]  # pydantic's: fields
        """Its predictions."""
        return iter(self.predictions)

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """With the champions."""
        leaders = sorted({p.model for p in self.predictions if p.role == "champion"})
        return [*super().__repr_args__(), ("champion", ", ".join(leaders) or None)]
