"""Scoring: every planned triple of one model becomes a prediction or a refusal, vectorised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tipoff.errors import TipoffError
from tipoff.forecast.assess import Assessment, assess
from tipoff.forecast.identity import prediction_id, reading_id
from tipoff.forecast.recommend import recommend
from tipoff.models.model import column

if TYPE_CHECKING:
    from tipoff.features import Snapshot
    from tipoff.models import Model, Pmf
    from tipoff.models.pmf import Bools
    from tipoff.settings import Settings

MODEL_FAILURES = (
    TipoffError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What a broken model can raise: its triples are refused, the others go on."""

KEYS = ["game_id", "player_key", "player_id", "player", "team", "opponent", "tipoff"]


@dataclass(frozen=True)
class Scene:
    """What all models of a run share: expected players, their snapshot and their lines.

    `players`: one row per (player, game) of the plan. `lines`: per (game, player, market) the
    consensus. `least`: the quality gate.
    """

    players: pl.DataFrame
    snapshot: Snapshot
    lines: pl.DataFrame
    as_of: datetime
    least: float
    settings: Settings

    @cached_property
    def rows(self) -> pl.DataFrame:
        """Players nothing rules out, with the features of their snapshot rows."""
        free = self.players.filter(pl.col("reason").is_null())
        return free.join(
            self.snapshot.frame, on=["game_id", "player_key"], how="left", maintain_order="left",
            suffix="_snapshot",
        )  # fmt: skip

    @cached_property
    def ruled_out(self) -> pl.DataFrame:
        """Players refused before any model is asked."""
        return self.players.filter(pl.col("reason").is_not_null())

    def lined(self, market: str) -> pl.DataFrame:
        """Keys of `rows`, in its order, with their line in a market, null where there is none."""
        if market not in self._lined:
            lines = self.lines.filter(pl.col("market") == market).drop("market")
            self._lined[market] = self.rows.select(KEYS).join(
                lines, on=["game_id", "player_key"], how="left", maintain_order="left"
            )
        return self._lined[market]

    @cached_property
    def _lined(self) -> dict[str, pl.DataFrame]:
        return {}


@dataclass(frozen=True)
class Scored:
    """Predictions (list columns included) and refusals of one model and market."""

    predictions: list[pl.DataFrame]
    refusals: list[pl.DataFrame]


def score_model(scene: Scene, model: Model, role: str, markets: Sequence[str]) -> Scored:
    """Score one model on its markets. A model that fails is refused as `model_error`, whole."""
    made = Scored([], [])
    for market in markets:
        try:
            predictions, refusals = _score_market(scene, model, role, market)
        except MODEL_FAILURES as error:
            rows = scene.players.with_columns(
                reason=pl.lit("model_error"), detail=pl.lit(failure(error))
            )
            predictions, refusals = None, refuse(rows, market, model.manifest.model)
        if predictions is not None and predictions.height:
            made.predictions.append(predictions)
        if refusals.height:
            made.refusals.append(refusals)
    return made


def failure(error: Exception) -> str:
    """What a refusal says of an error: its kind and first line."""
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def refuse(players: pl.DataFrame, market: str, model: str) -> pl.DataFrame:
    """Refusal rows for players that have a `reason` and a `detail`."""
    named = players.filter(pl.col("reason").is_not_null())
    keys = ["game_id", "player_key", "player", "team"]
    return named.select(
        *keys, pl.lit(market).alias("market"), pl.lit(model).alias("model"), "reason", "detail"
    )


def _score_market(
    scene: Scene, model: Model, role: str, market: str
) -> tuple[pl.DataFrame | None, pl.DataFrame]:
    name = model.manifest.model
    judged = assess(scene.rows, scene.snapshot, model.manifest.contract, market, scene.least)
    answer = model.predict(scene.rows, market)
    reasons = [
        reason or (None if ok else "unpredictable")
        for reason, ok in zip(judged.reasons, answer.ok.tolist(), strict=True)
    ]
    judged_rows = scene.rows.select("game_id", "player_key", "player", "team").with_columns(
        reason=pl.Series(reasons, dtype=pl.String),
        detail=pl.Series(judged.details, dtype=pl.String),
    )
    refusals = pl.concat([refuse(scene.ruled_out, market, name), refuse(judged_rows, market, name)])
    good = np.array([reason is None for reason in reasons], dtype=bool)
    if not good.any():
        return None, refusals
    pmf = type(answer.pmf)(answer.pmf.p[good])
    return _predictions(scene, model, role, market, good, pmf, judged.keep(good)), refusals


def _predictions(
    scene: Scene, model: Model, role: str, market: str, good: Bools, pmf: Pmf, judged: Assessment,
) -> pl.DataFrame:  # fmt: skip
    kept = pl.Series(good)
    lined = scene.lined(market).filter(kept)
    line, over, under = (column(lined, c) for c in ("line", "over_price", "under_price"))
    picks = recommend(pmf, line, over, under, scene.settings)
    names = model.manifest.contract.names[market]
    read = scene.rows.select("game_id", "player_key", *names).filter(kept)
    return lined.select(KEYS).with_columns(
        pl.Series("prediction_id", _ids(scene, model, market, read, lined["line_ids"].to_list())),
        pl.lit(market).alias("market"),
        pl.lit(model.manifest.model).alias("model"),
        pl.lit(model.manifest.model_id).alias("model_id"),
        pl.lit(role).alias("role"),
        pl.lit(scene.snapshot.snapshot_id).alias("snapshot_id"),
        pl.lit(scene.as_of).alias("as_of"),
        pl.Series("pmf", pmf.p).cast(pl.List(pl.Float64)),
        lined["line_ids"],
        lined["books"].cast(pl.Int32),
        pl.Series("recommendation", picks.recommendation),
        pl.Series("tier", judged.tiers, dtype=pl.String),
        *_numbers(
            {
                "mean": pmf.mean(), "median": pmf.median(),
                "p10": pmf.quantile(0.1), "p90": pmf.quantile(0.9),
                "line": line, "p_over": picks.p_over, "p_push": picks.p_push,
                "fair_over": picks.fair_over, "fair_under": picks.fair_under,
                "market_over": column(lined, "market_over"),
                "over_price": over, "under_price": under,
                "edge": picks.edge, "ev": picks.ev, "quality": judged.scores,
            }
        ),
    )  # fmt: skip


def _numbers(columns: dict[str, Any]) -> list[pl.Series]:
    return [pl.Series(name, np.asarray(v, dtype=np.float64)) for name, v in columns.items()]


def _ids(
    scene: Scene, model: Model, market: str, read: pl.DataFrame, line_ids: list[list[str] | None]
) -> list[str]:
    names = model.manifest.contract.names[market]
    reading = reading_id(
        market, model.manifest.model_id, scene.as_of, names, scene.snapshot.definitions
    )
    return [
        prediction_id(reading, game, player, values, ids)
        for (game, player, *values), ids in zip(read.iter_rows(), line_ids, strict=True)
    ]
