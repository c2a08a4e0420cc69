"""The feature build against what DuckDB needs for one window of each kind."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.measure import best
from tipoff.features import training_frame
from tipoff.lake import Lake

Row = tuple[str, str, str, str]
WINDOWS = """
  SELECT sum(x) FROM (SELECT
    sum(pts) OVER last_5 + sum(pts) OVER last_10 + sum(minutes) OVER last_20 + sum(pts) OVER season
    + sum(ast) OVER career + sum(reb) OVER team_10 + sum(pts) OVER team_season AS x
  FROM league.player_game WHERE minutes > 0
  WINDOW last_5 AS (PARTITION BY player_key ORDER BY tipoff
                    ROWS BETWEEN 5 PRECEDING AND 1 PRECEDING),
    last_10 AS (PARTITION BY player_key ORDER BY tipoff
                ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING),
    last_20 AS (PARTITION BY player_key ORDER BY tipoff
                ROWS BETWEEN 20 PRECEDING AND 1 PRECEDING),
    season AS (PARTITION BY player_key, season ORDER BY tipoff
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    career AS (PARTITION BY player_key ORDER BY tipoff
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    team_10 AS (PARTITION BY team ORDER BY tipoff ROWS BETWEEN 10 PRECEDING AND 1 PRECEDING),
    team_season AS (PARTITION BY team, season ORDER BY tipoff
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))"""


def measure(folder: Path) -> Iterator[Row]:
    """All features of all real seasons, and its ratio to one window of each kind."""
    with Lake.open(folder) as lake, lake.reading() as r:
        floor = best(lambda: r.rows(WINDOWS))
        sizes: list[int] = []
        built = best(
            lambda: sizes.append(
                training_frame(r, start=None, through=date(2025, 6, 30)).height
            ), 1,
        )  # fmt: skip
    ratio = built / floor
    kept = "ok" if ratio <= 3 else "MISSED"
    yield (f"all features of {sizes[0]:,} player-games", f"{built:.2f} s", "", "")
    yield ("  over one window of each kind", f"{ratio:.1f} x ({floor:.2f} s)", "3 x", kept)
