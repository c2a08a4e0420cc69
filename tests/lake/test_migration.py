"""A lake of the first edition is brought up to date when opened: whole, once, or not at all."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from tests.first_edition import expected, unpacked
from tests.long import sampled
from tests.simulated import built_once
from tipoff import __version__, clock
from tipoff.cli import app
from tipoff.errors import UsageError
from tipoff.forecast import explain
from tipoff.forecast.publish import Publication
from tipoff.forecast.view import view_of
from tipoff.lake import Lake, migrations
from tipoff.lake.backends import embedded_lake
from tipoff.lake.health import check
from tipoff.lake.tables import table

GROWN = {"ops.guard": 0, "ops.meta": 1, "ops.event": 1}
"""Table -> rows that the migration adds; the guard is counted up in place."""
NEW = ("ops.build", "league.external")
OPENER = """
import sys
from pathlib import Path
from tipoff.lake import Lake
here = Path(sys.argv[2])
here.touch()
while len(list(here.parent.glob("ready-*"))) < 2:
    pass
with Lake.open(sys.argv[1]) as lake, lake.reading() as r:
    print(r.newest_seq())
"""
KILLED = """
import os, signal, sys
from tipoff.lake import Lake, Reader
rows, asked, last = Reader.rows, 0, int(sys.argv[2])
def counting(self, sql, params=None):
    global asked
    found = rows(self, sql, params)
    asked += type(self).__name__ == "Writer"
    if asked == last or "schema_version\'," in sql and last < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return found
Reader.rows = counting
Lake.open(sys.argv[1])
"""


@pytest.fixture(scope="module")
def first_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder the fixture is unpacked in; nobody writes to it."""

    def build(folder: Path) -> None:
        unpacked(folder)

    return built_once(tmp_path_factory, "first-edition", build)


@pytest.fixture
def old(first_edition: Path, tmp_path: Path) -> Path:
    """A lake of the first edition, one's own."""
    return Path(shutil.copytree(first_edition / "lake", tmp_path / "old"))


def unopened(folder: Path) -> Lake:
    """The lake as it lies there: not migrated."""
    return Lake(embedded_lake(folder))


def everything(lake: Lake) -> dict[str, pl.DataFrame]:
    """Table -> its rows in a settled order."""
    tables = {}
    with lake.reading() as r:
        sql = """SELECT concat(schema_name, '.', table_name) FROM duckdb_tables()
                 WHERE database_name = 'lake'"""
        for (name,) in r.rows(sql):
            tables[name] = r.query(f"SELECT * FROM {name} ORDER BY ALL")
    return tables


def state(lake: Lake) -> tuple[int, int]:
    """The DuckLake version and the fence."""
    with lake.reading() as r:
        return lake.version(), r.newest_seq()


def columns(lake: Lake) -> dict[tuple[str, str], tuple[object, ...]]:
    """(table, column) -> position, type and comment, of declared columns and of views."""
    sql = """SELECT concat(schema_name, '.', table_name), column_name, column_index, data_type,
               comment
             FROM duckdb_columns() WHERE database_name = 'lake'"""
    declared = {column.name for column in table("features.value").columns}
    with lake.reading() as r:
        return {
            (name, column): tuple(rest)
            for name, column, *rest in r.rows(sql)
            if name != "features.value" or column in declared
        }


def test_opening_it_is_one_commit_that_takes_the_fence_and_changes_no_row(old: Path) -> None:
    with unopened(old) as lake:
        before, (version, fence) = everything(lake), state(lake)
    assert not {*NEW} & before.keys()
    with Lake.open(old) as lake:
        after = everything(lake)
        assert state(lake) == (version + 1, fence + 1)
    assert [after.pop(name).height for name in NEW] == [0, 0]
    assert after["forecast.run"]["build_id"].null_count() == after["forecast.run"].height > 0
    after["forecast.run"] = after["forecast.run"].drop("build_id")
    assert after.keys() == before.keys()
    for name, rows in before.items():
        kept = after[name] if name not in GROWN else after[name].join(rows, on=rows.columns,
               how="semi", nulls_equal=True)  # fmt: skip
        assert after[name].height == rows.height + GROWN.get(name, 0), name
        assert name == "ops.guard" or kept.sort(pl.all()).equals(rows.sort(pl.all())), name


