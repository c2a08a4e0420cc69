"""Settings that name a destination of every kind, and a webhook of one's own to receive."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.monitor.webhook import HIDDEN, TOKEN, Webhook
from tipoff.lake import Lake
from tipoff.settings import Settings


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.got.append(json.loads(body))
            hook.headers.append(dict(self.headers))
            self.send_response(hook.status)
            self.end_headers()

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Nothing: pytest's output is no log."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    hook.url = f"http://127.0.0.1:{server.server_port}/{HIDDEN}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield hook
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def everywhere(webhook: Webhook, tmp_path: Path) -> Settings:
    """Missing slates go to every destination; all else to the log."""
    return Settings(
        alert_missing_slate="log, webhook, file", alert_file=str(tmp_path / "told" / "a.jsonl"),
        alert_webhook_url=SecretStr(webhook.url), alert_webhook_token=SecretStr(TOKEN),
    )  # fmt: skip


@pytest.fixture
def tip(published_lake: Path) -> datetime:
    """The first tip-off of the published slate."""
    with Lake.open(published_lake) as lake, lake.reading() as r:
        tipoff: datetime = r.value("SELECT first_tipoff FROM forecast.run")
        return tipoff
