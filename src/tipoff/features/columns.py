"""What a column of a query is made from: its own expression, and the rows it stands in.

A `Query` gives, per output column, a digest of the expression with every column it reads replaced
by that column's own digest, down to the facts; and one digest of its rows: sources, conditions,
grouping, what is kept. Another column beside it changes neither, so adding a market, a total or a
feature changes no definition that is there. SQL is read by sqlglot, in DuckDB's dialect; names of
aliases, comments and white space are no part of a digest. What cannot be resolved is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlglot
from sqlglot import exp

from tipoff.errors import IntegrityError
from tipoff.features.scope import Made, Query, Scope
from tipoff.features.sqltree import (
    ALIAS,
    BRACKETS,
    GROUP,
    JOIN,
    ORDER,
    SELECT,
    SOURCE,
    UNION,
    aggregates,
    frame_of,
    no_more_than,
)
from tipoff.features.windows import Window, widest, window_of
from tipoff.hashing import text_id

Tables = Callable[[str], Query]
"""A table's query by its name; raises IntegrityError for one nobody declared."""


def read_query(sql: str, tables: Tables) -> Query:
    """The query of a SQL text over `tables`. Raises IntegrityError for what it cannot resolve."""
    return _Reader(tables).query(sqlglot.parse_one(sql, dialect="duckdb"), {}, None)


