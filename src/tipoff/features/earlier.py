"""Definitions under the hashes of earlier editions: the same meaning, hashed in another way.

The first edition hashed whole relations. Its 181 definitions are those of this one, value for value
(`tools/compare_builds`), so its models are served and its sets can be rebuilt. Once a definition
changes, its new hash is in no pair here, and whoever was trained on it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def earlier_hashes() -> dict[str, str]:
    """Hash of an earlier edition -> hash of the same definition in this one."""
    text = resources.files("tipoff.features").joinpath("earlier.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def same_definition(one: str | None, other: str | None) -> bool:
    """Whether two hashes stand for one definition; an unknown one stands for none."""
    if one is None or other is None or one == other:
        return one is not None and one == other
    known = earlier_hashes()
    return known.get(one, one) == known.get(other, other)


def redefined(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Names whose definition is another one now, or that are no more, sorted."""
    return sorted(
        n for n, definition in then.items() if not same_definition(definition, now.get(n))
    )
