"""Sources of one's own: their rows come in by the door that folders come in by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest
from typer.testing import CliRunner

from tests.sources.folders import FIRST, SECOND, Folder, box, game
from tests.sources.plugin_sources import Framed, Wire
from tipoff.cli import app
from tipoff.errors import SourceError, UsageError
from tipoff.lake import Lake
from tipoff.sources import add_source, import_files, remove_source
from tipoff.sources.layout import FILES

FACTS = ("game", "player", "player_game", "team_game", "prop_line", "injury")


@pytest.fixture(autouse=True)
def wire() -> Iterator[None]:
    """Two sources that are known for a test."""
    add_source(Wire())
    add_source(Framed())
    yield
    for name in ("wire", "framed"):
        remove_source(name)


def rows_of(lake: Lake, sql: str) -> list[tuple[Any, ...]]:
    with lake.reading() as r:
        return r.rows(sql)


def payload(path: Path, tables: dict[str, list[dict[str, Any]]]) -> Path:
    """A payload of rows; what a table may leave out is left out."""
    needed = {name: {c.name for c in FILES[name] if c.needed} for name in tables}
    kept = {
        name: [{k: v for k, v in row.items() if v is not None or k in needed[name]} for row in rows]
        for name, rows in tables.items()
    }
    path.write_text(json.dumps(kept, default=str), encoding="utf-8")
    return path


@pytest.mark.parametrize("source", ["wire", "framed"])
def test_a_source_stores_the_facts_that_a_folder_of_the_same_rows_does(
    source: str, lake: Lake, folder: Folder, tmp_path: Path
) -> None:
    folder.take(lake)
    mine = {name: rows for name, rows in folder.rows.items() if name in Wire.tables}
    file = payload(tmp_path / "night.json", mine)
    with Lake.open(tmp_path / "other", create=True) as other:
        report = import_files(other, source, [file])
        assert report.set_aside == 0
        assert report.new_rows > 0
        for table in FACTS:
            sql = f"SELECT * EXCLUDE (recorded_seq) FROM league.{table} ORDER BY ALL"
            assert rows_of(other, sql) == rows_of(lake, sql), table
        ((name, body),) = rows_of(other, "SELECT name, body FROM raw.payload")
        assert (name, body) == ("night.json", file.read_bytes())


def test_a_second_import_adds_no_fact_and_keeps_the_bytes_once(lake: Lake, tmp_path: Path) -> None:
    file = payload(tmp_path / "a.json", {"schedule": [game(1, FIRST)]})
    assert import_files(lake, "wire", [file]).new_rows == 1
    again = import_files(lake, "wire", [file, file])
    assert again.new_rows == 0
    assert rows_of(lake, "SELECT count(*) FROM raw.payload") == [(1,)]


@pytest.mark.parametrize("source", ["wire", "framed"])
def test_people_who_are_named_and_have_no_key_are_as_many_as_their_names(
    source: str, lake: Lake, tmp_path: Path
) -> None:
    out = {"date": "2024-11-12", "team": "PHI", "status": "Out", "kind": "report",
           "snapshot_time": "2024-11-12T22:00:00Z"}  # fmt: skip
    rows = [out | {"player_name": name} for name in ("Tyrese Maxey", "Paul George", "Kelly Oubre")]
    report = import_files(lake, source, [payload(tmp_path / "night.json", {"injuries": rows})])
    assert (report.new_rows, report.set_aside) == (3, 0)


def test_a_later_file_may_hold_box_scores_alone_of_games_the_lake_knows(
    lake: Lake, folder: Folder, tmp_path: Path
) -> None:
    folder.rows["player_game"] = []
    folder.take(lake)
    file = payload(tmp_path / "box.json", {"player_game": [box(1, FIRST, "Al Horford", "BOS")]})
    import_files(lake, "wire", [file])
    names = rows_of(lake, "SELECT player_name FROM league.player_game")
    assert names == [("Al Horford",)]


def test_a_row_that_does_not_fit_is_set_aside_with_its_file_its_row_and_the_field(
    lake: Lake, tmp_path: Path
) -> None:
    good = payload(tmp_path / "good.json", {"schedule": [game(1, FIRST)]})
    bad = payload(
        tmp_path / "bad.json", {"schedule": [game(2, SECOND), game(3, SECOND, home_pts="many")]}
    )
    report = import_files(lake, "wire", [good, bad])
    assert (report.new_rows, report.set_aside) == (2, 1)
    ((name, reason, body),) = rows_of(lake, "SELECT name, reason, body FROM raw.set_aside")
    assert name == "wire:schedule"
    assert "home_pts = 'many'" in reason
    kept = json.loads(body)
    assert (kept["source_file"], int(kept["source_row"])) == ("bad.json", 1)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"schedule": [{"nba_game_id": "1", "arena": "MSG"}]}, ("bad.json", "row 0", "arena")),
        ({"schedule": [{"nba_game_id": ["1"]}]}, ("bad.json", "row 0", "nba_game_id", "list")),
        ({"schedule": ["x"]}, ("bad.json", "row 0", "str")),
        ({"officials": []}, ("bad.json", "officials")),
        ([], ("bad.json", "list")),
    ],
)
def test_what_no_table_can_hold_is_refused_by_file_row_and_field_and_nothing_is_stored(
    lake: Lake, tmp_path: Path, tables: Any, words: tuple[str, ...]
) -> None:
    good = payload(tmp_path / "good.json", {"schedule": [game(1, FIRST)]})
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(tables), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        import_files(lake, "wire", [good, bad])
    for word in words:
        assert word in caught.value.message
    assert rows_of(lake, "SELECT count(*) FROM league.game") == [(0,)]
    assert rows_of(lake, "SELECT count(*) FROM raw.payload") == [(0,)]


def test_a_parser_that_fails_and_a_file_that_is_not_there_are_refused_by_name(
    lake: Lake, tmp_path: Path
) -> None:
    (tmp_path / "odd.json").write_bytes(b"{")
    for name in ("odd.json", "none.json"):
        with pytest.raises(SourceError, match=name):
            import_files(lake, "wire", [tmp_path / name])


def test_an_object_that_is_no_source_is_refused_and_a_typing_error_is_answered_with_the_name(
    lake: Lake, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="no source"):
        add_source(object())  # type: ignore[arg-type]
    add_source(Wire())
    taken = Framed()
    taken.name = "wire"
    with pytest.raises(UsageError, match="already"):
        add_source(taken)
    other = Wire()
    other.name, other.tables = "other", ("plays",)  # type: ignore[assignment]
    with pytest.raises(UsageError, match="plays"):
        add_source(other)
    with pytest.raises(UsageError) as caught:
        import_files(lake, "wyre", [tmp_path])
    assert "wire" in caught.value.next_step


class Slotted:
    __slots__ = ("name", "tables")

    def __init__(self, tables: tuple[str, ...]) -> None:
        self.name, self.tables = "slotted", tables

    def parse(self, _payload: bytes, _name: str) -> dict[str, list[dict[str, Any]]]:
        return {}


class Tupled(NamedTuple):
    tables: tuple[str, ...]
    name: str = "tupled"

    def parse(self, _payload: bytes, _name: str) -> dict[str, list[dict[str, Any]]]:
        return {}


@pytest.mark.parametrize("kind", [Slotted, Tupled])
def test_a_source_without_a_dict_is_the_same_when_it_holds_the_same(kind: Any) -> None:
    try:
        for _ in range(2):
            add_source(kind(("injuries",)))
        with pytest.raises(UsageError, match="already"):
            add_source(kind(("schedule",)))
    finally:
        for name in ("slotted", "tupled"):
            remove_source(name)


def test_real_rows_do_not_mix_with_a_simulated_league(lake: Lake, tmp_path: Path) -> None:
    file = payload(tmp_path / "a.json", {"schedule": [game(1, FIRST)]})
    league = Wire()
    league.simulated = True  # type: ignore[attr-defined]
    remove_source("wire")
    add_source(league)
    assert import_files(lake, "wire", [file]).simulated
    with pytest.raises(UsageError, match="simulated"):
        import_files(lake, "framed", [file])


def test_the_command_takes_files_of_a_source(tmp_path: Path) -> None:
    files = [str(payload(tmp_path / f"{n}.json", {"schedule": [game(n, FIRST)]})) for n in (1, 2)]
    asked = ["--lake", str(tmp_path / "new"), "import", "--source", "wire", *files, "--json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["new_rows"] == 2
    without = CliRunner().invoke(app, ["--lake", str(tmp_path / "new"), "import", *files])
    assert isinstance(without.exception, UsageError)


EXTERNAL = """value,known_at,player_name,team,game_date
3.5,2025-01-07T12:00:00Z,Nikola Jokić,,
4.5,2025-01-08T12:00:00Z,,NYK,2025-01-08
5.5,2025-01-08T12:00:00Z,Al Horford,NYK,
6.5,2025-01-08T12:00:00Z,,Nowhere,
7.5,2199-01-08T12:00:00Z,,NYK,
much,2025-01-08T12:00:00Z,,NYK,
,2025-01-08T12:00:00Z,,NYK,
"""


def test_values_of_ones_own_are_stored_by_player_or_team_and_the_others_set_aside(
    lake: Lake, tmp_path: Path
) -> None:
    file = tmp_path / "rest_index.csv"
    file.write_text(EXTERNAL, encoding="utf-8")
    report = import_files(lake, "external", [file])
    sql = """SELECT name, player_key, team, game_date::VARCHAR, value FROM league.external
             ORDER BY value"""
    assert rows_of(lake, sql) == [
        ("rest_index", "nikolajokic", None, None, 3.5),
        ("rest_index", None, "NYK", "2025-01-08", 4.5),
    ]
    assert (report.new_rows, report.set_aside) == (2, 5)
    file.write_text(EXTERNAL.replace("4.5", "4.25"), encoding="utf-8")
    table = import_files(lake, "external", [file]).tables[-1]
    assert (table.new, table.corrections, table.unchanged) == (0, 1, 1)


def test_a_value_whose_moment_has_no_time_zone_is_set_aside(lake: Lake, tmp_path: Path) -> None:
    naive = ("2025-01-08T12:00:00", "2025-01-08 12:00", "2025-01-08")
    zoned = ("2025-01-08T12:00:00Z", "2025-01-08 12:00:00+00", "2025-01-08T07:00:00-05:00")
    file, typed = tmp_path / "form.csv", tmp_path / "typed.parquet"
    teams = ("NYK", "BOS", "LAL", "NYK", "BOS", "LAL")
    rows = [f"1,{team},{moment}" for team, moment in zip(teams, (*naive, *zoned), strict=True)]
    file.write_text("\n".join(["value,team,known_at", *rows]), encoding="utf-8")
    report = import_files(lake, "external", [file])
    assert list(report.tables[-1].set_aside.values()) == [len(naive)]
    assert "time zone" in next(iter(report.tables[-1].set_aside))
    known = rows_of(lake, "SELECT DISTINCT known_at FROM league.external")
    assert known == [(datetime(2025, 1, 8, 12, tzinfo=UTC),)]
    pl.DataFrame(
        {"value": [1.0], "team": ["NYK"], "known_at": [datetime(2025, 1, 8, 12)]}  # noqa: DTZ001
    ).write_parquet(typed)
    assert import_files(lake, "external", [typed]).set_aside == 1


def test_a_value_of_a_player_nobody_knows_is_counted_and_a_printed_name_is_the_players(
    lake: Lake, folder: Folder, tmp_path: Path
) -> None:
    folder.take(lake)
    file = tmp_path / "form.csv"
    at = "2025-01-09T00:00:00Z"
    twice = (f"Al Able,1,{at}", "alable,2,2025-01-09T01:00:00Z")
    rows = [*twice, f"No Body,3,{at}", f"7,4,{at}"]
    file.write_text("\n".join(["player_key,value,known_at", *rows]), encoding="utf-8")
    report = import_files(lake, "external", [file])
    keys = rows_of(lake, "SELECT player_key, value FROM league.external ORDER BY value")
    assert keys == [("alable", 1.0), ("alable", 2.0), ("nobody", 3.0)]
    assert report.unresolved["external player"] == 1
    assert report.tables[-1].set_aside == {"no player": 1}
