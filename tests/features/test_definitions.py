"""What redefines a feature and what does not: clauses of SQL, markets, windows, rounding."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import cast

import pytest
import sqlglot
from sqlglot import exp

from tests.features.conftest import Built
from tests.features.small_league import League, Row
from tests.forecast.test_contracts import adopt, with_column
from tests.long import sampled
from tipoff.errors import IntegrityError, UsageError
from tipoff.features import reading, training_frame
from tipoff.features.catalogue import CATALOGUE, Catalogue, analyse, catalogue_of
from tipoff.features.columns import read_query
from tipoff.features.definition import Feature, Relation, Rows
from tipoff.features.lineage import reach_of
from tipoff.features.scope import Made, Query, stored
from tipoff.features.sqltree import SPELLED_BY
from tipoff.features.windows import PLAYED, SEASON, last
from tipoff.markets import MARKETS, Market

TURNOVERS = Market("turnovers", "turnovers", "tov", 15, (1.0, 2.0, 3.0), 12, 0.045)
FACTLESS = {"pct_paint", "pct_mid_range", "shot_zone_mismatch_score"}
"""Features that need data the lake has not."""


def moved(hashes: dict[str, str], of: dict[str, str] | None = None) -> set[str]:
    """Columns that are there in both catalogues and mean something else."""
    return {n for n, h in (of or CATALOGUE.hashes).items() if hashes.get(n, h) != h}


@cache
def written_anew() -> dict[str, str]:
    """The catalogue as sqlglot writes it, nothing changed: what changed ones are compared with."""
    return rewritten(lambda _select: None)


def rewritten(change: Callable[[exp.Select], None], reads: str = "") -> dict[str, str]:
    """Hashes of the catalogue with every as-of choice of rows (of one table) made otherwise."""
    relations: dict[str, Relation] = {}
    for name, relation in CATALOGUE.relations.items():
        tree = sqlglot.parse_one(relation.sql, dialect="duckdb")
        for select in tree.find_all(exp.Select):
            if "recorded_seq" in str(select.args.get("where")) and _reads(select, reads):
                change(select)
        relations[name] = replace(relation, sql=tree.sql(dialect="duckdb"))
    return Catalogue(CATALOGUE.families, relations).hashes


def _reads(select: exp.Select, table: str) -> bool:
    start = select.args["from_"].this
    return not table or (isinstance(start, exp.Table) and start.name == table)


def _without(name: str) -> Callable[[exp.Select], None]:
    def change(select: exp.Select) -> None:
        where = select.args["where"]
        kept = [c for c in where.this.flatten() if name not in c.sql()]
        where.set("this", exp.and_(*kept))

    return change


def _oldest(select: exp.Select) -> None:
    for order in select.find_all(exp.Ordered):
        if order.this.name == "recorded_seq":
            order.set("desc", not order.args.get("desc"))


def _two_of_each(select: exp.Select) -> None:
    if select.args.get("qualify"):
        select.args["qualify"].this.set("expression", exp.Literal.number(2))


def _fewer_keys(select: exp.Select) -> None:
    if select.args.get("qualify"):
        window = select.args["qualify"].find(exp.Window)
        window.set("partition_by", window.args["partition_by"][1:])


CLAUSES = {
    "whatever was known later": _without("known_at"),
    "whatever was stored later": _without("recorded_seq"),
    "the oldest row of each key": _oldest,
    "the second row of each key": _two_of_each,
    "a key with a column less": _fewer_keys,
}


@pytest.mark.parametrize("what", sampled(CLAUSES, 2))
def test_every_clause_of_the_as_of_rule_is_part_of_every_feature_that_reads_facts(
    what: str,
) -> None:
    changed = moved(rewritten(CLAUSES[what]), written_anew())
    features = CATALOGUE.features.keys()
    assert changed & features == features - FACTLESS


def test_a_clause_of_one_table_redefines_what_reads_that_table_alone() -> None:
    changed = moved(rewritten(_oldest, "prop_line"), written_anew())
    named = {n for n in changed if n in CATALOGUE.features}
    assert named == {n for n in CATALOGUE.features if Rows.LINES in reach_of(n)}


def test_a_new_market_brings_its_features_and_redefines_no_other() -> None:
    wider = catalogue_of([*MARKETS.values(), TURNOVERS])
    assert moved(wider.hashes) == set()
    new = wider.features.keys() - CATALOGUE.features.keys()
    assert {"turnovers_avg_last_5", "turnovers_ewma_hl8", "line_turnovers",
            "turnovers_per_minute_career", "over_chance_turnovers"} <= new  # fmt: skip
    fewer = catalogue_of([m for m in MARKETS.values() if not m.is_combo])
    assert moved(fewer.hashes) == set()


def test_a_combo_added_to_the_front_redefines_nothing_either() -> None:
    combo = Market("sb", "steals + blocks", "stl + blk", 20, (1.0, 2.0), 10)
    assert moved(catalogue_of([combo, *MARKETS.values()]).hashes) == set()


def test_features_of_any_length_come_right_beside_those_that_are_there(
    small: Built, small_league: League, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty and seven games, computed again in plain Python."""
    boxes = sorted((b for b in small_league.tables["player_game"] if b["minutes"] > 0),
                   key=lambda b: (b["known_at"], b["tipoff"], b["game_id"]))  # fmt: skip
    first = {day: min(g["tipoff"] for g in games) for day, games in _by_day(small_league).items()}
    for games in (7, 30):
        feature = Feature(f"points_avg_last_{games}", PLAYED.mean("pts", last(games)), "points", 0,
                          70, "player history", False, "v9")  # fmt: skip
        adopt(monkeypatch, with_column(feature, "player"))
        assert moved(CATALOGUE.hashes) == set()
        assert reach_of(feature.name) == {Rows.OWN_GAMES: last(games)}
        with small.lake.reading() as r:
            frame = training_frame(r, start=None, through=date(2030, 1, 1), names=[feature.name])
        for row in frame.iter_rows(named=True):
            before = first[row["game_date"]] - timedelta(seconds=1)
            known = [b["pts"] for b in boxes if b["player_key"] == row["player_key"]
                     and b["known_at"] <= before][-games:]  # fmt: skip
            expected = round(sum(known) / len(known), 6) if known else None
            assert row[feature.name] == expected
        assert frame[feature.name].drop_nulls().len() > 100


