"""Training: from rows in the lake to a stored model version."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from tipoff.markets import MARKETS
from tipoff.models.contract import redefined
from tipoff.models.data import training_rows
from tipoff.models.families import family_of, parse_model
from tipoff.models.family import Progress, silent
from tipoff.models.governance import DEFAULT_LEADERS
from tipoff.models.names import end_of_month_before
from tipoff.models.registry import store
from tipoff.results.data import TrainReport

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader

Lacking = dict[str, tuple[str, ...]]
"""Baseline -> the markets in which it is to be fitted."""


def train(lake: Lake, name: str, through: date, progress: Progress = silent) -> TrainReport:
    """Train a model on what was played through a date and store it.

    Raises UsageError for an unknown name, a wrong date for a monthly refit or too few rows,
    ContractError when the catalogue lacks a feature.
    """
    spec = parse_model(name)
    family = family_of(spec)
    progress(f"{name}: reading {family.rows_are} through {through}")
    data = family.rows(lake, spec, through)
    progress(f"{name}: fitting on {data.frame.height} {family.rows_are}")
    model, evaluations = family.fit_and_evaluate(spec, data, progress)
    progress(f"{name}: storing")
    new, made, notes = store(lake, model), model.manifest, family.notes
    if family.role == "shadow" and name not in DEFAULT_LEADERS:
        promote = f"tipoff models promote {name} --market M --reason TEXT"
        notes += (f"a shadow so far: {promote} says which backtest its gates ask for",)
    return TrainReport(
        model=name, model_id=made.model_id, new=new, rows=made.rows, rows_are=family.rows_are,
        trained_from=made.trained_from, trained_through=made.trained_through,
        evaluations=evaluations, notes=notes, next_step=family.next_step,
    )  # fmt: skip


def ensure_baselines(lake: Lake, day: date, progress: Progress = silent) -> dict[str, str]:
    """Baseline -> version id, fitted through the end of the month before `day` where missing.

    One query when all are there. A version counts as there while the definitions of the names
    it reads are those in force. One that was made before a market was declared stays, and another
    of its name is fitted for that market alone. A retired name is left alone, and so is a market
    whose features the catalogue lacks. Empty when no games precede.
    """
    with lake.reading() as r:
        present, lacking = _baselines(r, day)
    if lacking:
        through = end_of_month_before(day)
        progress(f"fitting {', '.join(lacking)} on player-games through {through}")
        present |= _fit_baselines(lake, lacking, through)
    return present


def missing_baselines(r: Reader, day: date) -> list[str]:
    """The baselines `ensure_baselines` would fit for that day, in one market at least."""
    return list(_baselines(r, day)[1])


def _baselines(r: Reader, day: date) -> tuple[dict[str, str], Lacking]:
    """Name -> id of its newest version of the month before, and what is missing."""
    from tipoff.features import definition_hashes
    from tipoff.models.families.baseline import FAMILY, WEIGHTS, terms

    sql = """SELECT model, model_id, manifest FROM models.version
             WHERE trained_through = $through AND family = $family ORDER BY recorded_seq"""
    through, available = end_of_month_before(day), definition_hashes()
    present: dict[str, str] = {}
    covered: dict[str, set[str]] = {}
    for model, model_id, text in r.rows(sql, {"through": through, "family": FAMILY.name}):
        contract = json.loads(text)["contract"]
        if not redefined(contract["definitions"], available):
            present[model] = model_id
            # Of the contract, not of the manifest: a market with too few rows is not missing.
            covered.setdefault(model, set()).update(contract["names"])
    lacking: Lacking = {}
    for name in WEIGHTS:
        markets = (m for m in MARKETS if m not in covered.get(name, ()))
        lacking[name] = tuple(m for m in markets if terms(name, m).keys() <= available.keys())
    if not any(lacking.values()) or not _played(r, through):
        return present, {}
    retired = _retired(r)
    return present, {name: m for name, m in lacking.items() if m and name not in retired}


def _fit_baselines(lake: Lake, lacking: Lacking, through: date) -> dict[str, str]:
    specs = {name: parse_model(name) for name in lacking}
    read = {n for name, spec in specs.items() for n in family_of(spec).names(spec, lacking[name])}
    data = training_rows(lake, next(iter(specs.values())), through, sorted(read))
    fitted = {}
    for name, spec in specs.items():
        model = family_of(spec).fit(spec, lacking[name], data)
        # One without any market is stored too: it says that there was nothing to learn from.
        store(lake, model)
        fitted[name] = model.manifest.model_id
    return fitted


def _played(r: Reader, through: date) -> bool:
    sql = "SELECT count(*) FROM league.player_game WHERE game_date <= $through"
    return bool(r.value(sql, {"through": through}))


def _retired(r: Reader) -> set[str]:
    """Names whose newest versions are retired in every market they predict.

    Those of the newest window count; of two that predict a market, the newer.
    """
    sql = """
    WITH latest AS (SELECT model, max_by(trained_through, recorded_seq) AS trained_through
                    FROM models.version GROUP BY model),
    newest AS (SELECT model, model_id, market
               FROM (SELECT *, unnest(markets) AS market FROM models.version)
               JOIN latest USING (model, trained_through)
               QUALIFY row_number() OVER (PARTITION BY model, market ORDER BY recorded_seq DESC)
                       = 1)
    SELECT n.model FROM newest n LEFT JOIN models.current_state s USING (model_id, market)
    GROUP BY n.model HAVING bool_and(s.state IS NOT DISTINCT FROM 'retired')"""
    return {name for (name,) in r.rows(sql)}
