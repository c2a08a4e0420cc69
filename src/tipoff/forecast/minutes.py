"""Minutes a player is expected to play, given that he plays: beside a prediction, in no other."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tipoff.errors import ArtifactError, ContractError
from tipoff.models import eligible, open_model, read_version
from tipoff.models.champion import FAMILY, Champion

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from tipoff.lake import Lake, Reader
    from tipoff.models import Model


def expected_minutes(
    lake: Lake, r: Reader, model: Model, row: pl.DataFrame, day: date, available: Mapping[str, str]
) -> dict[str, Any] | None:
    """Median and 80% interval of one snapshot row's minutes, and the version that says so.

    By the prediction's own `model` when it is a champion, whose pmf rests on them; else by the
    newest champion seated on `day`. None when there is none, or when it refuses the row.
    """
    teller = model if isinstance(model, Champion) else _seated(lake, r, day, available)
    if teller is None or not teller.predict(row, teller.manifest.markets[0]).ok.all():
        return None
    median, spread = teller.sight(row).minutes, teller.layers.minutes
    low, high = (float(spread.quantile(median, q)[0]) for q in (0.1, 0.9))
    return {
        "median": float(median[0]), "p10": low, "p90": high,
        "model": teller.manifest.model, "model_id": teller.manifest.model_id,
    }  # fmt: skip


def _seated(lake: Lake, r: Reader, day: date, available: Mapping[str, str]) -> Champion | None:
    seats = [seat for seat in eligible(r, day) if seat.family == FAMILY]
    if not seats:
        return None
    newest = max(seats, key=lambda seat: (seat.trained_through, seat.model_id))
    try:
        found = open_model(lake.artifacts, *read_version(r, newest.model_id), available)
    except (ArtifactError, ContractError):
        return None
    return found if isinstance(found, Champion) else None
