"""Features of one's own: declared in a line, true of the same moment as tipoff's own.

Three ways, each giving an object that `add_feature` takes (or an entry point, or tipoff.toml):

- an expression over the player's history: `mean("fga", last=15)`, `total`, `std`, `ratio`, `ewma`;
- a function of a frame of features that are there: `@feature(reads=[...])`;
- a table of one's own that is imported with `known_at`: `external("rest_index", of="team")`.

A build makes them only where a model names them. Nothing they declare changes the definition of
another feature, and the order in which they are added means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import TYPE_CHECKING

from tipoff.errors import UsageError
from tipoff.features import history
from tipoff.features.analysis import SPINE_COLUMNS
from tipoff.features.catalogue import CATALOGUE, current, extend
from tipoff.features.definition import (
    PLUGIN,
    Category,
    Column,
    Computed,
    Family,
    Feature,
    Relation,
    Rows,
    Side,
)
from tipoff.features.external import family as external_family
from tipoff.features.external import relation as external_relation
from tipoff.features.families.player import LOCATE, LOCATED, WHY
from tipoff.features.functions import code_of_function
from tipoff.features.history import NAME, Term
from tipoff.features.windows import HISTORY
from tipoff.fingerprint import OWN_FEATURES
from tipoff.hashing import text_id
from tipoff.lake.tables import table

if TYPE_CHECKING:
    import polars as pl

_P: Category = "player history"
_RESERVED = {*SPINE_COLUMNS, *(column.name for column in table("features.value").columns)}
HIGHEST = 250.0
"""No count, minute or percentage of a game is higher."""
_HALF_LIFE = 8


@dataclass(frozen=True)
class PluginFeature:
    """A feature that a plug-in declares.

    `terms`: columns of the history it reads; `weighted`: those with a half-life; `dated`: whether
    only external rows of the game's own date count.
    """

    column: Feature
    terms: tuple[Term, ...] = ()
    weighted: tuple[tuple[Term, int], ...] = ()
    dated: bool = field(default=False, kw_only=True)

    @property
    def name(self) -> str:
        """What models call it."""
        return self.column.name

    def __getstate__(self) -> dict[str, object]:
        # A worker compares definitions. It may be unable to import the function's module.
        column = self.column
        if isinstance(column, Computed):
            column = replace(column, function=None)
        return vars(self) | {"column": column}


def mean(
    x: str, *, last: int | None = None, season: bool = False, name: str = "",
    low: float | None = None, high: float = HIGHEST,
) -> PluginFeature:  # fmt: skip
    """Mean of a column of the player's box scores, or of several joined by `+`.

    Over the `last` games, the season's, or (neither) all of the career; games in which the value is
    not known are left out. `name`: by default as in `fga_mean_last_15`. `low`, `high`: the
    plausible range; a value outside is null. Raises UsageError for another column or window.
    """
    term, over = Term.of(x), history.window(last, season)
    least = _least(term, -high) if low is None else low
    made = _feature(name or f"{term.name}_mean_{over.name}", history.mean(term, over), least, high)
    return PluginFeature(made, (term,))


def total(
    x: str, *, last: int | None = None, season: bool = False, name: str = "",
    low: float | None = None, high: float = 1e6,
) -> PluginFeature:  # fmt: skip
    """Sum over the same games as `mean`."""
    term, over = Term.of(x), history.window(last, season)
    least = _least(term, -high) if low is None else low
    made = _feature(
        name or f"{term.name}_total_{over.name}", history.total(term, over), least, high
    )
    return PluginFeature(made, (term,))


def std(
    x: str, *, last: int | None = None, season: bool = False, name: str = "",
    high: float = HIGHEST,
) -> PluginFeature:  # fmt: skip
    """Sample standard deviation over the same games as `mean`; null under two."""
    term, over = Term.of(x), history.window(last, season)
    made = _feature(name or f"{term.name}_std_{over.name}", history.std(term, over), 0, high)
    return PluginFeature(made, (term,))


def ratio(
    x: str, y: str, *, last: int | None = None, season: bool = False, name: str = "",
    low: float = -1e6, high: float = 1e6,
) -> PluginFeature:  # fmt: skip
    """Sum of x over sum of y, such as `ratio("fta", "fga", last=20)`; null when y adds up to 0."""
    upper, lower, over = Term.of(x), Term.of(y), history.window(last, season)
    sql = history.ratio(upper, lower, over)
    called = name or f"{upper.name}_per_{lower.name}_{over.name}"
    return PluginFeature(_feature(called, sql, low, high), (upper, lower))


def ewma(
    x: str, *, half_life: int = _HALF_LIFE, name: str = "", low: float | None = None,
    high: float = HIGHEST,
) -> PluginFeature:  # fmt: skip
    """Exponentially weighted mean over all earlier games. Raises UsageError for a half-life that is
    no whole number of games from 4 to 20."""
    if half_life not in history.HALF_LIVES:
        raise UsageError(f"no half-life of {half_life} games", "choose a whole number, 4 to 20")
    term = Term.of(x)
    least = _least(term, -high) if low is None else low
    called = name or f"{term.name}_ewma_hl{half_life}"
    made = _feature(called, history.ewma(term, half_life), least, high)
    return PluginFeature(made, (term,), ((term, half_life),))


def feature(
    *, reads: Sequence[str], low: float, high: float, name: str = "", unit: str = "",
    category: Category = _P,
) -> Callable[[Callable[[pl.DataFrame], pl.Series]], PluginFeature]:  # fmt: skip
    """Make a feature of a function: given a frame of `reads`, it gives one number per row.

    The frame has those columns only (Float64, with nulls), of rows in any order and any number;
    each answer must follow from its own row. What a function says of other rows is looked for in
    every build, and refused. A model that reads a function which fails is refused, with the reason.
    Raises UsageError when the source of the function, or of what it names, cannot be read.
    """

    def declare(function: Callable[[pl.DataFrame], pl.Series]) -> PluginFeature:
        if not isinstance(function, FunctionType):
            raise UsageError(f"{function!r} is no function", "write it with def")
        if not reads:
            raise UsageError(f"{function.__name__} reads nothing", "name features in reads")
        sql = f"{code_of_function(function)}({', '.join(reads)})"
        made = Computed(
            _checked(name or function.__name__), sql, unit, low, high, category, False, PLUGIN,
            varies_within_slate=False, reads=tuple(reads), function=function,
        )  # fmt: skip
        return PluginFeature(made)

    return declare


def external(
    name: str, *, rows: str = "", of: Side = "player", dated: bool = False, low: float = -1e6,
    high: float = 1e6, unit: str = "",
) -> PluginFeature:  # fmt: skip
    """The newest value known of the rows imported under a name (docs/extend.md).

    `rows`: that name, by default the feature's own. `of`: whose value: the player's, the team's or
    the opponent's. `dated`: only rows of the game's own date count; otherwise only rows without a
    date. Null, reason `no_row`, where there is none.
    """
    made = Feature(
        _checked(name), f"external_{name}.value", unit, low, high,
        "team" if of == "team" else "matchup" if of == "opponent" else _P, False, PLUGIN,
        varies_within_slate=False, external=_checked(rows or name), side=of,
    )  # fmt: skip
    return PluginFeature(made, dated=dated)


_ADDED: dict[str, PluginFeature] = {}


def add_feature(declared: PluginFeature) -> None:
    """Let this process know a feature; the same one again changes nothing.

    Raises UsageError for an object that is none, and for a name that is taken.
    """
    if not isinstance(declared, PluginFeature):
        raise UsageError(
            f"{declared!r} is no feature", "make one with tipoff.features.mean, feature or external"
        )
    there = _ADDED.get(declared.name)
    taken = declared.name in CATALOGUE.columns or (there is not None and there != declared)
    if taken:
        raise UsageError(f"a feature is called {declared.name} already", "give it another name")
    if there is None:
        _ADDED[declared.name] = declared
        _renew()


def added_features() -> tuple[PluginFeature, ...]:
    """Every feature of a plug-in this process knows, by name; another process may add them."""
    return tuple(_ADDED[name] for name in sorted(_ADDED))


def remove_feature(name: str) -> None:
    """Forget a feature that was added; nothing happens when there is none of that name."""
    if _ADDED.pop(name, None) is not None:
        _renew()


def with_plugins(names: Iterable[str]) -> tuple[str, ...]:
    """Tipoff's own features, and of plug-ins those among `names`."""
    catalogue = current()
    own = set(catalogue.features) - set(catalogue.standard)
    return (*catalogue.standard, *sorted(own & set(names)))


