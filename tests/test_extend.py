"""docs/extend.md runs: its files are written down as they stand there and do what it says."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.first_edition import unpacked
from tests.simulated import own_copy
from tipoff.cli import app
from tipoff.features import add_feature, added_features, remove_feature, training_frame
from tipoff.features.build import FOREVER
from tipoff.lake import Lake
from tipoff.sources import add_source, import_files, remove_source

PAGE = Path(__file__).resolve().parents[1] / "docs" / "extend.md"
BLOCKS = dict(
    re.findall(r"^```\w+ (\S+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
)  # fmt: skip
MOST_LINES = 60


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The page's files in a folder of their own, its modules imported from there."""
    for name, text in BLOCKS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    stems = [Path(name).stem for name in BLOCKS if name.endswith(".py")]
    yield {stem: importlib.import_module(stem) for stem in stems}
    for stem in stems:
        del sys.modules[stem]
    for added in added_features():
        remove_feature(added.name)
    remove_source("feed")


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """The lake of the fixture, one's own."""
    with Lake.open(unpacked(tmp_path / "first")) as opened:
        yield opened


def test_its_code_is_short() -> None:
    code = [text for name, text in BLOCKS.items() if name.endswith(".py")]
    lines = [line for text in code for line in text.splitlines() if line.strip()]
    assert 0 < len(lines) < MOST_LINES


def test_every_plugin_it_lists_is_there(modules: dict[str, ModuleType]) -> None:
    (listed,) = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    for spec in tomllib.loads(listed)["plugins"]:
        module, _, name = spec.partition(":")
        if module in modules:
            assert hasattr(modules[module], name), spec


def test_its_features_are_built_and_its_values_imported(
    modules: dict[str, ModuleType], lake: Lake, tmp_path: Path
) -> None:
    own = modules["own_features"]
    for each in (own.free_throws, own.form, own.index):
        add_feature(each)
    with lake.reading() as r:
        teams = [t for (t,) in r.rows("SELECT DISTINCT team FROM league.team_game ORDER BY team")]
        last = r.value("SELECT max(game_date) FROM league.player_game")
    file = tmp_path / "travel_index.csv"
    text = BLOCKS[file.name].replace("BOS", teams[0]).replace("NYK", teams[1])
    file.write_text(text.replace("2024-11-10", "2023-01-10"), encoding="utf-8")
    assert import_files(lake, "external", [file]).new_rows == 2
    names = ["fta_mean_last_15", "form", "travel_index"]
    with lake.reading() as r:
        frame = training_frame(r, start=None, through=last, as_of=FOREVER, names=names)
    assert frame.height > 100
    for name in names:
        assert frame[name].null_count() < frame.height, name
    assert set(frame["travel_index"].drop_nulls()) == {0.8, 0.2}


def test_all_three_beside_a_lake_work_from_the_command_line(
    trained_lake: Path, slate_day: date, tmp_path: Path
) -> None:
    place = tmp_path / "lake"
    own_copy(trained_lake, place)
    (listed,) = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    (place / "tipoff.toml").write_text(listed, encoding="utf-8")
    for name, text in BLOCKS.items():
        (place / name).write_text(text, encoding="utf-8")
    day, before = str(slate_day), str(slate_day - timedelta(days=1))

    def tipoff(*words: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "tipoff", "--lake", str(place), *words, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    trained = tipoff("train", "ridge", "--through", before)
    assert trained["model"] == "ridge"
    assert trained["new"] is True
    run = tipoff("run", day)
    assert run["refused_models"] == {}
    predictions = tipoff("slate", day, "--model", "ridge")["predictions"]
    assert {p["market"] for p in predictions} == {"points", "rebounds", "assists"}
    assert {p["role"] for p in predictions} == {"shadow"}
    # Another process makes the same set from what is stored.
    assert tipoff("reproduce", run["run_id"])["reproduced"] is True
    assert tipoff("run", day)["nothing_to_do"] is True


def test_its_source_stores_reports_of_real_players(
    modules: dict[str, ModuleType], lake: Lake, tmp_path: Path
) -> None:
    add_source(modules["own_sources"].Feed())
    with lake.reading() as r:
        who, club, day = r.rows(
            "SELECT player_name, team, game_date FROM league.player_game"
            " ORDER BY game_date DESC, player_name LIMIT 1"
        )[0]
    report = {"day": str(day), "club": club, "who": who, "word": "Out", "at": f"{day}T15:00:00Z"}
    file = tmp_path / "night.json"
    file.write_text(json.dumps({"reports": [report, report | {"word": "asleep"}]}), "utf-8")
    where = lake.location
    lake.close()
    asked = ["--lake", where, "import", "--source", "feed", str(file), "--json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, f"{done.output} {done.exception!r}"
    taken = json.loads(done.stdout)
    assert (taken["new_rows"], taken["set_aside"]) == (1, 1)
    with Lake.open(where) as again, again.reading() as r:
        sql = "SELECT status FROM league.injury WHERE player_name = $who AND date = $day"
        assert r.rows(sql, {"who": who, "day": day}) == [("out",)]
