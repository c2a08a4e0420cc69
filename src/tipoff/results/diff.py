"""What differs between two prediction sets of a slate, and why."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Generic, Literal, TypeVar

from pydantic import Field

from tipoff.results.base import Count, Moment, Result
from tipoff.results.facts import SettingValue
from tipoff.results.slate import Pick, Role

T = TypeVar("T")


class Change(Result, Generic[T]):
    """A value in the first set and in the second; null where a set has none."""

    a: T | None
    b: T | None


class InputChanges(Result):
    """What differs in what two sets were made from; null or empty where nothing does."""

    as_of: Change[Moment] | None = None
    snapshot_id: Change[str] | None = None
    facts_seq: Change[int] | None = None
    code_version: Change[str] | None = None
    mode: Change[str] | None = None
    gate: Change[float] | None = Field(default=None, description="Lowest quality let through.")
    settings: dict[str, Change[SettingValue]] = Field(default={}, description="By name.")
    models: dict[str, Change[str]] = Field(
        default={}, description="`MODEL MARKET` -> `VERSION ROLE`."
    )


class Cause(Result):
    """Why a prediction differs. Fields that a cause has no use for are null or empty."""

    what: Literal[
        "model", "line", "feature", "definition", "settings", "code", "prices", "refused",
        "not expected",
    ]  # fmt: skip
    name: str | None = Field(default=None, description="Of a feature or definition.")
    a: float | None = Field(default=None, description="Line or feature value in the first set.")
    b: float | None = None
    model_a: str | None = Field(default=None, description="Model version in the first set.")
    model_b: str | None = None
    books_a: int | None = Field(default=None, description="Books in the consensus line.")
    books_b: int | None = None
    names: tuple[str, ...] = Field(default=(), description="Of settings.")
    reason: str | None = Field(default=None, description="Of the refusal in the other set.")


class DiffRow(Result):
    """A prediction whose numbers differ, or that is in one set only."""

    change: Literal["added", "removed", "changed"]
    flipped: bool = Field(description="Another recommendation.")
    player: str
    team: str
    role: Role
    game_id: str
    player_key: str
    market: str
    model: str
    id_a: str | None
    id_b: str | None
    pick_a: Pick | None
    pick_b: Pick | None
    median_a: float | None
    median_b: float | None
    line_a: float | None
    line_b: float | None
    p_over_a: float | None
    p_over_b: float | None
    why: tuple[Cause, ...]


class MovedRefusal(Result):
    """A refusal that one set has and the other has not."""

    player: str | None
    player_key: str | None
    team: str | None
    reason: str
    elsewhere: str = Field(description="How the forecasts ended in the other set.")
    detail: str | None
    markets: tuple[str, ...]
    models: tuple[str, ...]
    forecasts: Count = Field(description="(player, market, model) it is of.")


class Diff(Result):
    """Two sets compared: a is the first, b the second.

    `renamed` counts predictions with the same numbers under another id, which `rows` leaves out.
    """

    ROWS: ClassVar[str] = "rows"

    date: dt.date
    run_a: str | None = Field(description="Null when nothing was published.")
    run_b: str | None
    added: Count
    removed: Count
    changed: Count
    renamed: Count
    flipped: Count
    made_from: InputChanges
    rows: tuple[DiffRow, ...]
    refusals_gained: tuple[MovedRefusal, ...]
    refusals_lost: tuple[MovedRefusal, ...]


class DryRun(Diff):
    """What is published (a) compared with what a run would publish (b); nothing is stored."""

    dry_run: Literal[True] = True
    same: bool = Field(description="A run would find its set published already.")
    expected: Count
    predicted: Count
    refused: Count
