"""The smallest league that can be forecast: four teams, two short seasons, cut into folders."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from tipoff.features import feature_set, training_frame
from tipoff.lake import Lake
from tipoff.models import ensure_baselines
from tipoff.sources import import_folder
from tipoff.sources.simulator import simulate

SEED, TEAMS, GAMES = 5, 4, 12
LATER = 5
FACTS = ("player_game", "team_game", "officials", "prop_lines", "game_lines", "injuries")


@dataclass(frozen=True)
class Ground:
    """A lake that holds the league up to a date, and what may be imported after it.

    `parts` continue the league, each longer than the one before; `amended` are the last part with
    some box scores changed; `days` are the slates to forecast, oldest first.
    """

    lake: Path
    parts: tuple[Path, ...]
    amended: tuple[Path, ...]
    days: tuple[date, ...]

    @property
    def training(self) -> Path:
        """A Parquet file."""
        return self.lake.parent / "training.parquet"


def build(root: Path) -> Ground:
    """Make the lake and the folders under `root`, or find them there."""
    whole = root / "whole"
    if not (root / "built").exists():
        shutil.rmtree(root, ignore_errors=True)
        simulate(whole, seed=SEED, seasons=2, teams=TEAMS, games=GAMES)
        days = _days(whole)
        for n, day in enumerate(_cuts(days)):
            _cut(whole, root / f"part-{n}", day)
        for n in range(LATER):
            amend(root / f"part-{LATER}", root / f"amended-{n}", n)
        with Lake.open(root / "lake", create=True) as lake:
            import_folder(lake, root / "part-0")
            ensure_baselines(lake, days[-LATER])
            with lake.reading() as r:
                through = days[-LATER - 2] - timedelta(days=1)
                rows = training_frame(r, start=None, through=through, names=feature_set("v2_33"))
        rows.write_parquet(root / "training.parquet")
        (root / "built").touch()
    parts = tuple(root / f"part-{n}" for n in range(1, LATER + 1))
    amended = tuple(root / f"amended-{n}" for n in range(LATER))
    return Ground(root / "lake", parts, amended, tuple(_days(whole)[-LATER - 2 : -1]))


def _days(folder: Path) -> list[date]:
    games = pl.read_parquet(folder / "schedule.parquet")
    newest = games.filter(pl.col("season") == games["season"].max())
    return [_as_date(d) for d in newest["game_date"].unique().sort()]


def _as_date(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _cuts(days: list[date]) -> list[date]:
    return days[-LATER - 1 :]


def _cut(whole: Path, target: Path, day: date) -> None:
    """The league as it stands on the morning of `day`: the schedule whole, the rest before it,
    and that day's own lines."""
    target.mkdir(parents=True)
    shutil.copy(whole / "league.json", target)
    played = pl.col("game_date").cast(pl.String).str.slice(0, 10) < day.isoformat()
    games = pl.read_parquet(whole / "schedule.parquet").with_columns(
        *(pl.when(played).then(n).alias(n) for n in ("home_pts", "away_pts")),
        status=pl.when(played).then("status").otherwise(pl.lit("scheduled")),
    )
    games.write_parquet(target / "schedule.parquet")
    for name in FACTS:
        frame = pl.read_parquet(whole / f"{name}.parquet")
        column = "date" if name == "injuries" else "game_date"
        until = pl.col(column).cast(pl.String).str.slice(0, 10)
        early = name in ("prop_lines", "game_lines", "injuries")
        kept = until <= day.isoformat() if early else until < day.isoformat()
        frame.filter(kept).write_parquet(target / f"{name}.parquet")


def amend(source: Path, target: Path, n: int, by: int = 1) -> None:
    """The folder with `by` more free throws, made, in the nth of 97 shares of its box scores."""
    shutil.copytree(source, target)
    rows = pl.read_parquet(source / "player_game.parquet").with_row_index("at")
    chosen = (pl.col("at") % 97 == n) & (pl.col("pts") > 0)
    more = [pl.when(chosen).then(pl.col(c) + by).otherwise(pl.col(c)).alias(c)
            for c in ("pts", "ftm", "fta")]  # fmt: skip
    rows.with_columns(more).drop("at").write_parquet(target / "player_game.parquet")
