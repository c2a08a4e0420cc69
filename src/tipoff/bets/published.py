"""The champions' predictions of a published slate with their pmfs: what bets are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.errors import NotFound
from tipoff.league.players import Player
from tipoff.results.slate import SlateLabels

if TYPE_CHECKING:
    from tipoff.lake import Reader

_SQL = """
  SELECT prediction_id, game_id, player_key, player, team, opponent, market, model, tipoff,
         mean, median, pmf, $day::DATE AS game_date
  FROM forecast.prediction WHERE run_id = $run AND role = 'champion'
  ORDER BY tipoff, game_id, team, player_key, market"""


@dataclass(frozen=True)
class Champions:
    """Champion predictions of a slate, one row per player and market, and the slate's labels."""

    rows: pl.DataFrame
    labels: SlateLabels

    def one(self, player: Player, market: str) -> dict[str, Any]:
        """The prediction of a player's market. Raises NotFound when there is none."""
        theirs = self.rows.filter(pl.col("player_key") == player.key)
        rows = theirs.filter(pl.col("market") == market)
        if not rows.height:
            known = ", ".join(theirs["market"].to_list()) or "no market"
            raise NotFound(
                f"no champion predicts {market} of {player.name} on {self.labels.date} ({known})",
                f"tipoff why {player.name!r} {self.labels.date}",
            )
        return rows.row(0, named=True)


def champions(r: Reader, day: date) -> Champions:
    """The champions of the slate's current publication. Raises NotFound before the first."""
    from tipoff.forecast.view import find_publication, publication_is_backfill, stale_marks

    publication = find_publication(r, day)
    rows = r.query(_SQL, {"run": publication.run_id, "day": day})
    sql = "SELECT as_of FROM forecast.run WHERE run_id = $run"
    labels = {
        "date": day,
        "simulated": r.simulated(),
        "backfill": publication_is_backfill(r, publication),
        **stale_marks(r, publication),
        "publication_id": publication.publication_id,
        "as_of": r.value(sql, {"run": publication.run_id}),
    }
    return Champions(rows, SlateLabels.model_validate(labels))
