"""What is installed beside tipoff: the versions of libraries, and the plug-ins they bring.

Asking Python takes half a second, so the answer is kept on disk by the state of the folders in
which it looks: whatever is installed, upgraded or removed there changes one of them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from tipoff.errors import UsageError
from tipoff.hashing import content_id
from tipoff.kept import kept

GROUPS = ("tipoff.models", "tipoff.features", "tipoff.sources")
"""The groups of entry points that name plug-ins."""

BROKEN: dict[str, UsageError] = {}
"""Plug-ins of the lake opened last that could not be loaded, as they are named -> why."""


def broken_plugins() -> str:
    """What an error says of them where what it misses may be theirs; empty when there are none."""
    return "".join(f"; {error.message}" for error in BROKEN.values())


def with_broken_plugins(error: UsageError) -> UsageError:
    """The same error, naming them: what it does not find may be theirs."""
    return UsageError(f"{error.message}{broken_plugins()}", error.next_step)


def library_version(name: str) -> str:
    """Distribution and version of what is imported as `name`, empty when nothing installed has
    it."""
    return str(_installed()["versions"].get(name, ""))


def entry_points() -> Sequence[tuple[str, str]]:
    """Of every plug-in that an installed distribution declares: the distribution, and what to load
    as `module:name`."""
    return [(owner, value) for owner, value in _installed()["plugins"]]


@cache
def _installed() -> dict[str, Any]:
    places: list[list[object]] = []
    for place in sys.path:
        with suppress(OSError):
            places.append([place, Path(place).stat().st_mtime_ns])
    answer: dict[str, Any] = kept("installed", content_id("path", places), _asked)
    return answer


def _asked() -> dict[str, Any]:
    # Only here: importing it takes longer than reading the answer.
    from importlib.metadata import entry_points, packages_distributions, version

    versions = {
        name: ", ".join(f"{owner} {version(owner)}" for owner in sorted(set(owners)))
        for name, owners in packages_distributions().items()
    }
    plugins = [
        (point.dist.name if point.dist else "", point.value)
        for group in GROUPS
        for point in sorted(entry_points(group=group), key=lambda point: point.value)
    ]
    return {"versions": versions, "plugins": plugins}
