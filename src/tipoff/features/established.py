"""Hashes under which definitions were first published: what means the same keeps its name.

The first edition hashed whole relations: a new market renamed nearly every feature. This edition
hashes each column by itself (columns.py). A feature that still means what it meant is known by the
hash of the first edition, so that its models load, its sets are rebuilt, and ids made from the hash
stay. A feature that changes, or is new, is known by its own hash. `tools/established_definitions`
writes the list; `tools/compare_builds` is the proof that the values are the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def established() -> dict[str, tuple[str, str]]:
    """Feature name -> (hash of what it means, hash it is known by)."""
    text = resources.files("tipoff.features").joinpath("established.json").read_text("utf-8")
    found: dict[str, list[str]] = json.loads(text)
    return {name: (means, known_by) for name, (means, known_by) in found.items()}


def known_as(name: str, definition: str) -> str:
    """The hash a definition is known by."""
    means, known_by = established().get(name, ("", ""))
    return known_by if means == definition else definition


def redefined(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Names whose definition is another one now, or that are no more, sorted."""
    return sorted(name for name, definition in then.items() if now.get(name) != definition)