def _by_day(league: League) -> dict[date, list[Row]]:
    rows: dict[date, list[Row]] = {}
    for game in league.tables["game"]:
        rows.setdefault(game["game_date"], []).append(game)
    return rows


def test_other_rounding_is_another_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    before = CATALOGUE.hashes["points_avg_last_5"]
    # The package exports a function of the module's name, so modules are taken by their path.
    for module in ("catalogue", "reading"):
        monkeypatch.setattr(sys.modules[f"tipoff.features.{module}"], "DECIMALS", 5)
    assert Catalogue(CATALOGUE.families, CATALOGUE.relations).hashes["points_avg_last_5"] != before


def test_a_name_that_is_not_there_is_an_error_and_no_definition() -> None:
    for sql in ("p.no_such_column", "nothing.pts", "no_such_name + 1"):
        bad = with_column(
            Feature("bad", sql, "points", 0, 1, "player history", False, "v9"), "player"
        )
        with pytest.raises(IntegrityError, match="nothing is called"):
            _ = bad.hashes
    with pytest.raises(UsageError, match="last_0 is no window"):
        _ = with_column(
            Feature("bad", "avg(pts) OVER last_0", "points", 0, 1, "team", False, "v9"), "team"
        ).hashes


@pytest.mark.parametrize(
    "sql",
    ["FROM t USING SAMPLE 10%", "FROM (FROM t) TABLESAMPLE 10%", "PIVOT t ON b USING sum(a)",
     "SELECT a FROM t, LATERAL (SELECT 1)", "SELECT a FROM t UNION BY NAME SELECT a FROM t",
     "(SELECT a FROM t) LIMIT 1", "SELECT a FROM t UNION SELECT a FROM t ORDER BY a LIMIT 1",
     "SELECT x FROM t AS q(x)",
     "WITH q(x) AS (SELECT a FROM t) SELECT x FROM q", "SELECT a FROM t NATURAL JOIN t u",
     "SELECT a, b AS a FROM t", "SELECT sum(a) OVER w AS x FROM t",
     "SELECT sum(a) OVER (w ORDER BY at) AS x FROM t WINDOW w AS (PARTITION BY b)",
     "SELECT sum(a) OVER v AS x FROM t WINDOW w AS (ORDER BY at), v AS (w ROWS 3 PRECEDING)",
     "SELECT a FROM (VALUES (1)) t(a)", "SELECT a FROM t ORDER BY ALL"],
)  # fmt: skip
def test_sql_of_a_kind_nobody_taught_it_is_an_error_and_no_hash_that_leaves_something_out(
    sql: str,
) -> None:
    with pytest.raises(IntegrityError):
        read(sql)


