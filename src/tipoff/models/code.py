"""Whose code makes the predictions of a set: that of every set, and that of its model families."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tipoff.features import judgements
from tipoff.fingerprint import RUN, SetCode, family_code, set_code
from tipoff.models.families import FAMILIES


def code_of(families: Iterable[str], markets: Iterable[str], roots: Sequence[str] = RUN) -> SetCode:
    """The code of a set in which these families predict these markets; `roots`: what makes it.

    A family this tipoff does not know has no code here, and no model of it predicts.
    """
    known = {name: FAMILIES[name] for name in families if name in FAMILIES}
    parts = {name: family_code(f.modules, f.libraries) for name, f in sorted(known.items())}
    return replace(set_code(parts, markets, roots), judged=judgements())
