"""Training: from rows in the lake to a stored model version."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tipoff.errors import UsageError
from tipoff.markets import MARKETS
from tipoff.models.baselines import WEIGHTS, base_names, fit_baseline
from tipoff.models.data import TrainingData, training_data
from tipoff.models.fitting import (
    ALL_MARKETS,
    Progress,
    family_of,
    fit_catboost_spec,
    fit_champion_spec,
    fit_model,
)
from tipoff.models.holdout import Holdout, newest_rows, score
from tipoff.models.model import Model, column
from tipoff.models.names import Spec, end_of_month_before, parse_model, window_end
from tipoff.models.pmf import Pmf
from tipoff.models.registry import store

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader


@dataclass(frozen=True)
class TrainReport:
    """What was trained. `new` is false when this very version was already stored."""

    model: str
    model_id: str
    new: bool
    rows: int
    trained_from: date
    trained_through: date
    holdout: Holdout


def train(
    lake: Lake, name: str, through: date, progress: Progress = lambda _text: None
) -> TrainReport:
    """Train a model on player-games through a date and store it.

    Raises UsageError for an unknown name, a wrong date for a monthly refit or too few rows,
    ContractError when the catalogue lacks a feature.
    """
    spec = parse_model(name)
    progress(f"{name}: reading player-games through {through}")
    names = family_of(spec).names(spec, ALL_MARKETS)
    data = _read(lake, spec, window_end(spec, through), names)
    progress(f"{name}: fitting on {data.frame.height} player-games")
    model, report = _fit(spec, data, progress)
    progress(f"{name}: storing")
    new = store(lake, model)
    made = model.manifest
    return TrainReport(
        name, made.model_id, new, made.rows, made.trained_from, made.trained_through, report
    )


def ensure_baselines(
    lake: Lake, day: date, progress: Progress = lambda _text: None
) -> dict[str, str]:
    """Baseline -> version id, fitted through the end of the month before `day` where missing.

    One query when all are there. A version counts as there while the definitions of the names
    it reads are those in force; a retired name is left alone, and so is one that reads a
    feature the catalogue lacks. Empty when no games precede.
    """
    with lake.reading() as r:
        present, missing = _baselines(r, day)
    if missing:
        through = end_of_month_before(day)
        progress(f"fitting {', '.join(missing)} on player-games through {through}")
        present |= _fit_baselines(lake, missing, through)
    return present


def missing_baselines(r: Reader, day: date) -> list[str]:
    """The baselines `ensure_baselines` would fit for that day."""
    return _baselines(r, day)[1]


def _baselines(r: Reader, day: date) -> tuple[dict[str, str], list[str]]:
    through = end_of_month_before(day)
    present = _present(r, through)
    absent = [name for name in WEIGHTS if name not in present]
    if not absent or not _played(r, through):
        return present, []
    retired = _retired(r)
    return present, [name for name in absent if name not in retired]


def _fit_baselines(lake: Lake, names: list[str], through: date) -> dict[str, str]:
    from tipoff.features import definition_hashes

    available = definition_hashes()
    known = [name for name in names if available.keys() >= set(base_names(name))]
    if not known:
        return {}
    data = _read(lake, Spec(known[0], "all"), through, base_names(*known))
    fitted = [fit_baseline(name, data, available) for name in known]
    # One without any market is stored too: it says that there was nothing to learn from.
    for model in fitted:
        store(lake, model)
    return {model.manifest.model: model.manifest.model_id for model in fitted}


def _present(r: Reader, through: date) -> dict[str, str]:
    from tipoff.features import definition_hashes
    from tipoff.models.contract import redefined

    sql = """SELECT model, model_id, manifest FROM models.version
             WHERE trained_through = $through AND family = 'baseline' ORDER BY recorded_seq"""
    available = definition_hashes()
    return {
        model: model_id
        for model, model_id, text in r.rows(sql, {"through": through})
        if not redefined(json.loads(text)["contract"]["definitions"], available)
    }


def _played(r: Reader, through: date) -> bool:
    sql = "SELECT count(*) FROM league.player_game WHERE game_date <= $through"
    return bool(r.value(sql, {"through": through}))


def _retired(r: Reader) -> set[str]:
    """Names whose newest version is retired in every market it predicts."""
    sql = """
    WITH newest AS (SELECT * FROM models.version
                    QUALIFY row_number() OVER (PARTITION BY model ORDER BY recorded_seq DESC) = 1)
    SELECT n.model FROM newest n JOIN models.current_state s USING (model_id)
    WHERE s.state = 'retired' GROUP BY n.model, n.markets HAVING count(*) = len(n.markets)"""
    return {name for (name,) in r.rows(sql)}


def _read(lake: Lake, spec: Spec, through: date, names: tuple[str, ...]) -> TrainingData:
    from tipoff.features import training_frame

    with lake.reading() as r:
        start, end = _window(r, spec, through)
        frame = training_frame(r, start=start, through=end, names=names)
    return training_data(frame, end, start)


def _window(r: Reader, spec: Spec, through: date) -> tuple[date | None, date]:
    if spec.scope == "all":
        return None, through
    first = r.value(_SEASON_START, {"through": through})
    if first is None:
        raise UsageError(f"no player-games through {through}", "tipoff import DIR first")
    if spec.scope == "current_season":
        return first, through
    return None, first - timedelta(days=1)


_SEASON_START = """
SELECT min(game_date) FROM league.player_game
WHERE season = (SELECT max_by(season, game_date) FROM league.player_game
                WHERE game_date <= $through)
"""


def _fit(spec: Spec, data: TrainingData, progress: Progress) -> tuple[Model, Holdout]:
    if spec.family == "champion":
        return fit_champion_spec(spec, data, progress)
    if spec.feature_set is not None:
        return fit_catboost_spec(spec, data)
    baseline = fit_model(spec, data)
    return baseline, _held_out(baseline, data)


def _held_out(baseline: Model, data: TrainingData) -> Holdout:
    """The newest tenth of the rows in points; only the dispersion has seen them."""
    if not baseline.manifest.markets:
        least = f"{data.frame.height} player-games through {data.through} are too few"
        raise UsageError(f"{baseline.manifest.model}: {least}", "choose a later --through")
    market = next(m for m in MARKETS if m in baseline.manifest.markets)
    frame = data.frame.filter(newest_rows(data, 0.1))
    answer, y = baseline.predict(frame, market), column(frame, f"y_{market}")
    return score(Pmf(answer.pmf.p[answer.ok]), y[answer.ok], market)
