"""What a webhook of a test was sent, and the secrets in its address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

HIDDEN, TOKEN = "hidden-path", "hidden-token"


@dataclass
class Webhook:
    """What a loopback server was sent, and the status it answers."""

    url: str
    status: int = 204
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
