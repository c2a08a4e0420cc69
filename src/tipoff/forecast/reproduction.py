"""reproduce: re-run published predictions from what is stored, and name the first difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.errors import (
    ArtifactError,
    ContractError,
    IntegrityError,
    NotFound,
    PluginFailed,
    PluginTimeout,
)
from tipoff.features import definition_hashes, load_snapshot, redefined, slate_frame
from tipoff.forecast.build import refusal_keys, sealed_form
from tipoff.forecast.builds import other_code, other_libraries, read_build
from tipoff.forecast.identity import record_hashes, run_id
from tipoff.forecast.lines import consensus
from tipoff.forecast.score import KEYS, Scene, score_model
from tipoff.models import open_model, read_version
from tipoff.results.work import Reproduction
from tipoff.settings import Settings

if TYPE_CHECKING:
    from tipoff.features import Snapshot
    from tipoff.lake import Lake, Reader
    from tipoff.models import Model

Say = Callable[[str], None]
_NOT_COMPARED = {"recorded_seq", "record_hash", "run_id", "code_version"}
_GATE_OPEN = 0.0
"""Quality blocks nothing here: a published row has passed its gate already."""


@dataclass(frozen=True)
class _Seen:
    """What was seen on the way; no difference when all is bit-identical."""

    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def reproduce(
    lake: Lake, run: str, prediction: str | None = None, say: Say = lambda _text: None
) -> Reproduction:
    """Re-run a run's predictions (or one of them) and compare every number bit for bit.

    Checks, in order: each row's seal and the run's id (a change by hand, the recorded code
    version included), the snapshot's rows against their hashes and against features rebuilt from
    the facts pinned by the run's recorded_seq, the model file against hash and golden rows, the
    line rows, and the scores. Raises NotFound when there is nothing to check.
    """
    with lake.reading() as r:
        head = _head(r, run)
        rows = r.query(
            "SELECT * FROM forecast.prediction WHERE run_id = $run"
            " AND ($prediction IS NULL OR prediction_id = $prediction) ORDER BY ALL",
            {"run": run, "prediction": prediction},
        )
        if not rows.height:
            raise NotFound(f"run {run} has no such prediction", "tipoff slate DATE lists them")
        seen = _Seen()
        say("checking seals")
        seen.differences.extend(_broken_seals(r, head, rows))
        build = read_build(r, head["build_id"])
        seen.notes.extend(f"made by {text}" for text in other_code(build, head["code_version"]))
        seen.notes.extend(f"made with {text}" for text in other_libraries(build))
        say("rebuilding features from pinned facts")
        snapshot = _snapshot(r, head, rows, seen)
        if snapshot is not None:
            say("scoring again")
            _score_again(lake, r, head, rows, snapshot, seen)
    return Reproduction(
        run_id=run, reproduced=not seen.differences, checked=rows.height,
        differences=tuple(seen.differences), notes=tuple(seen.notes),
    )  # fmt: skip


def find_prediction(r: Reader, name: str) -> tuple[str, str]:
    """(run_id, prediction_id) of a prediction by its id or an unambiguous beginning of it.

    The newest publication that holds it counts. Raises NotFound.
    """
    sql = """
      SELECT p.run_id, p.prediction_id FROM forecast.prediction p
      LEFT JOIN forecast.publication u USING (run_id)
      WHERE starts_with(p.prediction_id, $name) ORDER BY u.recorded_seq DESC NULLS LAST"""
    rows = r.rows(sql, {"name": name})
    if len({row[1] for row in rows}) != 1:
        what = "is ambiguous" if rows else "is no prediction"
        raise NotFound(f"{name!r} {what}", "tipoff slate DATE --json lists the ids")
    return str(rows[0][0]), str(rows[0][1])


def _head(r: Reader, run: str) -> dict[str, Any]:
    rows = r.query("SELECT * FROM forecast.run WHERE run_id = $run", {"run": run}).to_dicts()
    if not rows:
        raise NotFound(f"no run {run}", "tipoff slate DATE names the published run")
    return rows[0]


def _broken_seals(r: Reader, head: Mapping[str, Any], rows: pl.DataFrame) -> list[str]:
    found = []
    fields = rows.drop("pmf").iter_rows(named=True)
    for row, seal in zip(fields, record_hashes(rows), strict=True):
        if row["code_version"] != head["code_version"]:
            found.append(
                f"{row['prediction_id']}: recorded code_version is {row['code_version']},"
                f" its run was made by {head['code_version']}"
            )
        elif seal != row["record_hash"]:
            found.append(f"{row['prediction_id']}: the stored row was changed after its commit")
    return found or _broken_run(r, head)


def _broken_run(r: Reader, head: Mapping[str, Any]) -> list[str]:
    """The run's id covers its own record and every row of its set."""
    from tipoff.forecast.assess import MODES

    run = {"run": head["run_id"]}
    seals = r.query("SELECT record_hash FROM forecast.prediction WHERE run_id = $run", run)
    refused = r.query("SELECT * FROM forecast.refusal WHERE run_id = $run", run)
    settings = Settings.model_validate_json(head["settings"])
    names = ("slate", "as_of", "snapshot_id", "code_version", "settings", "models", "simulated",
             "first_tipoff", "games", "expected", "predicted", "refused")  # fmt: skip
    made_from = {n: head[n] for n in names} | {"gate": MODES[head["mode"]](settings)}
    rebuilt = run_id(made_from, seals["record_hash"].to_list(), refusal_keys(refused))
    if rebuilt == head["run_id"]:
        return []
    return [
        f"run {head['run_id']}: its record (code_version {head['code_version']}, as_of, settings,"
        f" models, counts or set) hashes to {rebuilt}: it was changed after its commit"
    ]


