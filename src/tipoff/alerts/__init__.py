"""Alerts: rules over the lake's health, told once per state to a log, a webhook or a file."""

from tipoff.alerts.alert import Alert
from tipoff.alerts.check import Checked, check, routes, send_test
from tipoff.alerts.memory import standing
from tipoff.alerts.rules import RULES

__all__ = ["RULES", "Alert", "Checked", "check", "routes", "send_test", "standing"]
