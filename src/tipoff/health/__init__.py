"""Health: is everything there that should be, and is it what it was? One function per check."""

from tipoff.health.context import Check, CheckContext
from tipoff.health.models import broken_plugins, decaying
from tipoff.health.slates import empty, stale, ungraded, unpublished
from tipoff.health.snapshots import drift, lines, quality
from tipoff.health.sources import (
    default_tipoffs,
    estimated_times,
    line_only_games,
    lines_without_game,
    never_seen,
    set_aside,
    unresolved_injuries,
    unresolved_lines,
)
from tipoff.health.storage import lake_health

CHECKS: tuple[Check, ...] = (
    unpublished, empty, stale, ungraded, lines, quality, drift, decaying, broken_plugins,
    unresolved_lines, unresolved_injuries, never_seen, lines_without_game, set_aside,
    estimated_times, default_tipoffs, line_only_games, lake_health,
)  # fmt: skip
"""What `tipoff doctor` looks at, in the order it tells."""

__all__ = ["CHECKS", "Check", "CheckContext"]
