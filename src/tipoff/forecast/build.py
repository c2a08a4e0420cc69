"""Building one complete prediction set, inside one read of the lake."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.errors import UsageError
from tipoff.features import (
    build_snapshot,
    checked,
    definition_hashes,
    known_facts,
    slate_frame,
    with_plugins,
)
from tipoff.fingerprint import OWN_FEATURES
from tipoff.forecast.assess import MODES
from tipoff.forecast.builds import Build
from tipoff.forecast.identity import record_hashes, run_id
from tipoff.forecast.lines import consensus
from tipoff.forecast.plan import make_plan
from tipoff.forecast.publish import RunSet, present
from tipoff.forecast.score import Scene, Scored
from tipoff.forecast.staleness import shown_pairs
from tipoff.forecast.versions import Refused, computed_apart, in_order, score_versions
from tipoff.installed import with_broken_plugins
from tipoff.markets import MARKETS, checked_markets
from tipoff.models import (
    Seat,
    code_of,
    eligible,
    open_model,
    stored_versions,
    verified_version,
)
from tipoff.suggest import no_such

if TYPE_CHECKING:
    from tipoff.features import Facts, Snapshot
    from tipoff.forecast.publish import Publication
    from tipoff.forecast.slate import Slate
    from tipoff.lake import Lake, Reader
    from tipoff.lake.backends import Artifacts
    from tipoff.models import Model
    from tipoff.settings import Settings

Say = Callable[[str], None]
_ORDER = {"champion": 0, "challenger": 1, "shadow": 2}


@dataclass(frozen=True)
class Wanted:
    """The models a run should score: their seats, and those that are refused, once it has."""

    seats: tuple[Seat, ...]
    refused: dict[str, Refused]
    models_json: str
    settings_json: str
    complete: bool
    mode: str
    settings: Settings
    build: Build


def wanted_set(
    r: Reader,
    slate: Slate,
    current: Publication | None,
    markets: Sequence[str] | None,
    models: Sequence[str] | None,
    mode: str | None,
    settings: Settings,
) -> Wanted:
    """The seats to fill: what was asked for, and what is already published.

    Shadows come last. Raises UsageError for a market, model or mode nobody knows.
    """
    markets = checked_markets(markets)
    seats = eligible(r, slate.day)
    known = sorted({s.model for s in seats})
    for name in models or ():
        if name not in known:
            raise with_broken_plugins(no_such("model", name, known))
    shown = shown_pairs(r, current) if current else set()
    chosen = [s for s in seats if _asked(s, markets, models) or (s.model, s.market) in shown]
    chosen.sort(key=lambda s: (_ORDER[s.role], s.model, list(MARKETS).index(s.market)))
    late = slate.first_tipoff <= present(r)
    usual = "backfill" if late else "first" if current is None else "retry"
    gate = usual if mode is None else mode
    if gate not in MODES:
        raise UsageError(f"{gate!r} is not a mode", f"choose one of {', '.join(MODES)}")
    roles = [[s.model_id, s.market, s.role] for s in chosen]
    return Wanted(
        tuple(chosen),
        {},
        json.dumps(roles),
        settings.scoring_json(),
        len(chosen) == len(seats),
        gate,
        settings,
        Build(code_of({s.family for s in chosen}, {s.market for s in chosen})),
    )


def build_set(lake: Lake, r: Reader, slate: Slate, wanted: Wanted, say: Say) -> RunSet:
    """Plan, features, lines, scores: one complete set with every triple predicted or refused."""
    say(f"{slate.day}: planning {slate.games.height} games")
    model_ids = list(dict.fromkeys(s.model_id for s in wanted.seats))
    stored = stored_versions(r, model_ids)
    # The models are opened and verified beside the queries, which need no Python meanwhile.
    works = {name: partial(_open, lake.artifacts, stored, name) for name in model_ids}
    opening = in_order(works, computed_apart(wanted.seats))
    with known_facts(r, slate.as_of, slate.seq) as facts:
        plan = make_plan(r, slate, wanted.settings, facts)
        lines = consensus(r, plan.tonight, slate.as_of, slate.seq, wanted.settings)
        say(f"{slate.day}: features of {plan.tonight.height} players")
        names = with_plugins(_read_by(stored)) if OWN_FEATURES else None
        snapshot = make_snapshot(r, slate, plan.tonight, facts, names)
    scene = Scene(plan.players, snapshot, lines, slate.as_of, gate_of(wanted), wanted.settings)
    scored = score_versions(opening, scene, wanted.seats, wanted.refused, say)
    return _assemble(slate, wanted, scene, scored, r.simulated())


def gate_of(wanted: Wanted) -> float:
    """The lowest quality the run's mode lets through."""
    return MODES[wanted.mode](wanted.settings)


