"""The catalogue: every family put together, names resolved, definitions hashed, sets named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tipoff.errors import UsageError
from tipoff.features.definition import Column, Family, Feature, Relation, definition
from tipoff.features.families import FAMILIES
from tipoff.features.relations import RELATIONS
from tipoff.features.sets import SETS


@dataclass(frozen=True)
class Catalogue:
    """Families and the relations below them; a name means one column of one family."""

    families: Sequence[Family]
    relations: Mapping[str, Relation]

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

    def reads(self, name: str) -> tuple[str, ...]:
        """The columns a column's expression, join or relations read, sorted."""
        family, found = self.owner[name], set(self.owner[name].reads)
        if not family.relation:
            found |= self.columns[name].words & self.owner.keys()
        for relation in self.relations_of(family):
            found |= set(self.relations[relation].columns)
        return tuple(sorted(found))

    def relations_of(self, family: Family) -> tuple[str, ...]:
        """Every relation below a family, in the order in which they are made."""
        wanted: set[str] = set()
        pending = [name for name in (family.relation, *family.extra) if name]
        while pending:
            name = pending.pop()
            wanted.add(name)
            pending += self.relations[name].reads
        return tuple(name for name in self.relations if name in wanted)

    def closure(self, names: Iterable[str]) -> tuple[str, ...]:
        """These names and all they read, in declared order. Raises UsageError for unknown ones."""
        found: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in self.columns:
                raise UsageError(f"no feature {name}", "features.catalogue() lists them all")
            if name not in found:
                found.add(name)
                pending += self.reads(name)
        return tuple(name for name in self.columns if name in found)

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Column name -> definition hash, helpers included."""
        found: dict[str, str] = {}
        for name in self.columns:
            self._hash(name, found)
        return found

    def _hash(self, name: str, found: dict[str, str]) -> str:
        if name not in found:
            known = {read: self._hash(read, found) for read in self.reads(name)}
            found[name] = definition(self.columns[name], self.owner[name], self.relations, known)
        return found[name]


CATALOGUE = Catalogue(FAMILIES, RELATIONS)


def catalogue() -> dict[str, Feature]:
    """Every feature by name, in declared order."""
    return dict(CATALOGUE.features)


def definition_hashes() -> dict[str, str]:
    """Feature name -> hash of its definition (expression, range, windows, relations, inputs)."""
    return {name: CATALOGUE.hashes[name] for name in CATALOGUE.features}


def feature_set(name: str) -> tuple[str, ...]:
    """The names of a set, in its own order. Raises UsageError for a set that does not exist."""
    if name not in SETS:
        raise UsageError(f"no feature set {name}", f"choose one of {', '.join(SETS)}")
    return SETS[name]
