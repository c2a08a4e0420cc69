"""Scoring: every planned triple of one model becomes a prediction or a refusal, vectorised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tipoff.failures import FAILURES
from tipoff.forecast.assess import Assessment, assess
from tipoff.forecast.identity import prediction_ids, reading_id
from tipoff.forecast.recommend import recommend
from tipoff.gates import gate
from tipoff.hashing import spell, spelled
from tipoff.models.model import column

if TYPE_CHECKING:
    from tipoff.features import Snapshot
    from tipoff.models import Model, Pmf, Prediction
    from tipoff.models.pmf import Bools
    from tipoff.settings import Settings

KEYS = ["game_id", "player_key", "player_id", "player", "team", "opponent", "tipoff"]
_NAMED = ["game_id", "player_key", "player", "team"]


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
    def at(self) -> list[int]:
        """Of each of `rows` its row in the snapshot."""
        keys = self.rows.select("game_id", "player_key").rows()
        return [self.snapshot.positions[key] for key in keys]

    @cached_property
    def ruled_out(self) -> pl.DataFrame:
        """Players refused before any model is asked."""
        return self.players.filter(pl.col("reason").is_not_null())

    @cached_property
    def moment(self) -> pl.Series:
        """`as_of` as a column of one row."""
        return pl.select(pl.lit(self.as_of).alias("as_of")).to_series()

    def lined(self, market: str) -> pl.DataFrame:
        """Of each of `rows` its line in a market, null where there is none."""
        if market not in self._lined:
            lines = self.lines.filter(pl.col("market") == market).drop("market")
            self._lined[market] = self.rows.select("game_id", "player_key").join(
                lines, on=["game_id", "player_key"], how="left", maintain_order="left"
            )
        return self._lined[market]

    def spelled(self, name: str) -> list[str]:
        """A column of `rows` as prediction ids spell it."""
        if name not in self._spelled:
            self._spelled[name] = spelled(self.rows[name])
        return self._spelled[name]

    @cached_property
    def _lined(self) -> dict[str, pl.DataFrame]:
        return {}

    @cached_property
    def _spelled(self) -> dict[str, list[str]]:
        return {}


@dataclass(frozen=True)
class Scored:
    """Predictions (list columns included) and refusals of one model and market."""

    predictions: list[pl.DataFrame]
    refusals: list[pl.DataFrame]


@gate(
    "a model's errors", protects="every other model's predictions",
    on_error="its triples are refused: model_error", on_null="no answer at all: model_error",
)  # fmt: skip
def score_model(scene: Scene, model: Model, role: str, markets: Sequence[str]) -> Scored:
    """Score one model on its markets. A model that fails is refused as `model_error`, whole."""
    made = Scored([], [])
    for market in markets:
        try:
            predictions, refusals = _score_market(scene, model, role, market)
        except FAILURES as error:
            rows = ruled_out(scene.players, "model_error", failure(error))
            predictions, refusals = None, refuse(rows, market, model.manifest.model)
        if predictions is not None and predictions.height:
            made.predictions.append(predictions)
        if refusals.height:
            made.refusals.append(refusals)
    return made


def failure(error: Exception) -> str:
    """What a refusal says of an error: its kind and first line."""
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def ruled_out(players: pl.DataFrame, reason: str, detail: str) -> pl.DataFrame:
    """The players, those whom nothing rules out yet refused for a reason."""
    free = pl.col("reason").is_null()
    return players.with_columns(
        reason=pl.coalesce("reason", pl.lit(reason)),
        detail=pl.when(free).then(pl.lit(detail)).otherwise("detail"),
    )


def refuse(players: pl.DataFrame, market: str, model: str) -> pl.DataFrame:
    """Refusal rows for players that have a `reason` and a `detail`."""
    named = players.filter(pl.col("reason").is_not_null())
    return _refused(named, market, model, named["reason"], named["detail"])


# What follows runs once per model and market. An expression of Polars costs a tenth of a
# millisecond there whatever it does, so columns are taken and put together as they are.


def _refused(
    named: pl.DataFrame, market: str, model: str, reason: pl.Series, detail: pl.Series
) -> pl.DataFrame:
    n = named.height
    said = [_same("market", market, n), _same("model", model, n), reason, detail]
    return pl.DataFrame([*(named[c] for c in _NAMED), *said])


def _score_market(
    scene: Scene, model: Model, role: str, market: str
) -> tuple[pl.DataFrame | None, pl.DataFrame]:
    name = model.manifest.model
    judged = assess(scene.at, scene.snapshot, model.manifest.contract, market, scene.least)
    answer = model.predict(scene.rows, market)
    reasons = _with_unpredictable(judged.reasons, answer)
    good = np.array([reason is None for reason in reasons], dtype=bool)
    out = scene.ruled_out
    refusals = _refused(out, market, name, out["reason"], out["detail"])
    if not good.all():
        bad = np.flatnonzero(~good)
        why = pl.Series("reason", [reasons[i] for i in bad], dtype=pl.String)
        detail = pl.Series("detail", [judged.details[i] for i in bad], dtype=pl.String)
        judged_rows = pl.DataFrame([scene.rows[c][bad] for c in _NAMED])
        refusals = pl.concat([refusals, _refused(judged_rows, market, name, why, detail)])
    if not good.any():
        return None, refusals
    pmf = type(answer.pmf)(answer.pmf.p[good])
    return _predictions(scene, model, role, market, good, pmf, judged.keep(good)), refusals


@gate(
    "a model's ok mask", protects="rows a model cannot answer for",
    on_error="its triples are refused: model_error",
    on_null="not a plain yes, or a pmf that is no number: refused, unpredictable",
)  # fmt: skip
def _with_unpredictable(reasons: list[str | None], answer: Prediction) -> list[str | None]:
    numbers = np.asarray(np.isfinite(answer.pmf.p).all(axis=1))
    return [
        reason or (None if ok is True and known else "unpredictable")
        for reason, ok, known in zip(reasons, answer.ok.tolist(), numbers, strict=True)
    ]


def _predictions(
    scene: Scene, model: Model, role: str, market: str, good: Bools, pmf: Pmf, judged: Assessment,
) -> pl.DataFrame:  # fmt: skip
    kept = np.flatnonzero(good)
    n, lined, manifest = len(kept), scene.lined(market), model.manifest
    line, over, under, market_over = (
        column(lined, c)[kept] for c in ("line", "over_price", "under_price", "market_over")
    )
    picks = recommend(pmf, line, over, under, scene.settings)
    line_ids = lined["line_ids"][kept]
    return pl.DataFrame(
        [
            *(scene.rows[c][kept] for c in KEYS),
            pl.Series("prediction_id", _ids(scene, model, market, kept.tolist(), line_ids)),
            _same("market", market, n),
            _same("model", manifest.model, n),
            _same("model_id", manifest.model_id, n),
            _same("role", role, n),
            _same("snapshot_id", scene.snapshot.snapshot_id, n),
            scene.moment.new_from_index(0, n),
            pl.Series("pmf", pmf.p).cast(pl.List(pl.Float64)),
            line_ids,
            lined["books"][kept].cast(pl.Int32),
            pl.Series("recommendation", picks.recommendation),
            pl.Series("tier", judged.tiers, dtype=pl.String),
            *_numbers(
                {
                    "mean": pmf.mean(), "median": pmf.median(),
                    "p10": pmf.quantile(0.1), "p90": pmf.quantile(0.9),
                    "line": line, "p_over": picks.p_over, "p_push": picks.p_push,
                    "fair_over": picks.fair_over, "fair_under": picks.fair_under,
                    "market_over": market_over, "over_price": over, "under_price": under,
                    "edge": picks.edge, "ev": picks.ev, "quality": judged.scores,
                }
            ),
        ]
    )  # fmt: skip


def _same(name: str, value: str, n: int) -> pl.Series:
    return pl.Series(name, [value], dtype=pl.String).new_from_index(0, n)


def _numbers(columns: dict[str, Any]) -> list[pl.Series]:
    return [pl.Series(name, np.asarray(v, dtype=np.float64)) for name, v in columns.items()]


def _ids(
    scene: Scene, model: Model, market: str, kept: list[int], line_ids: pl.Series
) -> list[str]:
    names = model.manifest.contract.names[market]
    reading = reading_id(
        market, model.manifest.model_id, scene.as_of, names, scene.snapshot.definitions
    )
    read = [scene.spelled(name) for name in ("game_id", "player_key", *names)]
    lines = [spell(sorted(ids or [])) for ids in line_ids.to_list()]
    return prediction_ids(reading, [*([values[i] for i in kept] for values in read), lines])