def _renew() -> None:
    added = added_features()
    extend(*_declarations(added))
    OWN_FEATURES.clear()
    OWN_FEATURES.update({p.name: text_id("own", repr(p)) for p in added})


def _declarations(
    added: Sequence[PluginFeature],
) -> tuple[list[Family], dict[str, Relation], dict[str, str]]:
    """The families and relations of some features, in an order their names decide, and why some
    cannot be made."""
    families, relations = list[Family](), dict[str, Relation]()
    windows = [p for p in added if p.terms]
    if windows:
        terms = [term for p in windows for term in p.terms]
        weighted = [pair for p in windows for pair in p.weighted]
        relations[HISTORY.table] = history.relation(terms, weighted)
        families.append(_history([p.column for p in windows]))
    for p in added:
        if p.column.external:
            made = external_relation(p.column, dated=p.dated)
            relations[made.name] = made
            families.append(external_family(p.column, made, dated=p.dated))
    computed, waiting = _in_order(added)
    if computed:
        families.append(Family(name="computed", columns=computed, why="'no_value'"))
    return families, relations, waiting


def _in_order(added: Sequence[PluginFeature]) -> tuple[tuple[Computed, ...], dict[str, str]]:
    """The functions, each after those it reads; and name -> why, of those that cannot be made."""
    pending = {p.name: p.column for p in added if isinstance(p.column, Computed)}
    there = {*CATALOGUE.features, *(p.name for p in added if p.name not in pending)}
    ordered: list[Computed] = []
    while ready := [c for c in pending.values() if there.issuperset(c.reads)]:
        ordered += ready
        for column in ready:
            there.add(pending.pop(column.name).name)
    waiting = {
        name: "reads what is no feature, or reads itself: "
        + ", ".join(read for read in column.reads if read not in there)
        for name, column in pending.items()
    }
    return tuple(ordered), waiting


def _history(columns: Sequence[Column]) -> Family:
    return Family(
        name="own_history",
        relation=HISTORY.table,
        locate=LOCATE,
        located=LOCATED,
        attach="LEFT JOIN fx_played p ON p.id = s.newest_game"
        " LEFT JOIN {table} h ON h.id = s.newest_game",
        totals=HISTORY,
        newest="s.newest_game",
        staged=True,
        why=WHY,
        rows=(Rows.OWN_GAMES,),
        columns=tuple(columns),
    )


def _feature(name: str, sql: str, low: float, high: float) -> Feature:
    return Feature(_checked(name), sql, "", low, high, _P, False, PLUGIN,
                   varies_within_slate=False)  # fmt: skip


def _least(term: Term, lowest: float) -> float:
    return lowest if term.signed else 0.0


def _checked(name: str) -> str:
    if not NAME.fullmatch(name) or name in _RESERVED or name.startswith("y_"):
        raise UsageError(
            f"no feature can be called {name!r}",
            "use lower-case letters, digits and _, beginning with a letter; y_ stays free",
        )
    return name
