"""What a column of a query is made from: its own expression, and the rows it stands in.

A `Query` gives, per output column, a digest of the expression with every column it reads replaced
by that column's own digest, down to the facts; and one digest of its rows: sources, conditions,
grouping, what is kept. Another column beside it changes neither, so adding a market, a total or a
feature changes no definition that is there. SQL is read by sqlglot, in DuckDB's dialect; names of
aliases, comments and white space are no part of a digest. What cannot be resolved is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp

from tipoff.errors import IntegrityError
from tipoff.features.sqltree import JOIN, SELECT, SOURCE, aggregates, frame_of, no_more_than
from tipoff.features.windows import Window, widest, window_of
from tipoff.hashing import text_id


@dataclass(frozen=True)
class Made:
    """A column: the digest of what it is made from, and how many games back that reaches."""

    digest: str
    reach: Window | None = None


@dataclass(frozen=True)
class Query:
    """The columns of a query in order, the digest of its rows, and every table it names."""

    columns: Mapping[str, Made]
    rows: str
    tables: frozenset[str] = frozenset()

    def column(self, name: str) -> str:
        """The digest of one column with the rows it stands in."""
        return text_id("col", f"{self.columns[name].digest} of {self.rows}")


Tables = Callable[[str], Query]
"""A table's query by its name; raises IntegrityError for one nobody declared."""


def read_query(sql: str, tables: Tables) -> Query:
    """The query of a SQL text over `tables`. Raises IntegrityError for what it cannot resolve."""
    return _Reader(tables).query(sqlglot.parse_one(sql, dialect="duckdb"), {}, None)


def stored(name: str, columns: tuple[str, ...]) -> Query:
    """A stored table: a column is what its name says."""
    return Query({c: Made(f"{name}.{c}") for c in columns}, name)


@dataclass
class _Scope:
    """What names mean inside one SELECT: sources by alias, named windows, its own aliases."""

    sources: dict[str, Query] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    """Right sides of semi and anti joins, and names that USING merges: not in a star."""
    windows: dict[str, exp.Window] = field(default_factory=dict)
    aliases: dict[str, exp.Expr] = field(default_factory=dict)
    lookups: dict[str, str] = field(default_factory=dict)
    """Alias of an earlier row -> how it is found: it adds no row and takes none away."""
    using: dict[str, set[str]] = field(default_factory=dict)
    outer: _Scope | None = None
    ctes: Mapping[str, Query] = field(default_factory=dict)


