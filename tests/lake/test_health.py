"""lake check, clean and compact: what is wrong is named, what is named is never removed."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from tipoff import clock
from tipoff.cli import app
from tipoff.errors import LakeDamaged
from tipoff.lake import Lake
from tipoff.lake.files import DataFile, data_files, orphans
from tipoff.lake.health import check
from tipoff.lake.maintenance import clean, compact
from tipoff.results.health import LakeCheck

HOUR = timedelta(hours=1)
NONE = timedelta(0)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake.open(tmp_path / "lake", create=True)
    for n in range(6):
        lake.write(lambda w, n=n: w.append("league.official", officials(n)))  # type: ignore[misc]
    return lake


def files(lake: Lake) -> list[DataFile]:
    with lake.reading() as r:
        return data_files(lake, r)


def officials(n: int) -> pl.DataFrame:
    return pl.DataFrame({"game_id": [f"g{n}-{k}" for k in range(30)]})


def stored(lake: Lake) -> list[tuple[object, ...]]:
    with lake.reading() as r:
        return r.rows("SELECT game_id, recorded_seq FROM league.official ORDER BY ALL")


def leftovers(lake: Lake) -> list[Path]:
    """One leftover of each kind, two hours old."""
    paths = [
        Path(lake.location) / "data/league/official/ducklake-left.parquet",
        Path(lake.location) / "models/0123.cbm",
        Path(lake.location) / "models/tmp9x8y",
        Path(lake.location) / "tmp/spilled.tmp",
    ]
    old = (datetime.now(UTC) - 2 * HOUR).timestamp()
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left")
        os.utime(path, (old, old))
    return sorted(paths)


def examined(lake: Lake, age: timedelta = NONE) -> LakeCheck:
    return check(lake, clock.now() + timedelta(seconds=1), age)


def test_a_sound_lake_is_well_and_its_files_are_counted(lake: Lake) -> None:
    state = examined(lake)
    assert state.ok
    assert (state.problems, state.data_files, state.commits) == ((), 6, 6)


def test_leftovers_of_every_kind_are_found_and_those_old_enough_are_removed(lake: Lake) -> None:
    files, before = leftovers(lake), stored(lake)
    fresh = Path(lake.location) / "models/fresh.cbm"
    fresh.write_bytes(b"a commit under way")
    assert [(t.kind, t.what) for t in examined(lake, HOUR).problems if not t.young] == [
        ("orphan", str(path)) for path in files
    ]
    assert not examined(lake, HOUR).ok
    done = clean(lake, clock.now(), HOUR)
    assert sorted(done.removed) == [str(path) for path in files]
    assert (done.bytes, done.kept) == (16, 1)
    assert [leftover.where for leftover in orphans(lake)] == [str(fresh)]
    assert examined(lake, HOUR).ok
    assert stored(lake) == before


def test_a_dry_run_removes_nothing(lake: Lake) -> None:
    files = leftovers(lake)
    done = clean(lake, clock.now(), HOUR, dry_run=True)
    assert sorted(done.removed) == [str(path) for path in files]
    assert all(path.exists() for path in files)


def test_clean_leaves_what_the_catalog_names_whatever_its_age(lake: Lake) -> None:
    named = {file.path for file in files(lake)}
    for path in named:
        os.utime(path, (0, 0))
    assert clean(lake, clock.now(), NONE).removed == ()
    assert all(Path(path).exists() for path in named)


def test_a_lake_opened_through_a_link_loses_nothing_to_clean(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(Path(lake.location))
    with Lake.open(tmp_path / "link") as linked:
        assert examined(linked).ok
        assert clean(linked, clock.now() + HOUR, NONE).removed == ()
    assert len(stored(lake)) == 180


def test_compaction_changes_no_row_and_no_version_and_what_it_replaced_is_cleaned(
    lake: Lake,
) -> None:
    before, version = stored(lake), lake.version()
    with lake.reading(version - 3) as r:
        past = r.rows("SELECT game_id FROM league.official ORDER BY ALL")
    with Lake.open(lake.location) as other, other.reading() as r:
        assert r.value("SELECT count(*) FROM league.official") == 180
        done = compact(lake)
        assert r.value("SELECT count(*) FROM league.official") == 180
    assert (done.files_before, done.files_after) == (6, 1)
    assert clean(lake, clock.now(), HOUR).removed == ()
    assert len(clean(lake, clock.now() + HOUR, NONE).removed) == 6
    assert stored(lake) == before
    with lake.reading(version - 3) as r:
        assert r.rows("SELECT game_id FROM league.official ORDER BY ALL") == past
    assert examined(lake).ok
    assert lake.write(lambda w: w.seq) == 7


@pytest.mark.parametrize(
    ("harm", "kind", "detail"),
    [
        (lambda p: p.unlink(), "missing", "30 rows of league.official"),
        (lambda p: p.write_bytes(p.read_bytes()[:-40]), "damaged", "bytes, the catalog says"),
        (lambda p: p.write_bytes(p.read_bytes()[:-4] + b"XXXX"), "damaged", "magic bytes"),
    ],
    ids=["missing", "truncated", "overwritten"],
)
def test_a_harmed_data_file_is_named(lake: Lake, harm: object, kind: str, detail: str) -> None:
    path = Path(files(lake)[0].path)
    harm(path)  # type: ignore[operator]
    (problem,) = examined(lake).problems
    assert (problem.kind, problem.what) == (kind, str(path))
    assert detail in problem.detail
    with pytest.raises(LakeDamaged, match="lake check"):
        stored(lake)


def test_a_second_guard_row_is_named(lake: Lake) -> None:
    with lake.session() as session:
        session.rows("INSERT INTO ops.guard VALUES (99)")
    assert [t.kind for t in examined(lake).problems] == ["guard"]


def test_a_publication_from_the_future_is_a_clock_set_back(lake: Lake) -> None:
    row = pl.DataFrame({"publication_id": ["p"], "committed_at": [clock.now() + HOUR]})
    lake.write(lambda w: w.append("forecast.publication", row))
    assert [t.kind for t in examined(lake).problems] == ["clock", "dangling"]


def test_the_commands_say_what_is_wrong_and_what_to_do(lake: Lake) -> None:
    orphans = leftovers(lake)
    asked = ["--lake", lake.location, "lake"]
    result = CliRunner().invoke(app, [*asked, "check", "--age", "1"])
    assert result.exit_code == 1
    assert all(path.name in result.stdout for path in orphans)
    assert "next: tipoff lake clean" in result.stdout
    listed = CliRunner().invoke(app, [*asked, "clean", "--age", "1", "--dry-run", "--json"])
    assert len(json.loads(listed.stdout)["removed"]) == len(orphans)
    assert CliRunner().invoke(app, [*asked, "clean", "--age", "1"]).exit_code == 0
    well = CliRunner().invoke(app, [*asked, "check", "--json"])
    assert well.exit_code == 0
    assert json.loads(well.stdout)["ok"] is True
    Path(files(lake)[0].path).unlink()
    lost = CliRunner().invoke(app, [*asked, "check", "--quick"])
    assert lost.exit_code == 1
    assert "restore the files named" in lost.stdout
