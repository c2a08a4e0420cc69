"""The catalogue: every family put together, names resolved, definitions hashed, sets named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tipoff.errors import UsageError
from tipoff.features.analysis import Analysis, ColumnReading, stored_tables
from tipoff.features.definition import PLUGIN, Column, Family, Feature, Relation
from tipoff.features.established import known_as
from tipoff.features.families import families
from tipoff.features.relations import relations
from tipoff.features.sets import SETS
from tipoff.features.windows import Window
from tipoff.hashing import DECIMALS, content_id, file_sha256, text_id
from tipoff.kept import kept
from tipoff.markets import MARKETS, Market


@dataclass(frozen=True)
class Catalogue:
    """Families and the relations below them; a name means one column of one family.

    `waiting`: names that were declared but cannot be made -> why not.
    """

    families: Sequence[Family]
    relations: Mapping[str, Relation]
    waiting: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def owner(self) -> dict[str, Family]:
        """Column name -> its family. Raises UsageError when two families declare one name."""
        found: dict[str, Family] = {}
        for family in self.families:
            for column in family.columns:
                if column.name in found:
                    raise UsageError(f"feature {column.name} is declared twice", "rename one")
                found[column.name] = family
        return found

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Helpers and features by name."""
        return {c.name: c for family in self.families for c in family.columns}

    @cached_property
    def features(self) -> dict[str, Feature]:
        """Features by name, in declared order."""
        return {n: c for n, c in self.columns.items() if isinstance(c, Feature)}

    @property
    def standard(self) -> tuple[str, ...]:
        """The features that every build makes: those of plug-ins are made for who reads them."""
        return tuple(n for n, feature in self.features.items() if feature.since != PLUGIN)

    @cached_property
    def analysis(self) -> Analysis:
        """What its SQL says about itself. Raises IntegrityError for a name that is not there."""
        return analyse(self.families, self.relations)

    def reads(self, name: str) -> tuple[str, ...]:
        """The columns a column's expression reads, sorted."""
        return self.analysis.columns[name].reads

    def relations_of(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Every relation below these columns, in the order in which they are made."""
        wanted: set[str] = set()
        pending = [table for name in columns for table in self.analysis.columns[name].tables]
        while pending:
            name = pending.pop()
            if name not in wanted:
                wanted.add(name)
                pending += self.analysis.relations[name]
        return tuple(name for name in self.relations if name in wanted)

    def closure(self, names: Iterable[str]) -> tuple[str, ...]:
        """These names and all they read, in declared order. Raises UsageError for unknown ones."""
        found: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name in self.waiting:
                raise UsageError(f"feature {name} {self.waiting[name]}", "declare what it reads")
            if name not in self.columns:
                raise UsageError(f"no feature {name}", "features.catalogue() lists them all")
            if name not in found:
                found.add(name)
                pending += self.reads(name)
        return tuple(name for name in self.columns if name in found)

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Column name -> definition hash, helpers included."""
        return {n: known_as(n, read.definition) for n, read in self.analysis.columns.items()}


def analyse(families: Sequence[Family], relations: Mapping[str, Relation]) -> Analysis:
    """The analysis of a catalogue, kept on disk by the content of its SQL.

    Raises IntegrityError for SQL that names what is not there.
    """
    declared = [families, sorted((n, r.sql) for n, r in relations.items()), stored_tables()]
    key = text_id("sql", repr([declared, DECIMALS, _code()]))

    def make() -> dict[str, Any]:
        # Only here: importing sqlglot takes a tenth of a second.
        from tipoff.features.reading import read_catalogue

        read = read_catalogue(families, relations)
        return {
            "columns": {n: asdict(column) for n, column in read.columns.items()},
            "relations": read.relations,
        }

    found = kept("catalogue", key, make)
    return Analysis(
        {n: _restored(column) for n, column in found["columns"].items()},
        {n: tuple(reads) for n, reads in found["relations"].items()},
    )


def _restored(column: dict[str, Any]) -> ColumnReading:
    reads, tables, windows = (tuple(column[name]) for name in ("reads", "tables", "windows"))
    reach = column["reach"] and Window(**column["reach"])
    return ColumnReading(column["definition"], reads, tables, windows, reach)


@cache
def _code() -> list[str]:
    """What reads the SQL: other code may read it otherwise."""
    here = Path(__file__).parent
    names = ("analysis.py", "columns.py", "scope.py", "sqltree.py", "reading.py", "definition.py",
             "windows.py", "../hashing.py")  # fmt: skip
    sqlglot = find_spec("sqlglot")  # not imported: that takes a tenth of a second
    places = (sqlglot and sqlglot.submodule_search_locations) or ()
    versions = [Path(place) / "_version.py" for place in places]
    return [file_sha256(path) for path in (*(here / name for name in names), *versions)]


def catalogue_of(markets: Sequence[Market]) -> Catalogue:
    """The catalogue of these markets."""
    return Catalogue(families(markets), relations(markets))


CATALOGUE = catalogue_of(tuple(MARKETS.values()))
"""What tipoff itself declares."""
_IN_FORCE = {"catalogue": CATALOGUE}


def current() -> Catalogue:
    """The catalogue of this process: CATALOGUE, and the features of plug-ins beside it."""
    return _IN_FORCE["catalogue"]


def extend(
    families: Sequence[Family], relations: Mapping[str, Relation], waiting: Mapping[str, str]
) -> None:
    """From here on `current` is CATALOGUE with these besides. Called again it starts over."""
    every = (*CATALOGUE.families, *families)
    added = Catalogue(every, {**CATALOGUE.relations, **relations}, waiting)
    _IN_FORCE["catalogue"] = added if families or waiting else CATALOGUE


def catalogue() -> dict[str, Feature]:
    """Every feature by name, in declared order."""
    return dict(current().features)


def definition_hashes() -> dict[str, str]:
    """Feature name -> hash of its definition: range, expression, and all it reads down to facts."""
    return {name: current().hashes[name] for name in current().features}


def judgements() -> dict[str, str]:
    """Feature name -> hash of how its values are judged: reasons of nulls, what is required, which
    checks apply. None of it is part of a definition, all of it can change a prediction set."""
    asked = ("required", "category", "varies_within_slate", "fallback", "why")
    return {
        name: content_id(
            "judged", [*(getattr(feature, a) for a in asked), current().owner[name].why]
        )
        for name, feature in current().features.items()
    }


def feature_set(name: str) -> tuple[str, ...]:
    """The names of a set, in its own order. Raises UsageError for a set that does not exist."""
    if name not in SETS:
        raise UsageError(f"no feature set {name}", f"choose one of {', '.join(SETS)}")
    return SETS[name]
