"""explain: everything a prediction was made from, down to source rows."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tipoff.errors import UsageError
from tipoff.features import catalogue, load_snapshot, sources_of
from tipoff.forecast.builds import other_code, read_build
from tipoff.forecast.classifiers import p_plays
from tipoff.forecast.minutes import expected_minutes
from tipoff.models import contributions, open_model, read_version
from tipoff.results.explanation import Explanation

if TYPE_CHECKING:
    import polars as pl

    from tipoff.lake import Lake, Reader
    from tipoff.models import Model

_LINES = """
  SELECT fact_id, bookmaker, line, over_price, under_price, is_main_line, pickem, known_at,
         estimated, late, source
  FROM league.prop_line WHERE game_date = $day AND list_contains($ids, fact_id)
  ORDER BY bookmaker, known_at"""


def explain(lake: Lake, r: Reader, run: str, prediction: str) -> Explanation:
    """One prediction with the value, definition, quality, source rows and contribution of every
    feature its model read, its line rows, model, snapshot, run and code version; `p_plays`, the
    chance that the player takes part, is null where no `plays` model says; so is `minutes`, which
    they play if they do, without a champion.

    Contributions are in the units of the market and add up, with `base`, to the model's centre;
    both are null for models of a family that explains nothing.
    """
    sql = "SELECT * FROM forecast.prediction WHERE run_id = $run AND prediction_id = $prediction"
    row = r.query(sql, {"run": run, "prediction": prediction}).to_dicts()[0]
    head = r.query("SELECT * FROM forecast.run WHERE run_id = $run", {"run": run}).to_dicts()[0]
    snapshot = load_snapshot(r, row["snapshot_id"])
    mine = snapshot.frame.filter(
        (snapshot.frame["game_id"] == row["game_id"])
        & (snapshot.frame["player_key"] == row["player_key"])
    )
    manifest, artifact = read_version(r, row["model_id"])
    # The definitions it was predicted with: explaining must outlive a later redefinition.
    model = open_model(lake.artifacts, manifest, artifact, snapshot.definitions)
    names = model.manifest.contract.names[row["market"]]
    base, parts = None, dict[str, float]()
    with suppress(UsageError):  # of a family that explains nothing
        base, parts = contributions(model, mine, row["market"])
    lines = r.query(_LINES, {"day": head["slate"], "ids": row["line_ids"] or [""]})
    chance = p_plays(lake, r, snapshot, head["slate"]).get((row["game_id"], row["player_key"]))
    stored = {k: v for k, v in row.items() if k != "recorded_seq"}
    return Explanation.model_validate({
        "prediction": {**stored, "p_plays": chance},
        "run": _run(r, head),
        "model": _model(row, model),
        "p_plays": chance,
        "minutes": expected_minutes(lake, r, model, mine, head["slate"], snapshot.definitions),
        "base": base,
        "features": [
            _feature(r, head, mine, row, name, parts.get(name), snapshot) for name in names
        ],
        "lines": lines.to_dicts(),
    })  # fmt: skip


def _run(r: Reader, head: dict[str, Any]) -> dict[str, Any]:
    names = ("run_id", "slate", "as_of", "facts_seq", "mode", "code_version", "build_id",
             "committed_at", "simulated")  # fmt: skip
    other = other_code(read_build(r, head["build_id"]), head["code_version"])
    run = {name: head[name] for name in names}
    return {**run, "settings": json.loads(head["settings"]), "other_build": other}


def _model(row: dict[str, Any], model: Model) -> dict[str, Any]:
    names = ("trained_from", "trained_through", "rows", "artifact_sha256", "code_version")
    of_row = {name: row[name] for name in ("model_id", "model", "role")}
    return {**of_row, **{name: getattr(model.manifest, name) for name in names}}


def _feature(
    r: Reader, head: dict[str, Any], mine: pl.DataFrame, row: dict[str, Any], name: str,
    contribution: float | None, snapshot: Any,
) -> dict[str, Any]:  # fmt: skip
    declared = catalogue()[name]
    value = mine[name][0]
    reason = (snapshot.reasons_of(row["game_id"], row["player_key"])).get(name)
    rows = sources_of(
        r, name, game_id=row["game_id"], player_key=row["player_key"], team=row["team"],
        opponent=row["opponent"], tipoff=row["tipoff"], as_of=head["as_of"],
        seq=head["facts_seq"],
    )  # fmt: skip
    return {
        "name": name, "value": value, "unit": declared.unit, "required": declared.required,
        "category": declared.category, "definition": snapshot.definitions[name],
        "quality": "missing" if value is None else "fallback" if reason else "observed",
        "reason": reason, "contribution": contribution,
        "sources": rows,
    }  # fmt: skip
