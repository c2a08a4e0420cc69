"""The marker of the old system's mechanisms: which rows each of them caused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T", bound=Callable[..., object])

CAUSED: dict[str, tuple[str, ...]] = {}
"""Mechanism -> rows of docs/incidents.md. test_page.py demands that a test of each row uses one."""


def caused(*rows: str) -> Callable[[T], T]:
    """Mark a mechanism with the rows it caused."""

    def mark(mechanism: T) -> T:
        CAUSED[mechanism.__name__] = rows
        return mechanism

    return mark