class _Reader:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.named: set[str] = set()

    def query(self, node: exp.Expr, ctes: Mapping[str, Query], outer: Scope | None) -> Query:
        """The query of a SELECT, a UNION or either in brackets."""
        while isinstance(node, exp.Subquery | exp.Paren):
            no_more_than(node, BRACKETS)
            node = node.this
        known = dict(ctes)
        for cte in node.args["with_"].expressions if node.args.get("with_") else ():
            no_more_than(cte.args["alias"], ALIAS)
            known[cte.alias] = self.query(cte.this, known, outer)
        if isinstance(node, exp.SetOperation):
            return self._united(node, known, outer)
        if not isinstance(node, exp.Select):
            raise IntegrityError(f"not a query: {node.sql(dialect='duckdb')[:100]}")
        return self._selected(node, known, outer)

    def _united(
        self, node: exp.SetOperation, ctes: Mapping[str, Query], outer: Scope | None
    ) -> Query:
        no_more_than(node, UNION)
        left, right = (self.query(side, ctes, outer) for side in (node.this, node.expression))
        pairs = zip(left.columns.items(), right.columns.values(), strict=True)
        columns = {
            name: Made(text_id("u", f"{a.digest} or {b.digest}"), _wider(a.reach, b.reach))
            for (name, a), b in pairs
        }
        kind = f"{type(node).__name__} distinct={bool(node.args.get('distinct'))}"
        # Without UNION ALL, which rows there are depends on all that is in them.
        added = isinstance(node, exp.Union) and not node.args.get("distinct")
        whole = [] if added else [made.digest for made in columns.values()]
        rows = text_id("rows", repr([kind, left.rows, right.rows, whole]))
        return Query(columns, rows, frozenset(self.named))

    def _selected(self, node: exp.Select, ctes: Mapping[str, Query], outer: Scope | None) -> Query:
        no_more_than(node, SELECT)
        scope = Scope(outer=outer, ctes=ctes)
        shape = [*self._sources(node, scope)]
        scope.windows = {w.name: w for w in node.args.get("windows") or ()}
        listed = node.expressions
        scope.aliases = {e.alias: e.this for e in listed if isinstance(e, exp.Alias)}
        projected = [*self._projected(listed, scope)]
        columns = dict(projected)
        if len(columns) < len(projected):
            raise IntegrityError(f"a name twice: {node.sql(dialect='duckdb')[:80]}")
        kept = [part for part in ("where", "having", "qualify") if node.args.get(part)]
        shape += [[part, self._text(node.args[part].this, scope)] for part in kept]
        shape += self._grouped(node, scope)
        if node.args.get("distinct"):
            on = self._text(node.args["distinct"], scope)
            shape.append(["distinct", on, *(made.digest for made in columns.values())])
        if node.args.get("order"):
            shape.append(["order", *self._ordered(node, scope)])
        cut = [part for part in ("limit", "offset") if node.args.get(part)]
        shape += [[part, self._text(node.args[part], scope)] for part in cut]
        shape += [
            ["unnest", self._text(e, scope)] for e in listed if e.find(exp.Unnest, exp.Explode)
        ]
        return Query(columns, text_id("rows", repr(shape)), frozenset(self.named))

    def _sources(self, node: exp.Select, scope: Scope) -> Iterator[list[str]]:
        start = node.args.get("from_")
        if start is not None:
            yield from self._source(start.this, scope, "from")
        for join in node.args.get("joins") or ():
            yield from self._joined(join, scope)

    def _joined(self, join: exp.Join, scope: Scope) -> Iterator[list[str]]:
        no_more_than(join, JOIN)
        kind = " ".join(str(join.args.get(k) or "") for k in ("method", "side", "kind"))
        if "NATURAL" in kind:
            raise IntegrityError(f"which columns join: {join.sql(dialect='duckdb')[:80]}")
        before = set(scope.sources)
        found = [*self._source(join.this, scope, kind)]
        alias = next(source for source in scope.sources if source not in before)
        condition = self._condition(join, scope, alias, before)
        if join.side == "LEFT" and window_of(alias) is not None:
            scope.lookups[alias] = repr([*found, condition])
            return
        if join.args.get("kind") in ("SEMI", "ANTI"):
            scope.hidden.add(alias)
        yield from found
        yield ["on", condition]

    def _condition(self, join: exp.Join, scope: Scope, alias: str, before: set[str]) -> str:
        on, using = join.args.get("on"), join.args.get("using")
        if using:
            names = [identifier.name for identifier in using]
            scope.using[alias] = set(names)
            left = [scope.named(n, self._made, before).digest for n in names]
            right = [scope.placed(alias, n).digest for n in names]
            return repr([*zip(left, right, strict=True)])
        return self._text(on, scope) if on is not None else ""

    def _source(self, node: exp.Expr, scope: Scope, kind: str) -> Iterator[list[str]]:
        alias = node.alias_or_name
        no_more_than(node, SOURCE)
        if node.args.get("alias"):
            no_more_than(node.args["alias"], ALIAS)
        if isinstance(node, exp.Table):
            name = ".".join(part.name for part in node.parts)
            query = scope.ctes.get(name)
            if query is None:
                self.named.add(name)
                query = self.tables(name)
        elif isinstance(node, exp.Subquery):
            query = self.query(node.this, scope.ctes, scope)
        else:
            raise IntegrityError(f"not a source: {node.sql(dialect='duckdb')[:80]}")
        scope.sources[alias or f"source {len(scope.sources)}"] = query
        yield [" ".join(kind.split()), query.rows]
        for join in node.args.get("joins") or ():
            yield from self._joined(join, scope)

    def _projected(self, listed: list[Any], scope: Scope) -> Iterator[tuple[str, Made]]:
        for item in listed:
            star = item.this if isinstance(item, exp.Column) else item
            if isinstance(star, exp.Star):
                only = item.table if isinstance(item, exp.Column) else ""
                yield from self._starred(star, scope, only)
            else:
                node = item.this if isinstance(item, exp.Alias) else item
                yield item.alias_or_name, self._made(node, scope)

    def _starred(self, star: exp.Star, scope: Scope, only: str) -> Iterator[tuple[str, Made]]:
        except_ = {e.name for e in star.args.get("except_") or ()}
        replaced = {e.alias: e.this for e in star.args.get("replace") or ()}
        for alias, query in scope.sources.items():
            if (only and alias != only) or (not only and alias in scope.hidden):
                continue
            merged = set() if only else scope.using.get(alias, set())
            for name in query.columns:
                if name in replaced:
                    yield name, self._made(replaced[name], scope)
                elif name not in except_ | merged:
                    yield name, scope.placed(alias, name)

    def _grouped(self, node: exp.Select, scope: Scope) -> Iterator[list[str]]:
        group = node.args.get("group")
        if group is None:
            if any(aggregates(e) for e in node.expressions):
                yield ["one group"]
            return
        no_more_than(group, GROUP)
        keys = list(group.expressions)
        if group.args.get("all"):
            listed = [e.this if isinstance(e, exp.Alias) else e for e in node.expressions]
            keys = [e for e in listed if not aggregates(e)]
        texts = (self._key(key, node, scope) for key in keys)
        yield ["group", *sorted(texts)]

    def _ordered(self, node: exp.Select, scope: Scope) -> Iterator[str]:
        no_more_than(node.args["order"], ORDER)
        for key in node.args["order"].expressions:
            rest = key.copy()
            rest.set("this", None)
            yield f"{self._key(key.this, node, scope)} {self._spelled(rest, scope, [])}"

    def _key(self, key: exp.Expr, node: exp.Select, scope: Scope) -> str:
        if isinstance(key, exp.Literal) and key.is_int:
            key = node.expressions[int(key.name) - 1].unalias()
        if isinstance(key, exp.Var):
            raise IntegrityError(f"which columns are {key.name}: {node.sql(dialect='duckdb')[:80]}")
        return self._text(key, scope)

    def _made(self, node: exp.Expr, scope: Scope) -> Made:
        used: list[tuple[Window | None, Window | None]] = []
        digest = text_id("x", self._text(node, scope, used))
        earlier = [window for window, _ in used if window is not None]
        return Made(digest, widest(earlier or [reach for _, reach in used if reach is not None]))

    def _text(
        self,
        node: Any,
        scope: Scope,
        used: list[tuple[Window | None, Window | None]] | None = None,
    ) -> str:
        """An expression spelled out; `used` gathers the windows it looks through, and the reach of
        every column it reads."""
        gathered = used if used is not None else []
        if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
            found = scope.column(node.table, node.name) if node.table else None
            made = found or self._named(node, scope)
            gathered.append((window_of(node.table), made.reach))
            return made.digest
        if isinstance(node, exp.Paren | exp.Alias):
            return self._text(node.this, scope, gathered)
        if isinstance(node, exp.Query):
            inner = self.query(node, scope.ctes, scope)
            return repr([inner.rows, [m.digest for m in inner.columns.values()]])
        if isinstance(node, exp.Window):
            node = scope.expanded(node)
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

    def _named(self, node: exp.Column, scope: Scope) -> Made:
        """A name alone; or, when no source has it, a field of a column."""
        made = scope.named(node.table or node.name, self._made)
        return Made(f"{made.digest}.{node.name}", made.reach) if node.table else made

    def _spelled(self, node: exp.Expr, scope: Scope, used: Any) -> str:
        parts = [
            f"{name}={self._text(value, scope, used)}"
            for name, value in sorted(node.args.items())
            if value not in (None, False, [])
        ]
        return f"{type(node).__name__}({', '.join(parts)})"


def _wider(one: Window | None, other: Window | None) -> Window | None:
    return widest(w for w in (one, other) if w is not None)
