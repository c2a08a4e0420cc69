"""P(plays) beside published predictions: a field of its own, read after the fact, in no pmf."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tipoff.errors import ArtifactError, ContractError
from tipoff.features import load_snapshot
from tipoff.models import open_model, read_version

if TYPE_CHECKING:
    from tipoff.features import Snapshot
    from tipoff.lake import Lake, Reader
    from tipoff.results.slate import Slate

_NEWEST = """
  SELECT model_id FROM models.version WHERE model = 'plays' AND trained_through < $day
  ORDER BY trained_through DESC, recorded_seq DESC LIMIT 1"""


def p_plays(lake: Lake, r: Reader, snapshot: Snapshot, day: date) -> dict[tuple[str, str], float]:
    """(game_id, player_key) -> P(plays) by the newest `plays` version trained before `day`.

    Empty when there is none, or when it cannot read the snapshot: nothing else depends on it.
    Players who are not on the roster by their last box score are left out.
    """
    model_id = _version(r, day)
    if model_id is None:
        return {}
    try:
        model = open_model(lake.artifacts, *read_version(r, model_id), snapshot.definitions)
    except (ArtifactError, ContractError):
        return {}
    answer = model.predict(snapshot.frame, "plays")
    keys = snapshot.frame.select("game_id", "player_key").rows()
    found = zip(keys, answer.pmf.p[:, 1].tolist(), answer.ok.tolist(), strict=True)
    return {key: p for key, p, ok in found if ok}


def with_p_plays(lake: Lake, r: Reader, view: Slate) -> Slate:
    """A slate whose predictions also say `p_plays`, null where it is not known."""
    if _version(r, view.date) is None:
        return view
    chance = p_plays(lake, r, load_snapshot(r, view.snapshot_id), view.date)
    rows = tuple(
        row.model_copy(update={"p_plays": chance.get((row.game_id, row.player_key))})
        for row in view.predictions
    )
    return view.model_copy(update={"predictions": rows})


def _version(r: Reader, day: date) -> str | None:
    found: str | None = r.value(_NEWEST, {"day": day})
    return found
