"""The shadow classifier of breakouts on the snapshot of a published slate."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tipoff.errors import NotFound
from tipoff.features import load_snapshot
from tipoff.forecast import find_publication
from tipoff.models import load
from tipoff.models.families.breakout import FACTOR
from tipoff.results.breakouts import Breakouts

if TYPE_CHECKING:
    from tipoff.features import Snapshot
    from tipoff.lake import Lake, Reader
    from tipoff.models import Model

_NEWEST = """
  SELECT model_id, trained_through FROM models.version
  WHERE model = 'breakout' AND trained_through < $day
  ORDER BY trained_through DESC, recorded_seq DESC"""


def breakouts(lake: Lake, day: date) -> Breakouts:
    """The chance that a role player scores FACTOR times their season mean, likeliest first.

    Raises NotFound without a published slate, or without a classifier trained before the date.
    """
    with lake.reading() as r:
        run = {"run": find_publication(r, day).run_id}
        snapshot = load_snapshot(
            r, r.value("SELECT snapshot_id FROM forecast.run WHERE run_id = $run", run)
        )
        model_id, through = _newest(r, day)
        simulated = r.simulated()
        names = dict(r.rows("SELECT player_key, player_name FROM league.player"))
    players = _chances(load(lake, model_id, snapshot.definitions), snapshot, names)
    return Breakouts.model_validate({
        "date": day, "simulated": simulated, "model_id": model_id, "trained_through": through,
        "snapshot_id": snapshot.snapshot_id,
        "players": sorted(players, key=lambda row: (-row["p_breakout"], row["player_key"])),
    })  # fmt: skip


def _newest(r: Reader, day: date) -> tuple[str, date]:
    """The newest classifier that has seen nothing of the date, and through when it was trained."""
    versions = r.rows(_NEWEST, {"day": day})
    if not versions:
        raise NotFound(
            f"no breakout classifier was trained on games before {day}",
            "tipoff train breakout --through DATE",
        )
    return versions[0][0], versions[0][1]


def _chances(model: Model, snapshot: Snapshot, names: dict[str, str]) -> list[dict[str, Any]]:
    """A row per role player whom the model answers for."""
    answer = model.predict(snapshot.frame, "breakout")
    rows = snapshot.frame.select(
        "player_key", "team", "opponent", "points_avg_season", "breakout_risk_score"
    ).to_dicts()
    return [
        {**row, "player": names.get(row["player_key"], row["player_key"]),
         "p_breakout": float(p), "points_needed": FACTOR * row["points_avg_season"]}
        for row, p, ok in zip(rows, answer.pmf.p[:, 1], answer.ok, strict=True)
        if ok
    ]  # fmt: skip
