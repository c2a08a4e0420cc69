"""tipoff simulate."""

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from tipoff.cli.simulate import simulate

SMALL = ["--seed", "2", "--teams", "4", "--games", "5"]


def _run(*arguments: str) -> str:
    app = typer.Typer()
    app.command()(simulate)
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_says_simulated_and_what_to_try_next(tmp_path: Path) -> None:
    result = _run(str(tmp_path / "league"), *SMALL)
    assert "SIMULATED" in result
    assert f"tipoff --lake L import {tmp_path / 'league'}" in result
    assert (tmp_path / "league" / "truth.parquet").exists()


def test_json_holds_the_row_counts(tmp_path: Path) -> None:
    report = json.loads(_run(str(tmp_path / "league"), *SMALL, "--json"))
    assert report["simulated"] is True
    assert report["rows"]["schedule"] == 10
    assert report["seed"] == 2
