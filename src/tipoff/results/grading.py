"""What grading answers: the settled slate with its proofs, and the record of the models."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tipoff.results.base import Count, Result


class GradedSet(Result):
    """A published set of the slate; `current` is the one that is shown."""

    run_id: str
    seq: Count
    current: bool
    predictions: Count
    live: Count
    pending: Count


class MarketGrades(Result):
    """A market of the current set; a player counts once, and only with a line."""

    market: str
    predictions: Count
    lined_players: Count
    lined_graded: Count
    lined_void: Count
    lined_pending: Count


class AbsenceProof(Result):
    """A final game without the player; `game` and `player_row` name stored rows, fact@seq."""

    kind: Literal["dnp"]
    game: str | None
    team: str | None
    team_minutes: float | None
    team_rows: int | None
    player_row: str | None = Field(description="The row that says so; null when there is none.")
    rows_with_minutes: Count


class PostponedProof(Result):
    """A pair of teams that did not meet on the date."""

    kind: Literal["postponed"]
    date: dt.date
    pair: tuple[str, str]
    scheduled_games: Count
    final_games: Count
    box_scores_of_pair: Count
    scheduled_later_as: str | None
    scheduled_later_on: dt.date | None
    days_of_results_since: int


class Waiting(Result):
    """Predictions of a player that nothing settles yet, and why."""

    game_id: str
    player_key: str
    player: str
    team: str
    reason: str
    predictions: Count


class Voided(Waiting):
    """Predictions of a player that are void, and what proves it."""

    proof: Annotated[AbsenceProof | PostponedProof, Field(discriminator="kind")]


class BlockedModel(Result):
    """A model that was withdrawn from a market, because it has decayed."""

    model: str
    market: str
    reason: str


class GradeReport(Result):
    """A slate after grading. Counts are of the set that is shown, but for `new` and `sets`."""

    ROWS: ClassVar[str] = "markets"

    date: dt.date
    simulated: bool
    new: Count = Field(description="Grades stored now, over all sets.")
    live: Count
    backfill: Count
    sets: tuple[GradedSet, ...]
    outcomes: dict[str, int] = Field(description="hit, miss, push, no_pick, void, pending.")
    markets: tuple[MarketGrades, ...]
    voids: tuple[Voided, ...]
    pending: tuple[Waiting, ...]
    blocked: tuple[BlockedModel, ...] = Field(
        default=(), description="Models that this grading withdrew from the next slates."
    )


class Estimate(Result):
    """A mean over rows, with a 95% interval from resampling slates; none from one slate."""

    n: Count
    slates: Count
    value: float
    low: float | None
    high: float | None


class Metrics(Result):
    """Figures of one model on some rows; null where no row had one. Errors are in units of the
    market, `brier` and `log_loss` of over against under, the last four of picks."""

    mae: Estimate | None = None
    bias: Estimate | None = Field(default=None, description="median - actual.")
    mean_bias: Estimate | None = Field(default=None, description="mean - actual.")
    crps: Estimate | None = None
    brier: Estimate | None = None
    log_loss: Estimate | None = None
    coverage80: Estimate | None = None
    hit_rate: Estimate | None = None
    priced_hit_rate: Estimate | None = Field(default=None, description="Of picks with a price.")
    break_even: Estimate | None = Field(
        default=None, description="Hit rate at which the prices taken lose nothing."
    )
    roi: Estimate | None = None


class EntryMetrics(Metrics):
    """And on players with a line."""

    mae_with_line: Estimate | None = None


class Tier(Metrics):
    """A part of the rows: a tier of |edge| or of the line, or a month."""

    tier: str
    rows: Count


class Compared(Result):
    """One metric of two models on the same rows; `difference` is own - reference."""

    own: float
    reference: float
    difference: Estimate


class Against(Result):
    """A model beside a reference, on the rows both were graded on."""

    n: Count
    slates: Count
    mae: Compared | None
    crps: Compared | None
    brier: Compared | None
    log_loss: Compared | None


class Entry(Result):
    """One model in one market."""

    model: str
    market: str
    role: str
    counts: dict[str, int] = Field(description="predictions, graded, each outcome, refused.")
    metrics: EntryMetrics
    edge_tiers: tuple[Tier, ...] = Field(description="Picks only.")
    line_tiers: tuple[Tier, ...]
    months: tuple[Tier, ...]
    pit: tuple[float | None, ...] = Field(description="Share per tenth of the randomised PIT.")
    against: dict[str, Against] = Field(description="By reference: the line, an average.")
    warning: str | None = Field(description="Why it is too good to be true.")


class Scoreboard(Result):
    """A record over the slates `start`..`until`."""

    ROWS: ClassVar[str] = "entries"

    record: Literal["live", "backfill"]
    simulated: bool
    start: dt.date
    until: dt.date
    slates: Count
    configurations: Count = Field(description="Models that were tried.")
    refused: dict[str, int]
    entries: tuple[Entry, ...]
