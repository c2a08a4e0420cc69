"""Minutes a player is expected to play, given that they play: beside a prediction, in no other."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

from tipoff.errors import ArtifactError, ContractError
from tipoff.models import eligible, open_model, read_version
from tipoff.models.families import FAMILIES
from tipoff.results.explanation import ExpectedMinutes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from tipoff.lake import Lake, Reader
    from tipoff.models import Model


def expected_minutes(
    lake: Lake, r: Reader, model: Model, row: pl.DataFrame, day: date, available: Mapping[str, str]
) -> ExpectedMinutes | None:
    """Median and 80% interval of one snapshot row's minutes, and the version that says so.

    By the prediction's own `model` when its family foresees minutes, on which its pmf rests; else
    by the newest such version with a seat on `day`. None when there is none, or when it refuses
    the row.
    """
    own = _foresees(model.manifest.family)
    teller = model if own else _seated(lake, r, day, available)
    if teller is None or not teller.predict(row, teller.manifest.markets[0]).ok.all():
        return None
    manifest = teller.manifest
    minutes = asdict(FAMILIES[manifest.family].minutes(teller, row))
    return ExpectedMinutes(**minutes, model=manifest.model, model_id=manifest.model_id)


def _foresees(family: str) -> bool:
    return family in FAMILIES and FAMILIES[family].foresees_minutes


def _seated(lake: Lake, r: Reader, day: date, available: Mapping[str, str]) -> Model | None:
    seats = [seat for seat in eligible(r, day) if _foresees(seat.family)]
    if not seats:
        return None
    newest = max(seats, key=lambda seat: (seat.trained_through, seat.model_id))
    try:
        return open_model(lake.artifacts, *read_version(r, newest.model_id), available)
    except (ArtifactError, ContractError):
        return None