def make_snapshot(
    r: Reader,
    slate: Slate,
    tonight: pl.DataFrame,
    facts: Facts,
    names: Sequence[str] | None = None,
) -> Snapshot:
    """The feature snapshot of tonight's players, as of the slate's moment."""
    features = slate_frame(r, tonight, as_of=slate.as_of, seq=slate.seq, names=names, facts=facts)
    return checked(r, build_snapshot(slate.day, slate.as_of, slate.seq, features))


def _read_by(stored: Mapping[str, tuple[str, str | None]]) -> set[str]:
    """Names that model versions read. A damaged manifest names none: it is refused when opened."""
    named: set[str] = set()
    for text, _ in stored.values():
        with suppress(LookupError, TypeError, ValueError):
            named |= json.loads(text)["contract"]["definitions"].keys()
    return named


def _open(
    artifacts: Artifacts, stored: Mapping[str, tuple[str, str | None]], model_id: str
) -> Model:
    manifest, artifact = verified_version(stored, model_id)
    return open_model(artifacts, manifest, artifact, definition_hashes())


def _assemble(
    slate: Slate, wanted: Wanted, scene: Scene, scored: Scored, simulated: bool
) -> RunSet:
    predictions = _stack(scored.predictions)
    refusals = _stack(scored.refusals)
    expected = scene.players.height * len(wanted.seats)
    made_from: dict[str, Any] = {
        "slate": slate.day, "as_of": slate.as_of, "snapshot_id": scene.snapshot.snapshot_id,
        "code_version": wanted.build.code.fingerprint, "gate": gate_of(wanted),
        "settings": wanted.settings_json,
        "models": wanted.models_json, "simulated": simulated,
        "first_tipoff": slate.first_tipoff, "games": slate.games.height, "expected": expected,
        "predicted": predictions.height, "refused": refusals.height,
    }  # fmt: skip
    predictions = sealed_form(predictions).with_columns(
        pl.lit(wanted.build.code.fingerprint).alias("code_version")
    )
    seals = record_hashes(predictions)
    run = run_id(made_from, seals, refusal_keys(refusals))
    predictions = predictions.with_columns(
        pl.Series("record_hash", seals, dtype=pl.String), pl.lit(run).alias("run_id")
    )
    refusals = refusals.with_columns(pl.lit(run).alias("run_id"))
    # The gate's threshold can change a number, the name of the mode cannot.
    head = made_from | {
        "run_id": run,
        "build_id": wanted.build.build_id,
        "facts_seq": slate.seq,
        "mode": wanted.mode,
        "complete": wanted.complete,
    }
    del head["gate"]
    return RunSet(head, predictions, refusals, scene.snapshot, wanted.build)


def sealed_form(predictions: pl.DataFrame) -> pl.DataFrame:
    """Scored rows as they are stored and sealed: NaN means absent, and absent is null."""
    return predictions.with_columns(pl.col(pl.Float64).fill_nan(None))


def refusal_keys(refusals: pl.DataFrame) -> list[str]:
    """One text per refusal, what a run's id covers of it."""
    names = ["game_id", "player_key", "market", "model", "reason"]
    return ["|".join(map(str, row)) for row in refusals.select(names).iter_rows()]


def _stack(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="vertical_relaxed") if frames else _EMPTY


_EMPTY = pl.DataFrame(
    schema={
        "game_id": pl.String, "player_key": pl.String, "player": pl.String, "team": pl.String,
        "market": pl.String, "model": pl.String, "reason": pl.String, "detail": pl.String,
    }
)  # fmt: skip


def _asked(seat: Seat, markets: Sequence[str] | None, models: Sequence[str] | None) -> bool:
    return (not markets or seat.market in markets) and (not models or seat.model in models)
