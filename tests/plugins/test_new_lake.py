"""Plug-ins beside a named lake that is yet to be made: they count for the command that makes it,
when they are this user's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_extend import BLOCKS
from tipoff.errors import UsageError
from tipoff.plugins import load_plugins

ROOT = Path(__file__).resolve().parents[2]
_NIGHT = {
    "day": "2024-11-11", "club": "BOS", "who": "Jayson Tatum", "word": "out",
    "at": "2024-11-11T17:00:00Z",
}  # fmt: skip
_IMPORTED = "from pathlib import Path\nPath(__file__).with_name('imported').touch()\n"


def beside(folder: Path, name: str) -> Path:
    """The lake that may be made beside a tipoff.toml with the source of the documentation."""
    folder.mkdir(exist_ok=True)
    text = _IMPORTED + BLOCKS["own_sources.py"]
    (folder / f"{name}.py").write_text(text.replace('"feed"', f'"{name}"'), encoding="utf-8")
    (folder / "tipoff.toml").write_text(f'plugins = ["{name}:Feed"]\n', encoding="utf-8")
    return folder / "lake"


def imported(lake: Path) -> bool:
    return (lake.parent / "imported").exists()


@pytest.mark.parametrize("named_by", ["--lake", "TIPOFF_LAKE", "nobody"])
def test_the_first_import_of_a_source_of_ones_own_needs_no_lake(
    tmp_path: Path, named_by: str
) -> None:
    lake = beside(tmp_path / "project", "first_feed")
    night = tmp_path / "night.json"
    night.write_text(json.dumps({"reports": [_NIGHT]}), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    environment.pop("TIPOFF_LAKE", None)
    if named_by == "TIPOFF_LAKE":
        environment["TIPOFF_LAKE"] = str(lake)
    program = "from tipoff.cli import command; command()"
    words = ["--lake", str(lake)] if named_by == "--lake" else []
    done = subprocess.run(
        [sys.executable, "-c", program, *words, "import", "--source", "first_feed", str(night),
         "--json"],
        cwd=lake.parent, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    if named_by == "nobody":
        assert done.returncode == 2
        assert "--lake" in answer["error"]["next_step"]
    else:
        assert done.returncode == 0, done.stdout + done.stderr
        assert sum(table["read"] for table in answer["tables"]) == 1, answer
    assert imported(lake) == (named_by != "nobody")


def test_a_command_that_makes_no_lake_runs_nothing_beside_one_that_is_not_there(
    tmp_path: Path,
) -> None:
    lake = beside(tmp_path, "asked_feed")
    load_plugins(lake)
    assert not imported(lake)
    load_plugins(lake, create=True)
    assert imported(lake)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("place", ["tipoff.toml", "given_feed.py", "."])
def test_nothing_of_another_user_is_run_beside_a_lake_that_is_made(
    tmp_path: Path, place: str
) -> None:
    lake = beside(tmp_path, "given_feed")
    os.chown(tmp_path / place, 12345, -1)
    if place == "tipoff.toml":  # passed over, as beside a lake that is there
        load_plugins(lake, create=True)
    else:
        with pytest.raises(UsageError, match="changed by others"):
            load_plugins(lake, create=True)
    lake.mkdir()
    os.chown(lake, 12345, -1)  # who owns an empty folder is no lake's owner
    if place == "tipoff.toml":
        load_plugins(lake, create=True)
    assert not imported(lake)


@pytest.mark.parametrize("place", ["tipoff.toml", "open_feed.py", "."])
def test_nothing_that_others_may_change_is_run_beside_a_lake_that_is_made(
    tmp_path: Path, place: str
) -> None:
    lake = beside(tmp_path, "open_feed")
    (tmp_path / place).chmod((tmp_path / place).stat().st_mode | 0o002)
    with pytest.raises(UsageError, match="changed by others"):
        load_plugins(lake, create=True)
    assert not imported(lake)
