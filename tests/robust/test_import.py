"""Hostile folders: every row ends stored or set aside, and nothing stored before is changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.robust.hostile import DAYS, NOT_PLAIN, NUMBERS, PRINTED_AS_THEY_ARE, texts
from tests.sources.folders import FIRST, SECOND, Folder, box, game, injury, line, tiny
from tipoff.errors import SourceError
from tipoff.lake import Lake
from tipoff.results.data import ImportReport
from tipoff.sources import import_folder
from tipoff.sources.layout import FILES, LABEL
from tipoff.texts import printable
from tools.fuzzing.targets import facts

CELLS = {
    "text": texts,
    "whole": st.one_of(st.sampled_from(NUMBERS), st.integers().map(str)),
    "number": st.one_of(st.sampled_from(NUMBERS), st.floats().map(str)),
    "date": st.one_of(st.sampled_from(DAYS), st.dates().map(str)),
    "moment": st.one_of(st.sampled_from(DAYS), st.datetimes().map(str)),
    "bool": st.sampled_from(["maybe", "t", "1", "", "nan", "TRUE"]),
}
SOUND: dict[str, Callable[[], dict[str, Any]]] = {
    "schedule": lambda: game(2, SECOND),
    "player_game": lambda: box(1, FIRST, "Al Able", "NYK"),
    "team_game": lambda: tiny(Path()).rows["team_game"][0],
    "prop_lines": lambda: line(SECOND, "Al Able"),
    "game_lines": lambda: tiny(Path()).rows["game_lines"][0],
    "injuries": lambda: injury(SECOND, "Bo Baker"),
    "officials": lambda: tiny(Path()).rows["officials"][0],
}


@st.composite
def bent_rows(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Per file some sound rows with one to three cells of each bent."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, columns in FILES.items():
        rows[name] = []
        for _ in range(draw(st.integers(2, 6))):
            bent = draw(st.lists(st.sampled_from(columns), min_size=1, max_size=3))
            row = SOUND[name]() | {c.name: draw(CELLS[c.kind]) for c in bent}
            rows[name].append(row)
    return rows


@pytest.fixture(scope="module")
def stocked(empty_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake that holds the tiny folder."""
    root = tmp_path_factory.mktemp("stocked")
    with Lake.open(shutil.copytree(empty_lake, root / "lake")) as lake:
        tiny(root / "folder").take(lake)
    return root / "lake"


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(bent_rows())
def test_every_bent_row_is_stored_or_set_aside_and_what_was_stored_stays(
    stocked: Path, tmp_path_factory: pytest.TempPathFactory, rows: dict[str, list[dict[str, Any]]]
) -> None:
    root = tmp_path_factory.mktemp("bent")
    with Lake.open(shutil.copytree(stocked, root / "lake")) as lake:
        with lake.reading() as r:
            seq = r.newest_seq()
        before = facts(lake)
        report = Folder(root / "folder", rows, as_text=tuple(FILES)).take(lake)
        assert facts(lake, seq) == before
        for table in report.tables:
            ends = table.new + table.unchanged + table.corrections + sum(table.set_aside.values())
            if table.table in READ_ONCE:
                assert ends == table.read, table
        with lake.reading() as r:
            reasons = [text for (text,) in r.rows("SELECT reason FROM raw.set_aside")]
    assert all(": " in reason and printable(reason) == reason for reason in reasons)
    shutil.rmtree(root)


READ_ONCE = {"league.player_game", "league.team_game", "league.official", "league.injury"}
"""Tables to which an import adds no rows of its own making, as it does to games and lines."""


def _aside(report: ImportReport, table: str) -> dict[str, int]:
    return next(t.set_aside for t in report.tables if t.table == table)