def test_trees_are_those_of_the_version_that_definitions_were_hashed_with() -> None:
    assert version("sqlglot") == SPELLED_BY


BASE = stored("t", ("a", "b", "season", "at"))


def read(sql: str) -> Query:
    return read_query(sql, lambda _name: BASE)


def columns(sql: str) -> Iterator[str]:
    query = read(sql)
    return (query.column(name) for name in query.columns)


SAME = [
    ("SELECT a + b AS x FROM t", "SELECT  a+b  AS x -- a comment\nFROM t"),
    ("SELECT q.a AS x FROM t q", "SELECT other.a AS x FROM t other"),
    ("SELECT sum(a) OVER w AS x FROM t WINDOW w AS (PARTITION BY b ORDER BY at)",
     "SELECT sum(a) OVER (PARTITION BY b ORDER BY at) AS x FROM t"),
]  # fmt: skip


@pytest.mark.parametrize(
    "other",
    ["SELECT b FROM t", "SELECT a FROM t WHERE b > 1", "SELECT a FROM t SEMI JOIN t u USING (b)",
     "SELECT DISTINCT a FROM t", "SELECT max(a) AS a FROM t", "SELECT a FROM t LIMIT 3",
     "SELECT a FROM t UNION ALL SELECT a FROM t", "SELECT a FROM t QUALIFY row_number() OVER"
     " (ORDER BY at) = 1", "SELECT unnest([a, b]) AS a FROM t", "SELECT a FROM t, t u",
     "SELECT min(a) AS a FROM t GROUP BY b", "SELECT round(a, 2) AS a FROM t",
     "SELECT u.a FROM t, t u", "SELECT a FROM t EXCEPT ALL SELECT a FROM t"],
)  # fmt: skip
def test_another_expression_or_other_rows_are_another_column(other: str) -> None:
    assert [*columns(other)] != [*columns("SELECT a FROM t")]


@pytest.mark.parametrize(
    ("one", "other"),
    [("SELECT DISTINCT ON (b) a FROM t ORDER BY at", "SELECT DISTINCT ON (b) a FROM t ORDER BY b"),
     ("SELECT a, b FROM t ORDER BY 1 LIMIT 1", "SELECT a, b FROM t ORDER BY 2 LIMIT 1"),
     ("SELECT a, b FROM t EXCEPT ALL SELECT b, a FROM t",
      "SELECT a, b FROM t EXCEPT ALL SELECT b, at FROM t"),
     ("SELECT a, (SELECT max(u.a) FROM t u WHERE u.b < q.b) AS x FROM t q",
      "SELECT a, (SELECT max(u.a) FROM t u WHERE u.b < u.b) AS x FROM t q")],
)  # fmt: skip
def test_what_decides_which_rows_there_are_is_part_of_a_column(one: str, other: str) -> None:
    assert [*columns(one)][-1] != [*columns(other)][-1]


