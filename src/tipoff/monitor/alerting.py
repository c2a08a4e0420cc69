"""Ask every rule, send what is new, remember what was sent and what is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tipoff.failures import RULE_FAILURES
from tipoff.monitor.alert import Alert, remember, standing_alerts
from tipoff.monitor.context import CheckContext
from tipoff.monitor.destinations import send
from tipoff.monitor.rules import RULES
from tipoff.results.alerts import AlertCheck, AlertTest, StandingAlert
from tipoff.settings import Settings, destinations

if TYPE_CHECKING:
    from tipoff.lake import Lake

BROKEN = "could_not_be_judged"
"""In the state of an alert that says so of its own rule."""


@dataclass(frozen=True)
class CheckedAlerts:
    """What a check came to: alerts that hold, those sent now (with where to), those over, and
    what could not be delivered (destination -> why)."""

    holding: list[Alert]
    sent: list[tuple[Alert, str]]
    over: list[StandingAlert]
    failed: dict[str, str]

    def result(self, day: date | None) -> AlertCheck:
        """As people receive it; `day`: the league date that was asked about."""
        sent = {alert.alert_id for alert, _ in self.sent}
        rows = [a.as_dict() | {"sent_now": a.alert_id in sent} for a in self.holding]
        return AlertCheck.model_validate(
            {"date": day, "alerts": rows, "over": self.over, "failed": self.failed}
        )


def check_alerts(lake: Lake, day: date | None, now: datetime, settings: Settings) -> CheckedAlerts:
    """Ask every rule about a date, or the nights around today, and send each new state once.

    Delivery comes before remembering: a crash between the two sends twice, never not at all. What
    a destination did not take is not remembered, so the next check tries again.
    """
    with lake.reading() as r:
        before = {kept.alert_id: kept for kept in standing_alerts(r)}
        simulated = r.simulated()
    holding = [a for rule in RULES for a in _answer(lake, rule, day, now, settings)]
    sent, failed = _send_new(holding, before, settings, simulated)
    ids = {alert.alert_id for alert in holding}
    broken = {alert.rule for alert in holding if BROKEN in alert.state}
    over = [kept for kept in before.values()
            if kept.alert_id not in ids and kept.rule not in broken
            # Only a check that could have come upon it again may end it.
            and (day is None or kept.slate == day)]  # fmt: skip
    remember(lake, sent, over, now)
    return CheckedAlerts(holding, sent, over, failed)


def _answer(
    lake: Lake, rule: str, day: date | None, now: datetime, settings: Settings
) -> list[Alert]:
    """The alerts of a rule that hold; of a rule that raises, that it did."""
    try:
        # A read of its own: a query that fails ends what its connection can read.
        with lake.reading() as r:
            return list(RULES[rule](CheckContext(r, day, now, lake), settings))
    except RULE_FAILURES as error:
        kind = type(error).__name__
        first = (str(error) or kind).splitlines()[0]
        text = f"the rule could not be judged: {kind}: {first}"
        return [Alert(rule, day, text, "tipoff doctor", {BROKEN: kind})]


def send_test(settings: Settings) -> AlertTest:
    """Send a test alert to every destination in use; destination -> `ok` or what went wrong."""
    used = {name for rule in RULES for name in routes(rule, settings)}
    alert = Alert("test", None, "a test of this destination; nothing is wrong", "")
    sent, failed = send({name: [alert] for name in sorted(used)}, settings, simulated=False)
    return AlertTest(destinations={name: "ok" for _, name in sent} | failed)


def routes(rule: str, settings: Settings) -> tuple[str, ...]:
    """Where a rule's alerts go."""
    return destinations(getattr(settings, f"alert_{rule}"))


def _send_new(
    holding: list[Alert], before: Mapping[str, StandingAlert], settings: Settings, simulated: bool
) -> tuple[list[tuple[Alert, str]], dict[str, str]]:
    mail: dict[str, list[Alert]] = {}
    for alert in holding:
        for name in routes(alert.rule, settings):
            kept = before.get(alert.alert_id)
            if kept is None or name not in kept.to:
                mail.setdefault(name, []).append(alert)
    return send(mail, settings, simulated)
