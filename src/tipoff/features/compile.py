"""From names to SQL: which tables a build makes, and the one query that reads the values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tipoff.features.catalogue import Catalogue
from tipoff.features.definition import Column, Family, Feature
from tipoff.hashing import DECIMALS

if TYPE_CHECKING:
    import polars as pl

LOCATED = "fx_located"
_WORD = re.compile(r"\b[a-z_]\w*\b")


@dataclass(frozen=True)
class Program:
    """A build of `names`: with `reasons`, each value also says why it is null or a fallback."""

    catalogue: Catalogue
    names: Sequence[str]
    reasons: bool = False

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column computed, in declared order."""
        wanted = set(self.names)
        if self.reasons:
            for name in self.catalogue.closure(self.names):
                wanted |= self._explaining(name)
        return self.catalogue.closure(wanted)

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """Families attached to the spine, in order."""
        wanted = {self.catalogue.owner[name].name for name in self.columns}
        wanted |= {name for f in self.catalogue.families if f.name in wanted for name in f.after}
        return tuple(f for f in self.catalogue.families if f.name in wanted)

    @cached_property
    def tables(self) -> tuple[tuple[str, str], ...]:
        """(name, SQL) of every table to make after the spine, in order."""
        made: dict[str, str] = {}
        for name in self.catalogue.relations_of(self.columns):
            made[name] = self.catalogue.relations[name].sql
        for family in self.families:
            if family.windowed:
                columns = self._of(family)
                windows = sorted({w for c in columns for w in self._windows(c)})
                made[family.table] = family.windowed_sql(columns, windows)
        made[LOCATED] = self.located
        made |= {_stage(f): self._staged(f) for f in self.families if f.staged}
        return tuple(made.items())

    @property
    def query(self) -> str:
        """The values: every column of the spine and the names asked for; with `reasons`, what
        `with_reasons` makes them of."""
        sql = self._attached()
        for level in self._levels():
            sql = self._checked(self._derived(sql, level), level)
        listed = [f'"{name}"' for name in self.names]
        if self.reasons:
            listed += [f'"raw:{name}"' for name in self.names]
            listed += [f'{text} AS "{name}"' for text, name in self._said.items()]
        keys = "game_id, player_key, team, opponent, home, game_date, season, game_type, tipoff"
        return f"SELECT {keys}, {', '.join(listed)} FROM ({sql})"

    def with_reasons(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What `query` gave, with "why:NAME" for each name: why the value is null or a fallback.

        Many features share a reason. DuckDB computes each once and they are spread here: 181
        expressions more in one query cost it a quarter of a second before the first row.
        """
        import polars as pl

        added = []
        for name in self.names:
            feature = self.catalogue.features[name]
            strayed = pl.when(pl.col(f"raw:{name}").is_not_null()).then(pl.lit("out_of_range"))
            unknown = strayed.otherwise(pl.col(self._said[self._why(name)]))
            replaced: pl.Expr = pl.lit(None, pl.String)
            if feature.fallback:
                replaced = pl.when(pl.col(self._said[feature.fallback])).then(pl.lit("fallback"))
            why = pl.when(pl.col(name).is_null()).then(unknown).otherwise(replaced)
            added.append(why.alias(f"why:{name}"))
        dropped = [*(f"raw:{name}" for name in self.names), *self._said.values()]
        return frame.with_columns(added).drop(dropped)

    @cached_property
    def _said(self) -> dict[str, str]:
        """SQL of every reason and fallback of the names -> the column that holds it."""
        features = [self.catalogue.features[name] for name in self.names]
        texts = [self._why(name) for name in self.names] + [f.fallback for f in features]
        return {text: f"said:{n}" for n, text in enumerate(dict.fromkeys(filter(None, texts)))}

    def _why(self, name: str) -> str:
        return self.catalogue.features[name].why or self.catalogue.owner[name].why

    def _explaining(self, name: str) -> set[str]:
        column, family = self.catalogue.columns[name], self.catalogue.owner[name]
        text = family.why
        if isinstance(column, Feature):
            text = f"{column.why or family.why} {column.fallback}"
        return set(_WORD.findall(text)) & self.catalogue.columns.keys()

    def _of(self, family: Family) -> list[Column]:
        return [c for c in family.columns if c.name in self._wanted]

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset(self.columns)

    def _windows(self, column: Column) -> tuple[str, ...]:
        return self.catalogue.analysis.columns[column.name].windows

    @property
    def located(self) -> str:
        """The spine with, per family, which row is the newest one known."""
        *before, last = self.families
        return last.located_sql(before)

    def _staged(self, family: Family) -> str:
        columns = self._of(family)
        listed = ", ".join(f'{c.sql} AS "{c.name}"' for c in columns)
        joins = family.attach_sql(columns)
        return f"SELECT s.game_id, s.player_key, {listed} FROM {LOCATED} s {joins}"

    def _attached(self) -> str:
        joined = [f for f in self.families if f.relation]
        columns = [(c, self._value(c, family)) for family in joined for c in self._of(family)]
        listed = "".join(f", {_computed(c, sql)}" for c, sql in columns)
        joins = " ".join(self._join(f) for f in joined)
        sql = f"SELECT s.*{listed} FROM {LOCATED} s {joins}"
        return self._checked(sql, [c.name for c, _ in columns])

    def _value(self, column: Column, family: Family) -> str:
        if family.staged:
            return f'{family.name}."{column.name}"'
        return family.value_sql(column, self._windows(column))

    def _join(self, family: Family) -> str:
        if family.staged:
            name = family.name
            on = f"{name}.game_id = s.game_id AND {name}.player_key = s.player_key"
            return f"LEFT JOIN {_stage(family)} {name} ON {on}"
        return family.attach_sql(self._of(family))

    def _derived(self, sql: str, names: Sequence[str]) -> str:
        columns = [self.catalogue.columns[name] for name in names]
        return f"SELECT *, {', '.join(_computed(c, c.sql) for c in columns)} FROM ({sql})"

    def _checked(self, sql: str, names: Sequence[str]) -> str:
        features = [self.catalogue.features[n] for n in names if n in self.catalogue.features]
        if not features:
            return sql
        listed = ", ".join(
            f'CASE WHEN "raw:{f.name}" BETWEEN {f.low} AND {f.high}'
            f' THEN "raw:{f.name}" END AS "{f.name}"'
            for f in features
        )
        return f"SELECT *, {listed} FROM ({sql})"

    def _levels(self) -> list[list[str]]:
        derived = [n for n in self.columns if not self.catalogue.owner[n].relation]
        level: dict[str, int] = {}

        def depth(name: str) -> int:
            if name not in level:
                reads = [r for r in self.catalogue.reads(name) if r in derived]
                level[name] = 1 + max((depth(r) for r in reads), default=0)
            return level[name]

        for name in derived:
            depth(name)
        return [[n for n in derived if level[n] == k] for k in sorted(set(level.values()))]


def _stage(family: Family) -> str:
    return f"fx_{family.name}"


def _computed(column: Column, sql: str) -> str:
    if isinstance(column, Feature):
        return f'round(({sql})::DOUBLE * 1e{DECIMALS}) / 1e{DECIMALS} AS "raw:{column.name}"'
    return f'{sql} AS "{column.name}"'