def test_text_that_is_not_plain_is_set_aside_and_odd_text_is_stored_as_it_is(
    lake: Lake, folder: Folder
) -> None:
    folder.rows["prop_lines"] = [
        line(SECOND, "Al Able", bookmaker=text) for text in (*NOT_PLAIN, *PRINTED_AS_THEY_ARE)
    ]
    report = folder.take(lake)
    assert _aside(report, "league.prop_line") == {"not plain text": len(NOT_PLAIN)}
    with lake.reading() as r:
        stored = {book for (book,) in r.rows("SELECT bookmaker FROM league.prop_line")}
        reasons = {text for (text,) in r.rows("SELECT reason FROM raw.set_aside")}
    assert stored == set(PRINTED_AS_THEY_ARE)
    assert "not plain text: bookmaker = '?[31mred'" in reasons
    assert all(printable(reason) == reason for reason in reasons)


def test_keys_that_a_separator_could_forge_stay_apart(lake: Lake, folder: Folder) -> None:
    folder.rows["prop_lines"] = [
        line(SECOND, "Al Able", source_repo="a", bookmaker=book, event_id=event)
        for book, event in (("x\x1fy", "z"), ("x", "y\x1fz"), ("x", "y"))
    ]
    report = folder.take(lake)
    assert _aside(report, "league.prop_line") == {"not plain text": 2}


def test_ten_megabytes_in_a_name_are_one_row_set_aside_with_a_short_reason(
    lake: Lake, folder: Folder
) -> None:
    folder.rows["player_game"].append(box(1, FIRST, "x" * 10_000_000, "NYK", player_id=7))
    folder.rows["player_game"].append(box(1, FIRST, "y" * 501, "NYK", player_id=8))
    folder.rows["player_game"].append(box(1, FIRST, "z" * 500, "NYK", player_id=9))
    assert _aside(folder.take(lake), "league.player_game") == {"too long": 2}
    with lake.reading() as r:
        reasons = sorted(text for (text,) in r.rows("SELECT reason FROM raw.set_aside"))
        assert r.value("SELECT max(length(body)) FROM raw.set_aside") > 10_000_000
    assert reasons == [
        "too long: player_name has 10000000 characters",
        "too long: player_name has 501 characters",
    ]


BOUNDS: list[tuple[str, Any, str]] = [
    ("minutes", "10000", "out of range: minutes = '10000'"),
    ("minutes", "1e300", "out of range: minutes = '1e300'"),
    ("reb", "40000", "out of range: reb = '40000'"),
    ("pts", "1e300", "out of range: pts = '1e300'"),
    ("plus_minus", "-10000", "out of range: plus_minus = '-10000'"),
    ("usg_pct", "1e9", "out of range: usg_pct = '1e9'"),
    ("player_id", "9007199254740994", "out of range: player_id = '9007199254740994'"),
    ("game_date", "infinity", "out of range: game_date = 'infinity'"),
    ("game_date", "1945-12-31", "out of range: game_date = '1945-12-31'"),
    ("game_date", "2200-01-01", "out of range: game_date = '2200-01-01'"),
]


def test_numbers_and_days_that_no_table_could_hold_are_set_aside_one_by_one(
    lake: Lake, folder: Folder
) -> None:
    for n, (column, value, _reason) in enumerate(BOUNDS):
        folder.rows["player_game"].append(box(1, FIRST, f"Bad {chr(65 + n)}man", "NYK"))
        folder.rows["player_game"][-1][column] = value
    folder.rows["player_game"].append(
        box(1, FIRST, "Edge Man", "NYK", minutes=9999, reb=9999, player_id=2**53, plus_minus=-9999)
    )
    folder.as_text = ("player_game",)
    folder.take(lake)
    with lake.reading() as r:
        reasons = {text for (text,) in r.rows("SELECT reason FROM raw.set_aside")}
        edge = r.rows("SELECT minutes::INT, reb, player_id, plus_minus::INT"
                      " FROM league.player_game WHERE player_key = 'edgeman'")  # fmt: skip
    assert reasons == {reason for _column, _value, reason in BOUNDS}
    assert edge == [(9999, 9999, 2**53, -9999)]


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "0001-01-01T00:00:00Z"])
def test_times_outside_the_league_are_set_aside_wherever_they_stand(
    lake: Lake, folder: Folder, moment: str
) -> None:
    folder.rows["schedule"].append(game(3, SECOND, tipoff_utc=moment))
    folder.rows["prop_lines"] += [
        line(SECOND, "Al Able", bookmaker=name, **{name: moment})
        for name in ("snapshot_time", "commence_time")
    ]
    folder.rows["injuries"].append(injury(SECOND, "Al Able", snapshot_time=moment))
    report = folder.take(lake)
    for table, rows in (("game", 1), ("prop_line", 2), ("injury", 1)):
        assert _aside(report, f"league.{table}") == {"out of range": rows}


