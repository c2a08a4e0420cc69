"""An alert: which rule, which slate, in which state, and what a person should read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from tipoff.hashing import content_id


@dataclass(frozen=True)
class Alert:
    """One thing wrong. `state` tells it from others of its rule and slate: while rule, slate and
    state stay, it is told once. `slate` is None for what concerns no single slate."""

    rule: str
    slate: date | None
    summary: str
    next_step: str
    state: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def alert_id(self) -> str:
        """Hash of rule, slate and state."""
        return content_id("alert", [self.rule, self.slate, self.state])

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready form: what destinations are given."""
        return {
            "alert_id": self.alert_id, "rule": self.rule,
            "slate": self.slate.isoformat() if self.slate else None,
            "summary": self.summary, "next_step": self.next_step, "state": self.state,
        }  # fmt: skip
