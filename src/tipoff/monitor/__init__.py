"""Monitor: is everything there that should be, and who is alerted when it is not.

Checks report (`tipoff doctor`), one function each; rules over the same measures alert.
"""

from tipoff.monitor.alert import Alert, standing_alerts
from tipoff.monitor.alerting import CheckedAlerts, check_alerts, routes, send_test
from tipoff.monitor.context import Check, CheckContext
from tipoff.monitor.rules import RULES
from tipoff.monitor.slates import empty, stale, ungraded, unpublished
from tipoff.monitor.stored import (
    default_tipoffs,
    estimated_times,
    lake_files,
    line_only_games,
    lines_without_game,
    never_seen,
    set_aside,
    unresolved_injuries,
    unresolved_lines,
)
from tipoff.monitor.trends import broken_plugins, decaying, drift, lines, quality

CHECKS: tuple[Check, ...] = (
    unpublished, empty, stale, ungraded, lines, quality, drift, decaying, broken_plugins,
    unresolved_lines, unresolved_injuries, never_seen, lines_without_game, set_aside,
    estimated_times, default_tipoffs, line_only_games, lake_files,
)  # fmt: skip
"""What `tipoff doctor` looks at, in the order it lists them."""

__all__ = [
    "CHECKS", "RULES", "Alert", "Check", "CheckContext", "CheckedAlerts", "check_alerts", "routes",
    "send_test", "standing_alerts",
]  # fmt: skip