@pytest.mark.long
def test_a_column_taken_from_another_source_is_another_column(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every column of the catalogue's SQL that another source of its SELECT has too."""
    texts: dict[str, Callable[[str], Query]] = {}

    def noted(sql: str, tables: Callable[[str], Query]) -> Query:
        texts[sql] = tables
        return read_query(sql, tables)

    monkeypatch.setattr(reading, "read_query", noted)
    reading.read_catalogue(CATALOGUE.families, CATALOGUE.relations)
    sources, tried = set[str](), 0
    for sql, tables in texts.items():
        query, rest = read_query(sql, tables), sql.partition("FROM (")[2]
        for other in _of_other_sources(sql, projected_alone=rest in sources):
            with suppress(IntegrityError):
                tried += 1
                assert read_query(other, tables) != query, other
        sources.add(rest)
    assert tried > 200


def _of_other_sources(sql: str, projected_alone: bool) -> Iterator[str]:
    """The text with one column taken from the next source of its SELECT."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    for column in [*tree.find_all(exp.Column)]:
        select, top = column.find_ancestor(exp.Select), cast(exp.Expr, column)
        assert select is not None
        while top.parent is not None and top.parent is not select:
            top = top.parent
        if not column.table or isinstance(column.this, exp.Star):
            continue
        if projected_alone and (top.arg_key != "expressions" or select.parent):
            continue
        if "fx_spine" in sql and top.arg_key == "expressions" and select.parent:
            continue  # what a family locates, not every column of it reads
        sources = [select.args["from_"], *(select.args.get("joins") or ())]
        names = [source.this.alias_or_name for source in sources]
        own = column.args["table"]
        after = (names.index(own.name) + 1) % len(names) if own.name in names else 0
        if names[after] != own.name:
            column.set("table", exp.to_identifier(names[after]))
            yield tree.sql(dialect="duckdb")
            column.set("table", own)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_of_aliases_windows_and_white_space_are_no_part_of_a_column(
    one: str, other: str
) -> None:
    assert [*columns(one)] == [*columns(other)]


def test_a_column_beside_it_is_no_part_of_a_column() -> None:
    alone, beside = read("SELECT a FROM t WHERE b > 1"), read("SELECT at, a FROM t WHERE b > 1")
    assert alone.column("a") == beside.column("a")
    grouped = "SELECT b, max(a) AS a{} FROM t GROUP BY ALL"
    one, other = read(grouped.format("")), read(grouped.format(", min(a) AS least"))
    assert one.column("a") == other.column("a")
    keyed = read(grouped.format(", season"))
    assert keyed.column("a") != one.column("a"), "another key makes other groups"


def test_how_far_a_column_reaches_follows_its_frames_and_not_what_orders_them() -> None:
    framed = "sum(a) OVER (PARTITION BY b{} ORDER BY at ROWS {} PRECEDING) AS x"
    assert _reach(framed.format("", 4)) == last(5)
    assert _reach(framed.format(", season", "UNBOUNDED")) == SEASON
    nested = f"SELECT x + 1 AS x FROM (SELECT {framed.format('', 9)} FROM t)"
    assert read(nested).columns["x"].reach == last(10)
    assert read("SELECT a FROM t").columns["a"].reach is None
    assert isinstance(BASE.columns["a"], Made)


def _reach(expression: str) -> object:
    return read(f"SELECT {expression} FROM t").columns["x"].reach


def test_the_reading_is_kept_and_read_again_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    fresh = analyse(CATALOGUE.families, CATALOGUE.relations)
    (kept,) = (tmp_path / "tipoff").glob("catalogue-*.json")

    def no_reading(*_args: object) -> None:
        raise AssertionError("it was kept")

    monkeypatch.setattr(reading, "read_catalogue", no_reading)
    assert analyse(CATALOGUE.families, CATALOGUE.relations) == fresh
    kept.write_text(kept.read_text("utf-8").replace("def_", "dfe_", 1), encoding="utf-8")
    with pytest.raises(AssertionError, match="it was kept"):
        analyse(CATALOGUE.families, CATALOGUE.relations)
