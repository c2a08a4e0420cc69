"""The two classifiers, asked about a published slate after the fact: who plays, who breaks out.

They read its snapshot and change no forecast; what they say is a field or an answer of its own.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tipoff.errors import ArtifactError, ContractError, NotFound
from tipoff.features import load_snapshot
from tipoff.forecast.view import find_publication
from tipoff.models import load, open_model, read_version
from tipoff.results.breakouts import Breakouts

if TYPE_CHECKING:
    from tipoff.features import Snapshot
    from tipoff.lake import Lake, Reader
    from tipoff.models import Model
    from tipoff.results.slate import Slate

_NEWEST = """
  SELECT model_id, trained_through FROM models.version
  WHERE model = $model AND trained_through < $day
  ORDER BY trained_through DESC, recorded_seq DESC LIMIT 1"""


def with_p_plays(lake: Lake, r: Reader, view: Slate) -> Slate:
    """A slate whose predictions also say `p_plays`, null where it is not known."""
    if _newest(r, "plays", view.date) is None:
        return view
    chance = p_plays(lake, r, load_snapshot(r, view.snapshot_id), view.date)
    rows = tuple(
        row.model_copy(update={"p_plays": chance.get((row.game_id, row.player_key))})
        for row in view.predictions
    )
    return view.model_copy(update={"predictions": rows})


def p_plays(lake: Lake, r: Reader, snapshot: Snapshot, day: date) -> dict[tuple[str, str], float]:
    """(game_id, player_key) -> P(plays) by the newest `plays` version trained before `day`.

    Empty when there is none, or when it cannot read the snapshot: nothing else depends on it.
    Players who are not on the roster by their last box score are left out.
    """
    newest = _newest(r, "plays", day)
    if newest is None:
        return {}
    try:
        model = open_model(lake.artifacts, *read_version(r, newest[0]), snapshot.definitions)
    except (ArtifactError, ContractError):
        return {}
    answer = model.predict(snapshot.frame, "plays")
    keys = snapshot.frame.select("game_id", "player_key").rows()
    chances = zip(keys, answer.pmf.p[:, 1].tolist(), answer.ok.tolist(), strict=True)
    return {key: p for key, p, ok in chances if ok}


def breakouts(lake: Lake, day: date) -> Breakouts:
    """The chance that a role player scores FACTOR times their season mean, likeliest first.

    Raises NotFound without a published slate, or without a classifier trained before the date.
    """
    with lake.reading() as r:
        run = {"run": find_publication(r, day).run_id}
        snapshot = load_snapshot(
            r, r.value("SELECT snapshot_id FROM forecast.run WHERE run_id = $run", run)
        )
        newest = _newest(r, "breakout", day)
        if newest is None:
            raise NotFound(
                f"no breakout classifier was trained on games before {day}",
                "tipoff train breakout --through DATE",
            )
        simulated = r.simulated()
        names = dict(r.rows("SELECT player_key, player_name FROM league.player"))
    model_id, trained_through = newest
    players = _chances(load(lake, model_id, snapshot.definitions), snapshot, names)
    return Breakouts.model_validate({
        "date": day, "simulated": simulated, "model_id": model_id,
        "trained_through": trained_through, "snapshot_id": snapshot.snapshot_id,
        "players": sorted(players, key=lambda row: (-row["p_breakout"], row["player_key"])),
    })  # fmt: skip


def _chances(model: Model, snapshot: Snapshot, names: dict[str, str]) -> list[dict[str, Any]]:
    """A row per role player whom the model answers for."""
    # Only who asks for breakouts pays for the import of the family.
    from tipoff.models.families.breakout import FACTOR

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


def _newest(r: Reader, model: str, day: date) -> tuple[str, date] | None:
    """Id and last training day of the newest version that has seen nothing of the date."""
    versions = r.rows(_NEWEST, {"model": model, "day": day})
    return (versions[0][0], versions[0][1]) if versions else None
