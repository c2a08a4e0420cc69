"""Where alerts go: the log (standard error), a webhook, a file of JSON lines."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tipoff.errors import NotDelivered

if TYPE_CHECKING:
    from tipoff.monitor.alert import Alert
    from tipoff.settings import Settings

Message = dict[str, Any]
Send = Callable[[Sequence[Message], "Settings"], None]

TIMEOUT_SECONDS = 10.0
_LOG = logging.getLogger("tipoff.alerts")


def to_log(messages: Sequence[Message], _settings: Settings) -> None:
    """One warning per alert to the logger `tipoff.alerts`, as JSON."""
    for message in messages:
        _LOG.warning(json.dumps(message, default=str))


def to_file(messages: Sequence[Message], settings: Settings) -> None:
    """One JSON line per alert, appended to `alert_file`. Raises NotDelivered."""
    path = Path(settings.alert_file).expanduser()
    lines = "".join(json.dumps(message, default=str) + "\n" for message in messages)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as handle:
            handle.write(lines)
    except OSError as error:
        raise NotDelivered(
            f"alerts cannot be written to {path}: {error}", "mend it or alert_file"
        ) from error


def to_webhook(messages: Sequence[Message], settings: Settings) -> None:
    """One POST of {"alerts": [...]} to `alert_webhook_url`.

    Raises NotDelivered unless the answer is 2xx. URL and token are secrets: no message names them.
    """
    import httpx

    token = settings.alert_webhook_token.get_secret_value()
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    body = json.dumps({"alerts": list(messages)}, default=str)
    step = "mend alert_webhook_url; the next check tries again"
    try:
        url = settings.alert_webhook_url.get_secret_value()
        answer = httpx.post(url, content=body, headers=headers, timeout=TIMEOUT_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise NotDelivered(f"the webhook cannot be reached: {type(error).__name__}", step) from None
    if not answer.is_success:
        raise NotDelivered(f"the webhook answered {answer.status_code}", step)


SEND: dict[str, Send] = {"log": to_log, "webhook": to_webhook, "file": to_file}
"""Destination -> how alerts are sent there."""


def send(
    mail: dict[str, list[Alert]], settings: Settings, simulated: bool
) -> tuple[list[tuple[Alert, str]], dict[str, str]]:
    """Send each destination its alerts: what was taken and where to, destination -> why not."""
    sent: list[tuple[Alert, str]] = []
    failed: dict[str, str] = {}
    for name, alerts in mail.items():
        messages = [alert.as_dict() | {"simulated": simulated} for alert in alerts]
        try:
            SEND[name](messages, settings)
            sent += [(alert, name) for alert in alerts]
        except NotDelivered as error:
            failed[name] = error.message
    return sent, failed