class _Reader:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.named: set[str] = set()

    def query(self, node: exp.Expr, ctes: Mapping[str, Query], outer: _Scope | None) -> Query:
        """The query of a SELECT, a UNION or either in brackets."""
        while isinstance(node, exp.Subquery | exp.Paren):
            node = node.this
        known = dict(ctes)
        for cte in node.args["with_"].expressions if node.args.get("with_") else ():
            known[cte.alias] = self.query(cte.this, known, outer)
        if isinstance(node, exp.SetOperation):
            return self._united(node, known, outer)
        if not isinstance(node, exp.Select):
            raise IntegrityError(f"not a query: {node.sql(dialect='duckdb')[:100]}")
        return self._selected(node, known, outer)

    def _united(
        self, node: exp.SetOperation, ctes: Mapping[str, Query], outer: _Scope | None
    ) -> Query:
        left, right = (self.query(side, ctes, outer) for side in (node.this, node.expression))
        pairs = zip(left.columns.items(), right.columns.values(), strict=True)
        columns = {
            name: Made(text_id("u", f"{a.digest} or {b.digest}"), _wider(a.reach, b.reach))
            for (name, a), b in pairs
        }
        kind = f"{type(node).__name__} distinct={bool(node.args.get('distinct'))}"
        whole = list(columns.values()) if node.args.get("distinct") else []
        rows = text_id("rows", repr([kind, left.rows, right.rows, [m.digest for m in whole]]))
        return Query(columns, rows, frozenset(self.named))

    def _selected(self, node: exp.Select, ctes: Mapping[str, Query], outer: _Scope | None) -> Query:
        no_more_than(node, SELECT)
        scope = _Scope(outer=outer, ctes=ctes)
        shape = [*self._sources(node, scope)]
        scope.windows = {w.name: w for w in node.args.get("windows") or ()}
        listed = node.expressions
        scope.aliases = {e.alias: e.this for e in listed if isinstance(e, exp.Alias)}
        columns = dict(self._projected(listed, scope))
        kept = [part for part in ("where", "having", "qualify") if node.args.get(part)]
        shape += [[part, self._text(node.args[part].this, scope)] for part in kept]
        shape += self._grouped(node, scope)
        if node.args.get("distinct"):
            on = self._text(node.args["distinct"], scope)
            shape.append(["distinct", on, *(made.digest for made in columns.values())])
        if node.args.get("limit") or node.args.get("offset"):
            parts = (node.args.get(part) for part in ("limit", "offset", "order"))
            shape.append(["limit", *(self._text(part, scope) for part in parts)])
        shape += [
            ["unnest", self._text(e, scope)] for e in listed if e.find(exp.Unnest, exp.Explode)
        ]
        return Query(columns, text_id("rows", repr(shape)), frozenset(self.named))

    def _sources(self, node: exp.Select, scope: _Scope) -> Iterator[list[str]]:
        start = node.args.get("from_")
        if start is not None:
            yield from self._source(start.this, scope, "from")
        for join in node.args.get("joins") or ():
            yield from self._joined(join, scope)

    def _joined(self, join: exp.Join, scope: _Scope) -> Iterator[list[str]]:
        no_more_than(join, JOIN)
        kind = " ".join(str(join.args.get(k) or "") for k in ("method", "side", "kind"))
        before = set(scope.sources)
        found = [*self._source(join.this, scope, kind)]
        alias = next(iter(scope.sources.keys() - before))
        condition = self._condition(join, scope, alias, before)
        if join.side == "LEFT" and window_of(alias) is not None:
            scope.lookups[alias] = repr([*found, condition])
            return
        if join.args.get("kind") in ("SEMI", "ANTI"):
            scope.hidden.add(alias)
        yield from found
        yield ["on", condition]

    def _condition(self, join: exp.Join, scope: _Scope, alias: str, before: set[str]) -> str:
        on, using = join.args.get("on"), join.args.get("using")
        if using:
            names = [identifier.name for identifier in using]
            scope.using[alias] = set(names)
            left = [self._named(n, scope, only=before).digest for n in names]
            right = [scope.sources[alias].columns[n].digest for n in names]
            return repr([*zip(left, right, strict=True)])
        return self._text(on, scope) if on is not None else ""

    def _source(self, node: exp.Expr, scope: _Scope, kind: str) -> Iterator[list[str]]:
        alias = node.alias_or_name
        no_more_than(node, SOURCE)
        if isinstance(node, exp.Table):
            name = ".".join(part.name for part in node.parts)
            query = scope.ctes.get(name)
            if query is None:
                self.named.add(name)
                query = self.tables(name)
        else:
            query = self.query(node, scope.ctes, scope)
        scope.sources[alias or f"source {len(scope.sources)}"] = query
        yield [" ".join(kind.split()), query.rows]
        for join in node.args.get("joins") or ():
            yield from self._joined(join, scope)

    def _projected(self, listed: list[Any], scope: _Scope) -> Iterator[tuple[str, Made]]:
        for item in listed:
            star = item.this if isinstance(item, exp.Column) else item
            if isinstance(star, exp.Star):
                only = item.table if isinstance(item, exp.Column) else ""
                yield from self._starred(star, scope, only)
            else:
                node = item.this if isinstance(item, exp.Alias) else item
                yield item.alias_or_name, self._made(node, scope)

    def _starred(self, star: exp.Star, scope: _Scope, only: str) -> Iterator[tuple[str, Made]]:
        except_ = {e.name for e in star.args.get("except_") or ()}
        replaced = {e.alias: e.this for e in star.args.get("replace") or ()}
        for alias, query in scope.sources.items():
            if (only and alias != only) or (not only and alias in scope.hidden):
                continue
            merged = set() if only else scope.using.get(alias, set())
            for name, made in query.columns.items():
                if name not in except_ | merged:
                    yield name, self._made(replaced[name], scope) if name in replaced else made

    def _grouped(self, node: exp.Select, scope: _Scope) -> Iterator[list[str]]:
        group = node.args.get("group")
        if group is None:
            if any(aggregates(e) for e in node.expressions):
                yield ["one group"]
            return
        keys = list(group.expressions)
        if group.args.get("all"):
            listed = [e.this if isinstance(e, exp.Alias) else e for e in node.expressions]
            keys = [e for e in listed if not aggregates(e)]
        texts = (self._key(key, node, scope) for key in keys)
        yield ["group", *sorted(texts)]

    def _key(self, key: exp.Expr, node: exp.Select, scope: _Scope) -> str:
        if isinstance(key, exp.Literal) and key.is_int:
            key = node.expressions[int(key.name) - 1].unalias()
        return self._text(key, scope)

    def _made(self, node: exp.Expr, scope: _Scope) -> Made:
        used: list[tuple[Window | None, Window | None]] = []
        digest = text_id("x", self._text(node, scope, used))
        earlier = [window for window, _ in used if window is not None]
        return Made(digest, widest(earlier or [reach for _, reach in used if reach is not None]))

    def _text(
        self,
        node: Any,
        scope: _Scope,
        used: list[tuple[Window | None, Window | None]] | None = None,
    ) -> str:
        """An expression spelled out; `used` gathers the windows it looks through, and the reach of
        every column it reads."""
        gathered = used if used is not None else []
        if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
            made = self._column(node, scope)
            gathered.append((window_of(node.table), made.reach))
            return made.digest
        if isinstance(node, exp.Paren | exp.Alias):
            return self._text(node.this, scope, gathered)
        if isinstance(node, exp.Query):
            inner = self.query(node, scope.ctes, scope)
            return repr([inner.rows, [m.digest for m in inner.columns.values()]])
        if isinstance(node, exp.Window):
            node = _expanded(node, scope)
            gathered.append((None, frame_of(node)))
            # What parts and orders the games does not reach further back than the frame does.
            rest = node.copy()
            rest.set("this", None)
            return f"{self._text(node.this, scope, gathered)} over {self._spelled(rest, scope, [])}"
        if isinstance(node, exp.Expr):
            return self._spelled(node, scope, gathered)
        if isinstance(node, list):
            return repr([self._text(value, scope, gathered) for value in node])
        return repr(node)

    def _spelled(self, node: exp.Expr, scope: _Scope, used: Any) -> str:
        parts = [
            f"{name}={self._text(value, scope, used)}"
            for name, value in sorted(node.args.items())
            if value not in (None, False, [])
        ]
        return f"{type(node).__name__}({', '.join(parts)})"

    def _column(self, node: exp.Column, scope: _Scope) -> Made:
        alias, name = node.table, node.name
        if not alias:
            return self._named(name, scope)
        at: _Scope | None = scope
        while at is not None:
            if alias in at.sources and name in at.sources[alias].columns:
                made = at.sources[alias].columns[name]
                found = at.lookups.get(alias)
                return (
                    made if found is None else Made(text_id("at", made.digest + found), made.reach)
                )
            at = at.outer
        return Made(f"{self._named(alias, scope).digest}.{name}")

    def _named(self, name: str, scope: _Scope, only: set[str] | None = None) -> Made:
        at: _Scope | None = scope
        while at is not None:
            for alias, query in at.sources.items():
                if name in query.columns and (only is None or alias in only):
                    return query.columns[name]
            if name in at.aliases:
                rest = {k: v for k, v in at.aliases.items() if k != name}
                return self._made(at.aliases[name], _without(at, rest))
            at = at.outer
        raise IntegrityError(f"nothing is called {name} there")


def _without(scope: _Scope, aliases: dict[str, exp.Expr]) -> _Scope:
    copied = _Scope(**vars(scope))
    copied.aliases = aliases
    return copied


def _expanded(node: exp.Window, scope: _Scope) -> exp.Window:
    """A window function with its named window written out."""
    name, at = node.alias, scope if node.alias else None
    while at is not None:
        if name in at.windows:
            named, made = at.windows[name], node.copy()
            made.set("alias", None)
            for part in ("partition_by", "order", "spec"):
                made.set(part, named.args.get(part))
            return made
        at = at.outer
    return node


def _wider(one: Window | None, other: Window | None) -> Window | None:
    return widest(w for w in (one, other) if w is not None)