@pytest.mark.parametrize("season", ["0000-00", "9999-00", "٢٠٢٤-25", "1899-00"])
def test_a_season_of_no_league_is_set_aside(lake: Lake, folder: Folder, season: str) -> None:
    folder.rows["schedule"].append(game(3, SECOND, season=season))
    assert _aside(folder.take(lake), "league.game") == {"not a season": 1}


@pytest.mark.parametrize("name", ["x*", "x[y]", "x?", "~", "it's; --", "[red]"])
def test_a_folder_whose_name_is_a_pattern_is_itself_and_no_other(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    other = tiny(Path("xy"))
    other.rows["player_game"] = [box(1, FIRST, "Not Him", "NYK")]
    other.write()
    # Made under a plain name: what writes the files reads patterns too.
    tiny(Path("plain")).write().rename(name)
    report = import_folder(lake, Path(name))
    assert next(t.read for t in report.tables if t.table == "league.player_game") == 4
    with lake.reading() as r:
        assert not r.value("SELECT count(*) FROM league.player WHERE player_key = 'nothim'")


SHAPES: list[tuple[str, pl.Expr, str]] = [
    ("minutes", pl.lit([1.0]), "column minutes holds"),
    ("player_name", pl.struct(pl.lit(1).alias("a")), "column player_name holds"),
    ("player_name", pl.lit(b"Don"), "column player_name holds"),
    ("minutes", pl.duration(days=1), "column minutes holds"),
    ("game_date", pl.time(1), "column game_date holds"),
    ("file_row_number", pl.lit(1), "has a column file_row_number"),
    ("MINUTES", pl.lit(1.0), "has the column minutes twice"),
]


@pytest.mark.parametrize(("column", "value", "said"), SHAPES)
def test_a_column_that_cannot_mean_what_its_name_says_is_named(
    lake: Lake, folder: Folder, column: str, value: pl.Expr, said: str
) -> None:
    folder.bend = lambda name, f: (
        f.with_columns(value.alias(column)) if name == "player_game" else f
    )
    with pytest.raises(SourceError, match=rf"player_game\.parquet.*{said}"):
        folder.take(lake)


def test_text_that_is_not_utf8_is_named_with_its_file(lake: Lake, folder: Folder) -> None:
    path = folder.write() / "officials.parquet"
    table = pq.read_table(path)
    latin = pa.array([b"Don\x8ei\xe6"], pa.binary())
    text = pa.StringArray.from_buffers(1, latin.buffers()[1], latin.buffers()[2])
    at = table.schema.get_field_index("official")
    pq.write_table(table.set_column(at, "official", text), path)
    with pytest.raises(SourceError, match=r"officials\.parquet cannot be read"):
        import_folder(lake, folder.path)


@pytest.mark.parametrize("label", [b"\xff\xfe", b"[" * 100_000, b"{", None])
def test_a_label_that_cannot_be_read_is_an_error_and_nothing_is_stored(
    lake: Lake, folder: Folder, label: bytes | None
) -> None:
    path = folder.write() / LABEL
    path.mkdir() if label is None else path.write_bytes(label)
    with pytest.raises(SourceError, match=LABEL):
        import_folder(lake, folder.path)
    with lake.reading() as r:
        assert r.value("SELECT count(*) FROM raw.payload") == 0
