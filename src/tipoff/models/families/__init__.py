"""The families of models there are, by the name their versions are stored under.

Every question that depends on a family is asked of `FAMILIES`. Those of tipoff are imported when
they are first asked for: most commands need one or two.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tipoff.errors import UsageError
from tipoff.fingerprint import CODE
from tipoff.installed import with_broken_plugins
from tipoff.models.family import ModelFamily, Role
from tipoff.models.names import Spec
from tipoff.suggest import no_such

if TYPE_CHECKING:
    import polars as pl

    from tipoff.models.model import Model


class Families(MutableMapping[str, ModelFamily[Any]]):
    """Family by name. A family given as a module is that module's FAMILY, imported on first use."""

    def __init__(self, modules: dict[str, str]) -> None:
        self._held: dict[str, ModelFamily[Any] | str] = dict(modules)

    def __getitem__(self, name: str) -> ModelFamily[Any]:
        found = self._held[name]
        if isinstance(found, str):
            loaded: ModelFamily[Any] = import_module(found).FAMILY
            self._held[name] = found = loaded
        return found

    def __setitem__(self, name: str, family: ModelFamily[Any]) -> None:
        self._held[name] = family

    def __delitem__(self, name: str) -> None:
        del self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


FAMILIES = Families(
    {
        "baseline": "tipoff.models.families.baseline",
        "catboost": "tipoff.models.families.catboost",
        "champion": "tipoff.models.families.tipoff",
        "plays": "tipoff.models.families.plays",
        "breakout": "tipoff.models.families.breakout",
    }
)


def register(family: ModelFamily[Any]) -> None:
    """Add a family to this process. Raises UsageError when its name or a model's name is taken, and
    when its source cannot be read: a set must name the code that made it."""
    for module in family.modules:
        if CODE.digest(module) is None:
            raise UsageError(
                f"no source file of {module}, which declares {family.name!r}",
                "declare it in a module that is a file",
            )
    if family.name in FAMILIES:
        raise UsageError(f"there is a model family {family.name!r} already", "choose another name")
    for name in family.specs:
        taken = next((f.name for f in FAMILIES.values() if f.parse(name)), None)
        if taken:
            raise UsageError(
                f"{name!r} of the family {family.name!r} is a model of {taken!r} already",
                "choose another name",
            )
    FAMILIES[family.name] = family


def parse_model(name: str) -> Spec:
    """The spec of a model name. Raises UsageError listing the names that exist."""
    for family in FAMILIES.values():
        spec = family.parse(name)
        if spec is not None:
            return spec
    every = [n for f in FAMILIES.values() for n in (*f.specs, *(f"{m}_YYYY_MM" for m in f.monthly))]
    raise with_broken_plugins(no_such("model", name, sorted(every)))


def family_of(spec: Spec) -> ModelFamily[Any]:
    """The family of a spec."""
    return FAMILIES[spec.family]


def default_role(family: str) -> Role:
    """The role of a family's versions while nobody has said otherwise.

    A shadow where this tipoff does not know the family: nobody follows what it cannot load.
    """
    return (FAMILIES[family].role if family in FAMILIES else None) or "shadow"


def contributions(model: Model, row: pl.DataFrame, market: str) -> tuple[float, dict[str, float]]:
    """Why a model's centre is what it is: (base, feature -> contribution) of one row.

    In units of the market; base and contributions add up to the centre the model reads its pmf
    from, before the floor. Raises UsageError unless `row` is exactly one row of a market the model
    predicts, or when its family explains nothing.
    """
    if row.height != 1 or market not in model.manifest.contract.names:
        raise UsageError(
            f"{model.manifest.model} explains one row of a market it predicts, not"
            f" {row.height} rows of {market}"
        )
    return FAMILIES[model.manifest.family].explain(model, row, market)
