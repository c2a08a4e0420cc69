"""The import and doctor commands."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.sources.folders import SECOND, line, tiny
from tipoff.cli import app
from tipoff.errors import SourceError


@pytest.mark.long
def test_import_prints_what_it_did_and_doctor_lists_what_it_could_not(tmp_path: Path) -> None:
    folder = tiny(tmp_path / "folder")
    folder.rows["prop_lines"] += [line(SECOND, "Z. Ghost"), line(SECOND, "Rookie Newman")]
    folder.rows["player_game"][0]["minutes"] = -1.0
    lake = ["--lake", str(tmp_path / "lake")]
    run = CliRunner().invoke

    first = run(app, [*lake, "import", str(folder.write())])
    assert first.exit_code == 0, first.output
    assert "set aside 1 of league.player_game: out of range" in first.output
    assert "next: tipoff doctor" in first.output

    again = run(app, [*lake, "import", str(folder.path), "--json"])
    assert json.loads(again.stdout)["new_rows"] == 0

    result = run(app, [*lake, "doctor", "--json"])
    report = json.loads(result.stdout)
    findings = {f["name"]: f for f in report["checks"]}
    ghost = findings["unresolved line names"]
    assert (ghost["level"], ghost["count"]) == ("problem", 1)
    assert ghost["detail"][0]["player_name"] == "Z. Ghost"
    assert findings["names never seen"]["detail"][0]["player_key"] == "rookienewman"
    assert findings["rows set aside"]["detail"][0]["reason"] == "out of range"
    assert findings["lines timed by rule"]["count"] == 3
    assert findings["tip-offs by default"]["level"] == "ok"
    assert report["problems"] == sum(f["level"] == "problem" for f in report["checks"])

    dated = run(app, [*lake, "doctor", "2025-01-08", "--json"])
    there = {f["name"]: f["count"] for f in json.loads(dated.stdout)["checks"]}
    assert there["unresolved line names"] == 0
    screen = run(app, [*lake, "doctor"])
    assert "unresolved line names" in screen.output


def test_a_bad_folder_is_an_error_and_makes_no_lake(tmp_path: Path) -> None:
    args = ["--lake", str(tmp_path / "lake"), "import", str(tmp_path)]
    result = CliRunner().invoke(app, args)
    assert isinstance(result.exception, SourceError)
    assert result.exception.exit_code == 2
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("word", ["soon", "2025-13-01"])
def test_doctor_refuses_what_is_no_date(tmp_path: Path, word: str) -> None:
    result = CliRunner().invoke(app, ["--lake", str(tmp_path), "doctor", word])
    assert result.exit_code != 0
