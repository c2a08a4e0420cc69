"""What was published when, and what made a run."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from pydantic import Field

from tipoff.results.base import Count, Moment, Result
from tipoff.results.facts import SettingValue
from tipoff.results.slate import Kind, Role


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
