"""Whose code makes a prediction: the modules of each family, and the hash of those of a set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from tipoff.fingerprint import RUN, SetCode, set_code

FAMILY_MODULES: dict[str, tuple[str, ...]] = {
    "baseline": ("tipoff.models.baselines",),
    "catboost": ("tipoff.models.catboost_model",),
    "champion": ("tipoff.models.champion.fit", "tipoff.models.champion.model"),
    "plays": ("tipoff.models.champion.plays",),
    "breakout": ("tipoff.models.breakout",),
}
"""Family -> the modules its numbers come from; what those import comes with them."""


def code_of(families: Iterable[str], markets: Iterable[str], roots: Sequence[str] = RUN) -> SetCode:
    """The code of a set in which these families predict these markets; `roots`: what makes it."""
    names = {name: FAMILY_MODULES.get(name, ()) for name in set(families)}
    return set_code(names, markets, _every(), roots)


@cache
def family_code(name: str) -> str:
    """The hash of the code that fits, loads and predicts with models of one family."""
    return set_code({name: FAMILY_MODULES.get(name, ())}, (), _every(), ()).fingerprint


@cache
def _every() -> tuple[str, ...]:
    return tuple(module for modules in FAMILY_MODULES.values() for module in modules)