def _snapshot(
    r: Reader, head: Mapping[str, Any], rows: pl.DataFrame, seen: _Seen
) -> Snapshot | None:
    try:
        stored = load_snapshot(r, head["snapshot_id"])
    except (ArtifactError, IntegrityError, NotFound) as error:
        seen.differences.append(error.message)
        stored = load_snapshot(r, head["snapshot_id"], verify=False)
    wanted = stored.frame.join(rows.select("game_id", "player_key").unique(),
                               on=["game_id", "player_key"], how="semi")  # fmt: skip
    changed = redefined(stored.definitions, definition_hashes())
    same = [name for name in stored.definitions if name not in changed]
    if changed:
        some = ", ".join(changed[:3]) + (", ..." if len(changed) > 3 else "")
        seen.notes.append(f"{len(changed)} definitions changed since, not rebuilt: {some}")
    games = r.query(
        "SELECT DISTINCT game_id, game_date, season, game_type FROM league.game"
        " WHERE recorded_seq <= $seq"
        " QUALIFY row_number() OVER (PARTITION BY game_id ORDER BY recorded_seq DESC) = 1",
        {"seq": head["facts_seq"]},
    )
    tonight = wanted.join(games, on="game_id", how="left")
    rebuilt = slate_frame(r, tonight, as_of=head["as_of"], seq=head["facts_seq"], names=same)
    seen.differences.extend(_feature_differences(wanted, rebuilt.frame, same))
    return stored


def _feature_differences(
    stored: pl.DataFrame, rebuilt: pl.DataFrame, names: list[str]
) -> list[str]:
    keys = ["game_id", "player_key"]
    both = stored.select(*keys, *names).join(
        rebuilt.select(*keys, *names), on=keys, how="left", suffix="_rebuilt", validate="1:1"
    )
    found = []
    for name in names:
        other = f"{name}_rebuilt"
        unequal = both.filter(pl.col(name).ne_missing(pl.col(other)))
        found += [
            f"feature {name} of {row['player_key']} in {row['game_id']}:"
            f" stored {row[name]}, rebuilt from facts {row[other]}"
            for row in unequal.iter_rows(named=True)
        ]
    return found


def _score_again(
    lake: Lake, r: Reader, head: Mapping[str, Any], rows: pl.DataFrame, snapshot: Snapshot,
    seen: _Seen,
) -> None:  # fmt: skip
    settings = Settings.model_validate_json(head["settings"])
    players = rows.select(KEYS).unique(["game_id", "player_key"]).with_columns(
        reason=pl.lit(None, pl.String), detail=pl.lit(None, pl.String),
        game_date=pl.lit(head["slate"]),
    )  # fmt: skip
    lines = consensus(r, players, head["as_of"], head["facts_seq"], settings)
    scene = Scene(players, snapshot, lines, head["as_of"], _GATE_OPEN, settings)
    for (model_id, market, role), part in rows.group_by("model_id", "market", "role"):
        try:
            model = _open(lake, r, str(model_id), snapshot)
        except (ArtifactError, ContractError, NotFound, PluginFailed, PluginTimeout) as error:
            seen.differences.append(f"model {model_id}: {error.message}")
            continue
        scored = score_model(scene, model, str(role), [str(market)])
        failed = [x for r in scored.refusals for x in _failures(r)]
        if failed:
            seen.differences.append(f"model {model_id} in {market}: {failed[0]}")
            continue
        again = sealed_form(pl.concat(scored.predictions)) if scored.predictions else part.clear()
        seen.differences.extend(_score_differences(part, again))


def _failures(refusals: pl.DataFrame) -> list[str]:
    """What a model raised instead of an answer."""
    return refusals.filter(pl.col("reason") == "model_error")["detail"].to_list()


def _open(lake: Lake, r: Reader, model_id: str, snapshot: Snapshot) -> Model:
    manifest, artifact = read_version(r, model_id)
    return open_model(lake.artifacts, manifest, artifact, snapshot.definitions)


def _score_differences(stored: pl.DataFrame, again: pl.DataFrame) -> list[str]:
    new = {row["prediction_id"]: row for row in again.iter_rows(named=True)}
    found = []
    for row in stored.iter_rows(named=True):
        other = new.get(row["prediction_id"])
        if other is None:
            found.append(
                f"{row['prediction_id']} ({row['player']}, {row['market']}, {row['model']}):"
                " the re-run gives no prediction of this id: inputs differ"
            )
            continue
        for name in sorted(other.keys() - _NOT_COMPARED):
            if row[name] != other[name]:
                found.append(
                    f"{row['prediction_id']} ({row['player']}, {row['market']}, {row['model']}):"
                    f" {name} was {_short(row[name])}, is {_short(other[name])}"
                )
                break
    return found


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 80 else text[:77] + "..."
