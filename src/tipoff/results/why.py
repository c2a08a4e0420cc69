"""Why there is no prediction for a player, or what there is."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field

from tipoff.results.base import Count, Moment, Probability, Result
from tipoff.results.facts import LineRow
from tipoff.results.slate import Kind, Pick, Role, Tier

StepName = Literal["name", "games", "team", "rotation", "line", "published", "end"]


class WhyStep(Result):
    """A step from the name to the published set. Figures it does not look at are null."""

    step: StepName
    ok: bool
    text: str = Field(description="What was seen there, in words.")
    games: Count | None = Field(
        default=None,
        description="games: of the date. rotation: the player's among their team's last `of`.",
    )
    team: str | None = None
    game_id: str | None = None
    of: Count | None = None
    minutes: float | None = Field(default=None, description="Mean of the last five games.")
    least: float | None = Field(default=None, description="Mean minutes that make a rotation.")
    used: Count | None = Field(default=None, description="Line rows in the consensus.")
    rows: Count | None = Field(default=None, description="Line rows of the date.")
    markets: tuple[str, ...] | None = Field(default=None, description="Markets of used lines.")
    run_id: str | None = None


class PublishedPrediction(Result):
    """A prediction of the published set, without its odds."""

    market: str
    model: str
    role: Role
    prediction_id: str
    game_id: str
    team: str
    median: float
    line: float | None
    books: int | None
    p_over: Probability | None
    edge: float | None
    recommendation: Pick
    quality: float
    tier: Tier


class PlayerRefusal(Result):
    """Why the published set has no forecast of the player in some markets."""

    reason: str
    team: str | None
    detail: str | None
    markets: tuple[str, ...]
    models: tuple[str, ...]
    forecasts: Count = Field(description="Refused (player, market, model).")


class Withdrawn(Result):
    """What an earlier set showed of the player, and with which publication it left."""

    last_seq: int
    left_seq: int
    kind: Kind
    reason: str
    at: Moment
    pairs: tuple[tuple[str, str], ...] = Field(description="(market, model), sorted.")


class PlayerLine(LineRow):
    """A line row of the date on the player, and whether it was used."""

    market: str
    snapshot_time: Moment | None = Field(description="When the source read it.")
    game_id: str | None
    status: str = Field(description="`used`, or why it was not.")


class Why(Result):
    """What became of a player on a date, and by which facts."""

    ROWS: ClassVar[str] = "lines"

    player: str
    player_key: str
    date: dt.date
    as_of: Moment = Field(description="Of the published run; without one, of a run begun now.")
    answer: str = Field(description="One sentence.")
    steps: tuple[WhyStep, ...]
    predictions: tuple[PublishedPrediction, ...]
    refusals: tuple[PlayerRefusal, ...]
    withdrawn: tuple[Withdrawn, ...]
    lines: tuple[PlayerLine, ...]
