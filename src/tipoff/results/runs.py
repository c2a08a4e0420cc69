"""Runs: what one did, what was published, what made it, and whether it can be made again."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from pydantic import Field

from tipoff.results.base import Count, Moment, Result
from tipoff.results.facts import SettingValue
from tipoff.results.slate import Kind, PublicationInfo, Role


class RunReport(Result):
    """What a run did. expected = predicted + the sum of refused, always."""

    date: dt.date = Field(description="League date, US Eastern.")
    nothing_to_do: bool = Field(description="What was published already held.")
    as_of: Moment = Field(description="Moment the forecasts are true of.")
    simulated: bool
    backfill: bool = Field(
        description="Committed at or after the first tip-off: not part of the live record."
    )
    run_id: str
    publication_id: str
    publication: PublicationInfo
    games: Count
    expected: Count = Field(description="Forecasts, (player, market, model).")
    predicted: Count
    refused: dict[str, int] = Field(description="Reason -> refused forecasts, most first.")
    refused_models: dict[str, tuple[str, ...]] = Field(
        default={}, description="Model refused as a whole -> why. Only of sets built just now."
    )


class Reproduction(Result):
    """Whether stored predictions come out bit for bit when they are made again."""

    run_id: str
    reproduced: bool
    checked: Count = Field(description="Predictions made again.")
    differences: tuple[str, ...] = Field(description="Empty when reproduced; first one first.")
    notes: tuple[str, ...] = Field(description="What is other here, without being a difference.")


class PublicationRow(Result):
    """A move of a slate's pointer, with the counts of the set it shows."""

    slate: dt.date
    seq: int = Field(ge=1)
    kind: Kind
    reason: str
    committed_at: Moment
    publication_id: str
    run_id: str
    mode: str = Field(description="Quality gate of the run.")
    expected: Count
    predicted: Count
    refused: Count
    backfill: bool


class Ledger(Result):
    """Publications, oldest first."""

    ROWS: ClassVar[str] = "publications"

    date: dt.date | None = Field(description="The slate asked for; null for all.")
    publications: tuple[PublicationRow, ...]


class RunGate(Result):
    """The quality gate of a run."""

    mode: str
    lowest_quality: float = Field(description="What it let through, 0 to 100.")


class RunBuild(Result):
    """tipoff's version and those of the libraries."""

    version: str
    libraries: dict[str, str]


class RunModel(Result):
    """A model version that was asked, in which roles; null what the lake does not know of it."""

    model_id: str
    model: str | None = None
    family: str | None = None
    trained_from: dt.date | None = None
    trained_through: dt.date | None = None
    artifact_sha256: str | None = None
    roles: dict[Role, tuple[str, ...]] = Field(description="Role -> markets.")


class RefusedModel(Result):
    """A model refused as a whole, at load or while it predicted."""

    model: str
    reason: str
    detail: str | None


class SnapshotCheck(Result):
    """What a batch check of a snapshot saw."""

    check: str
    feature: str
    detail: str
    blocks: bool


class RunSnapshot(Result):
    """The feature snapshot of a run."""

    snapshot_id: str
    rows: Count
    features: Count
    checks: tuple[SnapshotCheck, ...]


class RunRecord(Result):
    """What made a run, and where it was published."""

    ROWS: ClassVar[str] = "models"

    run_id: str
    slate: dt.date
    as_of: Moment
    snapshot_id: str
    facts_seq: Count = Field(description="Newest commit whose facts it saw.")
    code_version: str
    mode: str
    settings: dict[str, SettingValue]
    complete: bool = Field(description="Every eligible model and market was asked for.")
    simulated: bool
    backfill: bool
    first_tipoff: Moment
    games: Count
    expected: Count
    predicted: Count
    refused: Count
    committed_at: Moment
    build_id: str | None = Field(description="Null for sets of the first edition.")
    gate: RunGate
    build: RunBuild | None
    other_build: tuple[str, ...] = Field(
        description="What of code and libraries is other here, in words."
    )
    models: tuple[RunModel, ...]
    models_refused: tuple[RefusedModel, ...]
    refusals: dict[str, int] = Field(description="Reason -> refused forecasts.")
    snapshot: RunSnapshot
    publications: tuple[PublicationRow, ...]
