"""The folder as a whole: layout, repeatability, safety."""

import json
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tipoff.errors import UsageError
from tipoff.results.data import SimulationReport
from tipoff.sources.layout import FILES, is_simulated, read_folder
from tipoff.sources.simulator import VERSION, simulate


def _small(folder: Path, seed: int = 1, seasons: int = 1) -> SimulationReport:
    return simulate(folder, seed=seed, seasons=seasons, teams=4, games=6)


def test_the_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        _small(tmp_path / name, seed=3, seasons=2)
    _small(tmp_path / "other", seed=4, seasons=2)
    names = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert names == sorted(p.name for p in (tmp_path / "two").iterdir())
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    box = [pl.read_parquet(tmp_path / n / "player_game.parquet") for n in ("one", "other")]
    with pytest.raises(AssertionError):
        assert_frame_equal(box[0], box[1])


def test_the_columns_and_types_are_those_of_the_real_folder(league: Path, real_data: Path) -> None:
    for name in FILES:
        ours = pl.read_parquet_schema(league / f"{name}.parquet")
        theirs = pl.read_parquet_schema(real_data / f"{name}.parquet")
        assert list(ours.items()) == list(theirs.items()), name


def test_the_folder_is_importable_and_marked_as_simulated(league: Path) -> None:
    assert {file.name for file in read_folder(league)} == set(FILES)
    assert is_simulated(league)
    mark = json.loads((league / "league.json").read_text())
    assert mark["version"] == VERSION
    assert mark["seasons"] == ["2023-24", "2024-25"]
    for name in FILES:
        frame = pl.read_parquet(league / f"{name}.parquet")
        assert (frame["source_repo"] == "tipoff simulator").all()


def test_the_report_counts_what_was_written(tmp_path: Path) -> None:
    steps: list[str] = []
    report = simulate(tmp_path / "x", seed=1, seasons=1, teams=4, games=6, progress=steps.append)
    for name, rows in report.rows.items():
        assert len(pl.read_parquet(tmp_path / "x" / f"{name}.parquet")) == rows > 0
    assert report.rows["schedule"] == 12
    assert report.simulated
    assert steps


def test_playoffs_follow_when_there_are_eight_teams(league: Path) -> None:
    schedule = pl.read_parquet(league / "schedule.parquet")
    assert dict(schedule["game_type"].value_counts().iter_rows()) == {
        "regular": 2 * 130,
        "playoffs": 2 * 21,
    }
    ends = schedule.group_by("season", "game_type").agg(
        first=pl.col("game_date").min(), last=pl.col("game_date").max()
    )
    wide = ends.pivot("game_type", index="season", values=["first", "last"])
    assert (wide["first_playoffs"] > wide["last_regular"]).all()
    assert schedule["nba_game_id"].is_unique().all()


def test_a_folder_with_other_things_in_it_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(UsageError, match="not a simulation"):
        _small(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["precious.txt"]


def test_an_earlier_simulation_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "league"
    _small(folder, seed=1)
    (folder / "stale.parquet").write_bytes(b"old")
    _small(folder, seed=2)
    assert json.loads((folder / "league.json").read_text())["seed"] == 2
    assert not (folder / "stale.parquet").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["league"]


def test_a_failure_half_way_leaves_the_old_league_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "league"
    _small(folder, seed=1)
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", fail)
    with pytest.raises(OSError, match="disk full"):
        _small(folder, seed=2)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["league"]


@pytest.mark.parametrize(
    "wrong",
    [{"teams": 5}, {"teams": 32}, {"games": 83}, {"seasons": 0}, {"seed": -1}],
    ids=str,
)
def test_arguments_out_of_range_are_named(tmp_path: Path, wrong: dict[str, int]) -> None:
    arguments = {"seed": 1, "seasons": 1, "teams": 4, "games": 6, **wrong}
    with pytest.raises(UsageError, match=str(next(iter(wrong.values())))):
        simulate(tmp_path / "x", **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "x").exists()