def test_it_notes_what_it_did_under_its_own_commit(old: Path) -> None:
    with Lake.open(old) as lake, lake.reading() as r:
        fence = r.newest_seq()
        ((kind, slate, detail, seq),) = r.rows(
            "SELECT kind, slate, detail, recorded_seq FROM ops.event WHERE kind = 'migrate'"
        )
        versions = r.rows("SELECT value, recorded_seq FROM ops.meta WHERE key = 'schema_version'"
                          " ORDER BY recorded_seq")  # fmt: skip
    assert (kind, slate, seq) == ("migrate", None, fence)
    assert json.loads(detail) == {"from": 1, "to": migrations.VERSION, "tipoff": __version__}
    assert versions == [("1", 0), (str(migrations.VERSION), fence)]


def test_its_tables_views_and_comments_are_then_those_of_a_new_lake(
    old: Path, tmp_path: Path
) -> None:
    with Lake.open(old) as migrated, Lake.open(tmp_path / "new", create=True) as new:
        stored, expected = columns(migrated), columns(new)
    assert stored.keys() == expected.keys()
    assert {at: (stored[at], expected[at]) for at in expected if stored[at] != expected[at]} == {}


def test_every_publication_shows_and_explains_and_the_lake_is_sound(
    old: Path, first_edition: Path
) -> None:
    sql = """SELECT publication_id, slate, seq, parent, run_id, kind, reason, committed_at
             FROM forecast.publication ORDER BY slate, seq"""
    one = """SELECT any_value(prediction_id) FROM forecast.prediction
             WHERE run_id = $run AND model = $model"""
    models = ("catboost_v9", "champion_line", "ewma_hl8")
    with Lake.open(old) as lake, lake.reading() as r:
        publications = [Publication(*row) for row in r.rows(sql)]
        for publication, model in zip(publications, models, strict=True):
            view, run = view_of(r, publication), publication.run_id
            assert len(view.predictions) == view.predicted > 0
            named = r.value(one, {"run": run, "model": model})
            assert explain(lake, r, run, named).features
        assert check(lake, clock.now(), clock.now() - clock.now()).problems == ()
    then = expected(first_edition)["publications"]
    assert [[f"{p.slate}", p.seq, p.publication_id] for p in publications] == then


def test_the_second_opening_does_nothing(old: Path) -> None:
    with Lake.open(old) as lake:
        before = state(lake)
    files = sorted(old.rglob("*.parquet"))
    with Lake.open(old) as lake:
        assert state(lake) == before
    assert sorted(old.rglob("*.parquet")) == files


@pytest.mark.parametrize("at", sampled([4, 1, 2, 6, 60, -1], 2))
def test_a_process_that_is_killed_before_its_commit_leaves_the_old_version_whole(
    old: Path, at: int
) -> None:
    with unopened(old) as lake:
        before, was = everything(lake), state(lake)
    died = subprocess.run([sys.executable, "-c", KILLED, str(old), str(at)])
    assert died.returncode == -signal.SIGKILL
    with unopened(old) as lake:
        assert migrations.stored_version(lake) == 1
        assert state(lake) == was
        now = everything(lake)
        assert all(now[name].equals(rows) for name, rows in before.items())
        assert now.keys() == before.keys()
    with Lake.open(old) as lake:
        assert state(lake) == (was[0] + 1, was[1] + 1)


def test_two_that_open_it_at_the_same_moment_migrate_it_once(old: Path, tmp_path: Path) -> None:
    with unopened(old) as lake:
        version, fence = state(lake)
    both = [
        subprocess.Popen([sys.executable, "-c", OPENER, str(old), str(tmp_path / f"ready-{n}")],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for n in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=120) for process in both]
    assert said == [(f"{fence + 1}\n", "")] * 2
    with Lake.open(old) as lake:
        assert state(lake) == (version + 1, fence + 1)


def test_a_lake_of_a_newer_tipoff_is_refused_by_its_name_with_both_versions(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Lake.open(old).close()
    monkeypatch.setattr(migrations, "VERSION", 1)
    with pytest.raises(UsageError) as caught:
        Lake.open(old)
    newest = migrations.stored_version(unopened(old))
    for word in (str(old), f"schema version {newest}", f"tipoff {__version__} knows 1"):
        assert word in caught.value.message
    assert "newer tipoff" in caught.value.next_step
    done = CliRunner().invoke(app, ["--lake", str(old), "slate", "2024-11-11"])
    assert isinstance(done.exception, UsageError)
    assert done.exception.exit_code == 2
