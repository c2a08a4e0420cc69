"""What names mean inside one SELECT, and what a column that is named there is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from tipoff.errors import IntegrityError
from tipoff.features.sqltree import no_more_than
from tipoff.features.windows import Window
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


def stored(name: str, columns: tuple[str, ...]) -> Query:
    """A stored table: a column is what its name says."""
    return Query({c: Made(f"{name}.{c}") for c in columns}, name)


@dataclass
class Scope:
    """What names mean inside one SELECT: sources by alias, named windows, its own aliases."""

    sources: dict[str, Query] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    """Right sides of semi and anti joins, and names that USING merges: not in a star."""
    windows: dict[str, exp.Window] = field(default_factory=dict)
    aliases: dict[str, exp.Expr] = field(default_factory=dict)
    lookups: dict[str, str] = field(default_factory=dict)
    """Alias of an earlier row -> how it is found: it adds no row and takes none away."""
    using: dict[str, set[str]] = field(default_factory=dict)
    outer: Scope | None = None
    ctes: Mapping[str, Query] = field(default_factory=dict)

    def placed(self, alias: str, name: str, up: int = 0) -> Made:
        """A column of one source, told from the same column of another source.

        Sources count in their order, which is part of the rows; a lookup does not, because one
        more of them changes nothing: it is told by how it is found. `up`: how many SELECTs outside
        the one that names the column this one is.
        """
        made = self.sources[alias].columns[name]
        counted = [source for source in self.sources if source not in self.lookups]
        place = self.lookups.get(alias) or str(counted.index(alias))
        return Made(text_id("at", f"{made.digest} at {up} {place}"), made.reach)

    def column(self, alias: str, name: str) -> Made | None:
        """The column of the nearest source so called, None when no source has it."""
        at, up = self, 0
        while alias not in at.sources or name not in at.sources[alias].columns:
            if at.outer is None:
                return None
            at, up = at.outer, up + 1
        return at.placed(alias, name, up)

    def named(
        self, name: str, made: Callable[[exp.Expr, Scope], Made], only: set[str] | None = None
    ) -> Made:
        """What a name without a source means (`only`: of some sources): the column of the first
        that has it, else an alias of the SELECT, which `made` reads, else the same further out.

        Raises IntegrityError when it means nothing.
        """
        at: Scope | None = self
        up = 0
        while at is not None:
            for alias, query in at.sources.items():
                if name in query.columns and (only is None or alias in only):
                    return at.placed(alias, name, up)
            if name in at.aliases:
                found = made(at.aliases[name], at.without(name))
                return Made(text_id("up", f"{found.digest} {up}"), found.reach) if up else found
            at, up = at.outer, up + 1
        raise IntegrityError(f"nothing is called {name} there")

    def without(self, alias: str) -> Scope:
        """The scope as the expression of that alias sees it."""
        copied = Scope(**vars(self))
        copied.aliases = {k: v for k, v in self.aliases.items() if k != alias}
        return copied

    def expanded(self, node: exp.Window) -> exp.Window:
        """A window function with its named window written out.

        Raises IntegrityError for a window nobody named, or one that is made from another.
        """
        if not node.alias:
            return node
        no_more_than(node, frozenset(["this", "alias", "over"]))
        at: Scope | None = self
        while at is not None and node.alias not in at.windows:
            at = at.outer
        if at is None:
            raise IntegrityError(f"no window is called {node.alias} there")
        named, written = at.windows[node.alias], node.copy()
        no_more_than(named, frozenset(["this", "partition_by", "order", "spec", "over"]))
        written.set("alias", None)
        for part in ("partition_by", "order", "spec"):
            written.set(part, named.args.get(part))
        return written
