"""What happens tonight or later cannot reach tonight's features, snapshot or predictions."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.long import sampled
from tests.simulated import built_once
from tipoff.forecast import reconcile
from tipoff.lake import Lake
from tipoff.models import train
from tipoff.sources import import_folder

pytestmark = pytest.mark.xdist_group("slate leaks")  # one worker makes the season, not both

DAY = date(2025, 1, 10)
TRAINED_THROUGH = date(2024, 12, 31)
FIRST, LAST = date(2024, 10, 15), date(2025, 1, 31)
STATS = ["minutes", "pts", "reb", "oreb", "dreb", "ast", "stl", "blk", "tov", "pf", "fgm", "fga",
         "fg3m", "fg3a", "ftm", "fta", "plus_minus", "usg_pct", "starter"]  # fmt: skip

Change = Callable[[Path], None]
Made = tuple[str, pl.DataFrame, pl.DataFrame]


def rewrite(folder: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    path = folder / f"{name}.parquet"
    change(pl.read_parquet(path)).write_parquet(path)


def since(frame: pl.DataFrame) -> pl.Series:
    return frame["game_date"] >= DAY


def permute_results(folder: Path) -> None:
    """Shuffle every box score, team line and final score of tonight and later."""

    def shuffled(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
        late, early = frame.filter(since(frame)), frame.filter(~since(frame))
        order = pl.int_range(late.height, eager=True).shuffle(seed=1)
        return pl.concat([early, late.with_columns(late.select(columns)[order])])

    team = [c for c in STATS if c not in ("minutes", "plus_minus", "usg_pct", "starter")]
    rewrite(folder, "player_game", lambda f: shuffled(f, STATS))
    rewrite(folder, "team_game", lambda f: shuffled(f, [*team, "opp_pts", "possessions"]))
    rewrite(folder, "schedule", lambda f: shuffled(f, ["home_pts", "away_pts"]))


def delete_results(folder: Path) -> None:
    """Leave fixtures alone, take every result of tonight and later away."""

    def no_result(frame: pl.DataFrame) -> pl.DataFrame:
        late = pl.col("game_date") >= DAY
        blank = [pl.when(~late).then(pl.col(c)).alias(c) for c in ("home_pts", "away_pts")]
        status = pl.when(late).then(pl.lit("scheduled")).otherwise("status").alias("status")
        return frame.with_columns(*blank, status)

    for name in ("player_game", "team_game"):
        rewrite(folder, name, lambda f: f.filter(~since(f)))
    rewrite(folder, "schedule", no_result)


def drop_late_lines(folder: Path) -> None:
    """Drop every prop line stamped at or after the first tip-off, and all of later dates."""
    tip = "2025-01-11T00:10:00Z"

    def early(frame: pl.DataFrame) -> pl.DataFrame:
        late = (pl.col("game_date") > DAY) | (
            (pl.col("game_date") == DAY) & (pl.col("snapshot_time").fill_null("") >= tip)
        )
        return frame.filter(~late)

    rewrite(folder, "prop_lines", early)


def move_late_lines(folder: Path) -> None:
    """Post-tip quotes with absurd numbers appear for every line of tonight."""

    def with_late(frame: pl.DataFrame) -> pl.DataFrame:
        tonight = frame.filter(pl.col("game_date") == DAY).with_columns(
            pl.lit("2025-01-11T05:00:00Z").alias("snapshot_time"), pl.col("line") + 20
        )
        return pl.concat([frame, tonight])

    rewrite(folder, "prop_lines", with_late)


CHANGES: dict[str, Change] = {
    "permuting all results of tonight and later": permute_results,
    "deleting all results of tonight and later": delete_results,
    "dropping all lines at or after tip-off": drop_late_lines,
    "adding absurd lines after tip-off": move_late_lines,
}


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    """The real folder of the season until January: short imports."""

    def build(folder: Path) -> None:
        (folder / "data").mkdir(parents=True)
        for path in real_data.glob("*.parquet"):
            frame = pl.read_parquet(path)
            day = "date" if "date" in frame.columns else "game_date"
            kept = frame.filter(pl.col(day).is_between(FIRST, LAST))
            kept.write_parquet(folder / "data" / path.name)

    return built_once(tmp_path_factory, "real-season", build) / "data"


def publish(folder: Path, at: Path) -> Made:
    """Import, train through December, run 2025-01-10: snapshot id, features, predictions."""
    with Lake.open(at, create=True) as lake:
        import_folder(lake, folder)
        train(lake, "catboost_v9", TRAINED_THROUGH)
        run = reconcile(lake, DAY).run_id
        with lake.reading() as r:
            predictions = r.query(
                "SELECT * EXCLUDE (recorded_seq) FROM forecast.prediction WHERE run_id = $run"
                " ORDER BY prediction_id", {"run": run},
            )  # fmt: skip
            values = r.query("SELECT * EXCLUDE (recorded_seq) FROM features.value ORDER BY ALL")
    return predictions["snapshot_id"][0], values, predictions


@pytest.fixture(scope="module")
def truth(season: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return publish(season, tmp_path_factory.mktemp("truth") / "lake")


@pytest.mark.parametrize("what", sampled(CHANGES))
def test_nothing_of_tonight_or_later_changes_a_feature_a_snapshot_or_a_prediction(
    what: str, season: Path, truth: Made, tmp_path: Path
) -> None:
    shutil.copytree(season, tmp_path / "data")
    CHANGES[what](tmp_path / "data")
    snapshot_id, values, predictions = publish(tmp_path / "data", tmp_path / "lake")
    assert values.equals(truth[1])
    assert snapshot_id == truth[0]
    assert predictions.equals(truth[2])
    assert predictions.height > 500


def test_the_comparison_would_notice_a_result_of_yesterday(
    season: Path, truth: Made, tmp_path: Path
) -> None:
    """The control: one more point in a box score of the night before changes the snapshot."""
    shutil.copytree(season, tmp_path / "data")

    def one_more_point(frame: pl.DataFrame) -> pl.DataFrame:
        scorer = (pl.col("game_date") == date(2025, 1, 8)) & (pl.col("player_key") == "lukadoncic")
        scorer |= (pl.col("game_date") == date(2025, 1, 8)) & (pl.col("team") == "NYK")
        more = [pl.when(scorer).then(pl.col(c) + 1).otherwise(c).cast(pl.Int16).alias(c)
                for c in ("pts", "ftm", "fta")]  # fmt: skip
        return frame.with_columns(more)

    rewrite(tmp_path / "data", "player_game", one_more_point)
    snapshot_id, values, _ = publish(tmp_path / "data", tmp_path / "lake")
    assert snapshot_id != truth[0]
    assert not values.equals(truth[1])
