"""The public methods of the facade, which pages and tests go through one by one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from tipoff.app import Tipoff


def methods(
    part: type[object] = Tipoff, group: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(names of the parts it is in, its own last) and method: all public ones of the facade."""
    for name, member in inspect.getmembers(part):
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            held = inspect.get_annotations(member.fget, eval_str=True)["return"]  # type: ignore[arg-type]
            yield from methods(held, (*group, name))
        elif callable(member):
            yield (*group, name), member
