"""`tipoff backtest` and the scoreboard of its file as a person and as a program meet them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tipoff.cli import app
from tipoff.grading import backtest as package
from tipoff.results.backtest import BacktestAbout, BacktestBoard


def call(lake: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--lake", str(lake), *words])


@pytest.fixture(scope="module")
def finished(
    trained_lake: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("backtest-command")
    day, out = str(date(2025, 1, 2)), folder / "out.parquet"
    words = ["--from", day, "--to", day, "--market", "steals", "--out", str(out)]
    done = call(trained_lake, "backtest", *words, "--work", str(folder / "work"), "--json")
    assert done.exit_code == 0, done.output
    return out, json.loads(done.stdout)


def test_the_answer_counts_every_player_game(finished: tuple[Path, dict[str, Any]]) -> None:
    _, said = finished
    for row in said["predicted"]:
        refused = sum(r["n"] for r in said["refused"] if r["model"] == row["model"])
        assert row["rows"] + refused == said["asked"] > 0
    assert said["folds"] == said["fitted"] == 2
    assert said["simulated"]


def test_a_second_run_finds_its_folds_and_says_so(
    trained_lake: Path, finished: tuple[Path, dict[str, Any]]
) -> None:
    out, said = finished
    words = ["--from", said["start"], "--to", said["end"], "--market", "steals"]
    work = str(out.parent / "work")
    done = call(trained_lake, "backtest", *words, "--out", str(out), "--work", work)
    assert done.exit_code == 0
    assert "2 folds (0 made now)" in done.stdout
    assert f"next: tipoff scoreboard --backtest {out}" in done.stdout
    assert said["sha256"][:16] in done.stdout


def test_the_scoreboard_writes_the_page_and_the_pictures_it_links(
    trained_lake: Path, finished: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    out, _ = finished
    page, plots = tmp_path / "page.md", tmp_path / "plots"
    done = call(trained_lake, "scoreboard", "--backtest", str(out), "--min-games", "0",
                "--plots", str(plots), "--write", str(page))  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "### steals: all player-games" in done.stdout
    assert "(plots/pit-steals.svg)" in page.read_text("utf-8")
    assert (plots / "pit-steals.png").exists()


def test_a_result_too_good_leaves_with_exit_code_1(
    trained_lake: Path, finished: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    about = BacktestAbout(
        start=date(2025, 1, 1), end=date(2025, 1, 2), refit="weekly", markets=(), models=(),
        asked=0, refused=(), simulated=False, made_from="x",
    )  # fmt: skip
    words = "x points: too good: a leak until proven otherwise"
    suspect = BacktestBoard(about=about, min_games=10, trials=None, markets=(), warnings=(words,))
    monkeypatch.setattr(package, "board", lambda *_: suspect)
    done = call(trained_lake, "scoreboard", "--backtest", str(finished[0]))
    assert done.exit_code == 1
    assert "! x points: too good" in done.stdout


def test_a_file_that_is_no_backtest_is_an_error_in_words(trained_lake: Path) -> None:
    done = call(trained_lake, "scoreboard", "--backtest", str(trained_lake / "none.parquet"))
    assert done.exit_code == 1
    assert "no backtest at" in str(done.exception)
