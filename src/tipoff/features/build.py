"""Building features: history for training and tonight's slate through the same tables and query."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tipoff.errors import IntegrityError
from tipoff.features.analysis import PLAYERS, SPINE
from tipoff.features.catalogue import Catalogue, current
from tipoff.features.compile import Program
from tipoff.features.computed import computed_of, queried, with_computed
from tipoff.features.relations import BOX, FACTS, GAMES
from tipoff.gates import gate
from tipoff.lake import bound
from tipoff.markets import counts_sql

if TYPE_CHECKING:
    import polars as pl

    from tipoff.lake import Reader

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
FALLBACK = "fallback"
TONIGHT = "tonight"
_KEYS = (
    "game_id", "player_key", "team", "opponent", "home", "game_date", "season", "game_type",
    "tipoff",
)  # fmt: skip
_TABLE = re.compile(r"\bfx_\w+")

_PLAYED_SPINE = f"""
  SELECT b.game_id, b.player_key, b.team, b.opponent, coalesce(g.home = b.team, false) AS home,
         b.game_date, b.season, coalesce(g.game_type, 'regular') AS game_type, b.tipoff,
         coalesce(g.slate_as_of, b.tipoff - INTERVAL 1 SECOND) AS row_as_of
  FROM {BOX} b LEFT JOIN {GAMES} g USING (game_id)
  WHERE b.game_date BETWEEN $start AND $through"""

_TONIGHT_SPINE = f"""
  -- never at or after the row's own tip-off, whatever moment was asked for
  SELECT game_id, player_key, team, opponent, home, game_date, season, game_type, tipoff,
         least($as_of, tipoff - INTERVAL 1 SECOND) AS row_as_of
  FROM {TONIGHT}"""


@dataclass(frozen=True)
class SlateFeatures:
    """Tonight's rows in the order given.

    `frame`: keys and one Float64 column per feature. `reasons`: per row, feature -> why it is
    null, or `fallback` when it has a value from a documented second source.
    """

    frame: pl.DataFrame
    reasons: list[dict[str, str]]


@dataclass(frozen=True)
class Facts:
    """Says that the tables FACTS hold what was known at `as_of` of rows up to `seq`."""

    as_of: datetime
    seq: int

    @gate(
        "facts of the moment", protects="the plan and the features of a slate",
        on_error="no set is built", on_null="another moment: IntegrityError",
    )  # fmt: skip
    def require(self, as_of: datetime, seq: int) -> None:
        """Raises IntegrityError when they are not the facts of that moment."""
        if (self.as_of, self.seq) != (as_of, seq):
            raise IntegrityError(f"facts as of {as_of} up to {seq} asked for, there are {self}")


@contextmanager
def known_facts(
    r: Reader, as_of: datetime, seq: int, names: Sequence[str] = FACTS
) -> Iterator[Facts]:
    """Make FACTS once for all that reads them: the plan of a slate and its features."""
    relations, params = current().relations, {"as_of": as_of, "seq": seq}
    r.bind(params)
    for name in names:
        r.rows(f"CREATE OR REPLACE TEMP TABLE {name} AS {bound(relations[name].sql, params)}")
    yield Facts(as_of, seq)
    for name in names:
        r.rows(f"DROP TABLE {name}")


def training_frame(
    r: Reader,
    *,
    start: date | None,
    through: date,
    as_of: datetime | None = None,
    seq: int | None = None,
    names: Sequence[str] | None = None,
    catalogue: Catalogue | None = None,
) -> pl.DataFrame:
    """Played player-games in [start, through], each as of one second before its slate's first tip.

    Columns: game_id, player_key, team, opponent, home, game_date, season, game_type, tipoff, the
    features (Float64, nulls), y_<market> and y_minutes. Ordered by (tipoff, game_id, player_key).
    `as_of` and `seq` bound the facts seen; by default all that is stored. `names`: by default every
    feature of tipoff's own.
    """
    catalogue = catalogue or current()
    asked = tuple(names or catalogue.standard)
    functions = computed_of(catalogue, asked)
    program = Program(catalogue, queried(asked, functions))
    params = {
        "as_of": as_of or FOREVER, "seq": r.newest_seq() if seq is None else seq,
        "start": start or date.min, "through": through,
    }  # fmt: skip
    read = {GAMES, BOX, *(name for name, _ in program.tables)}
    facts = [name for name in FACTS if name in read]
    with (
        r.every_core(),
        known_facts(r, as_of or FOREVER, r.newest_seq() if seq is None else seq, facts),
        _built(r, program, _PLAYED_SPINE, params),
    ):
        found = r.query(
            f"""SELECT v.*, {counts_sql("y_")}, minutes::DOUBLE AS y_minutes
            FROM ({program.query}) v
            JOIN (SELECT * EXCLUDE (season, team, opponent, game_date, tipoff) FROM {BOX}) b
              USING (game_id, player_key)"""
        )
    rows = with_computed(found, functions).sort("tipoff", "game_id", "player_key")
    if not functions:
        return rows
    outcomes = [name for name in rows.columns if name.startswith("y_")]
    return rows.select(*_KEYS, *asked, *outcomes)


@gate(
    "rows of a slate", protects="the features of a slate",
    on_error="no set is built", on_null="a player-game lost on the way: IntegrityError",
)  # fmt: skip
def slate_frame(
    r: Reader,
    tonight: pl.DataFrame,
    *,
    as_of: datetime,
    seq: int,
    names: Sequence[str] | None = None,
    catalogue: Catalogue | None = None,
    facts: Facts | None = None,
) -> SlateFeatures:
    """Features of upcoming player-games as of a moment; no outcome of theirs is read.

    `tonight`: game_id, player_key, team, opponent, home, game_date, season, game_type, tipoff,
    one row per (game_id, player_key). `facts`: those of the same moment, where they are made
    already. Raises IntegrityError when rows out are not rows in.
    """
    import polars as pl

    catalogue = catalogue or current()
    asked = tuple(names or catalogue.standard)
    functions = computed_of(catalogue, asked)
    program = Program(catalogue, queried(asked, functions), reasons=True)
    r.register(TONIGHT, tonight.select(_KEYS))
    try:
        with (
            _facts(r, facts, as_of, seq),
            _built(r, program, _TONIGHT_SPINE, {"as_of": as_of, "seq": seq}),
        ):
            found = program.with_reasons(r.query(program.query))
    finally:
        r.unregister(TONIGHT)
    order = tonight.select("game_id", "player_key")
    frame = order.join(found, on=order.columns, how="left", maintain_order="left")
    if frame.height != tonight.height or found.height != tonight.height:
        raise IntegrityError(
            f"features: {tonight.height} player-games in, {found.height} out",
            "tonight must hold one row per (game_id, player_key)",
        )
    frame = with_computed(frame, functions, reasons=True)
    if functions:
        frame = frame.select(*_KEYS, *asked, *(f"why:{n}" for n in asked))
    said = frame.select(pl.col(f"why:{n}").alias(n) for n in asked)
    reasons = [{n: w for n, w in row.items() if w} for row in said.iter_rows(named=True)]
    return SlateFeatures(frame.select(pl.exclude("^why:.*$")), reasons)


def _facts(
    r: Reader, facts: Facts | None, as_of: datetime, seq: int
) -> AbstractContextManager[Facts]:
    if facts is None:
        return known_facts(r, as_of, seq)
    facts.require(as_of, seq)
    return nullcontext(facts)


@contextmanager
def _built(r: Reader, program: Program, spine: str, params: dict[str, object]) -> Iterator[None]:
    """Make the tables of a program from FACTS, each dropped once nothing reads it."""
    made: list[str] = []
    tables = {SPINE: spine, PLAYERS: program.catalogue.relations[PLAYERS].sql}
    tables |= {k: v for k, v in program.tables if k not in (*FACTS, *tables)}
    r.bind(params)
    wanted = [set(_TABLE.findall(sql)) for sql in (*tables.values(), program.query)]
    for at, (name, sql) in enumerate(tables.items()):
        r.rows(f"CREATE OR REPLACE TEMP TABLE {name} AS {bound(sql, params)}")
        later = set().union(*wanted[at + 1 :])
        for done in [t for t in made if t not in later]:
            r.rows(f"DROP TABLE {done}")
            made.remove(done)
        made.append(name)
    yield
    for name in made:
        r.rows(f"DROP TABLE {name}")
