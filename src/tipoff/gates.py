"""The register of gates: every check that stands between a number and its publication.

A gate says no, or says nothing; it never says yes by mistake. `@gate` puts a function on the
register with what happens when it raises and when what it reads is null. docs/gates.md shows the
register, and a test injects both faults into every entry: one without such a test fails the suite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tipoff.errors import IntegrityError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Gate:
    """`protects`: what it stands before. `on_error`, `on_null`: how it fails closed. `where`: the
    function, as module.name."""

    name: str
    protects: str
    on_error: str
    on_null: str
    where: str


REGISTER: dict[str, Gate] = {}
"""Gate name -> gate, for the modules imported so far."""


def gate(name: str, *, protects: str, on_error: str, on_null: str) -> Callable[[F], F]:
    """Put a function on the register, unchanged. Raises IntegrityError for a name taken."""

    def register(function: F) -> F:
        where = f"{function.__module__}.{function.__qualname__}"
        if name in REGISTER and REGISTER[name].where != where:
            raise IntegrityError(f"gate {name!r} is declared twice: {where}")
        REGISTER[name] = Gate(name, protects, on_error, on_null, where)
        return function

    return register
