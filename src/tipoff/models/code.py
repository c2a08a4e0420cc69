"""Whose code makes the predictions of a set: that of every set, and that of its model families."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tipoff.features import judgements
from tipoff.fingerprint import RUN, SetCode, set_code
from tipoff.models.families import FAMILIES


def code_of(families: Iterable[str], markets: Iterable[str], roots: Sequence[str] = RUN) -> SetCode:
    """The code of a set in which these families predict these markets; `roots`: what makes it.

    A family this tipoff does not know has no code here, and no model of it predicts.
    """
    modules = {name: type(FAMILIES[name]).__module__ for name in families if name in FAMILIES}
    return replace(set_code(modules, markets, roots), judged=judgements())
