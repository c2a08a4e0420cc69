"""What questions about models and their roles answer."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field

from tipoff.results.base import Count, Result
from tipoff.results.grading import BlockedModel
from tipoff.results.slate import Role

State = Literal["healthy", "watch", "degrading", "blocked"]


class ModelVersion(Result):
    """A stored version: its window, the roles it has on a date, and its state where it has one."""

    model_id: str
    model: str
    family: str
    trained_from: dt.date
    trained_through: dt.date
    markets: tuple[str, ...]
    retired: tuple[str, ...] = Field(description="Markets in which it is retired.")
    blocked: tuple[str, ...]
    roles: dict[str, Role] = Field(description="By market.")
    decay: dict[str, State] = Field(description="By market, of those with a role.")


class ModelList(Result):
    """Every version, by name, newest first."""

    ROWS: ClassVar[str] = "models"

    on: dt.date = Field(description="The league date the roles are for.")
    models: tuple[ModelVersion, ...]


class ModelContract(Result):
    """Features that a version reads."""

    names: dict[str, tuple[str, ...]] = Field(description="By market, in the model's own order.")
    optional: tuple[str, ...] = Field(description="May be null in a row that is predicted.")
    definitions: dict[str, str] = Field(description="Name -> hash of what it was trained on.")


class Dispersion(Result):
    """Variance / mean as a function of the centre: linear between knots, flat outside."""

    knots: tuple[float, ...]
    values: tuple[float, ...]
    floor: float
    rows: Count


class GoldenRow(Result):
    """A row with the answer it got when the model was made; floats as exact hex text."""

    market: str
    inputs: dict[str, str | None]
    expected: dict[str, str]


class ModelDetails(Result):
    """The manifest of a version: everything that makes it what it is."""

    model_id: str
    artifact: str | None = Field(description="File of the fitted model; null when there is none.")
    model: str
    family: str
    markets: tuple[str, ...]
    contract: ModelContract
    trained_from: dt.date
    trained_through: dt.date
    rows: Count
    data_sha256: str
    code_version: str
    parameters: dict[str, float | int | str | bool]
    seed: int | None
    dispersion: dict[str, Dispersion]
    golden: tuple[GoldenRow, ...]
    artifact_sha256: str | None


class Verdict(Result):
    """A gate's answer: its figure in words, and the bar it was held against."""

    gate: str
    passed: bool | None = Field(description="Null when it could not answer: no pass.")
    figure: str
    bar: str


class Promotion(Result):
    """A role that a version was given in a market, or that the gates did not give it.

    Only a champion is judged: for other roles there are no verdicts, and no reference.
    """

    ROWS: ClassVar[str] = "verdicts"

    model_id: str
    market: str
    state: Role | None = Field(description="The role it has now by this; null when refused.")
    reason: str
    promoted: bool
    forced: bool = False
    reference: str | None = Field(default=None, description="The model it was compared with.")
    evidence: str | None = Field(default=None, description="What it was judged by.")
    verdicts: tuple[Verdict, ...] = ()
    unseen: tuple[str, ...] = Field(
        default=(), description="All who are compared, when the evidence lacks one of them."
    )


class Signal(Result):
    """A figure with its 95% interval, and what it says of the model."""

    value: float
    low: float | None
    high: float | None
    state: State


class Decay(Result):
    """A model's state in a market by its newest graded slates."""

    model: str
    market: str
    state: State
    rows: Count
    slates: Count
    signals: dict[str, Signal] = Field(description="crps, bias, coverage; empty if not judged.")
    fault: str = Field(description="Why it cannot be judged; empty when it can.")
    reason: str


class Review(Result):
    """Every graded model's state, and who was withdrawn by it."""

    ROWS: ClassVar[str] = "states"

    on: dt.date
    states: tuple[Decay, ...]
    blocked: tuple[BlockedModel, ...]


class Retirement(Result):
    """Versions that were retired."""

    model_ids: tuple[str, ...]
    markets: tuple[str, ...] = Field(description="Empty: in all its markets.")
    state: Literal["retired"] = "retired"
    reason: str
